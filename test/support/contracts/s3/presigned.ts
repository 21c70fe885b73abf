import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { row, type Check, type Row } from '../contract';
import { freshKey, type S3Subject } from './subject';

const KEY = Buffer.alloc(32, 6);

/** As a browser would: no more than the URL and these headers. */
function fetched(url: string, headers: Readonly<Record<string, string>> = {}): Promise<{ status: number; text: string; code?: string }> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    send(url, { headers, agent: false }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk) => { text += chunk; }).on('error', reject).on('end', () => {
        resolve({ status: incoming.statusCode!, text, code: /<Code>([^<]*)</.exec(text)?.[1] });
      });
    }).on('error', reject).end();
  });
}

async function presigned({ client, bucket }: S3Subject, name = 'shared') {
  const key = freshKey(name);
  await client.put(bucket, key, Buffer.from('for you'), { encryptionKey: KEY });
  return client.presignGet(bucket, key, { encryptionKey: KEY, expires: 60 });
}

const without = (headers: Readonly<Record<string, string>>, name: string) =>
  Object.fromEntries(Object.entries(headers).filter(([each]) => !each.endsWith(name)));

const otherKey = (status: number, code: string): Check<S3Subject> => async (s3) => {
  const { url, headers } = await presigned(s3);
  const swapped = { ...headers, 'x-amz-server-side-encryption-customer-key': Buffer.alloc(32, 7).toString('base64') };
  expect(await fetched(url, swapped)).toMatchObject({ status, code });
};

const noHeaders = (status: number, code: string): Check<S3Subject> => async (s3) => {
  const { url, headers } = await presigned(s3);
  expect(await fetched(url)).toMatchObject({ status, code });
  expect((await fetched(url, without(headers, '-key'))).status).toBe(status);
};

/** URLs that somebody without credentials reads an object by. */
export const PRESIGNED_ROWS: readonly Row<S3Subject>[] = [
  row('a URL gives an encrypted object to who sends its headers, and does not hold the key', async (s3) => {
    for (const name of ['shared', 'a b+c/é 漢🎉', '~!\'()*$&,;=:@']) {
      const { url, headers } = await presigned(s3, name);
      expect(Object.keys(headers).sort()).toEqual(['algorithm', 'key', 'key-md5'].map((each) => `x-amz-server-side-encryption-customer-${each}`));
      expect(decodeURIComponent(url)).not.toContain(KEY.toString('base64'));
      expect(await fetched(url, headers)).toMatchObject({ status: 200, text: 'for you' });
      expect(await fetched(url, { ...headers, range: 'bytes=4-' })).toMatchObject({ status: 206, text: 'you' });
    }
  }),

  row('a URL without the headers that it was signed with', noHeaders(403, 'SignatureDoesNotMatch')),

  row('a URL with another key', otherKey(403, 'SignatureDoesNotMatch')),

  row('a URL for a plain object needs no headers', async (s3) => {
    const key = freshKey();
    await s3.client.put(s3.bucket, key, Buffer.from('plain'));
    const { url, headers } = await s3.client.presignGet(s3.bucket, key, { expires: 60 });
    expect(headers).toEqual({});
    expect(await fetched(url)).toMatchObject({ status: 200, text: 'plain' });
  }),

  row('a URL that was changed', async (s3) => {
    const { url, headers } = await presigned(s3);
    const longer = url.replace('X-Amz-Expires=60', 'X-Amz-Expires=600');
    expect(await fetched(longer, headers)).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
    expect((await fetched(url.replace('/shared-', '/shares-'), headers)).status).toBe(403);
  }),
];
