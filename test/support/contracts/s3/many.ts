import { row, type Row } from '../contract';
import { freshKey, type S3Subject } from './subject';

async function put({ client, bucket }: S3Subject, names: readonly string[]): Promise<string> {
  const prefix = `${freshKey('many')}/`;
  for (const name of names) await client.put(bucket, prefix + name, Buffer.from(name));
  return prefix;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

const keysOf = async ({ client, bucket }: S3Subject, options: Parameters<S3Subject['client']['list']>[1]) =>
  (await all(client.list(bucket, options))).map(({ key }) => key);

/** Lists and deletions of many objects, by our client. */
export const MANY_ROWS: readonly Row<S3Subject>[] = [
  row('our client lists all pages, with sizes and times', async (s3) => {
    const names = ['1', '22', '333', 'a b+c', 'é/漢🎉', '<&">%41'];
    const prefix = await put(s3, names);
    const objects = await all(s3.client.list(s3.bucket, { prefix, maxKeys: 2 }));
    expect(objects.map(({ key, bytes }) => [key, bytes])).toEqual(
      names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).map((name) => [prefix + name, Buffer.byteLength(name)]));
    for (const { lastModified } of objects) expect(Math.abs(lastModified.getTime() - Date.now())).toBeLessThan(60_000);
  }),

  row('our client lists what comes after a key', async (s3) => {
    const prefix = await put(s3, ['1', '2 +é', '3']);
    expect(await keysOf(s3, { prefix, startAfter: `${prefix}1`, maxKeys: 1 })).toEqual([`${prefix}2 +é`, `${prefix}3`]);
  }),

  row('our client lists prefixes, and the objects beside them', async (s3) => {
    const prefix = await put(s3, ['2026-11-21T20:05/a', '2026-11-21T20:05/b', '2026-11-21T20:06/a', 'beside', 'é +/c']);
    const listing = s3.client.list(s3.bucket, { prefix, delimiter: '/', maxKeys: 1 });
    expect(await all(listing.prefixes())).toEqual(['2026-11-21T20:05/', '2026-11-21T20:06/', 'é +/'].map((name) => prefix + name));
    expect((await all(listing)).map(({ key }) => key)).toEqual([`${prefix}beside`]);
  }),

  row('our client lists nothing where there is nothing', async (s3) => {
    const listing = s3.client.list(s3.bucket, { prefix: freshKey('none'), delimiter: '/' });
    expect([await all(listing), await all(listing.prefixes())]).toEqual([[], []]);
  }),

  row('our client deletes many, whatever their names and their keys', async (s3) => {
    const names = ['1', '2&<>"\'', 'é 漢🎉', 'a+b c%20', 'kept'];
    const prefix = await put(s3, names);
    await s3.client.put(s3.bucket, `${prefix}encrypted`, Buffer.from('x'), { encryptionKey: Buffer.alloc(32, 5) });
    const gone = [...names.filter((name) => name !== 'kept'), 'encrypted', 'never there'].map((name) => prefix + name);
    expect(await s3.client.deleteMany(s3.bucket, gone)).toEqual([]);
    expect(await keysOf(s3, { prefix })).toEqual([`${prefix}kept`]);
  }),

  row('our client deletes a thousand at once', async (s3) => {
    const prefix = await put(s3, ['0000', '0999']);
    const keys = Array.from({ length: 1000 }, (_, i) => `${prefix}${String(i).padStart(4, '0')}`);
    expect(await s3.client.deleteMany(s3.bucket, keys)).toEqual([]);
    expect(await keysOf(s3, { prefix })).toEqual([]);
  }),

  row('lists and deletions in a bucket that is not there', async ({ client }) => {
    const bucket = freshKey('nobodys');
    const error = { name: 'NoSuchBucket', failure: 'missing' };
    await expect(all(client.list(bucket))).rejects.toMatchObject(error);
    await expect(client.deleteMany(bucket, ['k'])).rejects.toMatchObject(error);
  }),
];
