import { crc32 } from 'node:zlib';
import { s3Client } from '../../../../runtime/aws/s3';
import type { AwsCredentials } from '../../../../runtime/aws/sign-v4';
import { row, type Check, type Row } from '../contract';
import { ask as askAt } from '../signed-http';
import { freshKey, md5, said, type S3Question, type S3Subject } from './subject';

const crc = (data: string) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(data));
  return bytes.toString('base64');
};

/** A body as the SDK streams it: in chunks, with a checksum at the end. */
function chunked(key: string, chunks: readonly string[], sum = crc(chunks.join(''))): S3Question {
  const body = [...chunks, ''].map((chunk) => `${Buffer.byteLength(chunk).toString(16)}\r\n${chunk}${chunk === '' ? '' : '\r\n'}`).join('');
  return {
    method: 'PUT', key, body: `${body}x-amz-checksum-crc32:${sum}\r\n\r\n`, payload: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    headers: {
      'content-encoding': 'aws-chunked', 'x-amz-trailer': 'x-amz-checksum-crc32', 'x-amz-sdk-checksum-algorithm': 'CRC32',
      'x-amz-decoded-content-length': String(Buffer.byteLength(chunks.join(''))),
    },
  };
}

type Answer = readonly (number | string)[];

/** A put is answered so, and what it wrote is there if it was taken. */
const put = (question: (key: string) => S3Question, answer: Answer): Check<S3Subject> => async ({ ask }) => {
  const key = freshKey();
  expect(said(await ask(question(key)))).toEqual(answer);
  expect((await ask({ key })).status).toBe(answer[0] === 200 ? 200 : 404);
};

const otherPayload = (key: string): S3Question => ({ method: 'PUT', key, body: 'x', payload: 'a'.repeat(64) });
const otherSum = (key: string): S3Question => ({ method: 'PUT', key, body: 'x', headers: { 'x-amz-checksum-crc32': crc('y') } });
const otherTrailer = (key: string) => chunked(key, ['one', 'two'], crc('three'));
const stream = (key: string) => ({ ...chunked(key, ['streamed ', 'by the SDK']), streamed: true });
const mismatch = [400, 'XAmzContentSHA256Mismatch'] as const;

const keptSum = (expected?: string): Check<S3Subject> => async ({ ask }) => {
  const key = freshKey();
  await ask({ method: 'PUT', key, body: 'x', headers: { 'x-amz-checksum-crc32': crc('x'), 'x-amz-sdk-checksum-algorithm': 'CRC32' } });
  const { headers } = await ask({ key, headers: { 'x-amz-checksum-mode': 'ENABLED' } });
  expect(headers['x-amz-checksum-crc32']).toBe(expected);
};

async function readAs(s3: S3Subject, credentials: AwsCredentials): Promise<unknown> {
  const client = s3Client({ ...s3, credentials });
  return client.get(s3.bucket, 'nothing').finally(() => client.destroy());
}

/** Signatures and checksums. */
export const PAYLOAD_ROWS: readonly Row<S3Subject>[] = [
  row('an unsigned request is denied', async ({ endpoint, region, bucket }) => {
    expect(said(await askAt({ endpoint, region }, 's3', { method: 'PUT', path: `${bucket}/k`, body: 'x' }))).toEqual([403, 'AccessDenied']);
  }),

  row('a wrong secret is denied, and our client says so', async (s3) => {
    const reading = readAs(s3, { accessKeyId: s3.credentials.accessKeyId, secretAccessKey: 'another' });
    await expect(reading).rejects.toMatchObject({ code: 'E_AWS_DENIED', name: 'SignatureDoesNotMatch', failure: 'denied', statusCode: 403 });
  }, {
    ministack: { why: 'the root user\'s signature is not checked', check: async (s3) => {
      expect(await readAs(s3, { accessKeyId: s3.credentials.accessKeyId, secretAccessKey: 'another' })).toBeUndefined();
    } },
  }),

  row('an access key that nobody has', async (s3) => {
    const reading = readAs(s3, { accessKeyId: 'AKIAXXXXXXXXXXXXXXXX', secretAccessKey: 'any' });
    await expect(reading).rejects.toMatchObject({ name: 'InvalidAccessKeyId', failure: 'denied' });
  }),

  row('a payload that is not signed', async ({ ask }) => {
    const key = freshKey();
    expect(said(await ask({ method: 'PUT', key, body: 'not signed', payload: 'UNSIGNED-PAYLOAD' }))).toEqual([200]);
    expect((await ask({ key })).text).toBe('not signed');
  }),

  row('a payload that is not the one signed', put(otherPayload, mismatch), {
    ministack: { why: 'it does not look', check: put(otherPayload, [200]) },
  }),

  row('a wrong Content-MD5', async ({ ask }) => {
    const key = freshKey();
    expect(said(await ask({ method: 'PUT', key, body: 'x', headers: { 'content-md5': md5('y', 'base64') } }))).toEqual([400, 'BadDigest']);
    expect((await ask({ key })).status).toBe(404);
  }),

  row('a wrong checksum', put(otherSum, [400, 'BadDigest']), {
    radosgw: { why: 'it knows no CRC32', check: put(otherSum, [200]) },
  }),

  row('a checksum is kept, and given to who asks', keptSum(crc('x')), {
    radosgw: { why: 'it knows no CRC32', check: keptSum() },
  }),

  row('a body in chunks with a checksum at its end', async ({ ask }) => {
    const key = freshKey();
    expect(said(await ask(chunked(key, ['first ', 'x'.repeat(70_000), ' last'])))).toEqual([200]);
    const { text, headers } = await ask({ key });
    expect(text).toBe(`first ${'x'.repeat(70_000)} last`);
    expect(headers['content-encoding']).toBeUndefined();
  }, {
    radosgw: { why: 'it knows no trailers', check: put((key) => chunked(key, ['one', 'two']), mismatch) },
  }),

  row('a body in chunks whose whole length is not known to HTTP', async ({ ask }) => {
    const key = freshKey();
    expect(said(await ask(stream(key)))).toEqual([200]);
    expect((await ask({ key })).text).toBe('streamed by the SDK');
  }, {
    radosgw: { why: 'it wants the length', check: put(stream, [411, 'MissingContentLength']) },
  }),

  row('a body in chunks with a wrong checksum at its end', put(otherTrailer, [400, 'BadDigest']), {
    radosgw: { why: 'it knows no trailers', check: put(otherTrailer, mismatch) },
  }),
];
