import { type ConsumerOptions, createConsumer, type ParameterEventConsumer } from '../../../../lambda-src/shared/config/consumer';
import type { Attempt, Outcome, ParameterEvent } from '../../../../lambda-src/shared/config/parameter-event';
import { NotVisibleYet } from '../../../../lambda-src/shared/config/parameter-store';
import { CONFIG_LATE_MS } from '../../../../lib/contract/config';
import { deleteManyCall, nativeEvent, putCall, SECRET, TIME } from '../../../support/parameter-events/envelopes';
import { FIXTURES, NAMESPACES } from '../../../support/parameter-events/fixtures';
import { MALFORMED } from '../../../support/parameter-events/malformed';
import {
  batchOf, contextWith, MemoryDeadLetters, RecordingLogger, RecordingMetrics, RecordingRedelivery,
} from '../../../support/parameter-events/messages';

const time = Date.parse(TIME);
const nothingFailed = { batchItemFailures: [] };
const failed = (...ids: string[]) => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) });

function setUp(apply: (event: ParameterEvent, attempt: Attempt) => Promise<Outcome>, more: Partial<ConsumerOptions> = {},
  own?: ParameterEventConsumer['own']) {
  const applied = jest.fn(apply);
  const parts = {
    deadLetters: new MemoryDeadLetters(), redelivery: new RecordingRedelivery(), metrics: new RecordingMetrics(), logger: new RecordingLogger(),
  };
  const consumer = { handlerName: 'handler', apply: applied, own };
  const handler = createConsumer({ consumer, namespaces: NAMESPACES, maxReceiveCount: 5, now: () => time + 1_000, ...parts, ...more });
  return { ...parts, applied, handler };
}

const handled = async (): Promise<Outcome> => 'handled';

/** Fails for one name. */
const failingFor = (name: string, error: unknown) => async (event: ParameterEvent): Promise<Outcome> => {
  if (event.name === name) throw error;
  return 'handled';
};

describe('of all events of AWS', () => {
  test('each change is carried out, and each other one counts as ignored', async () => {
    const { handler, applied, metrics } = setUp(handled);
    await expect(handler(batchOf(FIXTURES.map(({ envelope }) => envelope)), contextWith())).resolves.toEqual(nothingFailed);
    expect(applied.mock.calls.map(([event]) => event)).toEqual(FIXTURES.flatMap(({ events }) => events ?? []));
    expect(metrics.counts).toEqual({ EventsHandled: applied.mock.calls.length, EventsIgnored: FIXTURES.filter(({ ignored }) => ignored).length });
  });

  test('one that is told twice reaches the consumer twice with the same id', async () => {
    const { handler, applied, metrics } = setUp(async () => applied.mock.calls.length > 1 ? 'duplicate' : 'handled');
    await handler(batchOf([putCall(), putCall()]), contextWith());
    expect(applied.mock.calls.map(([{ eventId }]) => eventId)).toEqual(Array(2).fill(applied.mock.calls[0]?.[0].eventId));
    expect(metrics.counts).toEqual({ EventsHandled: 1, EventsDuplicated: 1 });
  });

  test('those that come in the wrong order keep their own times', async () => {
    const { handler, applied } = setUp(handled);
    await handler(batchOf([nativeEvent('Delete', {}, { time: '2026-03-01T10:00:09Z' }), nativeEvent('Create')]), contextWith());
    expect(applied.mock.calls.map(([event]) => [event.kind, event.time - time])).toEqual([['delete', 9_000], ['put', 0]]);
  });

  test('those that are older than five minutes count as late, and age is never negative', async () => {
    let now = time + CONFIG_LATE_MS;
    const { handler, metrics } = setUp(handled, { now: () => now });
    await handler(batchOf([putCall()]), contextWith());
    expect(metrics.counts).toEqual({ EventsHandled: 1 });
    now += 1;
    await handler(batchOf([putCall()]), contextWith());
    now = time - 1;
    await handler(batchOf([putCall()]), contextWith());
    expect(metrics.counts).toEqual({ EventsHandled: 3, EventsLate: 1 });
    expect(metrics.times).toEqual([CONFIG_LATE_MS, CONFIG_LATE_MS + 1, 0]);
  });
});

