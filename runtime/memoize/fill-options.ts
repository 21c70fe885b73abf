import type { Answer } from '../data/kept.js';
import type { Bulkhead } from '../resilience/bulkhead.js';
import type { Flight } from '../resilience/single-flight.js';
import type { StoredState } from '../stores/entry-store.js';
import type { MemoFunction } from './memo-function.js';
import type { MemoryEntry } from './memory-entry.js';

/** How a call that was not answered from memory is to be answered. */
export type FillMode
  /** By the table, another process, or the function. */
  = | 'read'
  /** By the function, whatever is kept. */
    | 'execute'
  /** By the function, unless another process is at it: the caller has been served with a stale value. */
    | 'revalidate';

export interface FillOptions {
  readonly owner: MemoFunction;
  readonly mode: FillMode;
  readonly flight: Flight<Answer>;
  /** What identifies the call. */
  readonly text: string;
  readonly args: readonly unknown[];
  readonly execute: () => unknown;
  /** Starts another fill for a value that is past its time. */
  readonly revalidate: (stale: MemoryEntry, state?: StoredState) => void;
  /** A value in memory that the memory may not answer with alone any more. */
  readonly fallback?: MemoryEntry;
  /** What the table has, where it was asked already. */
  readonly state?: StoredState;
  /** The table has just kept the caller waiting in vain. */
  readonly tableSilent?: boolean;
  /** Bounds executions at once. */
  readonly executions?: Bulkhead;
  /** A value that is given instead of computed; the fill ends when it is written. */
  readonly primed?: { readonly value: unknown };
}

/** Waits for a place. @returns whether one was taken; false if the wait was skipped */
export async function turnOf(executions: Bulkhead, flight: Flight<Answer>): Promise<boolean> {
  const skipped = new AbortController();
  flight.waiting = { queue: executions, skip: () => skipped.abort() };
  const entered = await executions.enter(skipped.signal);
  flight.waiting = undefined;
  return entered;
}
