import type { BigIntStats } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { CHUNK_BYTES } from '../content/content-store.js';
import type { Digest } from '../content/shapes.js';
import { sha256 } from '../content/verified-objects.js';
import type { ChunkRoom } from './chunk-room.js';
import { attempt, errnoOf, filesError } from './errors.js';
import { FOR_READING, quietly, type FileStat, type FileSystem } from './file-system.js';

/** How often a file is read that changes meanwhile. */
const ATTEMPTS = 3;

/** Why a file is not read; the rest goes on. */
export type Unreadable = string;

export interface ReadSmall {
  readonly stat: BigIntStats;
  /** In the buffer that was given. */
  readonly bytes: Uint8Array;
}

export interface ReadLarge<T> {
  readonly stat: BigIntStats;
  readonly digest: Digest;
  readonly chunks: readonly T[];
}

/** What is done with a chunk. */
export type ChunkSink<T> = (bytes: Uint8Array, digest: Digest) => Promise<T>;

/**
 * A file's content as it was at one time.
 *
 * @param buffer of as many bytes as a small content has at most
 * @returns `'large'` if it has more
 * @throws TaskError `E_TASK_FILES`
 */
export function readSmall(path: string, buffer: Buffer, fileSystem: FileSystem): ReadSmall | { readonly reason: Unreadable } | 'large' {
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const descriptor = fileSystem.openSync(path, FOR_READING);
      try {
        const stat = fileSystem.fstatSync(descriptor, { bigint: true });
        if (!stat.isFile()) return { reason: 'it is no file any more' };
        const size = Number(stat.size);
        if (size > buffer.length) return 'large';
        const bytes = readAt(descriptor, buffer.subarray(0, size), 0, fileSystem);
        if (bytes.length === size && isSame(stat, fileSystem.fstatSync(descriptor, { bigint: true }))) return { stat, bytes };
      } finally {
        fileSystem.closeSync(descriptor);
      }
    }
    return { reason: 'it changes while it is read' };
  } catch (error) {
    return { reason: goneOr(error, path) };
  }
}

/**
 * A file's content as it was at one time, chunk by chunk.
 *
 * @param room how many chunks may be in memory
 * @param sink is called anew with all chunks if the file has changed meanwhile. Their memory is used again once it has resolved
 * @throws TaskError `E_TASK_FILES`; what the sink failed with; the signal's reason
 */
export async function readLarge<T>(
  path: string, sink: ChunkSink<T>, room: ChunkRoom, fileSystem: FileSystem, signal?: AbortSignal,
): Promise<ReadLarge<T> | { readonly reason: Unreadable }> {
  for (let times = 0; times < ATTEMPTS; times++) {
    let descriptor: number;
    try {
      descriptor = fileSystem.openSync(path, FOR_READING);
    } catch (error) {
      return { reason: goneOr(error, path) };
    }
    const look = () => attempt('read', path, () => fileSystem.fstatSync(descriptor, { bigint: true }));
    const read = (buffer: Buffer, at: number) => attempt('read', path, () => readAt(descriptor, buffer, at, fileSystem));
    try {
      const stat = look();
      if (!stat.isFile()) return { reason: 'it is no file any more' };
      const { digests, results } = await readChunks(read, Number(stat.size), sink, room, signal);
      if (digests !== undefined && isSame(stat, look())) {
        return { stat, digest: contentDigest(digests), chunks: results };
      }
    } finally {
      quietly(() => fileSystem.closeSync(descriptor));
    }
  }
  return { reason: 'it changes while it is read' };
}

/** @returns no digests if it has become shorter meanwhile */
async function readChunks<T>(
  read: (buffer: Buffer, at: number) => Buffer, size: number, sink: ChunkSink<T>, room: ChunkRoom, signal?: AbortSignal,
): Promise<{ readonly digests?: readonly Digest[]; readonly results: readonly T[] }> {
  const digests: Digest[] = [];
  const results: Promise<T>[] = [];
  let failed = false;
  let whole = true;
  for (let at = 0; at < size && whole && !failed; at += CHUNK_BYTES) {
    const memory = await room.enter(signal);
    if (memory === undefined) break;
    let result: Promise<T> | undefined;
    try {
      const bytes = read(memory.subarray(0, Math.min(CHUNK_BYTES, size - at)), at);
      whole = bytes.length === Math.min(CHUNK_BYTES, size - at);
      if (whole) {
        digests.push(sha256(bytes));
        result = sink(bytes, digests.at(-1)!);
      }
    } finally {
      if (result === undefined) room.leave(memory);
    }
    if (result === undefined) break;
    results.push(result);
    result.then(() => room.leave(memory), () => {
      failed = true;
      room.leave(); // whoever did not take it may still hold it
    });
    await setImmediate();
  }
  const settled = await Promise.allSettled(results); // the file stays open, and nobody is left behind, until all have ended
  const failure = settled.find((result) => result.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  signal?.throwIfAborted();
  return { digests: whole ? digests : undefined, results: await Promise.all(results) };
}

/** The digest of a content from those of its chunks. */
export function contentDigest(chunks: readonly Digest[]): Digest {
  if (chunks.length === 1) return chunks[0];
  return sha256(Buffer.concat(chunks.map((digest) => Buffer.from(digest, 'hex'))));
}

/** Nothing has written to it or replaced it. */
export function isSame(a: FileStat, b: FileStat): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs && a.ino === b.ino;
}

/** @returns what was there: less than asked for if the file has become shorter */
function readAt(descriptor: number, buffer: Buffer, position: number, fileSystem: FileSystem): Buffer {
  let done = 0;
  while (done < buffer.length) {
    const read = fileSystem.readSync(descriptor, buffer, done, buffer.length - done, position + done);
    if (read === 0) break;
    done += read;
  }
  return buffer.subarray(0, done);
}

function goneOr(error: unknown, path: string): Unreadable {
  const code = errnoOf(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'it is gone';
  if (code === 'ELOOP' || code === 'ENXIO') return 'it is no file any more';
  throw filesError('read', path, error);
}
