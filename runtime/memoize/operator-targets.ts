import { MEMO_GENERATION } from '../../lib/contract/memo.js';
import { InvalidArgumentError } from '../errors.js';
import { argumentsKey } from './arguments-key.js';
import { checkLabel } from './function-names.js';
import { checkTag } from './memoizer.js';
import { partsOfTableKey, tableKey } from './table-key.js';

/** What to flush. Nothing named: everything. */
export interface FlushTargets {
  readonly functions?: readonly string[];
  readonly tags?: readonly string[];
}

/** A call, by name and arguments as the client is given them. */
export interface CallToFind {
  readonly name: string;
  readonly args: readonly unknown[];
  /** Deploy scope. @default '' */
  readonly version?: string;
}

/**
 * The key under which a call's value is kept, as the memoized function's `.key()` gives it.
 *
 * @throws InvalidArgumentError for a name or version that cannot be one
 */
export function keyOfCall({ name, args, version = '' }: CallToFind): string {
  if (name === '') throw new InvalidArgumentError('E_MEMO_NAME', 'name is empty: give the name of a memoized function');
  checkLabel('name', name);
  checkLabel('version', version);
  return tableKey(name, version, argumentsKey(name, args));
}

/** @throws InvalidArgumentError for what no memoized function's `.key()` can have given */
export function checkedKey(key: string): string {
  if (partsOfTableKey(key) !== undefined) return key;
  throw new InvalidArgumentError('E_MEMO_KEY',
    'key must be as .key() of a memoized function gives it, \'<name>#<version>#=<arguments>\' or \'<name>#<version>#~<hash>\', '
    + `got ${JSON.stringify(key)}`);
}

/** The counters that a flush raises. @throws InvalidArgumentError for a name or tag that cannot be one */
export function scopesOf({ functions = [], tags = [] }: FlushTargets): string[] {
  for (const name of functions) {
    if (name === '') throw new InvalidArgumentError('E_MEMO_NAME', 'name is empty: give the name of a memoized function');
    checkLabel('name', name);
  }
  tags.forEach(checkTag);
  const scopes = [...functions.map(MEMO_GENERATION.fn), ...tags.map(MEMO_GENERATION.tag)];
  return scopes.length === 0 ? [MEMO_GENERATION.all] : [...new Set(scopes)];
}
