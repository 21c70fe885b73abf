import { setTimeout as pause } from 'node:timers/promises';
import { LiveError, SharedQueryError, type LiveClientOptions, type LiveQuery } from '../../../runtime/live';
import type { LiveClient } from '../../../runtime/live';
import { arrowResult, inPieces } from '../../support/live/arrow-result';
import { clientOf, sharedParts, type SharedParts } from '../../support/live/processes';

const A = arrowResult({ batches: 100, seed: 1 }); // 0.8 MB: two segments
const B = arrowResult({ batches: 100, seed: 2 });
const SMALL = arrowResult();
const QUERY = { scope: 'tenant', key: { sql: 'select 1', params: [1] } };
const clients: LiveClient[] = [];

function client(parts: Partial<SharedParts> = sharedParts(), options: LiveClientOptions = {}): LiveClient {
  const made = clientOf(parts, options);
  clients.push(made);
  return made;
}

/** Asks, takes everything, and waits until it is published. */
async function take(of: LiveClient, query: LiveQuery, source: Uint8Array | Error = A) {
  const result = await of.query(query, () => {
    if (source instanceof Error) throw source;
    return inPieces(source, 100_000);
  });
  const bytes = await result.toBytes();
  await of.settled();
  return { status: result.status, reason: result.reason, data: nameOf(bytes) };
}

/** jest compares large buffers byte by byte, which takes seconds. */
function nameOf(bytes: Uint8Array): string {
  return [['A', A], ['B', B], ['SMALL', SMALL]].find(([, known]) => Buffer.compare(known as Uint8Array, bytes) === 0)?.[0] as string ?? 'other bytes';
}

afterEach(async () => {
  await Promise.all(clients.splice(0).map((each) => each.close()));
});

describe('who shares', () => {
  test('nobody across scopes, keys, tags or datasets', async () => {
    const live = client();
    await take(live, QUERY);
    for (const other of [
      { ...QUERY, scope: 'other' }, { ...QUERY, key: { sql: 'select 1', params: ['1'] } }, { ...QUERY, tags: ['t'] }, { ...QUERY, datasets: ['d'] },
    ]) expect((await take(live, other)).status).toBe('miss');
    expect((await take(live, { key: { params: [1], sql: 'select 1' }, scope: 'tenant' })).status).toBe('hit');
  });

  test('without a scope nothing is looked up or kept', async () => {
    const parts = sharedParts();
    const live = client(parts);
    for (const scope of [undefined, undefined, null, '']) {
      expect(await take(live, { scope, key: 1 })).toMatchObject({ status: 'bypass', reason: 'no-scope' });
    }
    expect(parts.segments.log).toEqual([]);
    expect(live.stats()).toMatchObject({ queries: 4, bypasses: 4, bypassNoScope: 4, executions: 4 });
  });

  test('other namespaces and other master keys share nothing', async () => {
    const parts = sharedParts();
    await take(client(parts), QUERY);
    const stranger = client({ index: parts.index, segments: parts.segments, keys: sharedParts().keys });
    expect((await take(stranger, QUERY)).status).toBe('miss');
  });
});

describe('previews', () => {
  test('reach neither index nor bucket nor keys, whatever members somebody adds', async () => {
    const untouchable = new Proxy({}, { get: (_, name) => { throw new Error(`${String(name)} was touched`); } });
    const live = clientOf({ index: untouchable, segments: untouchable, keys: untouchable } as never);
    const query = { mode: 'preview', scope: 'tenant', key: 1, tags: ['t'], cache: 'reload' } as never;
    for (let i = 0; i < 2; i++) {
      const result = await live.query(query, () => inPieces(A, 100_000));
      expect([result.status, result.reason, result.id]).toEqual(['bypass', 'preview', undefined]);
      expect(Buffer.compare(await result.toBytes(), A)).toBe(0);
    }
    expect(live.stats()).toMatchObject({ previews: 2, queries: 0 });
  });

  test('have a type without any member of a cache', () => {
    const live = client();
    // @ts-expect-error a preview has no scope
    void live.query({ mode: 'preview', scope: 'tenant' }, () => A).then((result) => result.cancel());
    // @ts-expect-error a preview has no time to live
    void live.query({ mode: 'preview', ttl: '5m' }, () => A).then((result) => result.cancel());
  });
});

