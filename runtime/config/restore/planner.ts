import { CONFIG_CHANGE_OVERLAP_MS } from '../../../lib/contract/config.js';
import { AwsError } from '../../aws/errors.js';
import { DynamoDbAuditReader } from '../audit/dynamodb-reader.js';
import { inOrder } from '../audit/in-order.js';
import { auditTableOf } from '../audit/log-place.js';
import type { AuditReader } from '../audit/reader.js';
import type { ConfigConnection } from '../connection.js';
import type { ConfigFootprint } from '../footprint.js';
import { isBelow, pathOf } from '../paths.js';
import type { CachedParameter } from '../tables/cache-table.js';
import { DynamoDbCacheTable } from '../tables/dynamodb-cache-table.js';
import { readRowsChangedSince } from './changed-rows.js';
import { laterEventsOf, laterEventsOfName, NOTHING_LATER, type LaterEvents } from './later-events.js';
import { patiently } from './patience.js';
import { RESTORE_PLAN_VERSION, type RestorePlan, type RestoreQuery, type RestoreStep } from './plan.js';
import { checkQuery, namespacesOf } from './query.js';
import { recordedState } from './recorded-state.js';
import { replicasOf, type Replicas } from './replicas.js';
import { stepOf } from './step-of.js';

const DAY = 86_400_000;
/** Rows that are asked for in one call. */
const ROWS = 1_000;
/** Names at once whose records are read. */
const CONCURRENCY = 64;

export interface PlanProgress {
  /** Names that may have changed, and that have been looked at. */
  readonly looked: number;
  /** All names that may have changed; 0 until they are known. */
  readonly total: number;
  readonly steps: number;
}

export interface PlanOptions {
  /** Ends the plan: its steps then throw the signal's reason. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: PlanProgress) => void;
}

interface Candidates {
  readonly names: readonly string[];
  readonly rows: ReadonlyMap<string, CachedParameter>;
  /** What has happened to each name; undefined: each name must be asked for. */
  readonly later?: ReadonlyMap<string, LaterEvents>;
  readonly notes: readonly string[];
}

const RECENT = 'the instant is only minutes ago, and what happened last may not be in the tables yet: if something is missing here, plan again later';

/** Makes a plan. Reads the rows of what has changed since, and of the log what tells of these names at the instant. */
export class Planner {
  private readonly auditTable: string;
  private readonly reader: AuditReader;
  private readonly table: DynamoDbCacheTable;

  constructor(private readonly connection: ConfigConnection, private readonly footprint: ConfigFootprint) {
    this.auditTable = auditTableOf(footprint);
    this.reader = new DynamoDbAuditReader({ client: connection.dynamoDb, tableName: this.auditTable });
    this.table = new DynamoDbCacheTable({ client: connection.dynamoDb, tableName: footprint.cacheTable });
  }

  async plan(query: RestoreQuery, options: PlanOptions = {}): Promise<RestorePlan> {
    const { connection, footprint } = this;
    const created = connection.now();
    checkQuery(query, footprint, created);
    const replicas: Replicas = query.includeReplicas === true
      ? { has: () => false }
      : await replicasOf(connection.dynamoDb, footprint, options.signal);
    const candidates = query.names === undefined
      ? await this.changedUnder(pathOf(query.prefix) ?? '/', query.time, created, options)
      : await this.named(query.names, options.signal);
    const isRecent = created - query.time < CONFIG_CHANGE_OVERLAP_MS;
    const notes = [
      ...candidates.notes, ...(replicas.note === undefined ? [] : [replicas.note]),
      ...(isRecent ? [RECENT] : []),
    ];
    const header = {
      version: RESTORE_PLAN_VERSION, footprint: footprint.name, account: footprint.account, region: footprint.region, query, created, notes,
    } as const;
    return { header, steps: this.steps(query, candidates, replicas, created, options) };
  }

