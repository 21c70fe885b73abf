import type { Identified } from '../identity.js';
import type { Execute, LiveQuery, WhenAbandoned } from '../options.js';
import type { Keeping } from './keeping.js';

/** One call of `query`, checked, with the client's defaults. */
export interface Ask {
  readonly identified: Identified;
  readonly execute: Execute;
  readonly cache: NonNullable<LiveQuery['cache']>;
  readonly keeping: Keeping;
  /** Milliseconds. */
  readonly executionTimeout: number;
  readonly whenAbandoned: WhenAbandoned;
  readonly signal?: AbortSignal;
  /** By `performance.now()`. */
  readonly askedAt: number;
}
