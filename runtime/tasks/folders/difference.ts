import { TaskError } from '../errors.js';
import { scanFolder } from '../files/scan.js';
import type { KnownFolder } from './known-folder.js';
import type { Change, DifferentPath, FolderDifference, TransferOptions } from './shapes.js';
import type { TaskStorage } from '../storage/task-storage.js';
import { baseOf } from './base-file.js';
import { isOn } from './families.js';
import { hashed } from './hashed.js';
import { contentOf, type Signature } from './signature.js';
import { commonBase, mergedContent, readTrees, storedFolders } from './stored-folders.js';

/** Compares three states: what is here, what the cache has, and what both last had in common. */
export async function folderDifference(
  storage: TaskStorage, folder: KnownFolder, { signal, onProgress }: TransferOptions,
): Promise<FolderDifference | undefined> {
  await storage.refresh(signal);
  const stored = storedFolders(storage, folder.name);
  if (stored.length === 0) return undefined;
  const trees = await readTrees(storage, stored, signal);
  if (trees.length < stored.length) {
    throw new TaskError('E_TASK_STORE', `not all that the cache has of ${JSON.stringify(folder.name)} can be read; verify it, or push again`);
  }
  const scan = await scanFolder(folder.root, { ignore: folder.ignore, memory: folder.memory });
  const here = contentOf(await hashed(folder, scan, { signal, onProgress }));
  const there = mergedContent(trees, (path) => isOn(storage.switches, path));
  const base = baseOf(commonBase(storage, folder), scan).content;
  const all = [...new Set([...here.keys(), ...there.keys()])].sort();
  const paths = all.filter((path) => here.get(path) !== there.get(path)).map((path): DifferentPath => {
    const [own, other] = [since(base.get(path), here.get(path)), since(base.get(path), there.get(path))];
    return { path, ...(own && { here: own }), ...(other && { there: other }) };
  });
  const kept = stored.map(({ place: { tier, scope, name }, record: { digest, files, bytes, created } }) => {
    return { tier, scope, place: name, digest, files, bytes, created };
  });
  return { kept, paths, unchanged: all.length - paths.length };
}

function since(before: Signature | undefined, now: Signature | undefined): Change | undefined {
  if (before === now) return undefined;
  if (before === undefined) return 'added';
  return now === undefined ? 'deleted' : 'changed';
}
