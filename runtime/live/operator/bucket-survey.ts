import { LIVE_OBJECT_PREFIX, LIVE_TIME } from '../../../lib/contract/live.js';
import type { SegmentStore } from '../segments/segment-store.js';

/** Objects that may be deleted after the same minute. */
export interface MinuteSurvey {
  /** In UTC, as in their keys: `2026-11-21T20:05`. */
  readonly minute: string;
  readonly objects: number;
  readonly bytes: number;
}

export interface BucketSurvey {
  readonly objects: number;
  readonly bytes: number;
  /** In order, the oldest first. */
  readonly minutes: readonly MinuteSurvey[];
  /** What the sweeper should have deleted. */
  readonly overdue: {
    readonly objects: number;
    readonly bytes: number;
    /** Milliseconds by which the oldest of it is overdue; 0 if nothing is. */
    readonly lag: number;
  };
  /** Whether there is more: only the oldest objects were counted. */
  readonly cut: boolean;
}

/** What a namespace has in the bucket. @param limit objects that are counted at most; a thousand of them are one request */
export async function surveyBucket(
  segments: SegmentStore, namespace: string, { now, limit, signal }: { readonly now: number; readonly limit: number; readonly signal?: AbortSignal },
): Promise<BucketSurvey> {
  const prefix = `${LIVE_OBJECT_PREFIX}${namespace}/`;
  const minutes = new Map<string, { objects: number; bytes: number }>();
  let counted = 0;
  let cut = false;
  for await (const { key, bytes } of segments.list(prefix, signal)) {
    if (counted === limit) {
      cut = true;
      break;
    }
    counted++;
    const minute = key.slice(prefix.length, key.indexOf('/', prefix.length));
    const found = minutes.get(minute) ?? { objects: 0, bytes: 0 };
    minutes.set(minute, { objects: found.objects + 1, bytes: found.bytes + bytes });
  }
  const all = [...minutes].map(([minute, found]) => ({ minute, ...found }));
  const lags = all.map(({ minute }) => now - Date.parse(`${minute}Z`) - LIVE_TIME.grace * 1000);
  const overdue = all.filter((_, i) => lags[i] > 0);
  return { ...sumOf(all), minutes: all, overdue: { ...sumOf(overdue), lag: Math.max(0, ...lags.filter((lag) => lag > 0)) }, cut };
}

function sumOf(minutes: readonly MinuteSurvey[]): { objects: number; bytes: number } {
  return minutes.reduce((sum, { objects, bytes }) => ({ objects: sum.objects + objects, bytes: sum.bytes + bytes }), { objects: 0, bytes: 0 });
}
