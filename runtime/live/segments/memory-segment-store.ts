import { Readable } from 'node:stream';
import { InvalidArgumentError, show } from '../../errors.js';
import { SegmentGoneError, type SegmentPlace, type SegmentStore } from './segment-store.js';

export interface MemorySegmentStoreOptions {
  /**
   * Bytes to keep. More than that, and the oldest segments go.
   * @default 268435456 (256 MiB)
   */
  readonly maxBytes?: number;
}

interface Segment {
  readonly chunks: readonly Uint8Array[];
  readonly bytes: number;
  readonly encryptionKey: Uint8Array;
}

const MAX_BYTES = 256 << 20;

/**
 * Segments in this process. They are not encrypted, since who reads this memory has their keys too; they can be read with the key that they were
 * written with only, as from a bucket. What is being read goes on when its segment goes.
 */
export class MemorySegmentStore implements SegmentStore {
  private readonly segments = new Map<string, Segment>(); // oldest first
  private readonly maxBytes: number;
  private bytes = 0;

  /** @throws InvalidArgumentError `E_LIVE_OPTION` */
  constructor({ maxBytes = MAX_BYTES }: MemorySegmentStoreOptions = {}) {
    if (!Number.isSafeInteger(maxBytes) || maxBytes < 1) {
      throw new InvalidArgumentError('E_LIVE_OPTION', `maxBytes must be a whole number of bytes, 1 or more, got ${show(maxBytes)}`);
    }
    this.maxBytes = maxBytes;
  }

  async put({ key, encryptionKey }: SegmentPlace, chunks: readonly Uint8Array[], signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const kept = chunks.filter(({ byteLength }) => byteLength > 0);
    const bytes = kept.reduce((sum, { byteLength }) => sum + byteLength, 0);
    this.remove(key);
    this.segments.set(key, { chunks: kept, bytes, encryptionKey });
    this.bytes += bytes;
    for (const oldest of this.segments.keys()) {
      if (this.bytes <= this.maxBytes) break;
      this.remove(oldest);
    }
  }

  async read({ key, encryptionKey }: SegmentPlace, offset: number, signal?: AbortSignal): Promise<Readable> {
    signal?.throwIfAborted();
    const segment = this.segments.get(key);
    if (segment === undefined) throw new SegmentGoneError(`${key}: there is no such segment in memory`);
    if (Buffer.compare(segment.encryptionKey, encryptionKey) !== 0) throw new SegmentGoneError(`${key}: it was written with another key`);
    if (offset > 0 && offset >= segment.bytes) {
      throw new SegmentGoneError(`${key}: it has ${segment.bytes} bytes, and none from ${offset} on`);
    }
    return streamOf(segment.chunks, offset, signal);
  }

  async delete(keys: readonly string[], signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    keys.forEach((key) => this.remove(key));
  }

  async* list(prefix: string, signal?: AbortSignal): AsyncGenerator<{ readonly key: string; readonly bytes: number }, void, undefined> {
    const found = [...this.segments].filter(([key]) => key.startsWith(prefix)).map(([key, { bytes }]) => ({ key, bytes }));
    for (const segment of found.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))) {
      signal?.throwIfAborted();
      yield segment;
    }
  }

  async connect(): Promise<void> {}

  close(): void {
    this.segments.clear();
    this.bytes = 0;
  }

  private remove(key: string): void {
    this.bytes -= this.segments.get(key)?.bytes ?? 0;
    this.segments.delete(key);
  }
}

/** Chunks as a stream, from an offset on, without copying them. */
function streamOf(chunks: readonly Uint8Array[], offset: number, signal?: AbortSignal): Readable {
  let next = 0;
  let skip = offset;
  while (next < chunks.length && skip >= chunks[next]!.byteLength) skip -= chunks[next++]!.byteLength;
  return new Readable({
    signal,
    read() {
      const chunk = chunks[next++];
      this.push(chunk === undefined ? null : chunk.subarray(skip));
      skip = 0;
    },
  });
}
