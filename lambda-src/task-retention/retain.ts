import { TASK_KEYS } from '../../lib/contract/tasks';
import type { ObjectStore } from '../../runtime/stores/object-store';
import { collectGarbage } from '../../runtime/tasks/manifest/garbage';
import { retained } from '../../runtime/tasks/manifest/retention';
import type { ManifestAccess } from '../../runtime/tasks/storage/shapes';
import type { Tally } from './tally';

export interface Limits {
  /** Milliseconds that a result is kept. */
  readonly maxAge: number;
  /** Of all results of a namespace, uncompressed. @default - no limit */
  readonly maxBytes?: number;
  /** Milliseconds that an object stays which nothing refers to. */
  readonly grace: number;
}

export interface RetainOptions extends Limits {
  readonly objects: ObjectStore;
  readonly manifest: ManifestAccess;
  readonly signal: AbortSignal;
  /** Is told of what could not be done, and why. */
  readonly failed: (what: string, why: string) => void;
}

/** A lease that nobody has renewed for a day is nobody's: its holder renews it every few seconds. */
const LEASE_AGE = 24 * 3600 * 1000;
const BATCH = 1_000;

/**
 * Drops what is too old or too much in one namespace, then deletes what nothing refers to. Runs may overlap, with each other and with those who push,
 * and may end at any point.
 *
 * @throws what the store or the manifest fails with
 */
export async function retain(tally: Tally, options: RetainOptions): Promise<void> {
  const { objects, manifest, maxAge, maxBytes, grace, signal } = options;
  await manifest.refresh(signal);
  const kept = await manifest.update((newest) => {
    const { manifest: next, dropped, folders } = retained(newest, { now: manifest.now(), maxAge, ...(maxBytes !== undefined && { maxBytes }) });
    tally.dropped = dropped.length + folders.length;
    return next === newest ? undefined : next;
  }, signal);
  tally.records = kept.records.size;
  const report = await collectGarbage({ objects, manifest }, { grace, signal });
  tally.bytes = report.bytes - report.deletedBytes;
  tally.deletedObjects = report.deleted;
  tally.deletedBytes = report.deletedBytes;
  tally.condemned = report.condemned;
  tally.unreadable = report.unreadable.length;
  tally.complete = true;
  for (const { key, message } of report.failures) fail(tally, options, key, message);
  await deleteLeases(tally, options);
}

/** A lifecycle knows prefixes only, and leases lie below each namespace's own. */
async function deleteLeases(tally: Tally, options: RetainOptions): Promise<void> {
  const { objects, manifest, signal } = options;
  const over = manifest.now() - LEASE_AGE;
  let keys: string[] = [];
  const flush = async () => {
    const failures = keys.length === 0 ? [] : await objects.delete(keys, { signal });
    tally.deletedLeases += keys.length - failures.length;
    for (const { key, message } of failures) fail(tally, options, key, message);
    keys = [];
  };
  for await (const { key, lastModified } of objects.list(TASK_KEYS.leases, { signal })) {
    if (lastModified < over) keys.push(key);
    if (keys.length === BATCH) await flush();
  }
  await flush();
}

function fail(tally: Tally, { failed }: RetainOptions, what: string, why: string): void {
  tally.failures += 1;
  failed(what, why);
}
