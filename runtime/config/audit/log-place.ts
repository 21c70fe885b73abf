import { CacheTiersError, show } from '../../errors.js';
import type { ConfigConnection } from '../connection.js';
import type { ConfigFootprint } from '../footprint.js';
import { DynamoDbAuditReader } from './dynamodb-reader.js';
import { namesBelow } from './names-below.js';
import type { AuditReader } from './reader.js';

/** Where a log is. */
export interface AuditLogPlace {
  readonly reader: AuditReader;
  readonly namespaces: readonly string[];
  /** All names of a path, sorted. */
  names(path: string, signal?: AbortSignal): Promise<readonly string[]>;
}

/** The log of a footprint. @throws CacheTiersError `E_CONFIG_AUDIT_NONE` if it has none */
export async function openLog(connection: ConfigConnection, signal?: AbortSignal): Promise<AuditLogPlace> {
  const footprint = await connection.footprint(signal);
  const { cacheTable, namespaces } = footprint;
  const client = connection.dynamoDb;
  return {
    reader: new DynamoDbAuditReader({ client, tableName: auditTableOf(footprint) }), namespaces,
    names: (path, stop) => namesBelow(client, cacheTable, path, stop),
  };
}

/** Name or ARN of a footprint's audit table. @throws CacheTiersError `E_CONFIG_AUDIT_NONE` if it has none */
export function auditTableOf({ name, auditTable }: ConfigFootprint): string {
  if (auditTable !== undefined) return auditTable;
  throw new CacheTiersError('E_CONFIG_AUDIT_NONE', `footprint ${show(name)} has no audit log: deploy its ConfigFootprint with audit set to true`);
}
