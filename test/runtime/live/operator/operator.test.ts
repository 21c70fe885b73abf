import { createClient } from '@redis/client';
import { IndexError } from '../../../../runtime/live/errors';
import { identify } from '../../../../runtime/live/identity';
import { MemoryResultIndex } from '../../../../runtime/live/index/memory-result-index';
import type { RedisClientLike } from '../../../../runtime/live/index/redis-client';
import { RedisResultIndex } from '../../../../runtime/live/index/redis-result-index';
import type { IndexStatus, ResultIndex } from '../../../../runtime/live/index/result-index';
import { LiveOperator } from '../../../../runtime/live/operator/operator';
import { startRedis, type RedisServer } from '../../../support/redis-server';
import { keys, MapSegments, NAMESPACE, Writer } from './world';

let redis: RedisServer;
beforeAll(async () => { redis = await startRedis(); });
afterAll(() => redis.stop());

const connections: { destroy(): void }[] = [];
afterEach(() => connections.splice(0).forEach((each) => each.destroy()));

const INDEXES: readonly (readonly [string, () => Promise<ResultIndex>])[] = [
  ['in memory', async () => new MemoryResultIndex()],
  ['on a server', async () => {
    await redis.command('FLUSHALL');
    const connection = createClient({ url: redis.url, RESP: 2, disableClientInfo: true });
    connections.push(await connection.connect());
    return new RedisResultIndex({ connection: connection as unknown as RedisClientLike, namespace: NAMESPACE, timeout: '5s' });
  }],
];

