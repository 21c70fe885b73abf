import { CacheTiersError } from '../errors.js';
import { survey, type Survey } from './survey.js';

export type Compression = 'gzip' | 'brotli' | 'zstd';

/** Loaded with the first value that needs them, which many processes never see: importing them costs as much as a first request's signing. */
const v8 = () => process.getBuiltinModule('node:v8');
const zlib = () => process.getBuiltinModule('node:zlib');

/** First byte of an encoded value: how it was serialized (low half) and compressed (high half). */
const JSON_TEXT = 0x01;
const V8 = 0x02;
const COMPRESSIONS: readonly (Compression | undefined)[] = [undefined, 'gzip', 'brotli', 'zstd'];

/** Below this a compressed value seldom saves a capacity unit. */
const COMPRESS_FROM = 1024;
/** From here on compression leaves the main thread. */
const ASYNC_FROM = 64 * 1024;
/** What a stored value may grow to when it is decompressed: bytes, and times its size. Nobody stores more; a bomb does. */
const MAX_DECOMPRESSED = 64 * 1024 * 1024;
const MAX_RATIO = 64;
/** What may be decompressed on the main thread, in bytes. */
const SYNC_UP_TO = 256 * 1024;

/** Serialized, not compressed. JSON where it keeps the value whole (faster, and readable in the console), V8's format elsewhere. */
export function serializeValue(value: unknown, known: Survey = survey(value)): Uint8Array {
  if (known.json) return prefixed(JSON_TEXT, Buffer.from(JSON.stringify(value)));
  return prefixed(V8, v8().serialize(value));
}

export function deserializeValue(encoded: Uint8Array): unknown {
  const body = encoded.subarray(1);
  switch (encoded[0] & 0x0f) {
    case JSON_TEXT: return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString());
    // Views in the result look into the buffer that is read, so they get one that is theirs alone.
    case V8: return v8().deserialize(new Uint8Array(body));
    default: throw new CacheTiersError('E_CODEC', `cannot read a stored value: unknown format ${encoded[0]}`);
  }
}

function prefixed(head: number, body: Uint8Array): Uint8Array {
  const whole = new Uint8Array(body.byteLength + 1);
  whole[0] = head;
  whole.set(body, 1);
  return whole;
}

/** Compresses a serialized value where that makes it clearly smaller. */
export async function compress(serialized: Uint8Array, compression: Compression | false): Promise<Uint8Array> {
  if (compression === false || serialized.byteLength < COMPRESS_FROM) return serialized;
  const body = serialized.subarray(1);
  const packed = body.byteLength < ASYNC_FROM ? compressSync(body, compression) : await run((done) => COMPRESS[compression](body, done));
  if (packed.byteLength > body.byteLength * 0.9) return serialized;
  return prefixed((serialized[0] & 0x0f) | (COMPRESSIONS.indexOf(compression) << 4), packed);
}

export async function decompress(stored: Uint8Array): Promise<Uint8Array> {
  const compression = COMPRESSIONS[stored[0] >> 4];
  if (compression === undefined) {
    if (stored[0] >> 4) throw new CacheTiersError('E_CODEC', `cannot read a stored value: unknown compression ${stored[0] >> 4}`);
    return stored;
  }
  const body = stored.subarray(1);
  const limit = { maxOutputLength: Math.max(MAX_DECOMPRESSED, body.byteLength * MAX_RATIO) };
  const raw = (body.byteLength < ASYNC_FROM / 8 ? decompressSmall(body, compression) : undefined)
    ?? await run((done) => DECOMPRESS[compression](body, limit, done));
  return prefixed(stored[0] & 0x0f, raw);
}

type Done = (error: Error | null, result: Uint8Array) => void;
type Limit = { maxOutputLength: number };
/** Node 20 has no zstd; Node 22.15 and 24 have. */
interface Zstd {
  zstdCompress?(body: Uint8Array, done: Done): void;
  zstdCompressSync?(body: Uint8Array): Uint8Array;
  zstdDecompress?(body: Uint8Array, limit: Limit, done: Done): void;
  zstdDecompressSync?(body: Uint8Array, limit: Limit): Uint8Array;
}
const zstd = () => zlib() as unknown as Zstd;
const brotli = () => ({ params: { [zlib().constants.BROTLI_PARAM_QUALITY]: 4 } });

export function isAvailable(compression: Compression): boolean {
  return compression !== 'zstd' || zstd().zstdCompress !== undefined;
}

function absent(..._: unknown[]): never {
  throw new CacheTiersError('E_CODEC', 'cannot read or write a value compressed with zstd: this Node has none; it comes with Node 22.15 and 24');
}

const COMPRESS: Record<Compression, (body: Uint8Array, done: Done) => void> = {
  gzip: (body, done) => zlib().gzip(body, { level: 1 }, done),
  brotli: (body, done) => zlib().brotliCompress(body, brotli(), done),
  zstd: (body, done) => (zstd().zstdCompress ?? absent)(body, done),
};

const DECOMPRESS: Record<Compression, (body: Uint8Array, limit: Limit, done: Done) => void> = {
  gzip: (body, limit, done) => zlib().gunzip(body, limit, done),
  brotli: (body, limit, done) => zlib().brotliDecompress(body, limit, done),
  zstd: (body, limit, done) => (zstd().zstdDecompress ?? absent)(body, limit, done),
};

function compressSync(body: Uint8Array, compression: Compression): Uint8Array {
  if (compression === 'gzip') return zlib().gzipSync(body, { level: 1 });
  if (compression === 'brotli') return zlib().brotliCompressSync(body, brotli());
  return (zstd().zstdCompressSync ?? absent)(body);
}

/** @returns `undefined` if there is more in it than there should be */
function decompressSmall(body: Uint8Array, compression: Compression): Uint8Array | undefined {
  try {
    return decompressSync(body, compression, { maxOutputLength: SYNC_UP_TO });
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') return undefined;
    throw error;
  }
}

function decompressSync(body: Uint8Array, compression: Compression, limit: Limit): Uint8Array {
  if (compression === 'gzip') return zlib().gunzipSync(body, limit);
  if (compression === 'brotli') return zlib().brotliDecompressSync(body, limit);
  return (zstd().zstdDecompressSync ?? absent)(body, limit);
}

function run(start: (done: Done) => void): Promise<Uint8Array> {
  return new Promise((resolve, reject) => start((error, result) => error ? reject(error) : resolve(result)));
}
