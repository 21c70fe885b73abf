import { setMaxListeners } from 'node:events';
import { DeadlineError } from '../resilience/deadline.js';

/** A signal that ends with its time or with another signal. Who has it closes it, so that neither timer nor listener stays behind. */
export interface Limit {
  readonly signal: AbortSignal;
  close(): void;
}

/** @param milliseconds from now @param outer aborts it too */
export function limit(milliseconds: number, outer?: AbortSignal): Limit {
  const control = new AbortController();
  const end = () => control.abort(outer!.reason);
  const timer = setTimeout(() => control.abort(new DeadlineError(milliseconds)), milliseconds);
  if (outer?.aborted) end();
  if (outer !== undefined) setMaxListeners(0, outer); // many calls may share one, and Node 20 warns of the eleventh
  outer?.addEventListener('abort', end, { once: true });
  return {
    signal: control.signal,
    close: () => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', end);
    },
  };
}
