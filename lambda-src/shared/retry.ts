import { setTimeout as wait } from 'node:timers/promises';

export interface RetryOptions {
  readonly attempts: number;
  /** Milliseconds before the second attempt; doubled before each further one. */
  readonly backoff: number;
  readonly retryable: (error: unknown) => boolean;
  readonly signal?: AbortSignal;
  readonly sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/** Does something again while it fails in a way that may pass. Fails with the last error. */
export async function retry<T>(action: () => Promise<T>, options: RetryOptions): Promise<T> {
  const sleep = options.sleep ?? ((milliseconds, signal) => wait(milliseconds, undefined, { signal }));
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await action();
    } catch (error) {
      if (attempt >= options.attempts || options.signal?.aborted || !options.retryable(error)) throw error;
      await sleep(options.backoff * 2 ** (attempt - 1), options.signal);
    }
  }
}
