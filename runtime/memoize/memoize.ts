import { Caller } from './caller.js';
import { controlsOf, type MemoControls } from './controls.js';
import { Memoizer } from './memoizer.js';
import { MemoFunction } from './memo-function.js';
import type { AnyFunction, MemoizeOptions, MemoizerOptions, ResultOf } from './options.js';
import { MEMO_CHANNELS, type MemoStats } from './telemetry.js';

/** A memoized function: parameters, `this` and awaited result are the function's own. */
export type Memoized<F extends AnyFunction> = MemoControls<F> & (
  F extends (...args: never[]) => Promise<unknown> ? F : (this: ThisParameterType<F>, ...args: Parameters<F>) => Promise<ResultOf<F>>
);

/** Memoizes functions over one memory and one table. */
export interface Memoize {
  /**
   * Caches what a function returns, by its name and arguments: in memory, and in the table if there is one.
   *
   * The wrapper rejects only if the function does: when the table is slow, down or denied, the function's own value is returned.
   *
   * @param fn its name is part of the key; arguments and result must be structured-cloneable data. `this` is not part of the key.
   * @throws InvalidArgumentError if the function has no name or one that another function has, or an option is wrong
   */
  <F extends AnyFunction>(fn: F, options?: MemoizeOptions<F>): Memoized<F>;

  /** Forgets all values of all functions, in all processes within the invalidation interval. One write. */
  clear(): Promise<void>;

  /** Forgets all values with the tag, in all processes within the invalidation interval. One write. */
  invalidateTag(tag: string): Promise<void>;

  /** Resolves when no write or refresh runs in the background, and counters are written. For the end of a handler or a process. */
  settled(): Promise<void>;

  /** A Lambda handler that waits for background work before it answers, since Lambda freezes the process right after. */
  settling<A extends unknown[], R>(handler: (...args: A) => Promise<R>): (...args: A) => Promise<R>;

  /** Counters of all functions since the process began. */
  stats(): MemoStats;

  /** Closes idle connections. */
  close(): void;
}

/** A memoizer of its own: another table, other bounds, a test's store and clock. */
export function createMemoizer(options: MemoizerOptions = {}): Memoize {
  const memoizer = new Memoizer(options);
  return memoizeWith(() => memoizer);
}

/** As long as there is room, values are marked as used no more often than this, in milliseconds. */
const TOUCH_INTERVAL = 1000;

let shared: Memoizer | undefined;

/** Memoizes over the table that CACHE_TABLE names, or in memory where it is not set. */
export const memoize: Memoize = memoizeWith(() => shared ??= new Memoizer());

function memoizeWith(memoizer: () => Memoizer): Memoize {
  const wrap = <F extends AnyFunction>(fn: F, options: MemoizeOptions<F> = {}) =>
    wrapper(new MemoFunction(memoizer(), fn, options as MemoizeOptions<AnyFunction>)) as unknown as Memoized<F>;
  return Object.assign(wrap, {
    clear: () => memoizer().clear(),
    invalidateTag: (tag: string) => memoizer().invalidateTag(tag),
    settled: () => memoizer().settled(),
    settling: <A extends unknown[], R>(handler: (...args: A) => Promise<R>) => async (...args: A) => {
      try {
        return await handler(...args);
      } finally {
        await memoizer().settled();
      }
    },
    stats: () => memoizer().telemetry.stats(),
    close: () => memoizer().close(),
  });
}

function wrapper(owner: MemoFunction): unknown {
  const caller = new Caller(owner);
  const { index, totals } = owner;
  const { memoizer } = owner;
  const { clock, generations } = memoizer;
  const { hit } = MEMO_CHANNELS;

  function memoized(this: unknown, ...args: unknown[]): Promise<unknown> {
    // The hot path: primitive arguments, a fresh value in memory, nothing invalidated since.
    const entry = index.get(args);
    const now = clock.now();
    if (entry !== undefined && !hit.hasSubscribers && entry.isSettled(generations.epoch, now)) {
      if (memoizer.crowded || now - entry.touched > TOUCH_INTERVAL) {
        memoizer.memory.get(entry.memoryKey); // keeps it from being the next to be evicted
        entry.touched = now;
      }
      totals.calls++;
      totals.memoryHits++;
      totals.latencySaved += entry.duration;
      return entry.deliver();
    }
    return caller.call(this, args);
  }

  const { fn } = owner;
  Object.defineProperty(memoized, 'name', { value: fn.name, configurable: true });
  Object.defineProperty(memoized, 'length', { value: fn.length, configurable: true });
  return Object.assign(memoized, controlsOf(owner, caller));
}
