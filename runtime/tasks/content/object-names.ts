import { randomBytes } from 'node:crypto';
import { TASK_KEYS } from '../../../lib/contract/tasks.js';
import type { Digest } from './shapes.js';

const DIGEST = /^[0-9a-f]{64}$/;
/** `<digest>`, or `<digest>~<8 characters>` where the first name has another content, or is about to be deleted. */
const NAME = /^[0-9a-f]{64}(~[0-9a-f]{8})?$/;
const PREFIX = TASK_KEYS.objects;

export function isDigest(value: unknown): value is Digest {
  return typeof value === 'string' && DIGEST.test(value);
}

/** Whether it is what an object's key has after `objects/`. */
export function isObjectName(value: unknown): value is string {
  return typeof value === 'string' && NAME.test(value);
}

export function keyOfName(name: string): string {
  return PREFIX + name;
}

/** @returns `undefined` if it is no object's key */
export function nameOfKey(key: string): string | undefined {
  if (!key.startsWith(PREFIX)) return undefined;
  const name = key.slice(PREFIX.length);
  return isObjectName(name) ? name : undefined;
}

export function digestOfName(name: string): Digest {
  return name.slice(0, 64);
}

/** Which keys of objects can be relied on, and which are not to be used for what is stored anew. */
export class ObjectNames {
  /** Have another content than their name says. */
  readonly damaged = new Set<string>();
  private readonly avoided = new Set<string>();
  private readonly missing = new Set<string>();

  nameFor(digest: Digest): string {
    const key = keyOfName(digest);
    return this.damaged.has(key) || this.avoided.has(key) ? `${key}~${randomBytes(4).toString('hex')}` : key;
  }

  /** Whether what was stored there before may still be referred to. */
  isGood(key: string): boolean {
    return !this.avoided.has(key) && !this.damaged.has(key) && !this.missing.has(key);
  }

  avoid(keys: Iterable<string>): void {
    for (const key of keys) this.avoided.add(key);
  }

  /** It may be stored again under the same name. */
  miss(key: string): void {
    this.missing.add(key);
  }

  stored(key: string): void {
    this.missing.delete(key);
  }
}
