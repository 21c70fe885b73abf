import type { DeleteFailure, S3Client } from '../../../runtime/aws/s3';
import { Pacer } from '../../../runtime/resilience/pacer';
import { startS3, type S3Server } from '../../support/s3-server';
import { clientOf, keysOf, put, requestsTo, run, store } from './scene';

let server: S3Server;
beforeAll(async () => { server = await startS3(); });
afterAll(() => server.close());
beforeEach(() => server.reset());

const NAMESPACE = { namespace: 'live' };
const isDelete = ({ method }: { readonly method: string }) => method === 'POST';
const listOf = (minute: string) => ({ method, url }: { readonly method: string; readonly url: string }) =>
  method === 'GET' && decodeURIComponent(url).includes(minute);
const refused = (status: number, code: string) => ({ kind: 'refusal', status, code }) as const;

/** Deletes all but what somebody keeps it from. */
function clientThat(refuse: (key: string, calls: number) => string | undefined): Pick<S3Client, 'list' | 'delete' | 'deleteMany'> {
  const client = clientOf(server);
  let calls = 0;
  return {
    list: (bucket, options) => client.list(bucket, options),
    delete: (bucket, key, signal) => client.delete(bucket, key, signal),
    async deleteMany(bucket, keys, signal) {
      calls += 1;
      const codes = new Map(keys.map((key) => [key, refuse(key, calls)]));
      const failures = await client.deleteMany(bucket, keys.filter((key) => codes.get(key) === undefined), signal);
      const own = [...codes].flatMap(([key, code]): DeleteFailure[] => code === undefined ? [] : [{ key, code, message: code }]);
      return [...failures, ...own];
    },
  };
}

