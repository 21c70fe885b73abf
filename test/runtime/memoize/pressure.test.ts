import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createMemoizer, type EntryStore } from '../../../runtime/memoize';
import { MemoryEntryStore } from '../../../runtime/testing';
import { gate, idle, world } from './worlds';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A store whose requests take a while, of which it carries out any number at once. */
function slowed(ms: number, store: EntryStore = new MemoryEntryStore()): EntryStore {
  return new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]) => { await pause(ms); return Reflect.apply(member, target, args) as unknown; };
    },
  });
}

test('a burst of cold keys is written whole and opens no breaker', async () => {
  const memoize = createMemoizer({ store: slowed(5), budget: '5s' });
  const memoized = memoize(async function get(n: number) { return n; });
  await Promise.all(Array.from({ length: 2000 }, (_, n) => memoized(n)));
  await memoize.settled();
  expect(memoize.stats()).toMatchObject({ executions: 2000, writes: 2000, tableErrors: 0 });
});

test('waiting for one\'s turn is no failure of the table', async () => {
  const memoize = createMemoizer({ store: slowed(20), budget: '500ms' });
  const memoized = memoize(async function get(n: number) { return n; }, { lease: false });
  for (let round = 0; round < 3; round++) await Promise.all(Array.from({ length: 300 }, (_, n) => memoized(round * 1000 + n)));
  await memoize.settled();
  expect(memoized.stats().writes).toBe(900);
});

test('many may call itself', async () => {
  const memoize = world().process();
  async function countLeaves(depth: number): Promise<number> {
    if (depth === 0) return 1;
    const parts = await leaves.many([[depth - 1], [depth > 1 ? depth - 2 : 0]]);
    return parts[0] + parts[1];
  }
  const leaves = memoize(countLeaves, { concurrency: 1, lease: false });
  expect((await leaves.many([[6], [5]]))[0]).toBe(21);
});

test('failures and values that are not kept are not computed one process after the other', async () => {
  const { process, clock } = world();
  const gated = gate<string>();
  const calls = Array.from({ length: 5 }, () => process()(gated.fn, { shouldCache: () => false })('x'));
  await idle();
  expect(gated.runs).toBe(1);
  gated.resolve('a');
  await clock.advance(500);
  expect(gated.runs).toBe(5);
  for (let run = 1; run < 5; run++) gated.resolve('b', run);
  expect((await Promise.all(calls)).sort()).toEqual(['a', 'b', 'b', 'b', 'b']);
});

test('large values in trouble leave the others alone', async () => {
  const { process, store } = world();
  const write = store.write.bind(store);
  jest.spyOn(store, 'write').mockImplementation(async (key, entry, ...rest) => {
    if (entry.payload.byteLength > 400_000) throw Object.assign(new Error('the bucket is denied'), { failure: 'denied' });
    return write(key, entry, ...rest);
  });
  const memoize = process({ compression: false });
  const memoized = memoize(async function text(length: number) { return 'x'.repeat(length); });
  for (const length of [500_000, 10, 500_001, 20]) await memoized(length);
  await memoize.settled();
  expect(memoized.stats()).toMatchObject({ writes: 2 });
  expect(memoize.stats()).toMatchObject({ tableErrors: 1, bypasses: 1 });
});

test('every request that a caller waits for has the budget, and the poll before it shares it', async () => {
  const silent: EntryStore = new Proxy(new MemoryEntryStore(), {
    get: (target, name) => typeof Reflect.get(target, name) === 'function' && name !== 'delete'
      ? () => new Promise(() => {}) : Reflect.get(target, name) as unknown,
  });
  const messages: string[] = [];
  const listen = (message: unknown) => {
    const { operation, error } = message as { operation: string; error: Error };
    messages.push(`${operation}: ${error.message}`);
  };
  subscribe('cdk-cache-tiers:memo:error', listen);
  const memoize = createMemoizer({ store: silent, budget: '20ms' });
  const memoized = memoize(async function get() { return 1; });
  await memoized.delete();
  expect(await memoized()).toBe(1);
  expect(await memoized.refresh()).toBe(1);
  unsubscribe('cdk-cache-tiers:memo:error', listen);
  expect(messages).toEqual(['inspect: no answer within 20 ms', 'inspect: no answer within 20 ms']);
});

