import type { EntryStore } from '../../../runtime/memoize';
import { MemoryEntryStore } from '../../../runtime/testing';
import { gate, idle, memoryOnly, world } from './worlds';

describe('delete', () => {
  test('forgets one call, here and in the table', async () => {
    const { process } = world();
    const fn = jest.fn(async (id: string) => id);
    const memoized = process()(fn, { name: 'get' });
    for (const id of ['a', 'b']) await memoized(id);
    await idle();
    await memoized.delete('a');
    for (const id of ['a', 'b']) await memoized(id);
    expect(fn.mock.calls).toEqual([['a'], ['b'], ['a']]);
    expect(await process()(fn, { name: 'get' }).peek('b')).toBeDefined();
  });

  test('a run under way keeps its callers but leaves nothing behind', async () => {
    for (const memoize of [memoryOnly().memoize, world().process()]) {
      const gated = gate<string>();
      const memoized = memoize(gated.fn);
      const before = memoized('x');
      await idle();
      await memoized.delete('x');
      const after = memoized('x');
      await idle();
      gated.resolve('old', 0);
      expect(await before).toBe('old');
      await idle();
      expect(await memoized.peek('x')).toBeUndefined();
      gated.resolve('new', 1);
      expect(await after).toBe('new');
      await idle();
      expect((await memoized.peek('x'))?.value).toBe('new');
      expect(gated.runs).toBe(2);
    }
  });

  test('a run in another process cannot bring back what was deleted', async () => {
    const { process } = world();
    const gated = gate<string>();
    const [here, there] = [process(), process()];
    const filling = here(gated.fn);
    const deleting = there(gated.fn);
    const call = filling('x');
    await idle();
    await deleting.delete('x');
    gated.resolve('old');
    expect(await call).toBe('old');
    await here.settled();
    expect(await deleting.peek('x')).toBeUndefined();
    expect(await filling.peek('x')).toBeUndefined();
    expect(filling.stats().fenced).toBe(1);
  });

  test('fails when the table cannot be reached, and says that the value may still be there', async () => {
    const cause = new Error('refused');
    const store: EntryStore = Object.assign(new MemoryEntryStore({ name: 'cache-prod' }), { delete: () => Promise.reject(cause) });
    const memoized = world().process({ store })(async function get() { return 1; });
    await memoized();
    const message = expect.stringMatching(/cache-prod: refused.*not from the table/);
    await expect(memoized.delete()).rejects.toMatchObject({ code: 'E_MEMO_INVALIDATE', cause, message });
  });
});

describe('clear', () => {
  test('forgets one function\'s values, in every process within the interval', async () => {
    const { process, clock } = world();
    const fn = jest.fn(async (id: string) => id);
    const kept = jest.fn(async (id: string) => id);
    const [one, two] = [process(), process()];
    const [here, there, other] = [one(fn, { name: 'get' }), two(fn, { name: 'get' }), two(kept, { name: 'kept' })];
    await here('a');
    await one.settled();
    await there('a');
    await other('a');
    expect(fn).toHaveBeenCalledTimes(1);

    await here.clear();
    await here('a');
    await one.settled();
    expect(fn).toHaveBeenCalledTimes(2);
    await clock.advance(10_000); // the interval
    await there('a');
    await other('a');
    expect(there.stats().tableHits).toBe(2); // not its own old value, but the one that was computed after the clear
    expect(fn).toHaveBeenCalledTimes(2);
    expect(kept).toHaveBeenCalledTimes(1);
  });

  test('is one write, whatever was stored', async () => {
    const { process, store } = world();
    const raise = jest.spyOn(store, 'raise');
    const write = jest.spyOn(store, 'write');
    const remove = jest.spyOn(store, 'delete');
    const memoize = process();
    const memoized = memoize(async function get(n: number) { return n; });
    for (let n = 0; n < 50; n++) await memoized(n);
    await memoize.settled();
    write.mockClear();
    await memoized.clear();
    expect([raise.mock.calls.length, write.mock.calls.length, remove.mock.calls.length]).toEqual([1, 0, 0]);
    for (let n = 0; n < 50; n++) expect(await memoized.peek(n)).toBeUndefined();
  });

  test('a run under way, here or elsewhere, leaves nothing behind', async () => {
    const { process, clock } = world();
    const gated = gate<string>();
    const [one, two] = [process(), process()];
    const [here, there] = [one(gated.fn, { lease: false }), two(gated.fn, { lease: false })];
    const calls = [here('x'), there('x')];
    await idle();
    await here.clear();
    gated.resolve('old', 0);
    gated.resolve('old', 1);
    expect(await Promise.all(calls)).toEqual(['old', 'old']);
    await Promise.all([one.settled(), two.settled()]);
    expect(await here.peek('x')).toBeUndefined();
    await clock.advance(10_000);
    expect(await there.peek('x')).toBeUndefined();
  });

  test('of the memoizer forgets every function\'s values', async () => {
    for (const memoize of [memoryOnly().memoize, world().process()]) {
      const [a, b] = [memoize(async function a() { return 1; }), memoize(async function b() { return 2; })];
      await a();
      await b();
      await memoize.settled();
      await memoize.clear();
      expect([await a.peek(), await b.peek()]).toEqual([undefined, undefined]);
    }
  });

  test('hits that need no confirmation do not ask the table, and those that do ask it once', async () => {
    const { process, clock, store } = world();
    const memoize = process();
    const memoized = memoize(async function get(n: number) { return n; }, { memory: '10m', ttl: '1h' });
    for (let n = 0; n < 20; n++) await memoized(n);
    await memoize.settled();
    const read = jest.spyOn(store, 'read');
    await clock.advance(4999);
    for (let n = 0; n < 20; n++) await memoized(n);
    expect(read).toHaveBeenCalledTimes(0);
    await clock.advance(5001);
    await Promise.all(Array.from({ length: 20 }, (_, n) => memoized(n)));
    expect(read).toHaveBeenCalledTimes(1);
    expect(memoized.stats().memoryHits).toBe(40);
  });

  test('a table that does not answer does not take the memory away', async () => {
    const { process, clock, store } = world();
    const memoize = process();
    const memoized = memoize(async function get() { return 1; }, { memory: '10m', ttl: '1h' });
    await memoized();
    await memoize.settled();
    jest.spyOn(store, 'read').mockRejectedValue(Object.assign(new Error('refused'), { failure: 'connection' }));
    await clock.advance(60_000);
    expect(await memoized()).toBe(1);
    expect(memoized.stats()).toMatchObject({ executions: 1, memoryHits: 1 });
  });
});

