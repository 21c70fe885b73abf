import { createHash, randomBytes } from 'node:crypto';
import { acquireLease } from '../../../runtime/resilience/document-lease';
import { ObjectTooLargeError, type ObjectStore, type StoredDocument, type StoredObject } from '../../../runtime/stores/object-store';
import { describeContract, row, type Check, type Row, type ServerName } from './contract';

/** A store, another client of the same, and a prefix below which nobody else writes. */
export interface ObjectStoreSubject {
  readonly store: ObjectStore;
  readonly other: ObjectStore;
  readonly prefix: string;
}

let keys = 0;
const freshKey = ({ prefix }: ObjectStoreSubject, name = 'key') => `${prefix}${name}-${++keys}`;
const bytes = (text: string) => Buffer.from(text);
const textOf = (found: Uint8Array | undefined) => found && Buffer.from(found).toString();
const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');

async function documentOf(store: ObjectStore, key: string): Promise<StoredDocument> {
  const found = await store.read(key);
  if (typeof found !== 'object') throw new Error(`${key} was expected to be there, got ${String(found)}`);
  return found;
}

async function listed({ store, prefix }: ObjectStoreSubject, below = ''): Promise<StoredObject[]> {
  const found: StoredObject[] = [];
  for await (const object of store.list(prefix + below)) found.push(object);
  return found;
}

async function names(subject: ObjectStoreSubject, below: string): Promise<string[]> {
  return (await listed(subject, below)).map(({ key }) => key.slice(subject.prefix.length));
}

/** No more at once than a small server takes. */
async function createAll(store: ObjectStore, all: readonly string[]): Promise<void> {
  const left = [...all];
  await Promise.all(Array.from({ length: 16 }, async () => {
    for (let key = left.pop(); key !== undefined; key = left.pop()) expect(await store.create(key, bytes('x'))).toBe(true);
  }));
}

const ODD = [
  '.', '..', '', '/', 'a/', '/a', 'a//b', 'a/./b', 'a/../b', '../a', 'a b', 'ä', 'a\\b', 'a:b', 'a\nb', 'a%2fb', 'a@', 'k'.repeat(1025),
];

const wrongDigest = (isChecked: boolean): Check<ObjectStoreSubject> => async (subject) => {
  const [key, body] = [freshKey(subject), randomBytes(1000)];
  const writing = subject.store.create(key, body, { sha256: sha256(bytes('another')) });
  if (isChecked) await expect(writing).rejects.toThrow();
  else expect(await writing).toBe(true);
  expect(await subject.store.has(key)).toBe(!isChecked);
};