test('a waitUntil that throws does not reach the caller', async () => {
  const memoize = world().process({ waitUntil: () => { throw new Error('the response is out'); } });
  const memoized = memoize(async function get() { return 1; });
  expect(await memoized()).toBe(1);
  await memoize.settled();
  expect(memoized.stats().writes).toBe(1);
});

test('a refresh that fails leaves a good value alone', async () => {
  let fail = false;
  const memoized = world().process()(async function get() { if (fail) throw new Error('down'); return 1; }, { errorTtl: '1m' });
  await memoized();
  fail = true;
  await expect(memoized.refresh()).rejects.toThrow('down');
  expect(await memoized()).toBe(1);
});

test('errorTtl leaves a failing function alone, also where a stale value stands in', async () => {
  const { process, clock } = world();
  let fail = false;
  const options = { ttl: '10s', jitter: 0, staleIfError: '1h', errorTtl: '30s' } as const;
  const memoized = process()(async function get() { if (fail) throw new Error('down'); return 1; }, options);
  await memoized();
  await idle();
  fail = true;
  await clock.advance(10_000);
  for (let i = 0; i < 10; i++) expect(await memoized()).toBe(1);
  expect(memoized.stats().executions).toBe(2);
  await clock.advance(30_000);
  await memoized();
  expect(memoized.stats().executions).toBe(3);
});

test('one throttled request does not end a wait or a lease', async () => {
  const { process, clock, store } = world();
  const gated = gate<string>();
  const [here, there] = [process()(gated.fn), process()(gated.fn)];
  const first = here('x');
  await idle();
  const second = there('x');
  await idle();
  const throttled = Object.assign(new Error('slow down'), { failure: 'throttled' });
  jest.spyOn(store, 'inspect').mockRejectedValueOnce(throttled);
  jest.spyOn(store, 'renew').mockRejectedValueOnce(throttled);
  for (let i = 0; i < 12; i++) await clock.advance(1000);
  expect(gated.runs).toBe(1);
  gated.resolve('value');
  await first;
  await clock.advance(1000);
  expect(await second).toBe('value');
});

test('shared values count with what they take in memory, not in the table', async () => {
  const { process } = world();
  const fn = async function text(n: number) { return `${n}`.repeat(100_000); };
  const writer = process();
  for (let n = 1; n < 10; n++) await writer(fn)(n);
  await writer.settled();
  const reader = process({ maxBytes: 450_000 });
  const memoized = reader(fn, { isolation: 'share' });
  for (let n = 1; n < 10; n++) await memoized(n);
  for (let n = 1; n < 10; n++) await memoized(n);
  expect(memoized.stats().tableHits).toBe(18); // two fit at a time, so each has gone before it is asked for again
});

test('clear of a function that is kept in memory only does not need the table', async () => {
  const { process, store } = world();
  jest.spyOn(store, 'raise').mockRejectedValue(new Error('refused'));
  const memoized = process()(async function get() { return 1; }, { table: false });
  await memoized();
  await memoized.clear();
  await memoized();
  expect(memoized.stats().executions).toBe(2);
});

test.each([
  [{ lease: '60d' }, /lease must be at most 3600000 ms/], [{ leaseWait: '2h' }, /leaseWait must be at most/], [{ errorTtl: '400d' }, /errorTtl must be at most 365 days/],
] as const)('fails with %j', (options, message) => {
  expect(() => world().process()(async () => 1, { name: 'get', ...options })).toThrow(message);
});

test('fails with a budget that nobody would wait for', () => {
  expect(() => createMemoizer({ budget: Infinity })).toThrow(/budget must be at most 60000 ms, got Infinity/);
});
