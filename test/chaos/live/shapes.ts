/** What processes of the live tier tell. Instants are those of `instant()`. */
export type LiveTold = Executing | Answered | Invalidated;

/** A query is being executed. */
export interface Executing {
  readonly kind: 'executing';
  /** SHA-256 of all bytes that it gives. */
  readonly bytes: string;
  readonly scope: string;
  readonly key: string;
  readonly at: number;
}

/** A result was read to its end, or has failed. */
export interface Answered {
  readonly kind: 'answered';
  readonly process: string;
  readonly scope: string;
  readonly key: string;
  readonly from: number;
  /** `hit`, `bypass index`… */
  readonly status?: string;
  /** SHA-256 of what was read. */
  readonly bytes?: string;
  readonly error?: string;
}

/** An invalidation has returned. */
export interface Invalidated {
  readonly kind: 'invalidated';
  readonly process: string;
  /** Scopes that it is for. */
  readonly scopes: readonly string[];
  readonly from: number;
  readonly to: number;
}

export const SCOPES = ['tenant-a', 'tenant-b'];
/** Milliseconds that a result may be served: its ttl, and how long it may be stale. */
export const LIFE = { ttl: 3000, staleWhileRevalidate: 2000, staleIfError: 4000 } as const;
export const LONGEST = LIFE.ttl + Math.max(LIFE.staleWhileRevalidate, LIFE.staleIfError);
export const JUMP = 2000;
export const OWN_ERROR = 'OwnError';
/** What may be said to a caller beside the query's own error. */
export const KNOWN_ERRORS: ReadonlySet<string> = new Set([
  OWN_ERROR, 'E_LIVE_TRUNCATED', 'E_LIVE_CHANGED', 'E_LIVE_NOT_CACHED', 'E_LIVE_BUSY',
  'TimeoutError', // of the caller's own signal
]);
