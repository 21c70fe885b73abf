import { buffer } from 'node:stream/consumers';
import { S3SegmentStore, type S3SegmentStoreOptions } from '../../../../runtime/live/segments/s3-segment-store';
import { SegmentGoneError } from '../../../../runtime/live/segments/segment-store';
import { describeSegmentStore } from '../../../support/contracts/segment-store';
import { isGet, isPut, NO_LIST_CREDENTIALS, SLOW_DOWN, startS3, type S3Server } from '../../../support/s3-server';

let server: S3Server;
let secure: S3Server;
const stores: S3SegmentStore[] = [];
const open = (options: Partial<S3SegmentStoreOptions> = {}) => {
  const store = new S3SegmentStore({ ...server.clientConfig, bucket: server.bucket, insecure: true, env: {}, ...options });
  stores.push(store);
  return store;
};
beforeAll(async () => {
  server = await startS3();
  secure = await startS3({ tls: true });
});
afterEach(() => {
  stores.splice(0).forEach((store) => store.close());
  server.reset();
});
afterAll(async () => {
  await server.close();
  await secure.close();
});

describe('plain', () => {
  describeSegmentStore('embedded', () => new S3SegmentStore({ ...server.clientConfig, bucket: server.bucket, insecure: true }));
});
describe('TLS', () => {
  describeSegmentStore('embedded', () => new S3SegmentStore({ ...secure.clientConfig, bucket: secure.bucket }));
});

const place = { key: 'v1/live/2026-11-21T20:05/attempt/00000', encryptionKey: Buffer.alloc(32, 1) };
const body = Buffer.alloc(3_000_000, 'x');
const sent = () => server.requests.map(({ method }) => method).join(' ');
const read = async (store: S3SegmentStore, offset = 0) => buffer(await store.read(place, offset));