describe('a message that can never be handled', () => {
  test('goes to the dead letters with its reason and its handler, and is done', async () => {
    const { handler, deadLetters, metrics, applied } = setUp(handled);
    await expect(handler(batchOf(MALFORMED.map(([, envelope]) => JSON.stringify(envelope))), contextWith())).resolves.toEqual(nothingFailed);
    expect(deadLetters.letters).toEqual(MALFORMED.map(([, envelope, reason]) => ({ body: JSON.stringify(envelope), reason, handler: 'handler' })));
    expect(metrics.counts).toEqual({ EventsRejected: MALFORMED.length });
    expect(applied).not.toHaveBeenCalled();
  });

  test.each(['', '{', 'nonsense', '{"source":"aws.ssm"', '\u0000'])('is also %j, which is no JSON', async (body) => {
    const { handler, deadLetters } = setUp(handled);
    await expect(handler(batchOf([body, putCall()]), contextWith())).resolves.toEqual(nothingFailed);
    expect(deadLetters.letters).toEqual([{ body, reason: 'the message must be JSON', handler: 'handler' }]);
  });

  test('fails, and is not lost, if its dead letter cannot be sent', async () => {
    const { handler, deadLetters, logger, metrics } = setUp(handled);
    deadLetters.failure = new Error(SECRET);
    await expect(handler(batchOf([putCall(), '{', putCall()]), contextWith())).resolves.toEqual(failed('m1'));
    expect(metrics.counts).toEqual({ EventsHandled: 2 });
    expect(logger.lines).toContainEqual(expect.objectContaining({ level: 'error', notice: 'dead letter not sent', message_id: 'm1' }));
  });
});

describe('a message whose change fails', () => {
  test('is received again, and has no part in its neighbours', async () => {
    const { handler, deadLetters, metrics } = setUp(failingFor('/app/bad', new TypeError(SECRET)));
    const bodies = [putCall(), putCall({ name: '/app/bad' }), '{', putCall()];
    await expect(handler(batchOf(bodies, 4), contextWith())).resolves.toEqual(failed('m1'));
    expect(metrics.counts).toEqual({ EventsHandled: 2, EventsRejected: 1 });
    expect(deadLetters.letters).toHaveLength(1);
  });

  test('is reported also if all of them fail', async () => {
    const { handler } = setUp(failingFor('/app/a', new TypeError(SECRET)));
    await expect(handler(batchOf([putCall(), putCall()]), contextWith())).resolves.toEqual(failed('m0', 'm1'));
  });

  test.each([
    ['an error', new RangeError(SECRET), 'RangeError'],
    ['one of AWS', Object.assign(new Error(SECRET), { name: 'InternalServerError' }), 'InternalServerError'],
    ['what is no error', SECRET, 'Error'],
    ['nothing', undefined, 'Error'],
    ['an error with a bad name', Object.assign(new Error(), { name: SECRET }), 'Error'],
  ])('for the last time goes to the dead letters with the name of %s', async (_, error, reason) => {
    const { handler, deadLetters, applied } = setUp(failingFor('/app/a', error));
    await expect(handler(batchOf([putCall()], 5), contextWith())).resolves.toEqual(nothingFailed);
    expect(deadLetters.letters).toEqual([{ body: JSON.stringify(putCall()), reason, handler: 'handler' }]);
    expect(applied.mock.calls[0]?.[1]).toEqual({ last: true });
  });

  test('for the last time fails if its dead letter cannot be sent', async () => {
    const { handler, deadLetters } = setUp(failingFor('/app/a', new TypeError(SECRET)));
    deadLetters.failure = new Error('away');
    await expect(handler(batchOf([putCall()], 5), contextWith())).resolves.toEqual(failed('m0'));
  });

  const receives: [count: number, last: boolean][] = [[1, false], [4, false], [5, true], [6, true], [NaN, false]];
  test.each(receives)('received %d times, of five, is tried for the last time: %s', async (count, last) => {
    const { handler, applied } = setUp(handled);
    await handler(batchOf([putCall()], count), contextWith());
    expect(applied.mock.calls[0]?.[1]).toEqual({ last });
  });

  test('tells of several changes: each is tried, and one that fails makes the message fail', async () => {
    const { handler, applied, metrics } = setUp(failingFor('/app/b', new TypeError(SECRET)));
    await expect(handler(batchOf([deleteManyCall(['/app/a', '/app/b', '/app/c'], null)]), contextWith())).resolves.toEqual(failed('m0'));
    expect(applied.mock.calls.map(([{ name }]) => name)).toEqual(['/app/a', '/app/b', '/app/c']);
    expect(metrics.counts).toEqual({ EventsHandled: 2 });
  });

  test('tells of several changes: for the last time it is one dead letter', async () => {
    const { handler, deadLetters } = setUp(async () => { throw new NotVisibleYet('version 7 of /app/a'); });
    await expect(handler(batchOf([deleteManyCall(['/app/a', '/app/b'], null)], 5), contextWith())).resolves.toEqual(nothingFailed);
    expect(deadLetters.letters).toHaveLength(1);
  });

  test('for it is not visible yet is no error', async () => {
    const { handler, logger } = setUp(async () => { throw new NotVisibleYet('version 7 of /app/a'); });
    await handler(batchOf([putCall()]), contextWith());
    expect(logger.lines).toMatchObject([{ level: 'info', notice: 'not visible yet', parameter: '/app/a', error_message: 'version 7 of /app/a' }]);
  });
});

