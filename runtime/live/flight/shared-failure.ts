import type { SharedFailure } from '../index/result-index.js';
import { milliseconds, type Duration } from '../../resilience/duration.js';

/** What others are told of an error, if it would be the same for them, and for how many milliseconds it is remembered. */
export function sharedFailure(error: unknown, errorTtl?: (error: unknown) => Duration | undefined): SharedFailure & { keep: number } | undefined {
  const ttl = errorTtl?.(error);
  if (ttl === undefined) return undefined;
  const { name, message, code } = Object(error) as { name?: unknown; message?: unknown; code?: unknown }; // anything can be thrown
  return {
    name: typeof name === 'string' ? name : 'Error',
    message: typeof message === 'string' ? message : String(error),
    ...(typeof code === 'string' ? { code } : {}),
    keep: milliseconds('errorTtl', ttl),
  };
}
