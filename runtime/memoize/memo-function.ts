import { MEMO_GENERATION, MEMO_SEPARATOR } from '../../lib/contract/memo.js';
import type { Kept } from '../data/kept.js';
import { InvalidArgumentError } from '../errors.js';
import type { Generation } from '../stores/entry-store.js';
import { argumentsKey } from './arguments-key.js';
import { checkLabel, claimName, releaseName } from './function-names.js';
import type { Stamp } from './generations.js';
import { MemoryEntry, type Lifetime } from './memory-entry.js';
import type { Member, Memoizer } from './memoizer.js';
import type { AnyFunction, MemoizeOptions } from './options.js';
import { Policy } from './policy.js';
import { isIndexable, PrimitiveIndex } from './primitive-index.js';
import type { Remote } from './remote.js';
import { tableKey } from './table-key.js';
import type { MemoCounter, MemoEvents } from './telemetry.js';

/** How long after a deletion here reads of the key are consistent ones, in milliseconds. */
const CONSISTENT_FOR = 5000;
/** After a failed poll the next one waits this long, in milliseconds. */
const POLL_RETRY = 1000;
/** Another process's clock may be ahead by this, in milliseconds, when it raises a tag's counter during a fill. */
const CLOCK_TOLERANCE = 2000;

let functions = 0;

/** One memoized function: its keys, its part of the memory, what it knows of invalidations, its counters. */
export class MemoFunction {
  readonly name: string;
  readonly policy: Policy;
  readonly remote: Remote | undefined;
  readonly index = new PrimitiveIndex<MemoryEntry>();
  readonly totals: Record<MemoCounter, number>;
  /** The memory answers alone until then; after that the generations are asked for, at first in the background. */
  pollAt = Infinity;
  private readonly version: string;
  private readonly keyOf: ((...args: never[]) => unknown) | undefined;
  private readonly scopes: readonly string[];
  private readonly prefix = `${++functions}:`;
  private readonly deleted = new Map<string, number>();
  private readonly polls = new Map<string, Promise<boolean>>();
  private readonly claim: string;
  private warned = false;

  constructor(readonly memoizer: Memoizer, readonly fn: AnyFunction, options: MemoizeOptions<AnyFunction>) {
    if (typeof fn !== 'function') {
      throw new InvalidArgumentError('E_MEMO_FUNCTION', `memoize takes a function, got ${JSON.stringify(fn) ?? typeof fn}`);
    }
    this.remote = options.table === false ? undefined : memoizer.remote;
    this.policy = new Policy(options, this.remote !== undefined, memoizer.random);
    this.version = options.version ?? memoizer.version;
    checkLabel('version', this.version);
    this.claim = `${memoizer.id}${MEMO_SEPARATOR}${this.version}`;
    this.name = claimName(fn, options.name, this.claim);
    this.keyOf = options.key as ((...args: never[]) => unknown) | undefined;
    this.scopes = [MEMO_GENERATION.all, MEMO_GENERATION.fn(this.name), ...this.policy.fixedTags.map(MEMO_GENERATION.tag)];
    this.totals = memoizer.telemetry.of(this.name).totals;
    if (this.remote !== undefined) this.pollAt = -Infinity;
  }

  now(): number {
    return this.memoizer.clock.now();
  }

  invoke(self: unknown, args: readonly unknown[]): unknown {
    return Reflect.apply(this.fn, self, args);
  }

  dispose(): void {
    this.forgetAll();
    releaseName(this.fn, this.name, this.claim);
  }

  // --- keys

  /** What identifies a call, as a text. @throws InvalidArgumentError `E_MEMO_KEY` */
  text(args: readonly unknown[]): string {
    if (this.keyOf === undefined) return argumentsKey(this.name, args);
    return argumentsKey(this.name, [(this.keyOf as (...args: readonly unknown[]) => unknown)(...args)]);
  }

  /** The partition key of a call's entry. */
  tableKey(text: string): string {
    return tableKey(this.name, this.version, text);
  }

  // --- memory

  recall(text: string): MemoryEntry | undefined {
    return this.memoizer.memory.get(this.prefix + text);
  }

  entry(text: string, args: readonly unknown[], kept: Kept, stamp: Stamp, lifetime: Lifetime, failed = false): MemoryEntry {
    const freshUntil = failed ? lifetime.expires : Math.min(lifetime.expires, this.now() + this.policy.memory);
    const indexed = this.keyOf === undefined && isIndexable(args) ? [...args] : undefined;
    return new MemoryEntry(this.prefix + text, indexed, kept, stamp, freshUntil, lifetime, failed);
  }

  remember(entry: MemoryEntry): void {
    if (this.policy.memory === 0) return;
    const { memory, owners } = this.memoizer;
    memory.set(entry.memoryKey, entry);
    if (memory.peek(entry.memoryKey) !== entry) return; // larger than the memory may be
    owners.set(entry, this.forget);
    if (entry.args !== undefined) this.index.set(entry.args, entry);
    this.confirm(entry);
  }

  forgetIf(entry: MemoryEntry): void {
    if (this.memoizer.memory.peek(entry.memoryKey) === entry) this.memoizer.memory.delete(entry.memoryKey);
  }

  /** Removes a call's value from this process, and reads the key consistently for a while. */
  forgetDeleted(text: string): void {
    this.memoizer.memory.delete(this.prefix + text);
    if (this.remote === undefined) return;
    const now = this.now();
    for (const [other, until] of this.deleted) {
      if (until > now) break;
      this.deleted.delete(other);
    }
    this.deleted.delete(text);
    this.deleted.set(text, now + CONSISTENT_FOR);
  }

  forgetAll(): void {
    for (const key of [...this.memoizer.memory.keys()]) if (key.startsWith(this.prefix)) this.memoizer.memory.delete(key);
  }

