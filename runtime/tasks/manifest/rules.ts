import type { Digest } from '../content/shapes.js';
import type { FolderRecord, Kept, Manifest, TaskRecord } from './shapes.js';

/*
 * All rules are pure, and merges: applied once more, to what they led to or to what others made of that, they do no harm. So nobody need know
 * whether a write whose answer was lost took place. What is to become of a manifest has the revision after its own: `ManifestFile` sets it.
 */

/** More records than this are not kept: the oldest go. */
const MAX_RECORDS = 250_000;

/** Whether a record may be reused. Times are Unix epoch milliseconds by the store's clock. */
export function isValid(record: TaskRecord, manifest: Manifest, at: { readonly now: number; readonly run: string }): boolean {
  if (!isCurrent(record, manifest)) return false;
  const { validity } = record;
  if (validity.kind === 'ttl') return at.now < validity.until;
  return validity.kind !== 'run' || validity.run === at.run;
}

/** Whether nothing that concerns it was cleared or invalidated, and no epoch began, since it was seen. */
export function isCurrent({ seen, id, validity }: TaskRecord, manifest: Manifest): boolean {
  return isSince(seen, manifest, [id]) && (validity.kind !== 'epoch' || seen >= (manifest.epochs.get(validity.name) ?? 0));
}

/** A revision above the manifest's own was seen in another one, that is no more. */
function isSince(seen: number, { revision, cleared, invalidated }: Manifest, names: readonly string[]): boolean {
  return seen <= revision && seen >= cleared && names.every((name) => seen >= (invalidated.get(name) ?? 0));
}

/** Whether it may still come. What it requires is looked at only now: once it is here, it goes when that is invalidated with its downstream. */
function isAdmitted(record: TaskRecord, manifest: Manifest): boolean {
  return record.seen >= manifest.horizon.revision && isCurrent(record, manifest) && isSince(record.seen, manifest, record.requires);
}

/**
 * Adds records whose objects are stored. One that is outdated by now is left out. Of two with the same key, the one that is there stays as long as it
 * is valid, unless the other was made although that one was known: then it was found stale or damaged, or was not wanted.
 *
 * Two runs that keep a result for themselves alone (`run`) under the same key replace each other's.
 *
 * @param objectsOf all that a record refers to: body, tree and what the tree names
 * @returns `manifest`: the same one if nothing changes; `refused`: those that refer to objects about to be deleted. Store them under other names
 */
export function withRecords(
  manifest: Manifest, records: readonly TaskRecord[], objectsOf: (record: TaskRecord) => Iterable<string>,
): { readonly manifest: Manifest; readonly refused: readonly TaskRecord[] } {
  const newest = withOutdated(manifest, records);
  const merged = new Map(manifest.records);
  const refused: TaskRecord[] = [];
  let changed = false;
  for (const record of records) {
    if (!isAdmitted(record, newest)) continue;
    const there = merged.get(record.key);
    if (there !== undefined && stays(there, record, newest)) continue;
    if (isCondemned(objectsOf(record), manifest)) {
      refused.push(record);
      continue;
    }
    merged.set(record.key, { ...record, added: manifest.revision + 1 });
    changed = true;
  }
  return { manifest: changed ? { ...newest, records: atMost(MAX_RECORDS, merged) } : newest, refused };
}

function stays(there: Kept<TaskRecord>, record: TaskRecord, manifest: Manifest): boolean {
  if (record.seen >= there.added || !isCurrent(there, manifest)) return false;
  if (there.validity.kind === 'ttl') return record.created < there.validity.until;
  return there.validity.kind !== 'run' || (record.validity.kind === 'run' && record.validity.run === there.validity.run);
}

/** What is made from a result that was invalidated while it was made is as outdated as that: its key is remembered, for those still to come. */
function withOutdated(manifest: Manifest, records: readonly TaskRecord[]): Manifest {
  const invalidated = new Map(manifest.invalidated);
  const markOf = (name: string) => invalidated.get(name) ?? 0;
  let changed = false;
  for (let more = true; more;) {
    more = false;
    for (const { key, id, seen, requires } of records) {
      const last = requires.reduce((latest, name) => Math.max(latest, markOf(name)), markOf(id));
      if (seen >= last || markOf(key) >= last) continue;
      invalidated.set(key, last);
      changed = more = true;
    }
  }
  return changed ? { ...manifest, invalidated } : manifest;
}

