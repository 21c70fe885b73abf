import { isPlainObject } from '../data/kinds.js';
import { InvalidArgumentError } from '../errors.js';
import { KeyWriter, NotAKey } from './key-writer.js';

/** One for all calls, as writing never waits. `undefined` while in use: an argument's getter may call a memoized function. */
let shared: KeyWriter | undefined = new KeyWriter();

/**
 * The key text of a call's arguments.
 *
 * @throws InvalidArgumentError `E_MEMO_KEY` if an argument is not structured-cloneable data
 */
export function argumentsKey(name: string, args: readonly unknown[]): string {
  const writer = shared ?? new KeyWriter();
  shared = undefined;
  let i = 0;
  try {
    for (; i < args.length; i++) writer.value(args[i], 0);
    return writer.take();
  } catch (error) {
    writer.reset();
    if (error instanceof NotAKey) throw invalid(name, args, i, error);
    throw error;
  } finally {
    shared = writer;
  }
}

function invalid(name: string, args: readonly unknown[], index: number, error: NotAKey): InvalidArgumentError {
  const place = (error.ofSize ? undefined : locate(args[index], `[${index}]`, new Set())) ?? `[${index}]`;
  return new InvalidArgumentError('E_MEMO_KEY',
    `cannot make a cache key for a call of '${name}': ${place.replace(/^\[(\d+)\]/, 'argument $1')} is ${error.message}; `
    + 'pass plain data, or give memoize a `key` function that returns what identifies the call');
}

/** Path of the first part that cannot be encoded, found by trying the parts one by one; no deeper than a person would read. */
function locate(value: unknown, path: string, seen: Set<unknown>): string | undefined {
  if (typeof value === 'object' && value !== null && seen.size < 10_000 && path.length < 200) {
    if (seen.has(value)) return undefined;
    seen.add(value);
    const parts: [string, unknown][] = Array.isArray(value) ? value.map((item, i) => [`${path}[${i}]`, item])
      : value instanceof Map ? [...value].flatMap(([k, v]): [string, unknown][] => [[`${path}.keys()`, k], [`${path}.values()`, v]])
        : value instanceof Set ? [...value].map((item) => [`${path}.values()`, item])
          : isPlainObject(value) ? Object.entries(value).map(([name, item]) => [`${path}.${name}`, item]) : [];
    for (const [at, part] of parts) {
      const found = locate(part, at, seen);
      if (found !== undefined) return found;
    }
  }
  try {
    new KeyWriter().value(value, 0);
    return undefined;
  } catch (error) {
    if (error instanceof NotAKey) return path;
    throw error;
  }
}
