import type { ReconcilerOptions } from './reconciler';
import { CONFIG_ENVIRONMENT } from '../../lib/contract/config';
import { dynamoDbClient } from '../../runtime/aws/dynamodb';
import { regionOfArn } from '../../runtime/aws/endpoint';
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
  return { ...(tableName !== undefined && cacheParts(store, tableName)), ...(hasLog && auditParts(store, namespaces)) };
}

function cacheParts(store: ParameterStore, tableName: string): Parts {
  const table = new DynamoDbCacheTable({ client: dynamoDbClient({ maxAttempts: 8, region: regionOfArn(tableName) }), tableName });
  const tombstoneDays = integerSetting(CONFIG_ENVIRONMENT.tombstoneDays, { min: 1, max: MAX_TOMBSTONE_DAYS });
  return { table, cache: new CacheManager({ store, table, tombstoneDays, now: Date.now }) };
}

function auditParts(store: ParameterStore, namespaces: readonly string[]): Parts {
  const log = auditLogOfEnvironment();
  return { log, auditor: createAuditor({ store, log, namespaces, now: Date.now }) };
}
