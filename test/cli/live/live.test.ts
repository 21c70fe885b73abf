import { hasRedisServer } from '../../support/redis-server';
import { MASTER, PASSWORD, startWorld, type LiveWorld } from './world';

let world: LiveWorld;
beforeAll(async () => { world = await startWorld(); });
beforeEach(() => world.reset());
afterAll(() => world.close());

const live: LiveWorld['live'] = (...given) => world.live(...given);
const states = async () => (await live(['ls', '--json'])).json<{ results: { id: string; state: string }[] }>().results;

describe('status', () => {
  (hasRedisServer ? test : test.skip)('says how index, results, bucket and keys stand', async () => {
    await world.writer.store({ scope: 'a', key: 1 }, [300_000, 1_000_000]);
    await world.writer.begin({ scope: 'a', key: 2 }, [100]);
    const { code, stdout, stderr } = await live(['status']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp([
      'namespace {2}test',
      `index {6}${world.redis.url}/?: redis [\\d.]+, .* used, noeviction, \\d+ clients?, up for .*`,
      'results {4}1 result, 1\\.3 MB; 1 running, 100 B so far',
      'bucket {5}test-bucket: 3 objects, 1\\.3 MB',
      'overdue {4}nothing',
      'keys {7}version 1',
      '',
      'deleted after {9}objects {3}bytes',
      '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d UTC .*',
    ].join('\\n')));
  });

  (hasRedisServer ? test : test.skip)('is one document for programs, without a key or a password', async () => {
    await world.writer.store({ scope: 'a', key: 1 }, [300]);
    const result = await live(['status', '--json']);
    expect([result.code, result.stderr]).toEqual([0, '']);
    expect(result.json()).toEqual({
      namespace: 'test',
      index: expect.objectContaining({ url: expect.stringContaining('127.0.0.1'), server: expect.stringMatching(/^redis /), evictionPolicy: 'noeviction' }),
      results: { entries: { count: 1, stale: 0, bytes: 300 }, running: { count: 0, bytes: 0 }, cut: false },
      bucket: {
        name: 'test-bucket', objects: 1, bytes: 300, cut: false, overdue: { objects: 0, bytes: 0, lagMs: 0 },
        minutes: [{ minute: expect.any(String), objects: 1, bytes: 300 }],
      },
      keys: { current: '1', versions: [{ version: '1' }], rotating: false },
      warnings: [],
    });
    expect(result.stdout).not.toContain(MASTER);
    expect(result.stdout).not.toContain(PASSWORD);
  });

  (hasRedisServer ? test : test.skip)('warns, and says what was counted only in part', async () => {
    await world.redis.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    try {
      await world.writer.store({ scope: 'a', key: 1 }, [1, 2]);
      const { code, stdout, stderr } = await live(['status', '--limit', '1']);
      expect(code).toBe(0);
      expect(stderr).toMatch(/^warning: the index drops keys when its memory is full \(allkeys-lru\)/);
      expect(stdout).toContain('test-bucket: at least 1 object, 1 B\n');
    } finally {
      await world.redis.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    }
  });

  test('tells the rest where something cannot be asked, and fails', async () => {
    await world.writer.store({ scope: 'a', key: 1 }, [300]);
    const env = { LIVE_INDEX_URL: 'redis://127.0.0.1:1', LIVE_INDEX_SECRET: '' };
    const { code, stdout } = await live(['status'], { env });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^index {6}redis:\/\/127\.0\.0\.1:1\/?: unknown: .*ECONNREFUSED.*; check --index-url, and whether the index can be reached/m);
    expect(stdout).toContain('bucket     test-bucket: 1 object, 300 B\n');
    expect((await live(['status', '--json'], { env })).json()).toMatchObject({
      index: { error: expect.stringContaining('ECONNREFUSED') }, keys: { current: '1' },
    });
    const denied = await live(['status', '--bucket', 'no-such-bucket']);
    expect([denied.code, denied.stdout]).toEqual([1, expect.stringMatching(/^bucket {5}no-such-bucket: unknown: .*NoSuchBucket/m)]);
  });

  test('does without bucket and keys', async () => {
    const { code, stdout } = await live(['status'], { env: { LIVE_BUCKET: '', LIVE_KEY_SECRET: '' } });
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nbucket {5}none is named\nkeys {7}no secret is named\n$/);
  });
});

