import type { AuditLog, AuditRecord } from '../shared/config/audit-log';
import { isDeletion, isLostPut, isPut } from '../../runtime/config/tables/audit-record';
import type { ParameterRecord } from '../shared/config/parameter-store';
import { beginsAnew, TOLERANCE } from '../../runtime/config/audit/sequence';
import { putId } from './records';

/** The last record of what must have been deleted before the oldest version that Parameter Store has, if the log does not say so. */
export async function endOfFormer(log: AuditLog, oldest: ParameterRecord): Promise<AuditRecord | undefined> {
  let record = await log.last(oldest.name, putId(oldest));
  while (record !== undefined && mayBeAbout(record, oldest)) record = await log.last(oldest.name, record.recordId);
  if (record === undefined || isDeletion(record)) return undefined;
  return beginsAnew(oldest.version, record.version) ? record : undefined;
}

/** The last record of a parameter that does not exist, if the log does not say so. Of what is gone, a deletion is the last record. */
export async function endOfGone(log: AuditLog, name: string): Promise<AuditRecord | undefined> {
  const record = await log.last(name);
  return record === undefined || isDeletion(record) ? undefined : record;
}

/** An event's time may be before that of the version which it is about: such a record is no sign of a former parameter. */
function mayBeAbout(record: AuditRecord, { lastModified, version }: ParameterRecord): boolean {
  if (record.time <= lastModified - TOLERANCE || isDeletion(record)) return false;
  if (!isPut(record)) return true;
  return isLostPut(record) && (record.version === undefined || record.version === version);
}
