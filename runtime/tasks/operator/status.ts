import type { Manifest } from '../manifest/shapes.js';
import { isValid } from '../manifest/rules.js';
import type { TaskPlace } from '../storage/shapes.js';
import type { TierName } from '../storage/tier.js';
import { known, type Known } from './known.js';

/** A place, as people know it. */
export interface PlaceName {
  readonly tier: TierName;
  readonly scope: string;
  /** `s3://bucket/v1/main/default/`, a folder. */
  readonly place: string;
}

/** Results of one family. */
export interface FamilyStatus {
  readonly family: string;
  readonly records: number;
  /** Of these, records that may be reused. Those of a single run are not among them. */
  readonly valid: number;
  /** Uncompressed. */
  readonly bytes: number;
  /** When the youngest was made, in Unix epoch milliseconds. */
  readonly newest: number;
}

export interface FolderStatus {
  readonly name: string;
  readonly files: number;
  readonly bytes: number;
  /** When it was pushed, in Unix epoch milliseconds. */
  readonly pushed: number;
}

/** What a manifest says. */
export interface ManifestStatus {
  readonly revision: number;
  readonly records: number;
  readonly valid: number;
  /** Of records and folders, uncompressed. */
  readonly bytes: number;
  /** When something was last stored, in Unix epoch milliseconds. Unset: nothing is. */
  readonly lastPush?: number;
  readonly folders: readonly FolderStatus[];
  /** By size, the largest first. */
  readonly families: readonly FamilyStatus[];
  /** Epochs that were begun, with the revision at which they did. */
  readonly epochs: Readonly<Record<string, number>>;
  /** Revision of the last `clear`; 0: never. */
  readonly cleared: number;
  /** Objects that the next collection deletes. */
  readonly condemned: number;
}

export interface PlaceStatus extends PlaceName {
  readonly reads: boolean;
  readonly writes: boolean;
  readonly manifest: Known<ManifestStatus>;
}

export function nameOf({ tier, scope, objects }: TaskPlace): PlaceName {
  return { tier, scope, place: objects.place };
}

/** One conditional read. */
export async function statusOf(place: TaskPlace, signal?: AbortSignal): Promise<PlaceStatus> {
  const { reads, writes, manifest } = place;
  const status = manifest.refresh(signal).then((newest) => manifestStatus(newest, manifest.now()));
  return { ...nameOf(place), reads, writes, manifest: await known(status, signal) };
}

export function manifestStatus(manifest: Manifest, now: number): ManifestStatus {
  const records = [...manifest.records.values()];
  const folders = [...manifest.folders.values()];
  const families = new Map<string, FamilyStatus>();
  for (const record of records) {
    const { family, bytes, created } = record;
    const so = families.get(family) ?? { family, records: 0, valid: 0, bytes: 0, newest: 0 };
    const valid = so.valid + (isReusable(record, manifest, now) ? 1 : 0);
    families.set(family, { family, records: so.records + 1, valid, bytes: so.bytes + bytes, newest: Math.max(so.newest, created) });
  }
  const all = [...families.values()];
  const newest = Math.max(0, ...all.map((each) => each.newest), ...folders.map(({ created }) => created));
  return {
    revision: manifest.revision,
    records: records.length,
    valid: sum(all.map(({ valid }) => valid)),
    bytes: sum(all.map(({ bytes }) => bytes)) + sum(folders.map(({ bytes }) => bytes)),
    ...(newest > 0 && { lastPush: newest }),
    folders: folders.map(({ name, files, bytes, created }) => ({ name, files, bytes, pushed: created })),
    families: all.sort((a, b) => b.bytes - a.bytes || (a.family < b.family ? -1 : 1)),
    epochs: Object.fromEntries(manifest.epochs),
    cleared: manifest.cleared,
    condemned: manifest.condemned.size,
  };
}

/** Whether a later run may use it. */
export function isReusable(record: Parameters<typeof isValid>[0], manifest: Manifest, now: number): boolean {
  return record.validity.kind !== 'run' && isValid(record, manifest, { now, run: '' });
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
