import { createHash } from 'node:crypto';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { TASK_KEYS } from '../../../lib/contract/tasks.js';
import { DamagedError, NewerFormatError } from '../errors.js';

/*
 * "CTTM" | version (1) | 0 (3) | length of the compressed text (4) | text, gzip'd | digests (32 each) | SHA-256 of all that (32).
 * Numbers are big-endian. Digests are not worth compressing, so the text names them by their place among these. Newer versions begin and end
 * like that as well, so that they are told from what is damaged.
 */
const MAGIC = Buffer.from('CTTM');
const VERSION = 1;
const HEAD = 12;
export const DIGEST_BYTES = 32;
/** Bytes that zlib gives at a time: steps as small as its default ones take longer than the work. */
const STEP = 512 * 1024;
/** Of the text, uncompressed. A short one does not become much longer than what is worth writing. */
const maxText = (compressed: number) => Math.min(256 * 1024 * 1024, 4 * 1024 * 1024 + 64 * compressed);

export interface Contents {
  readonly text: string;
  readonly digests: Buffer;
}

export function seal({ text, digests }: Contents): Uint8Array {
  const compressed = gzipSync(text, { level: constants.Z_BEST_SPEED, chunkSize: STEP });
  const head = Buffer.alloc(HEAD);
  MAGIC.copy(head);
  head[4] = VERSION;
  head.writeUInt32BE(compressed.length, 8);
  const parts = [head, compressed, digests];
  return Buffer.concat([...parts, checksumOf(parts)]);
}

/** @throws DamagedError */
export function unseal(bytes: Uint8Array): Contents {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (whole.length < HEAD || !whole.subarray(0, 4).equals(MAGIC)) throw damaged('is none: it does not begin as a manifest does');
  const end = whole.length - DIGEST_BYTES;
  if (end < HEAD || !checksumOf([whole.subarray(0, end)]).equals(whole.subarray(end))) throw damaged('is not what was written, or not all of it');
  if (whole[4] > VERSION) {
    const message = `the manifest has format ${whole[4]}; this version of cdk-cache-tiers knows those up to ${VERSION}: update it`;
    throw new NewerFormatError(message, TASK_KEYS.manifest);
  }
  const textEnd = HEAD + whole.readUInt32BE(8);
  if (whole[4] === 0 || whole.readUIntBE(5, 3) !== 0 || textEnd > end || (end - textEnd) % DIGEST_BYTES !== 0) {
    throw damaged('has a wrong head');
  }
  let text: string;
  try {
    text = gunzipSync(whole.subarray(HEAD, textEnd), { maxOutputLength: maxText(textEnd - HEAD), chunkSize: STEP }).toString();
  } catch (error) {
    throw damaged(`cannot be unpacked: ${(error as Error).message}`, error);
  }
  return { text, digests: whole.subarray(textEnd, end) };
}

/** @param what `has no end` */
export function damaged(what: string, cause?: unknown): DamagedError {
  return new DamagedError(`the manifest ${what}`, TASK_KEYS.manifest, { cause });
}

function checksumOf(parts: readonly Uint8Array[]): Buffer {
  return parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
}
