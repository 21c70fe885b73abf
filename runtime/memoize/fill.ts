import { randomUUID } from 'node:crypto';
import { decompress, deserializeValue } from '../data/codec.js';
import { keepIsolated, keepShared, type Answer } from '../data/kept.js';
import { survey, type Survey } from '../data/survey.js';
import type { Bulkhead } from '../resilience/bulkhead.js';
import type { Flight } from '../resilience/single-flight.js';
import type { StoredEntry, StoredState } from '../stores/entry-store.js';
import type { Stamp } from './generations.js';
import { LeaseWait } from './lease-wait.js';
import { encode, examine, isolate, planFor } from './keeping.js';
import { judge, lifetimeOf, type MemoryEntry } from './memory-entry.js';
import type { MemoFunction } from './memo-function.js';
import type { Remote } from './remote.js';

/** Milliseconds that taking the lease gets at the least, where the read has used up the budget. */
const MIN_BUDGET = 5;
/** Estimated bytes of a remembered error. */
const ERROR_SIZE = 500;

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
  readonly flight: Flight<Answer>;
  /** What identifies the call. */
  readonly text: string;
  readonly args: readonly unknown[];
  readonly execute: () => unknown;
  /** Starts another fill for a value that is past its time. */
  readonly revalidate: (stale: MemoryEntry, state: StoredState) => void;
  /** A value in memory that is past its time, for when the function fails or another process computes. */
  readonly fallback?: MemoryEntry;
  /** What the table has, where it was asked already. */
  readonly state?: StoredState;
  /** Bounds executions at once. */
  readonly executions?: Bulkhead;
  /** A value that is given instead of computed; the fill ends when it is written. */
  readonly primed?: { readonly value: unknown };
}

/** One way from a miss to a value: the table, then the lease, then the function, then back into memory and table. */
export class Fill {
  private readonly owner: MemoFunction;
  private readonly remote: Remote | undefined;
  private readonly key: string;
  private fallback: MemoryEntry | undefined;
  private state: StoredState | undefined;
  /** Whether `state` is what the table has: without it nothing may be written. */
  private stateKnown: boolean;
  /** Milliseconds of the budget that the read took. */
  private spent = 0;
  /** Set while this fill has the lease. */
  private holder: string | undefined;

  constructor(private readonly options: FillOptions) {
    this.owner = options.owner;
    this.remote = options.owner.remote;
    this.key = options.owner.tableKey(options.text);
    this.fallback = options.fallback;
    this.state = options.state;
    this.stateKnown = options.state !== undefined;
  }

  async run(mode: FillMode): Promise<Answer> {
    this.owner.memoizer.telemetry.tick();
    if (this.remote !== undefined) {
      const answer = (this.stateKnown ? undefined : await this.readTable(mode)) ?? await this.share(mode);
      if (answer !== undefined) return answer;
    }
    const { primed } = this.options;
    return primed === undefined ? this.execute(mode) : this.keep(primed.value, this.owner.stamp(), this.owner.now(), 0);
  }

  /** @returns the answer, if the table has one that is good enough */
  private async readTable(mode: FillMode): Promise<Answer | undefined> {
    const { owner, remote, options: { text } } = this;
    const started = performance.now();
    const outcome = owner.wasDeleted(text) || mode === 'execute'
      ? await remote!.inspect(this.key) // an eventually consistent read could miss a change that was just made here
      : await remote!.read(this.key, owner.scopesDue());
    this.spent = performance.now() - started;
    if (!outcome.ok) return mode === 'execute' ? undefined : this.fallbackWithoutTable();
    if ('generations' in outcome.value) owner.learn(outcome.value.generations);
    this.state = outcome.value.state;
    this.stateKnown = true;
    return mode === 'execute' ? undefined : this.use(this.state, 'table', mode);
  }

  /** The table could not be asked: a value for which only its time in memory has run out is still good. */
  private fallbackWithoutTable(): Answer | undefined {
    const { fallback, owner } = this;
    if (fallback === undefined || owner.now() >= fallback.expires) return undefined;
    owner.hit('memoryHits', 'memory', this.key, fallback.duration, false);
    return fallback.kept;
  }

  /** Takes a stored value into memory, if it is good for anything now. */
  private async use(state: StoredState | undefined, layer: 'table' | 'joined', mode: FillMode): Promise<Answer | undefined> {
    const { owner } = this;
    const stored = state?.entry;
    if (stored === undefined || !owner.covers(stored.generations) || !(await owner.isCurrent(stored.generations))) return undefined;
    const verdict = judge(stored, owner.now());
    if (verdict === 'dead' || (mode === 'revalidate' && verdict !== 'fresh')) return undefined;
    const payload = await this.remote!.payload(stored);
    const entry = payload.ok && payload.value !== undefined ? await this.open(stored, payload.value) : undefined;
    if (entry === undefined) return undefined;
    if (verdict === 'stale-if-error') {
      this.fallback = entry;
      return undefined;
    }
    if (!this.options.flight.detached) owner.remember(entry);
    const stale = verdict !== 'fresh';
    owner.hit(layer === 'table' ? 'tableHits' : 'joins', layer, this.key, stored.duration, stale);
    if (stale) this.options.revalidate(entry, state!);
    return entry.kept;
  }

