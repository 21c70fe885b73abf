import { createMemoizer } from '../../../runtime/memoize';
import { gate, idle, memoryOnly, world } from './worlds';

describe('a memoized function', () => {
  test('runs once for equal arguments and again for others', async () => {
    const { memoize } = memoryOnly();
    const fn = jest.fn(async (id: string, n: number) => ({ id, n }));
    const memoized = memoize(fn, { name: 'get' });
    expect(await memoized('a', 1)).toEqual({ id: 'a', n: 1 });
    expect(await memoized('a', 1)).toEqual({ id: 'a', n: 1 });
    expect(await memoized('a', 2)).toEqual({ id: 'a', n: 2 });
    expect(fn).toHaveBeenCalledTimes(2);
  });

  test.each<[string, unknown[], unknown[]]>([
    ['1 and "1"', [1], ['1']], ['0 and -0', [0], [-0]], ['no argument and undefined', [], [undefined]], ['("a","b") and ("ab")', ['a', 'b'], ['ab']],
    ['five arguments and four', [1, 2, 3, 4, 5], [1, 2, 3, 4]], ['undefined and null', [undefined], [null]], ['true and "t"', [true], ['t']],
  ])('%s are different calls', async (_, a, b) => {
    const { memoize } = memoryOnly();
    const fn = jest.fn(async (...args: unknown[]) => args.length);
    const memoized = memoize(fn, { name: 'get' });
    for (let i = 0; i < 2; i++) {
      await memoized(...a);
      await memoized(...b);
    }
    expect(fn).toHaveBeenCalledTimes(2);
  });

  test.each([undefined, null, 0, '', false, NaN])('a value of %p is cached', async (value) => {
    for (const memoize of [memoryOnly().memoize, world().process()]) {
      const fn = jest.fn(async () => value);
      const memoized = memoize(fn, { name: 'get' });
      expect(await memoized()).toBe(value);
      expect(await memoized()).toBe(value);
      expect(fn).toHaveBeenCalledTimes(1);
    }
  });

  test('keeps this, name and length, and turns a plain value into a promise', async () => {
    const { memoize } = memoryOnly();
    function greet(this: { greeting: string }, name: string) { return `${this.greeting} ${name}`; }
    const memoized = memoize(greet);
    expect(memoized.name).toBe('greet');
    expect(memoized).toHaveLength(1);
    expect(await memoized.call({ greeting: 'hello' }, 'you')).toBe('hello you');
  });

  test('a thousand callers share one run and its value', async () => {
    const { memoize } = memoryOnly();
    const { fn, resolve } = gate<{ a: number }>();
    const memoized = memoize(fn);
    const calls = Array.from({ length: 1000 }, () => memoized('x'));
    await idle();
    resolve({ a: 1 });
    const values = await Promise.all(calls);
    expect(new Set(values).size).toBe(1);
    expect(memoized.stats()).toMatchObject({ calls: 1000, executions: 1, joins: 999 });
  });

  test('a thousand callers share one failure, and the next call runs again', async () => {
    const { memoize } = memoryOnly();
    const gated = gate<number>();
    const memoized = memoize(gated.fn);
    const calls = Array.from({ length: 1000 }, () => memoized('x'));
    await idle();
    const failure = new Error('no');
    gated.reject(failure);
    const results = await Promise.allSettled(calls);
    expect(results.every((result) => result.status === 'rejected' && result.reason === failure)).toBe(true);
    expect(gated.runs).toBe(1);
    const again = memoized('x');
    await idle();
    gated.resolve(2);
    expect(await again).toBe(2);
  });

  test('a function that throws at once rejects', async () => {
    const { memoize } = memoryOnly();
    const memoized = memoize(function broken(): number { throw new RangeError('at once'); });
    await expect(memoized()).rejects.toThrow(RangeError);
  });

  test('errors are remembered when asked, as the same error', async () => {
    const { memoize, clock } = memoryOnly();
    const fn = jest.fn(async () => { throw new Error('down'); });
    const memoized = memoize(fn, { name: 'get', errorTtl: '1s' });
    const first = await memoized().catch((error: unknown) => error);
    expect(await memoized().catch((error: unknown) => error)).toBe(first);
    expect(fn).toHaveBeenCalledTimes(1);
    await clock.advance(1000);
    await memoized().catch(() => {});
    expect(fn).toHaveBeenCalledTimes(2);
  });

  test('values are fresh for their ttl to the millisecond', async () => {
    const { memoize, clock } = memoryOnly();
    const fn = jest.fn(async () => 1);
    const memoized = memoize(fn, { name: 'get', ttl: 1500, jitter: 0 });
    await memoized();
    await clock.advance(1499);
    await memoized();
    expect(fn).toHaveBeenCalledTimes(1);
    await clock.advance(1);
    await memoized();
    expect(fn).toHaveBeenCalledTimes(2);
  });

  test('jitter shortens the ttl', async () => {
    const { memoize, clock } = memoryOnly({ random: () => 1 });
    const fn = jest.fn(async () => 1);
    const memoized = memoize(fn, { name: 'get', ttl: '10s', jitter: 0.2 });
    await memoized();
    await clock.advance(8000);
    await memoized();
    expect(fn).toHaveBeenCalledTimes(2);
  });

  test('the ttl may follow from the value', async () => {
    const { memoize, clock } = memoryOnly();
    const fn = jest.fn(async (id: string) => ({ id, expiresIn: id === 'long' ? 60_000 : 1000 }));
    const memoized = memoize(fn, { name: 'token', ttl: (token) => token.expiresIn, jitter: 0 });
    await memoized('long');
    await memoized('short');
    await clock.advance(1000);
    await memoized('long');
    await memoized('short');
    expect(fn.mock.calls).toEqual([['long'], ['short'], ['short']]);
  });

  test('what shouldCache turns down is not cached', async () => {
    const { memoize } = memoryOnly();
    const fn = jest.fn(async (n: number) => n);
    const memoized = memoize(fn, { name: 'get', shouldCache: (value) => value > 1 });
    for (const n of [1, 1, 2, 2]) await memoized(n);
    expect(fn.mock.calls).toEqual([[1], [1], [2]]);
  });

  test('an option that fails costs the caching, not the value, and is warned of once', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const { memoize } = memoryOnly();
    const memoized = memoize(async function get(n: number) { return n; }, { ttl: () => 'soon' as '5s' });
    expect([await memoized(1), await memoized(1)]).toEqual([1, 1]);
    expect(memoized.stats().executions).toBe(2);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(/'get': a value is not cached.*ttl must be.*got 'soon'/), expect.anything());
    warn.mockRestore();
  });

  test('a key function says what identifies a call', async () => {
    const { memoize } = memoryOnly();
    const fn = jest.fn(async (request: { headers: Map<string, string>; log: () => void; id: number }) => request.id);
    const memoized = memoize(fn, { name: 'get', key: ({ id }) => id });
    await memoized({ headers: new Map(), log: () => {}, id: 1 });
    await memoized({ headers: new Map([['a', 'b']]), log: () => {}, id: 1 });
    expect(fn).toHaveBeenCalledTimes(1);
  });

  test('an argument that cannot be a key rejects the call', async () => {
    const { memoize } = memoryOnly();
    const memoized = memoize(async function get(callback: () => void) { callback(); });
    await expect(memoized(() => {})).rejects.toMatchObject({ code: 'E_MEMO_KEY' });
  });
});

