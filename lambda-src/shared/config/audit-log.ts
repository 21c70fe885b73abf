import type { AuditKey, AuditRecord } from './audit-record';

export type { AuditKey, AuditRecord };

/**
 * Where audit records are kept. A record is added once; nothing changes or removes it. Records of a name are in the order of their ids.
 * Every read sees what was added before.
 */
export interface AuditLog {
  /** @returns false if there is a record of that id already; it stays as it is */
  add(record: AuditRecord): Promise<boolean>;

  /** Those of the records that exist, as `auditKey` writes them. Any number. */
  present(keys: readonly AuditKey[]): Promise<ReadonlySet<string>>;

  /** The name's records from an id on, in ascending order, without their values. */
  since(name: string, recordId: string): Promise<readonly AuditRecord[]>;

  /** The name's last record, or the last whose id is less than another, without its value. */
  last(name: string, before?: string): Promise<AuditRecord | undefined>;
}

export function auditKey({ name, recordId }: AuditKey): string {
  return `${name} ${recordId}`;
}
