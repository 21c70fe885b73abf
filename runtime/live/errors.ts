import { CacheTiersError } from '../errors.js';
import type { FailureClass } from '../resilience/failure.js';

/** Codes of what `query` and its streams reject with, beside the query's own errors. */
export type LiveErrorCode
  /** The source had no byte. */
  = | 'E_LIVE_EMPTY'
  /** The source ended before Arrow's end-of-stream marker. */
    | 'E_LIVE_TRUNCATED'
  /** The source is not an Arrow IPC stream. */
    | 'E_LIVE_MALFORMED'
  /** The query ran for longer than `executionTimeout`. */
    | 'E_LIVE_TIMEOUT'
  /** `cache: 'only-if-cached'`, and nothing is cached. */
    | 'E_LIVE_NOT_CACHED'
  /** The result was lost after a part of it had been given to the caller, and a second execution gave other bytes. */
    | 'E_LIVE_CHANGED'
  /** Too many executions wait already, while the index is away. */
    | 'E_LIVE_BUSY'
  /** The client was closed. */
    | 'E_LIVE_CLOSED';

/** A query could not be answered. */
export class LiveError extends CacheTiersError {
  constructor(override readonly code: LiveErrorCode, message: string, options?: { cause?: unknown }) {
    super(code, message, options);
    this.name = 'LiveError';
  }
}

/** A query failed elsewhere, or a moment ago, and would fail again: the same name, message and code. */
export class SharedQueryError extends CacheTiersError {
  constructor(failure: { readonly name: string; readonly message: string; readonly code?: string }) {
    super(failure.code ?? 'E_LIVE_QUERY', failure.message);
    this.name = failure.name;
  }
}

/** The index did not answer, or refused. Callers of the cache never see it: counters and events do. */
export class IndexError extends CacheTiersError {
  /** @param failure why, as breakers know it */
  constructor(readonly failure: FailureClass, message: string, options?: { cause?: unknown }) {
    super(`E_LIVE_INDEX_${failure.toUpperCase()}`, message, options);
    this.name = 'IndexError';
  }
}

/** There are no master keys to be had. Callers of the cache never see it: counters and events do. */
export class KeyError extends CacheTiersError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('E_LIVE_KEYS', message, options);
    this.name = 'KeyError';
  }
}
