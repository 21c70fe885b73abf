import type { Readable } from 'node:stream';
import { liveObjectKey } from '../../../lib/contract/live.js';
import type { Entry, Manifest } from '../index/result-index.js';
import type { AttemptKeys, KeyRing } from '../keys/key-ring.js';
import { SegmentGoneError, type SegmentPlace, type SegmentStore } from '../segments/segment-store.js';
import { saltOf } from './attempt.js';
import { SegmentLog } from './segment-log.js';

/** A result that can be read, and its beginning: that it is there is known. */
export interface OpenedResult {
  readonly log: SegmentLog;
  readonly first?: Readable;
}

/** Finds results of queries that were stored by anybody, by what the index says of them. Another query's result cannot be read as this one's. */
export class StoredResults {
  constructor(private readonly parts: { readonly segments: Pick<SegmentStore, 'read'>; readonly keys: KeyRing; readonly namespace: string }) {}

  /** What a manifest names; `extend` names more. @throws SegmentGoneError if its key is unknown */
  async open(id: string, manifest: Manifest): Promise<SegmentLog> {
    const keys = await this.keysOf(id, manifest);
    const log = new SegmentLog({ read: (index, offset, signal) => this.parts.segments.read(this.placeOf(manifest, keys, index), offset, signal) });
    log.extend(manifest.segments);
    return log;
  }

  /** A complete result, from the index where it is small. @throws SegmentGoneError if its key is unknown, or not what it was sealed with */
  async openEntry(id: string, entry: Entry): Promise<SegmentLog> {
    const { bytes, rows, batches, inline } = entry;
    if (inline === undefined) {
      const log = await this.open(id, entry);
      log.finish({ bytes, rows, batches });
      return log;
    }
    const log = new SegmentLog();
    log.append(unseal(await this.keysOf(id, entry), inline, bytes));
    log.finish({ bytes, rows, batches });
    return log;
  }

  /**
   * Also opens its first segment, so that it is known to be there before anybody is told so.
   *
   * @throws SegmentGoneError, or what the bucket fails with
   */
  async openFirst(id: string, entry: Entry, signal: AbortSignal = new AbortController().signal): Promise<OpenedResult> {
    const log = await this.openEntry(id, entry);
    if (entry.inline !== undefined) return { log };
    const first = await log.read(0, 0, signal);
    first.on('error', () => {}); // told when it is read
    return { log, first };
  }

  async placesOf(id: string, manifest: Manifest): Promise<SegmentPlace[]> {
    const keys = await this.keysOf(id, manifest);
    return manifest.segments.map((_, index) => this.placeOf(manifest, keys, index));
  }

  private placeOf({ minute, attempt }: Manifest, keys: AttemptKeys, index: number): SegmentPlace {
    return { key: liveObjectKey(this.parts.namespace, minute, attempt, index), encryptionKey: keys.object };
  }

  private async keysOf(id: string, { keyVersion, attempt }: Manifest): Promise<AttemptKeys> {
    const keys = await this.parts.keys.keysOf(keyVersion, saltOf(attempt, id));
    if (keys === undefined) throw new SegmentGoneError(`there is no version ${JSON.stringify(keyVersion)} of the master key`);
    return keys;
  }
}

function unseal(keys: AttemptKeys, inline: string, bytes: number): Uint8Array {
  try {
    const small = keys.open(inline);
    if (small.length === bytes) return small;
    throw new Error(`it has ${small.length} bytes, not ${bytes}`);
  } catch (cause) {
    throw new SegmentGoneError('the result in the index was not sealed with its key', { cause });
  }
}
