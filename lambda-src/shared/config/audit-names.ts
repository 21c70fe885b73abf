import { CONFIG_AUDIT_KEY, CONFIG_AUDIT_TIME_INDEX, configAuditByTime } from '../../../lib/contract/config';
import type { DynamoDbClient, Item } from '../../../runtime/aws/dynamodb';
import { stringOf, text } from './cache-items';
import type { NamePage } from './cache-table';

/** Names that the audit log tells of. */
export interface AuditNames {
  /**
   * A page of the names that have records of a day in a namespace; a name may come more than once.
   *
   * @param time any time of the day, which is UTC's
   * @param after `next` of the page before
   */
  names(namespace: string, time: number, after?: string): Promise<NamePage>;
}

const DEADLINE = 30_000;

/** By the audit table's index by time, which is a little behind the table. Needs Query on that index. */
export class DynamoDbAuditNames implements AuditNames {
  /** @param pageSize records of a page; all that are in 1 MB if not given */
  constructor(private readonly client: DynamoDbClient, private readonly tableName: string, private readonly pageSize?: number) {}

  async names(namespace: string, time: number, after?: string): Promise<NamePage> {
    const { Items = [], LastEvaluatedKey } = await this.client.call<{ Items?: Item[]; LastEvaluatedKey?: Item }>('Query', {
      TableName: this.tableName,
      IndexName: CONFIG_AUDIT_TIME_INDEX.name,
      KeyConditionExpression: '#day = :day',
      ProjectionExpression: '#name',
      ExpressionAttributeNames: { '#day': CONFIG_AUDIT_TIME_INDEX.partition, '#name': CONFIG_AUDIT_KEY.partition },
      ExpressionAttributeValues: { ':day': text(configAuditByTime(namespace, time)) },
      ...(after !== undefined && { ExclusiveStartKey: JSON.parse(after) as Item }),
      ...(this.pageSize !== undefined && { Limit: this.pageSize }),
    }, AbortSignal.timeout(DEADLINE));
    const names = Items.map((item) => stringOf(item, CONFIG_AUDIT_KEY.partition)).filter((name) => name !== undefined);
    return { names, ...(LastEvaluatedKey && { next: JSON.stringify(LastEvaluatedKey) }) };
  }
}
