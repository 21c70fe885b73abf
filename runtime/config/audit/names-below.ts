import { CONFIG_CACHE_ATTRIBUTE as A, CONFIG_CACHE_INDEX, CONFIG_CHANGE_SHARDS } from '../../../lib/contract/config.js';
import { stringOf, text } from '../../aws/attribute-values.js';
import type { DynamoDbClient } from '../../aws/dynamodb.js';
import { itemPagesOf, type ItemsOutput } from '../../stores/dynamodb-pages.js';
import { withDeadline } from '../deadline.js';
import { isBelow } from '../paths.js';
import { isParameterName } from '../tables/cache-table.js';

/** Names of a path that the table of names has: of parameters that exist, and of those that were deleted not too long ago. Reads the whole index. */
export async function namesBelow(client: DynamoDbClient, tableName: string, path: string, signal?: AbortSignal): Promise<readonly string[]> {
  const shards = Array.from({ length: CONFIG_CHANGE_SHARDS }, (_, shard) => namesOfShard(client, tableName, String(shard), path, signal));
  return [...new Set((await Promise.all(shards)).flat())].sort();
}

async function namesOfShard(
  client: DynamoDbClient, tableName: string, shard: string, path: string, signal: AbortSignal | undefined,
): Promise<string[]> {
  const names: string[] = [];
  const query = {
    TableName: tableName,
    IndexName: CONFIG_CACHE_INDEX.name,
    KeyConditionExpression: '#shard = :shard',
    FilterExpression: 'begins_with(#name, :path)',
    ProjectionExpression: '#name',
    ExpressionAttributeNames: { '#shard': A.changeShard, '#name': A.partition },
    ExpressionAttributeValues: { ':shard': text(shard), ':path': text(path) },
  };
  for await (const items of itemPagesOf((from) => client.call<ItemsOutput>('Query', { ...query, ...from }, withDeadline(signal)))) {
    for (const item of items) {
      const name = stringOf(item, A.partition);
      if (name !== undefined && isParameterName(name) && isBelow(name, path)) names.push(name);
    }
  }
  return names;
}
