import { matchesName, TASK_TIME, type TaskSwitchesValue } from '../../../lib/contract/tasks.js';
import type { SsmClient } from '../../aws/ssm.js';
import { show } from '../../errors.js';
import { invalid } from '../errors.js';
import { collectGarbage, type GarbageReport } from '../manifest/garbage.js';
import { retained } from '../manifest/retention.js';
import { cleared, invalidated, withEpoch } from '../manifest/rules.js';
import type { Manifest } from '../manifest/shapes.js';
import type { TaskPlace } from '../storage/shapes.js';
import { readSwitches, writeSwitches, type TaskSwitches } from '../switches.js';
import { provenanceOf, type TaskProvenance } from './explanation.js';
import { known, type Known } from './known.js';
import { concerns, recordsOf, type ListedRecord, type RecordFilter } from './records.js';
import { manifestStatus, nameOf, statusOf, type PlaceName, type PlaceStatus } from './status.js';
import { verifyPlace, type PlaceVerification, type VerifyOptions } from './verification.js';

/** What the operator has to do with: a `TaskStorage`. */
export interface OperatedStorage {
  readonly places: readonly TaskPlace[];
}

export interface TaskOperatorOptions {
  /** The SSM parameter with the switches. @default - they can be neither read nor changed */
  readonly switches?: { readonly name: string; readonly ssm: SsmClient };
}

export interface TaskStatusReport {
  readonly places: readonly PlaceStatus[];
  /** Unset where no parameter is named. */
  readonly switches?: Known<TaskSwitchesValue>;
}

/** What a place no longer reuses. */
export interface ForgottenPlace extends PlaceName {
  /** Of the manifest, once it is written. */
  readonly revision: number;
  readonly records: number;
  readonly folders: number;
  /** Uncompressed. */
  readonly bytes: number;
}

export interface InvalidatedPlace extends PlaceName {
  readonly revision: number;
  /** Ids of tasks whose results are invalid now, and names of folders; with those that were made from them, where that was asked for. */
  readonly tasks: readonly string[];
  readonly folders: readonly string[];
}

export interface CollectedPlace extends PlaceName, GarbageReport {
  /** Results and folders that were dropped because they are spent, too old, or too many. */
  readonly dropped: number;
}

export interface InvalidateOptions {
  /** @default false */
  readonly downstream?: boolean;
  /** Says what would become invalid, and changes nothing. @default false */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
}

export interface CollectOptions {
  /** Milliseconds that a result is kept. @default 30 days */
  readonly maxAge?: number;
  /** Bytes that results and folders may have, uncompressed; the oldest are dropped first. @default - no limit */
  readonly maxBytes?: number;
  /** Milliseconds that an object stays which nothing refers to: longer than any run. @default 1 day */
  readonly grace?: number;
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
  /** Of the trees that have to be read. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * What an operator does with a task cache: with the places that the storage's mode and scope give, and only those. Unlike a runner it throws what
 * fails: `TaskError`, `DamagedError`, `AwsError`.
 */
export class TaskOperator {
  constructor(private readonly storage: OperatedStorage, private readonly options: TaskOperatorOptions = {}) {}

  /** How everything stands; what cannot be asked does not keep the rest from being told. One conditional read a place. */
  async status(signal?: AbortSignal): Promise<TaskStatusReport> {
    const { switches } = this.options;
    const [places, value] = await Promise.all([
      Promise.all(this.storage.places.map((place) => statusOf(place, signal))),
      switches && known(readSwitches(switches.ssm, switches.name, signal).then((read) => read.value), signal),
    ]);
    return { places, ...(value && { switches: value }) };
  }

  /** Records of all places, the youngest first. */
  async records(filter: RecordFilter = {}, signal?: AbortSignal): Promise<readonly ListedRecord[]> {
    await this.refresh(signal);
    return recordsOf(this.storage.places, filter);
  }

  /** Where the results of a task come from. @param id of the task @returns `undefined` if there are none */
  async explain(id: string, signal?: AbortSignal): Promise<TaskProvenance | undefined> {
    await this.refresh(signal);
    return provenanceOf(id, this.storage.places, signal);
  }

  /** Forgets everything: one write a place, however much it is. What runs now does not bring it back. */
  async clear(signal?: AbortSignal): Promise<readonly ForgottenPlace[]> {
    return this.change(async (place) => {
      const before = await place.manifest.refresh(signal);
      const { revision } = await place.manifest.update(cleared, signal);
      const { records, folders, bytes } = manifestStatus(before, place.manifest.now());
      return { ...nameOf(place), revision, records, folders: folders.length, bytes };
    });
  }

