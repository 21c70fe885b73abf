import { SignatureV4 } from '@smithy/signature-v4';
import { buffer } from 'node:stream/consumers';
import { presignedQuery } from '../../../runtime/aws/presign';
import { s3Client, type S3Client, type S3ClientOptions } from '../../../runtime/aws/s3';
import { customerKeyHeaders } from '../../../runtime/aws/s3-keys';
import { RequestSigner } from '../../../runtime/aws/sign-v4';
import { isGet, startS3, type S3Server } from '../../support/s3-server';
import { Sha256 } from './sha256';

// What the service does is in the list of S3. This is about what the client makes of it.
let server: S3Server;
let client: S3Client;
const KEY = Buffer.alloc(32, 1);
const open = (options: S3ClientOptions = {}) => s3Client({ ...server.clientConfig, allowInsecureKeys: true, ...options });
beforeAll(async () => {
  server = await startS3({ buckets: ['bucket'] });
  client = open();
});
beforeEach(() => server.reset());
afterAll(async () => {
  client.destroy();
  await server.close();
});

describe('keys of the customer', () => {
  test('their headers are made once', () => {
    const headers = customerKeyHeaders(KEY);
    expect(headers).toEqual({
      'x-amz-server-side-encryption-customer-algorithm': 'AES256',
      'x-amz-server-side-encryption-customer-key': 'AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=',
      'x-amz-server-side-encryption-customer-key-md5': '4Funlf7OsLF0HL+vKU+fkg==',
    });
    expect(customerKeyHeaders(KEY)).toBe(headers);
    expect(customerKeyHeaders(new Uint8Array(40).fill(1).subarray(4, 36))).toEqual(headers);
  });

  test.each([
    [Buffer.alloc(16, 1), '16 bytes'], ['a'.repeat(32), 'a value of the type string'],
  ])('fails for %j, which it does not show', async (key, got) => {
    const putting = client.put('bucket', 'k', Buffer.from('x'), { encryptionKey: key as Uint8Array });
    await expect(putting).rejects.toMatchObject({
      code: 'E_AWS_ENCRYPTION_KEY', message: `encryptionKey must be 32 bytes in a Uint8Array, got ${got}`,
    });
    expect(server.requests).toEqual([]);
  });

  test('do not go over plain http unless it is allowed', async () => {
    const careful = open({ allowInsecureKeys: false });
    const error = { code: 'E_AWS_INSECURE_KEY', message: expect.stringContaining(`got the endpoint "${server.endpoint}"`) as string };
    await expect(careful.put('bucket', 'k', Buffer.from('x'), { encryptionKey: KEY })).rejects.toMatchObject(error);
    await expect(careful.getStream('bucket', 'k', { encryptionKey: KEY })).rejects.toMatchObject(error);
    await expect(careful.presignGet('bucket', 'k', { encryptionKey: KEY, expires: 1 })).rejects.toMatchObject(error);
    expect(server.requests).toEqual([]);
    await careful.put('bucket', 'k', Buffer.from('x'));
    careful.destroy();
  });

  test('are in no error', async () => {
    server.fail({ trouble: { kind: 'refusal', status: 403, code: 'AccessDenied' } });
    const error: unknown = await client.put('bucket', 'k', Buffer.from('x'), { encryptionKey: KEY }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'AccessDenied' });
    expect(JSON.stringify([error, (error as Error).message, (error as Error).stack])).not.toContain(KEY.toString('base64'));
  });
});

test.each([[undefined, /^[\da-f]{64}$/], [true, /^[\da-f]{64}$/], [false, /^UNSIGNED-PAYLOAD$/]])('over http with signPayload %p', async (signPayload, hash) => {
  const signing = open({ signPayload });
  await signing.put('bucket', 'k', [Buffer.from('a'), Buffer.from('b')]);
  expect(server.requests[0]!.headers['x-amz-content-sha256']).toMatch(hash);
  signing.destroy();
});

describe('streams', () => {
  test.each([
    [{ start: -1 }], [{ start: 1.5 }], [{ start: 5, end: 4 }], [{ start: NaN }],
  ])('fails for the range %j', async (range) => {
    await expect(client.getStream('bucket', 'k', { range })).rejects.toMatchObject({ code: 'E_AWS_RANGE' });
  });

  test('fails where a range was asked for and the whole is given', async () => {
    server.intercept((_, response) => { response.writeHead(200, { 'content-length': 3 }).end('all'); return true; });
    await expect(client.getStream('bucket', 'k', { range: { start: 1 } })).rejects.toMatchObject({
      code: 'E_AWS_RESPONSE', message: expect.stringContaining('asked for the range bytes=1-, and got the status 200, not 206') as string,
    });
  });

  test('without a length', async () => {
    server.intercept((_, response) => { response.write('a'); response.end('b'); return true; });
    const { body, bytes } = (await client.getStream('bucket', 'k'))!;
    expect([bytes, (await buffer(body)).toString()]).toEqual([undefined, 'ab']);
  });

  test('end by their own deadline while there are no headers', async () => {
    server.fail({ trouble: { kind: 'silence' } });
    await expect(client.getStream('bucket', 'k', { timeout: 30 })).rejects.toMatchObject({ code: 'E_AWS_TIMEOUT' });
  });

  test('are opened again while there are no headers', async () => {
    await client.put('bucket', 'k', Buffer.from('x'));
    server.fail({ of: isGet, times: 1, trouble: { kind: 'reset' } });
    expect((await buffer((await client.getStream('bucket', 'k'))!.body)).toString()).toBe('x');
  });
});

