import type { Readable } from 'node:stream';
import { liveObjectKey } from '../../../lib/contract/live.js';
import type { Entry, Manifest } from '../index/result-index.js';
import type { AttemptKeys, KeyRing } from '../keys/key-ring.js';
import { SegmentGoneError, type SegmentPlace, type SegmentStore } from '../segments/segment-store.js';
import { SegmentLog } from './segment-log.js';

/** A result that can be read, and its beginning: that it is there is known. */
export interface OpenedResult {
  readonly log: SegmentLog;
  readonly first?: Readable;
}

/** Finds results that were stored by anybody, by what the index says of them. */
export class StoredResults {
  constructor(private readonly parts: { readonly segments: Pick<SegmentStore, 'read'>; readonly keys: KeyRing; readonly namespace: string }) {}

  /** What a manifest names; `extend` names more. @throws SegmentGoneError if its key is unknown */
  async open(manifest: Manifest): Promise<SegmentLog> {
    const keys = await this.keysOf(manifest);
    const log = new SegmentLog({ read: (index, offset, signal) => this.parts.segments.read(this.placeOf(manifest, keys, index), offset, signal) });
    log.extend(manifest.segments);
    return log;
  }

  /** A complete result, from the index where it is small. @throws SegmentGoneError if its key is unknown, or not what it was sealed with */
  async openEntry(entry: Entry): Promise<SegmentLog> {
    const { bytes, rows, batches, inline } = entry;
    if (inline === undefined) {
      const log = await this.open(entry);
      log.finish({ bytes, rows, batches });
      return log;
    }
    const log = new SegmentLog();
    log.append(unseal(await this.keysOf(entry), inline));
    log.finish({ bytes, rows, batches });
    return log;
  }

  /**
   * Also opens its first segment, so that it is known to be there before anybody is told so.
   *
   * @throws SegmentGoneError, or what the bucket fails with
   */
  async openFirst(entry: Entry, signal: AbortSignal = new AbortController().signal): Promise<OpenedResult> {
    const log = await this.openEntry(entry);
    if (entry.inline !== undefined) return { log };
    const first = await log.read(0, 0, signal);
    first.on('error', () => {}); // told when it is read
    return { log, first };
  }

  async placesOf(manifest: Manifest): Promise<SegmentPlace[]> {
    const keys = await this.keysOf(manifest);
    return manifest.segments.map((_, index) => this.placeOf(manifest, keys, index));
  }

  private placeOf({ minute, attempt }: Manifest, keys: AttemptKeys, index: number): SegmentPlace {
    return { key: liveObjectKey(this.parts.namespace, minute, attempt, index), encryptionKey: keys.object };
  }

  private async keysOf({ keyVersion, attempt }: Manifest): Promise<AttemptKeys> {
    const keys = await this.parts.keys.keysOf(keyVersion, attempt);
    if (keys === undefined) throw new SegmentGoneError(`there is no version ${JSON.stringify(keyVersion)} of the master key`);
    return keys;
  }
}

function unseal(keys: AttemptKeys, inline: string): Uint8Array {
  try {
    return keys.open(inline);
  } catch (cause) {
    throw new SegmentGoneError('the result in the index was not sealed with its key', { cause });
  }
}
