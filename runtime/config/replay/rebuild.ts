import { randomUUID } from 'node:crypto';
import { CONFIG_CHANGE_SHARDS } from '../../../lib/contract/config.js';
import { InvalidArgumentError, show } from '../../errors.js';
import { Bulkhead } from '../../resilience/bulkhead.js';
import { pagesOf } from '../../stores/dynamodb-pages.js';
import { openLog } from '../audit/log-place.js';
import type { AuditReader } from '../audit/reader.js';
import { connectionOf, type ConfigConnection, type ConfigOptions } from '../connection.js';
import { MAX_INSTANT } from '../instant.js';
import { isBelow } from '../paths.js';
import type { CachedParameter, CacheTable } from '../tables/cache-table.js';
import { DynamoDbCacheTable } from '../tables/dynamodb-cache-table.js';
import { clearly } from './denied.js';
import { verdictOn, type LeftReason, type RowRules } from './rebuild-row.js';
import { statesOfAll, type NameState } from './states.js';

export interface RebuildPlace {
  readonly reader: AuditReader;
  readonly table: CacheTable;
  /** Paths that are followed. @default - all */
  readonly namespaces?: readonly string[];
  /** Whole days that the table's handlers keep the row of a deleted parameter. */
  readonly tombstoneDays?: number;
}

/** A row that a rebuild writes, or would write. */
export interface RebuiltRow {
  readonly name: string;
  readonly state: 'ACTIVE' | 'DELETED';
  /** What there was of it before. */
  readonly was: 'missing' | 'different';
  readonly version?: number;
}

export interface RebuildReport {
  readonly dryRun: boolean;
  /** Names that the log tells of. Those outside of the footprint's namespaces, which nobody follows any more, are left out. */
  readonly names: number;
  /** Rows that were as the log has them. */
  readonly right: number;
  /** Rows of parameters that exist, which were missing or different. */
  readonly restored: number;
  /** Rows of deleted parameters, which were missing or different. */
  readonly buried: number;
  /** Rows that differ from the log and were left: by reason. A later run, or the reconciler, settles them. */
  readonly left: { readonly [reason in LeftReason | 'contended']: number };
  /** Rows of which the log does not know; they are left. A log may be younger than its parameters, or keep records for a while only. */
  readonly unknown: number;
  /** `renewed`: everybody who has a copy of the table reads it anew. */
  readonly epoch: 'kept' | 'opened' | 'renewed';
}

export interface RebuildProgress {
  /** Names that have been compared. */
  readonly names: number;
  /** Rows that have been written, or would be. */
  readonly changed: number;
}

export type RebuildOptions = ConfigOptions & {
  /** Whether nothing is written: `onChange` and the report say what would be. @default false */
  readonly dryRun?: boolean;
  /** Whole days that the row of a deleted parameter is kept. @default - as long as the table's handlers keep it; 30 if the footprint does not say */
  readonly tombstoneDays?: number;
  /** Hears of each row that is written, or would be, once that is done. */
  readonly onChange?: (row: RebuiltRow) => void;
  readonly onProgress?: (progress: RebuildProgress) => void;
  readonly signal?: AbortSignal;
  /** What is read and written in place of the footprint's tables. */
  readonly place?: RebuildPlace;
};

const DEFAULT_TOMBSTONE_DAYS = 30;
const MAX_TOMBSTONE_DAYS = 36_500;
/** The log may be behind the table for so long, in milliseconds: until the next reconciliation, which most often comes every half an hour. */
const SETTLE = 3_600_000;
const BATCH = 100;
const CONCURRENCY = 8;
/** Times that a row is written by somebody else in between. */
const MAX_LOST_RACES = 5;

/**
 * Writes the table of names anew from the audit log alone: rows that are missing or wrong, and no others. It may be stopped anywhere and run
 * again, and handlers may be at work meanwhile: a row is written only if it is still the one that was compared, and rows that are newer than
 * the log stay. Where rows of a table that was in use are written, it gets another epoch first, so that local copies are read anew.
 *
 * Takes `grantReadAudit` with the prefix `/`, and `grantRebuildNames` of the footprint; a dry run `grantReadNames` instead.
 *
 * @throws InvalidArgumentError `E_CONFIG_REBUILD`; CacheTiersError `E_CONFIG_AUDIT_NONE`, `E_CONFIG_AUDIT_DENIED`; AwsError
 */
export async function rebuildCache(options: RebuildOptions = {}): Promise<RebuildReport> {
  const { tombstoneDays } = options;
  if (tombstoneDays !== undefined && !isDays(tombstoneDays)) {
    throw new InvalidArgumentError('E_CONFIG_REBUILD',
      `tombstoneDays must be a whole number from 1 to ${MAX_TOMBSTONE_DAYS}, as the table's tombstoneRetention, got ${show(tombstoneDays)}`);
  }
  const connection = connectionOf(options);
  return new Rebuild(options.place ?? await openPlace(connection, options.signal), connection.now, options).run();
}

