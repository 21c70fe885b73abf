import { TASK_TIME } from '../../../lib/contract/tasks.js';
import { isCurrent } from './rules.js';
import type { FolderRecord, Horizon, Kept, Manifest, TaskRecord } from './shapes.js';

/** Results that are kept of one task: its newest ones. */
const KEPT_PER_TASK = 8;
const GRACE = TASK_TIME.grace * 1000;

export interface RetentionLimits {
  /** By the store's clock, in Unix epoch milliseconds. */
  readonly now: number;
  /** Milliseconds. */
  readonly maxAge: number;
  /** Of all results and folders, uncompressed: the oldest go first. @default - no limit */
  readonly maxBytes?: number;
}

export interface Retained {
  /** The same one if nothing changes. */
  readonly manifest: Manifest;
  readonly dropped: readonly TaskRecord[];
  readonly folders: readonly FolderRecord[];
}

/**
 * Drops what is too old, too much, or of no use any more; results that cannot be valid again stay as long as they are a task's newest, for `explain`.
 *
 * Also forgets invalidations and epochs that no run can have begun before: those that were there longer ago than the grace period (24 hours). From
 * then on, what was seen before them comes too late to be kept: that they are forgotten makes nothing valid.
 */
export function retained(manifest: Manifest, { now, maxAge, maxBytes = Infinity }: RetentionLimits): Retained {
  const { horizon, invalidated, epochs } = withoutForgotten(manifest, now);
  const perTask = new Map<string, number>();
  const useful = byAge([...manifest.records.values()]).filter((record) => {
    if (Math.abs(now - record.created) > maxAge) return false; // one of the far future is of a clock that was wrong
    const { id, seen, validity } = record;
    const newer = perTask.get(id) ?? 0;
    if (newer >= KEPT_PER_TASK) return false;
    if (validity.kind === 'epoch' && !epochs.has(validity.name) && seen < (manifest.epochs.get(validity.name) ?? 0)) return false;
    if (newer > 0 && isSpent(record, manifest, now)) return false;
    perTask.set(id, newer + 1);
    return true;
  });
  const young = [...manifest.folders.values()].filter(({ created }) => Math.abs(now - created) <= maxAge);
  const kept = within(maxBytes, [...useful, ...young]);
  const dropped = [...manifest.records.values()].filter((record) => !kept.has(record));
  const folders = [...manifest.folders.values()].filter((folder) => !kept.has(folder));
  if (dropped.length + folders.length === 0 && horizon === manifest.horizon) return { manifest, dropped, folders };
  return {
    manifest: {
      ...manifest, horizon, invalidated, epochs,
      records: new Map([...manifest.records].filter(([, record]) => kept.has(record))),
      folders: new Map([...manifest.folders].filter(([, folder]) => kept.has(folder))),
    }, dropped, folders,
  };
}

/** It is not valid, and will not be. */
function isSpent(record: Kept<TaskRecord>, manifest: Manifest, now: number): boolean {
  const { validity, created } = record;
  if (validity.kind === 'ttl' && validity.until <= now) return true;
  return !isCurrent(record, manifest) || (validity.kind === 'run' && now - created > GRACE);
}

type Dated = TaskRecord | FolderRecord;

function within(maxBytes: number, all: readonly Dated[]): ReadonlySet<Dated> {
  let sum = 0;
  return new Set(byAge(all).filter(({ bytes }) => (sum += bytes) <= maxBytes));
}

/** The newest first; of the same age, in the order of names, so that everybody keeps the same ones. */
function byAge<T extends Dated>(all: readonly T[]): readonly T[] {
  const nameOf = (each: Dated) => 'key' in each ? each.key : each.name;
  return [...all].sort((a, b) => b.created - a.created || (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0));
}

/**
 * The horizon follows at a distance: what was the newest revision at some time is the horizon once that time is longer ago than the grace period. A
 * mark at or below it was set before that time, so whoever has seen less began before it as well.
 */
function withoutForgotten(manifest: Manifest, now: number): Pick<Manifest, 'horizon' | 'invalidated' | 'epochs'> {
  const { horizon, invalidated, epochs, revision } = manifest;
  if (invalidated.size + epochs.size === 0) return manifest;
  const following = (at: number): Horizon => ({ revision: at, next: revision, time: now });
  if (horizon.time === 0 || horizon.time > now) return { horizon: following(horizon.revision), invalidated, epochs };
  if (now - horizon.time <= GRACE) return manifest;
  const after = (marks: ReadonlyMap<string, number>) => new Map([...marks].filter(([, mark]) => mark > horizon.next));
  return { horizon: following(horizon.next), invalidated: after(invalidated), epochs: after(epochs) };
}