const OBJECT_ROWS: readonly Row<ObjectStoreSubject>[] = [
  row('an object is what was written, also to others, and has a time', async (subject) => {
    const [key, body] = [freshKey(subject), randomBytes(10_000)];
    expect(await subject.store.create(key, body, { sha256: sha256(body) })).toBe(true);
    expect(body.equals((await subject.other.get(key))!)).toBe(true);
    expect(await subject.other.has(key)).toBe(true);
    const [found] = await listed(subject, key.slice(subject.prefix.length));
    expect(found).toEqual({ key, bytes: 10_000, lastModified: expect.any(Number) as number });
    expect(Math.abs(found!.lastModified - Date.now())).toBeLessThan(3_600_000);
  }),

  row('what is there stays, whoever writes it again', async (subject) => {
    const key = freshKey(subject);
    expect(await subject.store.create(key, bytes('first'))).toBe(true);
    expect(await subject.store.create(key, bytes('second'))).toBe(false);
    expect(await subject.other.create(key, bytes('first'))).toBe(false);
    expect(textOf(await subject.store.get(key))).toBe('first');
  }),

  row('16 write one object at once: one has, and it is his', async (subject) => {
    const key = freshKey(subject);
    const bodies = Array.from({ length: 16 }, (_, i) => Buffer.alloc(100_000, `writer ${i}, `));
    const stores = [subject.store, subject.other];
    const done = await Promise.all(bodies.map((body, i) => stores[i % 2]!.create(key, body)));
    expect(done.filter(Boolean)).toHaveLength(1);
    expect(bodies[done.indexOf(true)]!.equals((await subject.store.get(key))!)).toBe(true);
  }),

  row('an object that is not there', async (subject) => {
    const key = freshKey(subject);
    expect(await subject.store.get(key)).toBeUndefined();
    expect(await subject.store.has(key)).toBe(false);
    expect(await subject.store.get(`${key}/below`)).toBeUndefined();
  }),

  row('an empty object', async (subject) => {
    const keysOf = [freshKey(subject), freshKey(subject)] as const;
    await subject.store.create(keysOf[0], new Uint8Array());
    await subject.store.create(keysOf[1], []);
    for (const key of keysOf) expect((await subject.store.get(key))?.byteLength).toBe(0);
  }),

  row('8 MiB in pieces large and small, which are not changed', async (subject) => {
    const [key, body] = [freshKey(subject), randomBytes(8 << 20)];
    const copy = Buffer.from(body);
    const cuts = [0, 4, 4, 13, 20_000, 30_000, 3_000_000, 3_000_001, body.length];
    await subject.store.create(key, cuts.slice(1).map((to, i) => body.subarray(cuts[i], to)), { sha256: sha256(body) });
    expect(copy.equals(body)).toBe(true);
    expect(body.equals((await subject.other.get(key))!)).toBe(true);
  }),

  row('what was given and what is got can be changed by who has it', async (subject) => {
    const [key, body] = [freshKey(subject), bytes('abc')];
    await subject.store.create(key, body);
    body.fill('x');
    (await subject.store.get(key))!.fill(0);
    expect(textOf(await subject.store.get(key))).toBe('abc');
  }),

  row('an object that is larger than wanted is not fetched', async (subject) => {
    const key = freshKey(subject);
    await subject.store.create(key, Buffer.alloc(300_000));
    await expect(subject.store.get(key, { maxBytes: 299_999 })).rejects.toBeInstanceOf(ObjectTooLargeError);
    expect((await subject.store.get(key, { maxBytes: 300_000 }))?.byteLength).toBe(300_000);
  }),
];

const DIGEST_ROWS: readonly Row<ObjectStoreSubject>[] = [
  row('a body that has another SHA-256 than was said is refused', wrongDigest(true), {
    ministack: { why: 'it does not look', check: wrongDigest(false) },
  }),
];

