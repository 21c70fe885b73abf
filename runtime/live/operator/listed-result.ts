import type { ListedEntry } from '../index/result-index.js';

/** A result in the index, as an operator sees it: sizes and times, nothing of what was asked or answered. Times are in milliseconds. */
export interface ListedResult {
  readonly id: string;
  /** HMAC of the scope. */
  readonly scope: string;
  /** `running`: an execution is under way. */
  readonly state: 'fresh' | 'stale' | 'running';
  /** Since the query's start. */
  readonly age?: number;
  /** Until it is no longer fresh; 0 if it is not. */
  readonly freshFor?: number;
  /** Until it is gone from the index; of what is running, until its holder must give a sign of life. */
  readonly expiresIn: number;
  /** So far, of what is running. */
  readonly bytes: number;
  readonly rows?: number;
  /** Objects in the bucket; 0 if the result is small and in the index itself. */
  readonly segments: number;
  /** From the query's start to its last byte. */
  readonly duration?: number;
}

export function listedResult({ id, scope, state, age, expiresIn, entry, manifest }: ListedEntry): ListedResult {
  const segments = (entry ?? manifest)?.segments ?? [];
  const known = { id, scope, expiresIn, segments: segments.length, ...(age !== undefined && { age }) };
  if (state === 'running' || entry === undefined) {
    return { ...known, state: 'running', bytes: segments.reduce((sum, [bytes]) => sum + bytes, 0) };
  }
  const freshFor = Math.max(0, entry.ttl - (age ?? 0));
  return { ...known, state: freshFor > 0 ? 'fresh' : 'stale', freshFor, bytes: entry.bytes, rows: entry.rows, duration: entry.duration };
}
