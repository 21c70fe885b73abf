import { createMemoizer } from '../../../runtime/memoize';
import { filledByOneOfTwo, gate, idle, memoryOnly, world } from './worlds';

const options = { ttl: '10s', jitter: 0 } as const;

describe('stale while revalidate', () => {
  test.each(['memory', 'table'])('a value of the %s past its ttl is served at once and computed anew once', async (layer) => {
    const here = layer === 'memory' ? memoryOnly() : undefined;
    const there = world();
    const clock = here?.clock ?? there.clock;
    const memoize = here?.memoize ?? there.process();
    const gated = gate<string>();
    const memoized = memoize(gated.fn, { ...options, staleWhileRevalidate: '1m', memory: layer === 'memory' ? '1h' : false });
    const first = memoized('x');
    await idle();
    gated.resolve('old');
    await first;
    await memoize.settled();

    await clock.advance(10_000);
    expect(await Promise.all([memoized('x'), memoized('x')])).toEqual(['old', 'old']);
    await idle();
    expect(gated.runs).toBe(2);
    gated.resolve('new');
    await memoize.settled();
    expect(await memoized('x')).toBe('new');
    expect(memoized.stats().staleHits).toBeGreaterThanOrEqual(1);
  });

  test('after the window a caller waits', async () => {
    const { memoize, clock } = memoryOnly();
    let n = 0;
    const memoized = memoize(async function get() { return ++n; }, { ...options, staleWhileRevalidate: '1m' });
    await memoized();
    await clock.advance(70_000);
    expect(await memoized()).toBe(2);
  });

  test('a refresh that fails is counted and leaves the stale value', async () => {
    const { memoize, clock } = memoryOnly();
    let fail = false;
    const memoized = memoize(async function get() { if (fail) throw new Error('down'); return 1; }, { ...options, staleWhileRevalidate: '1m' });
    await memoized();
    fail = true;
    await clock.advance(10_000);
    expect(await memoized()).toBe(1);
    await memoize.settled();
    expect(await memoized()).toBe(1);
    expect(memoized.stats().executionErrors).toBeGreaterThanOrEqual(1);
  });

  test('an invalidated value is not served stale', async () => {
    const { memoize, clock } = memoryOnly();
    let n = 0;
    const memoized = memoize(async function get() { return ++n; }, { ...options, staleWhileRevalidate: '1m', staleIfError: '1m' });
    await memoized();
    await clock.advance(10_000);
    await memoized.clear();
    expect(await memoized()).toBe(2);
  });

  test('a silent table keeps nobody from computing anew', async () => {
    const { process, clock, store } = world();
    const memoize = process();
    let n = 0;
    const memoized = memoize(async function get() { return ++n; }, { ...options, staleWhileRevalidate: '1h', memory: '5s' });
    await memoized();
    await memoize.settled();
    for (const name of ['read', 'inspect', 'acquire', 'write'] as const) {
      jest.spyOn(store, name).mockRejectedValue(Object.assign(new Error('refused'), { failure: 'connection' }));
    }
    await clock.advance(20_000);
    expect(await memoized()).toBe(1);
    await memoize.settled();
    expect(await memoized()).toBe(2);
  });

  test('another process that computes is not waited for', async () => {
    const { here, there, gated, clock, one } = await filledByOneOfTwo({ ...options, staleWhileRevalidate: '1m' });
    await clock.advance(10_000);
    expect(await here('x')).toBe('old');
    await idle();
    expect(await there('x')).toBe('old'); // from the table, while the other has the lease
    await idle();
    expect(gated.runs).toBe(2);
    gated.resolve('new');
    await one.settled();
  });
});

describe('stale if error', () => {
  test.each(['memory', 'table'])('a value of the %s past its ttl stands in for a failure', async (layer) => {
    const there = world();
    const { clock } = there;
    let fail = false;
    const fn = async function get() { if (fail) throw new Error('down'); return { n: 1 }; };
    const make = () => there.process()(fn, { ...options, staleIfError: '1m', memory: layer === 'memory' ? '1h' : false });
    const memoized = make();
    await memoized();
    await idle();
    fail = true;
    await clock.advance(10_000);
    const later = layer === 'memory' ? memoized : make();
    expect(await later()).toEqual({ n: 1 });
    expect(later.stats()).toMatchObject({ executionErrors: 1, staleHits: 1 });
    await clock.advance(60_000);
    await expect(later()).rejects.toThrow('down');
  });
});

describe('work after the answer', () => {
  test('is handed to waitUntil', async () => {
    const work: Promise<unknown>[] = [];
    const memoize = world().process({ waitUntil: (promise) => work.push(promise) });
    await memoize(async function get() { return 1; })();
    await Promise.all(work);
    expect(work.length).toBeGreaterThanOrEqual(1);
    expect(memoize.stats().writes).toBe(1);
  });

  test('is handed to Vercel\'s, where it is found', async () => {
    const work: Promise<unknown>[] = [];
    const context = Symbol.for('@vercel/request-context');
    const globals = globalThis as unknown as Record<symbol, unknown>;
    globals[context] = { get: () => ({ waitUntil: (promise: Promise<unknown>) => work.push(promise) }) };
    try {
      const memoize = world().process();
      await memoize(async function get() { return 1; })();
      await Promise.all(work);
      expect(memoize.stats().writes).toBe(1);
    } finally {
      delete globals[context];
    }
  });

  test('is waited for in Lambda, which freezes as soon as the answer is out', async () => {
    const { store } = world();
    const environment = { AWS_LAMBDA_FUNCTION_NAME: 'fn' };
    const memoized = createMemoizer({ store, environment, preconnect: false })(async function get() { return 1; });
    await memoized();
    expect(memoized.stats().writes).toBe(1);
  });

  test('settling waits for it, also when the handler fails', async () => {
    const memoize = world().process();
    const memoized = memoize(async function get() { return 1; });
    const handler = memoize.settling(async (fail: boolean) => { await memoized(); if (fail) throw new Error('handler'); return 'ok'; });
    expect(await handler(false)).toBe('ok');
    expect(memoized.stats().writes).toBe(1);
    await expect(handler(true)).rejects.toThrow('handler');
  });

  test('in Lambda the connection and the flush counter are there before the first call', async () => {
    const { store } = world();
    await store.raise('#all', 1);
    const read = jest.spyOn(store, 'read');
    const memoize = createMemoizer({ store, environment: { AWS_LAMBDA_FUNCTION_NAME: 'fn' } });
    await memoize.settled();
    expect(read.mock.calls).toEqual([[{ entries: [], generations: ['#all'] }, expect.anything()]]);
  });
});
