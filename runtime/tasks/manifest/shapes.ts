import type { Digest, Location } from '../content/shapes.js';

/** How long a result may be reused, as its record says it. Times are Unix epoch milliseconds by the store's clock. */
export type Validity
  = | { readonly kind: 'forever' }
    | { readonly kind: 'ttl'; readonly until: number }
    | { readonly kind: 'run'; readonly run: string }
    | { readonly kind: 'epoch'; readonly name: string };

/** One result of a task. The result itself is in `body`. */
export interface TaskRecord {
  /** The key that it is found by: SHA-256 of all that it depends on. */
  readonly key: Digest;
  /** Which task it is a result of: `Family_<up to three parameters>_<hash>`, the same for all its results. */
  readonly id: string;
  readonly family: string;
  /** Of the result: what is part of the keys of those who require it. */
  readonly digest: Digest;
  /** Where the record's body is (`RecordBody`). */
  readonly body: Location;
  /** Key of the object with the tree of its files, if it has any. */
  readonly tree?: string;
  /** Of body and files, uncompressed. */
  readonly bytes: number;
  readonly created: number;
  /** Milliseconds that it took. */
  readonly duration: number;
  /**
   * Revision of the manifest that was known when it began, or when the first began of those results that it was made from in the same run. What was
   * cleared or invalidated since then does not become valid again by it.
   */
  readonly seen: number;
  readonly validity: Validity;
  /** Keys of the records that it was made from. */
  readonly requires: readonly Digest[];
}

/** The last state of a folder that is kept as a whole. */
export interface FolderRecord {
  readonly name: string;
  /** Key of the object with the tree. */
  readonly tree: string;
  readonly digest: Digest;
  readonly files: number;
  readonly bytes: number;
  readonly created: number;
  readonly seen: number;
}

/** As it is in a manifest. */
export type Kept<T> = T & {
  /** Revision with which it came there: whoever has seen that one knew it. */
  readonly added: number;
};

/**
 * How long a manifest has to remember what was invalidated. Nobody may commit any more what was seen before `revision`, so nothing of before
 * it is remembered. The next such revision is `next`, which was the newest one at `time`.
 */
export interface Horizon {
  readonly revision: number;
  readonly next: number;
  /** Unix epoch milliseconds, by the store's clock. */
  readonly time: number;
}

/**
 * All that one namespace of a scope holds: the one object that is replaced. What it does not name is not there; what it names was stored before it.
 */
export interface Manifest {
  /** Grows by one with each replacement. After damage it goes on far above. At most 2^52. */
  readonly revision: number;
  readonly records: ReadonlyMap<Digest, Kept<TaskRecord>>;
  readonly folders: ReadonlyMap<string, Kept<FolderRecord>>;
  /** Revision of the last `clear`. What was seen before it is not valid. */
  readonly cleared: number;
  /**
   * By task id or folder name, revision of its last invalidation. By key as well, where what is made from that result is invalid too: it is not let
   * in any more if it was seen before.
   */
  readonly invalidated: ReadonlyMap<string, number>;
  /** By name of the epoch, revision at which it began. */
  readonly epochs: ReadonlyMap<string, number>;
  /**
   * Objects that the next collection deletes, with the time at which they were condemned; those that it did delete stay here for a while, with the
   * time of that. Nothing may come to refer to them.
   */
  readonly condemned: ReadonlyMap<string, number>;
  /** By name of another place, revision of its manifest up to which what was cleared and invalidated there was done here as well. */
  readonly followed: ReadonlyMap<string, number>;
  readonly horizon: Horizon;
}

export const EMPTY_MANIFEST: Manifest = {
  revision: 0,
  records: new Map(),
  folders: new Map(),
  cleared: 0,
  invalidated: new Map(),
  epochs: new Map(),
  condemned: new Map(),
  followed: new Map(),
  horizon: { revision: 0, next: 0, time: 0 },
};

/** What is kept with a result. It is JSON, in a pack. */
export interface RecordBody {
  readonly id: string;
  readonly family: string;
  readonly version: string;
  /** Those that are not private. */
  readonly params: Readonly<Record<string, unknown>>;
  /** What the key was made of: by name (`param.region`, `input.template`, `env.STAGE`, `requires.vpc`, `version`), 16 characters of a digest. */
  readonly parts: Readonly<Record<string, string>>;
  /** The value that `run` returned. Absent: `undefined`. */
  readonly value?: unknown;
  /** Whoever made it: `run`, and what `producer` was given. */
  readonly producer: Readonly<Record<string, string>>;
}
