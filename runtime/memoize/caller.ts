import { copyOf, type Answer } from '../data/kept.js';
import { Bulkhead } from '../resilience/bulkhead.js';
import { SingleFlight, type Flight } from '../resilience/single-flight.js';
import type { StoredState } from '../stores/entry-store.js';
import { Fill } from './fill.js';
import type { FillMode, FillOptions } from './fill-options.js';
import type { MemoFunction } from './memo-function.js';
import { judge, type MemoryEntry } from './memory-entry.js';

/** While a value is computed anew, the old one answers at least for so long without the table, in milliseconds. */
const MEANWHILE = 5000;

const deliver = (answer: Answer): unknown => answer.deliver();

/** One call: what identifies it, and what a run of the function would take. */
interface Call {
  readonly text: string;
  readonly self: unknown;
  readonly args: readonly unknown[];
  /** Executions wait for their turn, as those of `many` do. */
  readonly executions?: Bulkhead;
}

/** Answers calls of one memoized function: from memory, by a call under way, or by a new fill. */
export class Caller {
  readonly flights = new SingleFlight<Answer>();
  /** Values that are being computed anew, and are served meanwhile. */
  private readonly stale = new Map<string, { readonly entry: MemoryEntry; readonly until: number }>();
  private readonly stopListening: () => void;

  constructor(readonly owner: MemoFunction) {
    this.stopListening = owner.memoizer.onClear(() => this.detachAll());
  }

  call(self: unknown, args: readonly unknown[], executions?: Bulkhead): Promise<unknown> {
    const { owner } = this;
    owner.totals.calls++;
    if (owner.disposed) return this.uncached(self, args);
    let text: string;
    try {
      text = owner.text(args);
    } catch (error) {
      return Promise.reject(error as Error);
    }
    const entry = owner.recall(text);
    if (entry === undefined || !entry.isSettled(owner.memoizer.generations.epoch, owner.now())) {
      return this.answer({ text, self, args, executions }, entry);
    }
    owner.hit('memoryHits', 'memory', text, entry.duration, false);
    return entry.deliver();
  }

  /** Calls of which the executions take turns. */
  many(calls: readonly (readonly unknown[])[]): Promise<unknown[]> {
    const executions = new Bulkhead(this.owner.policy.concurrency); // its own: a function may call itself
    return Promise.all(calls.map((args) => this.call(undefined, [...args], executions)));
  }

  /** Runs the function whatever is kept, and keeps its value. */
  async refresh(self: unknown, args: readonly unknown[]): Promise<unknown> {
    this.owner.totals.calls++;
    if (this.owner.disposed) return this.uncached(self, args);
    const text = this.owner.text(args);
    this.detach(text); // an older run must not overwrite this one's value
    return deliver(await this.fill('execute', { text, self, args }, {}));
  }

  /** Keeps a value as if the function had returned it. */
  async prime(args: readonly unknown[], value: unknown): Promise<void> {
    if (this.owner.disposed) return;
    const text = this.owner.text(args);
    this.detach(text);
    await this.fill('execute', { text, self: undefined, args: [...args] }, { primed: { value } });
  }

  /** Keeps runs under way, and what they leave, from later callers. */
  detach(text: string): void {
    this.flights.detach(text);
    this.stale.delete(text);
  }

  detachAll(): void {
    this.flights.detachAll();
    this.stale.clear();
  }

  dispose(): void {
    this.detachAll();
    this.stopListening();
  }

  private async uncached(self: unknown, args: readonly unknown[]): Promise<unknown> {
    this.owner.count('executions');
    return this.owner.invoke(self, args);
  }

