import { MemoryEntryStore } from '../../../runtime/testing';
import { anEntry, describeEntryStore } from '../../support/contracts/entry-store';

describeEntryStore('MemoryEntryStore', () => new MemoryEntryStore(), { largest: Infinity });

test('the number of keys is bounded', async () => {
  const store = new MemoryEntryStore({ maxEntries: 2 });
  for (const key of ['a', 'b', 'c']) await store.write(key, anEntry(), undefined);
  expect(store.size).toBe(2);
  expect((await store.read({ entries: ['a'], generations: [] })).entries[0]).toBeUndefined();
});
