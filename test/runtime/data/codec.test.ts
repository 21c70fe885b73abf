import fc from 'fast-check';
import { compress, decompress, deserializeValue, isAvailable, serializeValue, type Compression } from '../../../runtime/data/codec';
import { keepIsolated } from '../../../runtime/data/kept';
import { survey } from '../../../runtime/data/survey';
import { cloneable } from '../../support/arbitraries';

const RUNS = Number(process.env.PROPERTY_RUNS ?? 50_000);

const data = cloneable({ invalidDates: false }); // two of them are not equal to jest

const roundTrip = (value: unknown) => deserializeValue(serializeValue(value));

describe('stored values', () => {
  test('come back as they were', () => {
    fc.assert(fc.property(data, (value) => { expect(roundTrip(value)).toEqual(value); }), { numRuns: RUNS });
  });

  test('come back from memory as they were', () => {
    fc.assert(fc.property(data, fc.constantFrom('freeze', 'copy'), (value, mode) => {
      expect(keepIsolated(value, mode as 'freeze' | 'copy').deliver()).toEqual(value);
    }), { numRuns: RUNS });
  });

  test.each<[string, unknown]>([
    ['-0', -0], ['NaN', NaN], ['undefined', undefined], ['a BigInt', 10n ** 30n], ['an invalid Date', new Date(NaN)],
    ['a RegExp', /a+/giu], ['a hole', [1, , 3]], ['a DataView', new DataView(new Uint8Array([1, 2]).buffer)],
    ['an ArrayBuffer', new Uint8Array([1, 2]).buffer], ['an error', new RangeError('no')],
    ['a key named __proto__', JSON.parse('{"__proto__":{"a":1}}')],
    ['half a surrogate pair', '\ud800'], ['an array with a name', Object.assign([1], { total: 1 })],
  ])('%s is kept', (_, value) => {
    const back = roundTrip({ value }) as { value: unknown };
    if (!(value instanceof Date)) expect(back.value).toEqual(value); // two invalid Dates are not equal to jest
    expect(Object.is(back.value, value) || typeof value === 'object').toBe(true);
    expect(Object.prototype.toString.call(back.value)).toBe(Object.prototype.toString.call(value));
    if (Array.isArray(value)) expect(Object.keys(back.value as object)).toEqual(Object.keys(value));
  });

  test('cycles and shared parts are kept', () => {
    const part = { x: 1 };
    const value: Record<string, unknown> = { a: part, b: part };
    value.self = value;
    const back = roundTrip(value) as Record<string, unknown>;
    expect(back.self).toBe(back);
    expect(back.a).toBe(back.b);
  });

  test('plain data is stored as JSON, which the console shows', () => {
    expect(Buffer.from(serializeValue({ a: [1, 'x'] })).toString()).toBe('\u0001{"a":[1,"x"]}');
  });

  test('a view of binary data gets memory of its own', () => {
    const { bytes } = roundTrip({ bytes: new Uint8Array([1, 2, 3]) }) as { bytes: Uint8Array };
    expect(bytes.buffer.byteLength).toBeLessThan(1000); // not the pool that Buffers share
  });

  test.each<[string, unknown, RegExp]>([
    ['a function', { f: () => 1 }, /a function/], ['a symbol', [Symbol('s')], /a symbol/],
    ['an instance of a class', new (class Money {})(), /an instance of Money/],
    ['an error with a code', Object.assign(new Error('x'), { code: 'E' }), /an error with more/],
    ['an error with a cause', new Error('x', { cause: 1 }), /an error with more/],
    ['a Map with a name', Object.assign(new Map(), { x: 1 }), /a Map with properties/],
  ])('fails with %s, which would not come back whole', (_, value, message) => {
    expect(() => serializeValue(value)).toThrow(message);
  });

  test('fails with data nested as deep as the stack', () => {
    let list: unknown = null;
    for (let i = 0; i < 100_000; i++) list = { next: list };
    expect(() => serializeValue(list)).toThrow(/nested deeper/);
  });
});

describe('compression', () => {
  const compressions = (['gzip', 'brotli', 'zstd'] as const).filter(isAvailable);

  const cases = compressions.flatMap((compression) => [100, 5000, 500_000].map((size) => [compression, size] as const));
  test.each(cases)('%s of %i characters', async (compression, size) => {
    const value = { text: 'abcdefgh'.repeat(size / 8), map: new Map([[1, 2]]) };
    const stored = await compress(serializeValue(value), compression);
    if (size >= 5000) expect(stored.byteLength).toBeLessThan(size / 5);
    expect(deserializeValue(await decompress(stored))).toEqual(value);
  });

  test('what does not get smaller is stored as it is', async () => {
    const serialized = serializeValue(Buffer.from(Array.from({ length: 3000 }, () => Math.floor(Math.random() * 256))));
    expect(await compress(serialized, 'gzip')).toBe(serialized);
    expect(await compress(serialized, false)).toBe(serialized);
  });

  test('fails with bytes that nobody stored', async () => {
    await expect(decompress(new Uint8Array([0x11, 1, 2, 3]))).rejects.toThrow();
    await expect(decompress(new Uint8Array([0x71, 1]))).rejects.toThrow(/unknown compression 7/);
    expect(() => deserializeValue(new Uint8Array([0x09, 1]))).toThrow(/unknown format 9/);
  });

  test('zstd is offered where this Node has it', () => {
    const [major, minor] = process.versions.node.split('.').map(Number);
    expect(isAvailable('zstd' satisfies Compression)).toBe(major > 22 || (major === 22 && minor >= 15));
  });
});

describe('survey', () => {
  test.each([
    ['plain data', { a: [1, 'x', null, true] }, true, true],
    ['undefined inside', { a: undefined }, false, true], ['a Date inside', { a: new Date(0) }, false, false],
    ['a toJSON method that JSON would ask', Object.defineProperty({ a: 1 }, 'toJSON', { value: () => 'other' }), false, true],
  ])('%s', (_, value, json, freezable) => { expect(survey(value)).toMatchObject({ json, freezable }); });

  test('its size grows with the data', () => {
    expect(survey('x'.repeat(10_000)).size).toBeGreaterThan(10_000);
    expect(survey(Buffer.alloc(5000)).size).toBeGreaterThanOrEqual(5000);
  });
});
