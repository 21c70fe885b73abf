import type { AuditRecord } from '../tables/audit-record.js';
import { isDeletion, isLostPut, isPut } from '../tables/audit-record.js';
import { foldDeletions } from './fold-deletions.js';
import { isNear, wholeSecond } from './sequence.js';

/** One thing that was done to one parameter: what several records tell of it is one entry. Its members are those of a record. */
export type AuditEntry = AuditRecord;

/**
 * Makes of a name's records what was done to it, once each, in order:
 * - deletions of one event are one, the last of them;
 * - a deletion that was concluded is one with the deletion that an event has told of since;
 * - a put of which there was only an event is one with the version of Parameter Store's own record, where that has come after all.
 *
 * @param records all of one name, or a part without gaps, ascending
 */
export function foldRecords(records: readonly AuditRecord[]): readonly AuditEntry[] {
  return foldDeletions(inVersionOrder(foldLostPuts(oneAnEvent(records))));
}

function oneAnEvent(records: readonly AuditRecord[]): readonly AuditRecord[] {
  const last = new Map(records.flatMap((record) => isDeletion(record) && record.eventId !== undefined ? [[record.eventId, record] as const] : []));
  return records.filter((record) => !isDeletion(record) || record.eventId === undefined || last.get(record.eventId) === record);
}

function foldLostPuts(records: readonly AuditRecord[]): readonly AuditRecord[] {
  if (!records.some(isLostPut)) return records;
  const found = new Map<AuditRecord, AuditRecord>();
  const gone = new Set<AuditRecord>();
  for (const lost of records.filter((record) => isLostPut(record) && isPut(record))) {
    const put = putOf(lost, records, found);
    if (put === undefined) continue;
    gone.add(lost);
    if (lost.version !== undefined) found.set(put, lost);
  }
  return records.filter((record) => !gone.has(record)).map((record) => {
    const lost = found.get(record);
    return lost === undefined ? record : withFactsOf(record, lost);
  });
}

/** Versions begin again at 1 after a deletion, so a version is one with one event of its number at most. Events without a version fit any. */
function putOf(lost: AuditRecord, records: readonly AuditRecord[], taken: ReadonlyMap<AuditRecord, AuditRecord>): AuditRecord | undefined {
  // It was deleted before another was created: the log says so.
  if (records.some(({ recordId }) => recordId === `${lost.recordId}#D`)) return undefined;
  const distance = ({ time }: AuditRecord) => Math.abs(time - lost.time);
  return records.filter((record) => isPut(record) && !isLostPut(record) && isNear(record.time, lost.time)
    && (lost.version === undefined || (record.version === lost.version && !taken.has(record)))
    && (record.eventId === undefined || record.eventId === lost.eventId || lost.version === undefined)
    && !isParted(lost.time, record.time, records)).sort((a, b) => distance(a) - distance(b))[0];
}

/** Whether a deletion that an event told of lies between a put's event and a record: then they are not of one put. */
export function isParted(eventTime: number, recordTime: number, records: readonly AuditRecord[]): boolean {
  const [from, to] = [Math.min(eventTime, wholeSecond(recordTime)), Math.max(eventTime, recordTime)];
  // Within a second only the log's order is known, not the event's place in it.
  return records.some((record) => isDeletion(record) && record.eventId !== undefined && wholeSecond(record.time) > from && record.time <= to);
}

function withFactsOf(put: AuditRecord, lost: AuditRecord): AuditRecord {
  const { user, sourceIp, userAgent, eventId } = lost;
  const facts = Object.fromEntries(Object.entries({ user, sourceIp, userAgent, eventId }).filter(([, value]) => value !== undefined));
  return { ...facts, ...put };
}

/** An event's time has whole seconds: a put of which there is only an event comes after the lower versions of its second. */
function inVersionOrder(records: readonly AuditRecord[]): readonly AuditRecord[] {
  const ordered = [...records];
  for (let i = ordered.length - 1; i >= 0; i -= 1) {
    const lost = ordered[i];
    if (!isLostPut(lost) || lost.version === undefined) continue;
    let place = i;
    for (let j = i + 1; j < ordered.length && isPut(ordered[j]) && wholeSecond(ordered[j].time) === wholeSecond(lost.time); j += 1) {
      const { version } = ordered[j];
      if (version === undefined || version === 1 || version >= lost.version) break;
      place = j;
    }
    ordered.splice(place, 0, ...ordered.splice(i, 1));
  }
  return ordered;
}
