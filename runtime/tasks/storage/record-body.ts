import { keyText } from '../../data/key-text.js';
import { DamagedError } from '../errors.js';
import type { Digest } from '../content/shapes.js';
import type { RecordBody, TaskRecord } from '../manifest/shapes.js';
import { sha256 } from './stored-bytes.js';

export function encodeBody(body: RecordBody): Buffer {
  return Buffer.from(JSON.stringify(body));
}

/** @throws DamagedError if it is not the body of this record */
export function decodeBody(bytes: Uint8Array, record: TaskRecord): RecordBody {
  let body: Partial<RecordBody> | null = null;
  try {
    body = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()) as Partial<RecordBody> | null;
  } catch { /* said below */ }
  const isWhole = typeof body === 'object' && body !== null
    && body.id === record.id && body.family === record.family && typeof body.version === 'string'
    && [body.params, body.parts, body.producer].every((member) => typeof member === 'object' && member !== null);
  if (!isWhole) throw new DamagedError(`the body of ${record.id} is not that of a result`);
  return body as RecordBody;
}

/** Digest of a result: of its value as JSON keeps it, and of its files. */
export function resultDigest(value: unknown, tree: Digest | undefined): Digest {
  return sha256(keyText([asKept(value), tree]));
}

/** A value as it is after it was stored and read. */
export function asKept(value: unknown): unknown {
  const text = JSON.stringify(value) as string | undefined; // of undefined it is none
  return text === undefined ? undefined : JSON.parse(text) as unknown;
}
