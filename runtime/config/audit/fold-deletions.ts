import { isDeletion, isPut, type AuditRecord } from '../tables/audit-record.js';
import { beginsAnew, wholeSecond } from './sequence.js';

/** A deletion that no event told. */
export type ConcludedDeletion = AuditRecord & { readonly notBefore: number };

export function isConcluded(record: AuditRecord): record is ConcludedDeletion {
  return isDeletion(record) && record.notBefore !== undefined;
}

/** By the contract (`CONFIG_RECORD_ID`): whether the deletion that was concluded may be the one that an event has told of. */
function mayBeOne(concluded: ConcludedDeletion, told: AuditRecord): boolean {
  return isDeletion(told) && !isConcluded(told) && told.time >= wholeSecond(concluded.notBefore) && told.time <= concluded.time;
}

/** Of deletions that are one, leaves one: in the place of the last, with the facts that an event told. */
export function foldDeletions(records: readonly AuditRecord[]): readonly AuditRecord[] {
  const folded: (AuditRecord | undefined)[] = [...records];
  const taken = new Set<AuditRecord>();
  records.forEach((record, place) => {
    if (!isConcluded(record)) return;
    const later = followingDeletion(records, place);
    const after = later === undefined ? undefined : records[later];
    if (after !== undefined && isConcluded(after)) {
      // Records of what was deleted have come since, and the same end was concluded again.
      if (after.notBefore > record.time) return;
      folded[place] = undefined;
      folded[later!] = { ...after, time: Math.min(after.time, record.time) };
    } else if (after !== undefined && mayBeOne(record, after) && !taken.has(after)) {
      folded[place] = undefined;
      taken.add(after);
    } else {
      const told = toldBefore(records, place, record) ?? toldAfterAnother(records, place, record);
      if (told === undefined || taken.has(records[told])) return;
      taken.add(records[told]);
      folded[told] = undefined;
      // The event's second is that of the last record, and its place in it is after that.
      folded[place] = { ...records[told], recordId: record.recordId, time: Math.max(eventTime(records[told], record), record.notBefore) };
    }
  });
  return folded.filter((record) => record !== undefined);
}

/** The next deletion, unless the parameter was created anew before it. */
function followingDeletion(records: readonly AuditRecord[], place: number): number | undefined {
  let version = lastVersion(records, place);
  for (let i = place + 1; i < records.length; i += 1) {
    const record = records[i];
    if (isDeletion(record)) return i;
    if (!isPut(record)) continue;
    if (beginsAnew(record.version, version)) return undefined;
    version = record.version ?? version;
  }
  return undefined;
}

/** A deletion that an event told, of the second of the last record of what was deleted, and before it in the log. */
function toldBefore(records: readonly AuditRecord[], place: number, concluded: ConcludedDeletion): number | undefined {
  for (let i = place - 1; i >= 0 && records[i].time >= wholeSecond(concluded.notBefore); i -= 1) {
    if (!mayBeOne(concluded, records[i])) continue;
    // What has been created anew since was ended by another: the event's deletion is that of the former.
    const [next, former] = [records.slice(i + 1, place).find(isPut), records.slice(0, i).findLast((record) => isPut(record) || isDeletion(record))];
    const endsFormer = next?.version !== undefined && former !== undefined && isPut(former) && beginsAnew(next.version, former.version);
    return endsFormer ? undefined : i;
  }
  return undefined;
}

/**
 * A deletion's event that was told after the parameter had been created anew within the same second: its record stands after the new one, as if
 * it had ended it. That it has not is seen where the new one's versions go on.
 */
function toldAfterAnother(records: readonly AuditRecord[], place: number, concluded: ConcludedDeletion): number | undefined {
  const told = records.findIndex((record, i) => i > place && isDeletion(record));
  if (told < 0 || isConcluded(records[told]) || !mayBeOne(concluded, { ...records[told], time: wholeSecond(records[told].time) })) return undefined;
  const [version, next] = [lastVersion(records, told), records.slice(told + 1).find((record) => isPut(record) || isDeletion(record))];
  const goesOn = version !== undefined && next?.version !== undefined && isPut(next) && !beginsAnew(next.version, version);
  return goesOn ? told : undefined;
}

/** The time that an event bore: where its record stands after what came later in that second, it is that of its place. */
function eventTime(told: AuditRecord, concluded: ConcludedDeletion): number {
  return told.time > concluded.time ? wholeSecond(told.time) : told.time;
}

function lastVersion(records: readonly AuditRecord[], place: number): number | undefined {
  return records.slice(0, place).findLast(isPut)?.version;
}