  wasDeleted(text: string): boolean {
    return (this.deleted.get(text) ?? -Infinity) > this.now();
  }

  private readonly forget: Member = (entry) => {
    if (entry.args !== undefined && this.index.get(entry.args) === entry) this.index.delete(entry.args);
  };

  // --- generations

  /** Counters under which a value that is computed now is valid. */
  stamp(): Stamp {
    return this.memoizer.generations.stamp(this.scopes);
  }

  /** Those of the function's scopes that a read should bring along. */
  scopesDue(): readonly string[] {
    const due = this.now() - this.memoizer.invalidationInterval / 2;
    return this.scopes.filter((scope) => this.memoizer.generations.checkedAt([scope]) < due);
  }

  learn(generations: ReadonlyMap<string, Generation>): void {
    const now = this.now();
    for (const [scope, generation] of generations) this.memoizer.generations.learn(scope, generation, now);
    this.pollAt = this.memoizer.generations.checkedAt(this.scopes) + this.memoizer.invalidationInterval / 2;
  }

  /** Whether nobody has confirmed for too long that nothing of this was invalidated. */
  isUnconfirmed(stamp: Stamp, now: number): boolean {
    if (this.remote === undefined) return false;
    return now - this.memoizer.generations.checkedAt(Object.keys(stamp)) >= this.memoizer.invalidationInterval;
  }

  /** Whether a stored value can be invalidated by all that invalidates this function's values: tags may have been added since. */
  covers(stamp: Stamp): boolean {
    return this.scopes.every((scope) => scope in stamp);
  }

  /** Whether nothing of this was invalidated; asks the table where that is not known. If the table is silent, it was not. */
  async isCurrent(stamp: Stamp): Promise<boolean> {
    if (this.isUnconfirmed(stamp, this.now())) await this.poll(stamp);
    return this.memoizer.generations.isCurrent(stamp);
  }

  /** Asks the table for counters, once for all who want the same. @returns whether it answered */
  poll(stamp: Stamp): Promise<boolean> {
    const scopes = Object.keys(stamp);
    const id = scopes.join('\n');
    let poll = this.polls.get(id);
    if (poll === undefined) {
      poll = this.remote!.read(undefined, scopes).then((outcome) => {
        this.polls.delete(id);
        if (outcome.ok) this.learn(outcome.value.generations);
        else this.pollAt = this.now() + POLL_RETRY;
        return outcome.ok;
      });
      this.polls.set(id, poll);
    }
    return poll;
  }

  /** Marks an entry as current, so that hits need not look at its counters until one changes. One with tags of its own is looked at each time. */
  confirm(entry: MemoryEntry): void {
    if (Object.keys(entry.stamp).length <= this.scopes.length) entry.epoch = this.memoizer.generations.epoch;
  }

  /**
   * The stamp of a value with tags that were not known before it was computed.
   *
   * @returns `undefined` if one of the tags may have been invalidated while it was computed
   */
  async stampWithTags(before: Stamp, tags: readonly string[], begun: number): Promise<Stamp | undefined> {
    const scopes = tags.map(MEMO_GENERATION.tag).filter((scope) => !(scope in before));
    if (scopes.length === 0) return before;
    const { generations } = this.memoizer;
    // Counters that are known are good enough: one that is out of date makes the value too old for others, never too young.
    const unknown = scopes.filter((scope) => generations.checkedAt([scope]) < this.now() - this.memoizer.invalidationInterval);
    if (this.remote !== undefined && unknown.length > 0) await this.poll(Object.fromEntries(unknown.map((scope) => [scope, 0])));
    const tolerance = this.remote === undefined ? 0 : CLOCK_TOLERANCE;
    if (scopes.some((scope) => generations.raisedAt(scope) > begun - tolerance && generations.raisedAt(scope) > 0)) return undefined;
    return { ...before, ...generations.stamp(scopes) };
  }

  // --- what happened

  count(counter: MemoCounter, amount = 1): void {
    this.totals[counter] += amount;
  }

  /** A call was answered with a value that took `duration` milliseconds to compute. */
  hit(counter: 'memoryHits' | 'tableHits' | 'joins', layer: MemoEvents['hit']['layer'], key: string, duration: number, stale: boolean): void {
    this.totals[counter]++;
    this.totals.latencySaved += duration;
    if (stale) this.totals.staleHits++;
    this.memoizer.telemetry.publish('hit', () => ({ name: this.name, key, layer, stale }));
  }

  executed(key: string, duration: number, error?: unknown): void {
    if (error !== undefined) this.totals.executionErrors++;
    this.memoizer.telemetry.publish('execute', () => ({ name: this.name, key, duration, ...(error !== undefined && { error }) }));
  }

  fenced(key: string): void {
    this.totals.fenced++;
    this.memoizer.telemetry.publish('fenced', () => ({ name: this.name, key }));
  }

  unstorable(key: string, reason: string): void {
    this.totals.unstorable++;
    this.memoizer.telemetry.publish('unstorable', () => ({ name: this.name, key, reason }));
  }

  /** Something is set up wrongly; said once a function. */
  warn(message: string): void {
    if (this.warned) return;
    this.warned = true;
    process.emitWarning(`memoized function '${this.name}': ${message}`, { type: 'CacheTiersWarning', code: 'E_MEMO_OPTION' });
  }

  /** A stored value cannot be read: written by another version of Node, or damaged. It counts as a failure of the table. */
  unreadable(key: string, error: unknown): void {
    this.memoizer.telemetry.counters.add('tableErrors');
    this.memoizer.telemetry.publish('error', () => ({ operation: `read '${key}'`, failure: 'request', error }));
  }
}
