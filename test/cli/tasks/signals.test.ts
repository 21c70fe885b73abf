import { hasTerminal, reachesChildren } from '../../../cli/tasks/signals';
import { patienceOf, requestTimeoutOf, withPatience } from '../../../cli/tasks/patience';

test('what a terminal sends, its processes have already; a termination comes from elsewhere', () => {
  const signals = ['SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGTERM'] as const;
  expect(signals.filter((signal) => reachesChildren(signal, true))).toEqual(['SIGINT', 'SIGQUIT', 'SIGHUP']);
  expect(signals.filter((signal) => reachesChildren(signal, false))).toEqual([]);
  expect(hasTerminal('win32')).toBe(true);
});

test.each([[undefined, 60_000], ['0', undefined], ['0s', undefined], ['90s', 90_000], ['5m', 300_000]])('patience %s is %s', (text, milliseconds) => {
  expect(patienceOf(text)).toBe(milliseconds);
});

const REQUESTS: readonly [string | undefined, number | undefined][] = [[undefined, undefined], ['5s', undefined], ['5m', 300_000], ['0', 3_600_000]];
test.each(REQUESTS)('with --timeout %s, one request has %s', (text, milliseconds) => {
  expect(requestTimeoutOf(text)).toBe(milliseconds);
});

describe('patience', () => {
  const never = new AbortController().signal;
  beforeEach(() => { jest.useFakeTimers(); });
  afterEach(() => { jest.useRealTimers(); });

  /** Goes on until it is told to end. */
  const work = (signal: AbortSignal) => new Promise<never>((_, reject) => { signal.addEventListener('abort', () => reject(new Error('ended'))); });

  test('ends with what does not get on, and lasts as long as it does', async () => {
    let getsOn!: () => void;
    const done = withPatience(1000, never, (signal, progress) => {
      getsOn = progress;
      return work(signal);
    });
    const caught = done.catch((error: Error) => [error.name, error.message]);
    for (let i = 0; i < 5; i++) {
      jest.advanceTimersByTime(900);
      getsOn();
    }
    jest.advanceTimersByTime(1000);
    expect(await caught).toEqual(['TimeoutError', expect.stringMatching(/^nothing has come or gone for 1 s; check --endpoint, .* --timeout$/)]);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('without a limit it lasts until it is stopped', async () => {
    const stop = new AbortController();
    const caught = withPatience(undefined, stop.signal, work).catch((error: Error) => error.message);
    jest.advanceTimersByTime(1_000_000);
    stop.abort(new Error('stopped'));
    expect(await caught).toBe('stopped');
  });
});
