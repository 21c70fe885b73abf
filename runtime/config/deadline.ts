import { endsWithin } from '../resilience/deadline.js';

/** A call is given up after this, in milliseconds. */
const DEADLINE = 30_000;

/** For one call: ends with the caller's signal, or at its deadline. */
export function withDeadline(signal?: AbortSignal): AbortSignal {
  return endsWithin(DEADLINE, signal);
}