describe('tags', () => {
  const product = async (id: number) => ({ id, brand: id % 2 ? 'odd' : 'even' });

  test('forget what has them, in every process within the interval', async () => {
    const { process, clock } = world();
    const [one, two] = [process(), process()];
    const options = { name: 'product', tags: (_: unknown, value: { brand: string }) => [`brand:${value.brand}`] };
    const [here, there] = [one(product, options), two(product, options)];
    for (const id of [1, 2]) await here(id);
    await one.settled();
    for (const id of [1, 2]) await there(id);
    await one.invalidateTag('brand:odd');
    expect([await here.peek(1), (await here.peek(2))?.value.brand]).toEqual([undefined, 'even']);
    await clock.advance(10_000);
    for (const id of [1, 2]) await there(id);
    expect(there.stats()).toMatchObject({ executions: 1 });
  });

  test('fixed ones are known before the function runs', async () => {
    for (const memoize of [memoryOnly().memoize, world().process()]) {
      const gated = gate<string>();
      const memoized = memoize(gated.fn, { tags: ['catalogue'] });
      const call = memoized('x');
      await idle();
      await memoize.invalidateTag('catalogue');
      gated.resolve('old');
      expect(await call).toBe('old');
      await memoize.settled();
      expect(await memoized.peek('x')).toBeUndefined();
    }
  });

  test('those made from the value count too, when they are invalidated while it is computed', async () => {
    const { process } = world();
    const [one, two] = [process(), process()];
    const gated = gate<string>();
    const memoized = one(gated.fn, { tags: (_args, value) => [`v:${value}`] });
    const call = memoized('x');
    await idle();
    await two.invalidateTag('v:old');
    gated.resolve('old');
    expect(await call).toBe('old');
    await one.settled();
    expect(await memoized.peek('x')).toBeUndefined();
  });

  test.each(['', 'x'.repeat(257), 5 as unknown as string])('fails with the tag %j', async (tag) => {
    await expect(memoryOnly().memoize.invalidateTag(tag)).rejects.toThrow(/a tag must be a text of 1 to 256 characters/);
  });
});

describe('deploy scope', () => {
  test('values of another version are not seen', async () => {
    const { process } = world();
    const fn = jest.fn(async () => 1);
    for (const version of ['1', '2', '1']) {
      const memoize = process({ version });
      await memoize(fn, { name: 'get' })();
      await memoize.settled();
    }
    expect(fn).toHaveBeenCalledTimes(2);
  });
});

