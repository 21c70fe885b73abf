import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { SegmentGoneError, type SegmentPlace, type SegmentStore } from '../../../runtime/live/segments/segment-store';
import { describeContract, row, type Row, type ServerName } from './contract';

/** A store, and a prefix below which nobody else writes. */
export interface SegmentStoreSubject {
  readonly store: SegmentStore;
  readonly prefix: string;
}

const KEY = randomBytes(32);

let places = 0;
const place = ({ prefix }: SegmentStoreSubject, name = `${++places}`): SegmentPlace => ({ key: `${prefix}${name}`, encryptionKey: KEY });
const pieces = (...texts: string[]) => texts.map((text) => Buffer.from(text));
const read = async ({ store }: SegmentStoreSubject, at: SegmentPlace, offset = 0) => buffer(await store.read(at, offset));

async function listed({ store, prefix }: SegmentStoreSubject, below = ''): Promise<{ key: string; bytes: number }[]> {
  const found: { key: string; bytes: number }[] = [];
  for await (const { key, bytes } of store.list(prefix + below)) found.push({ key, bytes });
  return found;
}

/** What every segment store does, wherever it keeps its segments. */
const SEGMENT_STORE_ROWS: readonly Row<SegmentStoreSubject>[] = [
  row('a segment of several pieces is read whole, and from any offset', async (subject) => {
    const at = place(subject);
    await subject.store.put(at, pieces('abc', '', 'd', 'efghij'));
    for (const offset of [0, 1, 3, 4, 5, 9]) expect((await read(subject, at, offset)).toString()).toBe('abcdefghij'.slice(offset));
  }),

  row('every byte of a large segment, in pieces large and small', async (subject) => {
    const at = place(subject);
    const body = randomBytes(8_500_000);
    const cuts = [0, 4, 12, 13, 20_000, 30_000, 100_000, 3_000_000, 3_000_001, body.length];
    await subject.store.put(at, cuts.slice(1).map((to, i) => body.subarray(cuts[i], to)));
    expect(body.equals(await read(subject, at))).toBe(true);
    expect(body.subarray(4_194_305).equals(await read(subject, at, 4_194_305))).toBe(true);
  }),

  row('the pieces are not changed', async (subject) => {
    const chunks = [new Uint8Array([1, 2, 3]), Buffer.from('abc')];
    await subject.store.put(place(subject), chunks);
    expect(chunks.map((chunk) => [...chunk])).toEqual([[1, 2, 3], [97, 98, 99]]);
  }),

  row('an empty segment', async (subject) => {
    const at = place(subject);
    await subject.store.put(at, []);
    expect((await read(subject, at)).length).toBe(0);
  }),

  row('a segment that was never written is gone', async (subject) => {
    await expect(subject.store.read(place(subject), 0)).rejects.toBeInstanceOf(SegmentGoneError);
    await expect(subject.store.read(place(subject), 5)).rejects.toBeInstanceOf(SegmentGoneError);
  }),

  row('a segment that was written with another key cannot be read', async (subject) => {
    const at = place(subject);
    await subject.store.put(at, pieces('secret'));
    await expect(subject.store.read({ ...at, encryptionKey: randomBytes(32) }, 0)).rejects.toThrow(); // to S3 it is denied, to others gone
    expect((await read(subject, { ...at, encryptionKey: Buffer.from(KEY) })).toString()).toBe('secret');
  }),

  row('a segment that has fewer bytes than it should is gone', async (subject) => {
    const at = place(subject);
    await subject.store.put(at, pieces('short'));
    for (const offset of [5, 6]) await expect(subject.store.read(at, offset)).rejects.toBeInstanceOf(SegmentGoneError);
  }),

  row('what is deleted is gone, and so is what was not there; the rest stays', async (subject) => {
    const [first, second] = [place(subject), place(subject)];
    await subject.store.put(first, pieces('1'));
    await subject.store.put(second, pieces('2'));
    await subject.store.delete([]);
    await subject.store.delete([first.key, place(subject).key]);
    await expect(subject.store.read(first, 0)).rejects.toBeInstanceOf(SegmentGoneError);
    expect((await read(subject, second)).toString()).toBe('2');
  }),

  row('segments below a prefix are listed in order, with their sizes', async (subject) => {
    const names = ['list/2026-11-21T20:06/b/00000', 'list/2026-11-21T20:05/a/00001', 'list/2026-11-21T20:05/a/00000', 'lists/x'];
    for (const name of names) await subject.store.put(place(subject, name), pieces(name, '!'));
    const expected = (all: readonly string[]) => all.toSorted().map((name) => ({ key: subject.prefix + name, bytes: name.length + 1 }));
    expect(await listed(subject, 'list/')).toEqual(expected(names.slice(0, 3)));
    expect(await listed(subject, 'list/2026-11-21T20:05/')).toEqual(expected(names.slice(1, 3)));
    expect(await listed(subject, 'none/')).toEqual([]);
  }),

  row('more than a thousand are deleted at once', async (subject) => {
    await subject.store.put(place(subject, 'many/0000'), pieces('first'));
    await subject.store.put(place(subject, 'many/1500'), pieces('last'));
    await subject.store.delete(Array.from({ length: 1501 }, (_, i) => `${subject.prefix}many/${String(i).padStart(4, '0')}`));
    expect(await listed(subject, 'many/')).toEqual([]);
  }),

  row('several readers of one segment, at their own pace', async (subject) => {
    const at = place(subject);
    const body = randomBytes(2_000_000);
    await subject.store.put(at, [body]);
    const slow = await subject.store.read(at, 0);
    const others = await Promise.all([0, 1_000_000].map((offset) => read(subject, at, offset)));
    expect(others.map((bytes, i) => bytes.equals(body.subarray(i * 1_000_000)))).toEqual([true, true]);
    expect(body.equals(await buffer(slow))).toBe(true);
  }),

  row('a reader who leaves early takes nothing from the next', async (subject) => {
    const at = place(subject);
    await subject.store.put(at, [Buffer.alloc(2_000_000, 'x')]);
    for await (const chunk of await subject.store.read(at, 0)) {
      expect((chunk as Buffer)[0]).toBe(0x78);
      break;
    }
    expect((await read(subject, at)).length).toBe(2_000_000);
  }),

  row('who has given up is not served', async (subject) => {
    const at = place(subject);
    const signal = AbortSignal.abort(new Error('given up'));
    await expect(subject.store.put(at, pieces('x'), signal)).rejects.toThrow('given up');
    await expect(subject.store.read(at, 0)).rejects.toBeInstanceOf(SegmentGoneError);
    await subject.store.put(at, pieces('x'));
    const reading = subject.store.read(at, 0, signal).catch((error: unknown) => error);
    expect(await reading).not.toBeInstanceOf(SegmentGoneError);
    expect(await reading).toBeInstanceOf(Error);
    await expect(subject.store.delete([at.key], signal)).rejects.toThrow('given up');
    expect((await read(subject, at)).toString()).toBe('x');
  }),

  row('a reader who gives up in the middle has an error, not an end', async (subject) => {
    const at = place(subject);
    await subject.store.put(at, Array.from({ length: 32 }, () => Buffer.alloc(500_000)));
    const control = new AbortController();
    const reading = async () => {
      for await (const chunk of await subject.store.read(at, 0, control.signal)) if ((chunk as Buffer).length > 0) control.abort();
    };
    await expect(reading()).rejects.toThrow();
  }),
];

/** The rows against a store. @param prefix below which nobody else writes */
export function describeSegmentStore(server: ServerName, open: () => Promise<SegmentStore> | SegmentStore): void {
  describe('a segment store', () => {
    let subject: SegmentStoreSubject;
    beforeAll(async () => {
      subject = { store: await open(), prefix: `v1/contract-${randomBytes(6).toString('hex')}/` };
      await subject.store.connect();
    });
    afterAll(async () => {
      const left = (await listed(subject)).map(({ key }) => key);
      await subject.store.delete(left);
      subject.store.close();
    });

    describeContract('keeps the list', server, SEGMENT_STORE_ROWS, () => subject);
  });
}