const isDays = (days: number): boolean => Number.isSafeInteger(days) && days >= 1 && days <= MAX_TOMBSTONE_DAYS;

async function openPlace(connection: ConfigConnection, signal: AbortSignal | undefined): Promise<RebuildPlace> {
  const { reader, namespaces } = await openLog(connection, signal);
  const { cacheTable, tombstoneDays } = await connection.footprint(signal);
  return {
    reader, namespaces, table: new DynamoDbCacheTable({ client: connection.dynamoDb, tableName: cacheTable }),
    ...(tombstoneDays !== undefined && isDays(tombstoneDays) && { tombstoneDays }),
  };
}

class Rebuild {
  private readonly known = new Set<string>();
  private readonly counts = { right: 0, restored: 0, buried: 0 };
  private readonly left = { recent: 0, newer: 0, contended: 0 };
  private epoch: RebuildReport['epoch'] = 'kept';
  private ready?: Promise<void>;

  private readonly table: CacheTable;
  private readonly tombstoneDays: number;

  constructor(private readonly place: RebuildPlace, private readonly now: () => number, private readonly options: RebuildOptions) {
    this.table = place.table;
    this.tombstoneDays = options.tombstoneDays ?? place.tombstoneDays ?? DEFAULT_TOMBSTONE_DAYS;
  }

  async run(): Promise<RebuildReport> {
    const { dryRun = false, signal } = this.options;
    let batch: NameState[] = [];
    // The log's end, and not now: this computer's clock may be behind those of the records.
    for await (const state of clearly(statesOfAll(this.place.reader, MAX_INSTANT, signal && { signal }))) {
      if (this.place.namespaces?.some((path) => isBelow(state.name, path)) === false) continue;
      this.known.add(state.name);
      batch.push(state);
      if (batch.length < BATCH) continue;
      await this.align(batch);
      batch = [];
    }
    await this.align(batch);
    if (!dryRun) await this.prepare(false);
    const { known, counts, left, epoch } = this;
    return { dryRun, names: known.size, ...counts, left, unknown: await this.countUnknown(), epoch };
  }

  private async align(batch: readonly NameState[]): Promise<void> {
    if (batch.length === 0) return;
    this.options.signal?.throwIfAborted();
    const rows = await this.table.get(batch.map(({ name }) => name));
    const bulkhead = new Bulkhead(CONCURRENCY);
    const results = await Promise.allSettled(batch.map((state) => bulkhead.run(() => this.alignRow(state, rows.get(state.name)))));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    this.options.onProgress?.({ names: this.known.size, changed: this.counts.restored + this.counts.buried });
  }

  private async alignRow({ name, state }: NameState, found: CachedParameter | undefined): Promise<void> {
    let row = found;
    for (let lost = 0; lost < MAX_LOST_RACES; lost += 1) {
      const rules: RowRules = { now: this.now(), tombstoneDays: this.tombstoneDays, settle: SETTLE };
      const verdict = verdictOn(name, row, state, rules);
      if (verdict === 'right') {
        this.counts.right += 1;
        return;
      }
      if ('left' in verdict) {
        this.left[verdict.left] += 1;
        return;
      }
      if (await this.write(verdict.row, row)) return;
      row = (await this.table.get([name])).get(name);
    }
    this.left.contended += 1;
  }

  private async write(row: CachedParameter, replaced: CachedParameter | undefined): Promise<boolean> {
    if (!this.options.dryRun) {
      this.options.signal?.throwIfAborted();
      await this.prepare(true);
      if (!await this.table.put(row, replaced?.revision)) return false;
    }
    this.counts[row.state === 'ACTIVE' ? 'restored' : 'buried'] += 1;
    this.options.onChange?.({
      name: row.name, state: row.state, was: replaced === undefined ? 'missing' : 'different', ...(row.metadata && { version: row.metadata.version }),
    });
    return true;
  }

  /** Before the first row is written, so that a run that is stopped has made local copies read anew as well. */
  private prepare(changes: boolean): Promise<void> {
    return this.ready ??= this.openEpoch(changes);
  }

  private async openEpoch(changes: boolean): Promise<void> {
    const fresh = randomUUID();
    const { epoch } = await this.table.meta();
    if (epoch === undefined) {
      if (await this.table.openEpoch(fresh) === fresh) this.epoch = 'opened';
    } else if (changes && await this.table.renewEpoch(fresh, epoch)) {
      this.epoch = 'renewed';
    }
  }

  private async countUnknown(): Promise<number> {
    const unknown = new Set<string>();
    for (let shard = 0; shard < CONFIG_CHANGE_SHARDS; shard += 1) {
      const pages = pagesOf((after) => {
        this.options.signal?.throwIfAborted();
        return this.table.active(String(shard), after);
      });
      for await (const { names } of pages) for (const name of names) if (!this.known.has(name)) unknown.add(name);
    }
    return unknown.size;
  }
}