describe('some objects', () => {
  test('that may not be deleted are told, counted and left; all others go', async () => {
    store(server, { ago: 30, count: 1500 });
    const { tallies, said, complete } = await run(server, {
      ...NAMESPACE, client: clientThat((key) => key.endsWith('7') ? 'AccessDenied' : undefined),
    });
    expect(keysOf(server)).toHaveLength(150);
    expect(keysOf(server).every((key) => key.endsWith('7'))).toBe(true);
    expect(tallies).toMatchObject([{ deletedObjects: 1350, deletedBytes: 13_500, failures: 150 }]);
    expect(said.sort()).toEqual(keysOf(server).map((key) => `AccessDenied ${key}`));
    expect(complete).toBe(true);
  });

  test.each(['InternalError', 'SlowDown', 'ServiceUnavailable', 'RequestTimeout'])('that met with %s are tried again, no others', async (code) => {
    store(server, { ago: 30, count: 20 });
    const tried: string[] = [];
    const { tallies, said } = await run(server, {
      ...NAMESPACE,
      client: clientThat((key, calls) => {
        tried.push(key);
        return calls <= 2 && key.endsWith('3') ? code : undefined;
      }),
    });
    expect([keysOf(server), said]).toEqual([[], []]);
    expect(tallies).toMatchObject([{ deletedObjects: 20, failures: 0 }]);
    expect(tried).toHaveLength(20 + 2 + 2);
  });

  test('that keep failing are given up for this run', async () => {
    store(server, { ago: 30, count: 3 });
    let calls = 0;
    const { tallies, said } = await run(server, { ...NAMESPACE, client: clientThat((_, count) => { calls = count; return 'InternalError'; }) });
    expect(calls).toBe(5);
    expect(tallies).toMatchObject([{ deletedObjects: 0, failures: 3 }]);
    expect(said[0]).toMatch(/^InternalError v1\/live\//);
  });
});

describe('whole requests', () => {
  test('refused for good are told for each object, and end nothing else', async () => {
    store(server, { ago: 30, count: 1000 });
    put(server, 'v1/live/2020-01-01T00:00/é'); // goes by itself
    server.fail({ of: isDelete, trouble: refused(403, 'AccessDenied') });
    const { tallies, said } = await run(server, NAMESPACE);
    expect(tallies).toMatchObject([{ deletedObjects: 1, failures: 1000 }]);
    expect(said).toHaveLength(1000);
    expect(requestsTo(server).filter((request) => request === 'delete')).toHaveLength(1);
  });

  test.each([
    ['503', refused(503, 'ServiceUnavailable')], ['500', refused(500, 'InternalError')], ['a reset connection', { kind: 'reset' } as const],
  ])('that met with %s are sent again', async (_, trouble) => {
    store(server, { ago: 30, count: 10 });
    server.fail({ of: isDelete, times: 3, trouble });
    const { tallies, said } = await run(server, NAMESPACE);
    expect([keysOf(server), said]).toEqual([[], []]);
    expect(tallies).toMatchObject([{ deletedObjects: 10, failures: 0 }]);
  });

  test('too many: they come more slowly, and are never given up', async () => {
    store(server, { ago: 30, count: 10 });
    server.fail({ of: isDelete, times: 12, trouble: refused(503, 'SlowDown') });
    const waits: number[] = [];
    let time = 0;
    const sleep = (wait: number) => { waits.push(wait); time += Math.max(wait, 1000); return Promise.resolve(); };
    const pacer = new Pacer({ rate: 20, now: () => time, sleep });
    const { tallies } = await run(server, { ...NAMESPACE, pacer });
    expect(tallies).toMatchObject([{ deletedObjects: 10, failures: 0 }]);
    expect(pacer.rate).toBeLessThan(4); // of the 20 that it began with
    expect(waits.at(-1)).toBeGreaterThan(waits[0]! * 10);
  });
});

describe('lists', () => {
  test('of one minute that cannot be had: the others are swept', async () => {
    const [left] = store(server, { ago: 60 });
    store(server, { ago: 30 });
    server.fail({ of: listOf('2026-11-21T19:00/'), trouble: refused(403, 'AccessDenied') });
    const { tallies, said } = await run(server, NAMESPACE);
    expect(keysOf(server)).toEqual([left]);
    expect(said).toEqual(['AccessDenied v1/live/2026-11-21T19:00/']);
    expect(tallies).toMatchObject([{ deletedObjects: 1, failures: 1 }]);
  });

  test('of one namespace that cannot be had: the others are swept', async () => {
    store(server, { namespace: 'a', ago: 60 });
    store(server, { namespace: 'b', ago: 60 });
    server.fail({ of: listOf('prefix=v1/a/'), trouble: refused(403, 'AccessDenied') });
    const { tallies } = await run(server);
    expect(tallies.map(({ namespace, deletedObjects, failures }) => [namespace, deletedObjects, failures])).toEqual([['a', 0, 1], ['b', 1, 0]]);
  });

  test('of all namespaces that cannot be had: the run fails', async () => {
    server.fail({ trouble: refused(404, 'NoSuchBucket') });
    await expect(run(server)).rejects.toMatchObject({ failure: 'missing' });
  });
});

describe('the time', () => {
  test('is over in the middle: no request is begun any more, those under way are counted, the next run goes on with the oldest', async () => {
    for (let ago = 11; ago < 31; ago++) store(server, { ago, count: 1000 });
    const stop = new AbortController();
    const client = clientOf(server);
    let calls = 0;
    const { tallies, complete, said } = await run(server, {
      ...NAMESPACE,
      stop: stop.signal,
      client: {
        ...client,
        deleteMany: (...given) => {
          if ((calls += 1) === 5) stop.abort();
          return client.deleteMany(...given);
        },
      },
    });
    expect([complete, said]).toEqual([false, []]);
    expect(tallies).toMatchObject([{ failures: 0 }]);
    expect(tallies[0]!.deletedObjects).toBe(20_000 - server.objects().size);
    expect(calls).toBeLessThanOrEqual(8);
    const oldest = keysOf(server)[0]!;
    expect(oldest > 'v1/live/2026-11-21T19:34').toBe(true); // the first five minutes of 19:30 and after are gone
    expect(await run(server, NAMESPACE)).toMatchObject({ complete: true });
    expect(keysOf(server)).toEqual([]);
  }, 30_000);

  test('is over while a request hangs: it is ended, and what became of it is left to the next run', async () => {
    store(server, { ago: 30, count: 5 });
    server.fail({ of: isDelete, times: 1, trouble: { kind: 'silence' } });
    const [stop, end] = [new AbortController(), new AbortController()];
    const sweeping = run(server, { ...NAMESPACE, stop: stop.signal, end: end.signal });
    while (!server.requests.some(isDelete)) await new Promise(setImmediate);
    stop.abort();
    end.abort();
    const { tallies, complete, said } = await sweeping;
    expect([complete, said]).toEqual([false, []]);
    expect(tallies).toMatchObject([{ deletedObjects: 0, failures: 0 }]);
    await run(server, NAMESPACE);
    expect(keysOf(server)).toEqual([]);
  });

  test.each([
    [0, NAMESPACE], [1, NAMESPACE], [3, NAMESPACE], [0, {}], [1, {}], [2, {}],
  ])('is over while list %i hangs, of %j', async (skip, which) => {
    for (const ago of [60, 50, 40]) store(server, { ago });
    let lists = 0;
    server.fail({ of: ({ method }) => method === 'GET' && lists++ === skip, times: 1, trouble: { kind: 'silence' } });
    const stop = new AbortController();
    const sweeping = run(server, { ...which, stop: stop.signal });
    while (lists <= skip) await new Promise(setImmediate);
    stop.abort();
    expect(await sweeping).toMatchObject({ complete: false, said: [] });
    await run(server, NAMESPACE);
    expect(keysOf(server)).toEqual([]);
  });
});

test.each([1, 2, 3, 4, 5, 6])('killed at request %i: the next run does the rest', async (number) => {
  for (let ago = 11; ago < 14; ago++) store(server, { ago, count: 1000 });
  const dead = new AbortController();
  let requests = 0;
  server.fail({ of: () => (requests += 1) >= number, trouble: { kind: 'silence' } });
  const sweeping = run(server, { ...NAMESPACE, stop: dead.signal, end: dead.signal });
  while (requests < number) await new Promise(setImmediate);
  dead.abort(); // nothing that was asked is answered, and nothing more is asked
  await sweeping;
  const objects = new Map(server.objects());
  server.reset();
  for (const [key, object] of objects) server.objects().set(key, object);
  expect(await run(server, NAMESPACE)).toMatchObject({ complete: true, said: [] });
  expect(keysOf(server)).toEqual([]);
}, 30_000);