  /** @param entry what the memory has, and what has to be looked at before it is used */
  private answer(call: Call, entry: MemoryEntry | undefined): Promise<unknown> {
    const { owner } = this;
    const { generations } = owner.memoizer;
    if (entry === undefined) return this.miss(call);
    if (!generations.isCurrent(entry.stamp)) {
      owner.forgetIf(entry);
      return this.miss(call);
    }
    if (!owner.validity.isUnconfirmed(entry.stamp, owner.now())) return this.fromMemory(call, entry);
    // Nobody has confirmed for too long that nothing was invalidated. If the table is silent, nothing was.
    return owner.validity.poll(entry.stamp).then((answered) => generations.isCurrent(entry.stamp) && owner.recall(call.text) === entry
      ? this.fromMemory(call, entry, !answered)
      : this.miss(call)); // invalidated, or deleted meanwhile
  }

  private fromMemory(call: Call, entry: MemoryEntry, tableSilent = false): Promise<unknown> {
    const { owner } = this;
    const now = owner.now();
    const verdict = judge(entry, now);
    const stale = verdict === 'stale-while-revalidate' && now < entry.aloneUntil;
    if (verdict !== 'fresh' && !stale) return this.miss(call, entry, tableSilent);
    owner.validity.confirm(entry);
    owner.hit('memoryHits', 'memory', call.text, entry.duration, stale);
    if (stale) this.revalidate(call, entry);
    return entry.deliver();
  }

  private miss(call: Call, fallback?: MemoryEntry, tableSilent = false): Promise<unknown> {
    const { owner, flights } = this;
    const { generations } = owner.memoizer;
    const meanwhile = this.stale.get(call.text);
    const now = owner.now();
    if (meanwhile !== undefined && now < meanwhile.until && generations.isCurrent(meanwhile.entry.stamp)) {
      owner.hit('joins', 'joined', call.text, meanwhile.entry.duration, true);
      return meanwhile.entry.deliver();
    }
    const flight = flights.get(call.text);
    if (flight?.entering) return this.uncached(call.self, call.args); // the function calls itself for the same key
    if (flight !== undefined && this.isJoinable(flight)) {
      owner.hit('joins', 'joined', call.text, 0, false);
      // Who joins from elsewhere may itself hold the place that is waited for: a function that calls itself through `many`.
      if (flight.waiting !== undefined && flight.waiting.queue !== call.executions) flight.waiting.skip();
      return flight.promise.then(deliver);
    }
    return this.fill('read', call, { fallback, tableSilent }).then(deliver);
  }

  /** Whether a run has seen all that was invalidated so far. Which tags its value will have is only known when it ends. */
  private isJoinable({ stamp = {}, epoch }: Flight<Answer>): boolean {
    const { generations } = this.owner.memoizer;
    if (this.owner.policy.hasTagsOfValue && epoch !== undefined && epoch !== generations.epoch) return false;
    return generations.isCurrent(stamp);
  }

  /**
   * Computes a value anew in the background, while it is served stale.
   *
   * @param within the flight that is there is the one that asks for this
   */
  private revalidate(call: Call, fallback: MemoryEntry, state?: StoredState, within = false): void {
    const { stale } = this;
    if (stale.has(call.text) || (!within && this.flights.get(call.text) !== undefined)) return; // somebody is at it
    const until = Math.max(fallback.aloneUntil, this.owner.now() + MEANWHILE);
    const meanwhile = { entry: fallback, until: Math.min(until, fallback.staleWhileRevalidate) };
    stale.set(call.text, meanwhile);
    const work = this.fill('revalidate', call, { fallback, state });
    this.owner.memoizer.background(work.finally(() => { if (stale.get(call.text) === meanwhile) stale.delete(call.text); }));
  }

  private fill(mode: FillMode, call: Call, more: Pick<FillOptions, 'fallback' | 'state' | 'primed' | 'tableSilent'>): Promise<Answer> {
    const { owner } = this;
    const { text, self, executions } = call;
    // The function runs after the table was asked: by then the caller may have changed what it passed.
    const args = owner.remote === undefined ? call.args : copyOf(call.args);
    return this.flights.start(text, (flight) => new Fill({
      owner, mode, flight, text, args, executions,
      execute: () => owner.invoke(self, args),
      revalidate: (fallback, state) => this.revalidate({ ...call, args }, fallback, state, true),
      ...more,
    }).run());
  }
}
