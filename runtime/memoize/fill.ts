import { randomUUID } from 'node:crypto';
import { keepShared, type Answer } from '../data/kept.js';
import type { Survey } from '../data/survey.js';
import type { StoredState } from '../stores/entry-store.js';
import { turnOf, type FillOptions } from './fill-options.js';
import type { Stamp } from './generations.js';
import { encode, examine, isolate, planFor, unpack } from './keeping.js';
import { LeaseWait } from './lease-wait.js';
import type { MemoFunction } from './memo-function.js';
import { judge, lifetimeOf, type MemoryEntry } from './memory-entry.js';
import type { Remote } from './remote.js';
import type { Run } from './validity.js';
import { writeEntry } from './write-entry.js';

/** Milliseconds that each step gets at the least, where the read has used up the budget. */
const MIN_BUDGET = 5;
/** Estimated bytes of a remembered error. */
const ERROR_SIZE = 500;

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
  /** When the table was last asked, in Unix epoch milliseconds. */
  private asOf: number;
  /** Set while this fill has the lease. */
  private holder: string | undefined;

  constructor(private readonly options: FillOptions) {
    this.owner = options.owner;
    this.remote = options.owner.remote;
    this.key = options.owner.tableKey(options.text);
    this.fallback = options.fallback;
    this.state = options.state;
    this.stateKnown = options.state !== undefined;
    this.asOf = options.owner.now();
  }

  /** Milliseconds of the budget that are left. */
  private get left(): number {
    return Math.max(MIN_BUDGET, (this.remote?.budget ?? 0) - this.spent);
  }

  async run(): Promise<Answer> {
    this.owner.memoizer.telemetry.tick();
    if (this.stateKnown) this.begins(this.owner.validity.stamp());
    if (this.remote !== undefined) {
      const answer = (this.stateKnown ? undefined : await this.readTable()) ?? await this.share();
      if (answer !== undefined) return answer;
    }
    const { primed } = this.options;
    return primed === undefined ? this.execute() : this.keep(primed.value, this.owner.validity.begin(), 0);
  }

  /** Callers that come after a later invalidation do not join this flight. */
  private begins(stamp: Stamp): void {
    const { owner, options: { flight } } = this;
    flight.stamp = stamp;
    flight.epoch = owner.memoizer.generations.epoch;
  }

  /** @returns the answer, if the table has one that is good enough, or says nothing against what is in memory */
  private async readTable(): Promise<Answer | undefined> {
    const { owner, remote, options: { text, mode, tableSilent } } = this;
    if (tableSilent) return this.fallbackAnswer();
    const started = owner.now();
    const outcome = owner.wasDeleted(text) || mode === 'execute'
      ? await remote!.inspect(this.key) // an eventually consistent read could miss a change that was just made here
      : await remote!.read(this.key, owner.validity.scopesDue());
    this.asOf = started;
    this.spent = Math.max(0, owner.now() - started);
    if (!outcome.ok) return this.fallbackAnswer();
    if ('generations' in outcome.value) owner.validity.learn(outcome.value.generations, started);
    this.begins(owner.validity.stamp()); // what is learned late was no invalidation of this run
    this.see(outcome.value.state);
    if (mode === 'execute') return undefined;
    return await this.use(this.state, 'table') ?? (this.state === undefined ? this.fallbackAnswer() : undefined);
  }

  /** What the table has decides what is still worth something of what the memory has. */
  private see(state: StoredState | undefined): void {
    const { fallback, owner } = this;
    this.state = state;
    this.stateKnown = true;
    if (fallback === undefined) return;
    const deletedOrNewer = state !== undefined && (state.entry === undefined || state.entry.created > fallback.created);
    if (deletedOrNewer || !owner.memoizer.generations.isCurrent(fallback.stamp)) this.fallback = undefined;
  }

  /** A value that the memory may not answer with alone, where the table is silent or has never got it. */
  private fallbackAnswer(): Answer | undefined {
    const { fallback, owner, options: { text, args, mode } } = this;
    if (mode !== 'read' || fallback === undefined || fallback.failed || owner.now() >= fallback.staleWhileRevalidate) return undefined;
    if (this.stateKnown) owner.remember(owner.entry(text, args, fallback.kept, fallback.stamp, fallback, { asOf: this.asOf }));
    const stale = owner.now() >= fallback.expires;
    owner.hit('memoryHits', 'memory', text, fallback.duration, stale);
    if (stale && !this.options.flight.detached) this.options.revalidate(fallback);
    return fallback.kept;
  }

  /** Takes a stored value into memory, if it is good for anything now. */
  private async use(state: StoredState | undefined, layer: 'table' | 'joined'): Promise<Answer | undefined> {
    const { owner, options: { text, args, mode, flight } } = this;
    const stored = state?.entry;
    if (stored === undefined || !owner.validity.covers(stored.generations)) return undefined;
    if (!await owner.validity.isCurrent(stored.generations, this.left)) return undefined;
    const verdict = judge(stored, owner.now());
    if (verdict === 'dead' || (mode === 'revalidate' && verdict !== 'fresh')) return undefined;
    const payload = await this.remote!.payload(stored, this.left);
    const kept = payload.ok && payload.value !== undefined ? await unpack(owner, this.key, payload.value) : undefined;
    const entry = kept && owner.entry(text, args, kept, stored.generations, stored, { asOf: this.asOf });
    // Fetching and unpacking take their time: what was invalidated meanwhile is no answer.
    if (entry === undefined || !owner.memoizer.generations.isCurrent(entry.stamp)) return undefined;
    if (verdict === 'stale-if-error') {
      this.fallback = entry;
      return undefined;
    }
    if (!flight.detached) owner.remember(entry);
    if (mode === 'revalidate') return entry.kept; // the caller was served before
    const stale = verdict !== 'fresh';
    owner.hit(layer === 'table' ? 'tableHits' : 'joins', layer, text, stored.duration, stale);
    if (stale && !flight.detached) this.options.revalidate(entry, state!);
    return entry.kept;
  }

  /** Takes the lease, or waits for who has it. @returns the answer, if it came from elsewhere */
  private async share(): Promise<Answer | undefined> {
    const { owner, fallback, options: { mode, text } } = this;
    if (!this.stateKnown || owner.policy.lease === 0 || mode === 'execute') return undefined;
    const wait = new LeaseWait(owner, this.remote!, this.key, randomUUID());
    const taken = await wait.take(this.state, this.left);
    if (taken !== false) { // taken, or the table did not say: then everybody computes for himself
      this.holder = taken === true ? wait.holder : undefined;
      return undefined;
    }
    const isCurrent = fallback !== undefined && owner.memoizer.generations.isCurrent(fallback.stamp);
    if (mode === 'revalidate' && isCurrent) return fallback.kept; // another process is at it
    owner.count('leaseWaits');
    if (isCurrent && owner.now() < fallback.staleWhileRevalidate) {
      owner.hit('memoryHits', 'memory', text, fallback.duration, true);
      return fallback.kept;
    }
    const end = await wait.forValue(this.state, (state, asked) => {
      this.asOf = asked;
      return this.use(state, 'joined');
    });
    if (end.answer !== undefined) return end.answer;
    if (end.state !== 'unknown') this.see(end.state);
    this.holder = end.taken ? wait.holder : undefined;
    return undefined;
  }

  private async execute(): Promise<Answer> {
    const { owner, options: { execute, executions, flight } } = this;
    const renewal = this.holder === undefined ? undefined : LeaseWait.renewing(owner, this.remote!, this.key, this.holder);
    const turn = executions !== undefined && await turnOf(executions, flight);
    const run = owner.validity.begin();
    this.begins(run.stamp);
    const started = performance.now();
    let value: unknown;
    try {
      owner.count('executions');
      value = await execute();
    } catch (error) {
      owner.failed(this.key, performance.now() - started, error);
      this.release();
      return this.afterFailure(error, run);
    } finally {
      if (turn) executions.leave();
      renewal?.stop();
    }
    const duration = performance.now() - started;
    owner.executed(this.key, duration);
    return this.keep(value, run, duration);
  }

  /** A value past its time stands in for the error, or the error is remembered: for `errorTtl` the function is left alone. */
  private afterFailure(error: unknown, { stamp, created }: Run): Answer {
    const { owner, fallback, options: { text, args, flight, mode } } = this;
    const expires = owner.now() + owner.policy.errorTtl;
    const mayKeep = owner.policy.errorTtl > 0 && !flight.detached && mode !== 'execute';
    if (fallback !== undefined && owner.now() < fallback.staleIfError && owner.memoizer.generations.isCurrent(fallback.stamp)) {
      const freshUntil = Math.min(expires, fallback.staleIfError);
      if (mayKeep) owner.remember(owner.entry(text, args, fallback.kept, fallback.stamp, fallback, { freshUntil }));
      if (mode === 'read') owner.hit('memoryHits', 'memory', text, fallback.duration, true); // else the caller was served before
      return fallback.kept;
    }
    if (mayKeep) {
      const lifetime = { created, duration: 0, expires, staleWhileRevalidate: expires, staleIfError: expires };
      owner.remember(owner.entry(text, args, keepShared(error, ERROR_SIZE), stamp, lifetime, { failed: true, freshUntil: expires }));
    }
    throw error;
  }

  /** Puts a computed value where the next call finds it. */
  private async keep(value: unknown, run: Run, duration: number): Promise<Answer> {
    const { owner, key, options: { text, args, flight, primed } } = this;
    const plan = planFor(owner, value, args, run.created, duration);
    const known = examine(owner, key, value);
    const kept = known && isolate(owner, value, known);
    if (plan === undefined || known === undefined || kept === undefined) {
      this.release();
      return kept ?? { deliver: () => value };
    }
    const stamp = await owner.validity.stampWithTags(run, plan.tags, this.left);
    if (stamp === undefined || flight.detached || owner.disposed || !owner.memoizer.generations.isCurrent(stamp)) {
      this.release();
      owner.fenced(key);
      return kept;
    }
    const entry = owner.entry(text, args, kept, stamp, plan.lifetime, { asOf: run.created });
    owner.remember(entry);
    if (this.remote === undefined || known === 'opaque' || !this.stateKnown) { // unknown: whether the key was deleted meanwhile cannot be told
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
    const { owner, key, remote, options: { mode } } = this;
    const payload = await encode(owner, key, value, known);
    if (payload === undefined) return this.release();
    const stored = { ...lifetimeOf(entry), payload, generations: entry.stamp };
    const options = { overwrite: mode === 'execute', background: !owner.memoizer.awaitWrites };
    const outcome = await writeEntry(remote!, key, stored, this.state?.revision, options);
    if (outcome === 'written') return owner.count('writes');
    if (outcome === 'failed') return this.release();
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
