import { LRUCache } from 'lru-cache';
import { MEMO_ENVIRONMENT, MEMO_GENERATION, MEMO_METRICS_EMF } from '../../lib/contract/memo.js';
import { dynamoDbClient } from '../aws/dynamodb.js';
import { regionOfArn } from '../aws/endpoint.js';
import { isAvailable, type Compression } from '../data/codec.js';
import { CacheTiersError, InvalidArgumentError, show } from '../errors.js';
import { isLambda } from '../lambda.js';
import { systemClock, type Clock } from '../resilience/clock.js';
import { Deadline } from '../resilience/deadline.js';
import { milliseconds } from '../resilience/duration.js';
import { DynamoDbEntryStore } from '../stores/dynamodb-entry-store.js';
import type { EntryStore } from '../stores/entry-store.js';
import { checkLabel, nextNumber } from './function-names.js';
import { Generations } from './generations.js';
import type { MemoryEntry } from './memory-entry.js';
import type { MemoizerOptions } from './options.js';
import { Remote } from './remote.js';
import { MemoTelemetry } from './telemetry.js';
import { vercelWaitUntil } from './vercel.js';

const DEFAULT_MAX_ITEMS = 10_000;
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
const DEFAULT_MAX_STORED_BYTES = 16 * 1024 * 1024;
/** Milliseconds for what no caller waits for. */
const BACKGROUND_BUDGET = 2000;
/** Milliseconds for an invalidation, which its caller must know to have happened. */
const INVALIDATION_BUDGET = 5000;

/** Callers that would wait longer for a cache do not want one; in milliseconds. */
const MAX_BUDGET = 60_000;
const MAX_INTERVAL = 24 * 3_600_000;

/** Called when a function's entry leaves the memory. */
export type Member = (entry: MemoryEntry) => void;

/** What memoized functions share: memory, the table, generations, counters. */
export class Memoizer {
  readonly id: string;
  readonly version: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly memory: LRUCache<string, MemoryEntry>;
  private readonly maxItems: number;
  /** Whether values may soon have to go, so that it matters which were used last. */
  crowded = false;
  readonly owners = new WeakMap<MemoryEntry, Member>();
  readonly generations = new Generations();
  readonly telemetry: MemoTelemetry;
  readonly remote: Remote | undefined;
  readonly invalidationInterval: number;
  readonly compression: Compression | false;
  readonly maxStoredBytes: number;
  private readonly frozenAfterResponse: boolean;
  private readonly waitUntil: ((work: Promise<unknown>) => void) | undefined;
  private readonly pending = new Set<Promise<unknown>>();
  private readonly clearListeners = new Set<() => void>();
  private readonly closeClient: () => void;

  constructor(options: MemoizerOptions = {}) {
    const environment = options.environment ?? process.env;
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
    this.version = options.version ?? '';
    checkLabel('version', this.version);
    this.compression = checkedCompression(options.compression ?? 'gzip');
    this.maxStoredBytes = atLeast('maxStoredBytes', options.maxStoredBytes ?? DEFAULT_MAX_STORED_BYTES, 0);
    const budget = atMost('budget', milliseconds('budget', options.budget ?? 50), MAX_BUDGET);
    const interval = milliseconds('invalidationInterval', options.invalidationInterval ?? 10_000);
    this.invalidationInterval = atMost('invalidationInterval', interval, MAX_INTERVAL);
    this.maxItems = atLeast('maxItems', options.maxItems ?? DEFAULT_MAX_ITEMS, 1);
    this.memory = new LRUCache<string, MemoryEntry>({
      maxSize: atLeast('maxBytes', options.maxBytes ?? DEFAULT_MAX_BYTES, 1),
      sizeCalculation: (entry) => entry.size,
      dispose: (entry) => this.owners.get(entry)?.(entry),
    });

    const { store, close, id } = openStore(options, environment);
    this.closeClient = close;
    this.id = id;
    this.telemetry = new MemoTelemetry({
      table: store?.name,
      emf: options.emf ?? environment[MEMO_ENVIRONMENT.metrics] === MEMO_METRICS_EMF,
      clock: this.clock,
    });
    this.remote = store && new Remote({
      store, budget, backgroundBudget: BACKGROUND_BUDGET,
      telemetry: this.telemetry, clock: this.clock, random: this.random,
    });
    this.waitUntil = options.waitUntil;
    this.frozenAfterResponse = isLambda(environment);
    if (options.preconnect ?? isLambda(environment)) this.preconnect();
  }