const DOCUMENT_ROWS: readonly Row<ObjectStoreSubject>[] = [
  row('a document is made where there is none, and read with its etag and the time', async (subject) => {
    const key = freshKey(subject);
    expect(await subject.store.read(key)).toBeUndefined();
    expect(await subject.store.read(key, { unless: 'abc' })).toBeUndefined();
    const etag = await subject.store.replace(key, bytes('first'), undefined);
    expect(etag).toEqual(expect.any(String));
    const found = await documentOf(subject.other, key);
    expect([textOf(found.bytes), found.etag]).toEqual(['first', etag]);
    expect(Math.abs(found.time - Date.now())).toBeLessThan(3_600_000);
  }),

  row('a document that is there is not made again, and one that is not there is not replaced', async (subject) => {
    const [key, absent] = [freshKey(subject), freshKey(subject)];
    const etag = await subject.store.replace(key, bytes('first'), undefined);
    expect(await subject.store.replace(key, bytes('second'), undefined)).toBeUndefined();
    expect(await subject.store.replace(absent, bytes('second'), etag)).toBeUndefined();
    expect(textOf((await documentOf(subject.store, key)).bytes)).toBe('first');
    expect(await subject.store.read(absent)).toBeUndefined();
  }),

  row('a document is replaced if it is still the one that was read', async (subject) => {
    const key = freshKey(subject);
    const first = await subject.store.replace(key, bytes('first'), undefined);
    const second = await subject.other.replace(key, bytes('second'), first);
    expect(second).not.toBe(first);
    expect(await subject.store.replace(key, bytes('third'), first)).toBeUndefined();
    expect(textOf((await documentOf(subject.store, key)).bytes)).toBe('second');
    expect(await subject.store.replace(key, bytes('fourth'), second)).toEqual(expect.any(String));
    expect(textOf((await documentOf(subject.other, key)).bytes)).toBe('fourth');
  }),

  row('a document that has the etag already is not sent', async (subject) => {
    const key = freshKey(subject);
    const first = (await subject.store.replace(key, bytes('first'), undefined))!;
    expect(await subject.other.read(key, { unless: first })).toBe('unchanged');
    const second = (await subject.store.replace(key, bytes('second'), first))!;
    expect(await subject.other.read(key, { unless: first })).toMatchObject({ etag: second });
    expect(await subject.other.read(key, { unless: second })).toBe('unchanged');
  }),

  row('16 make one document at once: one has', async (subject) => {
    const key = freshKey(subject);
    const stores = [subject.store, subject.other];
    const etags = await Promise.all(Array.from({ length: 16 }, (_, i) => stores[i % 2]!.replace(key, bytes(`writer ${i}`), undefined)));
    const [winner, ...others] = etags.flatMap((etag, i) => etag === undefined ? [] : [i]);
    expect(others).toEqual([]);
    const found = await documentOf(subject.store, key);
    expect([textOf(found.bytes), found.etag]).toEqual([`writer ${winner}`, etags[winner!]]);
  }),

  row('16 replace one document at once, time after time: one has each time', async (subject) => {
    const key = freshKey(subject);
    const stores = [subject.store, subject.other];
    let etag = await subject.store.replace(key, bytes('0'), undefined);
    for (let round = 1; round <= 5; round++) {
      const etags = await Promise.all(Array.from({ length: 16 }, (_, i) => stores[i % 2]!.replace(key, bytes(`${round} ${i}`), etag)));
      const winners = etags.flatMap((each, i) => each === undefined ? [] : [i]);
      expect(winners).toHaveLength(1);
      etag = etags[winners[0]!];
      expect(textOf((await documentOf(subject.other, key)).bytes)).toBe(`${round} ${winners[0]!}`);
    }
  }),

  row('nothing that 8 writers add is lost', async (subject) => {
    const key = freshKey(subject);
    const add = async (store: ObjectStore, name: string) => {
      for (;;) {
        const found = await store.read(key);
        const before = typeof found === 'object' ? textOf(found.bytes)! : '';
        if (await store.replace(key, bytes(`${before}${name} `), typeof found === 'object' ? found.etag : undefined) !== undefined) return;
      }
    };
    await Promise.all(Array.from({ length: 8 }, async (_, i) => {
      for (let n = 0; n < 3; n++) await add(i % 2 ? subject.store : subject.other, `${i}.${n}`);
    }));
    const all = textOf((await documentOf(subject.store, key)).bytes)!.trim().split(' ');
    expect(all.sort()).toEqual(Array.from({ length: 24 }, (_, i) => `${Math.floor(i / 3)}.${i % 3}`));
  }),

  row('of 4 who want a lease one has it at a time, and each has it once', async (subject) => {
    const key = freshKey(subject, 'lease');
    const had: string[] = [];
    await Promise.all(Array.from({ length: 4 }, async (_, i) => {
      const store = i % 2 ? subject.store : subject.other;
      const lease = await acquireLease(store, key, { ttl: 10_000 });
      had.push(`${i} has it`);
      await store.read(key);
      had.push(`${i} gives it back`);
      await lease.release();
    }));
    const holders = had.filter((_, i) => i % 2 === 0).map((text) => text[0]!);
    expect(had).toEqual(holders.flatMap((holder) => [`${holder} has it`, `${holder} gives it back`]));
    expect(holders.toSorted()).toEqual(['0', '1', '2', '3']);
  }),

  row('an empty document, and one of 3 MiB', async (subject) => {
    const [key, body] = [freshKey(subject), randomBytes(3 << 20)];
    const etag = await subject.store.replace(key, new Uint8Array(), undefined);
    expect((await documentOf(subject.other, key)).bytes.byteLength).toBe(0);
    await subject.store.replace(key, body, etag);
    expect(body.equals((await documentOf(subject.other, key)).bytes)).toBe(true);
  }),
];

