import { Breaker } from '../resilience/breaker.js';
import { Bulkhead } from '../resilience/bulkhead.js';
import type { Clock } from '../resilience/clock.js';
import { Deadline } from '../resilience/deadline.js';
import { failureClassOf, type FailureClass } from '../resilience/failure.js';
import type { EntryStore, Generation, Lease, ReadResult, StoredEntry, StoredState } from '../stores/entry-store.js';
import type { MemoTelemetry } from './telemetry.js';

/** What came of a request to the second layer: it never throws. Without an error it was not made: the breaker is open, or too much runs. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error?: unknown };

const BYPASSED: Outcome<never> = { ok: false };
/** Requests at once, and requests that wait for their turn; beyond that the second layer is passed by. */
const CONCURRENCY = 64;
const QUEUE = 4096;
/** Keys that a store reads in about the time of one: four requests of a hundred. */
const KEYS_A_ROUND = 400;
/** Values from here on, in bytes, take requests of their own, and more time. */
const LARGE = 380 * 1024;
/** Time that large values get on top, in milliseconds a megabyte. */
const MILLISECONDS_PER_MEGABYTE = 250;
const MAX_ALLOWANCE = 60_000;

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

interface Attempt {
  readonly budget: number;
  /** The time in the queue does not count: no caller waits. */
  readonly background?: boolean;
  /** The value is large: a bucket in trouble must not take the table out. */
  readonly large?: boolean;
  /** The budget is what others have left: running out of it says nothing of the table. */
  readonly shortened?: boolean;
}

/** A read that collects requests of one turn of the event loop; keys and scopes with their places in it. */
interface Batch {
  readonly entries: Map<string, number>;
  readonly generations: Map<string, number>;
  readonly outcome: Promise<Outcome<ReadResult>>;
}

/** The second layer as callers may use it: with deadlines, breakers and a bound on what runs at once; failures are counted, not thrown. */
export class Remote {
  readonly store: EntryStore;
  readonly budget: number;
  readonly backgroundBudget: number;
  private readonly telemetry: MemoTelemetry;
  private readonly breaker: Breaker;
  private readonly largeBreaker: Breaker;
  private readonly bulkhead = new Bulkhead(CONCURRENCY, QUEUE);
  private batch: Batch | undefined;
  private polls: Batch | undefined;

  constructor(options: RemoteOptions) {
    this.store = options.store;
    this.budget = options.budget;
    this.backgroundBudget = options.backgroundBudget;
    this.telemetry = options.telemetry;
    this.breaker = new Breaker(options);
    this.largeBreaker = new Breaker(options);
  }

  /**
   * Reads an entry and counters. Reads that begin in the same turn of the event loop go out together.
   *
   * @returns the state at the key, and the counters of the scopes
   */
  async read(key: string, scopes: readonly string[]): Promise<Outcome<{ state?: StoredState; generations: Map<string, Generation> }>> {
    const batch = this.batch ??= this.collect(() => { this.batch = undefined; });
    if (!batch.entries.has(key)) batch.entries.set(key, batch.entries.size);
    const result = await join(batch, scopes);
    if (!result.ok) return result;
    return { ok: true, value: { state: result.value.entries[batch.entries.get(key)!], generations: pick(batch, scopes, result.value) } };
  }

  /** Reads counters alone, which stores answer consistently. */
  async poll(scopes: readonly string[]): Promise<Outcome<Map<string, Generation>>> {
    const batch = this.polls ??= this.collect(() => { this.polls = undefined; });
    const result = await join(batch, scopes);
    return result.ok ? { ok: true, value: pick(batch, scopes, result.value) } : result;
  }

  /** The payload of an entry that was read. @param budget what is left of it, in milliseconds */
  async payload(entry: StoredEntry, budget: number): Promise<Outcome<Uint8Array | undefined>> {
    const { payload } = entry;
    if (payload instanceof Uint8Array) return { ok: true, value: payload };
    return this.attempt('read', { budget: budget + allowance(payload.length), large: true }, (signal) => payload.load(signal));
  }

