import {
  CONFIG_AUDIT_ACTOR_INDEX, CONFIG_AUDIT_ATTRIBUTE as A, CONFIG_AUDIT_TIME_INDEX, CONFIG_RECORD_ID, configAuditByActor, configAuditByTime,
} from '../../../lib/contract/config.js';
import { text } from '../../aws/attribute-values.js';
import type { AttributeValue, DynamoDbClient, Item } from '../../aws/dynamodb.js';
import { projectionOf } from '../../stores/dynamodb-batch.js';
import { pagesOf, type ItemsOutput } from '../../stores/dynamodb-pages.js';
import { withDeadline } from '../deadline.js';
import { ATTRIBUTES_BUT_VALUE, recordOfItem } from '../tables/audit-items.js';
import type { AuditRecord } from '../tables/audit-record.js';
import type { AuditPage, AuditPageOptions, AuditPartition, AuditReader, AuditReadOptions } from './reader.js';

export interface DynamoDbAuditReaderOptions {
  readonly client: DynamoDbClient;
  /** Name or ARN. */
  readonly tableName: string;
}

/** The table that `ConfigAuditor` defines. Needs Query on the table and its indexes, and Scan for `scan`. */
export class DynamoDbAuditReader implements AuditReader {
  constructor(private readonly options: DynamoDbAuditReaderOptions) {}

  async page(partition: AuditPartition, options: AuditPageOptions = {}): Promise<AuditPage> {
    const { index, attribute, value } = keyOf(partition);
    const { ExpressionAttributeNames, ...projection } = projectionFor(options);
    const { from, to } = options;
    if (from !== undefined && to !== undefined && from >= to) return { records: [] };
    const range = rangeOf(options);
    return this.read('Query', {
      ...(index === undefined ? { ConsistentRead: true } : { IndexName: index }),
      KeyConditionExpression: `#k = :k${range.condition}`,
      ExpressionAttributeNames: { ...ExpressionAttributeNames, '#k': attribute, ...(range.condition && { '#id': A.sort }) },
      ExpressionAttributeValues: { ':k': text(value), ...range.values },
      ScanIndexForward: options.order !== 'newest',
      ...projection,
    }, options);
  }

  scan(options: AuditReadOptions & { readonly after?: string; readonly limit?: number } = {}): Promise<AuditPage> {
    return this.read('Scan', { ...projectionFor(options), ConsistentRead: true }, options);
  }

  async newest(name: string, until: number, limit: number, options: AuditReadOptions = {}): Promise<readonly AuditRecord[]> {
    const found: AuditRecord[] = [];
    const pages = pagesOf((after) => this.page({ name }, {
      ...options, to: CONFIG_RECORD_ID.since(until + 1), order: 'newest', limit: limit - found.length, ...(after !== undefined && { after }),
    }));
    for await (const { records } of pages) { // an answer has at most 1 MB
      found.push(...records);
      if (found.length >= limit) break;
    }
    return found;
  }

  async last(name: string, until: number, options?: AuditReadOptions): Promise<AuditRecord | undefined> {
    return (await this.newest(name, until, 1, options))[0];
  }

  private async read(
    operation: 'Query' | 'Scan', input: object, { after, limit, signal }: { after?: string; limit?: number; signal?: AbortSignal },
  ): Promise<AuditPage> {
    const { Items = [], LastEvaluatedKey } = await this.options.client.call<ItemsOutput>(operation, {
      TableName: this.options.tableName,
      ...input,
      ...(limit !== undefined && { Limit: limit }),
      ...(after !== undefined && { ExclusiveStartKey: JSON.parse(after) as Item }),
    }, withDeadline(signal));
    return { records: Items.map(recordOfItem), ...(LastEvaluatedKey && { next: JSON.stringify(LastEvaluatedKey) }) };
  }
}

function keyOf(partition: AuditPartition): { readonly index?: string; readonly attribute: string; readonly value: string } {
  if ('name' in partition) return { attribute: A.partition, value: partition.name };
  if ('day' in partition) {
    return { index: CONFIG_AUDIT_TIME_INDEX.name, attribute: A.byTime, value: configAuditByTime(partition.namespace, partition.day) };
  }
  return { index: CONFIG_AUDIT_ACTOR_INDEX.name, attribute: A.byActor, value: configAuditByActor(partition.namespace, partition.actor) };
}

/** DynamoDB takes one condition on a sort key. BETWEEN has both ends, and no id is a mere time, so the upper end is exclusive all the same. */
function rangeOf({ from, to }: AuditPageOptions): { readonly condition: string; readonly values: Readonly<Record<string, AttributeValue>> } {
  if (from !== undefined && to !== undefined) {
    return { condition: ' AND #id BETWEEN :from AND :to', values: { ':from': text(from), ':to': text(to) } };
  }
  if (from !== undefined) return { condition: ' AND #id >= :from', values: { ':from': text(from) } };
  if (to !== undefined) return { condition: ' AND #id < :to', values: { ':to': text(to) } };
  return { condition: '', values: {} };
}

function projectionFor({ values }: AuditReadOptions): { ProjectionExpression?: string; ExpressionAttributeNames?: Record<string, string> } {
  return values ? {} : projectionOf(ATTRIBUTES_BUT_VALUE);
}
