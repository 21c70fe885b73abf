import type { AuditKey, AuditRecord } from '../../../runtime/config/tables/audit-record';
import type { NamePage } from '../../../runtime/config/tables/cache-table';

export type { AuditKey, AuditRecord, NamePage };

/**
 * Where audit records are kept. A record is added once; nothing changes or removes it. Records of a name are in the order of their ids.
 * Reads of a name see all that was added before.
 */
export interface AuditLog {
  /** @returns false if there is a record of that id already; it stays as it is */
  add(record: AuditRecord): Promise<boolean>;

  /** Those of the records that exist, as `auditKey` writes them. Any number. */
  present(keys: readonly AuditKey[]): Promise<ReadonlySet<string>>;

  /** The name's records from an id on, in ascending order, without their values. */
  since(name: string, recordId: string): Promise<readonly AuditRecord[]>;

  /**
   * A page of the names that have records of a day (UTC), each once, by the index by time, which is a little behind the table.
   *
   * @param day any time of it
   * @param after `next` of the page before
   */
  names(namespace: string, day: number, after?: string): Promise<NamePage>;

  /** The name's last record, or the last whose id is less than another, without its value. */
  last(name: string, before?: string): Promise<AuditRecord | undefined>;
}

export function auditKey({ name, recordId }: AuditKey): string {
  return `${name} ${recordId}`;
}