  private async* steps(
    query: RestoreQuery, { names, rows, later }: Candidates, replicas: Replicas, now: number, { signal, onProgress }: PlanOptions,
  ): AsyncGenerator<RestoreStep, void, undefined> {
    let [looked, steps] = [0, 0];
    const work = async (name: string): Promise<RestoreStep | undefined> => {
      signal?.throwIfAborted();
      const state = await patiently(async () => {
        const events = later ? later.get(name) ?? NOTHING_LATER : await laterEventsOfName(this.reader, name, query.time, signal);
        return recordedState(this.reader, name, query.time, events, signal);
      }, signal);
      const row = rows.get(name);
      const isReplica = replicas.has(name, row?.metadata?.description ?? state.put?.description);
      return stepOf({ name, query, ...(row && { row }), state, isReplica, now });
    };
    for await (const step of inOrder(names, CONCURRENCY, work)) {
      looked += 1;
      if (step !== undefined) {
        steps += 1;
        yield step;
      }
      onProgress?.({ looked, total: names.length, steps });
    }
  }

  private async named(names: readonly string[], signal?: AbortSignal): Promise<Candidates> {
    const unique = [...new Set(names)].sort();
    return { names: unique, rows: await this.rowsOf(unique, signal), notes: [] };
  }

  private async changedUnder(prefix: string, time: number, until: number, { signal }: PlanOptions): Promise<Candidates> {
    const { later, notes } = await this.laterUnder(prefix, time, until, signal);
    const rows = new Map<string, CachedParameter>();
    await patiently(() => readRowsChangedSince(this.connection.dynamoDb, this.footprint.cacheTable, time, (row) => {
      const isOld = row.state === 'ACTIVE' && row.metadata !== undefined && row.metadata.lastModified <= time;
      if (isBelow(row.name, prefix) && (!isOld || later?.has(row.name))) rows.set(row.name, row);
    }, signal), signal);
    const others = [...later?.keys() ?? []].filter((name) => !rows.has(name));
    for (const [name, row] of await this.rowsOf(others, signal)) rows.set(name, row);
    return { names: [...new Set([...rows.keys(), ...others])].sort(), rows, ...(later && { later }), notes };
  }

  private async laterUnder(
    prefix: string, time: number, until: number, signal: AbortSignal | undefined,
  ): Promise<Pick<Candidates, 'later' | 'notes'>> {
    const namespaces = namespacesOf(prefix, this.footprint);
    const unseen = 'labels that have been moved since, of parameters that have not changed otherwise, are not seen: name these parameters';
    const forgotten = this.forgottenNote(time, until);
    if (!namespaces.every((namespace) => isBelow(namespace, prefix))) {
      return { notes: [`${prefix} is only a part of a namespace: ${unseen}`, ...forgotten] };
    }
    try {
      const tableName = this.auditTable;
      const client = this.connection.dynamoDb;
      return { later: await patiently(() => laterEventsOf({ client, tableName, namespaces, time, until, signal }), signal), notes: [] };
    } catch (error) {
      if (!(error instanceof AwsError) || error.failure !== 'denied') throw error;
      return { notes: [`the log's index by time may not be read (${error.name}): ${unseen}`, ...forgotten] };
    }
  }

  /** Without the index by time, a deletion is known by its row alone, and that is kept for a while only. */
  private forgottenNote(time: number, until: number): string[] {
    const days = this.footprint.tombstoneDays ?? 1;
    if (until - time < days * DAY) return [];
    return [`the table of names knows of a deletion for ${days} days: what was deleted longer ago is not seen: name these parameters`];
  }

  private async rowsOf(names: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, CachedParameter>> {
    const rows = new Map<string, CachedParameter>();
    for (let begin = 0; begin < names.length; begin += ROWS) {
      signal?.throwIfAborted();
      const some = names.slice(begin, begin + ROWS); // all of a call's batches have one deadline
      for (const [name, row] of await patiently(() => this.table.get(some), signal)) rows.set(name, row);
    }
    return rows;
  }
}
