import { CONFIG_ENVIRONMENT } from '../../lib/contract/config';
import { dynamoDbClient } from '../../runtime/aws/dynamodb';
import { regionOfArn } from '../../runtime/aws/endpoint';
import type { CacheTable } from '../../runtime/config/tables/cache-table';
import { DynamoDbCacheTable } from '../../runtime/config/tables/dynamodb-cache-table';
import type { ParameterStore } from '../shared/config/parameter-store';
import { integerSetting, requireEnvironment } from '../shared/environment';
import { CacheManager } from './cache-manager';

const MAX_TOMBSTONE_DAYS = 36_500;

/** The table of names that the environment names. */
export function cacheTableOfEnvironment(): CacheTable {
  const tableName = requireEnvironment(CONFIG_ENVIRONMENT.cacheTable);
  // DynamoDB raises what a table takes step by step, so a burst of changes may be throttled for a moment.
  return new DynamoDbCacheTable({ client: dynamoDbClient({ maxAttempts: 8, region: regionOfArn(tableName) }), tableName });
}

/** A cache manager as the environment says: the manager's own, and the reconciler's. */
export function createCacheManager(options: { store: ParameterStore; table: CacheTable; now(): number }): CacheManager {
  return new CacheManager({ ...options, tombstoneDays: integerSetting(CONFIG_ENVIRONMENT.tombstoneDays, { min: 1, max: MAX_TOMBSTONE_DAYS }) });
}
