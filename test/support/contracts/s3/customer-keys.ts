import { row, type Check, type Row } from '../contract';
import { customerKey, freshKey, md5, said, tally, type S3Subject } from './subject';

const OWN = customerKey(1);
const OTHER = customerKey(2);
const SHORT = Buffer.alloc(16, 1);
const SOURCE = 'x-amz-copy-source-server-side-encryption-customer-';

async function encrypted({ ask }: S3Subject, body = '0123456789'): Promise<string> {
  const key = freshKey('encrypted');
  expect((await ask({ method: 'PUT', key, body, headers: OWN })).status).toBe(200);
  return key;
}

/** A put is refused so. */
const refused = (headers: Record<string, string>, answer: readonly (number | string)[]): Check<S3Subject> => async ({ ask }) => {
  const key = freshKey();
  expect(said(await ask({ method: 'PUT', key, body: 'x', headers }))).toEqual(answer);
  expect((await ask({ key })).status).toBe(404);
};

const without = (name: string) => Object.fromEntries(Object.entries(OWN).filter(([each]) => !each.endsWith(name)));
const changed = (name: string, value: string) => ({ ...OWN, [`x-amz-server-side-encryption-customer-${name}`]: value });

type Answer = readonly (number | string)[];

const readWith = (headers: Record<string, string>, answer: Answer): Check<S3Subject> => async (s3) => {
  const key = await encrypted(s3);
  expect(said(await s3.ask({ key, headers }))).toEqual(answer);
  expect((await s3.ask({ method: 'HEAD', key, headers })).status).toBe(answer[0]);
};

const plainWithKey = (answer: Answer): Check<S3Subject> => async ({ ask }) => {
  const key = freshKey();
  await ask({ method: 'PUT', key, body: 'plain' });
  expect(said(await ask({ key, headers: OWN }))).toEqual(answer);
};

const etagIsMd5 = (expected: boolean): Check<S3Subject> => async ({ ask }) => {
  const { headers } = await ask({ method: 'PUT', key: freshKey(), body: 'secret', headers: OWN });
  expect(headers.etag).toMatch(/^"[\da-f]{32}"$/);
  expect(headers.etag === `"${md5('secret')}"`).toBe(expected);
};

const copied = (without: Answer, withBoth: Answer): Check<S3Subject> => async (s3) => {
  const [key, copy] = [await encrypted(s3), freshKey('copy')];
  const source = { 'x-amz-copy-source': `${s3.bucket}/${key}` };
  expect(said(await s3.ask({ method: 'PUT', key: copy, headers: { ...source, ...OTHER } }))).toEqual(without);
  expect(said(await s3.ask({ method: 'PUT', key: copy, headers: { ...source, ...customerKey(1, SOURCE), ...OTHER } }))).toEqual(withBoth);
  expect((await s3.ask({ key: copy, headers: OTHER })).text === '0123456789').toBe(withBoth[0] === 200);
};

