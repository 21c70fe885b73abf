import { buffer } from 'node:stream/consumers';
import { MemorySegmentStore } from '../../../../runtime/live/segments/memory-segment-store';
import { SegmentGoneError } from '../../../../runtime/live/segments/segment-store';
import { describeSegmentStore } from '../../../support/contracts/segment-store';

describeSegmentStore('embedded', () => new MemorySegmentStore());

const encryptionKey = Buffer.alloc(32);
const keysOf = async (store: MemorySegmentStore) => {
  const keys: string[] = [];
  for await (const { key } of store.list('')) keys.push(key);
  return keys;
};
const put = (store: MemorySegmentStore, key: string, bytes: number) => store.put({ key, encryptionKey }, [Buffer.alloc(bytes)]);

test('the oldest segments go when there are too many bytes, and their readers go on', async () => {
  const store = new MemorySegmentStore({ maxBytes: 10 });
  await put(store, 'a', 4);
  await put(store, 'b', 4);
  const reading = await store.read({ key: 'a', encryptionKey }, 1);
  await put(store, 'c', 3);
  expect(await keysOf(store)).toEqual(['b', 'c']);
  expect((await buffer(reading)).length).toBe(3);
  await put(store, 'b', 1); // in place of the four
  await put(store, 'd', 6);
  expect(await keysOf(store)).toEqual(['b', 'c', 'd']);
});

test('a segment that is larger than the store is not kept', async () => {
  const store = new MemorySegmentStore({ maxBytes: 10 });
  await put(store, 'a', 4);
  await put(store, 'b', 11);
  expect(await keysOf(store)).toEqual([]);
  await put(store, 'c', 10);
  expect(await keysOf(store)).toEqual(['c']);
});

test('nothing is kept when it is closed, nor copied before', async () => {
  const store = new MemorySegmentStore();
  const bytes = Buffer.from('not copied');
  await store.put({ key: 'a', encryptionKey }, [bytes]);
  bytes.write('NOT');
  expect((await buffer(await store.read({ key: 'a', encryptionKey }, 0))).toString()).toBe('NOT copied');
  store.close();
  await expect(store.read({ key: 'a', encryptionKey }, 0)).rejects.toBeInstanceOf(SegmentGoneError);
});

test.each([0, -1, 1.5, Infinity, '1'])('fails for maxBytes %p', (maxBytes) => {
  expect(() => new MemorySegmentStore({ maxBytes: maxBytes as number })).toThrow('maxBytes must be a whole number of bytes, 1 or more, got ');
});