const LIST_ROWS: readonly Row<ObjectStoreSubject>[] = [
  row('objects and documents below a prefix, in the order of the keys', async (subject) => {
    const order = ['list/A', 'list/a', 'list/a-b', 'list/a.b', 'list/a/b', 'list/a/c/d', 'list/a0', 'list/a~1', 'list/b/manifest', 'list/~'];
    for (const name of order.toReversed()) {
      if (name.endsWith('manifest')) await subject.store.replace(subject.prefix + name, bytes('12345'), undefined);
      else expect(await subject.store.create(subject.prefix + name, bytes('123'))).toBe(true);
    }
    await subject.store.create(`${subject.prefix}lists`, bytes('x'));
    expect(await names(subject, 'list/')).toEqual(order);
    expect(await names(subject, 'list/a')).toEqual(order.slice(1, 8));
    expect(await names(subject, 'list/a/')).toEqual(order.slice(4, 6));
    expect(await names(subject, 'list/b/manifest')).toEqual(['list/b/manifest']);
    expect((await listed(subject, 'list/b/')).map((found) => found.bytes)).toEqual([5]);
    for (const none of ['none', 'none/', 'list/c/', 'list/A/', 'list/b/manifest/']) expect(await names(subject, none)).toEqual([]);
  }),

  row('more than a thousand are listed in order, and deleted at once', async (subject) => {
    const all = Array.from({ length: 1203 }, (_, i) => `${subject.prefix}many/${String(i).padStart(4, '0')}`);
    await createAll(subject.store, all);
    expect((await listed(subject, 'many/')).map(({ key }) => key)).toEqual(all);
    expect(await subject.store.delete(all.slice(1))).toEqual([]);
    expect((await listed(subject, 'many/')).map(({ key }) => key)).toEqual(all.slice(0, 1));
  }),

  row('exactly a thousand are listed', async (subject) => {
    await createAll(subject.store, Array.from({ length: 1000 }, (_, i) => `${subject.prefix}page/${i}`));
    expect(await listed(subject, 'page/')).toHaveLength(1000);
  }),

  row('a list can be left early', async (subject) => {
    await createAll(subject.store, ['early/1', 'early/2'].map((name) => subject.prefix + name));
    for await (const { key } of subject.store.list(`${subject.prefix}early/`)) {
      expect(key).toBe(`${subject.prefix}early/1`);
      break;
    }
  }),

  row('what is deleted is gone, and so is what was not there; it can be written anew', async (subject) => {
    const [key, kept] = [freshKey(subject), freshKey(subject)];
    await subject.store.create(key, bytes('first'));
    await subject.store.create(kept, bytes('kept'));
    expect(await subject.store.delete([])).toEqual([]);
    expect(await subject.other.delete([key, freshKey(subject), `${freshKey(subject)}/below`])).toEqual([]);
    expect(await subject.store.get(key)).toBeUndefined();
    expect(textOf(await subject.store.get(kept))).toBe('kept');
    expect(await subject.store.create(key, bytes('second'))).toBe(true);
    expect(textOf(await subject.store.get(key))).toBe('second');
  }),
];

