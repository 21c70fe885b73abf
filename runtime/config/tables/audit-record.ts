import { CONFIG_ACTION } from '../../../lib/contract/config.js';

/**
 * A record of the audit log: one thing that was done to one parameter. Its members are those of `CONFIG_AUDIT_ATTRIBUTE`, where
 * they are explained.
 */
export interface AuditRecord {
  readonly name: string;
  readonly recordId: string;
  readonly action: string;
  readonly time: number;
  readonly notBefore?: number;
  readonly version?: number;
  readonly type?: string;
  readonly tier?: string;
  readonly keyId?: string;
  readonly dataType?: string;
  readonly description?: string;
  readonly allowedPattern?: string;
  readonly policies?: string;
  readonly value?: string;
  readonly labels?: readonly string[];
  readonly user?: string;
  readonly sourceIp?: string;
  readonly userAgent?: string;
  readonly eventId?: string;
  readonly source: string;
  readonly byTime?: string;
  readonly byActor?: string;
  /** When DynamoDB may remove it, in Unix epoch seconds. Absent: never. */
  readonly ttl?: number;
}

/** What identifies a record. */
export type AuditKey = Pick<AuditRecord, 'name' | 'recordId'>;

const DELETIONS: ReadonlySet<string> = new Set([CONFIG_ACTION.delete, CONFIG_ACTION.deleteMany, CONFIG_ACTION.expire]);

export function isDeletion({ action }: AuditRecord): boolean {
  return DELETIONS.has(action);
}

export function isPut({ action }: AuditRecord): boolean {
  return action === CONFIG_ACTION.put;
}

/** A put of which only its event was left (`CONFIG_RECORD_ID.lostPut`). */
export function isLostPut({ recordId }: AuditRecord): boolean {
  return recordId.includes('#P#~');
}
