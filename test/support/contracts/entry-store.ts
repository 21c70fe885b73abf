import { randomBytes } from 'node:crypto';
import type { EntryStore, StoredEntry } from '../../../runtime/stores/entry-store';

const T0 = Date.UTC(2030, 0, 1);

export function anEntry(change: Partial<StoredEntry> & { payload?: Uint8Array } = {}): StoredEntry & { payload: Uint8Array } {
  return {
    payload: new Uint8Array([1, 2, 3]), created: T0, duration: 12, expires: T0 + 1000, staleWhileRevalidate: T0 + 2000, staleIfError: T0 + 3000,
    generations: { '#all': 0, '#fn#f': 2 }, ...change,
  };
}

/** What every second layer must do, whatever it keeps its entries in. */
export function describeEntryStore(title: string, open: () => Promise<EntryStore> | EntryStore, options: { readonly largest: number }): void {
  describe(`${title} keeps the contract of a store`, () => {
    let store: EntryStore;
    let key: string;

    beforeAll(async () => { store = await open(); });
    beforeEach(() => { key = `f##=${randomBytes(6).toString('hex')}`; });

    const read = async (at = key) => (await store.read({ entries: [at], generations: [] })).entries[0];
    const lease = (holder: string, revision: string, until: number) => ({ holder, revision, until });

    test('a written entry is read as it was written', async () => {
      const revision = await store.write(key, anEntry(), undefined);
      const state = await read();
      expect(state?.revision).toBe(revision);
      expect({ ...state?.entry, payload: [...state?.entry?.payload as Uint8Array] }).toEqual({ ...anEntry(), payload: [1, 2, 3] });
    });

    test('nothing is read where nothing was written', async () => {
      expect(await read()).toBeUndefined();
    });

    test('entries and generations are read together, in the order asked for', async () => {
      await store.write(key, anEntry(), undefined);
      await store.raise(`#fn#${key}`, T0);
      const { entries, generations } = await store.read({ entries: ['f##=absent', key], generations: ['#tag#never', `#fn#${key}`] });
      expect(entries.map((state) => state !== undefined)).toEqual([false, true]);
      expect(generations).toEqual([{ counter: 0, raised: 0 }, { counter: T0, raised: T0 }]);
    });

    test('three hundred entries are read at once', async () => {
      const keys = Array.from({ length: 300 }, (_, i) => `${key}-${i}`);
      for (const each of keys.slice(0, 250)) await store.write(each, anEntry({ duration: Number(each.split('-').pop()) }), undefined);
      const { entries } = await store.read({ entries: keys, generations: [] });
      expect(entries.map((state) => state?.entry?.duration)).toEqual(keys.map((_, i) => i < 250 ? i : undefined));
    });

    test('a write is refused when something was written since', async () => {
      const first = await store.write(key, anEntry(), undefined);
      expect(await store.write(key, anEntry(), undefined)).toBeUndefined();
      expect(await store.write(key, anEntry(), 'another')).toBeUndefined();
      const second = await store.write(key, anEntry({ duration: 99 }), first);
      expect(second).toBeDefined();
      expect(second).not.toBe(first);
      expect((await read())?.entry?.duration).toBe(99);
    });

    test('a deleted key has a revision and no entry, and a fill that began before is refused', async () => {
      const before = await store.write(key, anEntry(), undefined);
      await store.delete(key);
      const state = await read();
      expect(state?.entry).toBeUndefined();
      expect(state?.revision).toEqual(expect.any(String));
      expect(await store.write(key, anEntry(), before)).toBeUndefined();
      expect(await store.write(key, anEntry(), state?.revision)).toBeDefined();
    });

    test('a deletion of what is not there refuses fills that saw nothing', async () => {
      await store.delete(key);
      expect(await store.write(key, anEntry(), undefined)).toBeUndefined();
    });

    test('of many writes at once one wins', async () => {
      const revisions = await Promise.all(Array.from({ length: 16 }, () => store.write(key, anEntry(), undefined)));
      expect(revisions.filter((revision) => revision !== undefined)).toHaveLength(1);
    });

    test('a lease is held against others until it runs out', async () => {
      expect(await store.acquire(key, lease('a', 'r1', T0 + 5000), T0)).toBe(true);
      expect(await store.acquire(key, lease('b', 'r1', T0 + 6000), T0 + 4999)).toBe(false);
      expect(await store.acquire(key, lease('b', 'r1', T0 + 10_000), T0 + 5000)).toBe(true);
      expect((await store.inspect(key)).lease).toEqual(lease('b', 'r1', T0 + 10_000));
    });

    test('of many that want a lease at once one gets it', async () => {
      const taken = await Promise.all(Array.from({ length: 16 }, (_, i) => store.acquire(key, lease(`h${i}`, '', T0 + 5000), T0)));
      expect(taken.filter(Boolean)).toHaveLength(1);
    });

    test('a lease for another revision does not count', async () => {
      await store.acquire(key, lease('a', 'r1', T0 + 5000), T0);
      expect(await store.acquire(key, lease('b', 'r2', T0 + 5000), T0)).toBe(true);
    });

    test('only its holder renews and releases a lease', async () => {
      await store.acquire(key, lease('a', '', T0 + 5000), T0);
      expect(await store.renew(key, 'b', T0 + 9000)).toBe(false);
      expect(await store.renew(key, 'a', T0 + 9000)).toBe(true);
      expect((await store.inspect(key)).lease?.until).toBe(T0 + 9000);
      await store.release(key, 'b');
      expect((await store.inspect(key)).lease?.holder).toBe('a');
      await store.release(key, 'a');
      expect((await store.inspect(key)).lease).toBeUndefined();
      expect(await store.renew(key, 'a', T0 + 9000)).toBe(false);
    });

    test('value and lease are inspected together', async () => {
      expect(await store.inspect(key)).toEqual({});
      await store.acquire(key, lease('a', '', T0 + 5000), T0);
      const revision = await store.write(key, anEntry(), undefined);
      const seen = await store.inspect(key);
      expect(seen.state?.revision).toBe(revision);
      expect(seen.lease?.holder).toBe('a');
    });

    test('generations go up to the time, or by one where that is not later, also when raised at once', async () => {
      const scope = `#tag#${key}`;
      const raised = await Promise.all(Array.from({ length: 8 }, () => store.raise(scope, T0)));
      expect(raised.map(({ counter }) => counter - T0).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      expect((await store.raise(scope, T0 - 1000)).counter).toBe(T0 + 8);
      expect(await store.raise(scope, T0 + 1000)).toEqual({ counter: T0 + 1000, raised: T0 + 1000 });
      expect((await store.read({ entries: [], generations: [scope] })).generations[0].counter).toBe(T0 + 1000);
    });

    test.each([0, -1, 0.5, T0 + 0.5])('a generation is raised at the time %p, too', async (now) => {
      const scope = `#tag#${key}${now}`;
      const { counter } = await store.raise(scope, now);
      expect(counter).toBeGreaterThan(0);
      expect(Number.isSafeInteger(counter)).toBe(true);
      expect((await store.read({ entries: [], generations: [scope] })).generations).toEqual([{ counter, raised: now }]);
      expect((await store.raise(scope, now)).counter).toBe(counter + 1);
    });

    const sizes = [0, 1, 399_000, 400_000, 450_000, 1_200_000].filter((size) => size <= options.largest);
    test.each(sizes)('a value of %i bytes is kept whole', async (size) => {
      const payload = new Uint8Array(randomBytes(size));
      await store.write(key, anEntry({ payload }), undefined);
      const stored = (await read())?.entry?.payload;
      const whole = stored instanceof Uint8Array ? stored : await stored?.load();
      expect(Buffer.compare(Buffer.from(whole!), payload)).toBe(0);
    });

    test('an aborted call rejects', async () => {
      const signal = AbortSignal.abort(new Error('too late'));
      await expect(store.read({ entries: [key], generations: [] }, signal)).rejects.toThrow();
      await expect(store.write(key, anEntry(), undefined, signal)).rejects.toThrow();
      await expect(store.acquire(key, lease('a', '', T0), T0, signal)).rejects.toThrow();
    });
  });
}
