import { keyText } from '../data/key-text.js';
import { NotAKey } from '../data/key-writer.js';
import { InvalidArgumentError } from '../errors.js';

/**
 * The key text of a call's arguments.
 *
 * @throws InvalidArgumentError `E_MEMO_KEY` if an argument is not structured-cloneable data
 */
export function argumentsKey(name: string, args: readonly unknown[]): string {
  try {
    return keyText(args);
  } catch (error) {
    if (error instanceof NotAKey) throw invalid(name, error);
    throw error;
  }
}

function invalid(name: string, { place, message }: NotAKey): InvalidArgumentError {
  return new InvalidArgumentError('E_MEMO_KEY',
    `cannot make a cache key for a call of '${name}': ${place.replace(/^\[(\d+)\]/, 'argument $1')} is ${message}; `
    + 'pass plain data, or give memoize a `key` function that returns what identifies the call');
}
