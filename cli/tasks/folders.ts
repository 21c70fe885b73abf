import { basename, resolve, sep } from 'node:path';
import { UsageError } from '../context.js';
import type { FolderOptions } from './group-options.js';

/** A folder that is kept. */
export interface KeptFolder {
  /** As it was given. */
  readonly path: string;
  /** In the cache. */
  readonly name: string;
  readonly ignore?: readonly string[];
}

const DEFAULT_PATH = 'output';

/** @throws UsageError */
export function foldersOf({ path: paths = [DEFAULT_PATH], name: names = [], ignore }: FolderOptions): KeptFolder[] {
  if (paths.includes('')) throw new UsageError('--path is empty: give a folder');
  if (names.length > paths.length) {
    throw new UsageError(`--name is given ${names.length} times and --path ${paths.length} times: each name is for one path, in their order`);
  }
  const folders = paths.map((path, i) => ({ path, name: names[i] ?? basename(resolve(path)), ...(ignore && { ignore }) }));
  const nested = folders.flatMap((inner) => folders.filter((outer) => isIn(inner, outer)).map((outer) => [inner.path, outer.path] as const))[0];
  if (nested !== undefined) throw new UsageError(`--path '${nested[0]}' lies in --path '${nested[1]}', which is kept as a whole: leave one out`);
  const twice = folders.find(({ name }, i) => folders.findIndex((other) => other.name === name) !== i);
  if (twice === undefined) return folders;
  throw new UsageError(`two paths are called '${twice.name}' in the cache: give each a --name of its own, in the order of the paths`);
}

function isIn(inner: KeptFolder, outer: KeptFolder): boolean {
  return resolve(inner.path).startsWith(`${resolve(outer.path)}${sep}`);
}
