import * as zlib from 'node:zlib';
import { isAvailable } from '../../data/codec.js';
import { show } from '../../errors.js';
import { invalid } from '../errors.js';
import type { TaskCompression } from './content-store.js';

type Done = (error: Error | null, result: Uint8Array) => void;
interface Limits { readonly maxOutputLength: number; readonly chunkSize: number }

/** Node 20 has no zstd; Node 22.15 and 24 have. */
interface Zstd {
  zstdCompress(body: Uint8Array, done: Done): void;
  zstdCompressSync(body: Uint8Array): Uint8Array;
  zstdDecompress(body: Uint8Array, limits: Limits, done: Done): void;
  zstdDecompressSync(body: Uint8Array, limits: Limits): Uint8Array;
}
const zstd = zlib as unknown as Zstd;

/** The fastest level: higher ones save little of small texts, and take several times as long. Each step is one turn of the thread pool. */
const GZIP = { level: 1, chunkSize: 64 * 1024 };
/** A whole pack at once: a step for every 16 KiB, as is the default, takes as long again as unpacking does. */
const MAX_STEP = 8 * 1024 * 1024;

/** By the byte that stands for it. */
export const CODECS: readonly TaskCompression[] = ['none', 'gzip', 'zstd'];

export function checkCompression(compression: unknown): asserts compression is TaskCompression {
  if (!CODECS.includes(compression as TaskCompression)) {
    throw invalid(`compression must be 'gzip', 'zstd' or 'none', not ${show(compression)}`);
  }
  if (!isReadable(compression as TaskCompression)) {
    throw invalid('compression cannot be \'zstd\': this Node has none; it comes with Node 22.15 and 24. Use \'gzip\'');
  }
}

/** Whether this Node has it. */
export function isReadable(compression: TaskCompression): boolean {
  return compression === 'none' || isAvailable(compression);
}

/** In the thread pool. */
export async function compress(raw: Uint8Array, compression: TaskCompression): Promise<Uint8Array> {
  if (compression === 'none') return raw;
  return run((done) => compression === 'gzip' ? zlib.gzip(raw, GZIP, done) : zstd.zstdCompress(raw, done));
}

export function compressSync(raw: Uint8Array, compression: TaskCompression): Uint8Array {
  if (compression === 'none') return raw;
  return compression === 'gzip' ? zlib.gzipSync(raw, GZIP) : zstd.zstdCompressSync(raw);
}

/** In the thread pool. @throws what zlib does if it is damaged, or more than `length` bytes */
export async function decompress(body: Uint8Array, compression: TaskCompression, length: number): Promise<Uint8Array> {
  if (compression === 'none') return body;
  const limits = limitsOf(length);
  return run((done) => compression === 'gzip' ? zlib.gunzip(body, limits, done) : zstd.zstdDecompress(body, limits, done));
}

export function decompressSync(body: Uint8Array, compression: TaskCompression, length: number): Uint8Array {
  if (compression === 'none') return body;
  return compression === 'gzip' ? zlib.gunzipSync(body, limitsOf(length)) : zstd.zstdDecompressSync(body, limitsOf(length));
}

function limitsOf(length: number): Limits {
  return { maxOutputLength: length, chunkSize: Math.max(64, Math.min(length, MAX_STEP)) };
}

function run(start: (done: Done) => void): Promise<Uint8Array> {
  return new Promise((resolve, reject) => start((error, result) => error ? reject(error) : resolve(result)));
}
