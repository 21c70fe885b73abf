import { CONFIG_AUDIT_VALUES_NONE, CONFIG_ENVIRONMENT } from '../../lib/contract/config';
import type { DynamoDbClient } from '../../runtime/aws/dynamodb';
import type { S3Client } from '../../runtime/aws/s3';
import { ArchivedAuditLog } from '../shared/config/archived-audit-log';
import type { AuditLog } from '../shared/config/audit-log';
import { DynamoDbAuditLog } from '../shared/config/dynamodb-audit-log';
import type { ParameterStore } from '../shared/config/parameter-store';
import { optionalIntegerSetting, optionalSetting } from '../shared/config/settings';
import { requireEnvironment } from '../shared/environment';
import { Auditor } from './auditor';

/** Longest retention, in days: a century. */
const MAX_RETENTION_DAYS = 36_525;

export interface AuditorClients {
  readonly dynamoDb: DynamoDbClient;
  /** Called only where there is an archive. */
  s3(): S3Client;
}

/** The audit log that the environment names. */
export function auditLogOfEnvironment(clients: AuditorClients): AuditLog {
  const table = new DynamoDbAuditLog({ client: clients.dynamoDb, tableName: requireEnvironment(CONFIG_ENVIRONMENT.auditTable) });
  const bucketName = optionalSetting(CONFIG_ENVIRONMENT.auditArchive);
  return bucketName === undefined ? table : new ArchivedAuditLog(table, { s3: clients.s3(), bucketName });
}

/** An auditor as the environment says. Whoever writes to the log makes one so: the same thing must give the same record. */
export function createAuditor(options: { store: ParameterStore; log: AuditLog; namespaces: readonly string[]; now(): number }): Auditor {
  return new Auditor({
    ...options,
    retentionDays: optionalIntegerSetting(CONFIG_ENVIRONMENT.auditRetentionDays, { min: 1, max: MAX_RETENTION_DAYS }),
    keepValues: optionalSetting(CONFIG_ENVIRONMENT.auditValues) !== CONFIG_AUDIT_VALUES_NONE,
  });
}