describe('cache', () => {
  test('reload executes and replaces, no-store executes and leaves alone, only-if-cached never executes', async () => {
    const live = client();
    await expect(take(live, { ...QUERY, cache: 'only-if-cached' })).rejects.toMatchObject({ code: 'E_LIVE_NOT_CACHED' });
    await take(live, QUERY, A);
    expect(await take(live, { ...QUERY, cache: 'no-store' }, B)).toMatchObject({ status: 'bypass', reason: 'no-store', data: 'B' });
    expect((await take(live, { ...QUERY, cache: 'only-if-cached' }, B)).data).toBe('A');
    expect(await take(live, { ...QUERY, cache: 'reload' }, B)).toMatchObject({ status: 'miss', data: 'B' });
    expect(await take(live, QUERY, A)).toMatchObject({ status: 'hit', data: 'B' });
  });

  test('time to live counts from the query\'s start', async () => {
    const live = client(undefined, { ttl: '3s' });
    const asked = performance.now();
    const result = await live.query(QUERY, () => inPieces(A, 100_000, () => pause(50)));
    await result.toBytes(); // nine pieces
    await live.settled();
    const hit = await live.query(QUERY, () => A);
    expect([hit.status, hit.age > 0.4]).toEqual(['hit', true]);
    await hit.cancel();
    await pause(3050 - (performance.now() - asked));
    expect((await take(live, QUERY)).status).toBe('miss');
  });

  test('a query that took longer than its time to live is not kept', async () => {
    const live = client();
    const result = await live.query({ ...QUERY, ttl: 50 }, () => inPieces(A, 100_000, () => pause(20)));
    await result.toBytes();
    await live.settled();
    expect((await take(live, { ...QUERY, ttl: 50 })).status).toBe('miss');
  });
});

describe('stale', () => {
  test('is served while it is refreshed, once', async () => {
    const live = client(undefined, { ttl: 60, staleWhileRevalidate: '10s' });
    await take(live, QUERY, A);
    await pause(80);
    const stale = await Promise.all([take(live, QUERY, B), take(live, QUERY, B)]);
    expect(stale.map(({ status }) => status)).toEqual(['stale', 'stale']);
    expect(stale.map(({ data }) => data)).toEqual(['A', 'A']);
    await live.settled();
    expect(live.stats().executions).toBe(2);
    const fresh = await live.query({ ...QUERY }, () => A);
    expect(Buffer.compare(await fresh.toBytes(), B)).toBe(0);
  });

  test('is served if executing fails, as long as it may be', async () => {
    const parts = sharedParts();
    const live = client(parts, { ttl: 60, staleIfError: '10s' });
    await take(live, QUERY, A);
    await pause(80);
    expect(await take(live, QUERY, new Error('engine down'))).toMatchObject({ status: 'stale', data: 'A' });
    expect(await take(live, QUERY, B)).toMatchObject({ status: 'miss', data: 'B' });
    const strict = client(undefined, { ttl: 60 });
    await take(strict, QUERY, A);
    await pause(80);
    await expect(take(strict, QUERY, new Error('engine down'))).rejects.toThrow('engine down');
  });
});

describe('invalidation', () => {
  test('by tag, dataset, scope or as a whole, in all processes', async () => {
    const parts = sharedParts();
    const [here, there] = [client(parts), client(parts)];
    const query = { ...QUERY, tags: ['orders', 'eu'], datasets: ['sales'] };
    for (const invalidation of [{ tags: ['orders'] }, { datasets: { sales: 'v2' } }, { scopes: ['tenant'] }, { all: true }]) {
      await take(here, query);
      expect((await take(there, query)).status).toBe('hit');
      await here.invalidate(invalidation);
      expect((await take(there, query)).status).toBe('miss');
    }
    await here.invalidate({ tags: ['other'], datasets: { sales: 'v2' }, scopes: ['other'] }); // the version that it has already
    expect((await take(there, query)).status).toBe('hit');
  });

  test('while a query runs: it is not published, and who comes later does not join it', async () => {
    const parts = sharedParts();
    const [here, there] = [client(parts), client(parts)];
    const query = { ...QUERY, tags: ['orders'] };
    const first = await here.query(query, () => inPieces(A, 100_000, () => pause(20)));
    await there.invalidate({ tags: ['orders'] });
    const second = await take(here, query, B);
    expect(second).toMatchObject({ status: 'miss', data: 'B' });
    expect(Buffer.compare(await first.toBytes(), A)).toBe(0);
    await here.settled();
    const third = await take(there, query, A);
    expect(third).toMatchObject({ status: 'hit', data: 'B' });
  });
});

