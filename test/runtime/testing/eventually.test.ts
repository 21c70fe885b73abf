import { eventually, ManualClock, type EventuallyOptions } from '../../../runtime/testing/index';
import { unreadable } from './unreadable';

/** How it ended, which may be never. */
function outcome<T>(promise: Promise<T>): { value?: T; error?: Error & { code?: string } } {
  const ended: { value?: T; error?: Error } = {};
  promise.then((value) => { ended.value = value; }, (error: Error) => { ended.error = error; });
  return ended;
}

/** @returns the times of the attempts, from the start */
function attemptsOf(clock: ManualClock): { times: number[]; failing: (failures: number) => () => string } {
  const times: number[] = [];
  const start = clock.now();
  const failing = (failures: number) => () => {
    times.push(clock.now() - start);
    if (times.length <= failures) throw new Error(`attempt ${times.length}`);
    return 'there';
  };
  return { times, failing };
}

test('gives what the first success gives, at once', async () => {
  const clock = new ManualClock();
  await expect(eventually(() => 'there', { clock })).resolves.toBe('there');
  expect(clock.waiting).toBe(false);
});

test.each<[string, unknown]>([['undefined', undefined], ['null', null], ['zero', 0], ['an empty text', ''], ['true', true]])(
  '%s is a success', async (_, value) => {
    await expect(eventually(async () => value, { clock: new ManualClock() })).resolves.toBe(value);
  });

test('tries again every 100 ms while the body throws', async () => {
  const clock = new ManualClock();
  const { times, failing } = attemptsOf(clock);
  const ended = outcome(eventually(failing(3), { clock }));
  await clock.advance(299);
  expect(ended).toEqual({});
  await clock.advance(1);
  expect(ended).toEqual({ value: 'there' });
  expect(times).toEqual([0, 100, 200, 300]);
  expect(clock.waiting).toBe(false);
});

test('tries again while the body gives false, or a promise of it', async () => {
  const clock = new ManualClock();
  let attempts = 0;
  const ended = outcome(eventually(async () => ++attempts === 3 && 'there', { clock, every: '1s' }));
  await clock.advance(2000);
  expect(ended).toEqual({ value: 'there' });
});

test('the pause begins when an attempt has ended', async () => {
  const clock = new ManualClock();
  const starts: number[] = [];
  const start = clock.now();
  const body = async () => {
    starts.push(clock.now() - start);
    await clock.sleep(50);
    return starts.length === 3;
  };
  const ended = outcome(eventually(body, { clock, every: 10 }));
  await clock.advance(1000);
  expect(ended).toEqual({ value: true });
  expect(starts).toEqual([0, 60, 120]);
});

test('gives up after 10 s, and says how often it has tried and what failed last', async () => {
  const clock = new ManualClock();
  const { times, failing } = attemptsOf(clock);
  const ended = outcome(eventually(failing(Infinity), { clock }));
  await clock.advance(9999);
  expect(ended).toEqual({});
  await clock.advance(1);
  expect(times).toHaveLength(100);
  expect(ended.error).toMatchObject({
    code: 'E_TESTING_EVENTUALLY', cause: new Error('attempt 100'),
    message: 'not so within 10000 ms, in 100 attempts. The last failure: attempt 100',
  });
  expect(clock.waiting).toBe(false);
});

test.each<[string, () => unknown, string]>([
  ['false', () => false, 'in 1 attempt. The last failure: it gave false'],
  ['what is no error', () => { throw { reason: 'none' }; }, 'in 1 attempt. The last failure: { reason: \'none\' }'],
  ['nothing', () => new Promise(() => {}), 'in 1 attempt. The last failure: no attempt has ended'],
])('gives up on a body of which comes %s', async (_, body, message) => {
  const clock = new ManualClock();
  const ended = outcome(eventually(body, { clock, within: '1s', every: '2s' }));
  await clock.advance(1000);
  expect(ended.error?.message).toBe(`not so within 1000 ms, ${message}`);
});

