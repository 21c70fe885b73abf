import { CONFIG_CHANGE_SHARDS, changeShard } from '../../../../lib/contract/config';
import type { CachedParameter, CacheTable, NamePage } from '../../../../runtime/config/tables/cache-table';

const T0 = Date.UTC(2030, 0, 1);
const SHARDS = Array.from({ length: CONFIG_CHANGE_SHARDS }, (_, i) => String(i));

export function aRow(name: string, change: Partial<CachedParameter> = {}): CachedParameter {
  return { name, state: 'ACTIVE', revision: 1, changed: T0, metadata: { name, version: 1, lastModified: T0 - 1, type: 'String' }, ...change };
}

/** All pages of a list of names. */
export async function allOf(page: (after?: string) => Promise<NamePage>): Promise<string[]> {
  const names: string[] = [];
  let next: string | undefined;
  do {
    const { names: more, next: following } = await page(next);
    names.push(...more);
    next = following;
  } while (next !== undefined);
  return names;
}

/** What every table of names must do, whatever keeps it. `open` gives an empty one, with pages of two rows. */
export function describeCacheTable(title: string, open: () => Promise<CacheTable>): void {
  describe(`${title} keeps the contract of a table of names`, () => {
    let table: CacheTable;
    beforeEach(async () => { table = await open(); });

    const read = async (name: string) => (await table.get([name])).get(name);
    const activeNames = async () => (await Promise.all(SHARDS.map((shard) => allOf((after) => table.active(shard, after))))).flat().sort();
    const deletedNames = async (since: number) =>
      (await Promise.all(SHARDS.map((shard) => allOf((after) => table.deleted(shard, since, after))))).flat().sort();

    test('a row is read as it was written', async () => {
      const row = aRow('/app/a', {
        state: 'DELETED', revision: 7, expires: 2_000_000_000, metadata: {
          name: '/app/a', version: 3, lastModified: T0 - 5, lastModifiedUser: 'arn:aws:iam::123456789012:user/a', type: 'SecureString',
          tier: 'Advanced', keyId: 'alias/aws/ssm', dataType: 'text', description: 'what it is', allowedPattern: '.*',
          policies: '[{"Type":"Expiration"}]',
        },
      });
      expect(await table.put(row, undefined)).toBe(true);
      expect(await read('/app/a')).toEqual(row);
    });

    test('what was never written is not there', async () => {
      expect(await table.get(['/app/none'])).toEqual(new Map());
      expect(await table.get([])).toEqual(new Map());
    });

    test('a row without metadata is one', async () => {
      const row: CachedParameter = { name: '/app/a', state: 'DELETED', revision: 2, changed: T0, expires: 2_000_000_000 };
      await table.put(row, undefined);
      expect(await read('/app/a')).toEqual(row);
    });

    test('two hundred and fifty rows are read at once, and a name that is given twice once', async () => {
      const names = Array.from({ length: 250 }, (_, i) => `/app/${i}`);
      await Promise.all(names.slice(0, 230).map((name) => table.put(aRow(name), undefined)));
      const rows = await table.get([...names, names[0]]);
      expect([...rows.keys()].sort()).toEqual(names.slice(0, 230).sort());
    });

    test('a row is written where there is none only if none was read', async () => {
      expect(await table.put(aRow('/app/a'), 1)).toBe(false);
      expect(await table.put(aRow('/app/a'), undefined)).toBe(true);
      expect(await table.put(aRow('/app/a', { revision: 2 }), undefined)).toBe(false);
      expect(await read('/app/a')).toEqual(aRow('/app/a'));
    });

    test('a row takes the place of that which was read, and of no other', async () => {
      await table.put(aRow('/app/a'), undefined);
      const second = aRow('/app/a', { revision: 2, changed: T0 + 1 });
      expect(await table.put(second, 1)).toBe(true);
      expect(await table.put(aRow('/app/a', { revision: 2, changed: T0 + 2 }), 1)).toBe(false);
      expect(await read('/app/a')).toEqual(second);
    });

    test('of several writes in place of the same row one succeeds', async () => {
      await table.put(aRow('/app/a'), undefined);
      const writes = await Promise.all([1, 2, 3, 4].map((i) => table.put(aRow('/app/a', { revision: 2, changed: T0 + i }), 1)));
      expect(writes.filter((written) => written)).toHaveLength(1);
    });

    test('what a row no longer says is gone', async () => {
      await table.put(aRow('/app/a', { state: 'DELETED', expires: 2_000_000_000 }), undefined);
      await table.put(aRow('/app/a', { revision: 2 }), 1);
      expect(await read('/app/a')).toEqual(aRow('/app/a', { revision: 2 }));
    });

    test('active names are listed by shard, page by page, without the deleted ones', async () => {
      const names = Array.from({ length: 60 }, (_, i) => `/app/${i}`);
      await Promise.all(names.map((name, i) => table.put(aRow(name, i % 3 === 0 ? { state: 'DELETED', expires: 2_000_000_000 } : {}), undefined)));
      expect(await activeNames()).toEqual(names.filter((_, i) => i % 3 !== 0).sort());
      for (const name of await allOf((after) => table.active('3', after))) expect(changeShard(name)).toBe('3');
    });

    test('a row that is written while the names are listed is not missed', async () => {
      const [first, ...others] = Array.from({ length: 300 }, (_, i) => `/app/${i}`).filter((name) => changeShard(name) === '0');
      await Promise.all([first, ...others].map((name, i) => table.put(aRow(name, { changed: T0 + i }), undefined)));
      const { names, next } = await table.active('0');
      await table.put(aRow(others[5], { revision: 2, changed: T0 + 1_000 }), 1);
      const rest = await allOf((after) => table.active('0', after ?? next));
      expect(new Set([...names, ...rest])).toEqual(new Set([first, ...others]));
    });

    test('deleted names are listed since a time, without the active ones', async () => {
      const deleted = (name: string, changed: number) => table.put(aRow(name, { state: 'DELETED', changed, expires: 2_000_000_000 }), undefined);
      await Promise.all([deleted('/app/old', T0 - 1), deleted('/app/at', T0), deleted('/app/new', T0 + 1)]);
      await table.put(aRow('/app/active'), undefined);
      expect(await deletedNames(T0)).toEqual(['/app/at', '/app/new']);
    });

    test('a new table says nothing of itself', async () => {
      expect(await table.meta()).toEqual({});
    });

    test('the first epoch stays', async () => {
      expect(await table.openEpoch('first')).toBe('first');
      expect(await table.openEpoch('second')).toBe('first');
      expect(await table.meta()).toEqual({ epoch: 'first' });
    });

    test('of two epochs that are opened at the same time both get the one that stays', async () => {
      const epochs = await Promise.all([table.openEpoch('a'), table.openEpoch('b')]);
      expect(new Set([...epochs, (await table.meta()).epoch]).size).toBe(1);
    });

    test('the latest reconciliation counts, whoever ends last', async () => {
      await table.openEpoch('e');
      await table.setReconciled(T0 + 2);
      await table.setReconciled(T0 + 1);
      expect(await table.meta()).toEqual({ epoch: 'e', reconciled: T0 + 2 });
      expect(await table.openEpoch('f')).toBe('e');
      expect(await table.meta()).toEqual({ epoch: 'e', reconciled: T0 + 2 });
    });

    test('an epoch takes the place of the one that was seen, and the last reconciliation stays', async () => {
      const table = await open();
      expect(await table.renewEpoch('new', 'none')).toBe(false);
      await table.openEpoch('e');
      await table.setReconciled(T0);
      expect(await table.renewEpoch('f', 'e')).toBe(true);
      expect(await table.renewEpoch('g', 'e')).toBe(false);
      expect(await table.meta()).toEqual({ epoch: 'f', reconciled: T0 });
    });

    test('fails to say that a table without an epoch is reconciled', async () => {
      await expect(table.setReconciled(T0)).rejects.toThrow('the table has no epoch: open one first');
    });

    test('the row about the table is no parameter', async () => {
      await table.openEpoch('e');
      expect(await table.get(['#meta'])).toEqual(new Map());
      await expect(table.put(aRow('#meta'), undefined)).rejects.toThrow('"#meta" is no parameter\'s name: a row can only be that of a parameter');
      expect(await activeNames()).toEqual([]);
      expect(await table.meta()).toEqual({ epoch: 'e' });
    });
  });
}
