import { MEMO_GENERATION, MEMO_SEPARATOR } from '../../lib/contract/memo.js';
import type { Kept } from '../data/kept.js';
import { InvalidArgumentError, show } from '../errors.js';
import { argumentsKey } from './arguments-key.js';
import { checkLabel, claimName, releaseName } from './function-names.js';
import type { Stamp } from './generations.js';
import { MemoryEntry, type Lifetime } from './memory-entry.js';
import type { Member, Memoizer } from './memoizer.js';
import type { AnyFunction, MemoizeOptions } from './options.js';
import { isThenable, Policy } from './policy.js';
import { isIndexable, PrimitiveIndex } from './primitive-index.js';
import type { Remote } from './remote.js';
import { tableKey } from './table-key.js';
import type { MemoCounter, MemoEvents } from './telemetry.js';
import { Validity } from './validity.js';

/** How long after a deletion here reads of the key are consistent ones, in milliseconds. */
const CONSISTENT_FOR = 5000;

let functions = 0;

/** One memoized function: its keys, its part of the memory, its counters. */
export class MemoFunction {
  readonly name: string;
  readonly policy: Policy;
  readonly remote: Remote | undefined;
  readonly index = new PrimitiveIndex<MemoryEntry>();
  readonly totals: Record<MemoCounter, number>;
  readonly validity: Validity;
  private readonly version: string;
  private readonly keyOf: ((...args: never[]) => unknown) | undefined;
  private readonly prefix = `${++functions}:`;
  private readonly deleted = new Map<string, number>();
  private readonly claim: string;
  private warned = false;
  private isDisposed = false;

  constructor(readonly memoizer: Memoizer, readonly fn: AnyFunction, options: MemoizeOptions<AnyFunction>) {
    if (typeof fn !== 'function') {
      throw new InvalidArgumentError('E_MEMO_FUNCTION', `memoize takes a function, got ${show(fn)}`);
    }
    this.remote = options.table === false ? undefined : memoizer.remote;
    this.policy = new Policy(options, this.remote !== undefined, memoizer.random);
    this.version = options.version ?? memoizer.version;
    checkLabel('version', this.version);
    this.claim = `${memoizer.id}${MEMO_SEPARATOR}${this.version}`;
    this.keyOf = options.key as ((...args: never[]) => unknown) | undefined;
    this.name = claimName(fn, options.name, this.claim, this.keyOf);
    const scopes = [MEMO_GENERATION.all, MEMO_GENERATION.fn(this.name), ...this.policy.fixedTags.map(MEMO_GENERATION.tag)];
    this.validity = new Validity(memoizer, this.remote, scopes);
    this.totals = memoizer.telemetry.of(this.name).totals;
  }

  now(): number {
    return this.memoizer.clock.now();
  }

  invoke(self: unknown, args: readonly unknown[]): unknown {
    return Reflect.apply(this.fn, self, args);
  }

  /** Its name may be another function's by now: nothing is cached any more. */
  get disposed(): boolean {
    return this.isDisposed;
  }

  dispose(): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    this.forgetAll();
    releaseName(this.fn, this.name, this.claim);
  }

  // --- keys

  /** What identifies a call, as a text. @throws InvalidArgumentError `E_MEMO_KEY` */
  text(args: readonly unknown[]): string {
    if (this.keyOf === undefined) return argumentsKey(this.name, args);
    const key = (this.keyOf as (...args: readonly unknown[]) => unknown)(...args);
    if (key === undefined) {
      throw new InvalidArgumentError('E_MEMO_KEY',
        `key of '${this.name}' returned undefined, which would be one key for all calls: return what identifies the call`);
    }
    if (isThenable(key)) key.then(undefined, () => {}); // not awaited: argumentsKey says that it is no key
    return argumentsKey(this.name, [key]);
  }

  /** The partition key of a call's entry. */
  tableKey(text: string): string {
    return tableKey(this.name, this.version, text);
  }

  // --- memory

  recall(text: string): MemoryEntry | undefined {
    return this.memoizer.memory.get(this.prefix + text);
  }

  /**
   * @param freshUntil the memory answers alone until then, in Unix epoch milliseconds; by default for the function's `memory` time
   * @param asOf when the table was asked, or the run began: a deletion after that is not in the value
   */
  entry(
    text: string, args: readonly unknown[], kept: Kept, stamp: Stamp, lifetime: Lifetime,
    { failed = false, freshUntil, asOf = this.now() }: { failed?: boolean; freshUntil?: number; asOf?: number } = {},
  ): MemoryEntry {
    const indexed = this.keyOf === undefined && isIndexable(args) ? args : undefined;
    const aloneUntil = Math.max(asOf + this.policy.memory, freshUntil ?? -Infinity);
    const until = { freshUntil: freshUntil ?? Math.min(lifetime.expires, aloneUntil), aloneUntil };
    return new MemoryEntry(this.prefix + text, indexed, kept, stamp, until, lifetime, failed);
  }

  remember(entry: MemoryEntry): void {
    const { owners, generations } = this.memoizer;
    // What was invalidated while it was fetched or computed must not come back.
    if (this.policy.memory === 0 || this.isDisposed || !generations.isCurrent(entry.stamp)) return;
    if (!this.memoizer.remember(entry)) return;
    owners.set(entry, this.forget);
    if (entry.args !== undefined) this.index.set(entry.args, entry);
    this.validity.confirm(entry);
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

  // --- what happened

  count(counter: MemoCounter): void {
    this.totals[counter]++;
  }

  /** A call was answered with a value that took `duration` milliseconds to compute. */
  hit(counter: 'memoryHits' | 'tableHits' | 'joins', layer: MemoEvents['hit']['layer'], text: string, duration: number, stale: boolean): void {
    this.totals[counter]++;
    this.totals.latencySaved += duration;
    if (stale) this.totals.staleHits++;
    this.memoizer.telemetry.publish('hit', () => ({ name: this.name, key: this.tableKey(text), layer, stale }));
  }

  executed(key: string, duration: number): void {
    this.memoizer.telemetry.publish('execute', () => ({ name: this.name, key, duration }));
  }

  failed(key: string, duration: number, error: unknown): void {
    this.totals.executionErrors++;
    this.memoizer.telemetry.publish('execute', () => ({ name: this.name, key, duration, error }));
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
    this.memoizer.telemetry.add('tableErrors');
    this.memoizer.telemetry.publish('error', () => ({ operation: `read '${key}'`, failure: 'request', error }));
  }
}
