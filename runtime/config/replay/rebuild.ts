import { randomUUID } from 'node:crypto';
import { CONFIG_CHANGE_SHARDS } from '../../../lib/contract/config.js';
import { InvalidArgumentError, show } from '../../errors.js';
import { Bulkhead } from '../../resilience/bulkhead.js';
import { openLog } from '../audit/log-place.js';
import type { AuditReader } from '../audit/reader.js';
import { connectionOf, type ConfigOptions } from '../connection.js';
import type { CachedParameter, CacheTable } from '../tables/cache-table.js';
import { DynamoDbCacheTable } from '../tables/dynamodb-cache-table.js';
import { clearly } from './denied.js';
import { verdictOn, type LeftReason, type RowRules } from './rebuild-row.js';
import { statesOfAll, type NameState } from './states.js';

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
  /** Names that the log tells of. */
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
  /** Whole days that the row of a deleted parameter is kept; the table's own `tombstoneRetention`. @default 30 */
  readonly tombstoneDays?: number;
  /** Hears of each row that is written, or would be, once that is done. */
  readonly onChange?: (row: RebuiltRow) => void;
  readonly onProgress?: (progress: RebuildProgress) => void;
  readonly signal?: AbortSignal;
  /** What is read and written in place of the footprint's tables. */
  readonly place?: { readonly reader: AuditReader; readonly table: CacheTable };
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
  const { tombstoneDays = DEFAULT_TOMBSTONE_DAYS } = options;
  if (!Number.isSafeInteger(tombstoneDays) || tombstoneDays < 1 || tombstoneDays > MAX_TOMBSTONE_DAYS) {
    throw new InvalidArgumentError('E_CONFIG_REBUILD',
      `tombstoneDays must be a whole number from 1 to ${MAX_TOMBSTONE_DAYS}, as the table's tombstoneRetention, got ${show(tombstoneDays)}`);
  }
  const connection = connectionOf(options);
  const { reader, table } = options.place ?? await open();
  return new Rebuild(reader, table, tombstoneDays, connection.now, options).run();

  async function open(): Promise<{ reader: AuditReader; table: CacheTable }> {
    const log = await openLog(connection, options.signal);
    const { cacheTable } = await connection.footprint(options.signal);
    return { reader: log.reader, table: new DynamoDbCacheTable({ client: connection.dynamoDb, tableName: cacheTable }) };
  }
}

class Rebuild {
  private readonly known = new Set<string>();
  private readonly counts = { right: 0, restored: 0, buried: 0 };
  private readonly left = { recent: 0, newer: 0, uncertain: 0, contended: 0 };
  private epoch: RebuildReport['epoch'] = 'kept';
  private ready?: Promise<void>;

  constructor(
    private readonly reader: AuditReader, private readonly table: CacheTable, private readonly tombstoneDays: number,
    private readonly now: () => number, private readonly options: RebuildOptions,
  ) {}

  async run(): Promise<RebuildReport> {
    const { dryRun = false, signal } = this.options;
    let batch: NameState[] = [];
    for await (const state of clearly(statesOfAll(this.reader, this.now(), signal && { signal }))) {
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
      let after: string | undefined;
      do {
        this.options.signal?.throwIfAborted();
        const { names, next } = await this.table.active(String(shard), after);
        for (const name of names) if (!this.known.has(name)) unknown.add(name);
        after = next;
      } while (after !== undefined);
    }
    return unknown.size;
  }
}