const inParts = (refusal: Answer, completedWith: Record<string, string> = {}): Check<S3Subject> => async ({ ask }) => {
  const key = freshKey();
  const { text } = await ask({ method: 'POST', key, query: { uploads: '' }, headers: OWN });
  const uploadId = /<UploadId>([^<]+)</.exec(text)![1]!;
  const part = (headers = {}) => ask({ method: 'PUT', key, query: { partNumber: '1', uploadId }, body: 'whole', headers });
  expect(said(await part())).toEqual(refusal);
  expect(said(await part(OTHER))).toEqual(refusal);
  const { status, headers: { etag } } = await part(OWN);
  expect(status).toBe(200);
  const body = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${String(etag)}</ETag></Part></CompleteMultipartUpload>`;
  expect(said(await ask({ method: 'POST', key, query: { uploadId }, body, headers: completedWith }))).toEqual([200]);
  expect((await ask({ key, headers: { ...OWN, range: 'bytes=1-3' } })).text).toBe('hol');
  expect((await ask({ key })).status).toBe(400);
};

const argument = [400, 'InvalidArgument'] as const;
const request = [400, 'InvalidRequest'] as const;

/** SSE-C: encryption with keys that the customer keeps. */
export const CUSTOMER_KEY_ROWS: readonly Row<S3Subject>[] = [
  row('SSE-C: an object is written and read with its key, and every answer says so', async (s3) => {
    const key = freshKey();
    const { 'x-amz-server-side-encryption-customer-key': _, ...echo } = OWN;
    expect(await s3.ask({ method: 'PUT', key, body: 'secret', headers: OWN })).toMatchObject({ status: 200, headers: echo });
    expect(await s3.ask({ key, headers: OWN })).toMatchObject({ status: 200, text: 'secret', headers: echo });
    expect(await s3.ask({ method: 'HEAD', key, headers: OWN })).toMatchObject({ status: 200, headers: { ...echo, 'content-length': '6' } });
  }),

  row('SSE-C: no answer has the key', async (s3) => {
    const key = freshKey();
    for (const reply of [await s3.ask({ method: 'PUT', key, body: 'secret', headers: OWN }), await s3.ask({ key, headers: OWN })]) {
      expect(JSON.stringify(reply.headers)).not.toContain(OWN['x-amz-server-side-encryption-customer-key']);
    }
  }),

  row('SSE-C: GET and HEAD without the key', readWith({}, request), {
    radosgw: { why: 'its name for the error is another', check: readWith({}, argument) },
  }),

  row('SSE-C: GET and HEAD with another key', readWith(OTHER, [403, 'AccessDenied']), {
    radosgw: { why: 'the request is said to be wrong, not denied', check: readWith(OTHER, argument) },
  }),

  row('SSE-C: a plain object is not read with a key', plainWithKey(request), {
    radosgw: { why: 'the key is ignored', check: plainWithKey([200]) },
  }),

  row('SSE-C: ranges', async (s3) => {
    const key = await encrypted(s3);
    expect(await s3.ask({ key, headers: { ...OWN, range: 'bytes=3-5' } })).toMatchObject({ status: 206, text: '345' });
  }),

  row('SSE-C: an algorithm other than AES256', refused(changed('algorithm', 'AES128'), [400, 'InvalidEncryptionAlgorithmError']), {
    ministack: { why: 'its name for the error is another', check: refused(changed('algorithm', 'AES128'), argument) },
  }),
  row('SSE-C: a key without its algorithm', refused(without('algorithm'), argument)),
  row('SSE-C: an algorithm without a key', refused(without('key'), argument)),
  row('SSE-C: a key without its MD5', refused(without('key-md5'), argument)),
  row('SSE-C: another key\'s MD5', refused(changed('key-md5', OTHER['x-amz-server-side-encryption-customer-key-md5']!), argument)),
  row('SSE-C: a key that is too short', refused(
    { ...changed('key', SHORT.toString('base64')), 'x-amz-server-side-encryption-customer-key-md5': md5(SHORT, 'base64') },
    argument)),

  row('SSE-C: the ETag is not the MD5 of what was written', etagIsMd5(false), {
    ministack: { why: 'it is', check: etagIsMd5(true) },
    radosgw: { why: 'it is', check: etagIsMd5(true) },
  }),

  row('SSE-C: PUT If-None-Match: *, 16 at once: one wins', async ({ ask }) => {
    const key = freshKey();
    const replies = await Promise.all(Array.from({ length: 16 }, (_, i) => {
      return ask({ method: 'PUT', key, body: Buffer.alloc(300_000, i), headers: { ...OWN, 'if-none-match': '*' } });
    }));
    expect(tally(replies)[200]).toBe(1);
    const { body } = await ask({ key, headers: OWN });
    expect(body.equals(Buffer.alloc(300_000, replies.findIndex(({ status }) => status === 200)))).toBe(true);
  }),

  row('SSE-C: a copy is read with one key and written with another', copied(request, [200]), {
    radosgw: { why: 'not implemented', check: copied([501, 'NotImplemented'], [501, 'NotImplemented']) },
  }),

  row('SSE-C: parts need the key that the upload was begun with, its completion does not', inParts(request), {
    ministack: { why: 'completion needs the key', check: inParts(request, OWN) },
    radosgw: { why: 'its name for the error is another', check: inParts(argument) },
  }),
];
