import { deserializeValue, serializeValue } from './codec.js';
import { survey, type Survey } from './survey.js';

/** A value as it is kept in memory, and how a caller gets it. */
export interface Kept<T = unknown> {
  /** Estimated bytes in memory. */
  readonly size: number;
  /** Whether every caller gets the same. */
  readonly shared: boolean;
  deliver(): T;
}

/** What a caller gets. A value that is not kept is delivered as it is. */
export type Answer = Pick<Kept, 'deliver'>;

class Shared<T> implements Kept<T> {
  readonly shared = true;

  constructor(private readonly value: T, readonly size: number) {}

  deliver(): T {
    return this.value;
  }
}

/** Data that cannot be frozen is kept serialized, and made anew for each caller. */
class Copied<T> implements Kept<T> {
  readonly shared = false;

  constructor(private readonly serialized: Uint8Array) {}

  get size(): number {
    return this.serialized.byteLength;
  }

  deliver(): T {
    return deserializeValue(this.serialized) as T;
  }
}

/**
 * Keeps a value apart from whoever made it and from each other's readers: a frozen copy of plain data, copies of the rest.
 *
 * @param owned the value is nobody else's, so it need not be copied before it is frozen
 */
export function keepIsolated<T>(value: T, mode: 'freeze' | 'copy', known: Survey = survey(value), owned = false): Kept<T> {
  if (typeof value !== 'object' || value === null) return new Shared(value, known.size);
  if (mode === 'copy' || !known.freezable) return new Copied(serializeValue(value, known));
  return new Shared(frozen(value, owned), known.size);
}

/** Keeps the value itself. Its size is a guess where it is not data. */
export function keepShared<T>(value: T, size: number): Kept<T> {
  return new Shared(value, size);
}

/** Arguments as they are now. What cannot be copied, which a `key` option allows, stays what it is. */
export function copyOf(args: readonly unknown[]): readonly unknown[] {
  return args.map((arg) => {
    if (typeof arg !== 'object' || arg === null) return arg;
    try {
      const known = survey(arg);
      return known.freezable ? clonePlain(arg, new Map()) : deserializeValue(serializeValue(arg, known));
    } catch {
      return arg;
    }
  });
}

function frozen<T extends object>(value: T, owned: boolean): T {
  return freezeParts(owned ? value : clonePlain(value, new Map()) as T);
}

function freezeParts<T extends object>(value: T): T {
  if (Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) freezeParts(part as object);
  return value;
}

/** Copies plain objects and arrays; shared parts stay shared. The copies are of this realm, as structuredClone's are not under jest. */
function clonePlain(value: unknown, copies: Map<object, object>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  const copy: object = Array.isArray(value) ? new Array<unknown>(value.length) : {};
  copies.set(value, copy);
  for (const name of Object.keys(value)) {
    const part = clonePlain((value as Record<string, unknown>)[name], copies);
    if (name === '__proto__') Object.defineProperty(copy, name, { value: part, enumerable: true, configurable: true, writable: true });
    else (copy as Record<string, unknown>)[name] = part;
  }
  return copy;
}
