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

const CONNECTION_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EPIPE', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH',
]);

/** Errors that know their class carry it in `failure`; those of Node's sockets are known by their code. */
export function failureClassOf(error: unknown): FailureClass {
  if (typeof error === 'object' && error !== null) {
    const { failure, name, code } = error as { failure?: FailureClass; name?: string; code?: string };
    if (failure !== undefined) return failure;
    if (name === 'AbortError' || name === 'TimeoutError' || code === 'ETIMEDOUT') return 'timeout';
    if (code !== undefined && CONNECTION_CODES.has(code)) return 'connection';
  }
  return 'request';
}
