import { CacheTiersError, InvalidArgumentError, show } from '../errors.js';
import { systemClock, type Clock } from '../resilience/clock.js';
import { milliseconds, type Duration } from '../resilience/duration.js';
import { messageOf, propertyOf } from './thrown.js';

/** How long to try, and how often. */
export interface EventuallyOptions {
  /**
   * When to give up, counted from the call. An attempt that is under way then is not waited for.
   * @default 10s
   */
  readonly within?: Duration;
  /**
   * Pause between the end of an attempt and the next.
   * @default 100ms
   */
  readonly every?: Duration;
  /** Ends the waiting: `eventually` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * Where the time comes from; a `ManualClock` needs no waiting.
   * @default - the system's
   */
  readonly clock?: Clock;
}

/** Unlike those of the clients, these timers keep the process alive: there may be nothing else that does while a test waits. */
const waitingClock: Clock = {
  ...systemClock,
  schedule(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

const LONGEST = 2 ** 31 - 1; // that a timer of Node's can be set to

/**
 * Waits for what comes true only after a while: runs `body` until it neither throws nor gives `false`.
 *
 * Attempts do not overlap. Other falsy values are successes: a body that only has assertions gives `undefined`.
 *
 * @param body what must come true; may be asynchronous
 * @returns what the successful attempt gave
 * @throws CacheTiersError `E_TESTING_EVENTUALLY` on the deadline: the message says how long and how many attempts, and what the last one
 * failed with, which is the `cause`
 * @throws InvalidArgumentError `E_DURATION` if a time is no duration, `E_TESTING_OPTIONS` if another option is wrong, `E_TESTING_BODY` if `body`
 * is no function
 *
 * @example
 * const row = await eventually(async () => {
 *   const { Item } = await client.send(new GetItemCommand({ TableName, Key }));
 *   expect(Item).toBeDefined();
 *   return Item;
 * }, { within: '30s', every: '1s' });
 */
export async function eventually<T>(body: () => T | PromiseLike<T>, options: EventuallyOptions = {}): Promise<Exclude<T, false>> {
  if (typeof body !== 'function') throw new InvalidArgumentError('E_TESTING_BODY', `body must be a function, got ${show(body)}`);
  assertOption('options', options, typeof options === 'object' && options !== null, 'an object');
  const { within = '10s', every = '100ms', signal, clock = waitingClock } = options;
  assertOption('signal', signal, signal === undefined || can(signal, 'throwIfAborted'), 'an AbortSignal');
  assertOption('clock', clock, can(clock, 'schedule'), 'a Clock, such as new ManualClock()');
  const [limit, pause] = [timeOf('within', within), timeOf('every', every)];
  signal?.throwIfAborted();

  const trial = new Trial(limit);
  const ending = new Ending(clock, limit, signal);
  // Here and not where the time is noticed, so that the error's stack leads to the test.
  const unlessOver = async <R>(step: Promise<R>): Promise<R> => {
    const result = await Promise.race([step, ending.reached]);
    if (result === LATE) throw trial.failure();
    if (result === ABORTED) throw signal?.reason;
    return result as R;
  };
  try {
    for (;;) {
      const success = await unlessOver(trial.attempt(body));
      if (success !== undefined) return success.value;
      await unlessOver(ending.pause(pause));
    }
  } finally {
    ending.close();
  }
}

/** Attempts, and what came of the last that has ended. */
class Trial {
  private attempts = 0;
  private cause: unknown = new Error('no attempt has ended');

  constructor(private readonly within: number) {}

  async attempt<T>(body: () => T | PromiseLike<T>): Promise<{ readonly value: Exclude<T, false> } | undefined> {
    this.attempts += 1;
    try {
      const value = await body();
      if (value !== false) return { value: value as Exclude<T, false> };
      this.cause = new Error('it gave false');
    } catch (error) {
      this.cause = error;
    }
    return undefined;
  }

  failure(): CacheTiersError {
    const { attempts, cause, within } = this;
    return new CacheTiersError('E_TESTING_EVENTUALLY',
      `not so within ${within} ms, in ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}. The last failure: ${messageOf(cause)}`, { cause });
  }
}

const LATE = Symbol('late');
const ABORTED = Symbol('aborted');

/** What ends the waiting, whatever the body does. */
class Ending {
  readonly reached: Promise<symbol>;
  private readonly release: (() => void)[] = [];
  private endPause = () => {};

  constructor(private readonly clock: Clock, within: number, signal: AbortSignal | undefined) {
    this.reached = new Promise((resolve) => {
      this.release.push(clock.schedule(within, () => resolve(LATE)));
      const abort = () => resolve(ABORTED);
      signal?.addEventListener('abort', abort, { once: true });
      this.release.push(() => signal?.removeEventListener('abort', abort));
    });
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => { this.endPause = this.clock.schedule(ms, resolve); });
  }

  /** Leaves no timer behind. */
  close(): void {
    this.endPause();
    for (const release of this.release) release();
  }
}

function timeOf(option: string, value: Duration): number {
  const ms = milliseconds(option, value);
  if (ms <= LONGEST) return ms;
  throw new InvalidArgumentError('E_DURATION', `${option} is ${show(value)}: use at most '24d'`);
}

function assertOption(option: string, value: unknown, holds: boolean, kind: string): void {
  if (!holds) throw new InvalidArgumentError('E_TESTING_OPTIONS', `${option} must be ${kind}, got ${show(value)}`);
}

/** Not by instanceof: test runners have realms of their own. */
const can = (value: unknown, method: string): boolean => typeof propertyOf(value, method) === 'function';
