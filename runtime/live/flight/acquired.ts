import type { Entry } from '../index/result-index.js';
import type { BypassReason, LiveStatus } from '../options.js';
import type { ResultSource } from './result-stream.js';

/** A result for one caller. */
export interface Acquired extends ResultSource {
  readonly status: LiveStatus;
  readonly reason?: BypassReason;
  /** Milliseconds. */
  readonly age: number;
  readonly id?: string;
  readonly attempt?: string;
  readonly bytes?: number;
  /** Set if it came from the cache. */
  readonly entry?: Entry;
}
