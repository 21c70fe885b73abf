import { randomBytes } from 'node:crypto';
import { S3ObjectStore, type S3ObjectStoreOptions } from '../../../runtime/stores/s3-object-store';
import { isGet, isPut, NO_LIST_CREDENTIALS, SLOW_DOWN, startS3, type S3Server } from '../../support/s3-server';
import type { Trouble } from '../../support/s3-server/faults';

let server: S3Server;
let store: S3ObjectStore;
const stores: S3ObjectStore[] = [];
function open(options: Partial<S3ObjectStoreOptions> = {}): S3ObjectStore {
  stores.push(new S3ObjectStore({ ...server.clientConfig, bucket: server.bucket, maxAttempts: 3, retryDelay: 1, ...options }));
  return stores.at(-1)!;
}
beforeAll(async () => {
  server = await startS3();
  store = open();
});
beforeEach(() => server.reset());
afterAll(async () => {
  stores.forEach((each) => each.close());
  await server.close();
});

const bytes = (text: string) => Buffer.from(text);
const there = (key: string) => server.objects().get(key)?.body.toString();
const refusal = (status: number, code: string): Trouble => ({ kind: 'refusal', status, code });

/** What befalls one attempt, and is over with the next. */
const PASSING: readonly (readonly [string, Trouble])[] = [
  ['a reset connection', { kind: 'reset' }],
  ['a connection that is reset in the middle of the body', { kind: 'reset', after: 3 }],
  ['a lost answer', { kind: 'lost' }],
  ['an answer that breaks off', { kind: 'body', resetAfter: 2 }],
  ['SlowDown', SLOW_DOWN],
  ['a refusal before the body was sent', { kind: 'refusal', status: 503, code: 'SlowDown', early: true }],
  ['InternalError', refusal(500, 'InternalError')],
];

describe.each(PASSING)('%s, once or twice at every request', (_, trouble) => {
  test.each([1, 2])('%d times', async (times) => {
    const fail = () => server.fail({ times, trouble });
    fail();
    const created = await store.create('object', bytes('object'));
    expect([trouble.kind === 'lost' ? true : created, there('object')]).toEqual([true, 'object']);
    fail();
    expect(Buffer.from((await store.get('object'))!).toString()).toBe('object');
    fail();
    expect(await store.has('object')).toBe(true);
    fail();
    expect(await store.get('none')).toBeUndefined();
    fail();
    const first = (await store.replace('document', bytes('first'), undefined))!;
    expect([typeof first, there('document')]).toEqual(['string', 'first']);
    fail();
    const second = (await store.replace('document', bytes('second'), first))!;
    expect([typeof second, there('document')]).toEqual(['string', 'second']);
    fail();
    expect(await store.replace('document', bytes('third'), first)).toBeUndefined();
    fail();
    expect(await store.read('document', { unless: second })).toBe('unchanged');
    fail();
    expect(await store.read('document')).toMatchObject({ bytes: bytes('second'), etag: second });
    fail();
    const found = [];
    for await (const { key } of store.list('')) found.push(key);
    expect(found).toEqual(['document', 'object']);
    fail();
    expect(await store.delete(['object'])).toEqual([]);
    expect(there('object')).toBeUndefined();
  });
});

/** What does not end, and what is said then. */
const LASTING: readonly (readonly [string, Trouble, object])[] = [
  ['reset connections', { kind: 'reset' }, { failure: 'connection' }],
  ['lost answers', { kind: 'lost' }, { failure: 'connection' }],
  ['SlowDown', SLOW_DOWN, { failure: 'throttled', name: 'SlowDown' }],
  ['InternalError', refusal(500, 'InternalError'), { failure: 'server' }],
  ['conflicts', refusal(409, 'ConditionalRequestConflict'), { statusCode: 409 }],
  ['a refusal', refusal(403, 'AccessDenied'), { failure: 'denied' }],
  ['a bucket that is gone', refusal(404, 'NoSuchBucket'), { failure: 'missing' }],
];

const calls = (of: S3ObjectStore): readonly (() => Promise<unknown>)[] => [
  () => of.get('k'), () => of.has('k'), () => of.create('k', bytes('x')), () => of.read('k'), () => of.replace('k', bytes('x'), 'abc'),
  () => of.delete(['k']),
  async () => { for await (const each of of.list('')) expect(each).toBeUndefined(); },
];

test.each(LASTING)('%s without end are an error, whatever is asked', async (_, trouble, error) => {
  server.fail({ trouble });
  for (const call of calls(store)) await expect(call()).rejects.toMatchObject(error);
});

test('a server that does not answer is given up', async () => {
  const hasty = open({ timeout: 100 });
  server.fail({ trouble: { kind: 'silence' } });
  for (const call of calls(hasty)) await expect(call()).rejects.toMatchObject({ failure: 'timeout' });
});

test('a server that is not there', async () => {
  await server.stop();
  try {
    for (const call of calls(store)) await expect(call()).rejects.toMatchObject({ failure: 'connection' });
  } finally {
    await server.start();
  }
});

