import { createMemoizer, type Memoize, type MemoizeOptions, type MemoizerOptions } from '../../../runtime/memoize';
import { ManualClock, MemoryEntryStore } from '../../../runtime/testing';

/** Several memoizers over one store and one clock: as several processes over one table. */
export interface World {
  readonly clock: ManualClock;
  readonly store: MemoryEntryStore;
  process(options?: MemoizerOptions): Memoize;
}

export function world(): World {
  const clock = new ManualClock();
  const store = new MemoryEntryStore();
  // The budget is of real time, and a machine that is busy with other tests may take longer for anything.
  return { clock, store, process: (options) => createMemoizer({ store, clock, random: () => 0.5, budget: '10s', ...options }) };
}

/** A memoizer without a second layer. */
export function memoryOnly(options: MemoizerOptions = {}): { memoize: Memoize; clock: ManualClock } {
  const clock = new ManualClock();
  return { clock, memoize: createMemoizer({ clock, random: () => 0.5, environment: {}, ...options }) };
}

/** A function that counts its runs and ends when it is told to. */
export function gate<T>() {
  const open: { resolve: (value: T) => void; reject: (error: unknown) => void }[] = [];
  async function gated(_id: string): Promise<T> {
    return new Promise<T>((resolve, reject) => open.push({ resolve, reject }));
  }
  return {
    fn: gated,
    get runs() { return open.length; },
    resolve: (value: T, run = open.length - 1) => open[run].resolve(value),
    reject: (error: unknown, run = open.length - 1) => open[run].reject(error),
  };
}

/** Lets everything that can go on now go on. */
export async function idle(turns = 5): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** Two processes that memoize one function; one of them has computed 'old' for 'x', and it is in the store. */
export async function filledByOneOfTwo(options: MemoizeOptions<(id: string) => Promise<string>>) {
  const { process, clock } = world();
  const gated = gate<string>();
  const [one, two] = [process(), process()];
  const [here, there] = [one(gated.fn, options), two(gated.fn, options)];
  const first = here('x');
  await idle();
  gated.resolve('old');
  await first;
  await one.settled();
  return { clock, gated, one, here, there };
}
