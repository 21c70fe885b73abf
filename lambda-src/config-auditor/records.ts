import {
  CONFIG_ACTION, CONFIG_RECORD_ID as ID, CONFIG_RECORD_SOURCE as SOURCE, configAuditByActor, configAuditByTime,
} from '../../lib/contract/config';
import type { AuditRecord } from '../shared/config/audit-log';
import { namespaceOf } from '../shared/config/namespaces';
import type { ParameterEvent } from '../shared/config/parameter-event';
import type { ParameterRecord } from '../shared/config/parameter-store';

const DAY_SECONDS = 86_400;

/** What DynamoDB takes for a partition key of an index, in bytes. A longer one would refuse the whole record. */
const MAX_KEY_BYTES = 2_048;

export interface RecordOptions {
  readonly namespaces: readonly string[];
  /** Whole days that records are kept, from the time that they bear. @default - for ever */
  readonly retentionDays?: number;
  /** Whether records carry values. @default true */
  readonly keepValues?: boolean;
}

type Facts = Omit<AuditRecord, 'byTime' | 'byActor' | 'ttl'>;

/** Writes records out. Of the same thing it makes the same record, whenever and however often it is asked. */
export class Records {
  constructor(private readonly options: RecordOptions) {}

  /** @param event what told of the version, if that is known */
  put(record: ParameterRecord, event?: ParameterEvent): AuditRecord {
    const { name, version, lastModified, lastModifiedUser, type, tier, keyId, dataType, description, allowedPattern, policies, value } = record;
    return this.whole({
      name, recordId: putId(record), action: CONFIG_ACTION.put, time: lastModified,
      version, type, tier, keyId, dataType, description, allowedPattern, policies, ...(this.options.keepValues !== false && { value }),
      ...factsOf(event),
      user: lastModifiedUser ?? event?.actor?.user,
      source: event ? SOURCE.event : SOURCE.history,
    });
  }

  lostPut(event: ParameterEvent): AuditRecord {
    const { name, action, time, eventId, version, type, keyId, tier } = event;
    return this.whole({
      name, recordId: ID.lostPut(time, eventId), action, time, version, type, keyId, tier, ...factsOf(event), source: SOURCE.event,
    });
  }

  /** @param ended a record of the same second that the deletion came after: its event has whole seconds */
  deletion(event: ParameterEvent, ended?: AuditRecord): AuditRecord {
    const { name, action, eventId } = event;
    const time = ended === undefined ? event.time : Math.max(event.time, ended.time + 1);
    return this.whole({ name, recordId: ID.delete(time, eventId), action, time, ...factsOf(event), source: SOURCE.event });
  }

  label(event: ParameterEvent): AuditRecord {
    const { name, action, time, eventId, version, labels } = event;
    return this.whole({ name, recordId: ID.label(time, eventId), action, time, version, labels, ...factsOf(event), source: SOURCE.event });
  }

  /**
   * A deletion that was concluded.
   *
   * @param last the last record of what was deleted
   * @param time by when it had happened
   */
  impliedDeletion(last: AuditRecord, time: number): AuditRecord {
    return this.whole({
      name: last.name, recordId: ID.impliedDelete(last.recordId), action: CONFIG_ACTION.delete,
      time: Math.max(last.time, time), notBefore: last.time, source: SOURCE.reconciler,
    });
  }

  /** When a record that bears a time may be removed, in Unix epoch seconds. */
  expiry(time: number): number | undefined {
    const { retentionDays } = this.options;
    return retentionDays === undefined ? undefined : Math.ceil(time / 1000) + retentionDays * DAY_SECONDS;
  }

  private whole(facts: Facts): AuditRecord {
    const { name, time, user } = facts;
    const namespace = namespaceOf(name, this.options.namespaces);
    const byActor = namespace !== undefined && user !== undefined ? configAuditByActor(namespace, user) : undefined;
    const record: AuditRecord = {
      ...facts,
      byTime: namespace === undefined ? undefined : configAuditByTime(namespace, time),
      byActor: byActor !== undefined && Buffer.byteLength(byActor) <= MAX_KEY_BYTES ? byActor : undefined,
      ttl: this.expiry(time),
    };
    return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as unknown as AuditRecord;
  }
}

export function putId({ lastModified, version }: Pick<ParameterRecord, 'lastModified' | 'version'>): string {
  return ID.put(lastModified, version);
}

function factsOf(event: ParameterEvent | undefined): Pick<AuditRecord, 'user' | 'sourceIp' | 'userAgent' | 'eventId'> {
  return event ? { ...event.actor, eventId: event.eventId } : {};
}
