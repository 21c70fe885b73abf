import { randomBytes } from 'node:crypto';
import { PACK_BYTES, PACKED_UP_TO } from '../../../../runtime/tasks/content/content-store';
import { openContentStore } from '../../../../runtime/tasks/content/open-content-store';
import { contentOf, packOf, sha256, WatchedObjects } from './watched-objects';

const full = () => randomBytes(PACKED_UP_TO);
const PER_PACK = PACK_BYTES / PACKED_UP_TO;

test('contents of all sizes that are packed come back, from memory at once', async () => {
  const objects = new WatchedObjects();
  const store = openContentStore(objects);
  const contents = [0, 1, 2, 900, PACKED_UP_TO - 1, PACKED_UP_TO].map((size) => contentOf(randomBytes(size)));
  const locations = contents.map((content) => store.add(content));
  await store.flush();

  const reader = openContentStore(objects);
  for (const [i, { bytes }] of contents.entries()) expect(Buffer.compare(await reader.read(locations[i]), bytes)).toBe(0);
  for (const [i, { bytes }] of contents.entries()) expect(Buffer.compare(reader.readNow(locations[i])!, bytes)).toBe(0);
  expect(objects.calls).toEqual([`create ${packOf(locations[1])}`, `get ${packOf(locations[1])}`]);
  expect(locations[0]).toEqual({ chunks: [] });
});

test('a pack is named by what is stored of it, and has no name before', async () => {
  const objects = new WatchedObjects();
  const store = openContentStore(objects);
  const location = store.add(contentOf('one'));
  expect(packOf(location)).toBe('');
  await store.flush();
  expect(packOf(location)).toBe(`objects/${sha256((await objects.get(packOf(location)))!)}`);
});

test('what is the same is stored once, in one pack and across packs; what is of the same pack is the same object', async () => {
  const objects = new WatchedObjects();
  const store = openContentStore(objects);
  const first = store.add(contentOf('one'));
  expect(store.add(contentOf('one'))).toBe(first);
  await store.flush();
  expect(store.add(contentOf('one'))).toBe(first);
  await store.flush();
  expect(objects.calls).toHaveLength(1);

  const other = openContentStore(objects);
  expect(other.add(contentOf('one'))).not.toBe(first);
  await other.flush();
  expect(await objects.keys()).toEqual([packOf(first)]);
});

test('the memory of a content may be used again at once', async () => {
  const store = openContentStore(new WatchedObjects());
  const memory = Buffer.from('first');
  const first = store.add(contentOf(memory));
  const digest = sha256(memory);
  memory.write('other');
  const other = store.add(contentOf(memory));
  await store.flush();
  expect(first).toMatchObject({ slice: { digest, offset: 0, bytes: 5 } });
  expect(Buffer.from(await store.read(first)).toString()).toBe('first');
  expect(Buffer.from(await store.read(other)).toString()).toBe('other');
});

test.each(['gzip', 'none'] as const)('packs are closed when they are full, and their memory is used again (%s)', async (compression) => {
  const objects = new WatchedObjects();
  const store = openContentStore(objects, { compression });
  const contents = Array.from({ length: 5 * PER_PACK + 1 }, () => contentOf(full()));
  const locations = [];
  for (const content of contents) {
    await store.ready();
    locations.push(store.add(content));
  }
  await store.flush();
  expect(objects.calls).toHaveLength(6);
  const reader = openContentStore(objects);
  for (const [i, { bytes }] of contents.entries()) expect(Buffer.compare(await reader.read(locations[i]), bytes)).toBe(0);
});

test('contents that are too large are refused', () => {
  const store = openContentStore(new WatchedObjects());
  expect(() => store.add(contentOf(Buffer.alloc(PACKED_UP_TO + 1)))).toThrow('content has 262145 bytes, of at most 262144 that are packed');
});

test.each([
  [{ concurrency: 0 }, 'concurrency must be a positive integer, not 0'],
  [{ concurrency: 1.5 }, 'concurrency must be a positive integer, not 1.5'],
  [{ memory: 0 }, 'memory must be a positive number of bytes, not 0'],
  [{ compression: 'brotli' as 'gzip' }, 'compression must be \'gzip\', \'zstd\' or \'none\', not \'brotli\''],
])('fails for %j', (options, message) => {
  expect(() => openContentStore(new WatchedObjects(), options)).toThrow(message);
});