describe('refresh, prime, peek and many', () => {
  test('refresh runs the function whatever is cached', async () => {
    const { process } = world();
    let n = 0;
    const memoize = process();
    const fn = async function get() { return ++n; };
    const memoized = memoize(fn);
    expect([await memoized(), await memoized.refresh(), await memoized()]).toEqual([1, 2, 2]);
    await memoize.settled();
    expect((await process()(fn).peek())?.value).toBe(2);
  });

  test('a run that is under way does not overwrite the refreshed value', async () => {
    const gated = gate<string>();
    const { process } = world();
    const memoize = process();
    const memoized = memoize(gated.fn);
    const slow = memoized('x');
    await idle();
    const refreshed = memoized.refresh('x');
    await idle();
    gated.resolve('new', 1);
    expect(await refreshed).toBe('new');
    gated.resolve('old', 0);
    expect(await slow).toBe('old');
    await memoize.settled();
    expect((await memoized.peek('x'))?.value).toBe('new');
    expect((await process()(gated.fn).peek('x'))?.value).toBe('new');
  });

  test('prime gives a value to every process', async () => {
    const { process } = world();
    const fn = jest.fn(async (id: string) => ({ id }));
    await process()(fn, { name: 'get' }).prime(['a'], { id: 'primed' });
    expect(await process()(fn, { name: 'get' })('a')).toEqual({ id: 'primed' });
    expect(fn).not.toHaveBeenCalled();
    await expect(process()(fn, { name: 'get' }).prime(['a'], (() => {}) as never)).rejects.toThrow(/cannot prime 'get': the value contains a function/);
  });

  test('peek runs nothing and says where the value is and how old', async () => {
    const { process, clock } = world();
    const memoize = process();
    const fn = jest.fn(async () => 7);
    const memoized = memoize(fn, { name: 'get', ttl: '1m', jitter: 0 });
    expect(await memoized.peek()).toBeUndefined();
    await memoized();
    await memoize.settled();
    const createdAt = clock.now();
    expect(await memoized.peek()).toEqual({ value: 7, layer: 'memory', createdAt, expiresAt: createdAt + 60_000, stale: false });
    expect(await process()(fn, { name: 'get' }).peek()).toMatchObject({ value: 7, layer: 'table' });
    await clock.advance(60_000);
    expect(await memoized.peek()).toBeUndefined();
    expect(fn).toHaveBeenCalledTimes(1);
  });

  test('many reads once for all and bounds executions', async () => {
    const { process, store } = world();
    const memoize = process();
    let running = 0;
    let most = 0;
    const memoized = memoize(async function get(n: number) {
      most = Math.max(most, ++running);
      await idle(1);
      running--;
      return n * 2;
    }, { concurrency: 4 });
    await memoized.prime([3], 33);
    const read = jest.spyOn(store, 'read');
    const calls = Array.from({ length: 50 }, (_, n) => [n] as const);
    const values = await memoized.many(calls);
    expect(values).toEqual(calls.map(([n]) => n === 3 ? 33 : n * 2));
    expect(read.mock.calls.map(([{ entries }]) => entries.length)).toEqual([0, 49]); // what was primed is confirmed, the others are read
    expect(most).toBe(4);
  });

  test('key is the partition key in the table; long and ill-formed ones are hashed', () => {
    const { memoize } = memoryOnly({ version: 'v1' });
    const memoized = memoize(async function get(...args: string[]) { return args; });
    expect(memoized.key('a')).toBe('get#v1#=s1:a');
    expect(memoized.key('x'.repeat(500))).toMatch(/^get#v1#~[\w-]{43}$/);
    expect(memoized.key('\ud800')).not.toBe(memoized.key('\ud801'));
    expect(memoized.key('\ud800')).toMatch(/^get#v1#~/);
  });
});

describe('a tag that a function has got since', () => {
  test('makes stored values without it count as misses, as nothing could invalidate them by it', async () => {
    const { process } = world();
    const fn = jest.fn(async () => 1);
    const before = process();
    await before(fn, { name: 'get', tags: ['old'] })();
    await before.settled();
    const after = process();
    const memoized = after(fn, { name: 'get', tags: ['new'] });
    await memoized();
    await after.settled();
    await after.invalidateTag('new');
    await memoized();
    expect(fn).toHaveBeenCalledTimes(3);
  });

  test('made from the value costs no read when its counter is known', async () => {
    const { process, store } = world();
    const memoized = process()(async function get(n: number) { return n; }, { tags: () => ['all-of-them'], lease: false });
    await memoized(1);
    const read = jest.spyOn(store, 'read');
    await memoized(2);
    await memoized(3);
    expect(read).toHaveBeenCalledTimes(2); // the entries themselves
  });
});
