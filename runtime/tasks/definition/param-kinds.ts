import { types } from 'node:util';
import { keyText } from '../../data/key-text.js';
import type { ParamType } from './params.js';

interface ParamKind {
  /** For errors: what it must be. */
  readonly expected: string;
  /** The one form of a value, which is nobody else's to change; `undefined` if it is not of this type. */
  read(given: unknown): unknown;
}

const ofType = (type: string) => (given: unknown) => typeof given === type ? given : undefined;

export const PARAM_KINDS: Readonly<Record<ParamType, ParamKind>> = {
  string: { expected: 'a string', read: ofType('string') },
  // JSON has no -0, and nobody means it.
  number: { expected: 'a finite number', read: (given) => Number.isFinite(given) ? (given as number) + 0 : undefined },
  integer: { expected: 'a whole number up to 2^53', read: (given) => Number.isSafeInteger(given) ? (given as number) + 0 : undefined },
  boolean: { expected: 'true or false', read: ofType('boolean') },
  date: { expected: 'a valid Date', read: dateCopy },
  'string[]': { expected: 'a list of strings', read: (given) => isStrings(given) ? Object.freeze([...given]) : undefined },
  json: { expected: 'data that JSON keeps whole (no undefined, NaN, -0, Date, Map, class instance or cycle)', read: jsonCopy },
};

function dateCopy(given: unknown): Date | undefined {
  return types.isDate(given) && !Number.isNaN(given.getTime()) ? new Date(given.getTime()) : undefined;
}

function isStrings(given: unknown): given is readonly string[] {
  return Array.isArray(given) && [...given as unknown[]].every((item) => typeof item === 'string');
}

/** A frozen copy, if it is the same as what was copied. */
function jsonCopy(given: unknown): unknown {
  try {
    const copy: unknown = JSON.parse(JSON.stringify(given));
    return keyText([copy]) === keyText([given]) ? frozen(copy) : undefined;
  } catch {
    return undefined; // a cycle, a BigInt, a function, deeper than anybody nests data
  }
}

function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}