describe('what goes over the wire', () => {
  test('one request each, encrypted, with unsigned bytes', async () => {
    const store = open();
    await store.put(place, [body]);
    await read(store, 2_999_999);
    const ssec = { 'x-amz-server-side-encryption-customer-algorithm': 'AES256' };
    expect(server.requests).toMatchObject([
      { method: 'PUT', headers: { ...ssec, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', 'content-length': '3000000' } },
      { method: 'GET', headers: { ...ssec, range: 'bytes=2999999-' } },
    ]);
    expect(server.objects().get(place.key)!.customerKey).toBeDefined();
  });

  test('a whole segment is read without a range', async () => {
    const store = open();
    await store.put(place, [body]);
    expect((await read(store)).equals(body)).toBe(true);
    expect(server.requests[1]!.headers.range).toBeUndefined();
  });

  test('keys do not go over plain http, and the endpoint that would have them do so is refused at once', () => {
    expect(() => open({ insecure: false })).toThrow('encryptionKey must not be sent over plain http');
    const env = { AWS_ENDPOINT_URL_S3: server.endpoint };
    expect(() => open({ insecure: undefined, endpoint: undefined, env })).toThrow('encryptionKey must not be sent over plain http');
    expect(() => open({ bucket: 'arn:aws:s3:::b' })).toThrow('bucket must be the name of a bucket');
  });

  test('a presigned segment', async () => {
    const store = open();
    await store.put(place, [body]);
    const { url, headers } = await store.presign(place, 60);
    const response = await fetch(url, { headers });
    expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([200, 3_000_000]);
    expect((await fetch(url)).status).toBe(403);
  });
});

describe('uploads', () => {
  test.each([
    ['throttled', SLOW_DOWN], ['a failure of the server', { kind: 'refusal', status: 500, code: 'InternalError' } as const],
    ['a reset', { kind: 'reset' } as const], ['a reset in the middle', { kind: 'reset', after: 1_000_000 } as const],
    ['throttled before the body is read', { ...SLOW_DOWN, early: true }],
  ])('are tried again: %s', async (_, trouble) => {
    const store = open({ retryDelay: 1 });
    server.fail({ of: isPut, times: 3, trouble });
    await store.put(place, [body]);
    expect(sent()).toBe('PUT PUT PUT PUT');
    expect(server.objects().get(place.key)!.body.equals(body)).toBe(true);
  });

  test('are tried five times', async () => {
    const store = open({ retryDelay: 1 });
    server.fail({ trouble: SLOW_DOWN });
    await expect(store.put(place, [body])).rejects.toMatchObject({ name: 'SlowDown', failure: 'throttled' });
    expect(sent()).toBe('PUT PUT PUT PUT PUT');
  });

  test('that are not answered are tried once more, over another connection', async () => {
    const store = open({ writeTimeout: 100 });
    server.fail({ times: 1, trouble: { kind: 'silence' } });
    await store.put(place, [Buffer.from('small')]);
    server.fail({ trouble: { kind: 'silence' } });
    await expect(store.put(place, [Buffer.from('small')])).rejects.toMatchObject({ code: 'E_AWS_TIMEOUT' });
    expect(sent()).toBe('PUT PUT PUT PUT');
  });

  test('end with their caller\'s signal, and are not tried again', async () => {
    const store = open();
    const control = new AbortController();
    server.intercept(() => { control.abort(new Error('lost')); return true; });
    await expect(store.put(place, [body], control.signal)).rejects.toMatchObject({ code: 'E_AWS_ABORTED' });
    expect(sent()).toBe('PUT');
  });

  test('a refusal that breaks the connection is heard when it is tried again: the body waits for it', async () => {
    const store = open({ retryDelay: 1 });
    server.fail({ of: ({ headers }) => headers.expect === undefined, trouble: { kind: 'reset' } });
    server.fail({ trouble: { kind: 'refusal', status: 403, code: 'AccessDenied', message: 'Access Denied', early: true } });
    await expect(store.put(place, [body])).rejects.toMatchObject({ name: 'AccessDenied', statusCode: 403 });
    expect(sent()).toBe('PUT PUT');
  });

  test('denied: the message names what it may be', async () => {
    const store = open();
    server.fail({ trouble: { kind: 'refusal', status: 403, code: 'AccessDenied', message: 'Access Denied' } });
    await expect(store.put(place, [body])).rejects.toMatchObject({
      name: 'AccessDenied', failure: 'denied', code: 'E_AWS_DENIED',
      message: expect.stringMatching(/^PUT s3:\/\/test-bucket\/v1.*s3:PutObject.*SSE-C.*BlockedEncryptionTypes.*SCP, RCP/) as string,
    });
  });

  test('do not wait for readers who have stopped', async () => {
    const store = open({ maxSockets: 2, agent: undefined });
    await store.put(place, [Buffer.alloc(20_000_000)]);
    const readers = await Promise.all([0, 1].map((offset) => store.read(place, offset)));
    await store.put({ ...place, key: 'another' }, [body]);
    expect(server.objects().has('another')).toBe(true);
    readers.forEach((reader) => reader.destroy());
  });
});

describe('downloads', () => {
  test.each([['throttled', SLOW_DOWN], ['reset', { kind: 'reset' } as const]])('are opened again: %s', async (_, trouble) => {
    const store = open({ retryDelay: 1 });
    await store.put(place, [body]);
    server.fail({ of: isGet, times: 2, trouble });
    expect((await read(store)).equals(body)).toBe(true);
    expect(sent()).toBe('PUT GET GET GET');
  });

  test('that are not answered are opened once more', async () => {
    const store = open({ readTimeout: 100 });
    await store.put(place, [body]);
    server.fail({ of: isGet, times: 1, trouble: { kind: 'silence' } });
    expect((await read(store)).equals(body)).toBe(true);
    server.fail({ of: isGet, trouble: { kind: 'silence' } });
    await expect(store.read(place, 0)).rejects.toMatchObject({ code: 'E_AWS_TIMEOUT' });
    expect(sent()).toBe('PUT GET GET GET GET');
  });

  test('a connection that breaks in the middle is an error, and the rest is there from the offset on', async () => {
    const store = open();
    await store.put(place, [body]);
    server.fail({ of: isGet, times: 1, trouble: { kind: 'body', resetAfter: 1_000_000 } });
    let taken = 0;
    const reading = async () => {
      for await (const chunk of await store.read(place, 0)) taken += (chunk as Buffer).length;
    };
    await expect(reading()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(taken).toBeLessThanOrEqual(1_000_000);
    expect((await read(store, taken)).length).toBe(3_000_000 - taken);
  });

  test('a server that falls silent in the middle is an error', async () => {
    const store = open({ idleTimeout: 100 });
    await store.put(place, [body]);
    server.fail({ of: isGet, trouble: { kind: 'body', silentAfter: 1_000_000 } });
    await expect(read(store)).rejects.toMatchObject({ code: 'E_AWS_SILENT', failure: 'timeout' });
  });

  test('a segment that is deleted while it is read is read to its end', async () => {
    const store = open();
    await store.put(place, [body]);
    server.fail({ of: isGet, times: 1, trouble: { kind: 'body', bytesPerSecond: 20_000_000 } });
    const reading = await store.read(place, 0);
    await store.delete([place.key]);
    expect((await buffer(reading)).length).toBe(3_000_000);
    await expect(store.read(place, 0)).rejects.toBeInstanceOf(SegmentGoneError);
  });

  test('is not gone without the right to list: S3 says the same as to who may not read at all', async () => {
    const store = open({ credentials: NO_LIST_CREDENTIALS });
    await expect(store.read(place, 0)).rejects.toMatchObject({ name: 'AccessDenied', failure: 'denied' });
  });

  test.each([
    [403, 'AccessDenied'], [403, 'ExpiredToken'], [403, 'InvalidAccessKeyId'], [403, 'SignatureDoesNotMatch'], [404, 'NoSuchBucket'],
    [400, 'AuthorizationHeaderMalformed'], [500, 'InternalError'], [503, 'SlowDown'],
  ])('is not gone: %d %s', async (status, code) => {
    const store = open({ retryDelay: 1 });
    server.fail({ trouble: { kind: 'refusal', status, code } });
    await expect(store.read(place, 0)).rejects.toMatchObject({ name: code, statusCode: status });
  });
});

test('a bucket that cannot be reached is told at once, and is there again when it can', async () => {
  const store = open();
  await store.put(place, [body]);
  await server.stop();
  const refused = { code: 'E_AWS_CONNECTION', failure: 'connection', message: expect.stringContaining('ECONNREFUSED') as string };
  await expect(store.put(place, [body])).rejects.toMatchObject(refused);
  await expect(store.read(place, 0)).rejects.toMatchObject(refused);
  await server.start();
  expect((await read(store)).equals(body)).toBe(true);
});

test('fails to delete: the first is named', async () => {
  const store = open();
  server.intercept((_, response) => {
    response.end('<DeleteResult><Error><Key>a</Key><Code>AccessDenied</Code><Message>no</Message></Error>'
      + '<Error><Key>b</Key><Code>InternalError</Code></Error></DeleteResult>');
    return true;
  });
  await expect(store.delete(['a', 'b'])).rejects.toMatchObject({
    failure: 'denied', name: 'AccessDenied',
    message: '2 objects of the bucket test-bucket could not be deleted, the first of them is a: AccessDenied: no',
  });
});
