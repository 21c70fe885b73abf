import { createHash, randomBytes } from 'node:crypto';
import { MEMO_ATTRIBUTE as A, MEMO_OBJECT_PREFIX, MEMO_SORT_KEY } from '../../lib/contract/memo.js';
import { number, text } from '../aws/attribute-values.js';
import type { AwsClientOptions, DynamoDbClient, Item } from '../aws/dynamodb.js';
import type { S3Client } from '../aws/s3.js';
import { batchGet, batchPut, idOf } from './dynamodb-batch.js';
import { writeIf } from './dynamodb-conditional.js';
import {
  PART_BYTES, entryItem, generationOf, generationTtl, keyOf, lastUse, leaseOf, partItem, partOf, stateOf, tombstoneTtl, ttlOf,
  type Place,
} from './dynamodb-items.js';
import {
  counterAt, type DeferredPayload, type EntryStore, type Generation, type Lease, type ReadRequest, type ReadResult, type StoredEntry,
  type StoredState,
} from './entry-store.js';

/** An item holds 400 KB, names and numbers included. */
const MAX_ITEM_BYTES = 400_000;

export interface DynamoDbEntryStoreOptions {
  readonly client: DynamoDbClient;
  /** Name or ARN of the table: `pk` and `sk` strings, TTL on `ttl`. */
  readonly tableName: string;
  /** Where values go that do not fit an item. @default - into parts, in the table */
  readonly bucketName?: string;
  /** How the bucket is reached. @default - as the AWS clients find it */
  readonly bucketClient?: AwsClientOptions;
  /** The way to the bucket. @default - a client of its own, made with the first value that needs it */
  readonly s3?: S3Client;
}

/** Entries in a DynamoDB table that `MemoCache` defines. The forms of keys and items are in lib/contract/memo.ts. */
export class DynamoDbEntryStore implements EntryStore {
  readonly name: string;
  private readonly client: DynamoDbClient;
  private readonly table: string;
  private s3: Promise<S3Client> | undefined;

