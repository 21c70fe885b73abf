import { within } from '../resilience/within.js';
import { newAttempt } from './flight/attempt.js';
import { Bypass } from './flight/bypass.js';
import type { Acquired } from './flight/acquired.js';
import type { Execute } from './options.js';

/**
 * Executes a query for one caller. Nothing here knows of an index, a bucket or a key: a preview cannot leave a trace, whatever its options.
 *
 * @param executionTimeout in milliseconds
 */
export async function preview(execute: Execute, executionTimeout: number, signal?: AbortSignal): Promise<Acquired> {
  signal?.throwIfAborted();
  const run = new Bypass({ execute, executionTimeout, attempt: newAttempt() });
  const leave = run.interest.enter();
  try {
    await within(run.started, signal);
  } catch (error) {
    leave();
    throw error;
  }
  return { log: run.log, status: 'bypass', reason: 'preview', age: 0, leave };
}
