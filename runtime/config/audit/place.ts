import type { AuditRecord } from '../tables/audit-record.js';

/** Where a record stands: on its day, where days are read one after the other, in the order of ids, and those of one id by name. */
export interface Place {
  /** First millisecond of the day. Absent: it is not read by days. */
  readonly day?: number;
  readonly recordId: string;
  readonly name: string;
}

export interface Placed {
  readonly place: Place;
  /** Sorts as places do. */
  readonly key: string;
  readonly record: AuditRecord;
}

export function placed(record: AuditRecord, day?: number): Placed {
  const place = { ...(day !== undefined && { day }), recordId: record.recordId, name: record.name };
  return { place, key: keyOf(place), record };
}

export function keyOf({ day, recordId, name }: Place): string {
  return `${day === undefined ? '' : new Date(day).toISOString().slice(0, 10)} ${recordId} ${name}`;
}
