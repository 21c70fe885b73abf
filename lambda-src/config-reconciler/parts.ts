import type { ReconcilerOptions } from './reconciler';
import { CONFIG_ENVIRONMENT } from '../../lib/contract/config';
import { dynamoDbClient } from '../../runtime/aws/dynamodb';
import { s3Client } from '../../runtime/aws/s3';
import { auditLogOfEnvironment, createAuditor } from '../config-auditor/create-auditor';
import { CacheManager } from '../config-cache-manager/cache-manager';
import { DynamoDbCacheTable } from '../shared/config/dynamodb-cache-table';
import type { ParameterStore } from '../shared/config/parameter-store';
import { integerSetting, optionalSetting } from '../shared/config/settings';

const MAX_TOMBSTONE_DAYS = 36_500;

type Parts = Pick<ReconcilerOptions, 'table' | 'cache' | 'log' | 'auditor'>;

/** What is brought in line: the cache and the audit log that the environment names, at least one of them. */
export function partsOfEnvironment(store: ParameterStore, namespaces: readonly string[]): Parts {
  const { cacheTable, auditTable } = CONFIG_ENVIRONMENT;
  const tableName = optionalSetting(cacheTable);
  const hasLog = optionalSetting(auditTable) !== undefined;
  if (tableName === undefined && !hasLog) {
    throw new Error(`one of the environment variables ${cacheTable} and ${auditTable} must be set: the construct sets them`);
  }
  const dynamoDb = dynamoDbClient({ maxAttempts: 8 });
  return {
    ...(tableName !== undefined && cacheParts(store, new DynamoDbCacheTable({ client: dynamoDb, tableName }))),
    ...(hasLog && auditParts(store, namespaces, dynamoDb)),
  };
}

function cacheParts(store: ParameterStore, table: DynamoDbCacheTable): Parts {
  const tombstoneDays = integerSetting(CONFIG_ENVIRONMENT.tombstoneDays, { min: 1, max: MAX_TOMBSTONE_DAYS });
  return { table, cache: new CacheManager({ store, table, tombstoneDays, now: Date.now }) };
}

function auditParts(store: ParameterStore, namespaces: readonly string[], dynamoDb: ReturnType<typeof dynamoDbClient>): Parts {
  const log = auditLogOfEnvironment({ dynamoDb, s3: () => s3Client({ maxAttempts: 8 }) });
  return { log, auditor: createAuditor({ store, log, namespaces, now: Date.now }) };
}
