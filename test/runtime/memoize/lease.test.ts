import { gate, idle, world } from './worlds';

/** Both processes call; the first has the lease. */
async function race(options: { lease?: '5s' | false; leaseWait?: '1s' } = {}) {
  const w = world();
  const gated = gate<string>();
  const [one, two] = [w.process(), w.process()];
  const [here, there] = [one(gated.fn, options), two(gated.fn, options)];
  const first = here('x');
  await idle();
  const second = there('x');
  await idle();
  return { ...w, gated, one, two, here, there, first, second };
}

test('another process waits for the value instead of computing it', async () => {
  const { gated, first, second, there, clock, one } = await race();
  expect(gated.runs).toBe(1);
  gated.resolve('value');
  expect(await first).toBe('value');
  await one.settled();
  await clock.advance(1000);
  expect(await second).toBe('value');
  expect(gated.runs).toBe(1);
  expect(there.stats()).toMatchObject({ executions: 0, leaseWaits: 1, joins: 1 });
});

test('the lease is extended for as long as its holder computes', async () => {
  const { gated, first, second, clock, one } = await race();
  for (let i = 0; i < 25; i++) await clock.advance(1000);
  expect(gated.runs).toBe(1);
  gated.resolve('value');
  await first;
  await one.settled();
  await clock.advance(1000);
  expect(await second).toBe('value');
});

test('a holder that died delays the others by its lease at the most', async () => {
  const { process, store, clock } = world();
  const gated = gate<string>();
  const memoized = process()(gated.fn, { lease: '5s' });
  const dead = { holder: 'killed', revision: '@0.0', until: clock.now() + 5000 };
  await store.acquire(memoized.key('x'), dead, clock.now());
  const call = memoized('x');
  await clock.advance(4000);
  expect(gated.runs).toBe(0);
  await clock.advance(1300);
  expect(gated.runs).toBe(1);
  gated.resolve('value');
  expect(await call).toBe('value');
});

test('a holder that failed gives the lease back: the next one computes', async () => {
  const { gated, first, second, clock } = await race();
  gated.reject(new Error('down'));
  await expect(first).rejects.toThrow('down');
  await clock.advance(300);
  expect(gated.runs).toBe(2);
  gated.resolve('value');
  expect(await second).toBe('value');
});

test('a holder whose value is not stored gives the lease back', async () => {
  const { process, clock } = world();
  const gated = gate<string>();
  const [one, two] = [process(), process()];
  const options = { shouldCache: () => false };
  const [here, there] = [one(gated.fn, options), two(gated.fn, options)];
  const calls = [here('x')];
  await idle();
  calls.push(there('x'));
  await idle();
  gated.resolve('a');
  await clock.advance(300);
  gated.resolve('b');
  expect(await Promise.all(calls)).toEqual(['a', 'b']);
});

test('a wait that is long enough ends with a run of its own, never with an error', async () => {
  const { gated, second, clock, first } = await race({ leaseWait: '1s' });
  await clock.advance(1500);
  expect(gated.runs).toBe(2);
  gated.resolve('mine', 1);
  expect(await second).toBe('mine');
  gated.resolve('theirs', 0);
  expect(await first).toBe('theirs');
});

test('a deletion frees the lease: nobody waits for what was deleted', async () => {
  const { gated, here, there, clock, first, second } = await race();
  await here.delete('x');
  await clock.advance(300);
  expect(gated.runs).toBe(2);
  gated.resolve('new', 1);
  expect(await second).toBe('new');
  gated.resolve('old', 0);
  expect(await first).toBe('old');
  expect((await there.peek('x'))?.value).toBe('new');
});

test('a value that has run out can be computed at once, its old lease does not count', async () => {
  const { process, clock } = world();
  const memoize = process();
  let n = 0;
  const memoized = memoize(async function get() { return ++n; }, { ttl: 1000, jitter: 0, lease: '1m' });
  await memoized();
  await memoize.settled();
  await clock.advance(1000);
  expect(await memoized()).toBe(2);
});

test('costs one small write a miss, and lease: false costs none', async () => {
  for (const [lease, writes] of [['5s', 1], [false, 0]] as const) {
    const { process, store } = world();
    const acquire = jest.spyOn(store, 'acquire');
    const release = jest.spyOn(store, 'release');
    const memoize = process();
    await memoize(async function get() { return 1; }, { lease })();
    await memoize.settled();
    expect([acquire.mock.calls.length, release.mock.calls.length]).toEqual([writes, 0]);
  }
});

test('without leases every process computes for itself', async () => {
  const { gated, first, second } = await race({ lease: false });
  expect(gated.runs).toBe(2);
  gated.resolve('a', 0);
  gated.resolve('b', 1);
  expect(await Promise.all([first, second])).toEqual(['a', 'b']);
});

test('a table that stops answering while one waits ends the wait', async () => {
  const { gated, store, second, first, clock } = await race();
  jest.spyOn(store, 'inspect').mockRejectedValue(Object.assign(new Error('refused'), { failure: 'connection' }));
  await clock.advance(1000);
  expect(gated.runs).toBe(2);
  gated.resolve('mine', 1);
  expect(await second).toBe('mine');
  gated.resolve('theirs', 0);
  await first;
});
