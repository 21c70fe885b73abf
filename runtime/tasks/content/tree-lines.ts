import { createHash } from 'node:crypto';
import { show } from '../../errors.js';
import { CHUNK_BYTES, PACKED_UP_TO } from './content-store.js';
import { digestOfName, isDigest, isObjectName, keyOfName, nameOfKey } from './object-names.js';
import { MAX_PACK_BYTES } from './pack-writer.js';
import type { Chunk, Digest, FileEntry, Location, TreeEntry } from './shapes.js';

/*
 * Entries of a tree as lines of JSON. What follows from something else is not written, so there is nothing to contradict it:
 *   ["f",path,mode,bytes,digest,number of the pack,offset]   a file in a pack
 *   ["c",path,mode,bytes,[names of its chunks]]              a larger one, or an empty one
 *                                                           both with lastModified behind, if it is known
 *   ["d",path,mode]                                          a folder
 *   ["l",path,target]                                        a link
 */

/** What is wrong with a line, or with an entry that is to become one. */
export class EntryError extends Error {}

const MAX_PATH = 4096;
const MAX_TIME = Date.UTC(2400, 0);
const EMPTY_DIGEST = createHash('sha256').digest('hex');
const EMPTY: Location = { chunks: [] };

/** Keys of packs by number, the numbers by key. */
export class PackNumbers {
  readonly names: string[] = [];
  private readonly numbers = new Map<string, number>();

  of(key: string): number {
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const name = nameOfKey(key) ?? fail(key === '' ? 'is in a pack that was not stored' : `is in a pack with the key ${show(key)}`);
    this.numbers.set(key, this.names.length);
    return this.names.push(name) - 1;
  }
}

/** @throws EntryError if it would not be the same when it is read */
export function lineOf(entry: TreeEntry, packs: PackNumbers): string {
  const path = JSON.stringify(checkText('path', entry.path));
  if (entry.type === 'link') return `["l",${path},${JSON.stringify(checkText('target', entry.target))}]`;
  const mode = checkMode(entry.mode);
  if (entry.type === 'folder') return `["d",${path},${mode}]`;
  const { bytes, digest, location, lastModified } = entry;
  const time = lastModified === undefined ? '' : `,${checkTime(lastModified)}`;
  if ('slice' in location) {
    const { slice } = location;
    const number = packs.of(slice.pack);
    checkSlice(bytes, slice.offset);
    if (slice.bytes !== bytes || slice.digest !== digest || !isDigest(digest)) fail('has another size or digest than its place in the pack');
    return `["f",${path},${mode},${bytes},"${digest}",${number},${slice.offset}${time}]`;
  }
  const names = location.chunks.map(({ object }) => nameOfKey(object) ?? fail(`has a chunk with the key ${show(object)}`));
  const known = chunksOf(names, bytes);
  const isSame = known.every((chunk, i) => chunk.bytes === location.chunks[i].bytes && chunk.digest === location.chunks[i].digest);
  if (!isSame || digestOfChunks(known) !== digest) fail('has another size or digest than its chunks');
  return `["c",${path},${mode},${bytes},${JSON.stringify(names)}${time}]`;
}

/** @throws EntryError */
export function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    fail('is no JSON');
  }
}

/** @param packs keys by number @throws EntryError */
export function entryOf(line: string, packs: readonly string[]): TreeEntry {
  const value = parseLine(line);
  if (!Array.isArray(value)) fail('is no list');
  const [kind, name, mode, bytes, ...more] = value as unknown[];
  const path = checkText('path', name);
  if (kind === 'f' && (value.length === 7 || value.length === 8)) return timed(packedFile(path, checkMode(mode), bytes, more, packs), more.slice(3));
  if (kind === 'c' && (value.length === 5 || value.length === 6)) return timed(chunkedFile(path, checkMode(mode), bytes, more[0]), more.slice(1));
  if (kind === 'd' && value.length === 3) return { type: 'folder', path, mode: checkMode(mode) };
  if (kind === 'l' && value.length === 3) return { type: 'link', path, target: checkText('target', mode) };
  return fail('is of no known kind');
}

function packedFile(path: string, mode: number, bytes: unknown, [digest, number, offset]: readonly unknown[], packs: readonly string[]): FileEntry {
  const pack = packs[number as number] as string | undefined;
  if (typeof number !== 'number' || pack === undefined) fail('is in a pack that is not named');
  if (!isDigest(digest)) fail('has no digest');
  checkSlice(bytes, offset);
  return { type: 'file', path, mode, bytes, digest, location: { slice: { pack, offset: offset as number, bytes, digest } } };
}

function chunkedFile(path: string, mode: number, bytes: unknown, names: unknown): FileEntry {
  if (!Array.isArray(names) || !names.every(isObjectName)) fail('has no list of chunks');
  const chunks = chunksOf(names, bytes);
  const location = chunks.length === 0 ? EMPTY : { chunks };
  return { type: 'file', path, mode, bytes: bytes as number, digest: digestOfChunks(chunks), location };
}

function timed(file: FileEntry, time: readonly unknown[]): FileEntry {
  return time.length === 0 ? file : { ...file, lastModified: checkTime(time[0]) };
}

/** All but the last are of full size. */
function chunksOf(names: readonly string[], bytes: unknown): Chunk[] {
  if (!Number.isSafeInteger(bytes) || Math.ceil(bytes as number / CHUNK_BYTES) !== names.length || (bytes as number) < 0) {
    fail(`has ${show(bytes)} bytes in ${names.length} chunks`);
  }
  return names.map((name, i) => (
    { object: keyOfName(name), bytes: Math.min(bytes as number - i * CHUNK_BYTES, CHUNK_BYTES), digest: digestOfName(name) }
  ));
}

function digestOfChunks(chunks: readonly Chunk[]): Digest {
  if (chunks.length === 0) return EMPTY_DIGEST;
  if (chunks.length === 1) return chunks[0].digest;
  const hash = createHash('sha256');
  for (const { digest } of chunks) hash.update(digest, 'hex');
  return hash.digest('hex');
}

function checkSlice(bytes: unknown, offset: unknown): asserts bytes is number {
  const isWithin = Number.isInteger(bytes) && Number.isInteger(offset) && (bytes as number) > 0 && (bytes as number) <= PACKED_UP_TO
    && (offset as number) >= 0 && (offset as number) + (bytes as number) <= MAX_PACK_BYTES;
  if (!isWithin) fail(`has ${show(bytes)} bytes at ${show(offset)} of a pack`);
}

function checkText(what: string, value: unknown): string {
  if (typeof value !== 'string' || value === '' || value.length > MAX_PATH || value.includes('\0') || !value.isWellFormed()) {
    fail(`has ${show(value)} for a ${what}`);
  }
  return value;
}

function checkMode(mode: unknown): number {
  if (!Number.isInteger(mode) || (mode as number) < 0 || (mode as number) > 0o777) fail(`has ${show(mode)} for its mode`);
  return mode as number;
}

/** File systems know times up to the year 2446 and more. */
function checkTime(time: unknown): number {
  if (!Number.isInteger(time) || (time as number) < 0 || (time as number) > MAX_TIME) fail(`was last modified at ${show(time)}`);
  return time as number;
}

function fail(what: string): never {
  throw new EntryError(what);
}
