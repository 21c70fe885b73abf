import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { liveMinute, liveObjectKey } from '../../../../lib/contract/live';
import { identify, type Identified } from '../../../../runtime/live/identity';
import type { Entry, Identity, Lease, Manifest, ResultIndex } from '../../../../runtime/live/index/result-index';
import { StaticKeyRing } from '../../../../runtime/live/keys/static-key-ring';
import { SegmentGoneError, type SegmentPlace, type SegmentStore } from '../../../../runtime/live/segments/segment-store';

export const NAMESPACE = 'test';
export const keys = new StaticKeyRing('k'.repeat(43), NAMESPACE);

/** Objects in a Map, of which the keys and sizes are all that an operator sees. */
export class MapSegments implements SegmentStore {
  readonly objects = new Map<string, Uint8Array>();
  readonly deletions: number[] = [];
  closed = false;

  async put({ key }: SegmentPlace, chunks: readonly Uint8Array[]): Promise<void> {
    this.objects.set(key, Buffer.concat(chunks));
  }

  async read({ key }: SegmentPlace, offset: number): Promise<Readable> {
    const found = this.objects.get(key);
    if (found === undefined) throw new SegmentGoneError(key);
    return Readable.from([found.subarray(offset)]);
  }

  async delete(given: readonly string[]): Promise<void> {
    this.deletions.push(given.length);
    for (const key of given) this.objects.delete(key);
  }

  async* list(prefix: string): AsyncIterable<{ readonly key: string; readonly bytes: number }> {
    for (const key of [...this.objects.keys()].filter((each) => each.startsWith(prefix)).sort()) yield { key, bytes: this.objects.get(key)!.length };
  }

  async connect(): Promise<void> {}

  close(): void {
    this.closed = true;
  }
}

export interface Begun {
  readonly identity: Identity;
  readonly lease: Lease;
  readonly manifest: Manifest;
}

export interface Stored {
  readonly identity: Identity;
  readonly entry: Entry;
}

let attempts = 0;

/** Results as a client leaves them in index and bucket. */
export class Writer {
  constructor(private readonly index: ResultIndex, private readonly segments: SegmentStore, private readonly now: () => number = Date.now) {}

  /** An execution under way, with segments of so many bytes in the bucket. */
  async begin(query: Identified, sizes: readonly number[] = []): Promise<Begun> {
    const identity = await identify(keys, query);
    const attempt = `attempt-${String(attempts += 1).padStart(16, '0')}`;
    const found = await this.index.lookup(identity, { attempt, cache: 'reload', lease: 12_000 });
    if (found.role !== 'leader') throw new Error(`not the leader: ${found.role}`);
    const minute = liveMinute(this.now() + 900_000);
    const manifest: Manifest = {
      attempt, minute, keyVersion: '1', segments: sizes.map((bytes) => [bytes, crc32(Buffer.alloc(bytes))] as const),
    };
    for (const [i, bytes] of sizes.entries()) {
      await this.segments.put({ key: liveObjectKey(NAMESPACE, minute, attempt, i), encryptionKey: Buffer.alloc(32) }, [Buffer.alloc(bytes)]);
    }
    await this.index.progress(identity, found.lease, 12_000, manifest);
    return { identity, lease: found.lease, manifest };
  }

  /** A result that is complete; without sizes a small one, in the index itself. */
  async store(query: Identified, sizes: readonly number[] = [], more: Partial<Entry> & { readonly elapsed?: number } = {}): Promise<Stored> {
    const { identity, lease, manifest } = await this.begin(query, sizes);
    const { elapsed = 2000, ...given } = more;
    const small = async () => ({ inline: (await keys.keysOf('1', manifest.attempt))!.seal(Buffer.from('small')), bytes: 5 });
    const entry: Entry = {
      ...manifest, bytes: sizes.reduce((sum, each) => sum + each, 0), rows: 7, batches: 2, duration: elapsed, ttl: 300_000, staleWhileRevalidate: 0,
      staleIfError: 0, ...(sizes.length === 0 && await small()), ...given,
    };
    const outcome = await this.index.publish(identity, lease, { entry, elapsed, keep: true });
    if (outcome !== 'published') throw new Error(`not published: ${outcome}`);
    return { identity, entry };
  }
}
