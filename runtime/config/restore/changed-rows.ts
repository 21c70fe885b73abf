import { CONFIG_CACHE_ATTRIBUTE as A, CONFIG_CACHE_INDEX, CONFIG_CHANGE_OVERLAP_MS, CONFIG_CHANGE_SHARDS } from '../../../lib/contract/config.js';
import { number, stringOf, text } from '../../aws/attribute-values.js';
import type { DynamoDbClient } from '../../aws/dynamodb.js';
import { projectionOf } from '../../stores/dynamodb-batch.js';
import { itemPagesOf, type ItemsOutput } from '../../stores/dynamodb-pages.js';
import { withDeadline } from '../deadline.js';
import { rowOf } from '../tables/cache-items.js';
import type { CachedParameter } from '../tables/cache-table.js';

/** A row's attributes that a plan is made of. */
const ATTRIBUTES = [A.partition, A.state, A.version, A.lastModified, A.type, A.description, A.revision, A.changeShard, A.changed];

/**
 * Reads the rows of all parameters that were written or deleted since a time, by the index of changes; some of others as well.
 *
 * @param onRow takes a row
 */
export async function readRowsChangedSince(
  client: DynamoDbClient, tableName: string, time: number, onRow: (row: CachedParameter) => void, signal?: AbortSignal,
): Promise<void> {
  const since = Math.max(0, time - CONFIG_CHANGE_OVERLAP_MS);
  await Promise.all(Array.from({ length: CONFIG_CHANGE_SHARDS }, async (_, shard) => {
    const query = queryOf(tableName, String(shard), since);
    for await (const items of itemPagesOf((from) => client.call<ItemsOutput>('Query', { ...query, ...from }, withDeadline(signal)))) {
      for (const item of items) onRow(rowOf(stringOf(item, A.partition) ?? '', item));
    }
  }));
}

function queryOf(tableName: string, shard: string, since: number): object {
  const { ExpressionAttributeNames, ProjectionExpression } = projectionOf(ATTRIBUTES);
  return {
    TableName: tableName,
    IndexName: CONFIG_CACHE_INDEX.name,
    KeyConditionExpression: '#s = :shard AND #c >= :since',
    ProjectionExpression,
    ExpressionAttributeNames: { ...ExpressionAttributeNames, '#s': A.changeShard, '#c': A.changed },
    ExpressionAttributeValues: { ':shard': text(shard), ':since': number(since) },
  };
}
