import { createMemoizer, type EntryStore } from '../../../runtime/memoize';
import { MemoryEntryStore } from '../../../runtime/testing';
import { gate, idle, memoryOnly, world } from './worlds';

describe('arguments that change while a call is under way', () => {
  test('do not change what is computed and kept for them', async () => {
    for (const memoize of [memoryOnly().memoize, world().process()]) {
      const memoized = memoize(async function get(q: { id: number; at: Date }) { const { id } = q; await idle(1); return `value of ${id}`; });
      const query = { id: 1, at: new Date(5) };
      const call = memoized(query);
      query.id = 2;
      expect(await call).toBe('value of 1');
      await memoize.settled();
      expect(await memoized({ id: 1, at: new Date(5) })).toBe('value of 1');
    }
  });

  test('in a list given to many, or by an option, stay what they were', async () => {
    const { memoize } = memoryOnly();
    const memoized = memoize(async function get(a: string, b: string) { await idle(1); return `${a}->${b}`; }, {
      ttl: (_value, args) => { args.sort(); return '1m'; },
      tags: (args) => args.reverse(),
    });
    const args: [string, string] = ['b', 'a'];
    const call = memoized.many([args]);
    args[0] = 'x';
    expect(await call).toEqual(['b->a']);
    expect(await memoized('a', 'b')).toBe('a->b');
    expect(await memoized('b', 'a')).toBe('b->a');
  });
});

describe('callers that come after an invalidation', () => {
  test('do not join a run that began before it', async () => {
    const { process, clock } = world();
    for (const memoize of [memoryOnly().memoize, process()]) {
      const gated = gate<string>();
      const memoized = memoize(gated.fn, { tags: ['t'], lease: false });
      const before = memoized('x');
      await idle();
      await memoize.invalidateTag('t');
      const after = memoized('x');
      await idle();
      expect(gated.runs).toBe(2);
      gated.resolve('old', 0);
      gated.resolve('new', 1);
      expect(await Promise.all([before, after])).toEqual(['old', 'new']);
    }
    await clock.advance(1);
  });

  test('are not served what was deleted while the table was asked about it', async () => {
    const { process, clock } = world();
    let fail = false;
    const memoize = process();
    const options = { ttl: '1h', staleIfError: '1h', memory: '30m' } as const;
    const memoized = memoize(async function get() { if (fail) throw new Error('down'); return 'old'; }, options);
    await memoized();
    await memoize.settled();
    await clock.advance(20_000);
    fail = true;
    const call = memoized().catch((error: Error) => error.message);
    await memoized.delete();
    expect(await call).toBe('down');
    await expect(memoized()).rejects.toThrow('down');
  });

  test('are not served stale for longer than the memory time what another process deleted', async () => {
    const { process, clock } = world();
    let n = 0;
    const fn = async function get() { return ++n; };
    const options = { ttl: '5m', jitter: 0, staleWhileRevalidate: '2h' } as const;
    const [one, two] = [process(), process()];
    const [here, there] = [one(fn, options), two(fn, options)];
    await here();
    await one.settled();
    await there();
    await here.delete();
    await clock.advance(3_600_000);
    expect(await there()).toBe(2);
  });
});

test('a function that calls itself for the same key before its first wait runs again, as it would without a cache', async () => {
  const { memoize } = memoryOnly();
  let depth = 0;
  const memoized = memoize((id: string): Promise<number> => ++depth < 3 ? memoized(id) : Promise.resolve(depth), { name: 'self' });
  expect(await memoized('x')).toBe(3);
});

test('a request that fails ends what runs beside it', async () => {
  const signals: AbortSignal[] = [];
  const store: EntryStore = Object.assign(new MemoryEntryStore(), {
    read: (_request: unknown, signal: AbortSignal) => { signals.push(signal); return Promise.reject(new Error('one of the chunks')); },
  });
  const memoized = createMemoizer({ store })(async function get() { return 1; });
  expect(await memoized()).toBe(1);
  expect(signals.map((signal) => signal.aborted)).toEqual([true]);
});

describe('values that are no plain data after all', () => {
  const detached = new ArrayBuffer(8);
  structuredClone(detached, { transfer: [detached] });
  test.each<[string, () => unknown]>([
    ['a getter that throws', () => ({ get broken(): never { throw new Error('broken'); } })],
    ['a proxy that throws', () => [new Proxy({}, { getPrototypeOf: () => { throw new Error('trap'); } })]],
    ['binary data that has gone elsewhere', () => ({ at: new Date(0), bytes: detached })],
  ])('%s is returned, and the lease given back', async (_, make) => {
    const { process, store } = world();
    const memoize = process();
    const value = make();
    const memoized = memoize(async function get() { return value; });
    expect(await memoized()).toBe(value);
    await memoize.settled();
    expect((await store.inspect(memoized.key())).lease).toBeUndefined();
    expect(memoized.stats().unstorable).toBe(1);
  });

  test('a class\'s error with a well-known name is not taken for a plain error', async () => {
    class HttpError extends Error { override get name() { return 'HttpError'; } }
    const { memoize } = memoryOnly();
    const memoized = memoize(async function get() { return { failure: new HttpError('404') }; });
    expect((await memoized()).failure).toBeInstanceOf(HttpError);
    expect(memoized.stats().unstorable).toBe(1);
  });

  test('callers that share a value which is not cached cannot change it for each other', async () => {
    const { memoize } = memoryOnly();
    const memoized = memoize(async function get() { return { list: [1] }; }, { shouldCache: () => false });
    const [a, b] = await Promise.all([memoized(), memoized()]);
    expect(() => a.list.push(2)).toThrow(TypeError);
    expect(b.list).toEqual([1]);
  });
});

