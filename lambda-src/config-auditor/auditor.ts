import { CONFIG_RECORD_ID } from '../../lib/contract/config';
import { Bulkhead } from '../../runtime/resilience/bulkhead';
import { auditKey, type AuditLog, type AuditRecord } from '../shared/config/audit-log';
import { isDeletion } from '../../runtime/config/tables/audit-record';
import type { Attempt, Outcome, ParameterEvent } from '../shared/config/parameter-event';
import type { ParameterStore } from '../shared/config/parameter-store';
import type { ParameterMetadata } from '../../runtime/config/tables/parameter-metadata';
import { wholeSecond } from '../../runtime/config/audit/sequence';
import { PutEvents } from './put-events';
import { Recorder } from './recorder';
import { putId, type RecordOptions, Records } from './records';

/** Names at once whose history is read: Parameter Store allows few calls a second. */
const CONCURRENCY = 4;

/** What a reconciliation came to: records that were missing, and those of them that are there now. */
export interface Repairs {
  readonly found: number;
  readonly repaired: number;
}

export interface AuditorOptions extends RecordOptions {
  readonly store: ParameterStore;
  readonly log: AuditLog;
  /** Unix epoch milliseconds. */
  now(): number;
}

/**
 * Keeps the audit log true to Parameter Store. Each record has an id of its own that follows from what it tells, and is added once: so
 * events may come in any order, twice or not at all, several may be carried out at once, and each may be stopped anywhere and begun again.
 */
export class Auditor {
  private readonly records: Records;
  private readonly recorder: Recorder;
  private readonly puts: PutEvents;

  constructor(private readonly options: AuditorOptions) {
    const { store, log } = options;
    const now = () => options.now();
    this.records = new Records(options);
    this.recorder = new Recorder({ log, records: this.records, now });
    this.puts = new PutEvents({ store, log, records: this.records, recorder: this.recorder });
  }

  /** @throws NotVisibleYet if Parameter Store does not show yet what the event tells of, and this is not the last attempt */
  async apply(event: ParameterEvent, attempt: Attempt): Promise<Outcome> {
    switch (event.kind) {
      case 'put': return this.puts.apply(event, attempt);
      case 'delete': return this.applyDeletion(event);
      case 'label': return await this.recorder.add(this.records.label(event)) ? 'handled' : 'duplicate';
    }
  }

  /** A page of the parameters that exist. Who fails does not keep the others from being recorded. */
  async reconcile(parameters: readonly ParameterMetadata[]): Promise<Repairs> {
    const { log, store } = this.options;
    const kept = parameters.filter(({ lastModified }) => !this.recorder.isExpired(lastModified));
    const keyOf = (parameter: ParameterMetadata) => ({ name: parameter.name, recordId: putId(parameter) });
    const there = await log.present(kept.map(keyOf));
    const names = kept.map(keyOf).filter((key) => !there.has(auditKey(key))).map(({ name }) => name);
    return repairAll(names, async (name) => this.recorder.addHistory(await store.history(name)));
  }

  /** Names that do not exist any more. One that does, after all, is recorded as it is. */
  async reconcileGone(names: readonly string[]): Promise<Repairs> {
    return repairAll(names, async (name) => {
      const time = this.options.now();
      const history = await this.options.store.history(name);
      if (history.length > 0) return this.recorder.addHistory(history);
      return await this.recorder.addGone(name, time) ? 1 : 0;
    });
  }

  private async applyDeletion(event: ParameterEvent): Promise<Outcome> {
    const { log } = this.options;
    const since = await log.since(event.name, CONFIG_RECORD_ID.since(event.time));
    const known = since.some((record) => isDeletion(record) && record.eventId === event.eventId);
    const added = !known && await this.recorder.add(this.records.deletion(event, await this.endedWithin(event, since)));
    const ended = await this.endSecond(event);
    return added || ended ? 'handled' : 'duplicate';
  }

  /** What a deletion has ended in its own second, of which its event does not tell the fraction: what is there no more. */
  private async endedWithin({ name, time }: ParameterEvent, since: readonly AuditRecord[]): Promise<AuditRecord | undefined> {
    const within = since.filter((record) => wholeSecond(record.time) === wholeSecond(time) && !isDeletion(record));
    if (within.length === 0) return undefined;
    const there = new Set((await this.options.store.history(name)).map(putId));
    return within.findLast(({ recordId }) => !there.has(recordId));
  }

  /**
   * A put or a label of the same second that is recorded only after the deletion stands after it in the log, as if the parameter had been
   * created anew. If it has not, another deletion follows there.
   */
  private async endSecond({ name, time }: ParameterEvent): Promise<boolean> {
    const last = await this.options.log.last(name);
    if (last === undefined || isDeletion(last) || wholeSecond(last.time) !== wholeSecond(time)) return false;
    const now = this.options.now();
    return (await this.options.store.history(name)).length === 0 && this.recorder.addGone(name, now);
  }
}

async function repairAll(names: readonly string[], repair: (name: string) => Promise<number>): Promise<Repairs> {
  const bulkhead = new Bulkhead(CONCURRENCY);
  const results = await Promise.allSettled([...new Set(names)].map((name) => bulkhead.run(() => repair(name))));
  const failure = results.find((result) => result.status === 'rejected');
  if (failure) throw failure.reason;
  const repaired = results.reduce((sum, result) => sum + (result.status === 'fulfilled' ? result.value : 0), 0);
  return { found: repaired, repaired };
}