describe('a message of the handler\'s own', () => {
  const own = async (message: unknown): Promise<boolean> => {
    if (JSON.stringify(message) === '{"sync":"fail"}') throw new Error(SECRET);
    return JSON.stringify(message) === '{"sync":true}';
  };

  test('is its own to handle, and events stay events', async () => {
    const { handler, applied, deadLetters } = setUp(handled, {}, own);
    await expect(handler(batchOf([{ sync: true }, putCall(), { sync: false }]), contextWith())).resolves.toEqual(nothingFailed);
    expect(applied).toHaveBeenCalledTimes(1);
    expect(deadLetters.letters).toMatchObject([{ body: '{"sync":false}' }]);
  });

  test('is received again when it fails, and given up at last', async () => {
    const { handler, deadLetters, logger } = setUp(handled, {}, own);
    await expect(handler(batchOf([{ sync: 'fail' }]), contextWith())).resolves.toEqual(failed('m0'));
    await expect(handler(batchOf([{ sync: 'fail' }], 5), contextWith())).resolves.toEqual(nothingFailed);
    expect(deadLetters.letters).toMatchObject([{ reason: 'Error' }]);
    expect(logger.lines.filter(({ level }) => level === 'error')).toHaveLength(2);
  });
});

test('log lines name the parameter and what became of it, and never what an error says', async () => {
  const { handler, logger } = setUp(failingFor('/app/bad', new TypeError(SECRET)));
  await handler(batchOf([putCall(), putCall({ name: '/app/bad' }), putCall({ name: '/no' }), '{']), contextWith());
  expect(logger.lines).toEqual(expect.arrayContaining([
    expect.objectContaining({ notice: 'handled', parameter: '/app/a', action: 'PutParameter', age: 1_000 }),
    expect.objectContaining({ notice: 'failed', parameter: '/app/bad', error_name: 'TypeError' }),
    { level: 'info', notice: 'ignored', reason: 'in no namespace that is followed' },
    { level: 'warn', notice: 'rejected', message_id: 'm3', reason: 'the message must be JSON' },
  ]));
  expect(JSON.stringify(logger.lines)).not.toContain(SECRET);
});

test('metrics are written once an invocation, also if it is none of a queue', async () => {
  const { handler, metrics } = setUp(handled);
  await handler(batchOf([putCall(), putCall()]), contextWith());
  expect(metrics.flushed).toBe(1);
  await handler(batchOf([]), contextWith());
  await expect(handler({} as never, contextWith())).rejects.toThrow();
  expect(metrics.flushed).toBe(3);
});

describe('a message that has failed', () => {
  test('comes back soon, by how often it has been received', async () => {
    const { handler, redelivery } = setUp(failingFor('/app/a', new TypeError(SECRET)));
    await expect(handler(batchOf([putCall(), putCall({ name: '/app/b' })], 3), contextWith())).resolves.toEqual(failed('m0'));
    expect(redelivery.soonAgain).toEqual([{ receiptHandle: 'r0', receiveCount: 3 }]);
  });

  test('comes back all the same if its visibility timeout cannot be changed', async () => {
    const { handler, redelivery, logger } = setUp(failingFor('/app/a', new TypeError(SECRET)));
    redelivery.failure = new Error(SECRET);
    await expect(handler(batchOf([putCall()]), contextWith())).resolves.toEqual(failed('m0'));
    expect(logger.lines.at(-1)).toMatchObject({ level: 'warn', message_id: 'm0' });
  });

  test('is not looked after when it went to the dead letters', async () => {
    const { handler, redelivery } = setUp(failingFor('/app/a', new TypeError(SECRET)));
    await handler(batchOf([putCall(), 'no JSON'], 5), contextWith());
    expect(redelivery.soonAgain).toEqual([]);
  });
});

test.each([[59_000, false], [60_000, true]])('what Parameter Store shows %d ms after an event is taken for true: %s', async (age, last) => {
  const { handler, applied } = setUp(handled, { now: () => time + age });
  await handler(batchOf([putCall()]), contextWith());
  expect(applied.mock.calls[0]?.[1]).toEqual({ last });
});
