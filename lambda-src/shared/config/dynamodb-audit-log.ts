import { CONFIG_AUDIT_ATTRIBUTE as A, CONFIG_AUDIT_TIME_INDEX, configAuditByTime } from '../../../lib/contract/config';
import { text } from '../../../runtime/aws/attribute-values';
import type { DynamoDbClient, Item } from '../../../runtime/aws/dynamodb';
import { withDeadline } from '../../../runtime/config/deadline';
import { batchGet, projectionOf } from '../../../runtime/stores/dynamodb-batch';
import { writeIf } from '../../../runtime/stores/dynamodb-conditional';
import { ATTRIBUTES_BUT_VALUE, itemOfRecord, recordOfItem } from '../../../runtime/config/tables/audit-items';
import { auditKey, type AuditKey, type AuditLog, type AuditRecord, type NamePage } from './audit-log';

export interface DynamoDbAuditLogOptions {
  readonly client: DynamoDbClient;
  /** Name or ARN. */
  readonly tableName: string;
  /** Items of a page of a query. @default - as many as are in 1 MB */
  readonly pageSize?: number;
}

interface QueryOutput {
  readonly Items?: readonly Item[];
  readonly LastEvaluatedKey?: Item;
}

/** The table that `ConfigAuditor` defines. Needs BatchGetItem, PutItem, and Query on the table and, for `names`, on its index by time. */
export class DynamoDbAuditLog implements AuditLog {
  private readonly client: DynamoDbClient;
  private readonly table: string;

  constructor(private readonly options: DynamoDbAuditLogOptions) {
    this.client = options.client;
    this.table = options.tableName;
  }

  add(record: AuditRecord): Promise<boolean> {
    // False also where the first answer was lost and the client sent the record again: it is there.
    return writeIf(this.client, 'PutItem', {
      TableName: this.table,
      Item: itemOfRecord(record),
      ConditionExpression: 'attribute_not_exists(#name)',
      ExpressionAttributeNames: { '#name': A.partition },
    }, withDeadline());
  }

  async present(keys: readonly AuditKey[]): Promise<ReadonlySet<string>> {
    const wanted = new Map(keys.map((key) => [auditKey(key), { [A.partition]: text(key.name), [A.sort]: text(key.recordId) }]));
    if (wanted.size === 0) return new Set();
    const found = await batchGet(this.client, this.table, [...wanted.values()], {
      consistent: true, signal: withDeadline(), idOf: (item) => auditKey(recordOfItem(item)), attributes: [A.partition, A.sort],
    });
    return new Set(found.keys());
  }

  async since(name: string, recordId: string): Promise<readonly AuditRecord[]> {
    const records: AuditRecord[] = [];
    let from: Item | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await this.ofName(name, { operator: '>=', recordId }, {
        ...(this.options.pageSize !== undefined && { Limit: this.options.pageSize }), ...(from && { ExclusiveStartKey: from }),
      });
      records.push(...Items.map(recordOfItem));
      from = LastEvaluatedKey;
    } while (from !== undefined);
    return records;
  }

  async last(name: string, before?: string): Promise<AuditRecord | undefined> {
    const range = before === undefined ? undefined : { operator: '<', recordId: before };
    const { Items: [item] = [] } = await this.ofName(name, range, { ScanIndexForward: false, Limit: 1 });
    return item && recordOfItem(item);
  }

  async names(namespace: string, day: number, after?: string): Promise<NamePage> {
    const { ExpressionAttributeNames, ...projection } = projectionOf([A.partition]);
    const { Items = [], LastEvaluatedKey } = await this.client.call<QueryOutput>('Query', {
      TableName: this.table,
      IndexName: CONFIG_AUDIT_TIME_INDEX.name,
      KeyConditionExpression: '#byTime = :byTime',
      ExpressionAttributeNames: { ...ExpressionAttributeNames, '#byTime': A.byTime },
      ExpressionAttributeValues: { ':byTime': text(configAuditByTime(namespace, day)) },
      ...projection,
      ...(this.options.pageSize !== undefined && { Limit: this.options.pageSize }),
      ...(after !== undefined && { ExclusiveStartKey: JSON.parse(after) as Item }),
    }, withDeadline());
    const names = [...new Set(Items.map((item) => recordOfItem(item).name))];
    return { names, ...(LastEvaluatedKey && { next: JSON.stringify(LastEvaluatedKey) }) };
  }

  private ofName(name: string, range: { operator: string; recordId: string } | undefined, paging: object): Promise<QueryOutput> {
    const { ExpressionAttributeNames, ...projection } = projectionOf(ATTRIBUTES_BUT_VALUE);
    return this.client.call<QueryOutput>('Query', {
      TableName: this.table,
      ConsistentRead: true,
      KeyConditionExpression: range ? `#name = :name AND #id ${range.operator} :id` : '#name = :name',
      ExpressionAttributeNames: { ...ExpressionAttributeNames, '#name': A.partition, ...(range && { '#id': A.sort }) },
      ExpressionAttributeValues: { ':name': text(name), ...(range && { ':id': text(range.recordId) }) },
      ...projection,
      ...paging,
    }, withDeadline());
  }
}
