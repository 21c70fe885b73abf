import type { TaskRecord } from '../manifest/shapes.js';
import { withRecords } from '../manifest/rules.js';
import type { Place } from './place.js';

/** A record on its way. */
export interface Draft {
  /** Stores what the record refers to, as far as it is not; again if an object of it was about to be deleted. */
  prepare(): Promise<PreparedRecord>;
}

export interface PreparedRecord {
  readonly record: TaskRecord;
  /** Names of all objects that it refers to, once they are stored. */
  objects(): ReadonlySet<string>;
}

interface Pending {
  readonly draft: Draft;
  readonly done: (record: TaskRecord | undefined) => void;
}

/** How often something is stored anew because what it had referred to is about to be deleted. */
const ATTEMPTS = 3;

/**
 * Writes records into the manifest of one place, all those together that have come while the last ones were written: however many results there are,
 * one request replaces the manifest at a time.
 */
export class RecordWriter {
  private queue: Pending[] = [];
  private writing?: Promise<void>;

  constructor(private readonly place: Place) {}

  /** @returns the record once it is in the manifest; `undefined` if it could not be kept, or is valid no more */
  write(draft: Draft): Promise<TaskRecord | undefined> {
    return new Promise((done) => {
      this.queue.push({ draft, done });
      this.writing ??= this.drain().finally(() => { this.writing = undefined; });
    });
  }

  /** Resolves once nothing is on its way. */
  async settled(): Promise<void> {
    while (this.writing !== undefined) await this.writing;
  }

  private async drain(): Promise<void> {
    await Promise.resolve(); // what comes at the same time is written at the same time
    while (this.queue.length > 0) {
      const batch = this.queue.splice(0);
      const written = await this.place.attempt('keep', () => this.commit(batch.map(({ draft }) => draft))).catch(() => undefined);
      batch.forEach(({ done }, i) => done(written?.[i]));
    }
  }

  /** @returns for each draft its record, as it is in the manifest */
  private async commit(drafts: readonly Draft[]): Promise<(TaskRecord | undefined)[]> {
    const { contents, manifest } = this.place;
    const result = new Map<Draft, TaskRecord>();
    let left = drafts;
    for (let attempt = 0; left.length > 0 && attempt < ATTEMPTS; attempt++) {
      const prepared = await Promise.all(left.map((draft) => draft.prepare()));
      await contents.flush();
      const objects = new Map(prepared.map((each) => [each.record.key, each.objects()]));
      let refused: readonly TaskRecord[] = [];
      const newest = await manifest.update((current) => {
        const merged = withRecords(current, prepared.map(({ record }) => record), ({ key }) => objects.get(key) ?? []);
        refused = merged.refused;
        return merged.manifest === current ? undefined : merged.manifest;
      });
      contents.avoid(newest.condemned.keys());
      prepared.forEach(({ record: { key } }, i) => {
        const kept = newest.records.get(key);
        if (kept !== undefined) result.set(left[i], kept);
      });
      const again = new Set(refused.map(({ key }) => key));
      left = left.filter((_, i) => again.has(prepared[i].record.key));
    }
    return drafts.map((draft) => result.get(draft));
  }
}
