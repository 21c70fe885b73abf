import { randomBytes } from 'node:crypto';
import { row, type Check, type Row } from '../contract';
import { encodedKeys, freshKey, md5, said, type S3Subject } from './subject';

type Answer = readonly (number | string)[];

const missingWithoutList = (answer: Answer): Check<S3Subject> => async ({ ask, askWithoutList }) => {
  const key = freshKey();
  await ask({ method: 'PUT', key, body: 'there' });
  expect((await askWithoutList({ key })).text).toBe('there');
  expect(said(await askWithoutList({ key: freshKey() }))).toEqual(answer);
};

const keyOf1025Bytes = (answer: Answer): Check<S3Subject> => async ({ ask }) => {
  expect(said(await ask({ method: 'PUT', key: 'k'.repeat(1024), body: 'x' }))).toEqual([200]);
  expect(said(await ask({ method: 'PUT', key: 'k'.repeat(1025), body: 'x' }))).toEqual(answer);
};

/** Objects, by our client where it has the operation. */
export const OBJECT_ROWS: readonly Row<S3Subject>[] = [
  row('an object is put, read, replaced and deleted', async ({ client, bucket }) => {
    const key = freshKey('a/b');
    await client.put(bucket, key, Buffer.from([0, 255, 1]));
    expect([...(await client.get(bucket, key))!]).toEqual([0, 255, 1]);
    await client.put(bucket, key, Buffer.from([2]));
    expect([...(await client.get(bucket, key))!]).toEqual([2]);
    await client.delete(bucket, key);
    expect(await client.get(bucket, key)).toBeUndefined();
  }),

  row('what is not there can be deleted', async ({ client, bucket }) => {
    await expect(client.delete(bucket, freshKey())).resolves.toBeUndefined();
  }),

  row('a missing object is no error to our client', async ({ client, ask, bucket }) => {
    const key = freshKey();
    expect(await client.get(bucket, key)).toBeUndefined();
    expect(said(await ask({ key }))).toEqual([404, 'NoSuchKey']);
    const head = await ask({ method: 'HEAD', key });
    expect([head.status, head.body.length]).toEqual([404, 0]);
  }),

  row('a missing object is denied to who may not list', missingWithoutList([403, 'AccessDenied']), {
    ministack: { why: 'it tells everybody that an object is missing', check: missingWithoutList([404, 'NoSuchKey']) },
  }),

  row('every byte is kept, of empty and of large objects', async ({ client, bucket }) => {
    const key = freshKey();
    for (const body of [new Uint8Array(), Uint8Array.from({ length: 256 }, (_, i) => i), randomBytes(3_000_000)]) {
      await client.put(bucket, key, body);
      expect(Buffer.compare((await client.get(bucket, key))!, body)).toBe(0);
    }
  }),

  row('an object that is larger than wanted is refused by our client', async ({ client, bucket }) => {
    const key = freshKey();
    await client.put(bucket, key, new Uint8Array(4_000_001));
    await expect(client.get(bucket, key)).rejects.toMatchObject({ code: 'E_AWS_RESPONSE_TOO_LARGE', failure: 'request' });
  }),

  ...['a b+c', 'é/漢🎉', '~!\'()*$&,;=:@%', 'q?x=1#y', '.', '../up', 'a//b', '/first', 'a/./b', 'end/', '%41%2F', '<&">', 'a\\b|c^`{}[]']
    .map((awkward) => row<S3Subject>(`the key ${JSON.stringify(awkward)}`, async ({ client, bucket, ask }) => {
      const keys = [awkward, freshKey(awkward)];
      for (const key of keys) await client.put(bucket, key, Buffer.from(key));
      for (const key of keys) expect(Buffer.from((await client.get(bucket, key))!).toString()).toBe(key);
      const { text } = await ask({ query: { 'list-type': '2', prefix: awkward, 'encoding-type': 'url' } });
      expect(encodedKeys(text)).toEqual(expect.arrayContaining(keys));
      for (const key of keys) await client.delete(bucket, key);
      expect(await client.get(bucket, awkward)).toBeUndefined();
    })),

  row('a key of more than 1024 bytes is refused', keyOf1025Bytes([400, 'KeyTooLongError']), {
    ministack: { why: 'keys have any length', check: keyOf1025Bytes([200]) },
    radosgw: { why: 'its name for the error is another', check: keyOf1025Bytes([400, 'InvalidObjectName']) },
  }),

  row('content type, metadata, size, ETag and time come with an object, and with its HEAD', async ({ ask }) => {
    const key = freshKey();
    const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-amz-meta-made-by': 'a test', 'cache-control': 'no-store' };
    const put = await ask({ method: 'PUT', key, body: 'text', headers });
    expect(put.headers.etag).toBe(`"${md5('text')}"`);
    for (const method of ['GET', 'HEAD']) {
      const reply = await ask({ method, key });
      expect(reply).toMatchObject({ status: 200, headers: { ...headers, 'content-length': '4', etag: put.headers.etag, 'accept-ranges': 'bytes' } });
      expect(Math.abs(Date.parse(String(reply.headers['last-modified'])) - Date.now())).toBeLessThan(60_000);
      expect(reply.text).toBe(method === 'GET' ? 'text' : '');
    }
  }),

  row('an answer has the id of its request, an error in its body too', async ({ ask }) => {
    const { headers, text } = await ask({ key: freshKey() });
    expect(headers['x-amz-request-id']).toEqual(expect.stringMatching(/^\S+$/));
    expect(text).toContain(`<RequestId>${String(headers['x-amz-request-id'])}</RequestId>`);
    expect(text).toMatch(/<Message>[^<]*<\/Message>/);
  }),

  row('a copy has the bytes and the metadata, or metadata of its own', async ({ ask, bucket }) => {
    const [key, copy] = [freshKey(), freshKey('copy é+')];
    await ask({ method: 'PUT', key, body: 'bytes', headers: { 'x-amz-meta-a': '1' } });
    const source = { 'x-amz-copy-source': `${bucket}/${encodeURIComponent(key)}` };
    const { status, text } = await ask({ method: 'PUT', key: copy, headers: source });
    expect([status, /<CopyObjectResult[^]*<ETag>/.test(text)]).toEqual([200, true]);
    expect(await ask({ key: copy })).toMatchObject({ status: 200, text: 'bytes', headers: { 'x-amz-meta-a': '1' } });
    await ask({ method: 'PUT', key: copy, headers: { ...source, 'x-amz-metadata-directive': 'REPLACE', 'x-amz-meta-b': '2' } });
    const replaced = await ask({ key: copy });
    expect([replaced.text, replaced.headers['x-amz-meta-a'], replaced.headers['x-amz-meta-b']]).toEqual(['bytes', undefined, '2']);
    expect(said(await ask({ method: 'PUT', key: copy, headers: { 'x-amz-copy-source': `${bucket}/${freshKey()}` } }))).toEqual([404, 'NoSuchKey']);
  }),

  row('a bucket that is not there', async ({ client, ask }) => {
    const bucket = freshKey('nobodys');
    const error = { code: 'E_AWS_MISSING', name: 'NoSuchBucket', failure: 'missing', statusCode: 404, retryable: false };
    await expect(client.get(bucket, 'k')).rejects.toMatchObject(error);
    await expect(client.put(bucket, 'k', Buffer.from('x'))).rejects.toMatchObject(error);
    await expect(client.delete(bucket, 'k')).rejects.toMatchObject(error);
    expect((await ask({ method: 'HEAD', bucket })).status).toBe(404);
  }),

  row('a bucket with something in it is not deleted', async ({ ask }) => {
    await ask({ method: 'PUT', key: freshKey(), body: 'x' });
    expect(said(await ask({ method: 'DELETE' }))).toEqual([409, 'BucketNotEmpty']);
    expect((await ask({ method: 'HEAD' })).status).toBe(200);
  }),
];
