import { keyText } from '../../data/key-text.js';
import { NotAKey } from '../../data/key-writer.js';
import type { ContentStore } from '../content/content-store.js';
import type { Digest } from '../content/shapes.js';
import { sha256 } from '../content/verified-objects.js';
import { DamagedError, TaskError } from '../errors.js';
import type { RecordBody, TaskRecord } from '../manifest/shapes.js';
import { readBytes } from './stored-bytes.js';

/** Bytes of a body, several times what is kept of a value: a few chunks that are named over and over would be more than there is memory. */
const MAX_BODY = 64 * 1024 * 1024;

export function encodeBody(body: RecordBody): Buffer {
  return Buffer.from(JSON.stringify(body));
}

/** @throws DamagedError as `decodeBody`, or if what it is in cannot be read */
export async function readBody(contents: ContentStore, record: TaskRecord, signal?: AbortSignal): Promise<RecordBody> {
  const length = 'slice' in record.body ? record.body.slice.bytes : record.body.chunks.reduce((sum, { bytes }) => sum + bytes, 0);
  if (length > MAX_BODY) throw new DamagedError(`the body of ${record.id} has ${length} bytes, of at most ${MAX_BODY}`);
  return decodeBody(await readBytes(contents, record.body, signal), record);
}

/** @throws DamagedError if it is not the body of this record */
function decodeBody(bytes: Uint8Array, record: TaskRecord): RecordBody {
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

/**
 * Digest of a result: of its value as JSON keeps it, and of its files.
 *
 * @throws TaskError `E_TASK_OUTPUT` if the value is too large
 */
export function resultDigest(value: unknown, tree: Digest | undefined): Digest {
  const kept = asKept(value);
  try {
    return sha256(keyText([kept, tree]));
  } catch (error) {
    if (!(error instanceof NotAKey)) throw error;
    throw new TaskError('E_TASK_OUTPUT', `the value cannot be kept: it is ${error.message}; write it to a file of the output`, { cause: error });
  }
}

/** A value as it is after it was stored and read. */
function asKept(value: unknown): unknown {
  const text = JSON.stringify(value) as string | undefined; // of undefined it is none
  return text === undefined ? undefined : JSON.parse(text) as unknown;
}