  write(
    key: string, entry: StoredEntry & { payload: Uint8Array }, expected: string | undefined, options: { readonly background: boolean },
  ): Promise<Outcome<string | undefined>> {
    const { byteLength } = entry.payload;
    const budget = (options.background ? this.backgroundBudget : this.budget) + allowance(byteLength);
    return this.attempt('write', { budget, background: options.background, large: byteLength >= LARGE },
      (signal) => this.store.write(key, entry, expected, signal));
  }

  acquire(key: string, lease: Lease, now: number, budget: number): Promise<Outcome<boolean>> {
    return this.attempt('acquire', { budget, shortened: budget < this.budget }, (signal) => this.store.acquire(key, lease, now, signal));
  }

  renew(key: string, holder: string, until: number): Promise<Outcome<boolean>> {
    return this.attempt('renew', { budget: this.backgroundBudget, background: true }, (signal) => this.store.renew(key, holder, until, signal));
  }

  release(key: string, holder: string): Promise<Outcome<void>> {
    return this.attempt('release', { budget: this.backgroundBudget, background: true }, (signal) => this.store.release(key, holder, signal));
  }

  inspect(key: string): Promise<Outcome<{ state?: StoredState; lease?: Lease }>> {
    return this.attempt('inspect', { budget: this.budget }, (signal) => this.store.inspect(key, signal));
  }

  /** A read that goes out at the end of this turn of the event loop. */
  private collect(leave: () => void): Batch {
    const entries = new Map<string, number>();
    const generations = new Map<string, number>();
    const outcome = endOfTurn().then(() => {
      leave();
      const request = { entries: [...entries.keys()], generations: [...generations.keys()] };
      const rounds = Math.max(1, Math.ceil(entries.size / KEYS_A_ROUND));
      return this.attempt('read', { budget: this.budget * rounds }, (signal) => this.store.read(request, signal));
    });
    return { entries, generations, outcome };
  }

  /** Runs one request. A breaker decides whether it goes out, and learns from how it ends. */
  private async attempt<T>(operation: string, attempt: Attempt, run: (signal: AbortSignal) => Promise<T>): Promise<Outcome<T>> {
    const { budget, background, large, shortened } = attempt;
    const breaker = large ? this.largeBreaker : this.breaker;
    const deadline = new Deadline(background ? undefined : budget);
    if (this.bulkhead.full || breaker.openFor !== undefined || !await this.bulkhead.enter(deadline.signal)) return this.bypass(deadline);
    let call = 0;
    try {
      call = breaker.tryEnter();
      if (call === 0) return this.bypass(deadline);
      if (background) deadline.extend(budget);
      const { signal } = deadline;
      const value = await aborting(run(signal), signal);
      breaker.succeeded();
      return { ok: true, value };
    } catch (error) {
      const late = deadline.signal.aborted;
      const reason: unknown = late ? deadline.signal.reason : error;
      deadline.abandon();
      if (late && shortened) return this.bypass(deadline);
      this.failed(operation, breaker, call, reason);
      return { ok: false, error: reason };
    } finally {
      this.bulkhead.leave();
      deadline.close();
    }
  }

  private bypass(deadline: Deadline): Outcome<never> {
    deadline.close();
    this.telemetry.add('bypasses');
    return BYPASSED;
  }

  private failed(operation: string, breaker: Breaker, call: number, error: unknown): void {
    const failure: FailureClass = failureClassOf(error);
    this.telemetry.add('tableErrors');
    this.telemetry.publish('error', () => ({ operation, failure, error }));
    if (breaker.failed(failure, call)) this.telemetry.publish('open', () => ({ failure }));
  }
}

function join(batch: Batch, scopes: readonly string[]): Promise<Outcome<ReadResult>> {
  for (const scope of scopes) if (!batch.generations.has(scope)) batch.generations.set(scope, batch.generations.size);
  return batch.outcome;
}

function pick(batch: Batch, scopes: readonly string[], result: ReadResult): Map<string, Generation> {
  return new Map(scopes.map((scope) => [scope, result.generations[batch.generations.get(scope)!]]));
}

/** More time for more bytes: a few megabytes take longer than a budget that is meant for one item. */
function allowance(bytes: number): number {
  return bytes < LARGE ? 0 : Math.min(Math.ceil(bytes / 1024 / 1024 * MILLISECONDS_PER_MEGABYTE), MAX_ALLOWANCE);
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
