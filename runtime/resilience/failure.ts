/**
 * Why a remote call failed, as far as it matters for what to do next:
 * - `timeout`: no answer within the deadline
 * - `connection`: refused, reset, name not found, TLS failed
 * - `throttled`: the service asked to slow down
 * - `server`: the service failed (5xx)
 * - `denied`: no credentials, or they do not allow it
 * - `missing`: the table or bucket does not exist
 * - `request`: this one request is wrong (too large, malformed); says nothing about the next
 */
export type FailureClass = 'timeout' | 'connection' | 'throttled' | 'server' | 'denied' | 'missing' | 'request';

/** Errors that know their class carry it in `failure`. */
export function failureClassOf(error: unknown): FailureClass {
  if (typeof error === 'object' && error !== null) {
    const { failure, name } = error as { failure?: FailureClass; name?: string };
    if (failure !== undefined) return failure;
    if (name === 'AbortError' || name === 'TimeoutError') return 'timeout';
  }
  return 'request';
}