  /** Puts an entry into memory. @returns whether it is there: one that is larger than the memory may be is not */
  remember(entry: MemoryEntry): boolean {
    const { memory } = this;
    memory.set(entry.memoryKey, entry);
    // The bound on items is kept here: given to the cache, it would set up its lists for that many, in every process that starts.
    while (memory.size > this.maxItems) memory.pop();
    this.crowded = 2 * memory.size > this.maxItems || 2 * memory.calculatedSize > memory.maxSize;
    return memory.peek(entry.memoryKey) === entry;
  }

  /** Whether a caller waits for the write of the value it caused: where nothing runs after the response. */
  get awaitWrites(): boolean {
    return this.frozenAfterResponse && this.waitUntil === undefined && vercelWaitUntil() === undefined;
  }

  /** Work that goes on after the call was answered. */
  background(work: Promise<unknown>): void {
    const settled = work.then(() => {}, () => {}).finally(() => this.pending.delete(settled));
    this.pending.add(settled);
    try {
      (this.waitUntil ?? vercelWaitUntil())?.(settled);
    } catch (error) { // refused after the response, say: the work goes on as it would without
      this.telemetry.publish('error', () => ({ operation: 'waitUntil', failure: 'request', error }));
    }
  }

  /** Resolves when nothing runs in the background any more and metrics are written. */
  async settled(): Promise<void> {
    while (this.pending.size > 0) await Promise.all(this.pending);
    this.telemetry.flush();
  }

  /** Calls back whenever everything is invalidated. @returns ends that */
  onClear(listener: () => void): () => void {
    this.clearListeners.add(listener);
    return () => this.clearListeners.delete(listener);
  }

  /** Invalidates every value of every function. One write. */
  clear(): Promise<void> {
    for (const listener of this.clearListeners) listener();
    return this.invalidate(MEMO_GENERATION.all, () => true, this.remote);
  }

  /** Invalidates every value with the tag. One write. */
  async invalidateTag(tag: string): Promise<void> {
    checkTag(tag);
    const scope = MEMO_GENERATION.tag(tag);
    await this.invalidate(scope, (entry) => scope in entry.stamp, this.remote);
  }

  /** Raises a generation counter here and in the table; what is in memory goes at once, whatever becomes of the table. */
  async invalidate(scope: string, concerns: (entry: MemoryEntry) => boolean, remote: Remote | undefined): Promise<void> {
    const now = this.clock.now();
    for (const [key, entry] of this.memory.entries()) if (concerns(entry)) this.memory.delete(key);
    this.telemetry.publish('invalidate', () => ({ scope }));
    if (remote === undefined) {
      this.generations.learn(scope, { counter: this.generations.counter(scope) + 1, raised: now }, now, true);
      return;
    }
    const { store } = remote;
    const generation = await this.mustReach(`invalidate '${scope}'`, (signal) => store.raise(scope, now, signal));
    this.generations.learn(scope, generation, this.clock.now(), true);
  }

  /** For what must have happened when it returns: an invalidation that failed in silence would leave wrong values behind. */
  async mustReach<T>(what: string, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const deadline = new Deadline(INVALIDATION_BUDGET);
    try {
      return await run(deadline.signal);
    } catch (cause) {
      throw new CacheTiersError('E_MEMO_INVALIDATE',
        `could not ${what} in ${this.remote?.store.name}: ${(cause as Error).message}; `
        + 'it is gone from this process\'s memory, but not from the table: try again',
        { cause });
    } finally {
      deadline.close();
    }
  }

