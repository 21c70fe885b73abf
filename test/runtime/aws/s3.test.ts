import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { SignatureV4 } from '@smithy/signature-v4';
import { s3Client, type S3Client } from '../../../runtime/aws/s3';
import { listen, TEST_CREDENTIALS, TEST_REGION } from '../../support/dynamodb-server';
import { Sha256 } from './sha256';

/** A bucket named `bucket` that checks signatures by the SDK's own signer. */
const objects = new Map<string, { body: Buffer; type?: string }>();
let fault: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
let requests: string[];
const server = createServer((request, response) => { void answer(request, response); });
let client: S3Client;
beforeAll(async () => {
  client = s3Client({ endpoint: await listen(server), region: TEST_REGION, credentials: TEST_CREDENTIALS, maxObjectBytes: 2_000_000 });
});
beforeEach(() => { objects.clear(); fault = undefined; requests = []; });
afterAll(() => new Promise((resolve) => { client.destroy(); server.close(resolve); server.closeAllConnections(); }));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  requests.push(`${request.method} ${request.url}`);
  if (fault?.(request, response)) return;
  const complain = (status: number, code: string) => void response.writeHead(status, { 'x-amz-request-id': 'ID' })
    .end(method === 'HEAD' ? '' : `<?xml version="1.0"?><Error><Code>${code}</Code><Message>about it</Message></Error>`);
  const { method } = request;
  if (request.headers.authorization === undefined) return complain(403, 'AccessDenied');
  if (await signatureOf(request, body) !== request.headers.authorization) return complain(403, 'SignatureDoesNotMatch');
  const [, bucket, ...rest] = request.url!.split('/');
  if (bucket !== 'bucket') return complain(404, 'NoSuchBucket');
  const key = decodeURIComponent(rest.join('/'));
  const object = objects.get(key);
  if (method === 'PUT') { objects.set(key, { body, type: request.headers['content-type'] }); response.end(); return; }
  if (method === 'DELETE') { objects.delete(key); response.writeHead(204).end(); return; }
  if (object === undefined) return complain(404, 'NoSuchKey');
  response.end(object.body);
}

async function signatureOf(request: IncomingMessage, body: Buffer): Promise<string> {
  const names = /SignedHeaders=([^,]*)/.exec(request.headers.authorization!)![1]!.split(';');
  const headers = Object.fromEntries(names.map((name) => [name, String(request.headers[name])]));
  if (headers['x-amz-content-sha256'] !== createHash('sha256').update(body).digest('hex')) return 'the body is another';
  const date = headers['x-amz-date']!.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const signer = new SignatureV4({ service: 's3', region: TEST_REGION, credentials: TEST_CREDENTIALS, sha256: Sha256, uriEscapePath: false });
  const signed = await signer.sign(
    { method: request.method!, protocol: 'http:', hostname: 'unused', path: request.url!, headers, body }, { signingDate: new Date(date) });
  return signed.headers.authorization!;
}

test('objects are put, read and deleted', async () => {
  const body = Buffer.from([0, 255, 1]);
  await client.put('bucket', 'a/b', body);
  expect(objects.get('a/b')!.type).toBe('application/octet-stream');
  expect(Buffer.from((await client.get('bucket', 'a/b'))!)).toEqual(body);
  await client.delete('bucket', 'a/b');
  expect(await client.get('bucket', 'a/b')).toBeUndefined();
  await expect(client.delete('bucket', 'a/b')).resolves.toBeUndefined();
});

test('a content type, an empty object, a large object', async () => {
  await client.put('bucket', 'empty', new Uint8Array(), { contentType: 'text/plain; charset=utf-8' });
  expect(objects.get('empty')!.type).toBe('text/plain; charset=utf-8');
  expect((await client.get('bucket', 'empty'))!.length).toBe(0);
  const large = Buffer.alloc(1_500_000, 'abc');
  await client.put('bucket', 'large', large);
  expect(large.equals((await client.get('bucket', 'large'))!)).toBe(true);
});

test.each(['a b+c', 'é/漢🎉', '~!\'()*$&,;=:@%', '.', '../up', 'a//b', '/first', 'q?x=1#y'])('key %j', async (key) => {
  await client.put('bucket', key, Buffer.from(key));
  expect([...objects.keys()]).toEqual([key]);
  expect(Buffer.from((await client.get('bucket', key))!).toString()).toBe(key);
});

test.each([
  ['another bucket', 'other', { code: 'E_AWS_MISSING', name: 'NoSuchBucket', failure: 'missing', statusCode: 404, requestId: 'ID' }],
])('fails for %s', async (_, bucket, error) => {
  for (const call of [client.get(bucket, 'k'), client.put(bucket, 'k', Buffer.from('x')), client.delete(bucket, 'k')]) {
    await expect(call).rejects.toMatchObject(error);
  }
});

test('fails for a wrong key, and says what about', async () => {
  const wrong = s3Client({ endpoint: `http://127.0.0.1:${(server.address() as { port: number }).port}`, region: TEST_REGION,
    credentials: { accessKeyId: 'A', secretAccessKey: 'b' } });
  await expect(wrong.get('bucket', 'k')).rejects.toMatchObject({
    code: 'E_AWS_DENIED', failure: 'denied', message: 'GET s3://bucket/k: SignatureDoesNotMatch: about it',
  });
  wrong.destroy();
});

test('fails for an object that is larger than wanted', async () => {
  objects.set('huge', { body: Buffer.alloc(2_000_001) });
  await expect(client.get('bucket', 'huge')).rejects.toMatchObject({ code: 'E_AWS_RESPONSE_TOO_LARGE', failure: 'request' });
});

test('fails for an empty key and for a bucket that is an ARN', async () => {
  await expect(client.get('bucket', '')).rejects.toThrow('key must not be empty');
  await expect(client.get('arn:aws:s3:::bucket', 'k')).rejects.toThrow('bucket must be the name of a bucket');
});

test('tries again when asked to slow down', async () => {
  fault = (_, response) => { fault = undefined; response.writeHead(503).end('<Error><Code>SlowDown</Code></Error>'); return true; };
  await client.put('bucket', 'k', Buffer.from('x'));
  expect(requests).toEqual(['PUT /bucket/k', 'PUT /bucket/k']);
});

test('says where the bucket is', async () => {
  fault = (_, response) => {
    response.writeHead(301, { 'x-amz-bucket-region': 'eu-west-1' }).end('<Error><Code>PermanentRedirect</Code><Message>m</Message></Error>');
    return true;
  };
  await expect(client.get('bucket', 'k')).rejects.toThrow('GET s3://bucket/k: PermanentRedirect: m; the bucket is in eu-west-1');
});

test('connect, whatever the answer', async () => {
  await expect(client.connect('bucket')).resolves.toBeUndefined();
});
