import { CHUNK_BYTES, PACKED_UP_TO, type ContentStore } from '../content/content-store.js';
import type { Location } from '../content/shapes.js';
import { sha256 } from '../content/verified-objects.js';

/** Stores bytes of any length. They are there once the store is flushed. */
export async function storeBytes(contents: ContentStore, bytes: Uint8Array, signal?: AbortSignal): Promise<Location> {
  if (bytes.byteLength <= PACKED_UP_TO) return contents.add({ bytes, digest: sha256(bytes) });
  const chunks = [];
  for (let at = 0; at < bytes.byteLength; at += CHUNK_BYTES) {
    const chunk = bytes.subarray(at, at + CHUNK_BYTES);
    chunks.push(await contents.addChunk(chunk, sha256(chunk), signal));
  }
  return { chunks };
}

/** @throws DamagedError */
export async function readBytes(contents: ContentStore, location: Location, signal?: AbortSignal): Promise<Uint8Array> {
  if ('slice' in location) return contents.read(location, signal);
  const chunks: Uint8Array[] = [];
  for (const chunk of location.chunks) chunks.push(await contents.readChunk(chunk, signal));
  return Buffer.concat(chunks);
}

/** Names of the objects that bytes are in. */
export function objectsOf(location: Location): string[] {
  return 'slice' in location ? [location.slice.pack] : location.chunks.map(({ object }) => object);
}
