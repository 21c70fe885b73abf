import { liveMinutePrefix, liveObjectKey } from '../../../lib/contract/live.js';
import { KeyError } from '../errors.js';
import type { Entry, ListedEntry, Manifest } from '../index/result-index.js';
import type { KeyRing } from '../keys/key-ring.js';
import type { SegmentStore } from '../segments/segment-store.js';
import { listedResult, type ListedResult } from './listed-result.js';

export interface InspectedSegment {
  /** Object key. */
  readonly key: string;
  readonly bytes: number;
  /** Whether it is in the bucket, with so many bytes; unset where no bucket is named. */
  readonly present?: boolean;
}

/** One result, in full but for its data. Times are in milliseconds. */
export interface Inspection extends ListedResult {
  /** Unset as long as an execution has stored nothing. */
  readonly attempt?: string;
  /** After this minute its objects may be deleted. */
  readonly minute?: string;
  /** Version of the master key. */
  readonly keyVersion?: string;
  /** Whether there is that version still; unset where no keys are named. */
  readonly keyKnown?: boolean;
  readonly storage: 'index' | 'bucket';
  readonly batches?: number;
  readonly ttl?: number;
  readonly staleWhileRevalidate?: number;
  readonly staleIfError?: number;
  /** In the order of the result. */
  readonly objects: readonly InspectedSegment[];
}

export interface InspectionParts {
  readonly namespace: string;
  readonly segments?: SegmentStore;
  readonly keys?: KeyRing;
}

/** @throws AwsError if the bucket or the keys cannot be asked */
export async function inspected(listed: ListedEntry, parts: InspectionParts, signal?: AbortSignal): Promise<Inspection> {
  const { entry } = listed;
  const manifest: Manifest | undefined = entry ?? listed.manifest;
  const result = listedResult(listed);
  if (manifest === undefined) return { ...result, storage: 'bucket', objects: [] };
  const { attempt, minute, keyVersion } = manifest;
  const [keyKnown, objects] = await Promise.all([isKnown(keyVersion, parts.keys, signal), objectsOf(manifest, parts, signal)]);
  return {
    ...result, attempt, minute, keyVersion, ...(keyKnown !== undefined && { keyKnown }),
    storage: entry?.segments.length === 0 ? 'index' : 'bucket', ...(entry && settingsOf(entry)), objects,
  };
}

function settingsOf({ batches, ttl, staleWhileRevalidate, staleIfError }: Entry) {
  return { batches, ttl, staleWhileRevalidate, staleIfError };
}

async function isKnown(keyVersion: string, keys: KeyRing | undefined, signal?: AbortSignal): Promise<boolean | undefined> {
  if (keys === undefined) return undefined;
  try {
    return await keys.keysOf(keyVersion, '', signal) !== undefined;
  } catch (error) {
    if (error instanceof KeyError) return undefined; // the rest can be told without
    throw error;
  }
}

async function objectsOf({ attempt, minute, segments }: Manifest, parts: InspectionParts, signal?: AbortSignal): Promise<InspectedSegment[]> {
  const sizes = new Map<string, number>();
  if (segments.length > 0 && parts.segments !== undefined) {
    const prefix = `${liveMinutePrefix(parts.namespace, minute)}${attempt}/`;
    for await (const { key, bytes } of parts.segments.list(prefix, signal)) sizes.set(key, bytes);
  }
  return segments.map(([bytes], i) => {
    const key = liveObjectKey(parts.namespace, minute, attempt, i);
    return { key, bytes, ...(parts.segments && { present: sizes.get(key) === bytes }) };
  });
}
