import { Deadline } from '../../runtime/resilience/deadline.js';
import { milliseconds, type Duration } from '../../runtime/resilience/duration.js';
import { UsageError } from '../context.js';
import { span } from '../format.js';

const DEFAULT = 60_000;

/** What a client gives one request by itself, in milliseconds. */
const DEFAULT_REQUEST = 10_000;

/** One request is given this long for an answer where there is no limit, in milliseconds. */
const LONGEST_REQUEST = 3_600_000;

/** A cache that has been silent for too long. */
class SilenceError extends Error {
  readonly failure = 'timeout';

  constructor(milliseconds: number) {
    super(`nothing has come or gone for ${span(milliseconds)}; check --endpoint, --region and the network, or give it longer with --timeout`);
    this.name = 'TimeoutError';
  }
}

/** Milliseconds for the answer to one request, where somebody has more patience than a client has by itself. @throws UsageError */
export function requestTimeoutOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const patience = patienceOf(text) ?? LONGEST_REQUEST;
  return patience > DEFAULT_REQUEST ? patience : undefined;
}

/** Milliseconds without any progress, after which a cache is done without; `undefined`: it is waited for. @throws UsageError */
export function patienceOf(text: string | undefined): number | undefined {
  if (text === undefined) return DEFAULT;
  if (/^0+(ms|s|m|h|d)?$/.test(text)) return undefined;
  try {
    return milliseconds('--timeout', text as Duration);
  } catch {
    throw new UsageError(`--timeout must be a number with a unit such as 90s or 5m, or 0, got '${text}'`);
  }
}

/**
 * Runs something until it is done, or neither ends nor gets on for too long. It is always waited for, so that it does nothing any more after that.
 *
 * @param patience milliseconds; `undefined`: no limit
 * @param run given the signal that says so, and what to call when it gets on
 * @throws SilenceError; the signal's reason; whatever `run` throws
 */
export async function withPatience<T>(
  patience: number | undefined, signal: AbortSignal, run: (signal: AbortSignal, getsOn: () => void) => Promise<T>,
): Promise<T> {
  const deadline = new Deadline(patience);
  const either = AbortSignal.any([signal, deadline.signal]);
  try {
    return await run(either, () => { if (patience !== undefined) deadline.extend(patience); });
  } catch (error) {
    signal.throwIfAborted(); // rather than what came of it
    if (deadline.signal.aborted) throw new SilenceError(patience!);
    throw error;
  } finally {
    deadline.close();
  }
}
