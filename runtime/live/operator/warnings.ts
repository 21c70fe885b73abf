import type { BucketSurvey } from './bucket-survey.js';
import type { IndexStatus } from '../index/result-index.js';

/** Part of an index's memory, from which on it is told. */
const MEMORY = 0.85;
/** Lag that is told, in milliseconds: the sweeper runs from time to time only. */
const LAG = 15 * 60_000;

/** What an operator should do something about, in words. */
export function warningsOf({ index, bucket }: { readonly index?: IndexStatus; readonly bucket?: BucketSurvey }): string[] {
  return [...(index ? indexWarnings(index) : []), ...(bucket ? bucketWarnings(bucket) : [])];
}

function indexWarnings({ evictionPolicy, usedBytes = 0, maxBytes = 0, refusedConnections = 0 }: IndexStatus): string[] {
  return [
    ...(evictionPolicy === undefined || evictionPolicy === 'noeviction' ? []
      : [`the index drops keys when its memory is full (${evictionPolicy}), leases and invalidations among them: set its policy to noeviction`]),
    ...(maxBytes > 0 && usedBytes > MEMORY * maxBytes
      ? [`${Math.round(100 * usedBytes / maxBytes)} % of the index's memory is used: when it is full, queries bypass the cache`] : []),
    ...(refusedConnections > 0 ? ['the index has refused connections: there are too many clients, or it has too little memory'] : []),
  ];
}

function bucketWarnings({ overdue: { objects, lag } }: BucketSurvey): string[] {
  if (lag <= LAG) return [];
  return [`${objects} objects should be gone, the oldest for ${Math.round(lag / 60_000)} minutes: see whether the sweeper runs`];
}
