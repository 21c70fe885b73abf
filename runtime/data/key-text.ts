import { KeyWriter, NotAKey } from './key-writer.js';
import { isPlainObject } from './kinds.js';

/** One for all calls, as writing never waits. `undefined` while in use: a value's getter may ask for a key itself. */
let shared: KeyWriter | undefined = new KeyWriter();

/**
 * A text for a list of values: two lists have the same if and only if they are the same. Characters are below 256.
 *
 * @throws NotAKey with its `place`, `[0]` being the first value, if one is not structured-cloneable data
 */
export function keyText(values: readonly unknown[]): string {
  const writer = shared ?? new KeyWriter();
  shared = undefined;
  let i = 0;
  try {
    for (; i < values.length; i++) writer.value(values[i], 0);
    return writer.take();
  } catch (error) {
    writer.reset();
    if (error instanceof NotAKey) throw located(error, values[i], `[${i}]`);
    throw error;
  } finally {
    shared = writer;
  }
}

function located({ message, ofSize }: NotAKey, value: unknown, at: string): NotAKey {
  return new NotAKey(message, ofSize, (ofSize ? undefined : locate(value, at, new Set())) ?? at);
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
