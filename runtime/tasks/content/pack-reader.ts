import { LRUCache } from 'lru-cache';
import type { Bulkhead } from '../../resilience/bulkhead.js';
import { within } from '../../resilience/within.js';
import { DamagedError } from '../errors.js';
import { MAX_PACK_BYTES } from './pack-writer.js';
import { SEALED_HEAD, unseal } from './sealed.js';
import type { Slice } from './shapes.js';
import { sha256, type VerifiedObjects } from './verified-objects.js';

/** A pack that is being fetched, for all who wait for it: it is given up when nobody does any more. */
interface Fetch {
  readonly pack: Promise<Uint8Array>;
  readonly control: AbortController;
  waiting: number;
}

/** Packs, fetched once for all contents that are read at about the same time, and kept unpacked. */
export class PackReader {
  private readonly packs: LRUCache<string, Uint8Array>;
  private readonly fetches = new Map<string, Fetch>();

  /**
   * @param downloads how many of all objects may be on their way at once
   * @param memory bytes of unpacked packs that are kept
   */
  constructor(private readonly objects: VerifiedObjects, private readonly downloads: Bulkhead, memory: number) {
    this.packs = new LRUCache({ maxSize: memory, sizeCalculation: ({ byteLength }) => byteLength });
  }

  readNow(slice: Slice): Uint8Array | undefined {
    const pack = this.packs.get(slice.pack);
    return pack && cut(pack, slice);
  }

  async read(slice: Slice, signal?: AbortSignal): Promise<Uint8Array> {
    const pack = this.packs.get(slice.pack) ?? await this.fetched(slice.pack, signal);
    return cut(pack, slice);
  }

  private async fetched(key: string, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    const fetch = this.fetches.get(key) ?? this.start(key);
    fetch.waiting++;
    try {
      return await within(fetch.pack, signal);
    } finally {
      if (--fetch.waiting === 0) this.end(key, fetch);
    }
  }

  private start(key: string): Fetch {
    const control = new AbortController();
    const fetch = { pack: this.fetch(key, control.signal), control, waiting: 0 };
    this.fetches.set(key, fetch);
    return fetch;
  }

  /** Whoever waited is served, or has left: then nobody wants it any more. */
  private end(key: string, { control }: Fetch): void {
    this.fetches.delete(key);
    control.abort();
  }

  private async fetch(key: string, signal: AbortSignal): Promise<Uint8Array> {
    return this.downloads.run(async () => {
      const raw = await unseal('pack', await this.objects.get(key, SEALED_HEAD + MAX_PACK_BYTES, signal), MAX_PACK_BYTES, key);
      this.packs.set(key, raw);
      return raw;
    });
  }
}

function cut(pack: Uint8Array, { pack: key, offset, bytes, digest }: Slice): Uint8Array {
  const content = offset >= 0 && bytes >= 0 ? pack.subarray(offset, offset + bytes) : undefined;
  if (content?.byteLength !== bytes || sha256(content) !== digest) {
    throw new DamagedError(`pack ${key} has another content at ${offset} than ${digest}`, key);
  }
  return content;
}
