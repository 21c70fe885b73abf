import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { argumentsKey } from '../../../runtime/memoize/arguments-key';
import { cloneable } from '../../support/arbitraries';

const key = (...args: unknown[]) => argumentsKey('f', args);

/** 10^5 in all over the properties of this file, unless asked for more. */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 30_000);

const data = cloneable({ invalidDates: true });

/** The same data with the order of properties, entries and members turned round, and nothing shared. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (value instanceof Map) return new Map([...value].reverse().map(([k, v]) => [reordered(k), reordered(v)]));
  if (value instanceof Set) return new Set([...value].reverse().map(reordered));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([name, part]) => [name, reordered(part)]));
}

describe('keys', () => {
  test('what shares a key is equal but for order', () => {
    // not util.isDeepStrictEqual, which throws in Node 24 for some sets that hold null
    fc.assert(fc.property(data, data, (a, b) => {
      if (key(a) === key(b)) expect(sortedForm(a)).toEqual(sortedForm(b));
    }), { numRuns: RUNS });
  });

  test('of ten thousand small different values no two share a key', () => {
    const seen = new Map<string, unknown>();
    fc.assert(fc.property(data, (value) => {
      const text = key(value);
      if (seen.has(text)) expect(sortedForm(seen.get(text))).toEqual(sortedForm(value));
      else if (seen.size < 10_000) seen.set(text, value);
    }), { numRuns: RUNS });
    expect(seen.size).toBeGreaterThan(1000);
  });

  test('the order of properties, entries and members does not matter', () => {
    fc.assert(fc.property(data, (value) => { expect(key(reordered(value))).toBe(key(value)); }), { numRuns: RUNS });
  });

  test('where one argument ends is part of the key', () => {
    const texts = fc.array(fc.string({ maxLength: 5 }), { maxLength: 3 });
    fc.assert(fc.property(texts, texts, (a, b) => {
      expect(key(...a) === key(...b)).toBe(isDeepStrictEqual(a, b));
    }), { numRuns: RUNS / 3 });
  });

  const pairs: [string, unknown, unknown][] = [
    ['1 and "1"', 1, '1'], ['0 and -0', 0, -0], ['undefined and null', undefined, null], ['undefined and a missing property', { a: undefined }, {}],
    ['a Map and an object', new Map([['a', 1]]), { a: 1 }], ['a Set and an array', new Set([1]), [1]], ['a Date and its number', new Date(5), 5],
    ['a Date and its text', new Date(5), new Date(5).toISOString()], ['1n and 1', 1n, 1],
    ['NaN and "NaN"', NaN, 'NaN'], ['a hole and undefined', [, 1], [undefined, 1]],
    ['a Buffer and a Uint8Array', Buffer.from('a'), new Uint8Array([97])], ['an Int8Array and a Uint8Array', new Int8Array([1]), new Uint8Array([1])],
    ['a boxed string and a string', Object('a'), 'a'], ['regular expressions with other flags', /a/g, /a/], ['[] and [[]]', [], [[]]],
    ['an array with and without a named property', Object.assign([1], { index: 0 }), [1]],
    ['errors with other messages', new RangeError('a'), new RangeError('b')],
  ];
  test.each(pairs)('%s differ', (_, a, b) => { expect(key(a)).not.toBe(key(b)); });

  test('NaN is itself', () => expect(key(NaN)).toBe(key(NaN)));

  test('parts that are shared count as their copies', () => {
    const part = { x: 1 };
    expect(key({ a: part, b: part })).toBe(key({ a: { x: 1 }, b: { x: 1 } }));
  });

  test('cycles have keys, which differ by where they lead', () => {
    const one: Record<string, unknown> = { name: 'a' };
    one.self = one;
    const two: Record<string, unknown> = { name: 'a' };
    two.self = two;
    const deep: Record<string, unknown> = { name: 'a', self: { name: 'a' } };
    (deep.self as Record<string, unknown>).self = deep;
    const inner: Record<string, unknown> = { name: 'a', self: { name: 'a' } };
    (inner.self as Record<string, unknown>).self = inner.self;
    expect(key(one)).toBe(key(two));
    expect(new Set([key(one), key(deep), key(inner)]).size).toBe(3);
    expect(key(new Map([['m', one]]))).toBe(key(new Map([['m', two]])));
  });

  test('what shares parts over and over ends with an error, not with the memory', () => {
    let value: unknown = 'leaf of some length';
    for (let i = 0; i < 60; i++) value = [value, value];
    expect(() => key(value)).toThrow(/argument 0\S* is larger than \d+ characters/);
  });

  test('a list as deep as the stack ends with an error', () => {
    let list: unknown = null;
    for (let i = 0; i < 100_000; i++) list = { next: list };
    expect(() => key(list)).toThrow(/nested deeper than 500 levels/);
  });

  class Money { constructor(readonly amount: number) {} }
  class Cents extends Map {}
  test.each([
    ['a function', [1, () => 1], 'argument 1 is a function'],
    ['a symbol', [Symbol('s')], 'argument 0 is a symbol'],
    ['an instance of a class', [{ price: [new Money(1)] }], 'argument 0.price[0] is an instance of Money'],
    ['a subclass of a built-in', [new Cents()], 'argument 0 is an instance of Cents'],
    ['a promise', [Promise.resolve()], 'argument 0 is an instance of Promise'],
    ['a proxy', [{ a: new Proxy({}, {}) }], ''],
  ])('fails with %s as an argument, and says where it is', (what, args, message) => {
    if (what === 'a proxy') return expect(() => argumentsKey('f', args)).not.toThrow(); // a proxy of plain data reads as plain data
    expect(() => argumentsKey('price', args)).toThrow(expect.objectContaining({ code: 'E_MEMO_KEY', message: expect.stringContaining(message) }));
    expect(() => argumentsKey('price', args)).toThrow(/give memoize a `key` function/);
  });
});

/** For comparison: unordered things in a fixed order; dates as numbers, as no invalid date equals another one to jest. */
function sortedForm(value: unknown): unknown {
  if (value instanceof Date) return { date: value.getTime() };
  if (Array.isArray(value)) return value.map(sortedForm);
  if (value instanceof Map) return { map: [...value].map(([k, v]) => [sortedForm(k), sortedForm(v)]).sort(byText) };
  if (value instanceof Set) return { set: [...value].map(sortedForm).sort(byText) };
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return { object: Object.entries(value).map(([name, part]) => [name, sortedForm(part)]).sort(byText) };
}

function byText(a: unknown, b: unknown): number {
  const [x, y] = [a, b].map((item) => key(item));
  return x < y ? -1 : x > y ? 1 : 0;
}