describe('ls', () => {
  test('is a table for people, the youngest first', async () => {
    const old = await world.writer.store({ scope: 'a', key: 1 }, [3000], { elapsed: 60_000 });
    const small = await world.writer.store({ scope: 'a', key: 2 });
    const { code, stdout, stderr } = await live(['ls']);
    expect([code, stderr]).toEqual([0, '']);
    const [header, first, second] = stdout.split('\n');
    expect(header).toMatch(/^id +state +age +fresh for +bytes +rows +objects +took +scope$/);
    expect(first).toMatch(new RegExp(`^${small.identity.id} +fresh +2(\\.\\d)? s +\\S+ min +5 B +7 +0 +2 s +${small.identity.scope.slice(0, 8)}$`));
    expect(second).toMatch(new RegExp(`^${old.identity.id} +fresh +1 min +4 min +3\\.0 KB +7 +1 +1 min +`));
  });

  test('is of one scope, whatever its kind, and as long as is asked', async () => {
    for (const key of [1, 2, 3]) await world.writer.store({ scope: { tenant: 7 }, key });
    await world.writer.store({ scope: 'tenant-8', key: 1 });
    const number = async (...args: string[]) => (await live(['ls', ...args, '--json'])).json<{ results: unknown[] }>().results.length;
    expect(await number('--scope-json', '{"tenant":7}')).toBe(3);
    expect(await number('--scope', 'tenant-8')).toBe(1);
    expect(await number('--scope', 'tenant-9')).toBe(0);
    expect(await live(['ls', '--limit', '2'])).toMatchObject({ code: 0, stderr: 'there are more than 2: --limit shows them\n' });
    expect(await live(['ls', '--scope', 'tenant-9'])).toMatchObject({ code: 0, stdout: '', stderr: 'no results\n' });
  });

  test('is one document for programs', async () => {
    const { identity } = await world.writer.store({ scope: 'a', key: 1 }, [10, 20]);
    expect((await live(['ls', '--json'])).json()).toEqual({
      namespace: 'test', more: false, results: [{
        id: identity.id, scope: identity.scope, state: 'fresh', ageMs: expect.any(Number), freshForMs: expect.any(Number),
        expiresInMs: expect.any(Number), bytes: 30, rows: 7, objects: 2, durationMs: 2000,
      }],
    });
  });
});

describe('inspect', () => {
  test('shows all of one result but its data', async () => {
    const { identity, entry } = await world.writer.store({ scope: 'a', key: 1 }, [3000, 500], { staleIfError: 60_000 });
    const [, last] = [...world.s3.objects().keys()];
    world.s3.objects().delete(last);
    const { code, stdout, stderr } = await live(['inspect', identity.id]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp([
      `^id {7}${identity.id}`, `scope {4}${identity.scope}`, 'state {4}fresh, for \\S+ min more, leaves the index in \\S+ min',
      'began {4}2(\\.\\d)? s ago, took 2 s', 'lives {4}5 min, 1 min more if executing fails', 'size {5}3\\.5 KB, 7 rows, 2 batches',
      `stored {3}2 objects, 1 of them not there; may be deleted after ${entry.minute} UTC`, `attempt {2}${entry.attempt}`,
      'key {6}version 1, which is there', '', 'v1/test/\\S+/00000 {2}3\\.0 KB', 'v1/test/\\S+/00001 {2}500 B {3}not there\n$',
    ].join('\\n')));
    expect((await live(['inspect', identity.id, '--json'])).json()).toMatchObject({
      id: identity.id, state: 'fresh', bytes: 3500, objects: 2, attempt: entry.attempt, keyVersion: '1', keyKnown: true, storage: 'bucket',
      ttlMs: 300_000, staleIfErrorMs: 60_000, segments: [{ bytes: 3000, present: true }, { key: last, bytes: 500, present: false }],
    });
  });

  test('shows a small one, and one of which the key is gone', async () => {
    const { identity } = await world.writer.store({ scope: 'a', key: 1 }, [], { keyVersion: '9' });
    expect((await live(['inspect', identity.id])).stdout).toMatch(/\nstored {3}in the index itself\n[^]*\nkey {6}version 9, which is gone: the result cannot/);
  });

  test('exits with 3 if there is none, with 2 if it cannot be one', async () => {
    const id = 'x'.repeat(43);
    expect(await live(['inspect', id])).toMatchObject({ code: 3, stdout: '', stderr: `${id}: there is no such result, and nobody is making it\n` });
    expect((await live(['inspect', id, '--json'])).json()).toEqual({ id, state: 'absent' });
    expect(await live(['inspect', 'orders'])).toMatchObject({ code: 2, stderr: expect.stringContaining("error: id must be a result's, 43") });
  });
});

