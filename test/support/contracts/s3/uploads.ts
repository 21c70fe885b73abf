import { row, type Check, type Row } from '../contract';
import type { Reply } from '../signed-http';
import { freshKey, md5, said, textsOf, type S3Subject } from './subject';

const MIB = 1 << 20;

async function begin({ ask }: S3Subject, key: string): Promise<string> {
  const { status, text } = await ask({ method: 'POST', key, query: { uploads: '' } });
  expect(status).toBe(200);
  return /<UploadId>([^<]+)<\/UploadId>/.exec(text)![1]!;
}

async function part({ ask }: S3Subject, key: string, uploadId: string, number: number, body: Uint8Array | string): Promise<string> {
  const { status, headers } = await ask({ method: 'PUT', key, query: { partNumber: String(number), uploadId }, body });
  expect(status).toBe(200);
  return String(headers.etag);
}

function complete(
  { ask }: S3Subject, key: string, uploadId: string, etags: Record<string, string>, headers: Record<string, string> = {}, reverse = false,
): Promise<Reply> {
  const parts = Object.entries(etags).map(([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`);
  if (reverse) parts.reverse();
  return ask({ method: 'POST', key, query: { uploadId }, body: `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`, headers });
}

/** An object of two parts, 5 MiB and three bytes. */
async function twoParts(s3: S3Subject): Promise<{ key: string; etags: string[] }> {
  const key = freshKey('parts');
  const uploadId = await begin(s3, key);
  const etags = [await part(s3, key, uploadId, 1, Buffer.alloc(5 * MIB, 'a')), await part(s3, key, uploadId, 2, 'end')];
  expect(said(await complete(s3, key, uploadId, { 1: etags[0]!, 2: etags[1]! }))).toEqual([200]);
  return { key, etags };
}

type Answer = readonly (number | string)[];

const uploaded = (answered: RegExp): Check<S3Subject> => async (s3) => {
  const key = freshKey();
  const uploadId = await begin(s3, key);
  const etag = await part(s3, key, uploadId, 7, 'only');
  expect((await s3.ask({ key })).status).toBe(404);
  const reply = await complete(s3, key, uploadId, { 7: etag });
  expect([reply.status, textsOf(reply.text, /<ETag>([^<]*)</g)]).toEqual([200, [expect.stringMatching(answered)]]);
  const whole = await s3.ask({ key });
  expect([whole.text, whole.headers.etag]).toEqual(['only', expect.stringMatching(/^"[\da-f]{32}-1"$/)]);
};

const secondPart = (status: number, length: number, count?: string): Check<S3Subject> => async (s3) => {
  const { key } = await twoParts(s3);
  const reply = await s3.ask({ key, query: { partNumber: '2' } });
  expect([reply.status, reply.body.length, reply.headers['x-amz-mp-parts-count']]).toEqual([status, length, count]);
};

const givenUp = (completion: Answer, gone: Answer = completion): Check<S3Subject> => async (s3) => {
  const key = freshKey();
  const uploadId = await begin(s3, key);
  const etag = await part(s3, key, uploadId, 1, 'x');
  expect(said(await s3.ask({ method: 'DELETE', key, query: { uploadId } }))).toEqual([204]);
  expect(said(await s3.ask({ key, query: { uploadId } }))).toEqual(gone);
  expect(said(await s3.ask({ method: 'PUT', key, query: { uploadId, partNumber: '1' }, body: 'x' }))).toEqual([404, 'NoSuchUpload']);
  expect(said(await complete(s3, key, uploadId, { 1: etag }))).toEqual(completion);
};

const wrongOrder = (answer: Answer): Check<S3Subject> => async (s3) => {
  const key = freshKey();
  const uploadId = await begin(s3, key);
  const etags = { 1: await part(s3, key, uploadId, 1, Buffer.alloc(5 * MIB)), 2: await part(s3, key, uploadId, 2, 'x') };
  expect(said(await complete(s3, key, uploadId, etags, {}, true))).toEqual(answer);
};

const smallPart = (answer: Answer): Check<S3Subject> => async (s3) => {
  const key = freshKey();
  const uploadId = await begin(s3, key);
  const etags = { 1: await part(s3, key, uploadId, 1, 'small'), 2: await part(s3, key, uploadId, 2, 'x') };
  expect(said(await complete(s3, key, uploadId, etags))).toEqual(answer);
};

const completedIfNoneMatch = (answer: Answer): Check<S3Subject> => async (s3) => {
  const key = freshKey();
  const uploadId = await begin(s3, key);
  const etag = await part(s3, key, uploadId, 1, 'second');
  await s3.ask({ method: 'PUT', key, body: 'first' });
  expect(said(await complete(s3, key, uploadId, { 1: etag }, { 'if-none-match': '*' }))).toEqual(answer);
  expect((await s3.ask({ key })).text).toBe(answer[0] === 200 ? 'second' : 'first');
};

/** Multipart uploads. */
export const UPLOAD_ROWS: readonly Row<S3Subject>[] = [
  row('an upload in parts: nothing is there until it is complete', uploaded(/^"?[\da-f]{32}-1"?$/), {
    radosgw: { why: 'the ETag in the answer is empty', check: uploaded(/^$/) },
  }),

  row('an object of parts is read whole, and over the edge of a part', async (s3) => {
    const { key, etags } = await twoParts(s3);
    const whole = await s3.ask({ key });
    expect([whole.body.length, whole.text.slice(-5)]).toEqual([5 * MIB + 3, 'aaend']);
    const sums = Buffer.concat(etags.map((etag) => Buffer.from(etag.replaceAll('"', ''), 'hex')));
    expect(whole.headers.etag).toBe(`"${md5(sums)}-2"`);
    expect((await s3.ask({ key, headers: { range: `bytes=${5 * MIB - 2}-${5 * MIB}` } })).text).toBe('aae');
  }),

  row('one part of an object is read by its number', secondPart(206, 3, '2'), {
    radosgw: { why: 'the number is ignored', check: secondPart(200, 5 * MIB + 3) },
  }),

  row('a part that is sent again takes the place of the first', async (s3) => {
    const key = freshKey();
    const uploadId = await begin(s3, key);
    await part(s3, key, uploadId, 1, 'first');
    const etag = await part(s3, key, uploadId, 1, 'second');
    await complete(s3, key, uploadId, { 1: etag });
    expect((await s3.ask({ key })).text).toBe('second');
  }),

  row('uploads and parts are listed', async (s3) => {
    const key = freshKey('listed');
    const uploadId = await begin(s3, key);
    const etag = await part(s3, key, uploadId, 3, 'abc');
    const parts = (await s3.ask({ key, query: { uploadId } })).text;
    expect(parts).toMatch(/<PartNumber>3<\/PartNumber>[^]*<Size>3<\/Size>|<Size>3<\/Size>[^]*<PartNumber>3<\/PartNumber>/);
    expect(textsOf(parts, /<ETag>([^<]*)</g).map((each) => each.replaceAll('"', ''))).toEqual([etag.replaceAll('"', '')]);
    const uploads = await s3.ask({ query: { uploads: '', prefix: key } });
    expect(uploads.text).toContain(`<UploadId>${uploadId}</UploadId>`);
  }),

  row('an upload that was given up is gone, with its parts', givenUp([404, 'NoSuchUpload']), {
    radosgw: {
      why: 'its completion is an internal error, and its list of parts says that the key is missing',
      check: givenUp([500, 'InternalError'], [404, 'NoSuchKey']),
    },
  }),

  row('an upload is completed with the parts that it has', async (s3) => {
    const key = freshKey();
    const uploadId = await begin(s3, key);
    const etag = await part(s3, key, uploadId, 1, 'x');
    expect(said(await complete(s3, key, uploadId, { 1: `"${'0'.repeat(32)}"` }))).toEqual([400, 'InvalidPart']);
    expect(said(await complete(s3, key, uploadId, { 1: etag, 2: etag }))).toEqual([400, 'InvalidPart']);
  }),

  row('an upload is completed with its parts in their order', wrongOrder([400, 'InvalidPartOrder']), {
    ministack: { why: 'it sorts them', check: wrongOrder([200]) },
    radosgw: { why: 'it sorts them', check: wrongOrder([200]) },
  }),

  row('a part that is not the last has 5 MiB', smallPart([400, 'EntityTooSmall']), {
    ministack: { why: 'parts have any size', check: smallPart([200]) },
  }),

  row('CompleteMultipartUpload If-None-Match: * onto what is there', completedIfNoneMatch([412, 'PreconditionFailed']), {
    radosgw: { why: 'the condition is ignored', check: completedIfNoneMatch([200]) },
  }),
];
