import { MEMO_GENERATION } from '../../lib/contract/memo.js';
import { decompress, deserializeValue } from '../data/codec.js';
import { NotCloneableError, survey } from '../data/survey.js';
import { InvalidArgumentError, show } from '../errors.js';
import type { Caller } from './caller.js';
import { judge, type Lifetime } from './memory-entry.js';
import type { MemoFunction } from './memo-function.js';
import type { AnyFunction, ResultOf } from './options.js';
import type { MemoStats } from './telemetry.js';

/** A cached value, looked at without using it. Times are Unix epoch milliseconds. */
export interface Peeked<T> {
  readonly value: T;
  readonly layer: 'memory' | 'table';
  /** When it was computed. */
  readonly createdAt: number;
  /** Fresh until. */
  readonly expiresAt: number;
  /** Whether it is past its ttl, and only kept to be served stale. */
  readonly stale: boolean;
}

/** What a memoized function can do beside being called. */
export interface MemoControls<F extends AnyFunction> {
  /**
   * Forgets one call's value, here and in the table; a run that is under way cannot bring it back. One write. Memories of other
   * processes keep it until their `memory` time is over.
   * @throws CacheTiersError `E_MEMO_INVALIDATE` if the table could not be reached
   */
  delete(...args: Parameters<F>): Promise<void>;
  /**
   * Forgets all values of the function, in all processes within the invalidation interval. One write at any number of values.
   * @throws CacheTiersError `E_MEMO_INVALIDATE` if the table could not be reached
   */
  clear(): Promise<void>;
  /** Runs the function whatever is cached, and caches its value. */
  refresh(...args: Parameters<F>): Promise<ResultOf<F>>;
  /** What is cached for a call, without running the function; `undefined` if nothing is. */
  peek(...args: Parameters<F>): Promise<Peeked<ResultOf<F>> | undefined>;
  /** Caches a value as if the function had returned it. */
  prime(args: Parameters<F>, value: ResultOf<F>): Promise<void>;
  /** Many calls with one read of the table for each hundred of them, and at most `concurrency` executions at once. */
  many<const Calls extends readonly Readonly<Parameters<F>>[]>(calls: Calls): Promise<{ -readonly [I in keyof Calls]: ResultOf<F> }>;
  /** The partition key of a call's item in the table. */
  key(...args: Parameters<F>): string;
  /**
   * Counters since the process began. Functions share requests to the table, so `tableErrors` and `bypasses` are 0 here: `stats()` of the
   * memoizer has them.
   */
  stats(): MemoStats;
  /** Forgets the function's values in memory and frees its name. Calls still work. */
  dispose(): void;
}

/** Controls over any function: the types are the wrapper's. */
export function controlsOf(owner: MemoFunction, caller: Caller): MemoControls<(...args: unknown[]) => unknown> {
  const { memoizer, remote } = owner;

  /** Keeps runs under way, and what they leave, from later callers. */
  function forget(text: string): void {
    caller.detach(text);
    owner.forgetDeleted(text);
  }

  return {
    async delete(...args) {
      const text = owner.text(args);
      const key = owner.tableKey(text);
      forget(text);
      memoizer.telemetry.publish('invalidate', () => ({ scope: key }));
      if (remote === undefined) return;
      await memoizer.mustReach(`delete '${key}'`, (signal) => remote.store.delete(key, signal));
      forget(text); // what was read from the table while it was being deleted
    },

    async clear() {
      caller.detachAll();
      const scope = MEMO_GENERATION.fn(owner.name);
      await memoizer.invalidate(scope, (entry) => scope in entry.stamp, remote);
    },

    refresh: (...args) => caller.refresh(undefined, args),

    async peek(...args) {
      const text = owner.text(args);
      const entry = owner.recall(text);
      const isGood = (stored: Lifetime) => judge(stored, owner.now()) !== 'dead';
      if (entry !== undefined && !entry.failed && await owner.validity.isCurrent(entry.stamp, remote?.budget ?? 0) && isGood(entry)) {
        return { value: entry.kept.deliver(), layer: 'memory', ...times(entry, owner.now()) };
      }
      const asked = owner.now();
      const outcome = await remote?.read(owner.tableKey(text), owner.validity.scopesDue());
      if (!outcome?.ok) return undefined;
      owner.validity.learn(outcome.value.generations, asked);
      const stored = outcome.value.state?.entry;
      if (stored === undefined || !isGood(stored) || !owner.validity.covers(stored.generations)) return undefined;
      if (!await owner.validity.isCurrent(stored.generations, remote!.budget)) return undefined;
      const payload = await remote!.payload(stored, remote!.budget);
      if (!payload.ok || payload.value === undefined) return undefined;
      try {
        return { value: deserializeValue(await decompress(payload.value)), layer: 'table', ...times(stored, owner.now()) };
      } catch (error) {
        owner.unreadable(owner.tableKey(text), error);
        return undefined;
      }
    },

    async prime(args, value) {
      checkArguments('prime', args);
      checkStorable(owner, value);
      await caller.prime(args, value);
    },

    async many(calls) {
      if (!Array.isArray(calls)) throw new InvalidArgumentError('E_MEMO_ARGUMENTS', `many takes a list of argument lists, got ${show(calls)}`);
      for (const args of calls) checkArguments('many', args);
      return await caller.many(calls) as never;
    },

    key: (...args) => owner.tableKey(owner.text(args)),

    stats: () => ({ ...owner.totals }),

    dispose: () => {
      caller.dispose();
      owner.dispose();
    },
  };
}

function times(entry: Lifetime, now: number) {
  return { createdAt: entry.created, expiresAt: entry.expires, stale: now >= entry.expires };
}

function checkArguments(control: string, args: unknown): void {
  if (Array.isArray(args)) return;
  throw new InvalidArgumentError('E_MEMO_ARGUMENTS', `${control} takes a call's arguments as a list, [argument, …], got ${show(args)}`);
}

function checkStorable(owner: MemoFunction, value: unknown): void {
  try {
    survey(value);
  } catch (error) {
    if (!(error instanceof NotCloneableError)) throw error;
    throw new InvalidArgumentError('E_MEMO_VALUE',
      `cannot prime '${owner.name}': the value contains ${error.message}; only plain data can be stored`);
  }
}
