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
  /** They are copied: the caller may use the memory again at once. */
  readonly bytes: Uint8Array;
  readonly digest: Digest;
}

/**
 * The objects of one scope and namespace in one store, verified on every read. Names are made of contents, so nothing is written twice and nobody
 * replaces anything.
 */
export interface ContentStore {
  /**
   * Packs a content together with those before and after it. Contents that are the same share one place. It does not wait: `ready` says when to.
   *
   * @returns where it will be. The pack gets its name once it is stored, until then `slice.pack` is empty: the location is of use, and may be copied,
   * when `flush` has resolved. If its pack could not be stored it stays empty.
   */
  add(content: SmallContent): Location;

  /**
   * Waits until there is room for more, so that no more than a few packs are in memory.
   *
   * @returns `undefined` if there is room already
   * @throws what the store failed with since it was last told, so that nobody reads on for nothing
   */
  ready(signal?: AbortSignal): Promise<void> | undefined;

  /**
   * Stores one chunk of a large content, or finds it stored. Waits for its turn, so whoever reads many files has few of them in memory
   * by waiting for it.
   *
   * @param signal ends the call
   */
  addChunk(bytes: Uint8Array, digest: Digest, signal?: AbortSignal): Promise<Chunk>;

  /**
   * Closes the pack that is being filled, and waits until all that was added is stored. A failure is thrown to those who wait for it, or else to
   * the next who waits: whoever else added to the same pack sees it by the empty name in his location.
   *
   * @param signal ends the wait
   * @throws what the store failed with
   */
  flush(signal?: AbortSignal): Promise<void>;

  /**
   * The bytes of a small content, from its pack; packs are kept unpacked for a while. They are a view of the pack: not to be changed, and not to be
   * kept for long. Who reads many of them reads those of one pack together.
   *
   * @throws DamagedError if they are not there or are not these
   */
  read(location: Location, signal?: AbortSignal): Promise<Uint8Array>;

  /** As `read`, if the pack is in memory now; else `undefined`. @throws DamagedError as `read` */
  readNow(location: Location): Uint8Array | undefined;

  /** A chunk. @throws DamagedError as `read` */
  readChunk(chunk: Chunk, signal?: AbortSignal): Promise<Uint8Array>;

  /** The key under which an object with this SHA-256 is to be stored: `objects/<digest>`, or another one where that is not to be used. */
  nameFor(digest: Digest): string;

  /** Objects found to have another content than their name says, since the start, by key: what is stored anew gets another name than theirs. */
  readonly damaged: ReadonlySet<string>;

  /** Does not use these names when it stores: they are damaged, or about to be deleted. */
  avoid(objects: Iterable<string>): void;
}
