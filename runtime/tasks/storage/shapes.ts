import type { ObjectStore } from '../../stores/object-store.js';
import type { ContentStore } from '../content/content-store.js';
import type { Digest } from '../content/shapes.js';
import type { ResultFiles } from '../definition/shapes.js';
import type { Manifest, RecordBody, TaskRecord, Validity } from '../manifest/shapes.js';
import type { TaskTelemetry } from '../telemetry.js';
import type { TierName } from './tier.js';

/** The manifest of one place, as it was last read. */
export interface ManifestAccess {
  /** As it was last read or written. @throws Error before the first `refresh` */
  readonly current: Manifest;
  /** Reads it, if it is another than the one known. One that is not there is empty. @throws DamagedError; what the store failed with */
  refresh(signal?: AbortSignal): Promise<Manifest>;
  /**
   * Replaces it by compare-and-swap: reads again and asks again as often as somebody else was first.
   *
   * @param change given the newest one, what is to take its place, whose revision is set here; `undefined`: it stays as it is
   * @returns the newest one
   * @throws TaskError `E_TASK_CONFLICT` after many attempts; what the store failed with
   */
  update(change: (newest: Manifest) => Manifest | undefined, signal?: AbortSignal): Promise<Manifest>;
  /** The time by the store's clock, in Unix epoch milliseconds, as of its last answer. */
  now(): number;
}

/** One namespace of one scope in one store. */
export interface TaskPlace {
  readonly tier: TierName;
  readonly scope: string;
  readonly reads: boolean;
  readonly writes: boolean;
  /** Keys are below the namespace: `manifest`, `objects/…`, `leases/…`. */
  readonly objects: ObjectStore;
  readonly contents: ContentStore;
  readonly manifest: ManifestAccess;
}

/** A result that was found, with its body read and verified. */
export interface FoundResult {
  readonly record: TaskRecord;
  readonly body: RecordBody;
  readonly files: ResultFiles;
  readonly tier: TierName;
  readonly scope: string;
}

/** What the manifests of all places were when a task began. Opaque. */
export type Mark = ReadonlyMap<TaskPlace, number>;

/** A result to be kept. */
export interface NewResult {
  readonly key: Digest;
  readonly body: RecordBody;
  /** Folder with the files of the result, if there are any. It is only read. */
  readonly folder?: string;
  /** Given the time by a store's clock. */
  readonly validity: (now: number) => Validity;
  /** Milliseconds that it took. */
  readonly duration: number;
  readonly requires: readonly Digest[];
  /** From when it began. It takes the place of what was known then; of what came since, the first stays. */
  readonly mark: Mark;
}

/** What became of a result that was kept. */
export interface KeptResult {
  readonly digest: Digest;
  readonly files: ResultFiles;
  /** Places that have it. */
  readonly places: readonly { readonly tier: TierName; readonly scope: string }[];
}

/** Held until it is released; renewed as long as the process lives. */
export interface HeldLease {
  /** Aborts if it was lost to somebody else. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/** Where the runner finds results and leaves them. Failures of stores are counted and reported, not thrown, unless `strict`. */
export interface ResultStorage {
  /** Reads the manifests: one conditional request for each place. */
  refresh(signal?: AbortSignal): Promise<void>;
  /** What the manifests are now. */
  mark(): Mark;
  /** The first valid and whole result of a key, by the order of the places. */
  find(key: Digest, options: { readonly run: string; readonly signal?: AbortSignal }): Promise<FoundResult | undefined>;
  /** Whether `find` would find one, by the manifests alone: nothing is read, and nothing is verified. */
  knows(key: Digest, run: string): TaskRecord | undefined;
  /** The newest result of a task, valid or not: what it was made of is compared with what it would be made of now. */
  latest(id: string, signal?: AbortSignal): Promise<FoundResult | undefined>;
  /** The digest that a result has: SHA-256 of value and files. */
  digestOf(value: unknown, folder?: string): Promise<Digest>;
  /** Resolves once it is kept in every place that is written to, or has failed there. */
  keep(result: NewResult, signal?: AbortSignal): Promise<KeptResult>;
  /**
   * Waits until nobody else runs the task with this key. `undefined` if no place can hold a lease.
   *
   * @param onWait called once somebody else is seen to hold it: before that it is soon taken to hang, from then on it may take as long as it does
   */
  lease(key: Digest, signal?: AbortSignal, onWait?: () => void): Promise<HeldLease | undefined>;
  /** Says which families are cached. @default - all */
  readonly switches?: { allows(family: string): boolean };
  /** Where runs on it are counted too. @default - they count on their own */
  readonly telemetry?: TaskTelemetry;
  /** Resolves once all that was to be kept is. */
  settled(): Promise<void>;
  close(): Promise<void>;
}
