import { row, type Check, type Row } from '../contract';
import { freshKey, said, type S3Subject } from './subject';

const DIGITS = '0123456789';

const RANGES = [
  ['bytes=2-4', '234', '2-4'], ['bytes=7-', '789', '7-9'], ['bytes=-3', '789', '7-9'], ['bytes=8-99', '89', '8-9'], ['bytes=-99', DIGITS, '0-9'],
] as const;

async function digits({ ask }: S3Subject): Promise<{ key: string; etag: string }> {
  const key = freshKey('digits');
  const { headers } = await ask({ method: 'PUT', key, body: DIGITS });
  return { key, etag: String(headers.etag) };
}

const noRange = (status: number): Check<S3Subject> => async (s3) => {
  const { key } = await digits(s3);
  expect((await s3.ask({ key, headers: { range: 'bytes=4-2' } })).status).toBe(status);
};

const notModified = (withEtag: boolean): Check<S3Subject> => async (s3) => {
  const { key, etag } = await digits(s3);
  for (const method of ['GET', 'HEAD']) {
    const reply = await s3.ask({ method, key, headers: { 'if-none-match': etag } });
    expect([reply.status, reply.text, reply.headers.etag]).toEqual([304, '', withEtag ? etag : undefined]);
  }
  expect(await s3.ask({ key, headers: { 'if-none-match': '"another"' } })).toMatchObject({ status: 200, text: DIGITS });
};

/** Ranges and conditions of GET and HEAD. */
export const READ_ROWS: readonly Row<S3Subject>[] = [
  ...RANGES
    .map(([range, text, place]) => row<S3Subject>(`the range ${range}`, async (s3) => {
      const { key } = await digits(s3);
      expect(await s3.ask({ key, headers: { range } })).toMatchObject({
        status: 206, text, headers: { 'content-range': `bytes ${place}/10`, 'content-length': String(text.length) },
      });
    })),

  row('a range past the end', async (s3) => {
    const { key } = await digits(s3);
    const reply = await s3.ask({ key, headers: { range: 'bytes=10-' } });
    expect(said(reply)).toEqual([416, 'InvalidRange']);
  }),

  row('a range that is none gives the whole', noRange(200), {
    ministack: { why: 'it is refused', check: noRange(416) },
    radosgw: { why: 'it is refused', check: noRange(416) },
  }),

  row('If-None-Match with the ETag: not modified', notModified(true), {
    radosgw: { why: '304 comes without the ETag', check: notModified(false) },
  }),

  row('If-Match with another ETag', async (s3) => {
    const { key, etag } = await digits(s3);
    expect((await s3.ask({ key, headers: { 'if-match': etag } })).status).toBe(200);
    expect(said(await s3.ask({ key, headers: { 'if-match': '"another"' } }))).toEqual([412, 'PreconditionFailed']);
  }),
];
