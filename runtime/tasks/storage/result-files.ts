import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { show } from '../../errors.js';
import type { Tree } from '../content/shapes.js';
import type { ResultFiles } from '../definition/shapes.js';
import { DamagedError, invalid, TaskError } from '../errors.js';
import { restoreTree } from '../files/restore.js';
import type { Place } from './place.js';
import { readBytes } from './stored-bytes.js';

/** Of a result that has none. */
export const NO_FILES: ResultFiles = filesOf([], () => Promise.resolve(new Uint8Array()), () => Promise.resolve());

/** Files of a result that is stored. They are fetched when they are asked for. @param id of its task */
export function treeFiles(tree: Tree, place: Pick<Place, 'contents' | 'fetch'>, id: string): ResultFiles {
  const { contents } = place;
  const files = new Map(tree.entries.flatMap((entry) => entry.type === 'file' ? [[entry.path, entry] as const] : []));
  const read = (path: string) => place.fetch(id, () => readBytes(contents, files.get(path)!.location));
  const copy = (folder: string, path?: string) => place.fetch(id, async () => {
    const wanted = path === undefined ? tree : { entries: [files.get(path)!] };
    const { refused, damaged } = await restoreTree(folder, [{ tree: wanted, contents }]);
    const [bad] = damaged;
    if (bad !== undefined) throw new DamagedError(`${show(bad.path)} of ${id} cannot be had any more: ${bad.reason}`);
    const [unsafe] = refused;
    if (unsafe !== undefined) throw new TaskError('E_TASK_UNSAFE', `${show(unsafe.path)} of ${id} is not copied: ${unsafe.reason}`);
  });
  return filesOf([...files.keys()], read, copy);
}

/** Files that lie in a folder. @param paths relative to it */
export function folderFiles(folder: string, paths: readonly string[]): ResultFiles {
  return filesOf(paths, (path) => readFile(join(folder, path)), async (to, path) => {
    for (const each of path === undefined ? paths : [path]) {
      await mkdir(dirname(join(to, each)), { recursive: true });
      await copyFile(join(folder, each), join(to, each));
    }
  });
}

function filesOf(
  paths: readonly string[], read: (path: string) => Promise<Uint8Array>, copy: (folder: string, path?: string) => Promise<void>,
): ResultFiles {
  const known = new Set(paths);
  const check = (path: string) => {
    if (known.has(path)) return;
    throw invalid(`path must be one of the result's files (${paths.slice(0, 10).map(show).join(', ') || 'it has none'}), got ${show(path)}`);
  };
  return {
    paths,
    async read(path) {
      check(path);
      return read(path);
    },
    async copy(folder, path) {
      if (path !== undefined) check(path);
      await copy(folder, path);
      return path === undefined ? folder : join(folder, path);
    },
  };
}
