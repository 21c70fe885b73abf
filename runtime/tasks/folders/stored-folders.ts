import { DamagedError } from '../errors.js';
import { readTree } from '../content/tree-store.js';
import type { Tree } from '../content/shapes.js';
import type { FolderRecord, Manifest } from '../manifest/shapes.js';
import type { Place } from '../storage/place.js';
import type { TaskStorage } from '../storage/task-storage.js';
import { NO_BASE, type Base } from './base-file.js';
import { contentOf } from './signature.js';

/** What one place has of a folder. */
export interface StoredFolder {
  readonly place: Place;
  readonly record: FolderRecord;
}

/** With its tree. */
export type ReadFolder = StoredFolder & { readonly tree: Tree };

/** Places that folders are kept in: a bucket, if there is one. The folder itself is the copy on this computer. @default - those that answer */
export function folderPlaces({ places }: TaskStorage, which: 'up' | 'all' = 'up'): readonly Place[] {
  const remote = places.filter(({ tier }) => tier === 'remote');
  return (remote.length > 0 ? remote : places).filter(({ isUp }) => isUp || which === 'all');
}

/** What can be read of a folder, the scope that is written to first. */
export function storedFolders(storage: TaskStorage, name: string): StoredFolder[] {
  return folderPlaces(storage).filter(({ reads }) => reads).flatMap((place) => {
    const record = validFolder(place.manifest.current, name);
    return record === undefined ? [] : [{ place, record }];
  });
}

/** Whether all, or this folder, was cleared or invalidated since a revision. */
export function isClearedSince({ cleared, invalidated }: Manifest, name: string, seen: number | undefined): boolean {
  return seen !== undefined && (seen < cleared || seen < (invalidated.get(name) ?? 0));
}

/** What a folder has in common with the cache: nothing, once somebody has emptied that. What is here stays, and may go there again. */
export function commonBase(storage: TaskStorage, { base, name }: { readonly base: Base; readonly name: string }): Base {
  const isForgotten = folderPlaces(storage).some(({ scope, manifest }) => isClearedSince(manifest.current, name, base.trees[scope]?.seen));
  return isForgotten ? NO_BASE : base;
}

/** Whether the cache has the same trees as when the folder was pulled or pushed last. */
export function isAsBefore(stored: readonly StoredFolder[], { trees }: Base): boolean {
  return stored.length === Object.keys(trees).length && stored.every(({ place, record }) => trees[place.scope]?.tree === record.tree);
}

/** @returns `undefined` if there is none, or it was cleared or invalidated */
export function validFolder(manifest: Manifest, name: string): FolderRecord | undefined {
  const record = manifest.folders.get(name);
  return isClearedSince(manifest, name, record?.seen) ? undefined : record;
}

/** The tree that a record has. One that is damaged is reported. @returns `undefined` if it cannot be had */
export async function treeOf(storage: TaskStorage, { place, record }: StoredFolder, signal?: AbortSignal): Promise<Tree | undefined> {
  return place.attempt('read the tree', async () => {
    try {
      return await readTree(place.objects, record.tree, undefined, signal);
    } catch (error) {
      if (!(error instanceof DamagedError)) throw error;
      storage.telemetry.rejected(place.name, record.name, error);
      if (error.object !== undefined) place.contents.avoid([error.object]);
      return undefined;
    }
  }, signal);
}

/** Those whose trees can be had. */
export async function readTrees(storage: TaskStorage, stored: readonly StoredFolder[], signal?: AbortSignal): Promise<ReadFolder[]> {
  const read = await Promise.all(stored.map(async (each) => {
    const tree = await treeOf(storage, each, signal);
    return tree === undefined ? [] : [{ ...each, tree }];
  }));
  return read.flat();
}

/** What several have, put together: of a path that more than one has, the first one's. */
export function mergedContent(folders: readonly ReadFolder[], isWanted: (path: string) => boolean): Map<string, string> {
  const all = new Map<string, string>();
  for (const { tree } of folders) {
    for (const [path, signature] of contentOf(tree)) if (!all.has(path) && isWanted(path)) all.set(path, signature);
  }
  return all;
}
