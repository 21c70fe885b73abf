import { CONFIG_ACTION, CONFIG_RECORD_ID as ID, configAuditByActor, configAuditByTime } from '../../../../lib/contract/config';
import { foldRecords } from '../../../../runtime/config/audit/fold';
import type { AuditRecord } from '../../../../runtime/config/tables/audit-record';

export const NAME = '/app/a';

/** Records as the handlers write them, of times in milliseconds. */
export const put = (time: number, version: number, more: Partial<AuditRecord> = {}): AuditRecord => ({
  name: NAME, recordId: ID.put(time, version), action: CONFIG_ACTION.put, time, version, type: 'String', value: `v${version} of ${time}`,
  source: 'history', ...more,
});

export const lostPut = (time: number, version: number | undefined, eventId: string, more: Partial<AuditRecord> = {}): AuditRecord => ({
  name: NAME, recordId: ID.lostPut(time, eventId), action: CONFIG_ACTION.put, time, ...(version !== undefined && { version }), eventId,
  source: 'event', ...more,
});

export const deletion = (time: number, eventId: string, more: Partial<AuditRecord> = {}): AuditRecord => ({
  name: NAME, recordId: ID.delete(time, eventId), action: CONFIG_ACTION.delete, time, eventId, source: 'event', ...more,
});

export const concluded = (last: AuditRecord, time: number): AuditRecord => ({
  name: last.name, recordId: ID.impliedDelete(last.recordId), action: CONFIG_ACTION.delete, time, notBefore: last.time, source: 'reconciler',
});

export const label = (time: number, version: number, labels: readonly string[], action: string = CONFIG_ACTION.label): AuditRecord => ({
  name: NAME, recordId: ID.label(time, `label-${time}-${labels.join('')}`), action, time, version, labels, eventId: `label-${time}`, source: 'event',
});

export const sorted = (records: readonly AuditRecord[]): readonly AuditRecord[] =>
  [...records].sort((a, b) => a.recordId < b.recordId ? -1 : 1);

export const fold = (...records: readonly AuditRecord[]): readonly AuditRecord[] => foldRecords(sorted(records));

/** A record in the namespace `/app`, with what its indexes go by. */
export const indexed = (record: AuditRecord, namespace = '/app'): AuditRecord => ({
  ...record, byTime: configAuditByTime(namespace, record.time),
  ...(record.user !== undefined && { byActor: configAuditByActor(namespace, record.user) }),
});