describe('lists', () => {
  const walk = async (options = {}) => {
    const keys: string[] = [];
    for await (const { key } of client.list('bucket', options)) keys.push(key);
    return keys;
  };
  const answer = (xml: string) => server.intercept((_, response) => { response.end(xml); return true; });

  test('a page is asked for when it is wanted', async () => {
    for (const key of ['1', '2', '3']) await client.put('bucket', key, Buffer.from('x'));
    server.requests.length = 0;
    for await (const { key } of client.list('bucket', { maxKeys: 1 })) if (key === '2') break;
    expect(server.requests.length).toBe(2);
  });

  test('keys that the server has not encoded are taken as they are', async () => {
    answer('<ListBucketResult><Contents><Key>a+b%20</Key><Size>1</Size></Contents></ListBucketResult>');
    expect(await walk()).toEqual(['a+b%20']);
  });

  test.each([
    ['<html>', 'the document is not well-formed'], ['<Other/>', '<ListBucketResult> was expected, got <Other>'],
    ['<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>', 'the listing goes on without a next page'],
    ['<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken></ListBucketResult>', 'without a next page'],
  ])('fails for %j', async (xml, message) => {
    answer(xml);
    await expect(walk()).rejects.toMatchObject({ code: 'E_AWS_RESPONSE', failure: 'server', message: expect.stringContaining(message) as string });
  });

  test.each([0, 1001, 1.5])('fails for maxKeys %p', (maxKeys) => {
    expect(() => client.list('bucket', { maxKeys })).toThrow('maxKeys must be a whole number from 1 to 1000, got ');
  });
});

describe('deleting many', () => {
  test('says which are still there, and why', async () => {
    server.intercept((_, response) => {
      response.end('<DeleteResult><Error><Key>a&amp;b</Key><Code>AccessDenied</Code><Message>no</Message></Error></DeleteResult>');
      return true;
    });
    expect(await client.deleteMany('bucket', ['a&b', 'c'])).toEqual([{ key: 'a&b', code: 'AccessDenied', message: 'no' }]);
  });

  test('none is no request', async () => {
    expect(await client.deleteMany('bucket', [])).toEqual([]);
    expect(server.requests).toEqual([]);
  });

  test('fails for too many, and for keys that XML cannot hold', async () => {
    await expect(client.deleteMany('bucket', Array<string>(1001).fill('k'))).rejects.toThrow('keys must be 1000 at most, got 1001');
    for (const key of ['', 'a\0', 'a\x1f', '\uffff', '\ud800']) {
      await expect(client.deleteMany('bucket', ['k', key])).rejects.toMatchObject({ code: 'E_AWS_KEY' });
    }
    expect(server.requests).toEqual([]);
  });
});

describe('presigned URLs', () => {
  const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };

  test('the example of the S3 manual', () => {
    const signer = new RequestSigner({ service: 's3', region: 'us-east-1' });
    const query = presignedQuery(
      signer, { method: 'GET', path: '/test.txt', headers: { host: 'examplebucket.s3.amazonaws.com' } }, credentials, Date.UTC(2013, 4, 24), 86_400);
    expect(query).toBe('X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request'
      + '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host'
      + '&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404');
  });

  test('the SDK\'s signer makes the same, with a session and signed headers', async () => {
    const session = { ...credentials, sessionToken: 'token+/=' };
    const time = Date.UTC(2026, 10, 21, 20, 5);
    const presigning = open({ credentials: session, endpoint: undefined, region: 'eu-west-3', env: {}, now: () => time });
    const { url, headers } = await presigning.presignGet('bucket', 'v1/live/a b+é', { encryptionKey: KEY, expires: 300 });
    const { hostname, pathname, searchParams } = new URL(url);
    expect(hostname).toBe('bucket.s3.eu-west-3.amazonaws.com');
    const sdk = new SignatureV4({
      service: 's3', region: 'eu-west-3', credentials: session, sha256: Sha256, uriEscapePath: false, applyChecksum: false,
    });
    const hash = 'x-amz-content-sha256';
    const all = { host: hostname, ...headers, [hash]: 'UNSIGNED-PAYLOAD' };
    const signed = await sdk.presign(
      { method: 'GET', protocol: 'https:', hostname, path: pathname, query: {}, headers: all },
      { signingDate: new Date(time), expiresIn: 300, unhoistableHeaders: new Set(Object.keys(all)), unsignableHeaders: new Set([hash]) });
    expect(Object.fromEntries(searchParams)).toEqual(signed.query);
  });

  test('they hold for their time', async () => {
    await client.put('bucket', 'k', Buffer.from('x'));
    const fresh = await client.presignGet('bucket', 'k', { expires: 60 });
    expect((await fetch(fresh.url)).status).toBe(200);
    const late = open({ now: () => Date.now() - 61_000 });
    const response = await fetch((await late.presignGet('bucket', 'k', { expires: 60 })).url);
    expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('Request has expired')]);
  });

  test.each([0, 1.5, 604_801, NaN])('fails for expires %p', async (expires) => {
    await expect(client.presignGet('bucket', 'k', { expires })).rejects.toMatchObject({
      code: 'E_AWS_EXPIRES', message: expect.stringContaining('expires must be whole seconds from 1 to 604800, a week, got ') as string,
    });
  });
});
