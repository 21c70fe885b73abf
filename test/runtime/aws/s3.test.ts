import { s3Client, type S3Client } from '../../../runtime/aws/s3';
import { startS3, type S3Server } from '../../support/s3-server';

// What the service does is in the list of S3, which runs in test/support. This is about what the client makes of it.
let server: S3Server;
let client: S3Client;
beforeAll(async () => {
  server = await startS3({ buckets: ['bucket'] });
  client = s3Client({ ...server.clientConfig, maxObjectBytes: 2_000_000 });
});
beforeEach(() => server.reset());
afterAll(async () => {
  client.destroy();
  await server.close();
});

test('the content type is that of bytes, or the one given', async () => {
  await client.put('bucket', 'a/b', Buffer.from([0, 255, 1]));
  await client.put('bucket', 'empty', new Uint8Array(), { contentType: 'text/plain; charset=utf-8' });
  expect([...server.objects()].map(([key, { contentType }]) => [key, contentType])).toEqual([
    ['a/b', 'application/octet-stream'], ['empty', 'text/plain; charset=utf-8'],
  ]);
});

test.each(['a b+c', 'é/漢🎉', '~!\'()*$&,;=:@%', '.', '../up', 'a//b', '/first', 'q?x=1#y'])('key %j', async (key) => {
  await client.put('bucket', key, Buffer.from(key));
  expect([...server.objects().keys()]).toEqual([key]);
});

test('fails for another bucket, and names the request', async () => {
  const error = { code: 'E_AWS_MISSING', name: 'NoSuchBucket', failure: 'missing', statusCode: 404, requestId: expect.stringMatching(/^\w{16}$/) as string };
  for (const call of [client.get('other', 'k'), client.put('other', 'k', Buffer.from('x')), client.delete('other', 'k')]) {
    await expect(call).rejects.toMatchObject(error);
  }
});

test('fails for a wrong key, and says what about', async () => {
  const { accessKeyId } = server.clientConfig.credentials;
  const wrong = s3Client({ ...server.clientConfig, credentials: { accessKeyId, secretAccessKey: 'b' } });
  await expect(wrong.get('bucket', 'k')).rejects.toMatchObject({
    code: 'E_AWS_DENIED', failure: 'denied', message: 'GET s3://bucket/k: SignatureDoesNotMatch: The signature of this request is another.',
  });
  wrong.destroy();
});

test('fails for an empty key and for a bucket that is an ARN', async () => {
  await expect(client.get('bucket', '')).rejects.toThrow('key must not be empty');
  await expect(client.get('arn:aws:s3:::bucket', 'k')).rejects.toThrow('bucket must be the name of a bucket');
});

test('tries again when asked to slow down', async () => {
  server.intercept((_, response) => {
    server.intercept(undefined);
    response.writeHead(503).end('<Error><Code>SlowDown</Code></Error>');
    return true;
  });
  await client.put('bucket', 'k', Buffer.from('x'));
  expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual(['PUT /bucket/k', 'PUT /bucket/k']);
});

test('says where the bucket is', async () => {
  server.intercept((_, response) => {
    response.writeHead(301, { 'x-amz-bucket-region': 'eu-west-1' }).end('<Error><Code>PermanentRedirect</Code><Message>m</Message></Error>');
    return true;
  });
  await expect(client.get('bucket', 'k')).rejects.toThrow('GET s3://bucket/k: PermanentRedirect: m; the bucket is in eu-west-1');
});

test('connect, whatever the answer', async () => {
  await expect(client.connect('bucket')).resolves.toBeUndefined();
});
