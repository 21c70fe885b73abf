import { AwsError } from '../../aws/errors.js';
import type { Breaker } from '../../resilience/breaker.js';
import type { FailureClass } from '../../resilience/failure.js';
import { SegmentGoneError, type SegmentStore } from '../segments/segment-store.js';

/** The bucket failed a moment ago, and is left alone for a while. */
export class StorageAwayError extends Error {
  override name = 'StorageAwayError';
}

/** The bucket takes so long that its caller would rather do without: the reason of an abort that says something of the bucket. */
export class StorageSlowError extends Error {
  override name = 'StorageSlowError';
}

/** What queries do with a bucket. */
export type QuerySegments = Pick<SegmentStore, 'put' | 'read'>;

/**
 * A breaker before a bucket: one that is away costs a few timeouts, then nothing until it may be back. An object that is gone is no failure, and
 * neither is a write that is denied: who may only read is refused each of them, before its body is sent, and reads on.
 */
export function guardedSegments(segments: QuerySegments, breaker: Breaker): QuerySegments {
  const guard = async <T>(signal: AbortSignal | undefined, call: () => Promise<T>, harmless?: FailureClass): Promise<T> => {
    const entered = breaker.tryEnter();
    if (entered === 0) throw new StorageAwayError(`the bucket failed a moment ago (${breaker.openFor}), and is left alone for a while`);
    try {
      const answer = await call();
      breaker.succeeded();
      return answer;
    } catch (error) {
      const failure = classOf(error, signal);
      if (failure === undefined) breaker.left();
      else breaker.failed(failure === harmless ? 'request' : failure, entered);
      throw error;
    }
  };
  return {
    put: (place, chunks, signal) => guard(signal, () => segments.put(place, chunks, signal), 'denied'),
    read: (place, offset, signal) => guard(signal, () => segments.read(place, offset, signal)),
  };
}

/** @returns undefined if the caller ended it, which says nothing of the bucket */
function classOf(error: unknown, signal: AbortSignal | undefined): FailureClass | undefined {
  if (error instanceof SegmentGoneError) return 'request';
  if (signal?.aborted) return signal.reason instanceof StorageSlowError ? 'timeout' : undefined;
  return error instanceof AwsError ? error.failure : 'connection';
}
