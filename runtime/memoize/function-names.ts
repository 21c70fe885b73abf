import { MEMO_SEPARATOR } from '../../lib/contract/memo.js';
import { InvalidArgumentError, show } from '../errors.js';
import type { AnyFunction } from './options.js';

interface Holder {
  readonly fn: WeakRef<AnyFunction>;
  /** The `key` option: two of them would give one key for different calls. */
  readonly keyOf: unknown;
  wrappers: number;
}

/** One for the process, also where both the ESM and the CommonJS build are loaded. */
const REGISTRY = Symbol.for('cdk-cache-tiers.memo.names');
const registry = ((globalThis as unknown as Record<symbol, Map<string, Holder>>)[REGISTRY] ??= new Map<string, Holder>());

/** Numbers memoizers that share no table, in all builds that are loaded. */
const NUMBERS = Symbol.for('cdk-cache-tiers.memo.numbers');

export function nextNumber(): number {
  const numbers = globalThis as unknown as Record<symbol, number | undefined>;
  return numbers[NUMBERS] = (numbers[NUMBERS] ?? 0) + 1;
}

const RELOADING: ReadonlySet<string | undefined> = new Set(['development', 'test']);
const MAX_LENGTH = 128;

/**
 * The name a function is cached under. Two functions under one name would read each other's values, so that is an error.
 *
 * @throws InvalidArgumentError `E_MEMO_NAME`
 */
export function claimName(fn: AnyFunction, given: string | undefined, scope: string, keyOf?: unknown): string {
  const name = given ?? fn.name.replace(/^bound /, '');
  if (name === '') {
    throw new InvalidArgumentError('E_MEMO_NAME',
      'cannot memoize an anonymous function without a name, since values are kept under it: '
      + 'pass { name: \'…\' } or declare the function with a name');
  }
  checkLabel('name', name);
  const key = `${scope}${MEMO_SEPARATOR}${name}`;
  const holder = registry.get(key);
  const other = holder?.fn.deref();
  if (holder === undefined || other === undefined) {
    registry.set(key, { fn: new WeakRef(fn), keyOf, wrappers: 1 });
    return name;
  }
  if (other === fn && holder.keyOf === keyOf) {
    holder.wrappers += 1;
    return name;
  }
  if (isReload(other, fn)) {
    registry.set(key, { fn: new WeakRef(fn), keyOf, wrappers: 1 });
    return name;
  }
  throw new InvalidArgumentError('E_MEMO_NAME',
    `cannot memoize a second function${other === fn ? ', or one with another key option,' : ''} under the name '${name}', `
    + 'since the two would read each other\'s values: '
    + `pass { name: '…' } to one of them${given === undefined ? ' (minifiers shorten function names, which makes them meet)' : ''}`);
}

export function releaseName(fn: AnyFunction, name: string, scope: string): void {
  const key = `${scope}${MEMO_SEPARATOR}${name}`;
  const holder = registry.get(key);
  if (holder?.fn.deref() !== fn) return;
  holder.wrappers -= 1;
  if (holder.wrappers === 0) registry.delete(key);
}

/** A development server and a test runner load a module again; elsewhere equal texts may be closures over different things. */
function isReload(other: AnyFunction, fn: AnyFunction): boolean {
  return other !== fn && RELOADING.has(process.env.NODE_ENV) && other.toString() === fn.toString();
}

/** Names and versions are parts of the table's keys. */
export function checkLabel(option: string, value: string): void {
  if (typeof value === 'string' && value.length <= MAX_LENGTH && !value.includes(MEMO_SEPARATOR) && value.isWellFormed()) return;
  throw new InvalidArgumentError('E_MEMO_NAME',
    `${option} must be a text of at most ${MAX_LENGTH} characters without '${MEMO_SEPARATOR}', got ${show(value)}`);
}
