import type { Kept } from '../data/kept.js';
import type { Stamp } from './generations.js';

/** How long a value may be used, and for what. All in Unix epoch milliseconds. */
export interface Lifetime {
  /** When the value was computed. */
  readonly created: number;
  /** Milliseconds that computing it took. */
  readonly duration: number;
  readonly expires: number;
  readonly staleWhileRevalidate: number;
  readonly staleIfError: number;
}

export function lifetimeOf({ created, duration, expires, staleWhileRevalidate, staleIfError }: Lifetime): Lifetime {
  return { created, duration, expires, staleWhileRevalidate, staleIfError };
}

/** What an entry is good for at a moment. */
export type Verdict = 'fresh' | 'revalidate' | 'stale-while-revalidate' | 'stale-if-error' | 'dead';

/** A value in memory. */
export class MemoryEntry implements Lifetime {
  readonly created: number;
  readonly duration: number;
  readonly expires: number;
  readonly staleWhileRevalidate: number;
  readonly staleIfError: number;
  readonly freshUntil: number;
  readonly aloneUntil: number;
  /** Where everybody gets the same value: one promise for all, as a new one for each hit costs more than the look-up. */
  readonly promise: Promise<unknown> | undefined;
  /** The generations' epoch in which the entry was last found to be current. */
  epoch = -1;
  /** No need to ask for its counters from then until then, in Unix epoch milliseconds: the clock may be set back. */
  confirmedFrom = -Infinity;
  confirmedUntil = Infinity;
  /** When it was last marked as used, in Unix epoch milliseconds. */
  touched = -Infinity;

  /**
   * @param until `freshUntil`: needs no look at anything until then; `aloneUntil`: the memory answers without the table until then,
   *   be it with a stale value
   * @param args the arguments, where the entry is indexed by them
   */
  constructor(
    readonly memoryKey: string,
    readonly args: readonly unknown[] | undefined,
    readonly kept: Kept,
    readonly stamp: Stamp,
    until: { readonly freshUntil: number; readonly aloneUntil: number },
    lifetime: Lifetime,
    readonly failed = false,
  ) {
    this.freshUntil = until.freshUntil;
    this.aloneUntil = until.aloneUntil;
    this.created = lifetime.created;
    this.duration = lifetime.duration;
    this.expires = lifetime.expires;
    this.staleWhileRevalidate = lifetime.staleWhileRevalidate;
    this.staleIfError = lifetime.staleIfError;
    if (failed) {
      this.promise = Promise.reject(kept.deliver());
      this.promise.catch(() => {}); // whoever asks gets it; if nobody does, nothing is wrong
    } else if (kept.shared) {
      this.promise = Promise.resolve(kept.deliver());
    }
  }

  /** Key and bookkeeping weigh too: many small values must not outgrow the bound. */
  get size(): number {
    let size = this.kept.size + 2 * this.memoryKey.length + 200;
    for (const scope in this.stamp) size += 2 * scope.length + 16;
    return size;
  }

  /** Whether there is nothing to look at: fresh, and nothing was invalidated since it was last looked at. */
  isSettled(epoch: number, now: number): boolean {
    return this.epoch === epoch && now < this.freshUntil && now < this.confirmedUntil && now >= this.confirmedFrom;
  }

  deliver(): Promise<unknown> {
    return this.promise ?? Promise.resolve(this.kept.deliver());
  }
}

export function judge(entry: Lifetime & { readonly freshUntil?: number }, now: number): Verdict {
  if (now < (entry.freshUntil ?? entry.expires)) return 'fresh';
  if (now < entry.expires) return 'revalidate';
  if (now < entry.staleWhileRevalidate) return 'stale-while-revalidate';
  if (now < entry.staleIfError) return 'stale-if-error';
  return 'dead';
}
