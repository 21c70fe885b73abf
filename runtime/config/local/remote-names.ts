import { CONFIG_CACHE_ATTRIBUTE as A, CONFIG_CACHE_INDEX, CONFIG_CACHE_META as META } from '../../../lib/contract/config.js';
import { number, numberOf, stringOf, text } from '../../aws/attribute-values.js';
import type { DynamoDbClient, Item } from '../../aws/dynamodb.js';
import { withDeadline } from '../deadline.js';
import { rowOf } from '../tables/cache-items.js';
import type { CachedParameter, CacheTableMeta } from '../tables/cache-table.js';

export interface ChangedPage {
  readonly rows: readonly CachedParameter[];
  /** Where the next page begins. Absent: this is the last. */
  readonly next?: string;
}

/** The table of names as a reader of changes needs it. */
export interface RemoteNames {
  meta(signal?: AbortSignal): Promise<CacheTableMeta>;

  /**
   * A page of the rows of a shard that were written at a time or later, of deleted parameters too.
   *
   * @param since Unix epoch milliseconds
   * @param after `next` of the page before
   */
  changed(shard: string, since: number, after: string | undefined, signal?: AbortSignal): Promise<ChangedPage>;
}

/** Rows of a page: a hundred kilobytes or two. Eight are under way at the same time. */
const PAGE_ROWS = 250;

/** What the copy keeps, and what tells whether a row is whole. */
const KEPT = [
  A.partition, A.state, A.revision, A.changeShard, A.changed,
  A.version, A.lastModified, A.lastModifiedUser, A.type, A.tier, A.keyId, A.dataType, A.description,
] as const;
const ALIASES = Object.fromEntries(KEPT.map((attribute, index) => [`#${index}`, attribute]));
const PROJECTION = Object.keys(ALIASES).join(', ');
const aliasOf = (attribute: typeof KEPT[number]): string => `#${KEPT.indexOf(attribute)}`;

/** The table that `ConfigCache` defines. Needs GetItem, and Query on the index of changes. */
export function dynamoDbRemoteNames(client: DynamoDbClient, tableName: string, pageRows = PAGE_ROWS): RemoteNames {
  return {
    async meta(signal) {
      const Key = { [A.partition]: text(META.name) };
      const input = { TableName: tableName, Key, ConsistentRead: true };
      const { Item: item = {} } = await client.call<{ Item?: Item }>('GetItem', input, withDeadline(signal));
      const [epoch, reconciled] = [stringOf(item, META.epoch), numberOf(item, META.reconciled)];
      return { ...(epoch !== undefined && { epoch }), ...(reconciled !== undefined && { reconciled }) };
    },

    async changed(shard, since, after, signal) {
      const { Items = [], LastEvaluatedKey } = await client.call<{ Items?: Item[]; LastEvaluatedKey?: Item }>('Query', {
        TableName: tableName,
        IndexName: CONFIG_CACHE_INDEX.name,
        KeyConditionExpression: `${aliasOf(A.changeShard)} = :shard AND ${aliasOf(A.changed)} >= :since`,
        ProjectionExpression: PROJECTION,
        ExpressionAttributeNames: ALIASES,
        ExpressionAttributeValues: { ':shard': text(shard), ':since': number(since) },
        Limit: pageRows,
        ...(after !== undefined && { ExclusiveStartKey: JSON.parse(after) as Item }),
      }, withDeadline(signal));
      const rows = Items.map((item) => rowOf(stringOf(item, A.partition) ?? '', item));
      return { rows, ...(LastEvaluatedKey && { next: JSON.stringify(LastEvaluatedKey) }) };
    },
  };
}
