import { CONFIG_RECORD_ID } from '../../../lib/contract/config.js';
import { isDeletion, isLostPut, isPut, type AuditRecord } from '../tables/audit-record.js';
import { foldDeletions } from './fold-deletions.js';
import { isNear, timeOfId, wholeSecond } from './sequence.js';

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
  const pairs = records.flatMap((record, place) => isLostPut(record) && isPut(record) ? pairsOf(record, around(records, place)) : []);
  if (pairs.length === 0) return records;
  const [versions, gone] = [new Map<AuditRecord, AuditRecord>(), new Set<AuditRecord>()];
  // Versions begin again at 1 after a deletion: a version is the nearest event's of its number, and no other's.
  for (const { lost, put } of pairs.sort((a, b) => Math.abs(a.put.time - a.lost.time) - Math.abs(b.put.time - b.lost.time))) {
    if (gone.has(lost) || (lost.version !== undefined && versions.has(put))) continue;
    gone.add(lost);
    if (lost.version !== undefined) versions.set(put, lost);
  }
  return records.filter((record) => !gone.has(record)).map((record) => {
    const lost = versions.get(record);
    return lost === undefined ? record : withFactsOf(record, lost);
  });
}

/** The versions that an event may tell of. One without a version fits any of its time: it only says that there was a put. */
function pairsOf(lost: AuditRecord, near: readonly AuditRecord[]): readonly { readonly lost: AuditRecord; readonly put: AuditRecord }[] {
  // It was deleted before another was created: the log says so.
  if (near.some(({ recordId }) => recordId === CONFIG_RECORD_ID.impliedDelete(lost.recordId))) return [];
  return near.filter((record) => isPut(record) && !isLostPut(record) && isNear(record.time, lost.time)
    && (lost.version === undefined || (record.version === lost.version && (record.eventId ?? lost.eventId) === lost.eventId))
    && !isParted(lost.time, record.time, near)).map((put) => ({ lost, put }));
}

/** The records whose ids bear about the same time. */
function around(records: readonly AuditRecord[], place: number): readonly AuditRecord[] {
  const isClose = (record: AuditRecord) => isNear(timeOfId(record), records[place].time);
  let [begin, end] = [place, place + 1];
  while (begin > 0 && isClose(records[begin - 1])) begin -= 1;
  while (end < records.length && isClose(records[end])) end += 1;
  return records.slice(begin, end);
}

/** Whether a deletion that an event told of lies between a put's event and a record: then they are not of one put. */
function isParted(eventTime: number, recordTime: number, records: readonly AuditRecord[]): boolean {
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
