import { MEMO_ATTRIBUTE, MEMO_GENERATION, MEMO_KEY } from '../../lib/contract/memo.js';
import { dynamoDbClient, type AwsClientOptions, type DynamoDbClient } from '../aws/dynamodb.js';
import { regionOfArn } from '../aws/endpoint.js';
import { decompress, deserializeValue } from '../data/codec.js';
import { CacheTiersError } from '../errors.js';
import { endsWithin } from '../resilience/deadline.js';
import { DynamoDbEntryStore } from '../stores/dynamodb-entry-store.js';
import type { Generation, Lease, StoredEntry } from '../stores/entry-store.js';
import { takeInventory, type Inventory, type InventoryProgress } from './inventory.js';
import { judge } from './memory-entry.js';
import { scopesOf, type FlushTargets } from './operator-targets.js';

export interface MemoOperatorOptions extends Pick<AwsClientOptions, 'endpoint' | 'credentials'> {
  /** Name or ARN of the table. */
  readonly table: string;
  /** @default - that of the table's ARN, then as the client finds it */
  readonly region?: string;
  /** Overflow bucket. @default - values in one cannot be shown */
  readonly bucket?: string;
  /** @default - a client of its own */
  readonly client?: DynamoDbClient;
  /** @default Date.now */
  readonly now?: () => number;
}

/** Milliseconds for one request, attempts included. */
const DEADLINE = 15_000;

/** A scope that was flushed, and how often it has been by now. */
export interface Flushed {
  readonly scope: string;
  readonly generation: Generation;
}

/** What is at a key, and the lease of who is computing a value for it. Times are Unix epoch milliseconds. */
export type Found = { readonly key: string; readonly lease?: Lease } & (
  | { readonly state: 'absent' | 'deleted' }
  | ({ readonly state: 'fresh' | 'stale' } & EntryTimes & { readonly value: () => Promise<unknown> })
  | ({ readonly state: 'expired' } & EntryTimes)
  | ({ readonly state: 'invalidated'; readonly scope: string; readonly invalidatedAt: number } & EntryTimes)
);

export interface EntryTimes {
  readonly createdAt: number;
  /** Milliseconds that computing the value took. */
  readonly duration: number;
  readonly expiresAt: number;
}

/** What the table says of itself. */
export interface TableDescription {
  readonly table: string;
  readonly status: string;
  /** Items and bytes, which DynamoDB counts every six hours. */
  readonly items: number;
  readonly bytes: number;
  readonly createdAt?: number;
  readonly billing: 'on demand' | 'provisioned';
  /** Whether the keys are those of MemoCache. */
  readonly isMemoTable: boolean;
  /** `ENABLED`, `DISABLED`… and the attribute; the error if it cannot be read. */
  readonly ttl: { readonly status: string; readonly attribute?: string } | { readonly error: Error };
  /** When everything was last flushed; the error if it cannot be read. */
  readonly flushes: Generation | { readonly error: Error };
}

/** What an operator does with a memo cache: the table alone, nothing in memory, failures are thrown. */
export class MemoOperator {
  private readonly client: DynamoDbClient;
  private readonly store: DynamoDbEntryStore;
  private readonly now: () => number;
  private readonly table: string;

  constructor(private readonly options: MemoOperatorOptions) {
    const { table, bucket, endpoint, credentials } = options;
    const region = options.region ?? regionOfArn(table);
    this.table = table;
    this.now = options.now ?? Date.now;
    this.client = withDeadline(options.client ?? dynamoDbClient({ region, endpoint, credentials, maxAttempts: 4 }));
    this.store = new DynamoDbEntryStore({ client: this.client, tableName: table, bucketName: bucket, bucketClient: { region, credentials } });
  }

  close(): void {
    this.store.close();
    if (!this.options.client) this.client.destroy();
  }

  /**
   * Invalidates everything, or functions and tags. One write each, at any number of values; processes that hold values in memory
   * notice within their invalidation interval.
   *
   * @throws CacheTiersError `E_MEMO_FLUSH` if a write failed: says which were done before
   */
  async flush(targets: FlushTargets, signal?: AbortSignal): Promise<Flushed[]> {
    const done: Flushed[] = [];
    const scopes = scopesOf(targets);
    for (const scope of scopes) {
      try {
        done.push({ scope, generation: await this.store.raise(scope, this.now(), signal) });
      } catch (cause) {
        if (done.length === 0) throw cause;
        const names = (some: readonly string[]) => some.map((each) => `'${each}'`).join(', ');
        throw new CacheTiersError('E_MEMO_FLUSH',
          `flushed ${names(done.map((each) => each.scope))} but not ${names(scopes.slice(done.length))}: ${(cause as Error).message}`, { cause });
      }
    }
    return done;
  }

