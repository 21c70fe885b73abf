import { CONFIG_AUDIT_VALUES_NONE, CONFIG_ENVIRONMENT } from '../../lib/contract/config';
import { dynamoDbClient } from '../../runtime/aws/dynamodb';
import { regionOfArn } from '../../runtime/aws/endpoint';
import { s3Client } from '../../runtime/aws/s3';
import { ArchivedAuditLog } from '../shared/config/archived-audit-log';
import type { AuditLog } from '../shared/config/audit-log';
import { DynamoDbAuditLog } from '../shared/config/dynamodb-audit-log';
import type { ParameterStore } from '../shared/config/parameter-store';
import { optionalIntegerSetting, optionalSetting, requireEnvironment } from '../shared/environment';
import { Auditor } from './auditor';

/** Longest retention, in days: a century. */
const MAX_RETENTION_DAYS = 36_525;

/** The audit log that the environment names. */
export function auditLogOfEnvironment(): AuditLog {
  const tableName = requireEnvironment(CONFIG_ENVIRONMENT.auditTable);
  // DynamoDB raises what a table takes step by step, so a burst of changes may be throttled for a moment.
  const client = dynamoDbClient({ maxAttempts: 8, region: regionOfArn(tableName) });
  const table = new DynamoDbAuditLog({ client, tableName });
  const bucketName = optionalSetting(CONFIG_ENVIRONMENT.auditArchive);
  return bucketName === undefined ? table : new ArchivedAuditLog(table, { s3: s3Client({ maxAttempts: 8 }), bucketName });
}

/** An auditor as the environment says. Whoever writes to the log makes one so: the same thing must give the same record. */
export function createAuditor(options: { store: ParameterStore; log: AuditLog; namespaces: readonly string[]; now(): number }): Auditor {
  return new Auditor({
    ...options,
    retentionDays: optionalIntegerSetting(CONFIG_ENVIRONMENT.auditRetentionDays, { min: 1, max: MAX_RETENTION_DAYS }),
    keepValues: optionalSetting(CONFIG_ENVIRONMENT.auditValues) !== CONFIG_AUDIT_VALUES_NONE,
  });
}