describe('errors of the query', () => {
  test('reach those who joined, and nothing is cached', async () => {
    const parts = sharedParts();
    const [here, there] = [client(parts), client(parts)];
    const error = Object.assign(new Error('syntax error near selec'), { code: 'SYNTAX' });
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => here.query(QUERY, async () => {
      await pause(20);
      throw error;
    })));
    expect(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason)).toEqual([error, error, error]);
    expect((await take(there, QUERY)).status).toBe('miss');
  });

  test('that would be the same for everybody are remembered, if the application says so', async () => {
    const parts = sharedParts();
    const options: LiveClientOptions = { errorTtl: (error) => (error as { code?: string }).code === 'SYNTAX' ? '2s' : undefined };
    const [here, there] = [client(parts, options), client(parts, options)];
    await expect(take(here, QUERY, Object.assign(new Error('syntax error'), { code: 'SYNTAX' }))).rejects.toThrow('syntax error');
    const told = await take(there, QUERY).catch((error: unknown) => error);
    expect(told).toBeInstanceOf(SharedQueryError);
    expect(told).toMatchObject({ message: 'syntax error', code: 'SYNTAX' });
  });

  test('in the middle of a stream end the streams of all, and nothing is published', async () => {
    const parts = sharedParts();
    const live = client(parts);
    const query = () => live.query(QUERY, async function* () {
      yield A.subarray(0, 600_000);
      await pause(10);
      throw new Error('connection to the engine lost');
    });
    const results = await Promise.all([query(), query()]);
    for (const result of results) await expect(result.toBytes()).rejects.toThrow('connection to the engine lost');
    await live.settled();
    expect((await take(live, QUERY)).status).toBe('miss');
  });

  test.each([
    ['empty', new Uint8Array(), 'E_LIVE_EMPTY'],
    ['cut between two messages', A.subarray(0, A.length - 8), 'E_LIVE_TRUNCATED'],
    ['cut within a message', A.subarray(0, A.length - 100), 'E_LIVE_TRUNCATED'],
    ['followed by something', Buffer.concat([A, Buffer.from('more')]), 'E_LIVE_MALFORMED'],
    ['of another format', Buffer.from('{"rows": []}'), 'E_LIVE_MALFORMED'],
  ])('a source that is %s is an error and never published', async (_, source, code) => {
    const live = client();
    const taken = await take(live, QUERY, source).catch((error: unknown) => error);
    expect(taken).toBeInstanceOf(LiveError);
    expect(taken).toMatchObject({ code });
    await live.settled();
    expect((await take(live, QUERY)).status).toBe('miss');
  });

  test('a query that runs too long is ended, and told so', async () => {
    const live = client();
    let aborted: unknown;
    const result = await live.query({ ...QUERY, executionTimeout: 50 }, async function* ({ signal }) {
      signal.addEventListener('abort', () => { aborted = signal.reason; });
      yield A.subarray(0, 1000);
      await new Promise(() => {});
    });
    await expect(result.toBytes()).rejects.toMatchObject({ code: 'E_LIVE_TIMEOUT' });
    expect(aborted).toMatchObject({ code: 'E_LIVE_TIMEOUT' });
  });
});

describe('a caller who leaves', () => {
  const slow = (signals: AbortSignal[]) => ({ signal }: { signal: AbortSignal }) => {
    signals.push(signal);
    return inPieces(A, 50_000, () => pause(10));
  };

  test.each([
    ['abort', true], ['finish', false], ['finish-if-awaited', true],
  ] as const)('%s: the execution is aborted %s', async (whenAbandoned, aborted) => {
    const live = client();
    const signals: AbortSignal[] = [];
    const result = await live.query({ ...QUERY, whenAbandoned }, slow(signals));
    await result.cancel();
    await live.settled();
    expect(signals[0]!.aborted).toBe(aborted);
    expect((await take(live, QUERY)).status).toBe(aborted ? 'miss' : 'hit');
  });

  test.each([['here', false], ['elsewhere', true]])('finish-if-awaited goes on for those who wait %s', async (_, elsewhere) => {
    const parts = sharedParts();
    const [here, there] = [client(parts), client(parts)];
    const signals: AbortSignal[] = [];
    let goOn!: () => void;
    const held = new Promise<void>((resolve) => { goOn = resolve; });
    const first = await here.query(QUERY, async function* ({ signal }) {
      signals.push(signal);
      yield A.subarray(0, 500_000);
      await held;
      yield A.subarray(500_000);
    });
    const second = await (elsewhere ? there : here).query(QUERY, slow(signals));
    await first.cancel();
    goOn();
    expect(nameOf(await second.toBytes())).toBe('A');
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  });

  test('by his own signal gets its reason, before and during the stream', async () => {
    const live = client();
    const reason = new Error('I left');
    await expect(live.query({ ...QUERY, signal: AbortSignal.abort(reason) }, () => A)).rejects.toBe(reason);
    const leaving = new AbortController();
    const result = await live.query({ ...QUERY, signal: leaving.signal }, slow([]));
    setTimeout(() => leaving.abort(reason), 20);
    await expect(result.toBytes()).rejects.toBe(reason);
  });
});

