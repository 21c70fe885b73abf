import type { Duration } from '../../resilience/duration.js';

/** How a result is to be kept. Times are milliseconds. */
export interface Keeping {
  readonly ttl: number;
  readonly staleWhileRevalidate: number;
  readonly staleIfError: number;
  /** `ttl` and the longer of the two stale windows. */
  readonly life: number;
  readonly minDuration: number;
  readonly maxBytes: number;
  readonly inlineBytes: number;
  readonly lease: number;
  readonly scopeLimit?: number;
  readonly errorTtl?: (error: unknown) => Duration | undefined;
}
