import { describeObject, isPlainObject, kindOf, viewName } from '../data/kinds.js';
import { InvalidArgumentError } from '../errors.js';

/*
 * A text for any structured-cloneable value such that two values have the same text if and only if they are the same:
 * -0 is not 0, 1 is not '1', a Map is not an object, undefined is not a missing property. The order of an object's
 * properties, of a Map's entries and of a Set's members does not matter. Each token says where it ends (by a length or
 * a terminator), so tokens can stand side by side without a separator and nothing needs escaping.
 *
 * The hot path of every call, so it is written for few and short string concatenations: V8 builds a tree of them and
 * flattens it at the first look-up, at a price per piece.
 */

/** Longer texts are not keys any more but data; also ends the expansion of values that share parts over and over. */
const MAX_LENGTH = 4 * 1024 * 1024;
const MAX_DEPTH = 500;

/** Thrown inside; `locate` finds the place in the arguments. */
class NotAKey extends Error {
  /** @param ofSize it is too much, rather than of a wrong kind: then there is no one place */
  constructor(what: string, readonly ofSize = false) {
    super(what);
  }
}

const STRING_HEADS = Array.from({ length: 64 }, (_, length) => `s${length}:`);

function text(value: string): string {
  return value.length < 64 ? STRING_HEADS[value.length] + value : `s${value.length}:${value}`;
}

function number(value: number): string {
  return value === 0 && 1 / value < 0 ? 'n-0;' : `n${value};`;
}

/** Objects come in few shapes: the sorted order of one shape's properties is worked out once. */
interface Shape {
  readonly names: readonly string[];
  readonly order: readonly string[];
  readonly heads: readonly string[];
}

const shapes = new Map<string, Shape>();
const MAX_SHAPES = 1000;
const MAX_NAMES = 64;

function shapeOf(names: readonly string[]): Shape {
  const known = shapes.get(names[0]);
  if (known !== undefined && known.names.length === names.length) {
    let i = 1;
    while (i < names.length && known.names[i] === names[i]) i++;
    if (i === names.length) return known;
  }
  const order = [...names].sort(); // by code unit: any order will do that is always the same
  const shape = { names, order, heads: order.map((name) => `${name.length}:${name}`) };
  if (names.length > MAX_NAMES) return shape; // a dictionary, not a shape
  if (shapes.size >= MAX_SHAPES) shapes.clear();
  shapes.set(names[0], shape);
  return shape;
}

/** Objects that enclose the one being encoded, by depth. Encoding never yields, so one array serves all calls. */
const enclosing: (object | undefined)[] = [];

function encode(value: unknown, depth: number): string {
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number') return number(value);
  if (value === true) return 't';
  if (value === false) return 'f';
  if (value === undefined) return 'u';
  if (value === null) return 'z';
  if (typeof value === 'bigint') return `i${value};`;
  if (typeof value !== 'object') throw new NotAKey(`a ${typeof value}`);

  for (let i = depth - 1; i >= 0; i--) if (enclosing[i] === value) return `^${depth - i};`; // a cycle: so many levels up
  if (depth >= MAX_DEPTH) throw new NotAKey(`nested deeper than ${MAX_DEPTH} levels`, true);
  enclosing[depth] = value;
  const encoded = Array.isArray(value) ? array(value, depth) : isPlainObject(value) ? record('{', value, depth) : special(value, depth);
  enclosing[depth] = undefined; // nothing of the caller's is kept alive
  if (encoded.length > MAX_LENGTH) throw new NotAKey(`larger than ${MAX_LENGTH} characters`, true);
  return encoded;
}

function record(open: string, value: object, depth: number): string {
  const names = Object.keys(value);
  if (names.length === 0) return `${open}}`;
  const { order, heads } = shapeOf(names);
  let encoded = open;
  for (let i = 0; i < order.length; i++) encoded += heads[i] + encode((value as Record<string, unknown>)[order[i]], depth + 1);
  return encoded + '}';
}

function array(value: readonly unknown[], depth: number): string {
  if (value.length > MAX_LENGTH) throw new NotAKey(`an array of ${value.length} items`, true);
  let encoded = '[';
  let present = 0;
  for (let i = 0; i < value.length; i++) {
    const item = value[i];
    if (item === undefined && !(i in value)) { encoded += 'h'; continue; }
    present++;
    encoded += encode(item, depth + 1);
  }
  const names = Object.keys(value);
  if (names.length === present) return encoded + ']';
  // Named properties beside the items, such as a regular expression's match has.
  const extra = Object.fromEntries(names.slice(present).map((name) => [name, (value as unknown as Record<string, unknown>)[name]]));
  return `${encoded}|${record('{', extra, depth)}]`;
}

function special(value: object, depth: number): string {
  const inner = (item: unknown) => encode(item, depth + 1);
  switch (kindOf(value)) {
    case 'Date': return `d${(value as Date).getTime()};`;
    case 'Map': return `M${[...value as Map<unknown, unknown>].map(([k, v]) => inner(k) + inner(v)).sort().join('')}}`;
    case 'Set': return `S${[...value as Set<unknown>].map(inner).sort().join('')}}`;
    case 'RegExp': return `r${text((value as RegExp).source)}${text((value as RegExp).flags)}`;
    case 'Buffer': return `vBuffer;${bytes(value as Buffer)}`;
    case 'view': return `v${viewName(value as Uint8Array)};${bytes(value as Uint8Array)}`;
    case 'ArrayBuffer': return `b${bytes(new Uint8Array(value as ArrayBuffer))}`;
    case 'Error':
      if (Object.keys(value).length > 0) throw new NotAKey('an error with properties of its own');
      return record('E', errorParts(value as Error), depth);
    case 'boxed': return `O${inner(value.valueOf())}`;
    default: throw new NotAKey(describeObject(value));
  }
}

function bytes(value: ArrayBufferView): string {
  return text(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64'));
}

function errorParts(error: Error): object {
  const { name, message, stack, cause, errors } = error as Error & { errors?: unknown };
  return { name, message, stack, ...(cause !== undefined && { cause }), ...(errors !== undefined && { errors }) };
}

/**
 * The key text of a call's arguments.
 *
 * @throws InvalidArgumentError `E_MEMO_KEY` if an argument is not structured-cloneable data
 */
export function argumentsKey(name: string, args: readonly unknown[]): string {
  let encoded = '';
  let i = 0;
  try {
    for (; i < args.length; i++) encoded += encode(args[i], 0);
  } catch (error) {
    if (error instanceof NotAKey) throw invalid(name, args, i, error);
    throw error;
  }
  return encoded;
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
    encode(value, 0);
    return undefined;
  } catch (error) {
    if (error instanceof NotAKey) return path;
    throw error;
  }
}
