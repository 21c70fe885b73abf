import { createHash } from 'node:crypto';
import { systemClock, type Clock } from '../resilience/clock.js';
import { checkObjectKey, checkObjectPrefix } from './object-store-keys.js';
import { ObjectTooLargeError, type ObjectFailure, type ObjectStore, type StoredDocument, type StoredObject } from './object-store.js';

interface Kept {
  readonly bytes: Uint8Array;
  readonly time: number;
}

interface Signalled {
  readonly signal?: AbortSignal;
}

/** Objects in this process's memory, for tests and demos: several clients over one of them behave as several processes over one bucket. */
export class MemoryObjectStore implements ObjectStore {
  readonly place: string;
  private readonly clock: Clock;
  private readonly objects = new Map<string, Kept>();

  constructor({ clock = systemClock, place = 'memory' }: { readonly clock?: Clock; readonly place?: string } = {}) {
    [this.clock, this.place] = [clock, place];
  }

  async get(key: string, { maxBytes = Infinity, signal }: Signalled & { readonly maxBytes?: number } = {}): Promise<Uint8Array | undefined> {
    const found = this.find(key, signal);
    if (found !== undefined && found.bytes.byteLength > maxBytes) throw new ObjectTooLargeError(key, maxBytes);
    return found?.bytes.slice();
  }

  async has(key: string, { signal }: Signalled = {}): Promise<boolean> {
    return this.find(key, signal) !== undefined;
  }

  async create(key: string, body: Uint8Array | readonly Uint8Array[], { signal }: Signalled = {}): Promise<boolean> {
    if (this.find(key, signal) !== undefined) return false;
    this.keep(key, body instanceof Uint8Array ? Uint8Array.from(body) : Uint8Array.from(Buffer.concat(body)));
    return true;
  }

  async read(
    key: string, { unless, signal }: Signalled & { readonly unless?: string } = {},
  ): Promise<StoredDocument | 'unchanged' | undefined> {
    const found = this.find(key, signal);
    if (found === undefined) return undefined;
    const etag = etagOf(found);
    return etag === unless ? 'unchanged' : { bytes: found.bytes.slice(), etag, time: this.clock.now() };
  }

  async replace(key: string, bytes: Uint8Array, expected: string | undefined, { signal }: Signalled = {}): Promise<string | undefined> {
    const found = this.find(key, signal);
    if (expected !== (found && etagOf(found))) return undefined;
    return etagOf(this.keep(key, Uint8Array.from(bytes)));
  }

  async* list(prefix: string, { signal }: Signalled = {}): AsyncGenerator<StoredObject, void, undefined> {
    checkObjectPrefix(prefix);
    for (const key of [...this.objects.keys()].filter((each) => each.startsWith(prefix)).sort()) {
      signal?.throwIfAborted();
      const found = this.objects.get(key);
      if (found !== undefined) yield { key, bytes: found.bytes.byteLength, lastModified: found.time };
    }
  }

  async delete(keys: readonly string[], { signal }: Signalled = {}): Promise<readonly ObjectFailure[]> {
    signal?.throwIfAborted();
    keys.forEach(checkObjectKey);
    for (const key of keys) this.objects.delete(key);
    return [];
  }

  close(): void {}

  private find(key: string, signal: AbortSignal | undefined): Kept | undefined {
    checkObjectKey(key);
    signal?.throwIfAborted();
    return this.objects.get(key);
  }

  private keep(key: string, bytes: Uint8Array): Kept {
    const kept = { bytes, time: this.clock.now() };
    this.objects.set(key, kept);
    return kept;
  }
}

/** Of what it says, as S3's is: the same content has the same one again. */
function etagOf({ bytes }: Kept): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}
