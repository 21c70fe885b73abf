import { TASK_KEYS } from '../../../lib/contract/tasks.js';
import type { ObjectFailure, ObjectStore, StoredObject } from '../../stores/object-store.js';
import { nameOfKey } from '../content/object-names.js';
import { TaskError } from '../errors.js';
import type { TaskPlace } from '../storage/shapes.js';
import { References } from './references.js';
import type { Manifest } from './shapes.js';

export interface GarbageOptions {
  /** Milliseconds that an object stays which nothing refers to. It must be longer than any run takes, and than a collection does. */
  readonly grace: number;
  /** By the store's clock, in Unix epoch milliseconds. @default - what the manifest's access says */
  readonly now?: () => number;
  /** Says what would be done, and does nothing of it. @default false */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
  /** Of the trees that have to be read. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface GarbageReport {
  /** What is stored: packs, chunks and trees. */
  readonly objects: number;
  readonly bytes: number;
  /** Of these, what a later collection deletes, unless it is stored under another name meanwhile. */
  readonly condemned: number;
  readonly condemnedBytes: number;
  readonly deleted: number;
  readonly deletedBytes: number;
  /** Objects that could not be deleted; a later collection tries again. */
  readonly failures: readonly ObjectFailure[];
  /** Trees that are referred to, and damaged or not there. What only they refer to counts as unused. */
  readonly unreadable: readonly string[];
}

/** How often it is begun anew because somebody else has committed trees that were not read yet. */
const ATTEMPTS = 100;
/** Names that a manifest keeps of what is to be deleted. What is left is for the next time. */
const MAX_CONDEMNED = 100_000;
/** Objects that are deleted by one call. */
const BATCH = 1_000;

interface Plan {
  /** `undefined`: nothing changes. */
  readonly manifest?: Manifest;
  readonly condemned: readonly StoredObject[];
  readonly deleted: readonly StoredObject[];
}

/**
 * Deletes objects that nothing refers to, in two steps, so that no race loses any that somebody comes to refer to:
 *
 * 1. What is older than the grace period, and unused, is condemned: the manifest says so, by the same compare-and-swap that any commit needs. From
 *    then on, no commit may refer to it. Whoever needs it stores it under another name.
 * 2. A collection that comes when the grace period is over first sets the time anew, and then deletes. Of two, only the one that did that
 *    deletes. The name stays condemned for another grace period, and is only then taken off, so that it is not used again while anybody may still
 *    be about to delete it.
 *
 * If a tree that is referred to cannot be read because the store fails, or is of a newer format, nothing is collected: it may refer to anything.
 * Leases are no objects. The retention's handler deletes those that nobody has renewed for a day: a lifecycle knows prefixes only.
 *
 * @throws DamagedError if the manifest is; TaskError `E_TASK_CONFLICT`; what the store failed with
 */
export async function collectGarbage(
  { objects, manifest }: Pick<TaskPlace, 'objects' | 'manifest'>, options: GarbageOptions,
): Promise<GarbageReport> {
  const { grace, now = () => manifest.now(), dryRun = false, signal, onProgress } = options;
  let newest = await manifest.refresh(signal);
  const time = now();
  const stored = await listed(objects, signal);
  const references = new References(objects);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await references.read(newest, { signal, onProgress });
    let plan: Plan | undefined = dryRun ? planOf(newest, stored, references, { time, grace }) : undefined;
    if (!dryRun) {
      newest = await manifest.update((current) => {
        plan = references.knows(current) ? planOf(current, stored, references, { time, grace }) : undefined;
        return plan?.manifest;
      }, signal);
    }
    if (plan === undefined) continue;
    const failures = dryRun ? [] : await deleteAll(objects, plan.deleted, signal);
    return reportOf(stored, plan, failures, references);
  }
  throw new TaskError('E_TASK_CONFLICT', `others have committed to ${objects.place} all the time: nobody can say what is unused; try again later`);
}

function planOf(
  manifest: Manifest, stored: ReadonlyMap<string, StoredObject>, references: References, { time, grace }: { time: number; grace: number },
): Plan {
  const used = references.of(manifest);
  const names = new Map<string, number>();
  const deleted: StoredObject[] = [];
  for (const [key, since] of manifest.condemned) {
    if (used.has(key)) continue;
    const there = stored.get(key);
    if (Math.abs(time - since) < grace) names.set(key, since); // one of the far future is of a clock that was wrong
    else if (there !== undefined) {
      names.set(key, time);
      deleted.push(there);
    }
  }
  const condemned = [...stored.values()].filter(({ key, lastModified }) => time - lastModified > grace && !used.has(key)
    && !manifest.condemned.has(key) && nameOfKey(key) !== undefined).slice(0, Math.max(0, MAX_CONDEMNED - names.size));
  for (const { key } of condemned) names.set(key, time);
  const same = condemned.length + deleted.length === 0 && names.size === manifest.condemned.size;
  return { ...(!same && { manifest: { ...manifest, condemned: names } }), condemned, deleted };
}

async function listed(objects: ObjectStore, signal: AbortSignal | undefined): Promise<ReadonlyMap<string, StoredObject>> {
  const stored = new Map<string, StoredObject>();
  for await (const object of objects.list(TASK_KEYS.objects, { signal })) stored.set(object.key, object);
  return stored;
}

async function deleteAll(objects: ObjectStore, all: readonly StoredObject[], signal: AbortSignal | undefined): Promise<readonly ObjectFailure[]> {
  const failures: ObjectFailure[] = [];
  for (let at = 0; at < all.length; at += BATCH) {
    failures.push(...await objects.delete(all.slice(at, at + BATCH).map(({ key }) => key), { signal }));
  }
  return failures;
}

function reportOf(
  stored: ReadonlyMap<string, StoredObject>, { condemned, deleted }: Plan, failures: readonly ObjectFailure[], { unreadable }: References,
): GarbageReport {
  const failed = new Set(failures.map(({ key }) => key));
  const gone = deleted.filter(({ key }) => !failed.has(key));
  return {
    objects: stored.size, bytes: bytesOf(stored.values()), condemned: condemned.length, condemnedBytes: bytesOf(condemned),
    deleted: gone.length, deletedBytes: bytesOf(gone), failures, unreadable: [...unreadable],
  };
}

function bytesOf(all: Iterable<StoredObject>): number {
  let sum = 0;
  for (const { bytes } of all) sum += bytes;
  return sum;
}
