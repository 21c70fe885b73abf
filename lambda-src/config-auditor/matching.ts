import type { AuditRecord } from '../shared/config/audit-log';
import { isNear, TOLERANCE, wholeSecond } from '../../runtime/config/audit/sequence';
import { isDeletion, isLostPut, isPut } from '../../runtime/config/tables/audit-record';
import type { ParameterEvent } from '../shared/config/parameter-event';
import type { ParameterRecord } from '../shared/config/parameter-store';

/**
 * The version that a put event tells of, among those that Parameter Store has. An event without a version fits any of its time: it
 * is told apart from none of them, and only says that there was a put.
 *
 * @param logged the log's records of about the event's time
 */
export function versionOf(event: ParameterEvent, history: readonly ParameterRecord[], logged: readonly AuditRecord[]): ParameterRecord | undefined {
  const fitting = history.filter(({ version, lastModified }) =>
    (event.version === undefined || event.version === version) && isNear(lastModified, event.time) && !isParted(event.time, lastModified, logged));
  return fitting.sort((a, b) => Math.abs(a.lastModified - event.time) - Math.abs(b.lastModified - event.time))[0];
}

/**
 * Whether the oldest version that Parameter Store has is not older than a put event. Only then the version that the event tells of may be
 * another parameter's, of the same name, that was deleted.
 */
export function isYoung(event: ParameterEvent, [oldest]: readonly ParameterRecord[]): boolean {
  return oldest !== undefined && oldest.lastModified >= event.time - TOLERANCE;
}

/** Whether the log has the put that an event tells of, though Parameter Store has not. */
export function isRecorded(event: ParameterEvent, logged: readonly AuditRecord[]): boolean {
  return logged.some((record) => isPut(record) && !isLostPut(record) && !isOfAnother(event, record)
    && (event.version === undefined || event.version === record.version)
    && isNear(record.time, event.time) && !isParted(event.time, record.time, logged));
}

/** Principals that are written alike by CloudTrail and Parameter Store, so two of them that differ are two. */
const PRINCIPAL = /^arn:[\w-]+:(?:iam::\d+:(?:user\/|root$)|sts::\d+:assumed-role\/)/;

/**
 * Whether an event and a version cannot be of one put, for they have been written by two. Then there was a deletion between them, of which
 * nobody has heard yet.
 */
export function isByAnother({ actor }: ParameterEvent, { lastModifiedUser }: ParameterRecord): boolean {
  if (actor?.user === undefined || lastModifiedUser === undefined || actor.user === lastModifiedUser) return false;
  return PRINCIPAL.test(actor.user) && PRINCIPAL.test(lastModifiedUser);
}

/** Versions begin again at 1 after a deletion, so two events may tell of the same number within seconds. One record is one event's. */
export function isOfAnother(event: ParameterEvent, record: AuditRecord | undefined): boolean {
  return record?.eventId !== undefined && record.eventId !== event.eventId;
}

/**
 * Whether Parameter Store does not show yet what an event tells of. Otherwise, what it does not show is gone: the parameter was deleted,
 * or created anew, or has had a hundred versions since.
 */
export function isUnseen(event: ParameterEvent, history: readonly ParameterRecord[], logged: readonly AuditRecord[]): boolean {
  const newest = history.at(-1);
  const deletions = logged.filter(isDeletion);
  if (newest === undefined) return !deletions.some(({ time }) => time >= event.time);
  const { lastModified, version } = newest;
  if (lastModified < event.time - TOLERANCE) return true;
  // It shows what was deleted, for it is behind.
  if (deletions.some(({ time, eventId }) => eventId !== undefined && time > lastModified)) return true;
  return event.version !== undefined && version < event.version && lastModified <= event.time + TOLERANCE;
}

/** Whether a deletion that an event told of lies between a put event and a record: then they are not of one put. */
function isParted(eventTime: number, recordTime: number, logged: readonly AuditRecord[]): boolean {
  const [from, to] = [Math.min(eventTime, wholeSecond(recordTime)), Math.max(eventTime, recordTime)];
  // Within a second only the log's order is known, not the event's place in it.
  return logged.some((record) => isDeletion(record) && record.eventId !== undefined && wholeSecond(record.time) > from && record.time <= to);
}
