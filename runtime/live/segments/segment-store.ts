import type { Readable } from 'node:stream';

/** Where a segment is, and with which key it is encrypted. */
export interface SegmentPlace {
  /** Object key. */
  readonly key: string;
  /** 32 bytes for SSE-C. */
  readonly encryptionKey: Uint8Array;
}

/** How to fetch a segment without the cache's help. */
export interface PresignedSegment {
  readonly url: string;
  /** To send along, exactly these: they hold the key. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The object is not there: never written, swept, or deleted by somebody. Or it was written with another key, where the service says so. */
export class SegmentGoneError extends Error {
  override name = 'SegmentGoneError';
}

/** Keeps segments. Objects are written once and never changed. */
export interface SegmentStore {
  /** Writes one object, whole. @param chunks its bytes; they are neither copied nor changed */
  put(place: SegmentPlace, chunks: readonly Uint8Array[], signal?: AbortSignal): Promise<void>;
  /**
   * Its bytes from an offset on. Resolves once the first of them, or the response's headers, are there.
   *
   * The stream ends only after the last byte: a broken connection is an error of the stream. Ending it early closes the connection.
   *
   * @throws SegmentGoneError
   */
  read(place: SegmentPlace, offset: number, signal?: AbortSignal): Promise<Readable>;
  delete(keys: readonly string[], signal?: AbortSignal): Promise<void>;
  /** Keys below a prefix, in order. */
  list(prefix: string, signal?: AbortSignal): AsyncIterable<{ readonly key: string; readonly bytes: number }>;
  /** @param seconds that the URL holds. @returns undefined where there is nothing to fetch from */
  presign?(place: SegmentPlace, seconds: number): Promise<PresignedSegment>;
  /** Opens a connection ahead of the first query. */
  connect(): Promise<void>;
  close(): void;
}
