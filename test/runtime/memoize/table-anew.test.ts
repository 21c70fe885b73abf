import { createMemoizer } from '../../../runtime/memoize';
import type { EntryStore } from '../../../runtime/stores/entry-store';
import { ManualClock, MemoryEntryStore } from '../../../runtime/testing';

// A table is flushed by deleting it and making it again, or is lost and made again: its counters begin anew, and processes go on.
test('an invalidation in a table that was made anew reaches processes that knew the former one', async () => {
  const clock = new ManualClock();
  let table = new MemoryEntryStore();
  const store: EntryStore = new Proxy(table, {
    get: (_, member) => {
      const value: unknown = Reflect.get(table, member);
      return typeof value === 'function' ? value.bind(table) as unknown : value;
    },
  });
  const process = createMemoizer({ store, clock, random: () => 0.5 });
  const fn = jest.fn(async (id: string) => id);
  const get = process(fn, { name: 'get', tags: ['tag'] });
  for (let i = 0; i < 3; i++) {
    await process.clear();
    await get.clear();
    await process.invalidateTag('tag');
  }
  await clock.advance(1000);
  table = new MemoryEntryStore();

  const elsewhere = createMemoizer({ store, clock, random: () => 0.5 });
  const invalidations = [() => elsewhere.clear(), () => elsewhere(fn, { name: 'get', tags: ['tag'] }).clear(), () => elsewhere.invalidateTag('tag')];
  for (const invalidate of invalidations) {
    await get('x');
    await process.settled();
    fn.mockClear();
    await get('x');
    expect(fn).not.toHaveBeenCalled();
    await invalidate();
    await clock.advance(10_000); // the interval
    await get('x');
    expect(fn).toHaveBeenCalledTimes(1);
  }
});