  /** What is at a key, by a consistent read. Reads two items, and the counters that the value depends on. */
  async find(key: string, signal?: AbortSignal): Promise<Found> {
    const { state, lease } = await this.store.inspect(key, signal);
    // A lease that was taken for another revision has served: nobody gives it back after a fill, to save the write.
    const running = lease !== undefined && lease.until > this.now() && lease.revision.startsWith(`${state?.revision ?? ''}@`);
    const common = { key, ...(running && { lease }) };
    if (state === undefined) return { ...common, state: 'absent' };
    const { entry } = state;
    if (entry === undefined) return { ...common, state: 'deleted' };
    const times = { createdAt: entry.created, duration: entry.duration, expiresAt: entry.expires };
    const verdict = judge(entry, this.now());
    if (verdict === 'dead') return { ...common, state: 'expired', ...times };
    const scopes = Object.keys(entry.generations);
    const counters = await this.generations(scopes, signal);
    const raised = scopes.find((scope) => counters.get(scope)!.counter > entry.generations[scope]);
    if (raised !== undefined) return { ...common, state: 'invalidated', scope: raised, invalidatedAt: counters.get(raised)!.raised, ...times };
    return { ...common, state: verdict === 'fresh' ? 'fresh' : 'stale', ...times, value: () => this.load(key, entry, signal) };
  }

  /** Deletes an entry; a run that is under way cannot bring it back. One write. */
  delete(key: string, signal?: AbortSignal): Promise<void> {
    return this.store.delete(key, signal);
  }

  /** What the table says of itself: two descriptions and one item. */
  async describe(signal?: AbortSignal): Promise<TableDescription> {
    const TableName = this.table;
    const orError = (error: Error) => ({ error });
    const [{ Table }, ttl, flushes] = await Promise.all([
      this.client.call<{ Table: RawTable }>('DescribeTable', { TableName }, signal),
      this.client.call<{ TimeToLiveDescription?: RawTtl }>('DescribeTimeToLive', { TableName }, signal)
        .then(({ TimeToLiveDescription: raw }) => ({ status: raw?.TimeToLiveStatus ?? 'DISABLED', attribute: raw?.AttributeName }), orError),
      this.generations([MEMO_GENERATION.all], signal).then((counters) => counters.get(MEMO_GENERATION.all)!, orError),
    ]);
    const keys = Table.KeySchema.map(({ AttributeName }) => AttributeName).join();
    return {
      table: Table.TableName, status: Table.TableStatus, items: Table.ItemCount ?? 0, bytes: Table.TableSizeBytes ?? 0,
      createdAt: Table.CreationDateTime === undefined ? undefined : Table.CreationDateTime * 1000,
      billing: Table.BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST' ? 'on demand' : 'provisioned',
      isMemoTable: keys === `${MEMO_KEY.partition},${MEMO_KEY.sort}`, ttl, flushes,
    };
  }

  /** Reads the whole table and counts. Costs half a read unit for each 4 KB. */
  inventory(progress?: InventoryProgress, signal?: AbortSignal): Promise<Inventory> {
    return takeInventory({
      scan: (begin) => this.client.call('Scan', {
        TableName: this.table, ReturnConsumedCapacity: 'TOTAL', ...(begin && { ExclusiveStartKey: begin }),
      }, signal),
      generations: (scopes) => this.generations(scopes, signal),
      now: this.now(),
    }, progress);
  }

  private async generations(scopes: readonly string[], signal?: AbortSignal): Promise<Map<string, Generation>> {
    const { generations } = await this.store.read({ entries: [], generations: scopes }, signal);
    return new Map(scopes.map((scope, i) => [scope, generations[i]]));
  }

  private async load(key: string, { payload }: StoredEntry, signal?: AbortSignal): Promise<unknown> {
    const bytes = payload instanceof Uint8Array ? payload : await payload.load(signal);
    if (bytes !== undefined) return deserializeValue(await decompress(bytes));
    throw new CacheTiersError('E_MEMO_PAYLOAD', this.options.bucket === undefined
      ? `the value of '${key}' is not in the table (attribute ${MEMO_ATTRIBUTE.object}): name the overflow bucket`
      : `the value of '${key}' is not there whole, neither in the table nor in the bucket '${this.options.bucket}'`);
  }
}

/** Ends every request in time, whatever signal it has. */
function withDeadline(client: DynamoDbClient): DynamoDbClient {
  return {
    call: (operation, input, signal) => client.call(operation, input, endsWithin(DEADLINE, signal)),
    destroy: () => client.destroy(),
  };
}

interface RawTable {
  readonly TableName: string;
  readonly TableStatus: string;
  readonly KeySchema: readonly { readonly AttributeName: string }[];
  readonly ItemCount?: number;
  readonly TableSizeBytes?: number;
  readonly CreationDateTime?: number;
  readonly BillingModeSummary?: { readonly BillingMode?: string };
}

interface RawTtl {
  readonly TimeToLiveStatus?: string;
  readonly AttributeName?: string;
}
