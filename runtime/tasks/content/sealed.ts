import { DamagedError, NewerFormatError } from '../errors.js';
import { CODECS, compress, compressSync, decompress, decompressSync, isReadable } from './codecs.js';
import type { TaskCompression } from './content-store.js';

/*
 * What packs and trees have in common. "CTT" | kind (1) | version (1) | codec (1) | 0 (2) | length before compression (4) | body.
 * Numbers are big-endian.
 */
export type SealedKind = 'pack' | 'tree';
const MAGIC: Readonly<Record<SealedKind, Buffer>> = { pack: Buffer.from('CTTP'), tree: Buffer.from('CTTT') };
const VERSION = 1;
export const SEALED_HEAD = 12;
/** Compression is not worth the work of undoing it if it leaves more than this share. */
const WORTHWHILE = 0.95;

/** In two pieces, so that nothing is copied. The second is `raw` itself where compression is none, or does not help. */
export type Sealed = readonly [head: Uint8Array, body: Uint8Array];

export async function seal(kind: SealedKind, raw: Uint8Array, compression: TaskCompression): Promise<Sealed> {
  return sealed(kind, raw, await compress(raw, compression), compression);
}

export function sealSync(kind: SealedKind, raw: Uint8Array, compression: TaskCompression): Sealed {
  return sealed(kind, raw, compressSync(raw, compression), compression);
}

/**
 * What was sealed.
 *
 * @param maxBytes a longer one is damaged
 * @param object its key, for messages
 * @throws DamagedError
 */
export async function unseal(kind: SealedKind, bytes: Uint8Array, maxBytes: number, object?: string): Promise<Uint8Array> {
  const { length, codec, body } = opened(kind, bytes, maxBytes, object);
  return checked(kind, await decompress(body, codec, length).catch((error: unknown) => broken(kind, error, object)), length, object);
}

export function unsealSync(kind: SealedKind, bytes: Uint8Array, maxBytes: number, object?: string): Uint8Array {
  const { length, codec, body } = opened(kind, bytes, maxBytes, object);
  let raw: Uint8Array;
  try {
    raw = decompressSync(body, codec, length);
  } catch (error) {
    broken(kind, error, object);
  }
  return checked(kind, raw, length, object);
}

function sealed(kind: SealedKind, raw: Uint8Array, compressed: Uint8Array, compression: TaskCompression): Sealed {
  const helps = compressed.byteLength <= raw.byteLength * WORTHWHILE;
  const head = Buffer.alloc(SEALED_HEAD);
  MAGIC[kind].copy(head);
  head[4] = VERSION;
  head[5] = CODECS.indexOf(helps ? compression : 'none');
  head.writeUInt32BE(raw.byteLength, 8);
  return [head, helps ? compressed : raw];
}

interface Opened {
  readonly length: number;
  readonly codec: TaskCompression;
  readonly body: Uint8Array;
}

function opened(kind: SealedKind, bytes: Uint8Array, maxBytes: number, object: string | undefined): Opened {
  const name = nameOf(kind, object);
  const fail = (what: string): never => { throw new DamagedError(`${name} ${what}`, object); };
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < SEALED_HEAD || !buffer.subarray(0, 4).equals(MAGIC[kind])) fail(`is none: it does not begin as a ${kind} does`);
  if (buffer[4] > VERSION) {
    throw new NewerFormatError(`${name} has format ${buffer[4]}; this version of cdk-cache-tiers knows those up to ${VERSION}: update it`, object);
  }
  const codec = CODECS[buffer[5]] as TaskCompression | undefined;
  if (buffer[4] === 0 || codec === undefined || buffer.readUInt16BE(6) !== 0) fail('has a damaged head');
  if (!isReadable(codec!)) {
    throw new NewerFormatError(`${name} is compressed with ${codec}, which this Node has not; it comes with Node 22.15 and 24`, object);
  }
  const length = buffer.readUInt32BE(8);
  if (length === 0 || length > maxBytes) fail(`claims to have ${length} bytes, of at least 1 and at most ${maxBytes}`);
  return { length, codec: codec!, body: buffer.subarray(SEALED_HEAD) };
}

function broken(kind: SealedKind, error: unknown, object: string | undefined): never {
  throw new DamagedError(`${nameOf(kind, object)} cannot be unpacked: ${(error as Error).message}`, object, { cause: error });
}

function checked(kind: SealedKind, raw: Uint8Array, length: number, object: string | undefined): Uint8Array {
  if (raw.byteLength === length) return raw;
  throw new DamagedError(`${nameOf(kind, object)} has ${raw.byteLength} bytes, and claims to have ${length}`, object);
}

function nameOf(kind: SealedKind, object: string | undefined): string {
  return object === undefined ? `the ${kind}` : `${kind} ${object}`;
}
