import { Breaker } from '../resilience/breaker.js';
import { Bulkhead } from '../resilience/bulkhead.js';
import type { Clock } from '../resilience/clock.js';
import { Deadline } from '../resilience/deadline.js';
import { failureClassOf, type FailureClass } from '../resilience/failure.js';
import type { EntryStore, Generation, Lease, ReadResult, StoredEntry, StoredState } from '../stores/entry-store.js';
import type { MemoTelemetry } from './telemetry.js';

/** What came of a request to the second layer: it never throws. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error?: unknown };

const BYPASSED: Outcome<never> = { ok: false };
/** Requests at once, and requests that wait for their turn; beyond that the second layer is passed by. */
const CONCURRENCY = 64;
const QUEUE = 1000;
/** Time that large values get on top of the budget, in milliseconds a megabyte. */
const MILLISECONDS_PER_MEGABYTE = 250;

export interface RemoteOptions {
  readonly store: EntryStore;
  /** Milliseconds that a caller waits for the second layer at the most. */
  readonly budget: number;
  /** Milliseconds for what no caller waits for. */
  readonly backgroundBudget: number;
  readonly telemetry: MemoTelemetry;
  readonly clock: Clock;
  readonly random: () => number;
}

/** The second layer as callers may use it: with deadlines, a breaker and a bound on what runs at once; failures are counted, not thrown. */
export class Remote {
  readonly store: EntryStore;
  readonly budget: number;
  readonly backgroundBudget: number;
  readonly breaker: Breaker;
  private readonly telemetry: MemoTelemetry;
  private readonly bulkhead = new Bulkhead(CONCURRENCY, QUEUE);
  /** The read that collects requests of this turn; keys and scopes with their places in it. */
  private pending: { entries: Map<string, number>; generations: Map<string, number>; outcome: Promise<Outcome<ReadResult>> } | undefined;

  constructor(options: RemoteOptions) {
    this.store = options.store;
    this.budget = options.budget;
    this.backgroundBudget = options.backgroundBudget;
    this.telemetry = options.telemetry;
    this.breaker = new Breaker({ clock: options.clock, random: options.random });
  }

  /**
   * Reads an entry and counters. Reads that begin in the same turn of the event loop go out together.
   *
   * @returns the state at the key, and the counters of the scopes
   */
  async read(key: string | undefined, scopes: readonly string[]): Promise<Outcome<{ state?: StoredState; generations: Map<string, Generation> }>> {
    if (this.pending === undefined) {
      const entries = new Map<string, number>();
      const generations = new Map<string, number>();
      const outcome = endOfTurn().then(() => {
        this.pending = undefined;
        const request = { entries: [...entries.keys()], generations: [...generations.keys()] };
        return this.attempt('read', this.budget, (signal) => this.store.read(request, signal));
      });
      this.pending = { entries, generations, outcome };
    }
    const { entries, generations, outcome } = this.pending;
    if (key !== undefined && !entries.has(key)) entries.set(key, entries.size);
    for (const scope of scopes) if (!generations.has(scope)) generations.set(scope, generations.size);
    const result = await outcome;
    if (!result.ok) return result;
    const found = new Map<string, Generation>();
    for (const scope of scopes) found.set(scope, result.value.generations[generations.get(scope)!]);
    return { ok: true, value: { state: key === undefined ? undefined : result.value.entries[entries.get(key)!], generations: found } };
  }

  /** The payload of an entry that was read. */
  async payload(entry: StoredEntry): Promise<Outcome<Uint8Array | undefined>> {
    const { payload } = entry;
    if (payload instanceof Uint8Array) return { ok: true, value: payload };
    return this.attempt('read', this.budget + allowance(payload.length), (signal) => payload.load(signal));
  }

  write(
    key: string, entry: StoredEntry & { payload: Uint8Array }, expected: string | undefined, budget: number,
  ): Promise<Outcome<string | undefined>> {
    return this.attempt('write', budget + allowance(entry.payload.byteLength), (signal) => this.store.write(key, entry, expected, signal));
  }

  acquire(key: string, lease: Lease, now: number, budget: number): Promise<Outcome<boolean>> {
    return this.attempt('acquire', budget, (signal) => this.store.acquire(key, lease, now, signal));
  }

  renew(key: string, holder: string, until: number): Promise<Outcome<boolean>> {
    return this.attempt('renew', this.backgroundBudget, (signal) => this.store.renew(key, holder, until, signal));
  }

  release(key: string, holder: string): Promise<Outcome<void>> {
    return this.attempt('release', this.backgroundBudget, (signal) => this.store.release(key, holder, signal));
  }

  inspect(key: string): Promise<Outcome<{ state?: StoredState; lease?: Lease }>> {
    return this.attempt('inspect', this.backgroundBudget, (signal) => this.store.inspect(key, signal));
  }

  /** Runs one request. The breaker decides whether it goes out, and learns from how it ends. */
  private async attempt<T>(operation: string, budget: number, run: (signal: AbortSignal) => Promise<T>): Promise<Outcome<T>> {
    if (this.bulkhead.full || !this.breaker.tryEnter()) {
      this.telemetry.counters.add('bypasses');
      return BYPASSED;
    }
    const deadline = new Deadline(budget);
    try {
      const { signal } = deadline;
      const value = await aborting(this.bulkhead.run(() => signal.aborted ? Promise.reject(signal.reason as Error) : run(signal)), signal);
      this.breaker.succeeded();
      return { ok: true, value };
    } catch (error) {
      this.failed(operation, deadline.signal.aborted ? deadline.signal.reason : error);
      return { ok: false, error };
    } finally {
      deadline.close();
    }
  }

  private failed(operation: string, error: unknown): void {
    const failure: FailureClass = failureClassOf(error);
    this.telemetry.counters.add('tableErrors');
    this.telemetry.publish('error', () => ({ operation, failure, error }));
    if (this.breaker.failed(failure)) this.telemetry.publish('open', () => ({ failure }));
  }
}

/** More time for more bytes: a few megabytes take longer than a budget that is meant for one item. */
function allowance(bytes: number): number {
  return bytes < 400 * 1024 ? 0 : Math.ceil(bytes / 1024 / 1024 * MILLISECONDS_PER_MEGABYTE);
}

/** A store that is slow to notice the signal must not hold up the caller. */
function aborting<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    work.then(resolve, reject);
  });
}

/** After everything that is ready to run now has run, so that calls made together read together. */
function endOfTurn(): Promise<void> {
  return new Promise((resolve) => queueMicrotask(() => process.nextTick(resolve)));
}