test('who gives up waiting for a silent server gets his own reason', async () => {
  server.fail({ trouble: { kind: 'silence' } });
  for (const start of ['get', 'has', 'read'] as const) {
    const control = new AbortController();
    const asking = store[start]('k', { signal: control.signal });
    control.abort(new Error('told to stop'));
    await expect(asking).rejects.toThrow('told to stop');
  }
});

test.each([{ kind: 'silence' }, { kind: 'lost', silent: true }] as const)('%j once: it is asked again, and knows its own', async (trouble) => {
  const patient = open({ timeout: 2000 });
  server.fail({ of: isPut, times: 1, trouble });
  const etag = await patient.replace('document', bytes('mine'), undefined);
  expect(await patient.read('document')).toMatchObject({ bytes: bytes('mine'), etag });
});

describe('a lost answer to a replacement', () => {
  test('if somebody else has replaced it since, he was first', async () => {
    server.fail({ of: isPut, times: 1, trouble: { kind: 'lost' } });
    let puts = 0;
    server.intercept(({ method }) => {
      const mine = server.objects().get('document');
      // The lost one is carried out after this; the second one finds another's.
      if (method === 'PUT' && ++puts === 2) server.objects().set('document', { ...mine!, body: bytes('other'), etag: '"other"' });
      return false;
    });
    expect(await store.replace('document', bytes('mine'), undefined)).toBeUndefined();
    expect(there('document')).toBe('other');
  });

  test('if what is there cannot be read, it is not known', async () => {
    server.fail({ of: isPut, times: 1, trouble: { kind: 'lost' } });
    server.fail({ of: isGet, trouble: refusal(403, 'AccessDenied') });
    await expect(store.replace('document', bytes('mine'), undefined)).rejects.toMatchObject({ failure: 'denied' });
  });
});

test('a storm of failed conditions: each is an answer, after one request', async () => {
  server.fail({ of: isPut, trouble: refusal(412, 'PreconditionFailed') });
  for (let i = 0; i < 20; i++) expect(await store.replace('document', bytes('x'), 'abc')).toBeUndefined();
  expect(await store.create('object', bytes('x'))).toBe(false);
  expect(server.requests).toHaveLength(21);
});

test('a body that breaks off is never taken for whole', async () => {
  const body = randomBytes(300_000);
  await store.create('object', body);
  for (const resetAfter of [0, 1, 65_536, 299_999]) {
    server.fail({ of: isGet, times: 1, trouble: { kind: 'body', resetAfter } });
    expect(body.equals((await store.get('object'))!)).toBe(true);
  }
  server.fail({ of: isGet, trouble: { kind: 'body', resetAfter: 200_000 } });
  await expect(store.get('object')).rejects.toMatchObject({ failure: 'connection' });
});

test('a body that falls silent is asked for again, and given up then', async () => {
  const hasty = open({ timeout: 200 });
  await store.create('object', randomBytes(300_000));
  server.fail({ of: isGet, trouble: { kind: 'body', silentAfter: 100_000 } });
  await expect(hasty.get('object')).rejects.toMatchObject({ failure: 'timeout' });
});

test('who may not list the bucket is told so, and has no miss', async () => {
  const poor = open({ credentials: NO_LIST_CREDENTIALS });
  expect(await poor.create('object', bytes('x'))).toBe(true);
  expect(await poor.has('object')).toBe(true);
  for (const asking of [poor.get('none'), poor.read('none'), poor.has('none')]) await expect(asking).rejects.toThrow('s3:ListBucket');
});

test('any number of calls at once, of which so many are under way', async () => {
  const narrow = open({ maxSockets: 3 });
  let [now, most] = [0, 0];
  server.intercept((_, response) => {
    most = Math.max(most, ++now);
    response.once('close', () => { now--; });
    return false;
  });
  const { signal } = new AbortController();
  const found = await Promise.all(Array.from({ length: 1200 }, (_, i) => narrow.has(`k${i}`, { signal })));
  expect([found.every((each) => !each), most <= 3]).toEqual([true, true]);
});

test('what cannot be a key of ours is not listed', async () => {
  await store.create('objects/a', bytes('x'));
  const [one] = server.objects().values();
  for (const foreign of ['objects/ä', 'objects/a b', 'objects/', 'objects//x', 'objects/../x']) server.objects().set(foreign, one!);
  const found = [];
  for await (const { key } of store.list('objects/')) found.push(key);
  expect(found).toEqual(['objects/a']);
});

test('what could not be deleted is said, with the reason', async () => {
  server.intercept(({ method }, response) => {
    if (method !== 'POST') return false;
    response.writeHead(200).end('<DeleteResult><Error><Key>b</Key><Code>AccessDenied</Code><Message>no</Message></Error></DeleteResult>');
    return true;
  });
  expect(await store.delete(['a', 'b'])).toEqual([{ key: 'b', message: 'AccessDenied: no' }]);
});

test('fails for a bucket or an endpoint that cannot be', () => {
  expect(() => open({ bucket: 'arn:aws:s3:::x' })).toThrow('bucket must be the name of a bucket');
  expect(() => open({ endpoint: 'ftp://x' })).toThrow('endpoint');
  expect(store.place).toBe('s3://test-bucket');
});
