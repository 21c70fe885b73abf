import type { StoredEntry } from '../../../runtime/memoize';
import { filledByOneOfTwo, gate, idle, memoryOnly, world } from './worlds';

const stored = { ttl: '10s', jitter: 0 } as const;

test('a value that is invalidated while it is fetched is no answer and does not come back', async () => {
  const { process, store } = world();
  let n = 0;
  const fn = async function get() { return ++n; };
  const writer = process();
  await writer(fn, { tags: ['t'] })();
  await writer.settled();

  // A value in parts or in the bucket: its payload takes a request of its own.
  const reader = process();
  const fetched = gate<Uint8Array>();
  const read = store.read.bind(store);
  jest.spyOn(store, 'read').mockImplementation(async (request, signal) => {
    const result = await read(request, signal);
    const entries = result.entries.map((state) => state?.entry && {
      ...state, entry: { ...state.entry, payload: { length: 1, load: () => fetched.fn('x') } } as StoredEntry,
    });
    return { ...result, entries };
  });
  const memoized = reader(fn, { tags: ['t'] });
  const call = memoized();
  await idle();
  await reader.invalidateTag('t');
  const { payload } = (await read({ entries: [memoized.key()], generations: [] })).entries[0]!.entry!;
  fetched.resolve(payload as Uint8Array);
  expect(await call).toBe(2);
  expect(await memoized()).toBe(2);
});

test('a value that another process deleted does not outlive its time in memory', async () => {
  const { process, clock } = world();
  let fail = false;
  const fn = async function get() { if (fail) throw new Error('down'); return 1; };
  const [one, two] = [process(), process()];
  const options = { ttl: '1h', staleIfError: '1h' } as const;
  const [here, there] = [one(fn, options), two(fn, options)];
  await here();
  await one.settled();
  await there();
  await here.delete();
  fail = true;
  await clock.advance(60_000);
  await expect(there()).rejects.toThrow('down');
});

test('a refreshed value replaces what an older run writes after it was asked for', async () => {
  const { process, store } = world();
  let n = 0;
  const fn = async function get() { return ++n; };
  const memoize = process();
  const memoized = memoize(fn);
  const write = store.write.bind(store);
  const slow = gate<void>();
  jest.spyOn(store, 'write').mockImplementationOnce(async (...args) => { await slow.fn('x'); return write(...args); });
  await memoized();
  await idle();
  const read = store.inspect.bind(store);
  jest.spyOn(store, 'inspect').mockImplementationOnce(async (...args) => { // the old write lands between the refresh's look and its write
    const seen = await read(...args);
    slow.resolve();
    await idle();
    return seen;
  });
  expect(await memoized.refresh()).toBe(2);
  await memoize.settled();
  expect(await memoized()).toBe(2);
  expect(await process()(fn)()).toBe(2);
});

test('a value to stand in for errors is not served because another process computes', async () => {
  const { here, there, gated, clock } = await filledByOneOfTwo({ ...stored, staleIfError: '1d' });
  await there('x');
  await clock.advance(3_600_000);
  const computing = here('x');
  await idle();
  const waiting = there('x');
  await idle();
  gated.resolve('new');
  await clock.advance(1000);
  expect(await Promise.all([computing, waiting])).toEqual(['new', 'new']);
});

test('a stale value is served to all while it is computed anew, also without memory', async () => {
  const { process, clock } = world();
  const gated = gate<string>();
  const memoize = process();
  const memoized = memoize(gated.fn, { ...stored, staleWhileRevalidate: '1m', memory: false });
  const first = memoized('x');
  await idle();
  gated.resolve('old');
  await first;
  await memoize.settled();
  await clock.advance(10_000);
  for (let i = 0; i < 5; i++) expect(await memoized('x')).toBe('old');
  gated.resolve('new');
  await memoize.settled();
  expect(await memoized('x')).toBe('new');
  const { calls, memoryHits, tableHits, joins, executions } = memoized.stats();
  expect(memoryHits + tableHits + joins).toBe(calls - 1); // the refresh is no call and no hit
  expect(executions).toBe(2);
});

test('a value that the table has never got is not computed again before its time', async () => {
  const { process, clock, store } = world();
  const memoize = process();
  const write = jest.spyOn(store, 'write').mockRejectedValue(Object.assign(new Error('busy'), { failure: 'throttled' }));
  const memoized = memoize(async function get() { return 1; }, { ttl: '1h', lease: false });
  await memoized();
  await memoize.settled();
  write.mockRestore();
  const read = jest.spyOn(store, 'read');
  for (let i = 0; i < 3; i++) {
    await clock.advance(70_000);
    await memoized();
  }
  expect(memoized.stats().executions).toBe(1);
  expect(read.mock.calls.filter(([{ entries }]) => entries.length > 0).length).toBeLessThanOrEqual(3);
});

test('a tag that was just invalidated can be used again at once where that is known', async () => {
  const { process } = world();
  const memoize = process();
  const memoized = memoize(async function get() { return 1; }, { tags: () => ['t'] });
  await memoized();
  await memoize.invalidateTag('t');
  for (let i = 0; i < 5; i++) await memoized();
  expect(memoized.stats().executions).toBe(2);
});

test('a disposed function is called as it is, and never reads what its name means now', async () => {
  const { memoize } = memoryOnly();
  const first = memoize(async function get() { return 'A'; });
  await first();
  first.dispose();
  const second = memoize(async function get() { return 'B'; });
  await second();
  await memoize.settled();
  expect(await first()).toBe('A');
  expect(await second()).toBe('B');
});
