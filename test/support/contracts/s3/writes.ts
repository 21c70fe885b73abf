import { row, type Row } from '../contract';
import { freshKey, said, tally, type S3Subject } from './subject';

const ANY = { 'if-none-match': '*' };

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

  row('PUT If-None-Match with an ETag is not implemented', async ({ ask }) => {
    expect(said(await ask({ method: 'PUT', key: freshKey(), body: 'x', headers: { 'if-none-match': '"abc"' } }))).toEqual([501, 'NotImplemented']);
  }),

  row('PUT If-Match with the ETag, in quotes', async ({ ask }) => {
    const key = freshKey();
    const { headers: { etag } } = await ask({ method: 'PUT', key, body: 'first' });
    expect(said(await ask({ method: 'PUT', key, body: 'second', headers: { 'if-match': String(etag) } }))).toEqual([200]);
    expect((await ask({ key })).text).toBe('second');
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

  row('PUT If-Match of what is not there', async ({ ask }) => {
    const key = freshKey();
    expect(said(await ask({ method: 'PUT', key, body: 'x', headers: { 'if-match': '"abc"' } }))).toEqual([404, 'NoSuchKey']);
    expect((await ask({ key })).status).toBe(404);
  }),

  row('PUT If-Match, 16 at once: one wins', async ({ ask }) => {
    const key = freshKey();
    const { headers: { etag } } = await ask({ method: 'PUT', key, body: 'first' });
    const replies = await Promise.all(Array.from({ length: 16 }, (_, i) => {
      return ask({ method: 'PUT', key, body: `writer ${i}`, headers: { 'if-match': String(etag) } });
    }));
    expect(tally(replies)[200]).toBe(1);
    for (const { status } of replies) expect([200, 409, 412]).toContain(status);
  }),

  row('DELETE If-Match with another ETag', async ({ ask }) => {
    const key = freshKey();
    const { headers: { etag } } = await ask({ method: 'PUT', key, body: 'first' });
    expect(said(await ask({ method: 'DELETE', key, headers: { 'if-match': '"abc"' } }))).toEqual([412, 'PreconditionFailed']);
    expect((await ask({ key })).status).toBe(200);
    expect(said(await ask({ method: 'DELETE', key, headers: { 'if-match': String(etag) } }))).toEqual([204]);
  }),

  row('CopyObject If-None-Match: * onto what is there', async ({ ask, bucket }) => {
    const [key, taken] = [freshKey(), freshKey()];
    await ask({ method: 'PUT', key, body: 'source' });
    await ask({ method: 'PUT', key: taken, body: 'first' });
    const headers = { 'x-amz-copy-source': `${bucket}/${key}`, ...ANY };
    expect(said(await ask({ method: 'PUT', key: taken, headers }))).toEqual([412, 'PreconditionFailed']);
    expect((await ask({ key: taken })).text).toBe('first');
  }),
];
