import { CONFIG_CACHE_ATTRIBUTE as A, CONFIG_CACHE_INDEX, CONFIG_CACHE_META as META, CONFIG_STATE } from '../../../lib/contract/config.js';
import { number, numberOf, stringOf, text } from '../../aws/attribute-values.js';
import type { DynamoDbClient, Item } from '../../aws/dynamodb.js';
import { batchGet } from '../../stores/dynamodb-batch.js';
import { writeIf } from '../../stores/dynamodb-conditional.js';
import { withDeadline } from '../deadline.js';
import { itemOf, rowOf } from './cache-items.js';
import { isParameterName, notParameterName, type CachedParameter, type CacheTable, type CacheTableMeta, type NamePage } from './cache-table.js';

const META_KEY = { [A.partition]: text(META.name) };
const NO_ROW = { ConditionExpression: 'attribute_not_exists(#name)', ExpressionAttributeNames: { '#name': A.partition } };

export interface DynamoDbCacheTableOptions {
  readonly client: DynamoDbClient;
  /** Name or ARN. */
  readonly tableName: string;
  /** Rows of a page of `active` and `deleted`. @default - as many as are in 1 MB */
  readonly pageSize?: number;
}

/**
 * The table that `ConfigCache` defines. Calls have deadlines: rows must be visible soon after the time that they bear
 * (CONFIG_CHANGE_OVERLAP_MS). Needs BatchGetItem, GetItem, PutItem, and Query on the index of changes.
 */
export class DynamoDbCacheTable implements CacheTable {
  private readonly client: DynamoDbClient;
  private readonly table: string;

  constructor(private readonly options: DynamoDbCacheTableOptions) {
    this.client = options.client;
    this.table = options.tableName;
  }

  async get(names: readonly string[]): Promise<ReadonlyMap<string, CachedParameter>> {
    const keys = [...new Set(names)].filter(isParameterName).map((name) => ({ [A.partition]: text(name) }));
    const idOf = (item: Item) => stringOf(item, A.partition) ?? '';
    const items = await batchGet(this.client, this.table, keys, { consistent: true, signal: withDeadline(), idOf });
    return new Map([...items].map(([name, item]) => [name, rowOf(name, item)]));
  }

  async put(row: CachedParameter, replaces: number | undefined): Promise<boolean> {
    if (!isParameterName(row.name)) throw notParameterName(row.name);
    return this.putItem(itemOf(row), replaces === undefined ? NO_ROW : {
      // A row without a revision, which is none of ours, counts as revision 0.
      ConditionExpression: replaces === 0 ? '#revision = :seen OR NOT attribute_type(#revision, :number)' : '#revision = :seen',
      ExpressionAttributeNames: { '#revision': A.revision },
      ExpressionAttributeValues: { ':seen': number(replaces), ...(replaces === 0 && { ':number': text('N') }) },
    });
  }

  active(shard: string, after?: string): Promise<NamePage> {
    return this.page(CONFIG_STATE.active, shard, 0, after);
  }

  deleted(shard: string, since: number, after?: string): Promise<NamePage> {
    return this.page(CONFIG_STATE.deleted, shard, since, after);
  }

  private async page(state: string, shard: string, since: number, after: string | undefined): Promise<NamePage> {
    const { Items = [], LastEvaluatedKey } = await this.client.call<{ Items?: Item[]; LastEvaluatedKey?: Item }>('Query', {
      TableName: this.table,
      IndexName: CONFIG_CACHE_INDEX.name,
      KeyConditionExpression: '#shard = :shard AND #changed >= :since',
      FilterExpression: '#state = :state',
      ProjectionExpression: '#name',
      ExpressionAttributeNames: { '#shard': A.changeShard, '#changed': A.changed, '#state': A.state, '#name': A.partition },
      ExpressionAttributeValues: { ':shard': text(shard), ':since': number(since), ':state': text(state) },
      ...(after !== undefined && { ExclusiveStartKey: JSON.parse(after) as Item }),
      ...(this.options.pageSize !== undefined && { Limit: this.options.pageSize }),
    }, withDeadline());
    const names = Items.map((item) => stringOf(item, A.partition)).filter((name) => name !== undefined);
    return { names, ...(LastEvaluatedKey && { next: JSON.stringify(LastEvaluatedKey) }) };
  }

  async meta(): Promise<CacheTableMeta> {
    const { Item: item = {} } = await this.client.call<{ Item?: Item }>(
      'GetItem', { TableName: this.table, Key: META_KEY, ConsistentRead: true }, withDeadline());
    const [epoch, reconciled] = [stringOf(item, META.epoch), numberOf(item, META.reconciled)];
    return { ...(epoch !== undefined && { epoch }), ...(reconciled !== undefined && { reconciled }) };
  }

  async openEpoch(epoch: string): Promise<string> {
    const written = await this.putItem({ ...META_KEY, [META.epoch]: text(epoch) }, {
      ConditionExpression: 'attribute_not_exists(#epoch)', ExpressionAttributeNames: { '#epoch': META.epoch },
    });
    if (written) return epoch;
    return (await this.meta()).epoch ?? epoch;
  }

  async renewEpoch(epoch: string, replaces: string): Promise<boolean> {
    const { reconciled } = await this.meta();
    // A reconciliation that ends in between is told of again by the next one: an earlier time makes it read more, and miss nothing.
    return this.putItem({ ...META_KEY, [META.epoch]: text(epoch), ...(reconciled !== undefined && { [META.reconciled]: number(reconciled) }) }, {
      ConditionExpression: '#epoch = :epoch',
      ExpressionAttributeNames: { '#epoch': META.epoch },
      ExpressionAttributeValues: { ':epoch': text(replaces) },
    });
  }

  async setReconciled(time: number): Promise<void> {
    const { epoch } = await this.meta();
    if (epoch === undefined) throw new Error('the table has no epoch: open one first');
    // Refused: somebody else's reconciliation began later, or the table was built anew.
    await this.putItem({ ...META_KEY, [META.epoch]: text(epoch), [META.reconciled]: number(time) }, {
      ConditionExpression: '#epoch = :epoch AND (attribute_not_exists(#reconciled) OR #reconciled < :time)',
      ExpressionAttributeNames: { '#epoch': META.epoch, '#reconciled': META.reconciled },
      ExpressionAttributeValues: { ':epoch': text(epoch), ':time': number(time) },
    });
  }

  /** @returns false if the condition does not hold */
  private putItem(item: Item, condition: object): Promise<boolean> {
    return writeIf(this.client, 'PutItem', { TableName: this.table, Item: item, ...condition }, withDeadline());
  }
}
