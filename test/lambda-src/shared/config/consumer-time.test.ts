import { createConsumer } from '../../../../lambda-src/shared/config/consumer';
import type { Outcome, ParameterEvent } from '../../../../lambda-src/shared/config/parameter-event';
import { putCall } from '../../../support/parameter-events/envelopes';
import { NAMESPACES } from '../../../support/parameter-events/fixtures';
import {
  batchOf, contextWith, MemoryDeadLetters, RecordingLogger, RecordingMetrics, RecordingRedelivery,
} from '../../../support/parameter-events/messages';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

function setUp(slow: () => Promise<Outcome>) {
  const parts = {
    deadLetters: new MemoryDeadLetters(), redelivery: new RecordingRedelivery(), metrics: new RecordingMetrics(), logger: new RecordingLogger(),
  };
  const apply = async ({ name }: ParameterEvent): Promise<Outcome> => name === '/app/slow' ? slow() : 'handled';
  return { ...parts, handler: createConsumer({
    consumer: { handlerName: 'handler', apply }, namespaces: NAMESPACES, maxReceiveCount: 5, now: Date.now, ...parts,
  }) };
}

const bodies = [putCall(), putCall({ name: '/app/slow' }), putCall()];
const never = () => new Promise<Outcome>(() => undefined);

test.each([
  [30_000, 28_000], [3_000, 1_500],
])('with %d ms left, what is not done after %d ms has failed; the rest is done', async (remaining, limit) => {
  const { handler, logger, metrics } = setUp(never);
  let answer: unknown;
  void handler(batchOf(bodies), contextWith(remaining)).then((response) => { answer = response; });
  await jest.advanceTimersByTimeAsync(limit - 1);
  expect(answer).toBeUndefined();
  await jest.advanceTimersByTimeAsync(1);
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
  expect(metrics).toMatchObject({ counts: { EventsHandled: 2 }, flushed: 1 });
  const errors = logger.lines.filter(({ level }) => level === 'error');
  expect(errors).toMatchObject([{ message_id: 'm1', error_name: 'OutOfTime', error_message: 'the function\'s time is nearly over' }]);
});

test('what fails after the time is over sends no dead letter: it has been reported, and SQS gives it up', async () => {
  let fail: (error: Error) => void = () => undefined;
  const { handler, deadLetters } = setUp(() => new Promise((_, reject) => { fail = reject; }));
  const answer = handler(batchOf(bodies, 5), contextWith());
  await jest.advanceTimersByTimeAsync(28_000);
  await expect(answer).resolves.toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
  fail(new Error('too late'));
  await jest.advanceTimersByTimeAsync(1);
  expect(deadLetters.letters).toEqual([]);
});

test('no timer is left when all is done', async () => {
  const { handler } = setUp(async () => 'handled');
  await handler(batchOf(bodies), contextWith());
  expect(jest.getTimerCount()).toBe(0);
});
