import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { grantOnConfigTable, indexArn, tableFrom } from './config-table';
import { IConfigAuditor } from './iconfig-auditor';
import * as perms from './perms';
import { CONFIG_ARCHIVE_PREFIX, CONFIG_AUDIT_TIME_INDEX, CONFIG_AUDIT_VALUES_NONE, CONFIG_ENVIRONMENT } from '../contract/config';
import { grantOnBucketKey, grantOnObjects } from '../private/bucket-grants';

/** Environment variables of a handler that records changes: the auditor's own, and the reconciler. */
export function recordingEnvironment(auditor: IConfigAuditor, stack: Stack): { [name: string]: string } {
  const { retention, archiveBucket } = auditor;
  return {
    [CONFIG_ENVIRONMENT.auditTable]: tableFrom(auditor.table, stack),
    ...(retention && { [CONFIG_ENVIRONMENT.auditRetentionDays]: stack.toJsonString(retention.toDays()) }),
    ...(!auditor.storeValues && { [CONFIG_ENVIRONMENT.auditValues]: CONFIG_AUDIT_VALUES_NONE }),
    ...(archiveBucket && { [CONFIG_ENVIRONMENT.auditArchive]: archiveBucket.bucketName }),
  };
}

/** Permits a handler to add records, and to see which are there. Nobody else has this, and nobody may change or delete one. */
export function grantRecording(auditor: IConfigAuditor, grantee: iam.IGrantable): iam.Grant {
  const { table, encryptionKey, archiveBucket } = auditor;
  const grant = grantOnConfigTable({
    table, encryptionKey, grantee, actions: perms.AUDIT_RECORD_ACTIONS, keyActions: perms.KEY_READ_WRITE_ACTIONS,
  });
  if (archiveBucket === undefined) return grant;
  return grant.combine(grantOnObjects(archiveBucket, grantee, perms.ARCHIVE_WRITE_ACTIONS, [`${CONFIG_ARCHIVE_PREFIX}*`]))
    .combine(grantOnBucketKey(archiveBucket, grantee, perms.ARCHIVE_KEY_WRITE_ACTIONS));
}

/** Permits the reconciler to see whom the log tells of: the names of a namespace and a day. */
export function grantReadingLog(auditor: IConfigAuditor, grantee: iam.IGrantable): iam.Grant {
  const { table, encryptionKey } = auditor;
  return grantOnConfigTable({
    table, encryptionKey, grantee, resourceArns: [indexArn(table, CONFIG_AUDIT_TIME_INDEX.name)],
    actions: perms.TABLE_INDEX_READ_ACTIONS, keyActions: perms.KEY_READ_ACTIONS,
  });
}