const KEY_ROWS: readonly Row<ObjectStoreSubject>[] = [
  row('keys that differ by a capital only, or by what follows', async (subject) => {
    const all = [
      'odd/Main', 'odd/main', 'odd/MAIN', 'odd/ma/in', 'odd/ma', 'odd/main.', 'odd/main./x', 'odd/...', 'odd/.../x', 'odd/.x', 'odd/con',
      'odd/a~b_c-d.e', `odd/${'k'.repeat(120)}`,
    ];
    for (const name of all) {
      expect(await subject.store.create(subject.prefix + name, bytes(name))).toBe(true);
      expect(await subject.store.replace(`${subject.prefix}documents/${name}`, bytes(`document ${name}`), undefined)).toBeDefined();
    }
    for (const name of all) {
      expect(textOf(await subject.other.get(subject.prefix + name))).toBe(name);
      expect(textOf((await documentOf(subject.other, `${subject.prefix}documents/${name}`)).bytes)).toBe(`document ${name}`);
    }
    expect(await names(subject, 'odd/')).toEqual(all.toSorted());
    expect(await names(subject, 'documents/')).toEqual(all.toSorted().map((name) => `documents/${name}`));
  }),

  row('what is no key is refused, whatever is to be done', async ({ store }) => {
    for (const key of ODD) {
      const refused = { code: 'E_STORE_KEY' };
      for (const call of [
        () => store.get(key), () => store.has(key), () => store.create(key, bytes('x')), () => store.read(key), () => store.delete([key]),
        () => store.replace(key, bytes('x'), undefined),
      ]) await expect((async () => call())()).rejects.toMatchObject(refused);
    }
    const listing = async (prefix: string) => { for await (const { key } of store.list(prefix)) expect(key).toBe('none'); };
    for (const prefix of ['../', 'a/../', '/', 'a//', './', 'ä']) await expect(listing(prefix)).rejects.toMatchObject({ code: 'E_STORE_KEY' });
  }),

  row('who has given up is not served', async (subject) => {
    const [key, signal] = [freshKey(subject), AbortSignal.abort(new Error('told to stop'))];
    await expect(subject.store.create(key, bytes('x'), { signal })).rejects.toThrow('told to stop');
    await expect(subject.store.replace(key, bytes('x'), undefined, { signal })).rejects.toThrow('told to stop');
    expect(await subject.store.has(key)).toBe(false);
    await subject.store.create(key, bytes('x'));
    await expect(subject.store.get(key, { signal })).rejects.toThrow('told to stop');
    await expect(subject.store.has(key, { signal })).rejects.toThrow('told to stop');
    await expect(subject.store.read(key, { signal })).rejects.toThrow('told to stop');
    await expect(subject.store.delete([key], { signal })).rejects.toThrow('told to stop');
    const listing = async () => { for await (const each of subject.store.list(key, { signal })) expect(each).toBeUndefined(); };
    await expect(listing()).rejects.toThrow('told to stop');
    expect(textOf(await subject.store.get(key))).toBe('x');
  }),

  row('a hundred calls share one signal', async (subject) => {
    const { signal } = new AbortController();
    const all = Array.from({ length: 100 }, () => freshKey(subject));
    expect(await Promise.all(all.map((key) => subject.store.create(key, bytes(key), { signal })))).toEqual(all.map(() => true));
    expect((await Promise.all(all.map((key) => subject.store.get(key, { signal })))).map(textOf)).toEqual(all);
  }),
];

/** What every object store does, wherever it keeps its objects. */
const OBJECT_STORE_ROWS: readonly Row<ObjectStoreSubject>[] = [...OBJECT_ROWS, ...DOCUMENT_ROWS, ...LIST_ROWS, ...KEY_ROWS];

/** What one in a bucket does besides: the server checks what it is told. */
export const S3_OBJECT_STORE_ROWS: readonly Row<ObjectStoreSubject>[] = [...OBJECT_STORE_ROWS, ...DIGEST_ROWS];

/** The rows against a store. @param open a client of it; twice, of the same one */
export function describeObjectStore(server: ServerName, open: () => ObjectStore, rows = OBJECT_STORE_ROWS): void {
  describe('an object store', () => {
    let subject: ObjectStoreSubject;
    beforeAll(() => { subject = { store: open(), other: open(), prefix: `v1/contract-${randomBytes(6).toString('hex')}/` }; });
    afterAll(async () => {
      await subject.store.delete((await listed(subject)).map(({ key }) => key));
      for (const store of [subject.store, subject.other]) store.close();
    });

    describeContract('keeps the list', server, rows, () => subject);
  });
}