describe('a damaged item', () => {
  test.each<[string, (entry: Record<string, unknown>) => void]>([
    ['with a payload cut short', (entry) => { entry.payload = new Uint8Array([0x11, 0x1f, 0x8b]); }],
    ['with a bomb for a payload', (entry) => { entry.payload = new Uint8Array([0x21, 1, 2, 3]); }],
  ])('%s is no value, neither for a call nor for peek', async (_, damage) => {
    const { process, store } = world();
    const fn = async function get() { return 1; };
    const writer = process();
    await writer(fn)();
    await writer.settled();
    const read = store.read.bind(store);
    jest.spyOn(store, 'read').mockImplementation(async (request, signal) => {
      const result = await read(request, signal);
      for (const state of result.entries) if (state?.entry) damage(state.entry as unknown as Record<string, unknown>);
      return result;
    });
    const reader = process();
    expect(await reader(fn).peek()).toBeUndefined();
    expect(await reader(fn)()).toBe(1);
    expect(reader.stats().tableErrors).toBe(2);
  });
});

describe('a clock that is set back', () => {
  test('does not keep a process from hearing of invalidations', async () => {
    const { process, clock } = world();
    let n = 0;
    const fn = async function get() { return ++n; };
    const [one, two] = [process(), process()];
    const options = { ttl: '5h', memory: '5h' } as const;
    const [here, there] = [one(fn, options), two(fn, options)];
    await here();
    await one.settled();
    await there();
    await clock.advance(-3 * 3_600_000);
    await here.clear();
    await clock.advance(10_000);
    expect(await there()).toBe(2);
  });
});

describe('input', () => {
  const get = async (_id?: unknown) => 1;
  test.each<[object, RegExp]>([
    [{ tags: 'abc' }, /tags must be an array or a function, got 'abc'/], [{ key: 5 }, /key must be a function, got 5/],
    [{ shouldCache: {} }, /shouldCache must be a function, got \{\}/], [{ jitter: [] }, /jitter must be between 0 and 1, got \[\]/],
  ])('fails with %j', (options, message) => { expect(() => memoryOnly().memoize(get, options)).toThrow(message); });

  test('fails with arguments that are no list', async () => {
    const memoized = memoryOnly().memoize(get);
    await expect(memoized.many('ab' as never)).rejects.toThrow(/many takes a list of argument lists, got 'ab'/);
    await expect(memoized.many([1] as never)).rejects.toThrow(/many takes a call's arguments as a list, .*got 1/);
    await expect(memoized.prime(undefined as never, 1)).rejects.toThrow(/prime takes a call's arguments as a list, .*got undefined/);
  });

  test('fails with a key that identifies nothing, or only later', async () => {
    await expect(memoryOnly().memoize(get, { key: () => undefined })()).rejects.toThrow(/key of 'get' returned undefined/);
    await expect(memoryOnly().memoize(get, { key: () => Promise.reject(new Error('x')) })()).rejects.toThrow(/an instance of Promise/);
  });

  test('fails when one function is to have two kinds of keys under one name', () => {
    const { memoize } = memoryOnly();
    memoize(get, { key: () => 1 });
    expect(() => memoize(get, { key: () => 2 })).toThrow(/one with another key option, under the name 'get'/);
  });

  test('an option that answers with a promise costs the caching, and no rejection goes astray', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const memoized = memoryOnly().memoize(get, { shouldCache: (() => Promise.reject(new Error('x'))) as never });
    expect([await memoized(), await memoized()]).toEqual([1, 1]);
    expect(memoized.stats().executions).toBe(2);
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(/shouldCache must return its result, not a promise/), expect.anything());
    warn.mockRestore();
  });

  test('an argument that is too much is refused at once', async () => {
    const memoized = memoryOnly().memoize(get);
    await expect(memoized(new Array(1e9))).rejects.toThrow(/argument 0 is an array of 1000000000 items/);
    let value: unknown = 'leaf';
    for (let i = 0; i < 26; i++) value = [value, value];
    await expect(memoized(value)).rejects.toThrow(/argument 0 is larger than/);
  });
});
