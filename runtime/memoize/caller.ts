import type { Answer } from '../data/kept.js';
import { Bulkhead } from '../resilience/bulkhead.js';
import { SingleFlight } from '../resilience/single-flight.js';
import type { StoredState } from '../stores/entry-store.js';
import { Fill, type FillMode, type FillOptions } from './fill.js';
import type { MemoFunction } from './memo-function.js';
import { judge, type MemoryEntry } from './memory-entry.js';

const deliver = (answer: Answer): unknown => answer.deliver();

/** Answers calls of one memoized function: from memory, by a call under way, or by a new fill. */
export class Caller {
  readonly flights = new SingleFlight<Answer>();
  private readonly executions: Bulkhead;
  private readonly stopListening: () => void;

  constructor(readonly owner: MemoFunction) {
    this.executions = new Bulkhead(owner.policy.concurrency);
    this.stopListening = owner.memoizer.onClear(() => this.flights.detachAll());
  }

  /** @param bounded executions wait for their turn, as those of `many` do */
  call(self: unknown, args: readonly unknown[], bounded = false): Promise<unknown> {
    const { owner } = this;
    owner.totals.calls++;
    let text: string;
    try {
      text = owner.text(args);
    } catch (error) {
      return Promise.reject(error as Error);
    }
    return this.answer(text, self, args, bounded);
  }

  /** Runs the function whatever is kept, and keeps its value. */
  async refresh(self: unknown, args: readonly unknown[]): Promise<unknown> {
    this.owner.totals.calls++;
    const text = this.owner.text(args);
    this.flights.detach(text); // an older run must not overwrite this one's value
    return deliver(await this.fill('execute', text, self, args, {}));
  }

  dispose(): void {
    this.flights.detachAll();
    this.stopListening();
  }

  /** Keeps a value as if the function had returned it. */
  async prime(args: readonly unknown[], value: unknown): Promise<void> {
    const text = this.owner.text(args);
    this.flights.detach(text);
    await this.fill('execute', text, undefined, args, { primed: { value } });
  }

  private answer(text: string, self: unknown, args: readonly unknown[], bounded: boolean): Promise<unknown> {
    const { owner } = this;
    const { generations } = owner.memoizer;
    const now = owner.now();
    let entry = owner.recall(text);
    if (entry !== undefined && entry.epoch === generations.epoch && now < entry.freshUntil && now < owner.pollAt) {
      owner.hit('memoryHits', 'memory', text, entry.duration, false);
      return entry.deliver();
    }
    if (entry !== undefined && !generations.isCurrent(entry.stamp)) {
      owner.forgetIf(entry);
      entry = undefined;
    }
    if (entry !== undefined && owner.isUnconfirmed(entry.stamp, now)) {
      // Used all the same if the table is silent: the poll never throws, and the entry is not asked about again here.
      const { stamp } = entry;
      return owner.poll(stamp).then(() => this.fromMemory(text, generations.isCurrent(stamp) ? entry : undefined, self, args, bounded));
    }
    return this.fromMemory(text, entry, self, args, bounded);
  }

  private fromMemory(text: string, entry: MemoryEntry | undefined, self: unknown, args: readonly unknown[], bounded: boolean): Promise<unknown> {
    if (entry === undefined) return this.miss(text, self, args, bounded);
    const { owner } = this;
    const now = owner.now();
    const verdict = judge(entry, now);
    if (verdict !== 'fresh' && verdict !== 'stale-while-revalidate') return this.miss(text, self, args, bounded, entry);
    owner.confirm(entry);
    if (now >= owner.pollAt) owner.memoizer.background(owner.poll(entry.stamp));
    owner.hit('memoryHits', 'memory', text, entry.duration, verdict !== 'fresh');
    if (verdict === 'stale-while-revalidate') this.revalidate(text, self, args, entry);
    return entry.deliver();
  }

  private miss(text: string, self: unknown, args: readonly unknown[], bounded: boolean, fallback?: MemoryEntry): Promise<unknown> {
    const flight = this.flights.get(text);
    if (flight !== undefined) {
      this.owner.hit('joins', 'joined', text, 0, false);
      return flight.promise.then(deliver);
    }
    return this.fill('read', text, self, args, { fallback, executions: bounded ? this.executions : undefined }).then(deliver);
  }

  /** Computes a value anew in the background, while it is served stale. */
  private revalidate(text: string, self: unknown, args: readonly unknown[], fallback: MemoryEntry, state?: StoredState): void {
    if (state === undefined && this.flights.get(text) !== undefined) return; // somebody is at it
    this.owner.memoizer.background(this.fill('revalidate', text, self, args, { fallback, state }));
  }

  private fill(
    mode: FillMode, text: string, self: unknown, args: readonly unknown[],
    more: Pick<FillOptions, 'fallback' | 'state' | 'executions' | 'primed'>,
  ): Promise<Answer> {
    return this.flights.start(text, (flight) => new Fill({
      owner: this.owner, flight, text, args,
      execute: () => this.owner.invoke(self, args),
      revalidate: (fallback, state) => this.revalidate(text, self, args, fallback, state),
      ...more,
    }).run(mode));
  }
}
