import { createHash } from 'node:crypto';
import { createReadStream, type BigIntStats, type Dirent } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isPattern } from '../../../lib/contract/tasks.js';
import { keyText } from '../../data/key-text.js';
import { Bulkhead } from '../../resilience/bulkhead.js';
import type { Digest } from '../content/shapes.js';
import { TaskError, reasonOf } from '../errors.js';
import { folderOf, pathMatcher } from '../files/glob.js';
import { TextHash } from './digest.js';

/** Digests of files by what they were read as, for one run. */
export type FileHashes = Map<string, Promise<Digest>>;

export interface InputFilesOptions {
  readonly root: string;
  /** Where files are read once a run. @default - they are read */
  readonly hashes?: FileHashes;
  readonly signal?: AbortSignal;
}

const FILES_AT_ONCE = 16;
/** Larger files are read in pieces. */
const READ_AT_ONCE = 256 * 1024;
/** A file that was changed this lately may be changed again with no other time or size, so its digest is not kept. In milliseconds. */
const RACY = 2000;

/**
 * SHA-256 of the files that match: of their relative paths in order, contents, and whether they can be executed by their owner.
 *
 * @throws TaskError `E_TASK_INPUT` if a pattern without wildcards names no file, or one cannot be read
 */
export async function inputFilesDigest(patterns: readonly string[], options: InputFilesOptions): Promise<Digest> {
  const { root } = options;
  const paths = new Set<string>();
  for (const pattern of patterns) {
    if (isPattern(pattern)) for (const found of await matching(root, pattern)) paths.add(found);
    else paths.add(pattern);
  }
  const places = new Bulkhead(FILES_AT_ONCE);
  const texts = await Promise.all([...paths].sort().map((relative) => places.run(() => fileText(relative, options))));
  const hash = new TextHash();
  for (const text of texts) hash.add(text);
  return hash.digest();
}

async function fileText(relative: string, { root, hashes, signal }: InputFilesOptions): Promise<string> {
  signal?.throwIfAborted();
  const place = path.join(root, relative);
  try {
    const stats = await stat(place, { bigint: true });
    if (!stats.isFile()) throw new Error(`it is ${stats.isDirectory() ? `a folder: its files are '${relative}/**'` : 'no file'}`);
    return keyText([relative, (stats.mode & 0o100n) !== 0n, await contentDigest(place, stats, hashes, signal)]);
  } catch (error) {
    signal?.throwIfAborted();
    throw new TaskError('E_TASK_INPUT', `cannot read the input file '${relative}' below ${root}: ${reasonOf(error)}`, { cause: error });
  }
}

function contentDigest(place: string, stats: BigIntStats, hashes: FileHashes | undefined, signal?: AbortSignal): Promise<Digest> {
  if (hashes === undefined) return hashOf(place, stats.size, signal);
  const name = `${place}\0${stats.dev} ${stats.ino} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs}`;
  const known = hashes.get(name);
  if (known !== undefined) return known;
  const digest = hashOf(place, stats.size, signal);
  hashes.set(name, digest);
  const forget = () => void hashes.delete(name);
  digest.then(() => { if (Math.abs(Date.now() - Number(stats.ctimeMs)) < RACY) forget(); }, forget);
  return digest;
}

async function hashOf(place: string, size: bigint, signal?: AbortSignal): Promise<Digest> {
  const hash = createHash('sha256');
  if (size <= READ_AT_ONCE) return hash.update(await readFile(place, { signal })).digest('hex');
  await pipeline(createReadStream(place), hash, { signal });
  return hash.digest('hex');
}

/** Relative paths of the files that a pattern stands for, in no order. Links to folders are not followed where the pattern has wildcards. */
async function matching(root: string, pattern: string): Promise<string[]> {
  const parts = pattern.split('/');
  const matches = pathMatcher([pattern]);
  // Which folders can be on the way, by depth; from the first `**` on, all of them.
  const open = parts.includes('**') ? parts.indexOf('**') : parts.length;
  const onTheWay = parts.slice(0, open).map((_, i) => pathMatcher([parts.slice(0, i + 1).join('/')]));
  const maxDepth = parts.includes('**') ? Infinity : parts.length;
  const found: string[] = [];
  const folders = [folderOf(pattern)];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await entriesOf(root, folder)) {
      const relative = folder === '' ? entry.name : `${folder}/${entry.name}`;
      const depth = relative.split('/').length;
      if (entry.isDirectory()) {
        if (depth < maxDepth && (onTheWay[depth - 1]?.(relative) ?? true)) folders.push(relative);
      } else if (matches(relative) && await isFile(path.join(root, relative), entry)) {
        found.push(relative);
      }
    }
  }
  return found;
}

async function entriesOf(root: string, folder: string): Promise<Dirent[]> {
  try {
    return await readdir(path.join(root, folder), { withFileTypes: true });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw new TaskError('E_TASK_INPUT', `cannot read the folder '${folder}' of an input below ${root}: ${reasonOf(error)}`, { cause: error });
  }
}

/** A link that leads to a file is one. */
async function isFile(place: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  try {
    return (await stat(place)).isFile();
  } catch {
    return false; // it leads nowhere
  }
}