  private async open(stored: StoredEntry, payload: Uint8Array): Promise<MemoryEntry | undefined> {
    const { owner, options: { text, args } } = this;
    const { isolation } = owner.policy;
    try {
      const value = deserializeValue(await decompress(payload));
      const kept = isolation === 'share' ? keepShared(value, payload.byteLength) : keepIsolated(value, isolation, survey(value), true);
      return owner.entry(text, args, kept, stored.generations, stored);
    } catch (error) {
      owner.unreadable(this.key, error); // computing it again mends it
      return undefined;
    }
  }

  /** Takes the lease, or waits for who has it. @returns the answer, if it came from elsewhere */
  private async share(mode: FillMode): Promise<Answer | undefined> {
    const { owner, fallback } = this;
    if (!this.stateKnown || owner.policy.lease === 0 || mode === 'execute') return undefined;
    const wait = new LeaseWait(owner, this.remote!, this.key, randomUUID());
    const taken = await wait.take(this.state, Math.max(MIN_BUDGET, this.remote!.budget - this.spent));
    if (taken !== false) { // taken, or the table did not say: then everybody computes for himself
      this.holder = taken === true ? wait.holder : undefined;
      return undefined;
    }
    if (mode === 'revalidate') return fallback!.kept; // another process is at it
    owner.count('leaseWaits');
    if (fallback !== undefined && judge(fallback, owner.now()) !== 'dead') {
      owner.hit('memoryHits', 'memory', this.key, fallback.duration, true);
      return fallback.kept;
    }
    const end = await wait.forValue((state) => this.use(state, 'joined', mode));
    if (end.answer !== undefined) return end.answer;
    if (end.state !== 'unknown') this.state = end.state;
    this.holder = end.taken ? wait.holder : undefined;
    return undefined;
  }

  private async execute(mode: FillMode): Promise<Answer> {
    const { owner, options: { execute, executions } } = this;
    const stamp = owner.stamp();
    const created = owner.now();
    const started = performance.now();
    const renewal = this.holder === undefined ? undefined : LeaseWait.renewing(owner, this.remote!, this.key, this.holder);
    let value: unknown;
    try {
      owner.count('executions');
      value = await (executions === undefined ? execute() : executions.run(async () => execute()));
    } catch (error) {
      owner.executed(this.key, performance.now() - started, error);
      this.release();
      return this.afterFailure(error, stamp, created, mode);
    } finally {
      renewal?.stop();
    }
    const duration = performance.now() - started;
    owner.executed(this.key, duration);
    return this.keep(value, stamp, created, duration);
  }

  private afterFailure(error: unknown, stamp: Stamp, created: number, mode: FillMode): Answer {
    const { owner, fallback, options: { text, args, flight } } = this;
    if (fallback !== undefined && owner.now() < fallback.staleIfError && owner.memoizer.generations.isCurrent(fallback.stamp)) {
      if (mode === 'read') owner.hit('memoryHits', 'memory', this.key, fallback.duration, true); // else the caller was served before
      return fallback.kept;
    }
    if (owner.policy.errorTtl > 0 && !flight.detached) {
      const expires = created + owner.policy.errorTtl;
      const lifetime = { created, duration: 0, expires, staleWhileRevalidate: expires, staleIfError: expires };
      owner.remember(owner.entry(text, args, keepShared(error, ERROR_SIZE), stamp, lifetime, true));
    }
    throw error;
  }

  /** Puts a computed value where the next call finds it. */
  private async keep(value: unknown, before: Stamp, created: number, duration: number): Promise<Answer> {
    const { owner, key, options: { text, args, flight, primed } } = this;
    const plan = planFor(owner, value, args, created, duration);
    const known = plan && examine(owner, key, value);
    if (plan === undefined || known === undefined) {
      this.release();
      return { deliver: () => value };
    }
    const kept = isolate(owner, value, known);
    const stamp = await owner.stampWithTags(before, plan.tags, created);
    if (stamp === undefined || flight.detached || !owner.memoizer.generations.isCurrent(stamp)) {
      this.release();
      owner.fenced(key);
      return kept;
    }
    const entry = owner.entry(text, args, kept, stamp, plan.lifetime);
    owner.remember(entry);
    if (this.remote === undefined || known === 'opaque') {
      this.release();
      return kept;
    }
    const write = this.write(value, known, entry);
    owner.memoizer.background(write);
    if (owner.memoizer.awaitWrites || primed !== undefined) await write;
    return kept;
  }

  /** Never rejects: the caller has the value. */
  private async write(value: unknown, known: Survey, entry: MemoryEntry): Promise<void> {
    if (!this.stateKnown) return; // the read failed: whether the key was deleted meanwhile is not known
    const { owner, key } = this;
    const { memoizer } = owner;
    const payload = await encode(owner, key, value, known);
    if (payload === undefined) return this.release();
    const budget = memoizer.awaitWrites ? this.remote!.budget : this.remote!.backgroundBudget;
    const stored = { ...lifetimeOf(entry), payload, generations: entry.stamp };
    const outcome = await this.remote!.write(key, stored, this.state?.revision, budget);
    if (!outcome.ok) return this.release();
    if (outcome.value !== undefined) return owner.count('writes');
    owner.forgetIf(entry);
    owner.fenced(key);
  }

  /** Others must not wait for a value that will not come. A value that was written needs no release: it changes the revision. */
  private release(): void {
    if (this.holder === undefined) return;
    this.owner.memoizer.background(this.remote!.release(this.key, this.holder));
    this.holder = undefined;
  }
}
