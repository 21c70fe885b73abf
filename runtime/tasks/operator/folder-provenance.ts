import { readTree } from '../content/tree-store.js';
import { LUIGI_TEMPORARY } from '../files/glob.js';
import { scanFolder } from '../files/scan.js';
import { storeFiles } from '../files/store-files.js';
import { contentOf, type Content } from '../folders/signature.js';
import { validFolder } from '../folders/stored-folders.js';
import type { FolderRecord } from '../manifest/shapes.js';
import { DigestStore } from '../storage/digest-store.js';
import type { TaskPlace } from '../storage/shapes.js';
import { nameOf, type PlaceName } from './status.js';

/** How a folder here differs from what the cache has. Paths are relative to it, with `/`. */
export interface FolderDifference {
  /** Here, and not in the cache. */
  readonly added: readonly string[];
  /** Here in another form. */
  readonly changed: readonly string[];
  /** In the cache, and not here. */
  readonly missing: readonly string[];
  readonly unchanged: number;
}

/** Where the content of a folder comes from. */
export interface FolderProvenance {
  readonly name: string;
  /** What places have of it, in the order in which they are preferred. */
  readonly kept: readonly (PlaceName & Pick<FolderRecord, 'digest' | 'files' | 'bytes' | 'created'>)[];
  /** Between what is here and what the cache has. */
  readonly difference: FolderDifference;
}

export interface FolderQuestion {
  /** In the cache. */
  readonly name: string;
  /** Where it is here. One that is not there has nothing in it. */
  readonly folder: string;
  /** Paths in it that are not kept. @default - Luigi's temporary files */
  readonly ignore?: readonly string[];
  readonly signal?: AbortSignal;
}

/** @param places whose manifests were read @returns `undefined` if none of them has such a folder */
export async function folderProvenance(
  places: readonly TaskPlace[], { name, folder, ignore = [LUIGI_TEMPORARY], signal }: FolderQuestion,
): Promise<FolderProvenance | undefined> {
  const stored = places.filter(({ reads }) => reads).flatMap((place) => {
    const record = validFolder(place.manifest.current, name);
    return record === undefined ? [] : [{ place, record }];
  });
  if (stored.length === 0) return undefined;
  const kept = new Map<string, string>();
  for (const { place, record } of stored) {
    const content = contentOf(await readTree(place.objects, record.tree, undefined, signal));
    for (const [path, signature] of content) if (!kept.has(path)) kept.set(path, signature); // the first that has a path is preferred
  }
  const scan = await scanFolder(folder, { ignore });
  const here = contentOf(await storeFiles(folder, scan, new DigestStore(), { signal }));
  return {
    name, difference: differenceBetween(here, kept),
    kept: stored.map(({ place, record: { digest, files, bytes, created } }) => ({ ...nameOf(place), digest, files, bytes, created })),
  };
}

function differenceBetween(here: Content, kept: Content): FolderDifference {
  const paths = [...here.keys()].sort();
  return {
    added: paths.filter((path) => !kept.has(path)),
    changed: paths.filter((path) => kept.has(path) && kept.get(path) !== here.get(path)),
    missing: [...kept.keys()].filter((path) => !here.has(path)).sort(),
    unchanged: paths.filter((path) => kept.get(path) === here.get(path)).length,
  };
}
