import { compress, decompress, deserializeValue, serializeValue } from '../data/codec.js';
import { keepIsolated, keepShared, type Kept } from '../data/kept.js';
import { survey, type Survey } from '../data/survey.js';
import type { MemoFunction } from './memo-function.js';
import type { Plan } from './policy.js';

/** Estimated bytes of a value that cannot be looked into. */
const OPAQUE_SIZE = 1000;

/** What is to become of a value. An option that fails costs the caching, not the value: `undefined`, and a warning. */
export function planFor(owner: MemoFunction, value: unknown, args: readonly unknown[], created: number, duration: number): Plan | undefined {
  try {
    return owner.policy.plan(value, args, created, duration);
  } catch (error) {
    owner.warn(`a value is not cached, because ttl, tags or shouldCache failed: ${(error as Error).message}`);
    return undefined;
  }
}

/** What is in a value; `opaque` where it can only be shared; `undefined` where it cannot be kept at all. Never throws. */
export function examine(owner: MemoFunction, key: string, value: unknown): Survey | 'opaque' | undefined {
  try {
    return survey(value);
  } catch (error) { // also a getter's or a proxy's own
    owner.unstorable(key, `the value contains ${(error as Error).message}`);
    return owner.policy.isolation === 'share' ? 'opaque' : undefined;
  }
}

/** `undefined` where the value cannot be copied after all: binary data whose memory has gone elsewhere, say. */
export function isolate(owner: MemoFunction, value: unknown, known: Survey | 'opaque'): Kept | undefined {
  const { isolation } = owner.policy;
  if (known === 'opaque') return keepShared(value, OPAQUE_SIZE);
  if (isolation === 'share') return keepShared(value, known.size);
  try {
    return keepIsolated(value, isolation, known);
  } catch (error) {
    owner.unstorable(owner.name, `the value cannot be copied: ${(error as Error).message}`);
    return undefined;
  }
}

/** A value's bytes in the table; `undefined` if it cannot be put there. */
export async function encode(owner: MemoFunction, key: string, value: unknown, known: Survey): Promise<Uint8Array | undefined> {
  const { compression, maxStoredBytes } = owner.memoizer;
  try {
    const payload = await compress(serializeValue(value, known), compression);
    if (payload.byteLength <= maxStoredBytes) return payload;
    owner.unstorable(key, `the value takes ${payload.byteLength} bytes, maxStoredBytes is ${maxStoredBytes}`);
  } catch (error) {
    owner.unstorable(key, `the value cannot be serialized: ${(error as Error).message}`);
  }
  return undefined;
}

/** A value from its bytes in the table; `undefined` if they cannot be read: computing it again mends that. */
export async function unpack(owner: MemoFunction, key: string, payload: Uint8Array): Promise<Kept | undefined> {
  const { isolation } = owner.policy;
  try {
    const value = deserializeValue(await decompress(payload));
    const known = survey(value);
    return isolation === 'share' ? keepShared(value, known.size) : keepIsolated(value, isolation, known, true);
  } catch (error) {
    owner.unreadable(key, error);
    return undefined;
  }
}
