import type { AuditLog, AuditRecord } from '../shared/config/audit-log';
import { CONFIG_RECORD_ID } from '../../lib/contract/config';
import { isDeletion, isLostPut, isPut } from '../shared/config/audit-record';
import type { ParameterRecord } from '../shared/config/parameter-store';
import { TOLERANCE, wholeSecond } from './matching';
import { putId } from './records';

/** Whether a version is of a parameter that was created anew since another one. Not known counts as no. */
export function beginsAnew(version: number | undefined, former: number | undefined): boolean {
  return version !== undefined && (version === 1 || (former !== undefined && former >= version));
}

/** The last record of what must have been deleted before the oldest version that Parameter Store has, if the log does not say so. */
export async function endOfFormer(log: AuditLog, oldest: ParameterRecord): Promise<AuditRecord | undefined> {
  let record = await log.last(oldest.name, putId(oldest));
  while (record !== undefined && mayBeAbout(record, oldest)) record = await log.last(oldest.name, record.recordId);
  if (record === undefined || !beginsAnew(oldest.version, record.version)) return undefined;
  return await isEnded(log, record) ? undefined : record;
}

/** The last record of a parameter that does not exist, if the log does not say so. */
export async function endOfGone(log: AuditLog, name: string): Promise<AuditRecord | undefined> {
  const record = await log.last(name);
  return record === undefined || await isEnded(log, record) ? undefined : record;
}

/**
 * Whether the last record of a time says that the parameter was deleted then. Events have whole seconds, so a label's record may come
 * after that of the deletion which followed it. A put's, too: but from that order a parameter would seem to exist.
 */
async function isEnded(log: AuditLog, record: AuditRecord): Promise<boolean> {
  if (isDeletion(record)) return true;
  if (isPut(record)) return false;
  const second = wholeSecond(record.time);
  const records = await log.since(record.name, CONFIG_RECORD_ID.since(second));
  return records.some((other) => isDeletion(other) && wholeSecond(other.time) === second);
}

/** An event's time may be before that of the version which it is about: such a record is no sign of a former parameter. */
function mayBeAbout(record: AuditRecord, { lastModified, version }: ParameterRecord): boolean {
  if (record.time <= lastModified - TOLERANCE || isDeletion(record)) return false;
  if (!isPut(record)) return true;
  return isLostPut(record) && (record.version === undefined || record.version === version);
}
