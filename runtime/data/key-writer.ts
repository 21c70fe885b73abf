import { describeObject, isPlainObject, kindOf, viewName } from './kinds.js';
import { shapeOf } from './object-shapes.js';

/*
 * Writes a text for any structured-cloneable value such that two values have the same text if and only if they are the same:
 * -0 is not 0, 1 is not '1', a Map is not an object, undefined is not a missing property. The order of an object's properties,
 * of a Map's entries and of a Set's members does not matter. Each token says where it ends (by a length or a terminator), so
 * tokens stand side by side without a separator and nothing needs escaping.
 *
 * The hot path of every call with structured arguments: characters are put into one buffer that is made a string of once.
 * Concatenation would build a tree of pieces that V8 flattens at the first look-up, at twice the price.
 */

/** Longer texts are not keys any more but data; also ends the expansion of values that share parts over and over. */
const MAX_LENGTH = 4 * 1024 * 1024;
const MAX_DEPTH = 500;

/** A value that cannot be part of a key. */
export class NotAKey extends Error {
  /**
   * @param ofSize it is too much, rather than of a wrong kind: then there is no one place to point at
   * @param place where it is, once somebody has looked: `[1].items[0]`
   */
  constructor(what: string, readonly ofSize = false, readonly place = '') {
    super(what);
  }
}

const STRING_HEADS = Array.from({ length: 64 }, (_, length) => Buffer.from(`s${length}:`));

/* One character each; tokens begin with one of them, or with a digit inside an object. */
const [TRUE, FALSE, UNDEFINED, NULL, NUMBER, HOLE, SEMICOLON, MINUS, ZERO] = [...Buffer.from('tfuznh;-0')];
const [LIST, LIST_END, LIST_NAMES, OBJECT_END] = [...Buffer.from('[]|}')];

export class KeyWriter {
  private buffer = Buffer.allocUnsafe(4096);
  private end = 0;
  /** Objects that enclose the one being written, by depth. */
  private readonly enclosing: (object | undefined)[] = [];

  /** The text of what was written, and an empty writer. */
  take(): string {
    const text = this.buffer.toString('latin1', 0, this.end);
    this.end = 0;
    return text;
  }

  /** Forgets what was written. */
  reset(): void {
    this.end = 0;
  }

  /** @throws NotAKey */
  value(value: unknown, depth: number): void {
    if (this.end + 64 > this.buffer.length) this.grow(64);
    if (typeof value === 'string') this.string(value);
    else if (typeof value === 'number') this.number(value);
    else if (value === true) this.buffer[this.end++] = TRUE;
    else if (value === false) this.buffer[this.end++] = FALSE;
    else if (value === undefined) this.buffer[this.end++] = UNDEFINED;
    else if (value === null) this.buffer[this.end++] = NULL;
    else if (typeof value === 'object') this.object(value, depth);
    else if (typeof value === 'bigint') this.plain(`i${value};`);
    else throw new NotAKey(`a ${typeof value}`);
  }

  private object(value: object, depth: number): void {
    const { enclosing } = this;
    for (let i = depth - 1; i >= 0; i--) {
      if (enclosing[i] === value) return this.plain(`^${depth - i};`); // a cycle: so many levels up
    }
    if (depth >= MAX_DEPTH) throw new NotAKey(`nested deeper than ${MAX_DEPTH} levels`, true);
    enclosing[depth] = value;
    if (Array.isArray(value)) this.array(value, depth);
    else if (isPlainObject(value)) this.record('{', value, depth);
    else this.special(value, depth);
    enclosing[depth] = undefined; // nothing of the caller's is kept alive
  }

  private record(open: string, value: object, depth: number): void {
    const names = Object.keys(value);
    this.buffer[this.end++] = open.charCodeAt(0);
    if (names.length > 0) {
      const { order, heads } = shapeOf(names);
      for (let i = 0; i < order.length; i++) {
        this.bytes(heads[i]);
        this.value((value as Record<string, unknown>)[order[i]], depth + 1);
      }
    }
    this.byte(OBJECT_END);
  }

  private array(value: readonly unknown[], depth: number): void {
    if (value.length > MAX_LENGTH) throw new NotAKey(`an array of ${value.length} items`, true);
    this.buffer[this.end++] = LIST;
    let present = 0;
    for (let i = 0; i < value.length; i++) {
      const item = value[i];
      if (item === undefined && !(i in value)) { this.byte(HOLE); continue; }
      present++;
      this.value(item, depth + 1);
    }
    const names = Object.keys(value);
    if (names.length > present) { // named properties beside the items, such as a regular expression's match has
      this.byte(LIST_NAMES);
      const extra = Object.fromEntries(names.slice(present).map((name) => [name, (value as unknown as Record<string, unknown>)[name]]));
      this.record('{', extra, depth);
    }
    this.byte(LIST_END);
  }