  /** Closes idle connections. Memoized functions go on working, and open new ones. */
  close(): void {
    this.closeClient();
  }

  /** Opens the connection and learns the flush counter, while Lambda's initialization phase gives time for it. */
  private preconnect(): void {
    if (this.remote === undefined) return;
    const { store } = this.remote;
    const deadline = new Deadline(BACKGROUND_BUDGET);
    const asked = this.clock.now();
    const work = store.read({ entries: [], generations: [MEMO_GENERATION.all] }, deadline.signal).then(({ generations: [all] }) => {
      this.generations.learn(MEMO_GENERATION.all, all, asked);
    }, () => {}); // the first call finds out, and counts it
    this.background(work.finally(() => deadline.close()));
  }
}

interface Opened {
  readonly store?: EntryStore;
  readonly close: () => void;
  /** Tells memoizers apart that do not share values. */
  readonly id: string;
}

function openStore(options: MemoizerOptions, environment: Readonly<Record<string, string | undefined>>): Opened {
  const close = () => {};
  if (options.store) return { store: options.store, close, id: `${options.store.name}:${nextNumber()}` };
  const table = options.table ?? environment[MEMO_ENVIRONMENT.table];
  if (table === undefined) return { close, id: `memory:${nextNumber()}` };
  if (typeof table !== 'string' || table === '') {
    throw new InvalidArgumentError('E_MEMO_TABLE',
      `table is ${table === '' ? 'empty' : show(table)}: give the table's name, or unset ${MEMO_ENVIRONMENT.table} to keep values in memory only`);
  }
  // The environment speaks of its own table, not of one that is given here.
  const of = options.table === undefined ? environment : {};
  const region = options.region ?? regionOfArn(table) ?? of[MEMO_ENVIRONMENT.region];
  const bucketName = options.bucket ?? of[MEMO_ENVIRONMENT.bucket];
  const { endpoint, credentials, agent } = options;
  const client = options.client ?? dynamoDbClient({ region, endpoint, credentials, agent });
  const store = new DynamoDbEntryStore({ client, tableName: table, bucketName, bucketClient: { region, credentials, agent } });
  return {
    store,
    close: () => { store.close(); if (!options.client) client.destroy(); },
    id: `${table}:${region ?? ''}:${endpoint ?? ''}`,
  };
}

export function checkTag(tag: string): void {
  if (typeof tag === 'string' && tag.length > 0 && tag.length <= 256 && tag.isWellFormed()) return;
  throw new InvalidArgumentError('E_MEMO_TAG', `a tag must be a text of 1 to 256 characters, got ${show(tag)}`);
}

function checkedCompression(compression: Compression | false): Compression | false {
  const known: readonly unknown[] = ['gzip', 'brotli', 'zstd', false];
  if (!known.includes(compression)) {
    throw new InvalidArgumentError('E_MEMO_COMPRESSION', `compression must be 'gzip', 'brotli', 'zstd' or false, got ${show(compression)}`);
  }
  if (compression !== false && !isAvailable(compression)) {
    throw new InvalidArgumentError('E_MEMO_COMPRESSION',
      `compression '${compression}' needs Node 22.15 or 24, this is ${process.version}: use 'gzip' or 'brotli'`);
  }
  return compression;
}

export function atMost(option: string, value: number, maximum: number): number {
  if (value <= maximum) return value;
  throw new InvalidArgumentError('E_MEMO_OPTION', `${option} must be at most ${maximum} ms, got ${value} ms`);
}

export function atLeast(option: string, value: number, minimum: number): number {
  if (Number.isSafeInteger(value) && value >= minimum) return value;
  throw new InvalidArgumentError('E_MEMO_OPTION', `${option} must be a whole number of at least ${minimum}, got ${show(value)}`);
}
