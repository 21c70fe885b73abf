import { types } from 'node:util';

/** Kinds of objects that the structured clone algorithm keeps whole. */
export type Kind = 'plain' | 'array' | 'Date' | 'Map' | 'Set' | 'RegExp' | 'Buffer' | 'view' | 'ArrayBuffer' | 'Error' | 'boxed';

const rootOf = (value: object): unknown => Object.getPrototypeOf(value);

/** `{…}`, of any realm: a vm context (jest's, say) has an Object.prototype of its own. */
export function isPlainObject(value: object): value is Record<string, unknown> {
  const prototype = rootOf(value) as object | null;
  if (prototype === Object.prototype || prototype === null) return true;
  return rootOf(prototype) === null && Object.hasOwn(prototype, 'hasOwnProperty') && Object.prototype.toString.call(value) === '[object Object]';
}

/** Errors that are subclasses of Error, and still the language's own. */
const NATIVE_ERROR = /^(Aggregate|Eval|Range|Reference|Syntax|Type|URI)Error$/;

function constructorName(value: object): string | undefined {
  return (rootOf(value) as { constructor?: { name?: string } } | null)?.constructor?.name;
}

/** A subclass carries meaning that its built-in part does not show: its prototype is further from the root. */
function isSubclass(value: object): boolean {
  let prototype = rootOf(value) as object | null;
  let depth = 0;
  while (prototype !== null) { depth++; prototype = rootOf(prototype) as object | null; }
  const isTypedArray = ArrayBuffer.isView(value) && !types.isDataView(value);
  const isSpecialError = types.isNativeError(value) && NATIVE_ERROR.test(constructorName(value) ?? '');
  return depth > (isTypedArray || isSpecialError ? 3 : 2);
}

/** Which kind an object is; `undefined` for what a clone would not keep whole: a class's instance, a Promise, a Proxy and the like. */
export function kindOf(value: object): Kind | undefined {
  if (Array.isArray(value)) return 'array';
  if (types.isProxy(value)) return undefined;
  if (isPlainObject(value)) return 'plain';
  if (Buffer.isBuffer(value)) return 'Buffer';
  if (isSubclass(value)) return undefined;
  if (types.isDate(value)) return 'Date';
  if (types.isMap(value)) return 'Map';
  if (types.isSet(value)) return 'Set';
  if (types.isRegExp(value)) return 'RegExp';
  if (ArrayBuffer.isView(value)) return 'view';
  if (types.isArrayBuffer(value)) return 'ArrayBuffer';
  if (types.isNativeError(value)) return 'Error';
  if (types.isBoxedPrimitive(value) && !types.isSymbolObject(value)) return 'boxed';
  return undefined;
}

/** `Uint8Array`, `DataView` and so on. */
export function viewName(value: ArrayBufferView): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

/** For messages: what an object is that has no kind. */
export function describeObject(value: object): string {
  if (types.isProxy(value)) return 'a Proxy';
  const name = constructorName(value);
  return name ? `an instance of ${name}` : 'an object with a prototype of its own';
}
