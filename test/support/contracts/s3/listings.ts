import { row, type Check, type Row } from '../contract';
import { freshKey, md5, said, textsOf, type S3Subject } from './subject';

interface Page {
  readonly keys: readonly string[];
  readonly prefixes: readonly string[];
  readonly token?: string;
  readonly count: number;
}

async function list({ ask }: S3Subject, query: Record<string, string>): Promise<Page> {
  const { status, text } = await ask({ query: { 'list-type': '2', ...query } });
  expect(status).toBe(200);
  const [token] = textsOf(text, /<NextContinuationToken>([^<]*)</g);
  expect(/<IsTruncated>true</.test(text)).toBe(token !== undefined);
  return {
    keys: textsOf(text, /<Contents>[^]*?<Key>([^<]*)<[^]*?<\/Contents>/g), token,
    prefixes: textsOf(text, /<CommonPrefixes>[^]*?<Prefix>([^<]*)<[^]*?<\/CommonPrefixes>/g), count: Number(textsOf(text, /<KeyCount>(\d+)</g)[0]),
  };
}

async function all(s3: S3Subject, query: Record<string, string>): Promise<string[][]> {
  const pages: string[][] = [];
  let token: string | undefined;
  do {
    const page = await list(s3, { ...query, ...(token && { 'continuation-token': token }) });
    pages.push([...page.keys, ...page.prefixes].sort());
    token = page.token;
  } while (token !== undefined && pages.length < 20);
  return pages;
}

/** Objects under a prefix of their own. */
async function put({ ask }: S3Subject, names: readonly string[]): Promise<string> {
  const prefix = `${freshKey('list')}/`;
  for (const name of names) await ask({ method: 'PUT', key: prefix + name, body: name });
  return prefix;
}

const encodedSlash = (slash: string): Check<S3Subject> => async (s3) => {
  const prefix = await put(s3, ['a/b']);
  expect((await list(s3, { prefix, 'encoding-type': 'url' })).keys).toEqual([`${prefix}a/b`.replaceAll('/', slash)]);
};

const deletedUnchecked = (answer: readonly (number | string)[]): Check<S3Subject> => async ({ ask }) => {
  const body = '<Delete><Object><Key>k</Key></Object></Delete>';
  expect(said(await ask({ method: 'POST', query: { delete: '' }, body }))).toEqual(answer);
};

/** ListObjectsV2 and DeleteObjects. */
export const LISTING_ROWS: readonly Row<S3Subject>[] = [
  row('a listing is in the order of UTF-8', async (s3) => {
    const names = ['a', 'B', 'a-', 'a/b', 'é', 'z', '漢', '🎉', '\uFF5E'];
    const prefix = await put(s3, names);
    const { keys, count } = await list(s3, { prefix });
    const bytewise = names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(keys).toEqual(bytewise.map((name) => prefix + name));
    expect(count).toBe(names.length);
  }),

  row('a listing names size, ETag and time', async (s3) => {
    const prefix = await put(s3, ['sized']);
    const { text } = await s3.ask({ query: { 'list-type': '2', prefix } });
    expect(text).toMatch(/<Size>5<\/Size>/);
    expect(textsOf(text, /<ETag>([^<]*)</g)).toEqual([`"${md5('sized')}"`]);
    expect(Math.abs(Date.parse(textsOf(text, /<LastModified>([^<]*)</g)[0]!) - Date.now())).toBeLessThan(60_000);
  }),

  row('a listing comes in pages', async (s3) => {
    const prefix = await put(s3, ['1', '2', '3', '4', '5']);
    const pages = await all(s3, { prefix, 'max-keys': '2' });
    expect(pages).toEqual([['1', '2'], ['3', '4'], ['5']].map((page) => page.map((name) => prefix + name)));
  }),

  row('a listing of nothing', async (s3) => {
    expect(await list(s3, { prefix: freshKey('nothing') })).toEqual({ keys: [], prefixes: [], token: undefined, count: 0 });
  }),

  row('a delimiter rolls keys up, over pages too', async (s3) => {
    const prefix = await put(s3, ['a', 'b/1', 'b/2', 'b/c/3', 'c', 'd/4']);
    expect(await list(s3, { prefix, delimiter: '/' })).toEqual({
      keys: [`${prefix}a`, `${prefix}c`], prefixes: [`${prefix}b/`, `${prefix}d/`], token: undefined, count: 4,
    });
    const pages = await all(s3, { prefix, delimiter: '/', 'max-keys': '1' });
    expect(pages).toEqual(['a', 'b/', 'c', 'd/'].map((name) => [prefix + name]));
  }),

  row('start-after', async (s3) => {
    const prefix = await put(s3, ['1', '2', '3']);
    expect((await list(s3, { prefix, 'start-after': `${prefix}1` })).keys).toEqual([`${prefix}2`, `${prefix}3`]);
    expect((await list(s3, { prefix, 'start-after': `${prefix}15` })).keys).toEqual([`${prefix}2`, `${prefix}3`]);
  }),

  row('keys are escaped in XML, or encoded if asked for', async (s3) => {
    const prefix = await put(s3, ['<&>é +%']);
    const plain = await s3.ask({ query: { 'list-type': '2', prefix } });
    expect(plain.text).toContain(`<Key>${prefix}&lt;&amp;&gt;é +%</Key>`);
    const { keys: [key] } = await list(s3, { prefix, 'encoding-type': 'url' });
    expect(decodeURIComponent(key!.replaceAll('+', ' '))).toBe(`${prefix}<&>é +%`);
  }),

  row('url encoding leaves slashes', encodedSlash('/'), {
    radosgw: { why: 'it encodes them', check: encodedSlash('%2F') },
  }),

  row('DeleteObjects deletes several, and what is not there', async (s3) => {
    const prefix = await put(s3, ['1', '2&', '3']);
    const object = (key: string) => `<Object><Key>${prefix}${key}</Key></Object>`;
    const body = `<Delete>${['1', '2&amp;', 'none'].map(object).join('')}</Delete>`;
    const reply = await s3.ask({ method: 'POST', query: { delete: '' }, body, headers: { 'content-md5': md5(body, 'base64') } });
    expect(said(reply)).toEqual([200]);
    expect(textsOf(reply.text, /<Deleted>\s*<Key>([^<]*)</g).sort()).toEqual([`${prefix}1`, `${prefix}2&`, `${prefix}none`].sort());
    expect((await list(s3, { prefix })).keys).toEqual([`${prefix}3`]);
  }),

  row('DeleteObjects, quiet', async (s3) => {
    const prefix = await put(s3, ['1']);
    const body = `<Delete><Quiet>true</Quiet><Object><Key>${prefix}1</Key></Object></Delete>`;
    const reply = await s3.ask({ method: 'POST', query: { delete: '' }, body, headers: { 'content-md5': md5(body, 'base64') } });
    expect([reply.status, /<Deleted>|<Error>/.test(reply.text)]).toEqual([200, false]);
    expect((await list(s3, { prefix })).keys).toEqual([]);
  }),

  row('DeleteObjects without a checksum', deletedUnchecked([400, 'InvalidRequest']), {
    ministack: { why: 'needs none', check: deletedUnchecked([200]) },
    radosgw: { why: 'needs none', check: deletedUnchecked([200]) },
  }),
];
