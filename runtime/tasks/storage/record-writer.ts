import { wait } from '../../resilience/wait.js';
import { isCurrent, withRecords } from '../manifest/rules.js';
import type { Manifest, TaskRecord } from '../manifest/shapes.js';
import { isOwn, type Place } from './place.js';

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
  readonly fail: (error: unknown) => void;
}

/** What became of a draft. */
interface Written {
  readonly record?: TaskRecord;
  /** It could not be prepared. That concerns nobody else. */
  readonly error?: unknown;
}

/** How often something is stored anew because what it had referred to is about to be deleted. */
const ATTEMPTS = 3;
/**
 * A manifest is replaced as a whole. So that many results that come one by one do not cost the square of their number, the next replacement waits
 * for so long, in milliseconds for each record that the manifest has: several times what it takes.
 */
const PAUSE_PER_RECORD = 0.2;
const SHORTEST_PAUSE = 50;
/** A process that is killed has not kept what was finished in the last so many milliseconds, at the most. */
export const LONGEST_PAUSE = 5_000;

/**
 * Writes records into the manifest of one place, all those together that have come while the last ones were written, and a while longer where the
 * manifest is large: however many results there are, one request replaces the manifest at a time.
 */
export class RecordWriter {
  private queue: Pending[] = [];
  private writing?: Promise<void>;
  private resting = new AbortController();
  /** How many want no pauses. */
  private hurried = 0;

  /** @param pause resolves after so many milliseconds, or once the signal aborts */
  constructor(private readonly place: Place, private readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void> = rest) {}

  /**
   * @returns the record once it is in the manifest; `undefined` if it could not be kept, or is valid no more
   * @throws TaskError `E_TASK_STORE` in strict mode; what is wrong with the files of the draft
   */
  write(draft: Draft): Promise<TaskRecord | undefined> {
    return new Promise((done, fail) => {
      this.queue.push({ draft, done, fail });
      this.writing ??= this.drain().finally(() => { this.writing = undefined; });
    });
  }

  /** Makes no pauses: somebody waits. @returns ends that */
  hurry(): () => void {
    this.hurried++;
    this.resting.abort();
    return () => { this.hurried--; };
  }

  private async drain(): Promise<void> {
    await Promise.resolve(); // what comes at the same time is written at the same time
    while (this.queue.length > 0) {
      const batch = this.queue.splice(0);
      try {
        const written = await this.place.attempt('keep', () => this.commit(batch.map(({ draft }) => draft)));
        batch.forEach(({ draft, done, fail }) => {
          const { record, error } = written?.get(draft) ?? {};
          if (error === undefined) done(record);
          else fail(error);
        });
      } catch (error) { // strict
        for (const { fail } of batch) fail(error);
      }
      await this.rest();
    }
  }

  private async rest(): Promise<void> {
    if (this.hurried > 0 || !this.place.isUp) return;
    const milliseconds = Math.min(LONGEST_PAUSE, this.place.manifest.current.records.size * PAUSE_PER_RECORD);
    if (milliseconds < SHORTEST_PAUSE) return;
    this.resting = new AbortController();
    await this.pause(milliseconds, this.resting.signal);
  }

  private async commit(drafts: readonly Draft[]): Promise<ReadonlyMap<Draft, Written>> {
    const { contents, manifest } = this.place;
    const result = new Map<Draft, Written>();
    let left = drafts;
    for (let attempt = 0; left.length > 0 && attempt < ATTEMPTS; attempt++) {
      const prepared = await this.prepare(left, result);
      await contents.flush();
      const objects = new Map([...prepared.values()].map((each) => [each.record.key, each.objects()]));
      let refused: readonly TaskRecord[] = [];
      const newest = await manifest.update((current) => {
        const merged = withRecords(current, [...prepared.values()].map(({ record }) => record), ({ key }) => objects.get(key) ?? []);
        refused = merged.refused;
        return merged.manifest === current ? undefined : merged.manifest;
      });
      contents.avoid(newest.condemned.keys());
      for (const [draft, { record: { key } }] of prepared) result.set(draft, { record: currentRecord(newest, key) });
      const again = new Set(refused.map(({ key }) => key));
      left = left.filter((draft) => again.has(prepared.get(draft)?.record.key ?? ''));
    }
    return result;
  }

  /** What cannot be prepared for reasons of its own is left out. */
  private async prepare(drafts: readonly Draft[], result: Map<Draft, Written>): Promise<Map<Draft, PreparedRecord>> {
    const prepared = new Map<Draft, PreparedRecord>();
    await Promise.all(drafts.map(async (draft) => {
      try {
        prepared.set(draft, await draft.prepare());
      } catch (error) {
        if (!isOwn(error)) throw error;
        result.set(draft, { error });
      }
    }));
    return prepared;
  }
}

function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  return wait(milliseconds, signal).catch(() => undefined);
}

/** An outdated one that is still there is not the one that was kept. */
function currentRecord(manifest: Manifest, key: string): TaskRecord | undefined {
  const record = manifest.records.get(key);
  return record !== undefined && isCurrent(record, manifest) ? record : undefined;
}