  constructor(private readonly options: DynamoDbEntryStoreOptions) {
    this.client = options.client;
    this.table = options.tableName;
    this.name = options.tableName.replace(/^.*:table\//, '');
    if (options.s3) this.s3 = Promise.resolve(options.s3);
  }

  async read({ entries, generations }: ReadRequest, signal?: AbortSignal): Promise<ReadResult> {
    const entryKeys = entries.map((key) => keyOf(key, MEMO_SORT_KEY.value));
    const generationKeys = generations.map((scope) => keyOf(scope, MEMO_SORT_KEY.generation));
    // A question for invalidations alone is asked when nobody has confirmed for too long that there were none: then late news will not do.
    const items = await this.getAll([...entryKeys, ...generationKeys], { consistent: entries.length === 0, signal });
    return {
      entries: entries.map((key, i) => this.stateAt(key, items.get(idOf(entryKeys[i])))),
      generations: generationKeys.map((key) => generationOf(items.get(idOf(key)))),
    };
  }

  async write(
    key: string, entry: StoredEntry & { readonly payload: Uint8Array }, expected: string | undefined, signal?: AbortSignal,
  ): Promise<string | undefined> {
    const revision = newRevision();
    const place = await this.place(key, revision, entry, signal);
    // TTL may have removed what was seen; a deletion leaves a revision behind, so it cannot be taken for that. A request that was
    // sent again because its answer was lost finds its own revision.
    const condition = expected === undefined
      ? { ConditionExpression: `attribute_not_exists(${A.partition}) OR ${A.revision} = :own`, ExpressionAttributeValues: { ':own': text(revision) } }
      : {
          ConditionExpression: `attribute_not_exists(${A.partition}) OR ${A.revision} = :seen OR ${A.revision} = :own`,
          ExpressionAttributeValues: { ':seen': text(expected), ':own': text(revision) },
        };
    const written = await this.conditionally('PutItem', { Item: entryItem(key, revision, entry, place), ...condition }, signal);
    return written ? revision : undefined;
  }

  async delete(key: string, signal?: AbortSignal): Promise<void> {
    const tombstone = { ...keyOf(key, MEMO_SORT_KEY.value), [A.revision]: text(newRevision()), [A.ttl]: tombstoneTtl(Date.now()) };
    await this.client.call('PutItem', { TableName: this.table, Item: tombstone }, signal);
  }

  acquire(key: string, lease: Lease, now: number, signal?: AbortSignal): Promise<boolean> {
    return this.conditionally('PutItem', {
      Item: {
        ...keyOf(key, MEMO_SORT_KEY.lease),
        [A.holder]: text(lease.holder), [A.revision]: text(lease.revision), [A.leaseUntil]: number(lease.until), [A.ttl]: ttlOf(lease.until),
      },
      // The last alternative: a request that was sent again because its answer was lost finds its own lease.
      ConditionExpression: `attribute_not_exists(${A.partition}) OR ${A.leaseUntil} <= :now OR ${A.revision} <> :revision OR ${A.holder} = :holder`,
      ExpressionAttributeValues: { ':now': number(now), ':revision': text(lease.revision), ':holder': text(lease.holder) },
    }, signal);
  }

  renew(key: string, holder: string, until: number, signal?: AbortSignal): Promise<boolean> {
    return this.conditionally('UpdateItem', {
      Key: keyOf(key, MEMO_SORT_KEY.lease),
      UpdateExpression: `SET ${A.leaseUntil} = :until, #ttl = :ttl`,
      ConditionExpression: `${A.holder} = :holder`,
      ExpressionAttributeNames: { '#ttl': A.ttl },
      ExpressionAttributeValues: { ':until': number(until), ':ttl': ttlOf(until), ':holder': text(holder) },
    }, signal);
  }

  async release(key: string, holder: string, signal?: AbortSignal): Promise<void> {
    await this.conditionally('DeleteItem', {
      Key: keyOf(key, MEMO_SORT_KEY.lease),
      ConditionExpression: `${A.holder} = :holder`,
      ExpressionAttributeValues: { ':holder': text(holder) },
    }, signal);
  }

  async inspect(key: string, signal?: AbortSignal): Promise<{ state?: StoredState; lease?: Lease }> {
    const [valueKey, leaseKey] = [keyOf(key, MEMO_SORT_KEY.value), keyOf(key, MEMO_SORT_KEY.lease)];
    const items = await this.getAll([valueKey, leaseKey], { consistent: true, signal });
    const state = this.stateAt(key, items.get(idOf(valueKey)));
    const lease = leaseOf(items.get(idOf(leaseKey)));
    return { ...(state && { state }), ...(lease && { lease }) };
  }

  async raise(scope: string, now: number, signal?: AbortSignal): Promise<Generation> {
    const counter = { TableName: this.table, Key: keyOf(scope, MEMO_SORT_KEY.generation), ReturnValues: 'ALL_NEW' };
    const names = { ExpressionAttributeNames: { '#ttl': A.ttl } };
    const values = { ':now': number(now), ':ttl': generationTtl(now) };
    const change = `SET ${A.raised} = :now, #ttl = :ttl`;
    const toTime = {
      ...counter, ...names, UpdateExpression: `${change}, ${A.counter} = :counter`,
      ConditionExpression: `attribute_not_exists(${A.counter}) OR ${A.counter} < :counter`,
      ExpressionAttributeValues: { ...values, ':counter': number(counterAt(now)) },
    };
    const byOne = {
      ...counter, ...names, UpdateExpression: `${change} ADD ${A.counter} :one`, ExpressionAttributeValues: { ...values, ':one': number(1) },
    };
    const raised = await this.client.call<{ Attributes: Item }>('UpdateItem', toTime, signal).catch((error: Error) => {
      if (error.name !== 'ConditionalCheckFailedException') throw error;
      return this.client.call<{ Attributes: Item }>('UpdateItem', byOne, signal);
    });
    return generationOf(raised.Attributes);
  }

  /** Closes idle connections to the bucket. */
  close(): void {
    if (!this.options.s3) void this.s3?.then((s3) => s3.destroy());
  }

  private stateAt(key: string, item: Item | undefined): StoredState | undefined {
    return stateOf(item, (place, revision) => this.deferred(key, revision, place));
  }

  /** One item by GetItem, several by BatchGetItem. */
  private async getAll(keys: readonly Item[], options: { consistent?: boolean; signal?: AbortSignal }): Promise<Map<string, Item>> {
    if (keys.length !== 1) return batchGet(this.client, this.table, keys, options);
    const { Item: item } = await this.client.call<{ Item?: Item }>(
      'GetItem', { TableName: this.table, Key: keys[0], ...(options.consistent && { ConsistentRead: true }) }, options.signal);
    return item === undefined ? new Map() : new Map([[idOf(item), item]]);
  }

  private conditionally(operation: 'PutItem' | 'UpdateItem' | 'DeleteItem', input: object, signal?: AbortSignal): Promise<boolean> {
    return writeIf(this.client, operation, { TableName: this.table, ...input }, signal);
  }

  /** Puts a large value's bytes where its item will point: they are there, whole, before anybody can see the item. */
  private async place(key: string, revision: string, entry: StoredEntry & { readonly payload: Uint8Array }, signal?: AbortSignal): Promise<Place> {
    const { payload } = entry;
    const overhead = JSON.stringify(entryItem(key, revision, entry, { inline: new Uint8Array() })).length;
    if (payload.byteLength + overhead <= MAX_ITEM_BYTES) return { inline: payload };
    if (this.options.bucketName !== undefined) {
      const object = `${MEMO_OBJECT_PREFIX}${createHash('sha256').update(key).digest('base64url')}/${revision}`;
      await (await this.bucket()).put(this.options.bucketName, object, payload, { signal });
      return { object, length: payload.byteLength };
    }
    const parts = Math.ceil(payload.byteLength / PART_BYTES);
    const ttl = ttlOf(lastUse(entry));
    await batchPut(this.client, this.table, Array.from({ length: parts }, (_, i) => {
      const bytes = payload.subarray(i * PART_BYTES, (i + 1) * PART_BYTES);
      return { item: partItem(key, revision, i, bytes, ttl), bytes: bytes.byteLength * 4 / 3 };
    }), signal);
    return { parts, length: payload.byteLength };
  }

  private deferred(key: string, revision: string, place: Place): DeferredPayload {
    const length = 'length' in place ? place.length : 0;
    return { length, load: async (signal) => whole(await this.load(key, revision, place, signal), length) };
  }

  private async load(key: string, revision: string, place: Place, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    if ('object' in place) {
      if (this.options.bucketName === undefined) return undefined;
      return (await this.bucket()).get(this.options.bucketName, place.object, signal);
    }
    if (!('parts' in place)) return place.inline;
    const keys = Array.from({ length: place.parts }, (_, i) => keyOf(key, MEMO_SORT_KEY.part(revision, i)));
    const items = await batchGet(this.client, this.table, keys, { signal });
    const parts = keys.map((partKey) => items.get(idOf(partKey))).map((item) => item && partOf(item));
    return parts.every((part) => part !== undefined) ? Buffer.concat(parts) : undefined;
  }

  /** The bucket's client is loaded with the first value that needs it. */
  private bucket(): Promise<S3Client> {
    this.s3 ??= import('../aws/s3.js').then(({ s3Client }) => s3Client(this.options.bucketClient));
    return this.s3;
  }
}

/** Torn or cut bytes are no value. */
function whole(bytes: Uint8Array | undefined, length: number): Uint8Array | undefined {
  return bytes?.byteLength === length ? bytes : undefined;
}

function newRevision(): string {
  return randomBytes(9).toString('base64url');
}
