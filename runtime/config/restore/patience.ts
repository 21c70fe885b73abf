import { wait } from '../../resilience/wait.js';
import { failureClassOf, type FailureClass } from '../../resilience/failure.js';

const PASSING: ReadonlySet<FailureClass> = new Set<FailureClass>(['throttled', 'server', 'connection', 'timeout']);

/** Times that a read is tried, the client's own attempts apart. */
const ATTEMPTS = 6;
/** Before the second try, in milliseconds; doubled for each further one. */
const FIRST_PAUSE = 100;

/** Whether the same call may succeed a little later. */
export function isPassing(error: unknown): boolean {
  return PASSING.has(failureClassOf(error)) || (error as { name?: unknown } | null)?.name === 'TooManyUpdates';
}

/** Tries a read again while its failure may pass. A long plan must not end because of one moment. */
export async function patiently<T>(read: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await read();
    } catch (error) {
      signal?.throwIfAborted();
      if (attempt >= ATTEMPTS || !isPassing(error)) throw error;
    }
    await wait(FIRST_PAUSE * 2 ** (attempt - 1) * (0.5 + Math.random() / 2), signal);
  }
}
