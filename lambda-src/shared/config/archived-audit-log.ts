import { CONFIG_AUDIT_ATTRIBUTE, configArchiveKey } from '../../../lib/contract/config';
import type { S3Client } from '../../../runtime/aws/s3';
import { withDeadline } from '../../../runtime/config/deadline';
import { attributesOf } from '../../../runtime/config/tables/audit-items';
import { auditKey, type AuditKey, type AuditLog, type AuditRecord, type NamePage } from './audit-log';

/**
 * An audit log of which each record is an object in a bucket, too. The object comes first: a record that is in the log is in the
 * archive, whatever happens in between. Needs PutObject.
 */
export class ArchivedAuditLog implements AuditLog {
  constructor(private readonly log: AuditLog, private readonly archive: { readonly s3: Pick<S3Client, 'put'>; readonly bucketName: string }) {}

  async add(record: AuditRecord): Promise<boolean> {
    // What is in the log stays as it is, and so does its object: the same record may come again with other facts.
    if ((await this.log.present([record])).has(auditKey(record))) return false;
    const { [CONFIG_AUDIT_ATTRIBUTE.ttl]: _, ...attributes } = attributesOf(record); // the bucket's lifecycle decides how long
    await this.archive.s3.put(this.archive.bucketName, configArchiveKey(record.name, record.recordId), Buffer.from(JSON.stringify(attributes)), {
      contentType: 'application/json', signal: withDeadline(),
    });
    return this.log.add(record);
  }

  present(keys: readonly AuditKey[]): Promise<ReadonlySet<string>> {
    return this.log.present(keys);
  }

  since(name: string, recordId: string): Promise<readonly AuditRecord[]> {
    return this.log.since(name, recordId);
  }

  names(namespace: string, day: number, after?: string): Promise<NamePage> {
    return this.log.names(namespace, day, after);
  }

  last(name: string, before?: string): Promise<AuditRecord | undefined> {
    return this.log.last(name, before);
  }
}