describe.each(INDEXES)('with an index %s', (_, open) => {
  let index: ResultIndex;
  let segments: MapSegments;
  let writer: Writer;
  let operator: LiveOperator;
  beforeEach(async () => {
    index = await open();
    segments = new MapSegments();
    writer = new Writer(index, segments);
    operator = new LiveOperator({ namespace: NAMESPACE, index, segments, keys });
  });
  afterEach(async () => {
    await operator.close();
    expect(segments.closed).toBe(true);
  });

  const isHit = async (query: Parameters<typeof identify>[1]) =>
    (await index.lookup(await identify(keys, query), { attempt: 'x'.repeat(24), cache: 'only-if-cached', lease: 1000 })).role === 'hit';

  test('the list has sizes and times of results and executions, the youngest first', async () => {
    const old = await writer.store({ scope: 'a', key: 1 }, [1000, 500], { elapsed: 60_000 });
    const small = await writer.store({ scope: 'b', key: 2 });
    const stale = await writer.store({ scope: 'b', key: 3 }, [10], { ttl: 1000, staleIfError: 600_000, elapsed: 5000 });
    const running = await writer.begin({ scope: 'a', key: 4 }, [256]);
    const { results, more } = await operator.list();
    expect(more).toBe(false);
    const byId = new Map(results.map((each) => [each.id, each]));
    expect(byId.size).toBe(4);
    expect(byId.get(old.identity.id)).toMatchObject({
      state: 'fresh', scope: old.identity.scope, bytes: 1500, rows: 7, segments: 2, duration: 60_000,
    });
    expect(byId.get(old.identity.id)!.age).toBeGreaterThanOrEqual(60_000);
    expect(byId.get(old.identity.id)!.freshFor).toBeLessThanOrEqual(240_000);
    expect(byId.get(small.identity.id)).toMatchObject({ state: 'fresh', bytes: 5, segments: 0 });
    expect(byId.get(stale.identity.id)).toMatchObject({ state: 'stale', freshFor: 0 });
    expect(byId.get(stale.identity.id)!.expiresIn).toBeGreaterThan(500_000);
    expect(byId.get(running.identity.id)).toMatchObject({ state: 'running', bytes: 256, segments: 1 });
    expect(results.filter(({ state }) => state !== 'running').map(({ id }) => id)).toEqual([small, stale, old].map(({ identity }) => identity.id));
  });

  test('the list is of one scope, and as long as is asked', async () => {
    for (const key of [1, 2, 3]) await writer.store({ scope: { tenant: 7 }, key });
    await writer.store({ scope: 'other', key: 1 });
    expect((await operator.list({ scope: { tenant: 7 } })).results).toHaveLength(3);
    expect((await operator.list({ scope: { tenant: '7' } })).results).toEqual([]);
    const { results, more } = await operator.list({ scope: { tenant: 7 }, limit: 2 });
    expect([results.length, more]).toEqual([2, true]);
    expect((await operator.list({ limit: 4 })).more).toBe(false);
  });

  test('one result in full, its objects one by one', async () => {
    const { identity, entry } = await writer.store({ scope: 'a', key: 1 }, [1000, 500, 20], { staleIfError: 5000 });
    const all = [...segments.objects.keys()];
    segments.objects.delete(all[1]);
    segments.objects.set(all[2], Buffer.alloc(19));
    expect(await operator.inspect(identity.id)).toMatchObject({
      id: identity.id, state: 'fresh', storage: 'bucket', attempt: entry.attempt, minute: entry.minute, keyVersion: '1', keyKnown: true,
      bytes: 1520, rows: 7, batches: 2, duration: 2000, ttl: 300_000, staleWhileRevalidate: 0, staleIfError: 5000,
      objects: [{ key: all[0], bytes: 1000, present: true }, { key: all[1], bytes: 500, present: false }, { key: all[2], bytes: 20, present: false }],
    });
  });

  test('one result in the index itself, whose key is gone; and none of its data', async () => {
    const { identity, entry } = await writer.store({ scope: 'a', key: 1 }, [], { keyVersion: '9' });
    const found = await operator.inspect(identity.id);
    expect(found).toMatchObject({ storage: 'index', keyKnown: false, objects: [] });
    expect(JSON.stringify(found)).not.toContain(entry.inline);
  });

  test('an execution under way, before and after it has stored something', async () => {
    const query = { scope: 'a', key: 1 };
    const identity = await identify(keys, query);
    await index.lookup(identity, { attempt: 'a'.repeat(24), cache: 'default', lease: 12_000 });
    expect(await operator.inspect(identity.id)).toMatchObject({ state: 'running', bytes: 0, objects: [] });
    const { manifest } = await writer.begin(query, [100, 50]);
    expect(await operator.inspect(identity.id)).toMatchObject({
      state: 'running', attempt: manifest.attempt, bytes: 150, objects: [{ present: true }, { present: true }],
    });
  });

  test('what is not there', async () => {
    expect(await operator.inspect('x'.repeat(43))).toBeUndefined();
    await expect(operator.inspect('lc:{test}:e:1')).rejects.toMatchObject({
      name: 'InvalidArgumentError', code: 'E_LIVE_ID', message: expect.stringContaining("got 'lc:{test}:e:1'"),
    });
  });

  test('invalidates by tag, dataset and scope, and nothing else', async () => {
    const [tagged, reads, mine, other] = [
      { scope: 'a', key: 1, tags: ['orders', 'x'] }, { scope: 'a', key: 2, datasets: ['sales'] }, { scope: { t: 1 }, key: 3 }, { scope: 'a', key: 4 },
    ];
    for (const query of [tagged, reads, mine, other]) await writer.store(query);
    await operator.invalidate({ tags: ['orders'] });
    expect(await Promise.all([tagged, reads, mine, other].map(isHit))).toEqual([false, true, true, true]);
    await operator.invalidate({ datasets: { sales: 'v2' }, scopes: [{ t: 1 }] });
    expect(await Promise.all([tagged, reads, mine, other].map(isHit))).toEqual([false, false, false, true]);
    await writer.store(reads);
    await operator.invalidate({ datasets: { sales: 'v2' } });
    expect(await isHit(reads)).toBe(true);
    await operator.invalidate({ all: true });
    expect(await isHit(other)).toBe(false);
  });

  test('fails where nothing is named, or nothing that names it', async () => {
    await expect(operator.invalidate({ tags: [] })).rejects.toMatchObject({ code: 'E_LIVE_TARGET' });
    const bare = new LiveOperator({ namespace: NAMESPACE, index });
    await expect(bare.invalidate({ tags: ['a'] })).rejects.toMatchObject({ code: 'E_LIVE_KEY_SECRET' });
    await expect(bare.list({ scope: 'a' })).rejects.toMatchObject({ code: 'E_LIVE_KEY_SECRET' });
    await expect(bare.purge({ all: true })).rejects.toMatchObject({ code: 'E_LIVE_BUCKET' });
    await expect(bare.rotateKey()).rejects.toMatchObject({ code: 'E_LIVE_KEY_SECRET' });
    await expect(bare.invalidate({ all: true })).resolves.toBeUndefined();
  });

  test('purges a scope from index and bucket, and leaves the others', async () => {
    const [mine, others] = [{ scope: 'a', key: 1 }, { scope: 'b', key: 1 }];
    await writer.store(mine, [1000, 500]);
    await writer.store({ scope: 'a', key: 2 });
    await writer.store(others, [30]);
    const running = await writer.begin({ scope: 'a', key: 3 }, [7]);
    expect(await operator.purge({ scope: 'a' }, { dryRun: true })).toEqual({ entries: 3, objects: 3, bytes: 1507 });
    expect([await isHit(mine), segments.objects.size]).toEqual([true, 4]);
    expect(await operator.purge({ scope: 'a' })).toEqual({ entries: 3, objects: 3, bytes: 1507 });
    expect([await isHit(mine), await isHit(others)]).toEqual([false, true]);
    expect([...segments.objects.values()].map(({ length }) => length)).toEqual([30]);
    expect((await operator.list({ scope: 'a' })).results).toEqual([]);
    const entry = { ...running.manifest, bytes: 7, rows: 1, batches: 1, duration: 1, ttl: 1000, staleWhileRevalidate: 0, staleIfError: 0 };
    expect(await index.publish(running.identity, running.lease, { entry, elapsed: 1, keep: true })).not.toBe('published');
    expect(await operator.purge({ scope: 'a' })).toEqual({ entries: 0, objects: 0, bytes: 0 });
  });

  test('purges everything of the namespace, orphans too, in thousands', async () => {
    await writer.store({ scope: 'a', key: 1 }, [1000]);
    await writer.store({ scope: 'b', key: 1 });
    const orphan = (namespace: string, i: number) => `v1/${namespace}/2026-11-21T20:05/orphan/${String(i).padStart(5, '0')}`;
    for (let i = 0; i < 2500; i++) segments.objects.set(orphan(NAMESPACE, i), Buffer.alloc(1));
    segments.objects.set(orphan('other', 0), Buffer.alloc(1));
    const seen: number[] = [];
    const counts = await operator.purge({ all: true }, { onProgress: ({ objects }) => seen.push(objects) });
    expect(counts).toEqual({ entries: 2, objects: 2501, bytes: 3500 });
    expect([...segments.objects.keys()]).toEqual([orphan('other', 0)]);
    expect([segments.deletions, seen]).toEqual([[1000, 1000, 501], [1000, 2000, 2501]]);
    expect((await operator.list()).results).toEqual([]);
  });

  test('the status counts what there is', async () => {
    await writer.store({ scope: 'a', key: 1 }, [1000, 500]);
    await writer.store({ scope: 'a', key: 2 }, [10], { ttl: 1000, staleIfError: 600_000, elapsed: 5000 });
    const { manifest } = await writer.begin({ scope: 'a', key: 3 }, [7]);
    const report = await operator.status();
    expect(report).toMatchObject({
      namespace: NAMESPACE, index: { server: expect.any(String) },
      results: { entries: { count: 2, stale: 1, bytes: 1510 }, running: { count: 1, bytes: 7 }, cut: false },
      bucket: { objects: 4, bytes: 1517, overdue: { objects: 0, bytes: 0, lag: 0 }, cut: false },
      warnings: [],
    });
    expect(report.keys).toBeUndefined();
    expect(report.bucket).toMatchObject({ minutes: expect.arrayContaining([expect.objectContaining({ minute: manifest.minute })]) });
    expect(await operator.status({ limit: 2 })).toMatchObject({ results: { cut: true }, bucket: { objects: 2, cut: true } });
  });
});