describe('limits', () => {
  test('results of queries that were fast are not kept, nor uploaded', async () => {
    const parts = sharedParts();
    const live = client(parts, { minDuration: '10s' });
    for (let i = 0; i < 2; i++) expect((await take(live, QUERY, SMALL)).status).toBe('miss');
    expect(parts.segments.log).toEqual([]);
  });

  test('results that are too large are streamed whole, and not kept', async () => {
    const live = client(undefined, { maxBytes: 500_000 });
    for (let i = 0; i < 2; i++) expect(await take(live, QUERY)).toMatchObject({ status: 'miss', data: 'A' });
    expect(live.stats()).toMatchObject({ unpublished: 2, published: 0 });
  });

  test('small results are kept in the index, encrypted', async () => {
    const parts = sharedParts();
    const live = client(parts);
    await take(live, QUERY, SMALL);
    expect(parts.segments.log).toEqual([]);
    expect(await take(live, QUERY)).toMatchObject({ status: 'hit', data: 'SMALL' });
    for await (const { entry } of parts.index.list()) {
      expect(Buffer.from(entry!.inline!, 'base64').includes(Buffer.from(SMALL.subarray(100, 200)))).toBe(false);
    }
  });

  test('a scope has so many entries at most', async () => {
    const live = client(undefined, { maxEntriesPerScope: 2 });
    for (const key of [1, 2, 3]) await take(live, { scope: 'tenant', key });
    expect((await take(live, { scope: 'tenant', key: 3 })).status).toBe('miss');
    expect((await take(live, { scope: 'tenant', key: 1 })).status).toBe('hit');
    expect((await take(live, { scope: 'other', key: 3 })).status).toBe('miss');
    expect((await take(live, { scope: 'other', key: 3 })).status).toBe('hit');
  });
});

test('the result as a response, an iterable, a web stream and a Node stream', async () => {
  const live = client();
  await take(live, QUERY);
  const ask = () => live.query(QUERY, () => { throw new Error('executed'); });
  const response = (await ask()).toResponse({ headers: { 'x-own': '1' } });
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'application/vnd.apache.arrow.stream', 'x-cache': 'hit', age: '0', 'x-own': '1', 'content-length': String(A.length),
    'server-timing': expect.stringMatching(/^cache;desc=hit, wait;dur=\d+\.\d$/) as string,
  });
  expect(Buffer.compare(Buffer.from(await response.arrayBuffer()), A)).toBe(0);
  const chunks: Uint8Array[] = [];
  for await (const chunk of await ask()) chunks.push(chunk);
  expect(Buffer.compare(Buffer.concat(chunks), A)).toBe(0);
  const node = (await ask()).toNodeStream();
  expect(Buffer.compare(Buffer.concat(await node.toArray() as Buffer[]), A)).toBe(0);
  const early = await ask();
  for await (const chunk of early) { expect(chunk.length).toBeGreaterThan(0); break; }
  await expect(early.done).rejects.toThrow('left before its end');
});

test('closing ends what runs, for callers here and followers of others, and what comes later', async () => {
  const parts = sharedParts();
  const [here, there] = [client(parts), client(parts)];
  const never = async function* () {
    yield A.subarray(0, 400_000);
    await new Promise(() => {});
  };
  const running = [
    await here.query(QUERY, never), await there.query(QUERY, never),
    await there.query({ key: 1 }, never), await there.query({ mode: 'preview' }, never),
  ];
  const closing = there.close();
  for (const result of running.slice(1, 3)) await expect(result.toBytes()).rejects.toMatchObject({ code: 'E_LIVE_CLOSED' });
  await closing;
  await running[3]!.cancel();
  await expect(there.query(QUERY, never)).rejects.toMatchObject({ code: 'E_LIVE_CLOSED' });
  await here.close();
  await expect(running[0]!.toBytes()).rejects.toMatchObject({ code: 'E_LIVE_CLOSED' });
});
