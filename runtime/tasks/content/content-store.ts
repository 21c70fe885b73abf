import type { Chunk, Digest, Location } from './shapes.js';

/** Contents up to this many bytes are packed together, larger ones are objects of their own. */
export const PACKED_UP_TO = 256 * 1024;
/** Bytes of a chunk: what a large content is cut into. */
export const CHUNK_BYTES = 8 * 1024 * 1024;
/** Bytes of a pack before compression: it is closed once it has as many. */
export const PACK_BYTES = 4 * 1024 * 1024;

export type TaskCompression = 'gzip' | 'zstd' | 'none';

/** One small content to be packed. */
export interface SmallContent {
  readonly bytes: Uint8Array;
  readonly digest: Digest;
}

/**
 * The objects of one scope and namespace in one store, verified on every read. Names are made of contents, so nothing is written twice and nobody
 * replaces anything.
 */
export interface ContentStore {
  /**
   * Packs a content together with those before and after it. Contents that are the same share one place.
   *
   * @returns where it will be; it is there once `flush` has resolved
   */
  add(content: SmallContent): Promise<Location>;

  /**
   * Stores one chunk of a large content, or finds it stored.
   *
   * @param signal ends the call
   */
  addChunk(bytes: Uint8Array, digest: Digest, signal?: AbortSignal): Promise<Chunk>;

  /** Closes the pack that is being filled, and waits until all that was added is stored. @throws what the store failed with */
  flush(signal?: AbortSignal): Promise<void>;

  /**
   * The bytes of a small content, from its pack; packs are kept unpacked for a while.
   *
   * @throws DamagedError if they are not there or are not these
   */
  read(location: Location, signal?: AbortSignal): Promise<Uint8Array>;

  /** A chunk. @throws DamagedError as `read` */
  readChunk(chunk: Chunk, signal?: AbortSignal): Promise<Uint8Array>;

  /** Objects found damaged since the start, by key: what is stored anew gets another name than theirs. */
  readonly damaged: ReadonlySet<string>;

  /** Does not use these names when it stores: they are damaged, or about to be deleted. */
  avoid(objects: Iterable<string>): void;
}