  private special(value: object, depth: number): void {
    switch (kindOf(value)) {
      case 'Date': return this.plain(`d${(value as Date).getTime()};`);
      case 'Map': return this.unordered('M', [...value as Map<unknown, unknown>], depth);
      case 'Set': return this.unordered('S', [...value as Set<unknown>].map((item) => [item]), depth);
      case 'RegExp': this.plain('r'); this.string((value as RegExp).source); return this.string((value as RegExp).flags);
      case 'Buffer': this.plain('vBuffer;'); return this.binary(value as Buffer);
      case 'view': this.plain(`v${viewName(value as Uint8Array)};`); return this.binary(value as Uint8Array);
      case 'ArrayBuffer': this.plain('b'); return this.binary(new Uint8Array(value as ArrayBuffer));
      case 'Error':
        if (Object.keys(value).length > 0) throw new NotAKey('an error with properties of its own');
        return this.record('E', errorParts(value as Error), depth);
      case 'boxed': this.plain('O'); return this.value(value.valueOf(), depth + 1);
      default: throw new NotAKey(describeObject(value));
    }
  }

  /** Members are written one by one, sorted by their text, and written again. */
  private unordered(open: string, members: readonly (readonly unknown[])[], depth: number): void {
    const start = this.end;
    const texts = members.map((parts) => {
      for (const part of parts) this.value(part, depth + 1);
      const text = this.buffer.toString('latin1', start, this.end);
      this.end = start;
      return text;
    });
    this.plain(`${open}${texts.sort().join('')}}`);
  }

  private binary(value: ArrayBufferView): void {
    this.string(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64'));
  }

  private string(value: string): void {
    const { length } = value;
    this.reserve(2 * length + 16);
    const start = this.end;
    if (length < 64) this.bytes(STRING_HEADS[length]);
    else this.plain(`s${length}:`);
    const { buffer } = this;
    let at = this.end;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0xff) { // two bytes a character then, for all of them
        this.end = start;
        this.plain(`w${length}:`);
        this.end += buffer.write(value, this.end, 'utf16le');
        return;
      }
      buffer[at++] = code;
    }
    this.end = at;
  }

  private number(value: number): void {
    this.buffer[this.end++] = NUMBER;
    if (value === 0 && 1 / value < 0) {
      this.buffer[this.end++] = MINUS;
      this.buffer[this.end++] = ZERO;
    } else if (value >= 0 && value < 1e9 && Number.isInteger(value)) {
      this.digits(value);
    } else {
      this.plain(String(value));
    }
    this.byte(SEMICOLON);
  }

  /** A whole number below 10^9, without making a string of it. */
  private digits(value: number): void {
    let length = 1;
    for (let rest = value; rest >= 10; rest = (rest / 10) | 0) length++;
    const { buffer } = this;
    let at = this.end += length;
    let rest = value;
    do {
      const next = (rest / 10) | 0;
      buffer[--at] = ZERO + rest - next * 10;
      rest = next;
    } while (rest > 0);
  }

  /** Characters below 256 only. */
  private plain(text: string): void {
    this.reserve(text.length);
    const { buffer } = this;
    let at = this.end;
    for (let i = 0; i < text.length; i++) buffer[at++] = text.charCodeAt(i);
    this.end = at;
  }

  private bytes(head: Uint8Array): void {
    this.reserve(head.length);
    const { buffer } = this;
    let at = this.end;
    for (let i = 0; i < head.length; i++) buffer[at++] = head[i];
    this.end = at;
  }

  private byte(code: number): void {
    this.reserve(1);
    this.buffer[this.end++] = code;
  }

  private reserve(more: number): void {
    if (this.end + more > this.buffer.length) this.grow(more);
  }

  private grow(more: number): void {
    if (this.end + more > MAX_LENGTH) throw new NotAKey(`larger than ${MAX_LENGTH} characters`, true);
    const larger = Buffer.allocUnsafe(Math.min(2 * this.buffer.length + more, MAX_LENGTH + 1024));
    this.buffer.copy(larger, 0, 0, this.end);
    this.buffer = larger;
  }
}

function errorParts(error: Error): object {
  const { name, message, stack, cause, errors } = error as Error & { errors?: unknown };
  return { name, message, stack, ...(cause !== undefined && { cause }), ...(errors !== undefined && { errors }) };
}
