import { hash } from 'node:crypto';
import { ObjectTooLargeError, type ObjectStore } from '../../stores/object-store.js';
import { DamagedError } from '../errors.js';
import { digestOfName, nameOfKey, type ObjectNames } from './object-names.js';
import type { Digest } from './shapes.js';

export function sha256(bytes: Uint8Array | string): Digest {
  return hash('sha256', bytes, 'hex');
}

/** Objects whose content is what their name says. */
export class VerifiedObjects {
  constructor(private readonly objects: ObjectStore, private readonly names?: ObjectNames) {}

  /**
   * @param maxBytes what is larger is not what is looked for
   * @throws DamagedError if it is not there, or is not what it should be; what the store failed with
   */
  async get(key: string, maxBytes: number, signal?: AbortSignal): Promise<Uint8Array> {
    const name = nameOfKey(key);
    if (name === undefined) throw new DamagedError(`${JSON.stringify(key)} is no object's key`);
    const bytes = await this.objects.get(key, { maxBytes, signal }).catch((error: unknown) => {
      if (error instanceof ObjectTooLargeError) this.damaged(key, `has more than ${maxBytes} bytes`, error);
      throw error;
    });
    if (bytes === undefined) {
      this.names?.miss(key);
      throw new DamagedError(`object ${key} is not there`, key);
    }
    if (bytes.byteLength > maxBytes) this.damaged(key, `has more than ${maxBytes} bytes`);
    if (sha256(bytes) !== digestOfName(name)) this.damaged(key, 'has another content than its name says');
    return bytes;
  }

  private damaged(key: string, what: string, cause?: unknown): never {
    this.names?.damaged.add(key);
    throw new DamagedError(`object ${key} ${what}`, key, { cause });
  }
}
