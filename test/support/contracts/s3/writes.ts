import { row, type Check, type Row } from '../contract';
import { freshKey, said, tally, type S3Subject } from './subject';

const ANY = { 'if-none-match': '*' };

const FAILED = [412, 'PreconditionFailed'] as const;
type Answer = readonly (number | string)[];

const ifNoneMatchEtag = (answer: Answer): Check<S3Subject> => async ({ ask }) => {
  expect(said(await ask({ method: 'PUT', key: freshKey(), body: 'x', headers: { 'if-none-match': '"abc"' } }))).toEqual(answer);
};

const ifMatchQuoted = (answer: Answer): Check<S3Subject> => async ({ ask }) => {
  const key = freshKey();
  const { headers: { etag } } = await ask({ method: 'PUT', key, body: 'first' });
  expect(said(await ask({ method: 'PUT', key, body: 'second', headers: { 'if-match': String(etag) } }))).toEqual(answer);
  expect((await ask({ key })).text).toBe(answer[0] === 200 ? 'second' : 'first');
};

const ifMatchMissing = (answer: Answer): Check<S3Subject> => async ({ ask }) => {
  const key = freshKey();
  expect(said(await ask({ method: 'PUT', key, body: 'x', headers: { 'if-match': '"abc"' } }))).toEqual(answer);
  expect((await ask({ key })).status).toBe(404);
};

const ifMatchRace = (losers: readonly number[], quoted = true): Check<S3Subject> => async ({ ask }) => {
  const key = freshKey();
  const etag = String((await ask({ method: 'PUT', key, body: 'first' })).headers.etag);
  const headers = { 'if-match': quoted ? etag : etag.replaceAll('"', '') };
  const replies = await Promise.all(Array.from({ length: 16 }, (_, i) => ask({ method: 'PUT', key, body: `writer ${i}`, headers })));
  expect(tally(replies)[200]).toBe(1);
  for (const { status } of replies) expect([200, ...losers]).toContain(status);
};

const deleteIfMatch = (answer: Answer): Check<S3Subject> => async ({ ask }) => {
  const key = freshKey();
  const { headers: { etag } } = await ask({ method: 'PUT', key, body: 'first' });
  expect(said(await ask({ method: 'DELETE', key, headers: { 'if-match': '"abc"' } }))).toEqual(answer);
  expect((await ask({ key })).status).toBe(answer[0] === 204 ? 404 : 200);
  expect(said(await ask({ method: 'DELETE', key, headers: { 'if-match': String(etag) } }))).toEqual([204]);
};

const copyIfNoneMatch = (answer: Answer): Check<S3Subject> => async ({ ask, bucket }) => {
  const [key, taken] = [freshKey(), freshKey()];
  await ask({ method: 'PUT', key, body: 'source' });
  await ask({ method: 'PUT', key: taken, body: 'first' });
  expect(said(await ask({ method: 'PUT', key: taken, headers: { 'x-amz-copy-source': `${bucket}/${key}`, ...ANY } }))).toEqual(answer);
  expect((await ask({ key: taken })).text).toBe(answer[0] === 200 ? 'source' : 'first');
};

/** Conditional writes. */
export const CONDITIONAL_WRITE_ROWS: readonly Row<S3Subject>[] = [
  row('PUT If-None-Match: * writes what is not there, and nothing else', async ({ ask }) => {
    const key = freshKey();
    expect(said(await ask({ method: 'PUT', key, body: 'first', headers: ANY }))).toEqual([200]);
    expect(said(await ask({ method: 'PUT', key, body: 'second', headers: ANY }))).toEqual([412, 'PreconditionFailed']);
    expect((await ask({ key })).text).toBe('first');
  }),

  row('PUT If-None-Match: * writes again what was deleted', async ({ ask }) => {
    const key = freshKey();
    await ask({ method: 'PUT', key, body: 'first' });
    await ask({ method: 'DELETE', key });
    expect(said(await ask({ method: 'PUT', key, body: 'second', headers: ANY }))).toEqual([200]);
  }),

  row('PUT If-None-Match: *, 16 at once: one wins', async ({ ask }) => {
    const key = freshKey();
    const replies = await Promise.all(Array.from({ length: 16 }, (_, i) => ask({ method: 'PUT', key, body: `${i}`, headers: ANY })));
    expect(tally(replies)[200]).toBe(1);
    for (const { status } of replies) expect([200, 409, 412]).toContain(status); // 409 if it met another one under way
    expect((await ask({ key })).text).toBe(`${replies.findIndex(({ status }) => status === 200)}`);
  }),

  row('PUT If-None-Match with an ETag is not implemented', ifNoneMatchEtag([501, 'NotImplemented']), {
    ministack: { why: 'the condition is ignored', check: ifNoneMatchEtag([200]) },
    radosgw: { why: 'the condition fails, whatever is there', check: ifNoneMatchEtag(FAILED) },
  }),

  row('PUT If-Match with the ETag, in quotes', ifMatchQuoted([200]), {
    radosgw: { why: 'it takes ETags without their quotes only', check: ifMatchQuoted(FAILED) },
  }),

  row('PUT If-Match with the ETag, without its quotes', async ({ ask }) => {
    const key = freshKey();
    const { headers: { etag } } = await ask({ method: 'PUT', key, body: 'first' });
    expect(said(await ask({ method: 'PUT', key, body: 'second', headers: { 'if-match': String(etag).replaceAll('"', '') } }))).toEqual([200]);
  }),

  row('PUT If-Match with another ETag', async ({ ask }) => {
    const key = freshKey();
    await ask({ method: 'PUT', key, body: 'first' });
    const headers = { 'if-match': '"00000000000000000000000000000000"' };
    expect(said(await ask({ method: 'PUT', key, body: 'second', headers }))).toEqual([412, 'PreconditionFailed']);
    expect((await ask({ key })).text).toBe('first');
  }),

  row('PUT If-Match of what is not there', ifMatchMissing([404, 'NoSuchKey']), {
    radosgw: { why: 'the condition fails', check: ifMatchMissing(FAILED) },
  }),

  row('PUT If-Match, 16 at once: one wins', ifMatchRace([409, 412]), { // 409 if it met another one under way
    radosgw: { why: 'with the ETag without its quotes, and losers may get 500', check: ifMatchRace([409, 412, 500], false) },
  }),

  row('DELETE If-Match with another ETag', deleteIfMatch(FAILED), {
    radosgw: { why: 'the condition is ignored', check: deleteIfMatch([204]) },
  }),

  row('CopyObject If-None-Match: * onto what is there', copyIfNoneMatch(FAILED), {
    ministack: { why: 'the condition is ignored', check: copyIfNoneMatch([200]) },
    radosgw: { why: 'the condition is ignored', check: copyIfNoneMatch([200]) },
  }),
];
