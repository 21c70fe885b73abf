import { CONFIG_RECORD_ID } from '../../lib/contract/config';
import type { AuditLog, AuditRecord } from '../shared/config/audit-log';
import { isDeletion, isPut } from '../../runtime/config/tables/audit-record';
import type { Attempt, Outcome, ParameterEvent } from '../shared/config/parameter-event';
import { NotVisibleYet, type ParameterRecord, type ParameterStore } from '../shared/config/parameter-store';
import { beginsAnew, TOLERANCE } from '../../runtime/config/audit/sequence';
import { isByAnother, isOfAnother, isRecorded, isUnseen, isYoung, versionOf } from './matching';
import type { Recorder } from './recorder';
import { putId, type Records } from './records';

export interface PutEventsOptions {
  readonly store: ParameterStore;
  readonly log: AuditLog;
  readonly records: Records;
  readonly recorder: Recorder;
}

/** Carries out events that tell of a put: all that Parameter Store has is recorded, and what it does not have any more is recorded as lost. */
export class PutEvents {
  constructor(private readonly options: PutEventsOptions) {}

  async apply(event: ParameterEvent, attempt: Attempt): Promise<Outcome> {
    const { store, recorder } = this.options;
    const history = await store.history(event.name);
    const young = isYoung(event, history);
    const version = versionOf(event, history, young ? await this.loggedAbout(event) : []);
    const doubtful = young && version !== undefined && isByAnother(event, version);
    const told = version && event.version !== undefined && !doubtful ? { version, event } : undefined;
    const missing = await recorder.addHistory(history, told);
    if (doubtful && !attempt.last) throw new NotVisibleYet(`a deletion of ${event.name} between two puts is not known yet`);
    const found = version !== undefined && !(told && young && await this.isTaken(version, event));
    const added = !found && await this.addLost(event, history, attempt);
    return missing > 0 || added ? 'handled' : 'duplicate';
  }

  private loggedAbout(event: ParameterEvent): Promise<readonly AuditRecord[]> {
    return this.options.log.since(event.name, CONFIG_RECORD_ID.since(Math.max(0, event.time - TOLERANCE)));
  }

  /** Whether the version's record is another event's. Asked once it has been added, for somebody else may have done so meanwhile. */
  private async isTaken(version: ParameterRecord, event: ParameterEvent): Promise<boolean> {
    const [record] = await this.options.log.since(version.name, putId(version));
    return record?.recordId === putId(version) && isOfAnother(event, record);
  }

  private async addLost(event: ParameterEvent, history: readonly ParameterRecord[], attempt: Attempt): Promise<boolean> {
    const { records, recorder } = this.options;
    const logged = await this.loggedAbout(event);
    if (isRecorded(event, logged)) return false;
    const lost = records.lostPut(event);
    const known = logged.some(({ recordId }) => recordId === lost.recordId);
    if (!known && !attempt.last && isUnseen(event, history, logged)) {
      throw new NotVisibleYet(`Parameter Store does not show yet a put of ${event.name} that an event tells of`);
    }
    const added = await recorder.add(lost);
    await this.addEndOf(lost);
    return added;
  }

  /**
   * What was put and lost was deleted before it was created anew: that stands in the log, also where no event tells of it. Of what was not
   * created anew the deletion's own event is still to come, and if it does not, the reconciler finds that it is gone.
   */
  private async addEndOf(lost: AuditRecord): Promise<void> {
    const { log, records, recorder } = this.options;
    const following = (await log.since(lost.name, lost.recordId)).filter(({ recordId }) => recordId > lost.recordId);
    const next = following.find((record) => isPut(record) || isDeletion(record));
    if (next !== undefined && isPut(next) && beginsAnew(next.version, lost.version)) {
      await recorder.add(records.impliedDeletion(lost, next.time - 1));
    }
  }
}