describe('names', () => {
  test('fails without a name', () => {
    const { memoize } = memoryOnly();
    expect(() => memoize(async () => 1)).toThrow(expect.objectContaining({ code: 'E_MEMO_NAME', message: expect.stringContaining('{ name: ') }));
  });

  test('fails when another function has the name, until that one is disposed of', () => {
    const { memoize } = memoryOnly();
    const first = memoize(async function get() { return 1; });
    const other = async function get() { return 2; };
    expect(() => memoize(other)).toThrow(/second function under the name 'get'.*minifiers/);
    expect(() => memoize(async () => 1, { name: 'get' })).toThrow(/second function under the name 'get'/);
    first.dispose();
    expect(() => memoize(other)).not.toThrow();
  });

  test('a module that is loaded again, as by a test runner, is not another function; in production it is', () => {
    const { memoize } = memoryOnly();
    const load = () => memoize(async function reloaded() { return 1; });
    load();
    expect(load).not.toThrow();
    const before = process.env.NODE_ENV;
    process.env.NODE_ENV = 'production';
    expect(load).toThrow(/second function under the name 'reloaded'/);
    process.env.NODE_ENV = before;
  });

  test('one function may be memoized twice', () => {
    const { memoize } = memoryOnly();
    const get = async () => 1;
    expect(() => [memoize(get, { ttl: 1 }), memoize(get, { ttl: 2 })]).not.toThrow();
  });

  test('a name is free in another version and in another memoizer', () => {
    const { memoize } = memoryOnly();
    memoize(async function get() { return 1; });
    expect(() => memoize(async function get() { return 2; }, { version: 'v2' })).not.toThrow();
    expect(() => memoryOnly().memoize(async function get() { return 3; })).not.toThrow();
  });

  test.each(['with#hash', 'x'.repeat(129), '\ud800'])('fails with the name %j', (name) => {
    expect(() => memoryOnly().memoize(async () => 1, { name })).toThrow(/name must be a text of at most 128 characters/);
  });

  test('a bound function has its own name', () => {
    expect(memoryOnly().memoize(async function get(this: unknown) { return 1; }.bind({})).key()).toMatch(/^get#/);
  });
});

describe('options', () => {
  const get = async () => 1;
  test.each<[object, RegExp]>([
    [{ ttl: '5 minutes' }, /ttl must be milliseconds or a number with a unit such as '30s' or '5m', got '5 minutes'/],
    [{ ttl: -1 }, /ttl must be.*got -1/], [{ ttl: '366d' }, /ttl must be at most 365 days, got 31622400000 ms/],
    [{ jitter: 2 }, /jitter must be between 0 and 1, got 2/],
    [{ isolation: 'clone' }, /isolation must be 'freeze', 'copy' or 'share', got 'clone'/],
    [{ concurrency: 0 }, /concurrency must be a whole number of at least 1, got 0/],
    [{ tags: [''] }, /a tag must be a text of 1 to 256 characters, got ''/], [{ staleIfError: 'x' }, /staleIfError must be/],
  ])('fails with %j', (options, message) => { expect(() => memoryOnly().memoize(get, options)).toThrow(message); });

  test.each<[object, RegExp]>([
    [{ maxItems: 0 }, /maxItems must be a whole number of at least 1, got 0/], [{ compression: 'lz4' }, /compression must be 'gzip'.*got 'lz4'/],
    [{ version: 'a#b' }, /version must be a text/], [{ table: '' }, /table is empty/], [{ budget: 'soon' }, /budget must be/],
  ])('a memoizer fails with %j', (options, message) => { expect(() => createMemoizer({ environment: {}, ...options })).toThrow(message); });

  test('fails with what is no function', () => {
    expect(() => memoryOnly().memoize({} as never)).toThrow(/memoize takes a function, got \{\}/);
  });
});

describe('memory', () => {
  test('is bounded by items: the least recently used goes first', async () => {
    const { memoize } = memoryOnly({ maxItems: 2 });
    const fn = jest.fn(async (n: number) => n);
    const memoized = memoize(fn, { name: 'get' });
    for (const n of [1, 2, 1, 3, 1, 2]) await memoized(n);
    expect(fn.mock.calls).toEqual([[1], [2], [3], [2]]);
  });

  test('is bounded by bytes, keys included', async () => {
    const { memoize } = memoryOnly({ maxBytes: 100_000 });
    const fn = jest.fn(async (n: number) => `${n}`.repeat(20_000));
    const memoized = memoize(fn, { name: 'get' });
    for (const n of [1, 2, 3, 3, 1]) await memoized(n);
    expect(fn.mock.calls).toEqual([[1], [2], [3], [1]]);
  });

  test('does not take what is larger than itself', async () => {
    const { memoize } = memoryOnly({ maxBytes: 1000 });
    const memoized = memoize(async function get() { return 'x'.repeat(5000); });
    await memoized();
    expect(await memoized()).toHaveLength(5000);
    expect(memoized.stats().executions).toBe(2);
  });

  test('is not used with memory: false', async () => {
    const memoized = world().process()(async function get() { return 1; }, { memory: false });
    await memoized();
    await idle();
    await memoized();
    await memoized();
    expect(memoized.stats()).toMatchObject({ executions: 1, memoryHits: 0, tableHits: 2 });
  });
});