describe('invalidate', () => {
  const found = async (query: { scope: string; key: number; tags?: string[]; datasets?: string[] }) => {
    const { identity } = await world.writer.store(query);
    return async () => {
      const request = { attempt: 'x'.repeat(24), cache: 'only-if-cached', lease: 1000 } as const;
      return (await world.index.lookup(identity, request)).role === 'hit';
    };
  };

  test('by tag, dataset and scope, without a question', async () => {
    const [tagged, reads, scoped, other] = [
      await found({ scope: 'a', key: 1, tags: ['orders'] }), await found({ scope: 'a', key: 2, datasets: ['sales'] }),
      await found({ scope: 'b', key: 3 }), await found({ scope: 'a', key: 4 }),
    ];
    const { code, stdout, stderr } = await live(['invalidate', '--tag', 'orders', '--dataset', 'sales=v2', '--scope', 'b']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe("invalidated tag 'orders'\ninvalidated dataset 'sales', which is at version 'v2' now\ninvalidated scope \"b\"\n");
    expect(await Promise.all([tagged(), reads(), scoped(), other()])).toEqual([false, false, false, true]);
  });

  test('a dataset without a version is at a new one each time', async () => {
    const versions = new Set<string>();
    for (let i = 0; i < 2; i++) {
      const isFound = await found({ scope: 'a', key: 2, datasets: ['sales'] });
      const { json } = await live(['invalidate', '--dataset', 'sales', '--json']);
      versions.add(json<{ invalidated: { datasets: Record<string, string> } }>().invalidated.datasets.sales);
      expect(await isFound()).toBe(false);
    }
    expect(versions.size).toBe(2);
  });

  test('all of them, after a question', async () => {
    const isFound = await found({ scope: 'a', key: 1 });
    expect(await live(['invalidate', '--all'])).toMatchObject({ code: 2, stdout: '' });
    expect(await live(['invalidate', '--all'], { keys: 'n\r' })).toMatchObject({ code: 1, stderr: expect.stringMatching(/nothing was done\n$/) });
    expect(await isFound()).toBe(true);
    const { code, json } = await live(['invalidate', '--all', '--yes', '--json'], { env: { LIVE_KEY_SECRET: '' } });
    expect([code, json()]).toEqual([0, { namespace: 'test', invalidated: { all: true, tags: [], datasets: {}, scopes: [] } }]);
    expect(await isFound()).toBe(false);
  });
});

describe('purge', () => {
  test('shows what would go, asks, and removes it from index and bucket', async () => {
    await world.writer.store({ scope: 'a', key: 1 }, [3000, 500]);
    await world.writer.store({ scope: 'b', key: 1 }, [30]);
    const plan = 'purge scope "a" of the namespace test in test-bucket:\n  1 result in the index, 2 objects in the bucket, 3.5 KB\n';
    expect(await live(['purge', '--scope', 'a', '--dry-run'])).toMatchObject({ code: 0, stdout: 'nothing was done: --dry-run\n', stderr: plan });
    expect(await live(['purge', '--scope', 'a'], { keys: 'n\r' })).toMatchObject({ code: 1, stdout: '' });
    expect([(await states()).length, world.s3.objects().size]).toEqual([2, 3]);
    const { code, stdout } = await live(['purge', '--scope', 'a'], { keys: 'y\r' });
    expect([code, stdout]).toEqual([0, 'purged 1 result in the index, 2 objects in the bucket, 3.5 KB\n']);
    expect([(await states()).length, world.s3.objects().size]).toEqual([1, 1]);
  });

  test('everything of the namespace, as a document', async () => {
    await world.writer.store({ scope: 'a', key: 1 }, [3000]);
    await world.writer.store({ scope: 'b', key: 1 });
    const { code, json } = await live(['purge', '--all', '--yes', '--json']);
    expect([code, json()]).toEqual([0, { namespace: 'test', dryRun: false, entries: 2, objects: 1, bytes: 3000 }]);
    expect([await states(), world.s3.objects().size]).toEqual([[], 0]);
  });

  test('refuses where nobody can be asked, before it asks the index', async () => {
    const before = (await world.redis.calls()).scan ?? 0;
    expect(await live(['purge', '--all'])).toMatchObject({ code: 2, stderr: expect.stringContaining('pass --yes') });
    expect((await world.redis.calls()).scan ?? 0).toBe(before);
  });
});

describe('rotate-key', () => {
  test('asks, rotates, and waits for the new version', async () => {
    world.rotateOnRequest();
    expect(await live(['rotate-key'])).toMatchObject({ code: 2, stdout: '' });
    expect(await live(['rotate-key'], { keys: 'n\r' })).toMatchObject({ code: 1, stdout: '' });
    expect(world.secrets.calls).not.toContain('RotateSecret');
    const { code, stdout, stderr } = await live(['rotate-key'], { keys: 'y\r' });
    expect([code, stdout]).toEqual([0, 'rotated: new results are written with version 2, in place of 1\n']);
    expect(stderr).toMatch(/^rotate the master key in arn:\S+: version 1 is the current one\n/);
    expect((await live(['status'])).stdout).toMatch(/\nkeys {7}version 2; kept: 1 \(retired \d+ \S+ ago\)\n/);
  });

  test('needs neither index nor bucket, and is one document for programs', async () => {
    world.rotateOnRequest();
    const { code, json, stdout } = await live(['rotate-key', '--yes', '--json'], { env: { LIVE_INDEX_URL: '', LIVE_BUCKET: '' } });
    expect([code, json()]).toEqual([0, { secret: world.keySecret.arn, before: '1', after: '2' }]);
    expect(stdout).not.toContain(MASTER);
  });
});