  /**
   * Makes results invalid: one write a place.
   *
   * @param patterns ids or families of tasks, or names of folders; `*` stands for any characters
   * @param options.downstream also the results that were made from them, and so on
   * @throws InvalidArgumentError `E_TASK_OPTION` if there is none
   */
  async invalidate(
    patterns: readonly string[], { downstream = false, dryRun = false, signal }: InvalidateOptions = {},
  ): Promise<readonly InvalidatedPlace[]> {
    if (patterns.length === 0 || patterns.includes('')) {
      throw invalid(`patterns must name what to invalidate: ids or families of tasks, or folders, got ${show(patterns)}`);
    }
    return this.change(async (place) => {
      let [tasks, folders]: [string[], string[]] = [[], []];
      const change = (newest: Manifest): Manifest | undefined => {
        const named = [...newest.records.values()].filter((record) => patterns.some((pattern) => concerns(pattern, record)));
        const ids = named.map(({ id }) => id);
        folders = [...newest.folders.keys()].filter((name) => patterns.some((pattern) => matchesName(pattern, name)));
        const { manifest, records } = invalidated(newest, new Set([...ids, ...folders]), { downstream });
        tasks = [...new Set(records.map(({ id }) => id))].sort();
        return ids.length + folders.length === 0 || dryRun ? undefined : manifest;
      };
      await place.manifest.refresh(signal);
      const { revision } = await place.manifest.update(change, signal);
      return { ...nameOf(place), revision, tasks, folders };
    });
  }

  /** Begins a new epoch: results of the one before are invalid. One write a place. */
  async beginEpoch(name: string, signal?: AbortSignal): Promise<readonly ForgottenPlace[]> {
    if (name === '') throw invalid(`the epoch must have a name, got ${show(name)}`);
    return this.change(async (place) => {
      const before = await place.manifest.refresh(signal);
      const { revision } = await place.manifest.update((newest) => withEpoch(newest, name), signal);
      const gone = [...before.records.values()].filter(({ validity }) => validity.kind === 'epoch' && validity.name === name);
      return { ...nameOf(place), revision, records: gone.length, folders: 0, bytes: gone.reduce((total, { bytes }) => total + bytes, 0) };
    });
  }

  /** Drops what is invalid or too old, and deletes what nothing has referred to for the time of grace: in two steps, so the second call frees it. */
  async gc(options: CollectOptions = {}): Promise<readonly CollectedPlace[]> {
    const { maxAge = TASK_TIME.retention * 1000, maxBytes, grace = TASK_TIME.grace * 1000, dryRun = false, signal, onProgress } = options;
    return this.change(async (place) => {
      let dropped = 0;
      await place.manifest.refresh(signal);
      await place.manifest.update((newest) => {
        const kept = retained(newest, { now: place.manifest.now(), maxAge, maxBytes });
        dropped = kept.dropped.length + kept.folders.length;
        return kept.manifest === newest || dryRun ? undefined : kept.manifest;
      }, signal);
      const report = await collectGarbage(place, { grace, dryRun, signal, onProgress });
      return { ...report, ...nameOf(place), dropped };
    });
  }

  /** Reads and checks all that is stored, in each place that is read or written. */
  async verify(options: VerifyOptions = {}): Promise<readonly PlaceVerification[]> {
    const verified: PlaceVerification[] = [];
    for (const place of this.storage.places) verified.push(await verifyPlace(place, options));
    return verified;
  }

  /** Switches everything on, or the families of a pattern. */
  enable(pattern?: string, signal?: AbortSignal): Promise<SwitchChange> {
    return this.switch(true, pattern, signal);
  }

  /** Switches everything off, or the families of a pattern. */
  disable(pattern?: string, signal?: AbortSignal): Promise<SwitchChange> {
    return this.switch(false, pattern, signal);
  }

  private async switch(on: boolean, pattern: string | undefined, signal?: AbortSignal): Promise<SwitchChange> {
    const { switches } = this.options;
    if (switches === undefined) throw invalid('no SSM parameter with switches is named');
    if (pattern === '') throw invalid(`pattern must be a family's name, or one with *, got ${show(pattern)}`);
    const before = await readSwitches(switches.ssm, switches.name, signal);
    const after = before.with(on, pattern);
    const changed = after !== before;
    if (changed) await writeSwitches(switches.ssm, switches.name, after.value, signal);
    return { changed, before, after };
  }

  private async refresh(signal?: AbortSignal): Promise<void> {
    await Promise.all(this.storage.places.map((place) => place.manifest.refresh(signal)));
  }

  /** Place by place, so that one that fails is known by name: those before it are done. */
  private async change<T>(run: (place: TaskPlace) => Promise<T>): Promise<T[]> {
    const places = this.storage.places.filter(({ writes }) => writes);
    if (places.length === 0) throw invalid('the mode has nothing that is written to: give one such as local:rw,remote:rw');
    const done: T[] = [];
    for (const place of places) done.push(await run(place));
    return done;
  }
}

export interface SwitchChange {
  readonly changed: boolean;
  readonly before: TaskSwitches;
  readonly after: TaskSwitches;
}