describe('status', () => {
  const status: IndexStatus = { server: 'redis 7.0.15', evictionPolicy: 'noeviction', usedBytes: 10, maxBytes: 100, refusedConnections: 0 };
  const withStatus = (given: Partial<IndexStatus>) =>
    new LiveOperator({
      namespace: NAMESPACE, index: Object.assign(new MemoryResultIndex(), { status: async () => ({ ...status, ...given }) }),
    });

  test.each<[string, Partial<IndexStatus>, string]>([
    ['keys that may be dropped', { evictionPolicy: 'allkeys-lru' }, '(allkeys-lru), leases and invalidations among them: set'],
    ['little memory', { usedBytes: 86 }, "86 % of the index's memory is used"],
    ['connections that were refused', { refusedConnections: 3 }, 'the index has refused connections'],
  ])('warns of %s', async (_, given, warning) => {
    expect((await withStatus(given).status()).warnings).toEqual([expect.stringContaining(warning)]);
    expect((await withStatus({}).status()).warnings).toEqual([]);
  });

  test('tells by how much the sweeper lags', async () => {
    const segments = new MapSegments();
    const put = (minute: string, bytes: number) => segments.objects.set(`v1/${NAMESPACE}/${minute}/a/00000`, Buffer.alloc(bytes));
    put('2026-11-21T19:00', 5);
    put('2026-11-21T19:49', 7);
    put('2026-11-21T19:50', 9);
    const now = Date.parse('2026-11-21T20:00Z'); // ten minutes are kept
    const clock = { now: () => now, sleep: async () => undefined, schedule: () => () => undefined };
    const report = await new LiveOperator({ namespace: NAMESPACE, index: new MemoryResultIndex(), segments, clock }).status();
    expect(report.bucket).toEqual({
      objects: 3, bytes: 21, cut: false, overdue: { objects: 2, bytes: 12, lag: 50 * 60_000 },
      minutes: [
        { minute: '2026-11-21T19:00', objects: 1, bytes: 5 }, { minute: '2026-11-21T19:49', objects: 1, bytes: 7 },
        { minute: '2026-11-21T19:50', objects: 1, bytes: 9 },
      ],
    });
    expect(report.warnings).toEqual(['2 objects should be gone, the oldest for 50 minutes: see whether the sweeper runs']);
  });

  test('what cannot be asked does not keep the rest from being told', async () => {
    const error = new IndexError('connection', 'index: INFO failed: connect ECONNREFUSED');
    const index = Object.assign(new MemoryResultIndex(), { status: () => Promise.reject(error) });
    const segments = Object.assign(new MapSegments(), { list: () => { throw new Error('denied'); } });
    expect(await new LiveOperator({ namespace: NAMESPACE, index, segments }).status()).toMatchObject({
      index: { error }, results: { entries: { count: 0 } }, bucket: { error: { message: 'denied' } }, warnings: [],
    });
  });
});