test.each(unreadable)('gives up on a body that throws %s', async (_, thrown) => {
  const clock = new ManualClock();
  const ended = outcome(eventually(() => { throw thrown as Error; }, { clock, within: '1s', every: '2s' }));
  await clock.advance(1000);
  expect([ended.error?.code, ended.error?.message]).toEqual(
    ['E_TESTING_EVENTUALLY', expect.stringMatching(/^not so within 1000 ms, in 1 attempt. The last failure: ./)]);
});

test('the failure that is shown is the last that there was, while another attempt hangs', async () => {
  const clock = new ManualClock();
  let attempts = 0;
  const ended = outcome(eventually(async () => {
    attempts += 1;
    if (attempts > 1) await clock.sleep(60_000);
    throw new Error(`attempt ${attempts}`);
  }, { clock, within: '2s', every: '1s' }));
  await clock.advance(2000);
  expect(ended.error?.message).toBe('not so within 2000 ms, in 2 attempts. The last failure: attempt 1');
  await clock.advance(60_000); // its rejection comes too late, and is nobody's
});

test('the stack of the error leads to the test', async () => {
  const error = await eventually(() => false, { within: 1, every: 0 }).catch((thrown: Error) => thrown);
  expect((error as Error).stack).toContain('eventually.test.ts');
});

describe('a signal', () => {
  test('ends the wait with its reason, and leaves no timer', async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const ended = outcome(eventually(() => false, { clock, signal: controller.signal }));
    await clock.advance(150);
    controller.abort(new Error('the run was cancelled'));
    await clock.advance(0);
    expect(ended.error?.message).toBe('the run was cancelled');
    expect(clock.waiting).toBe(false);
  });

  test('ends an attempt that hangs', async () => {
    const controller = new AbortController();
    const waiting = eventually(() => new Promise(() => {}), { clock: new ManualClock(), signal: controller.signal });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('that has aborted already keeps the body from running', async () => {
    const body = jest.fn(() => true);
    await expect(eventually(body, { signal: AbortSignal.abort(new Error('over')) })).rejects.toThrow('over');
    expect(body).not.toHaveBeenCalled();
  });
});

test('works with the system\'s clock', async () => {
  let attempts = 0;
  await expect(eventually(() => ++attempts === 3 && attempts, { every: 0 })).resolves.toBe(3);
});

test.each<[string, unknown, EventuallyOptions]>([
  ['E_TESTING_BODY', 'body', {}],
  ['E_TESTING_BODY', Promise.resolve(true), {}],
  ['E_DURATION', () => true, { within: '10' as '10s' }],
  ['E_DURATION', () => true, { within: -1 }],
  ['E_DURATION', () => true, { within: Infinity }],
  ['E_DURATION', () => true, { every: '25d' }],
  ['E_DURATION', () => true, { every: NaN }],
  ['E_TESTING_OPTIONS', () => true, null as unknown as EventuallyOptions],
  ['E_TESTING_OPTIONS', () => true, '10s' as EventuallyOptions],
])('bad input is %s: %p, %p', async (code, body, options) => {
  await expect(eventually(body as () => unknown, options)).rejects.toMatchObject({ name: 'InvalidArgumentError', code });
});

test.each<[string, unknown, string]>([
  ['within', null, 'within must be milliseconds'], ['every', null, 'every must be milliseconds'],
  ['signal', null, 'signal must be an AbortSignal, got null'],
  ['signal', new AbortController(), 'signal must be an AbortSignal, got AbortController'],
  ['clock', null, 'clock must be a Clock, such as new ManualClock(), got null'],
])('the error of a bad option names it: %s: %p', async (option, value, message) => {
  await expect(eventually(() => true, { [option]: value })).rejects.toMatchObject({
    name: 'InvalidArgumentError', message: expect.stringContaining(message) as unknown,
  });
});