test('there is room for a few packs, and then only when one is stored; no more uploads than allowed run at once', async () => {
  const objects = new WatchedObjects();
  let release = () => {};
  const held = new Promise<void>((resolve) => { release = resolve; });
  objects.before = () => held;
  const store = openContentStore(objects, { concurrency: 2, compression: 'none' });
  let added = 0;
  while (store.ready() === undefined) {
    store.add(contentOf(full()));
    added++;
  }
  expect(added).toBe(6 * PER_PACK);

  let room = false;
  const waiting = store.ready()!.then(() => { room = true; });
  await new Promise(setImmediate);
  expect(room).toBe(false);
  const control = new AbortController();
  const impatient = Promise.all([store.ready(control.signal), store.flush(control.signal)]);
  control.abort(new Error('enough'));
  await expect(impatient).rejects.toThrow('enough');

  release();
  await waiting;
  await store.flush();
  expect(objects.mostAtOnce).toBe(2);
  expect(objects.calls).toHaveLength(6);
});

test('a failure of the store is thrown once; what could not be stored has no name, and is stored when it is added again', async () => {
  const objects = new WatchedObjects();
  const store = openContentStore(objects);
  objects.before = () => { throw new Error('out of order'); };
  const lost = store.add(contentOf('one'));
  const [first, second] = await Promise.allSettled([store.flush(), store.flush()]);
  expect([first, second]).toMatchObject([{ reason: { message: 'out of order' } }, { reason: { message: 'out of order' } }]);
  expect(packOf(lost)).toBe('');
  await store.flush();

  objects.before = () => undefined;
  const found = store.add(contentOf('one'));
  await store.flush();
  expect(Buffer.from(await store.read(found)).toString()).toBe('one');
});

test('who reads on is told of a failure before all is read', async () => {
  const objects = new WatchedObjects();
  const store = openContentStore(objects, { compression: 'none' });
  objects.before = () => { throw new Error('out of order'); };
  const readOn = async () => {
    for (let i = 0; i < 1000; i++) {
      await store.ready();
      store.add(contentOf(full()));
      await new Promise(setImmediate);
    }
  };
  await expect(readOn()).rejects.toThrow('out of order');
});

test('a pack is fetched once for all who want it at the same time, and again when memory had no room for it', async () => {
  const objects = new WatchedObjects();
  const store = openContentStore(objects);
  const locations = Array.from({ length: 50 }, (_, i) => store.add(contentOf(`content ${i}`)));
  await store.flush();

  for (const [memory, fetches] of [[1024 * 1024, 1], [10, 2]]) {
    objects.calls.length = 0;
    const reader = openContentStore(objects, { memory });
    const found = await Promise.all(locations.map((location) => reader.read(location)));
    expect(found.map((bytes) => Buffer.from(bytes).toString())).toEqual(locations.map((_, i) => `content ${i}`));
    await reader.read(locations[0]);
    expect(objects.count('get')).toBe(fetches);
  }
});

test('who leaves does not spoil it for others; when the last one has left, it is given up, and the next one begins anew', async () => {
  const objects = new WatchedObjects();
  const store = openContentStore(objects);
  const location = store.add(contentOf('one'));
  await store.flush();
  const reader = openContentStore(objects);
  const held: (() => void)[] = [];
  objects.before = () => new Promise<void>((resolve) => held.push(resolve));

  const [leaving, staying] = [new AbortController(), new AbortController()];
  const left = reader.read(location, leaving.signal);
  const stayed = reader.read(location, staying.signal);
  leaving.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  held.shift()!();
  expect(Buffer.from(await stayed).toString()).toBe('one');

  const fresh = openContentStore(objects);
  const last = fresh.read(location, staying.signal);
  staying.abort(new Error('gone too'));
  await expect(last).rejects.toThrow('gone too');
  await expect(fresh.read(location, staying.signal)).rejects.toThrow('gone too');
  objects.before = () => undefined;
  expect(Buffer.from(await fresh.read(location)).toString()).toBe('one');
  expect(held).toHaveLength(1); // the fetch that was given up still waits: nobody waited for it
  held[0]();
});

test('a hundred who wait with one signal make no warning', async () => {
  const objects = new WatchedObjects();
  const store = openContentStore(objects);
  const location = store.add(contentOf('one'));
  await store.flush();
  const warnings: string[] = [];
  const listener = ({ name }: Error) => warnings.push(name);
  process.on('warning', listener);
  const { signal } = new AbortController();
  const reader = openContentStore(objects);
  await Promise.all(Array.from({ length: 100 }, () => reader.read(location, signal)));
  await new Promise(setImmediate);
  process.off('warning', listener);
  expect(warnings).toEqual([]);
});
