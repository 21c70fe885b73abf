import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { CONFIG_CACHE_INDEX, CONFIG_CACHE_KEY } from '../../../lib/contract/config';

/** A table as `ConfigCache` defines it. */
export function cacheTable(name: string): CreateTableCommandInput {
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: CONFIG_CACHE_KEY.partition, AttributeType: 'S' },
      { AttributeName: CONFIG_CACHE_INDEX.partition, AttributeType: 'S' },
      { AttributeName: CONFIG_CACHE_INDEX.sort, AttributeType: 'N' },
    ],
    KeySchema: [{ AttributeName: CONFIG_CACHE_KEY.partition, KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [{
      IndexName: CONFIG_CACHE_INDEX.name,
      KeySchema: [{ AttributeName: CONFIG_CACHE_INDEX.partition, KeyType: 'HASH' }, { AttributeName: CONFIG_CACHE_INDEX.sort, KeyType: 'RANGE' }],
      Projection: { ProjectionType: 'ALL' },
    }],
  };
}
