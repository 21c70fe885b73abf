import { auditKey, type AuditLog, type AuditRecord } from '../shared/config/audit-log';
import type { ParameterEvent } from '../shared/config/parameter-event';
import type { ParameterRecord } from '../shared/config/parameter-store';
import { endOfFormer, endOfGone } from './generations';
import { putId, type Records } from './records';

/** Versions whose records are looked for first, from the newest; each further look takes more. */
const FIRST_LOOK = 2;
const LOOK_GROWTH = 4;

export interface RecorderOptions {
  readonly log: AuditLog;
  readonly records: Records;
  /** Unix epoch milliseconds. */
  now(): number;
}

/** A version, and the event that has told of it. */
export interface Told {
  readonly version: ParameterRecord;
  readonly event: ParameterEvent;
}

/** Adds to the log what is not in it. */
export class Recorder {
  private readonly log: AuditLog;
  private readonly records: Records;

  constructor(private readonly options: RecorderOptions) {
    this.log = options.log;
    this.records = options.records;
  }

  /** Adds a record, unless it would be removed at once. @returns whether it was added */
  async add(record: AuditRecord): Promise<boolean> {
    return !this.isExpired(record.time) && this.log.add(record);
  }

  /** Whether records of a time are not kept any more. */
  isExpired(time: number): boolean {
    const expiry = this.records.expiry(time);
    return expiry !== undefined && expiry * 1000 <= this.options.now();
  }

  /**
   * Adds all versions that are missing, oldest first: so a version that is there has all older ones beside it, also after a crash, and
   * what ended the parameter before them.
   *
   * @returns how many records were missing
   */
  async addHistory(history: readonly ParameterRecord[], told?: Told): Promise<number> {
    const kept = history.filter(({ lastModified }) => !this.isExpired(lastModified));
    const missing = await this.missingOf(kept);
    const former = missing.length > 0 && missing.length === history.length ? await endOfFormer(this.log, history[0]!) : undefined;
    if (former) await this.add(this.records.impliedDeletion(former, history[0]!.lastModified - 1));
    for (const version of missing) await this.add(this.records.put(version, told?.version === version ? told.event : undefined));
    return missing.length + (former ? 1 : 0);
  }

  /**
   * Adds the deletion of a parameter that does not exist, if the log does not say it.
   *
   * @param time when it did not exist
   * @returns whether it was missing
   */
  async addGone(name: string, time: number): Promise<boolean> {
    const last = await endOfGone(this.log, name);
    if (last) await this.add(this.records.impliedDeletion(last, time));
    return last !== undefined;
  }

  /** The newest record that is there has all older ones beside it, so most often one look suffices. */
  private async missingOf(history: readonly ParameterRecord[]): Promise<readonly ParameterRecord[]> {
    let end = history.length;
    for (let size = FIRST_LOOK; end > 0; size *= LOOK_GROWTH) {
      const begin = Math.max(0, end - size);
      const keys = history.slice(begin, end).map((version) => ({ name: version.name, recordId: putId(version) }));
      const there = await this.log.present(keys);
      const newest = keys.findLastIndex((key) => there.has(auditKey(key)));
      if (newest >= 0) return history.slice(begin + newest + 1);
      end = begin;
    }
    return history;
  }
}
