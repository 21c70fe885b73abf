import type { ReconcilerOptions } from './reconciler';
import { CONFIG_ENVIRONMENT } from '../../lib/contract/config';
import { auditLogOfEnvironment, createAuditor } from '../config-auditor/create-auditor';
import { cacheTableOfEnvironment, createCacheManager } from '../config-cache-manager/create-cache-manager';
import type { ParameterStore } from '../shared/config/parameter-store';
import { optionalSetting } from '../shared/environment';

type Parts = Pick<ReconcilerOptions, 'table' | 'cache' | 'log' | 'auditor'>;

/** What is brought in line: the cache and the audit log that the environment names, at least one of them. */
export function partsOfEnvironment(store: ParameterStore, namespaces: readonly string[]): Parts {
  const { cacheTable, auditTable } = CONFIG_ENVIRONMENT;
  const hasCache = optionalSetting(cacheTable) !== undefined;
  const hasLog = optionalSetting(auditTable) !== undefined;
  if (!hasCache && !hasLog) {
    throw new Error(`one of the environment variables ${cacheTable} and ${auditTable} must be set: the construct sets them`);
  }
  return { ...(hasCache && cacheParts(store)), ...(hasLog && auditParts(store, namespaces)) };
}

function cacheParts(store: ParameterStore): Parts {
  const table = cacheTableOfEnvironment();
  return { table, cache: createCacheManager({ store, table, now: Date.now }) };
}

function auditParts(store: ParameterStore, namespaces: readonly string[]): Parts {
  const log = auditLogOfEnvironment();
  return { log, auditor: createAuditor({ store, log, namespaces, now: Date.now }) };
}