function isCondemned(objects: Iterable<string>, { condemned }: Manifest): boolean {
  if (condemned.size === 0) return false;
  for (const object of objects) {
    if (condemned.has(object)) return true;
  }
  return false;
}

function atMost<T extends TaskRecord>(count: number, records: ReadonlyMap<Digest, T>): ReadonlyMap<Digest, T> {
  if (records.size <= count) return records;
  const oldest = [...records.values()].sort((a, b) => a.created - b.created).slice(0, records.size - count);
  const gone = new Set(oldest.map(({ key }) => key));
  return new Map([...records].filter(([key]) => !gone.has(key)));
}

/**
 * - `kept`: the manifest has it
 * - `superseded`: somebody else has pushed since it was seen. Merge with that, and try again with the revision of the manifest that has it
 * - `outdated`: all, or this folder, was cleared or invalidated since it was seen
 * - `condemned`: it refers to objects about to be deleted. Store them under other names
 */
export type FolderOutcome = 'kept' | 'superseded' | 'outdated' | 'condemned';

/**
 * Replaces what is kept of a folder.
 *
 * @param objects all that it refers to: its tree, and what that names
 * @returns `manifest`: the same one if nothing changes
 */
export function withFolder(
  manifest: Manifest, folder: FolderRecord, objects: Iterable<string>,
): { readonly manifest: Manifest; readonly outcome: FolderOutcome } {
  const there = manifest.folders.get(folder.name);
  if (there?.tree === folder.tree && there.digest === folder.digest) return { manifest, outcome: 'kept' };
  if (folder.seen < manifest.horizon.revision || !isSince(folder.seen, manifest, [folder.name])) return { manifest, outcome: 'outdated' };
  if (there !== undefined && folder.seen < there.added) return { manifest, outcome: 'superseded' };
  if (isCondemned(objects, manifest)) return { manifest, outcome: 'condemned' };
  const folders = new Map(manifest.folders).set(folder.name, { ...folder, added: manifest.revision + 1 });
  return { manifest: { ...manifest, folders }, outcome: 'kept' };
}

/** Drops all results and folders. What a run that is under way has seen before this does not become valid by it. */
export function cleared(manifest: Manifest): Manifest {
  return { ...manifest, cleared: manifest.revision + 1, records: new Map(), folders: new Map(), invalidated: new Map() };
}

/**
 * Drops results and folders, and keeps out those that runs under way are making of the same tasks.
 *
 * @param ids of tasks, and names of folders
 * @param options.downstream whether what was made from these results goes as well, and what was made from that. What was made from a result that
 *   had been dropped before is not found
 * @returns `manifest`: the same one if there are no ids; `records`: those that it has no more
 */
export function invalidated(
  manifest: Manifest, ids: Iterable<string>, { downstream }: { readonly downstream: boolean },
): { readonly manifest: Manifest; readonly records: readonly TaskRecord[] } {
  const named = new Set(ids);
  if (named.size === 0) return { manifest, records: [] };
  const gone = new Set([...manifest.records.values()].filter(({ id }) => named.has(id)));
  if (downstream) addDownstream(gone, manifest);
  const marks = new Map(manifest.invalidated);
  const revision = manifest.revision + 1;
  for (const name of named) marks.set(name, revision);
  if (downstream) for (const { id, key } of gone) marks.set(id, revision).set(key, revision);
  const records = new Map([...manifest.records].filter(([, record]) => !gone.has(record)));
  const folders = new Map([...manifest.folders].filter(([name]) => !named.has(name)));
  return { manifest: { ...manifest, records, folders, invalidated: marks }, records: [...gone] };
}

/** Each record is added once: somebody may have written records that require each other. */
function addDownstream(gone: Set<Kept<TaskRecord>>, { records }: Manifest): void {
  const dependents = new Map<Digest, Kept<TaskRecord>[]>();
  for (const record of records.values()) {
    for (const key of record.requires) {
      const known = dependents.get(key);
      if (known === undefined) dependents.set(key, [record]);
      else known.push(record);
    }
  }
  for (const { key } of gone) { // goes on with those that are added on the way
    for (const record of dependents.get(key) ?? []) gone.add(record);
  }
}

/** Begins a new epoch: results of the ones before, and of runs under way, are valid no more. They stay, for `explain`, until retention drops them. */
export function withEpoch(manifest: Manifest, name: string): Manifest {
  return { ...manifest, epochs: new Map(manifest.epochs).set(name, manifest.revision + 1) };
}
