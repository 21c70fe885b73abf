import { createHash } from 'node:crypto';
import { s3Client, type S3Client } from '../../../runtime/aws/s3';
import { isPut, startS3, NO_LIST_CREDENTIALS, type S3Server } from '../../support/s3-server';

let server: S3Server;
let client: S3Client;
beforeAll(async () => {
  server = await startS3({ buckets: ['bucket'] });
  client = s3Client({ ...server.clientConfig, maxAttempts: 3, retryDelay: 1, replaceStale: false });
});
beforeEach(() => server.reset());
afterAll(async () => {
  client.destroy();
  await server.close();
});

const body = Buffer.from('body');
const put = (condition: 'absent' | { etag: string } = 'absent', content = body) => client.putIf('bucket', 'k', content, condition);
const answerWith = (status: number, headers: Record<string, string>, text = '') => server.intercept((_, response) => {
  response.sendDate = false;
  response.writeHead(status, headers).end(text);
  return true;
});

test('writes what is not there, and what it may replace; the rest is an answer', async () => {
  expect(await put({ etag: 'abc' })).toEqual({ unsure: false }); // deleted meanwhile
  const first = await put();
  expect(first).toEqual({ etag: createHash('md5').update(body).digest('hex'), unsure: false });
  expect(await put()).toEqual({ unsure: false });
  expect(await put({ etag: 'abc' })).toEqual({ unsure: false });
  const second = await put({ etag: `"${first.etag!}"` }, Buffer.from('second'));
  expect(await client.read('bucket', 'k')).toEqual({ body: Buffer.from('second'), etag: second.etag, time: expect.any(Number) as number });
});

test('is known as such by its ETag, with quotes and without', async () => {
  const { etag } = await put();
  for (const unless of [etag!, `"${etag!}"`, `W/"${etag!}"`]) expect(await client.read('bucket', 'k', { unless })).toBe('unchanged');
  expect(await client.read('bucket', 'k', { unless: 'other' })).toMatchObject({ etag });
  expect(await client.read('bucket', 'none', { unless: etag })).toBeUndefined();
  expect([await client.has('bucket', 'k'), await client.has('bucket', 'none')]).toEqual([true, false]);
  await client.put('bucket', 'empty', Buffer.alloc(0));
  expect(await client.has('bucket', 'empty')).toBe(true);
});

test('the time is the server\'s', async () => {
  await put();
  server.intercept((_, response) => {
    response.setHeader('date', 'Fri, 01 Mar 2030 10:00:00 GMT');
    return false;
  });
  expect(await client.read('bucket', 'k')).toMatchObject({ time: Date.UTC(2030, 2, 1, 10) });
});

test('a digest that is known is sent, over http as over https, and the server looks', async () => {
  const sha256 = createHash('sha256').update(body).digest('hex');
  const tls = await startS3({ tls: true, buckets: ['bucket'] });
  const secure = s3Client(tls.clientConfig);
  try {
    for (const [each, at] of [[client, server], [secure, tls]] as const) {
      expect(await each.putIf('bucket', 'k', [body.subarray(0, 1), body.subarray(1)], 'absent', { sha256 })).toMatchObject({ unsure: false });
      expect(at.requests.at(-1)!.headers['x-amz-content-sha256']).toBe(sha256);
      const other = each.putIf('bucket', 'other', Buffer.from('other'), 'absent', { sha256 });
      await expect(other).rejects.toMatchObject({ name: 'XAmzContentSHA256Mismatch' });
    }
  } finally {
    secure.destroy();
    await tls.close();
  }
});

test.each(['', 'abc', 'A'.repeat(64), `${'0'.repeat(63)}\n`])('fails for the digest %j', async (sha256) => {
  await expect(client.putIf('bucket', 'k', body, 'absent', { sha256 })).rejects.toMatchObject({
    code: 'E_AWS_SHA256', message: expect.stringContaining('sha256 must be 64 digits') as string,
  });
  expect(server.requests).toEqual([]);
});

test.each(['ConditionalRequestConflict', 'OperationAborted'])('%s: another write is under way, which is waited for', async (code) => {
  server.fail({ of: isPut, times: 2, trouble: { kind: 'refusal', status: 409, code } });
  expect(await put()).toMatchObject({ etag: expect.any(String) as string, unsure: false });
  expect(server.requests).toHaveLength(3);
  server.fail({ of: isPut, trouble: { kind: 'refusal', status: 409, code } });
  await expect(put({ etag: 'x' })).rejects.toMatchObject({ name: code, statusCode: 409 });
});

test('it is not sure what it met if an attempt was not answered, or came to grief', async () => {
  server.fail({ of: isPut, times: 1, trouble: { kind: 'lost' } });
  expect(await put()).toEqual({ unsure: true });
  server.fail({ of: isPut, times: 1, trouble: { kind: 'refusal', status: 500, code: 'InternalError' } });
  expect(await put({ etag: 'other' })).toEqual({ unsure: true });
  server.fail({ of: isPut, times: 1, trouble: { kind: 'refusal', status: 400, code: 'ExpiredToken' } });
  await expect(put({ etag: 'other' })).rejects.toMatchObject({ name: 'ExpiredToken' });
  expect(await put({ etag: 'other' })).toEqual({ unsure: false });
});

test('fails for a bucket that is not there', async () => {
  await expect(client.putIf('none', 'k', body, { etag: 'x' })).rejects.toMatchObject({ code: 'E_AWS_MISSING' });
  await expect(client.read('none', 'k')).rejects.toMatchObject({ code: 'E_AWS_MISSING' });
  await expect(client.has('none', 'k')).rejects.toMatchObject({ code: 'E_AWS_MISSING' });
});

test('who may not list is told what a denied read may mean', async () => {
  const poor = s3Client({ ...server.clientConfig, credentials: NO_LIST_CREDENTIALS });
  await put();
  expect(await poor.read('bucket', 'k')).toMatchObject({ body });
  expect(await poor.has('bucket', 'k')).toBe(true);
  for (const reading of [poor.get('bucket', 'none'), poor.read('bucket', 'none'), poor.has('bucket', 'none'), poor.getStream('bucket', 'none')]) {
    await expect(reading).rejects.toMatchObject({
      failure: 'denied', message: expect.stringContaining('or the object is not there and s3:ListBucket is not granted') as string,
    });
  }
  await expect(poor.list('bucket')[Symbol.asyncIterator]().next()).rejects.toThrow(/Access Denied$/);
  poor.destroy();
});

test('fails for an answer without an ETag, or without a date', async () => {
  answerWith(200, {});
  await expect(put()).rejects.toThrow('PUT s3://bucket/k: the answer has no ETag; is there a proxy in between?');
  answerWith(200, { etag: '"x"' });
  await expect(client.read('bucket', 'k')).rejects.toThrow('GET s3://bucket/k: the answer has no Date');
  answerWith(200, { date: new Date().toUTCString() });
  await expect(client.read('bucket', 'k')).rejects.toThrow('the answer has no ETag');
  answerWith(304, {});
  await expect(client.read('bucket', 'k')).rejects.toThrow('Http304'); // nobody asked
});
