import { CacheTiersError } from '../errors.js';
import type { FailureClass } from '../resilience/failure.js';

/** What is known of a failure besides its message. */
export interface AwsErrorDetails {
  /** Why the call failed. */
  readonly failure: FailureClass;
  /**
   * Stable, for programs.
   * @default - `E_AWS_` and the failure class in capitals: `E_AWS_THROTTLED`
   */
  readonly code?: string;
  /**
   * The service's name for the error: `ConditionalCheckFailedException`.
   * @default AwsError
   */
  readonly name?: string;
  readonly statusCode?: number;
  readonly requestId?: string;
  /**
   * Whether the same call may succeed a little later.
   * @default - true for `throttled`, `server`, and a connection that was lost
   */
  readonly retryable?: boolean;
  /** What the service said beside the message: the item of a failed condition, cancellation reasons. */
  readonly detail?: Readonly<Record<string, unknown>>;
  /** The service's clock when it answered, in Unix epoch milliseconds. */
  readonly serverTime?: number;
  readonly cause?: unknown;
}

/** A call to AWS failed. `failure` says why, `name` is the service's own name for it where the service has answered. */
export class AwsError extends CacheTiersError {
  readonly failure: FailureClass;
  readonly statusCode?: number;
  readonly requestId?: string;
  readonly retryable: boolean;
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly serverTime?: number;

  constructor(message: string, details: AwsErrorDetails) {
    const { failure } = details;
    super(details.code ?? `E_AWS_${failure.toUpperCase()}`, message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = details.name ?? 'AwsError';
    this.failure = failure;
    this.statusCode = details.statusCode;
    this.requestId = details.requestId;
    this.retryable = details.retryable ?? (failure === 'throttled' || failure === 'server');
    this.detail = details.detail;
    this.serverTime = details.serverTime;
  }
}

const THROTTLED = /^(Throttl|ProvisionedThroughputExceeded|RequestLimitExceeded|RequestThrottled|TooManyRequests|SlowDown|LimitExceeded|BandwidthLimit|EC2Throttled|KmsThrottled)/;
const MISSING = /^(ResourceNotFound|TableNotFound|NoSuchBucket|QueueDoesNotExist)/;
const DENIED = new RegExp('^(AccessDenied|UnrecognizedClient|InvalidSignature|SignatureDoesNotMatch|MissingAuthenticationToken|IncompleteSignature'
  + '|ExpiredToken|TokenRefreshRequired|InvalidToken|InvalidClientTokenId|InvalidAccessKeyId|NotAuthorized|OptInRequired|RequestExpired'
  + '|RequestTimeTooSkewed|RequestInTheFuture|KMSAccessDenied|AllAccessDisabled)');

/** The class of an error that the service has answered with. */
export function classify(name: string, statusCode: number): FailureClass {
  if (THROTTLED.test(name) || statusCode === 429) return 'throttled';
  if (MISSING.test(name)) return 'missing';
  if (DENIED.test(name)) return 'denied';
  if (name.startsWith('RequestTimeout')) return 'timeout';
  if (statusCode >= 500) return 'server';
  if (statusCode === 401 || statusCode === 403) return 'denied';
  return 'request';
}

/** The service refused because the request's time is too far from its own. Told apart from a wrong key by the `Date` that it answers with. */
export function mayBeClockSkew(error: AwsError): boolean {
  return /^(RequestTimeTooSkewed|RequestExpired|RequestInTheFuture|InvalidSignature|SignatureDoesNotMatch|AuthFailure)/.test(error.name);
}

export function isExpiredToken(error: AwsError): boolean {
  return /^(ExpiredToken|TokenRefreshRequired)/.test(error.name);
}

/** The connection broke after it had been made, so another may hold. */
export function isReset(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === 'ECONNRESET' || code === 'EPIPE' || code === 'ECONNABORTED';
}

/** The error of a call that its signal has ended. */
export function abortedError(what: string, reason: unknown): AwsError {
  const late = (reason as { name?: unknown } | null | undefined)?.name === 'TimeoutError';
  const [code, name, message] = late
    ? ['E_AWS_TIMEOUT', 'TimeoutError', 'no answer within the deadline']
    : ['E_AWS_ABORTED', 'AbortError', 'given up by the caller'];
  return new AwsError(`${what}: ${message}`, { failure: 'timeout', code, name, retryable: false, cause: reason });
}

/** The error of a connection that could not be made, or broke. */
export function connectionError(what: string, cause: unknown): AwsError {
  const { code, message, errors } = cause as { code?: unknown; message?: unknown; errors?: readonly { message?: unknown }[] };
  const reason = message || errors?.[0]?.message || code; // the error of a name with several addresses has no message of its own
  return new AwsError(`${what}: ${String(reason)}`, { failure: 'connection', retryable: isReset(cause), cause });
}
