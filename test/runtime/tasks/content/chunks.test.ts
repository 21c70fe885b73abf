import { randomBytes } from 'node:crypto';
import { CHUNK_BYTES } from '../../../../runtime/tasks/content/content-store';
import { openContentStore } from '../../../../runtime/tasks/content/open-content-store';
import { contentOf, sha256, WatchedObjects } from './watched-objects';

const chunkOf = (size: number) => {
  const { bytes, digest } = contentOf(randomBytes(size));
  return [bytes, digest] as const;
};

test('a chunk is stored as it is, under its digest, and comes back', async () => {
  const objects = new WatchedObjects();
  const store = openContentStore(objects);
  const [bytes, digest] = chunkOf(CHUNK_BYTES);
  const chunk = await store.addChunk(bytes, digest);
  expect(chunk).toEqual({ object: `objects/${digest}`, bytes: CHUNK_BYTES, digest });
  expect(Buffer.compare((await objects.get(chunk.object))!, bytes)).toBe(0);
  const reader = openContentStore(objects);
  expect(Buffer.compare(await reader.readChunk(chunk), bytes)).toBe(0);
  expect(Buffer.compare(await reader.read({ chunks: [chunk] }), bytes)).toBe(0);
  expect(reader.readNow({ chunks: [chunk] })).toBeUndefined();
  expect(reader.readNow({ chunks: [] })).toHaveLength(0);
  await expect(reader.read({ chunks: [chunk, chunk] })).rejects.toThrow('content has 2 chunks: read it chunk by chunk');
});

test.each([0, CHUNK_BYTES + 1])('a chunk of %d bytes is refused', async (size) => {
  const store = openContentStore(new WatchedObjects());
  await expect(store.addChunk(Buffer.alloc(size), 'any')).rejects.toThrow(`chunk has ${size} bytes`);
});

test('a chunk that this store has stored is not sent again', async () => {
  const objects = new WatchedObjects();
  const store = openContentStore(objects);
  const [bytes, digest] = chunkOf(100);
  const chunk = await store.addChunk(bytes, digest);
  expect(await store.addChunk(bytes, digest)).toBe(chunk);
  expect(objects.calls).toHaveLength(1);
});

test('after one that was there already, the next ones are asked for before they are sent, until one is not there', async () => {
  const objects = new WatchedObjects();
  const before = openContentStore(objects);
  const stored = [chunkOf(10), chunkOf(11), chunkOf(12)];
  for (const [bytes, digest] of stored) await before.addChunk(bytes, digest);
  objects.calls.length = 0;

  const store = openContentStore(objects);
  for (const [bytes, digest] of [...stored, chunkOf(13), chunkOf(14)]) await store.addChunk(bytes, digest);
  expect(objects.calls.map((call) => call.split(' ')[0])).toEqual(['create', 'has', 'has', 'has', 'create', 'create']);
});

test('no more are on their way at once than allowed, up and down; who aborts does not wait for a turn', async () => {
  const objects = new WatchedObjects();
  const store = openContentStore(objects, { concurrency: 3 });
  objects.before = () => new Promise(setImmediate);
  const chunks = await Promise.all(Array.from({ length: 20 }, () => store.addChunk(...chunkOf(100))));
  expect(objects.mostAtOnce).toBe(3);
  objects.mostAtOnce = 0;
  await Promise.all(chunks.map((chunk) => store.readChunk(chunk)));
  expect(objects.mostAtOnce).toBe(3);

  const control = new AbortController();
  const calls = [1, 2, 3, 4, 5].map(() => store.addChunk(...chunkOf(100), control.signal));
  control.abort(new Error('enough'));
  for (const outcome of await Promise.allSettled(calls)) expect(outcome).toMatchObject({ reason: { message: 'enough' } });
  expect(objects.atOnce).toBe(0);
  await store.addChunk(...chunkOf(100));
});

test('a failure of the store is the caller\'s', async () => {
  const objects = new WatchedObjects();
  const store = openContentStore(objects);
  objects.before = () => { throw new Error('out of order'); };
  const [bytes, digest] = chunkOf(10);
  await expect(store.addChunk(bytes, digest)).rejects.toThrow('out of order');
  await expect(store.readChunk({ object: `objects/${digest}`, bytes: 10, digest })).rejects.toThrow('out of order');
  objects.before = () => undefined;
  expect(sha256(await store.readChunk(await store.addChunk(bytes, digest)))).toBe(digest);
});
