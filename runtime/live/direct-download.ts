import type { StoredResults } from './flight/stored-results.js';
import type { Entry } from './index/result-index.js';
import type { DirectDownload } from './options.js';
import type { SegmentStore } from './segments/segment-store.js';

/** URLs hold for a minute beyond the entry's own time: a download that began in time may still open its last part. */
const MARGIN = 60;

/**
 * Where a result's parts can be fetched from the bucket, with the result's own key and no other's.
 *
 * @param age of the entry now, in milliseconds
 * @returns undefined where there is no bucket
 */
export async function directDownload(
  { id, entry, age }: { readonly id: string; readonly entry: Entry; readonly age: number }, results: StoredResults, segments: SegmentStore,
): Promise<DirectDownload | undefined> {
  if (segments.presign === undefined || entry.inline !== undefined) return undefined;
  const expiresIn = Math.max(1, Math.ceil((entry.ttl - age) / 1000)) + MARGIN;
  const places = await results.placesOf(id, entry);
  const parts = await Promise.all(places.map(async (place, index) => {
    const { url, headers } = await segments.presign!(place, expiresIn);
    return { url, headers, bytes: entry.segments[index]![0] };
  }));
  return { parts, bytes: entry.bytes, expiresIn };
}
