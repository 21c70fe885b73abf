import { createHandler, scopesToRaise } from '../../../lambda-src/memo-flush/memo-flush';
import type { Generation } from '../../../runtime/stores/entry-store';
import { captureLog, CONTEXT, createEvent, deleteEvent, SIGNATURE, updateEvent } from '../events';

describe('which counters are raised', () => {
  test.each<[string, Parameters<typeof scopesToRaise>[0], string[]]>([
    ['when it is added', createEvent({ Trigger: '1' }), ['#all']],
    ['when it is added for some functions', createEvent({ Trigger: '1', FunctionNames: ['a', 'b'] }), ['#fn#a', '#fn#b']],
    ['when the trigger changes', updateEvent({ Trigger: '2' }, { Trigger: '1' }), ['#all']],
    ['when the trigger changes back, as in a rollback', updateEvent({ Trigger: '1' }, { Trigger: '2' }), ['#all']],
    ['when only the names change', updateEvent({ Trigger: '1', FunctionNames: ['a'] }, { Trigger: '1' }), []],
    ['when nothing changes', updateEvent({ Trigger: '1' }, { Trigger: '1' }), []],
    ['when it is deleted', deleteEvent(), []],
    ['by a malformed event without properties', createEvent(), ['#all']],
  ])('%s', (_, event, expected) => {
    expect(scopesToRaise(event)).toEqual(expected);
  });
});

describe('the handler', () => {
  const answers: { Status: string; Reason?: string }[] = [];
  const put = jest.fn((_url: string, body: string) => { answers.push(JSON.parse(body) as { Status: string }); return Promise.resolve(); });
  const raise = jest.fn<Promise<Generation>, [string, number, AbortSignal?]>();
  const handler = createHandler({ store: { raise }, now: () => 1_700_000_000_000, put, sleep: () => Promise.resolve() });
  let lines: string[];

  const failure = (failure: string) => Object.assign(new Error(`it is ${failure}`), { failure });

  beforeEach(() => {
    answers.length = 0;
    raise.mockReset().mockResolvedValue({ counter: 7, raised: 1_700_000_000_000 });
    lines = captureLog();
  });
  afterEach(() => jest.restoreAllMocks());

  test('raises the counters, one by one, and answers', async () => {
    await handler(updateEvent({ Trigger: '2', FunctionNames: ['a', 'b'] }, { Trigger: '1' }), CONTEXT);
    expect(raise.mock.calls.map(([scope, now]) => [scope, now])).toEqual([['#fn#a', 1_700_000_000_000], ['#fn#b', 1_700_000_000_000]]);
    expect(answers).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 'former-id' }]);
  });

  test('writes what it did to the log, and no URL', async () => {
    await handler(createEvent({ Trigger: 'v1' }), CONTEXT);
    expect(JSON.parse(lines[0])).toEqual({ notice: 'flushed', scope: '#all', generation: 7 });
    expect(lines.join()).not.toContain(SIGNATURE);
  });

  test('does nothing on deletion, and answers', async () => {
    await handler(deleteEvent(), CONTEXT);
    expect(raise).not.toHaveBeenCalled();
    expect(answers).toMatchObject([{ Status: 'SUCCESS' }]);
  });

  test('an event that comes twice does the same twice, which does no harm', async () => {
    const event = updateEvent({ Trigger: '2' }, { Trigger: '1' });
    await handler(event, CONTEXT);
    await handler(event, CONTEXT);
    expect(answers[0]).toEqual(answers[1]);
  });

  test.each(['timeout', 'connection', 'throttled', 'server'])('tries again when it is %s', async (kind) => {
    raise.mockRejectedValueOnce(failure(kind)).mockRejectedValueOnce(failure(kind));
    await handler(createEvent({ Trigger: '1' }), CONTEXT);
    expect(raise).toHaveBeenCalledTimes(3);
    expect(answers).toMatchObject([{ Status: 'SUCCESS' }]);
  });

  test.each(['denied', 'missing', 'request'])('fails the deployment at once when it is %s', async (kind) => {
    raise.mockRejectedValue(failure(kind));
    await handler(createEvent({ Trigger: '1' }), CONTEXT);
    expect(raise).toHaveBeenCalledTimes(1);
    expect(answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining(`it is ${kind}`) as string }]);
  });

  test('fails the deployment when the table stays throttled', async () => {
    raise.mockRejectedValue(failure('throttled'));
    await handler(createEvent({ Trigger: '1' }), CONTEXT);
    expect(raise).toHaveBeenCalledTimes(5);
    expect(answers).toMatchObject([{ Status: 'FAILED' }]);
  });
});
