import { Readable } from 'node:stream';
import { SegmentGoneError, type SegmentPlace, type SegmentStore } from '../../../runtime/live/segments/segment-store';

/** What may happen to one call. It throws, waits, or lets it be. */
export type Trouble = (key: string, signal?: AbortSignal) => void | Promise<void>;

/** Objects in memory, as a bucket has them, and every kind of trouble with it. Bytes come in chunks, each after a turn of the event loop. */
export class TestSegments implements SegmentStore {
  readonly objects = new Map<string, { readonly body: Buffer; readonly key: string }>();
  readonly log: string[] = [];
  onPut: Trouble | undefined;
  onRead: Trouble | undefined;
  /** The stream breaks after so many bytes of the object; once for each number that is pushed. */
  readonly breakAfter: number[] = [];
  /** Whether streams of an object that is deleted break: a bucket may, or may give the rest. */
  breakDeleted = false;
  chunkBytes = 64 * 1024;

  async put(place: SegmentPlace, chunks: readonly Uint8Array[], signal?: AbortSignal): Promise<void> {
    this.log.push(`put ${place.key}`);
    await this.onPut?.(place.key, signal);
    signal?.throwIfAborted();
    if (this.objects.has(place.key)) throw new Error(`${place.key} was written before`);
    this.objects.set(place.key, { body: Buffer.concat(chunks), key: Buffer.from(place.encryptionKey).toString('hex') });
  }

  async read(place: SegmentPlace, offset: number, signal?: AbortSignal): Promise<Readable> {
    this.log.push(`read ${place.key} ${offset}`);
    await this.onRead?.(place.key, signal);
    signal?.throwIfAborted();
    const found = this.objects.get(place.key);
    if (found === undefined) throw new SegmentGoneError(`no ${place.key}`);
    if (found.key !== Buffer.from(place.encryptionKey).toString('hex')) throw new SegmentGoneError(`another key than ${place.key} was written with`);
    const pieces = this.pieces(place.key, found.body.subarray(offset), this.breakAfter.shift());
    return Readable.from(pieces, { objectMode: false });
  }

  delete(keys: readonly string[]): Promise<void> {
    keys.forEach((key) => this.objects.delete(key));
    return Promise.resolve();
  }

  async* list(prefix: string): AsyncGenerator<{ key: string; bytes: number }> {
    for (const key of [...this.objects.keys()].sort()) if (key.startsWith(prefix)) yield { key, bytes: this.objects.get(key)!.body.length };
  }

  connect(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {}

  private async* pieces(key: string, body: Buffer, breakAfter = Infinity): AsyncGenerator<Buffer> {
    for (let at = 0; at < body.length; at += this.chunkBytes) {
      await new Promise(setImmediate);
      if (at >= breakAfter || (this.breakDeleted && !this.objects.has(key))) {
        throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
      }
      yield body.subarray(at, at + this.chunkBytes);
    }
  }
}
