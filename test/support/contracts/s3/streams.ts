import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { GetObjectCommand, PutObjectCommand, S3Client as SdkClient } from '@aws-sdk/client-s3';
import type { ObjectStream } from '../../../../runtime/aws/s3';
import { s3Client } from '../../../../runtime/aws/s3';
import { row, type Check, type Row } from '../contract';
import { freshKey, type S3Subject } from './subject';

const KEY = Buffer.alloc(32, 3);
const OTHER = Buffer.alloc(32, 4);
const LETTERS = ['abc', '', 'defgh', 'ij'].map((text) => Buffer.from(text));

const received = async (stream: ObjectStream | undefined) => (await buffer(stream!.body)).toString();

async function encrypted({ client, bucket }: S3Subject): Promise<string> {
  const key = freshKey('pieces');
  await client.put(bucket, key, LETTERS, { encryptionKey: KEY });
  return key;
}

/** Our client is told this when it reads with another key than the one an object was written with, if any. */
const refused = (encryptionKey: Uint8Array | undefined, error: object): Check<S3Subject> => async (s3) => {
  const key = await encrypted(s3);
  await expect(s3.client.getStream(s3.bucket, key, { encryptionKey })).rejects.toMatchObject(error);
  await expect(s3.client.getStream(s3.bucket, key, { encryptionKey, range: { start: 3 } })).rejects.toMatchObject(error);
};

const plain = (answer: 'refused' | 'read'): Check<S3Subject> => async ({ client, bucket }) => {
  const key = freshKey();
  await client.put(bucket, key, LETTERS);
  const reading = client.getStream(bucket, key, { encryptionKey: KEY });
  if (answer === 'read') expect(await received(await reading)).toBe('abcdefghij');
  else await expect(reading).rejects.toMatchObject({ name: 'InvalidRequest', statusCode: 400 });
};

/** The SDK is told these by the same requests: without a key, and with another one. */
const sdkRefused = (withoutKey: object, withOther: object): Check<S3Subject> => async (s3) => {
  const sdk = new SdkClient({ endpoint: s3.endpoint, region: s3.region, credentials: s3.credentials, forcePathStyle: true });
  const key = freshKey();
  const ssec = (bytes: Uint8Array) => ({ SSECustomerAlgorithm: 'AES256', SSECustomerKey: Buffer.from(bytes).toString('base64') });
  try {
    await sdk.send(new PutObjectCommand({ Bucket: s3.bucket, Key: key, Body: 'by the SDK', ...ssec(KEY) }));
    expect(await received(await s3.client.getStream(s3.bucket, key, { encryptionKey: KEY }))).toBe('by the SDK');
    await expect(sdk.send(new GetObjectCommand({ Bucket: s3.bucket, Key: key }))).rejects.toMatchObject(withoutKey);
    await expect(sdk.send(new GetObjectCommand({ Bucket: s3.bucket, Key: key, ...ssec(OTHER) }))).rejects.toMatchObject(withOther);
  } finally {
    sdk.destroy();
  }
};

const putAndRead = (s3: S3Subject, signPayload: boolean | undefined): Promise<string> => {
  const client = s3Client({ ...s3, signPayload, allowInsecureKeys: true });
  const key = freshKey();
  return client.put(s3.bucket, key, LETTERS, { encryptionKey: KEY })
    .then(async () => received(await client.getStream(s3.bucket, key, { encryptionKey: KEY })))
    .finally(() => client.destroy());
};

const invalidArgument = { name: 'InvalidArgument', statusCode: 400 };

/** Objects in pieces and as streams, by our client, with keys of the customer's. */
export const STREAM_ROWS: readonly Row<S3Subject>[] = [
  row('a body in pieces is written, and read as a stream, with a key of the customer\'s', async (s3) => {
    const key = await encrypted(s3);
    const stream = await s3.client.getStream(s3.bucket, key, { encryptionKey: KEY });
    expect(stream!.bytes).toBe(10);
    expect(await received(stream)).toBe('abcdefghij');
  }),

  row('a body is written with its hash signed, and without', async (s3) => {
    for (const signPayload of [true, false, undefined]) expect(await putAndRead(s3, signPayload)).toBe('abcdefghij');
  }),

  row('a stream of a part of an encrypted object', async (s3) => {
    const key = await encrypted(s3);
    for (const [range, text] of [[{ start: 3 }, 'defghij'], [{ start: 0, end: 0 }, 'a'], [{ start: 4, end: 99 }, 'efghij']] as const) {
      const stream = await s3.client.getStream(s3.bucket, key, { encryptionKey: KEY, range });
      expect([stream!.bytes, await received(stream)]).toEqual([text.length, text]);
    }
  }),

  row('a stream from past the end', async (s3) => {
    const key = await encrypted(s3);
    const reading = s3.client.getStream(s3.bucket, key, { encryptionKey: KEY, range: { start: 10 } });
    await expect(reading).rejects.toMatchObject({ name: 'InvalidRange', statusCode: 416 });
  }),

  row('every byte of a large encrypted object, whole and over the edges of its blocks', async (s3) => {
    const key = freshKey('large');
    const body = randomBytes(9_000_001);
    const pieces = [0, 1, 65_537, 5_000_000].map((from, i, all) => body.subarray(from, all[i + 1]));
    await s3.client.put(s3.bucket, key, pieces, { encryptionKey: KEY });
    expect(body.equals(await buffer((await s3.client.getStream(s3.bucket, key, { encryptionKey: KEY }))!.body))).toBe(true);
    for (const start of [1, 4_194_303, 4_194_305, 9_000_000]) {
      const stream = await s3.client.getStream(s3.bucket, key, { encryptionKey: KEY, range: { start } });
      expect(body.subarray(start).equals(await buffer(stream!.body))).toBe(true);
    }
  }),

  row('a stream that is left early takes nothing from the next', async (s3) => {
    const key = freshKey('left');
    await s3.client.put(s3.bucket, key, Buffer.alloc(3_000_000, 'x'), { encryptionKey: KEY });
    for (let i = 0; i < 3; i++) {
      const stream = await s3.client.getStream(s3.bucket, key, { encryptionKey: KEY });
      for await (const chunk of stream!.body) {
        expect((chunk as Buffer)[0]).toBe(0x78);
        break;
      }
    }
    expect((await buffer((await s3.client.getStream(s3.bucket, key, { encryptionKey: KEY }))!.body)).length).toBe(3_000_000);
  }),

  row('an object that is not there is no stream', async ({ client, bucket }) => {
    expect(await client.getStream(bucket, freshKey(), { encryptionKey: KEY, range: { start: 5 } })).toBeUndefined();
  }),

  row('our client is refused without the key', refused(undefined, { name: 'InvalidRequest', statusCode: 400 }), {
    radosgw: { why: 'its name for the error is another', check: refused(undefined, invalidArgument) },
  }),

  row('our client is refused with another key', refused(OTHER, { name: 'AccessDenied', failure: 'denied', statusCode: 403 }), {
    radosgw: { why: 'the request is said to be wrong, not denied', check: refused(OTHER, invalidArgument) },
  }),

  row('our client is refused a plain object that it wants decrypted', plain('refused'), {
    radosgw: { why: 'the key is ignored', check: plain('read') },
  }),

  row('the SDK writes what we read, and is refused as we are', sdkRefused({ name: 'InvalidRequest' }, { name: 'AccessDenied' }), {
    radosgw: { why: 'its names for the errors are others', check: sdkRefused({ name: 'InvalidArgument' }, { name: 'InvalidArgument' }) },
  }),
];
