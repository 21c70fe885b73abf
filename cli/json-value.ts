import { types } from 'node:util';

/** A value as JSON can hold it, and what had to be changed for that. */
export interface JsonValue {
  readonly value: unknown;
  /** Where a value stands in for one of a type that JSON does not know: `[{ path: '.when', type: 'Date' }]`. */
  readonly converted: readonly { readonly path: string; readonly type: string }[];
}

/** Makes JSON of any cached value: dates as ISO 8601, Maps as lists of pairs, Sets as lists, BigInt as digits, binary as base64. */
export function jsonValue(root: unknown): JsonValue {
  const converted: { path: string; type: string }[] = [];
  const enclosing: unknown[] = [];

  const note = (path: string, type: string, value: unknown) => {
    converted.push({ path: path || '.', type });
    return value;
  };

  const object = (value: object, path: string): unknown => {
    if (Array.isArray(value)) return Array.from(value, (item, i) => convert(item, `${path}[${i}]`));
    if (types.isDate(value)) return note(path, 'Date', Number.isNaN(value.getTime()) ? null : value.toISOString());
    if (types.isMap(value)) {
      return note(path, 'Map', [...value].map(([key, item], i) => [convert(key, `${path}[${i}][0]`), convert(item, `${path}[${i}][1]`)]));
    }
    if (types.isSet(value)) return note(path, 'Set', [...value].map((item, i) => convert(item, `${path}[${i}]`)));
    if (types.isRegExp(value)) return note(path, 'RegExp', String(value));
    if (types.isNativeError(value)) return note(path, value.name, { name: value.name, message: value.message, stack: value.stack });
    if (types.isBoxedPrimitive(value)) return note(path, Object.prototype.toString.call(value).slice(8, -1), convert(value.valueOf(), path));
    if (Buffer.isBuffer(value)) return note(path, 'Buffer', value.toString('base64'));
    if (ArrayBuffer.isView(value)) {
      return note(path, value.constructor.name, Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64'));
    }
    if (types.isAnyArrayBuffer(value)) return note(path, 'ArrayBuffer', Buffer.from(value).toString('base64'));
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, convert(item, `${path}${property(name)}`)]));
  };

  const convert = (value: unknown, path: string): unknown => {
    switch (typeof value) {
      case 'undefined': return note(path, 'undefined', null);
      case 'bigint': return note(path, 'bigint', String(value));
      case 'number': {
        const text = Object.is(value, -0) ? '-0' : String(value);
        return /^-?\d/.test(text) && text !== '-0' ? value : note(path, 'number', text);
      }
      case 'object': break;
      default: return value;
    }
    if (value === null) return null;
    if (enclosing.includes(value)) return note(path, 'cycle', null);
    enclosing.push(value);
    try {
      return object(value, path);
    } finally {
      enclosing.pop();
    }
  };

  return { value: convert(root, ''), converted };
}

function property(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}
