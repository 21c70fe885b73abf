import { CHUNK_BYTES } from '../../../../runtime/tasks/content/content-store';
import { openContentStore } from '../../../../runtime/tasks/content/open-content-store';
import { seal } from '../../../../runtime/tasks/content/sealed';
import type { Location, Slice } from '../../../../runtime/tasks/content/shapes';
import { DamagedError } from '../../../../runtime/tasks/errors';
import { contentOf, packOf, sha256, WatchedObjects } from './watched-objects';

const TEXTS = ['one', 'two', 'three'];
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

async function storedTexts() {
  const objects = new WatchedObjects();
  const store = openContentStore(objects);
  const locations = TEXTS.map((each) => store.add(contentOf(each)));
  await store.flush();
  return { objects, locations, pack: packOf(locations[0]), bytes: (await objects.get(packOf(locations[0])))! };
}

/** Each content, or that it is damaged. Anything else fails. */
async function readAll(objects: WatchedObjects, locations: readonly Location[]) {
  const store = openContentStore(objects);
  const found = await Promise.all(locations.map((location) => store.read(location).then(text, (error: unknown) => {
    if (error instanceof DamagedError) return error;
    throw error;
  })));
  return { store, found };
}

test('each byte of a pack, flipped: damaged, and known to be', async () => {
  const { objects, locations, pack, bytes } = await storedTexts();
  for (let i = 0; i < bytes.length; i++) {
    const flipped = Buffer.from(bytes);
    flipped[i] ^= 1 << (i % 8);
    await objects.plant(pack, flipped);
    const { store, found } = await readAll(objects, locations);
    expect(found).toEqual(TEXTS.map(() => expect.objectContaining({ code: 'E_TASK_DAMAGED', object: pack })));
    expect([...store.damaged]).toEqual([pack]);
  }
});

test('each byte of a pack, flipped, and its name made to fit: the same content or none', async () => {
  const { objects, locations, bytes } = await storedTexts();
  for (let i = 0; i < bytes.length; i++) {
    const flipped = Buffer.from(bytes);
    flipped[i] ^= 1 << (i % 8);
    const name = `objects/${sha256(flipped)}`;
    await objects.plant(name, flipped);
    const moved = locations.map((location) => ({ slice: { ...(location as { slice: Slice }).slice, pack: name } }) as Location);
    const { store, found } = await readAll(objects, moved);
    for (const [k, each] of found.entries()) expect(each instanceof DamagedError ? TEXTS[k] : each).toBe(TEXTS[k]);
    expect(store.damaged.size).toBe(0); // its content is what its name says
  }
});

test.each([0, 1, 11, 12, 20, -1])('a pack torn off at %d is damaged', async (end) => {
  const { objects, locations, pack, bytes } = await storedTexts();
  await objects.plant(pack, bytes.slice(0, end));
  const { found } = await readAll(objects, locations);
  expect(found.every((each) => each instanceof DamagedError)).toBe(true);
});

test('a missing pack is damaged for the reader, but its name is as good as before', async () => {
  const { objects, locations, pack } = await storedTexts();
  await objects.delete([pack]);
  const { store, found } = await readAll(objects, locations);
  expect(found[0]).toMatchObject({ message: `object ${pack} is not there`, object: pack });
  expect(store.damaged.size).toBe(0);
  const again = TEXTS.map((each) => store.add(contentOf(each)));
  await store.flush();
  expect(again).toEqual(locations);
});

test('who stored it, finds it missing and adds it again, stores it again', async () => {
  const objects = new WatchedObjects();
  const store = openContentStore(objects);
  const location = store.add(contentOf('one'));
  const chunk = await store.addChunk(Buffer.from('two'), sha256(Buffer.from('two')));
  await store.flush();
  await objects.delete(await objects.keys());
  await expect(store.read(location)).rejects.toThrow('is not there');
  await expect(store.readChunk(chunk)).rejects.toThrow('is not there');
  const again = store.add(contentOf('one'));
  const chunkAgain = await store.addChunk(Buffer.from('two'), chunk.digest);
  await store.flush();
  expect([again, chunkAgain]).toEqual([location, chunk]);
  expect([text(await store.read(again)), text(await store.readChunk(chunkAgain))]).toEqual(['one', 'two']);
});

test('what is stored anew gets another name than what is damaged or to be avoided', async () => {
  const { objects, locations, pack } = await storedTexts();
  await objects.plant(pack, Buffer.from('poison'));
  const { store } = await readAll(objects, locations);
  const again = TEXTS.map((each) => store.add(contentOf(each)));
  await store.flush();
  expect(packOf(again[0])).toMatch(new RegExp(`^${pack}~[0-9a-f]{8}$`));
  expect((await readAll(objects, again)).found).toEqual(TEXTS);

  store.avoid([packOf(again[0])]);
  const once = store.add(contentOf('one'));
  const chunk = await store.addChunk(Buffer.from('x'), sha256(Buffer.from('x')));
  await store.flush();
  expect(packOf(once)).not.toBe(packOf(again[0]));
  store.avoid([chunk.object]);
  const other = await store.addChunk(Buffer.from('x'), chunk.digest);
  expect(other.object).toMatch(new RegExp(`^${chunk.object}~`));
  expect(text(await store.readChunk(other))).toBe('x');
  expect(store.nameFor(chunk.digest)).toMatch(/~/);
});

test('a chunk that is another, torn, too large or missing is damaged', async () => {
  const objects = new WatchedObjects();
  const bytes = Buffer.alloc(1000, 'x');
  const chunk = await openContentStore(objects).addChunk(bytes, sha256(bytes));
  for (const planted of [Buffer.alloc(1000, 'y'), bytes.subarray(1), Buffer.alloc(CHUNK_BYTES + 1)]) {
    await objects.plant(chunk.object, planted);
    const store = openContentStore(objects);
    await expect(store.readChunk(chunk)).rejects.toMatchObject({ code: 'E_TASK_DAMAGED', object: chunk.object });
    expect([...store.damaged]).toEqual([chunk.object]);
  }
  await objects.plant(chunk.object, bytes);
  const store = openContentStore(objects);
  await expect(store.readChunk({ ...chunk, bytes: 999 })).rejects.toThrow('has 1000 bytes instead of 999');
  await expect(store.readChunk({ ...chunk, digest: sha256(Buffer.from('z')) })).rejects.toThrow('is not chunk');
  await expect(store.readChunk({ ...chunk, digest: '' })).rejects.toThrow('is not chunk');
  expect(store.damaged.size).toBe(0);
});

test('a store that does not look at the largest size fills nothing else with it', async () => {
  const { objects, locations, pack } = await storedTexts();
  objects.get = () => Promise.resolve(Buffer.alloc(5 * 1024 * 1024));
  const { store, found } = await readAll(objects, locations);
  expect(found[0]).toMatchObject({ message: expect.stringMatching(/has more than \d+ bytes/) });
  expect([...store.damaged]).toEqual([pack]);
});

test('an object that is larger than any pack is not fetched', async () => {
  const { objects, locations, pack } = await storedTexts();
  await objects.plant(pack, Buffer.alloc(5 * 1024 * 1024));
  const { store, found } = await readAll(objects, locations);
  expect(found[0]).toMatchObject({ message: expect.stringMatching(/has more than \d+ bytes/), cause: { code: 'E_OBJECT_TOO_LARGE' } });
  expect([...store.damaged]).toEqual([pack]);
});

test.each(['manifest', 'leases/a', 'objects/', 'objects/../manifest', 'objects/abc', '', `objects/${'a'.repeat(64)}~`])(
  'a location in %j is refused without a request', async (pack) => {
    const { objects, locations } = await storedTexts();
    objects.calls.length = 0;
    const { slice } = locations[0] as { slice: Slice };
    const store = openContentStore(objects);
    await expect(store.read({ slice: { ...slice, pack } })).rejects.toThrow(DamagedError);
    await expect(store.readChunk({ object: pack, bytes: 1, digest: slice.digest })).rejects.toThrow(DamagedError);
    expect(objects.calls).toEqual([]);
  });

test.each([{ offset: -1 }, { offset: 1 }, { offset: 1e9 }, { offset: NaN }, { bytes: -1 }, { bytes: 2 }, { bytes: 1e9 }, { digest: '' }])(
  'a place with %j is damaged, and the pack is not', async (wrong) => {
    const { objects, locations } = await storedTexts();
    const { slice } = locations[0] as { slice: Slice };
    const store = openContentStore(objects);
    await expect(store.read({ slice: { ...slice, ...wrong } })).rejects.toThrow(/has another content at/);
    expect(() => store.readNow({ slice: { ...slice, ...wrong } })).toThrow(DamagedError);
    expect(text(store.readNow(locations[0])!)).toBe('one');
    expect(store.damaged.size).toBe(0);
  });

test('a tree or a chunk is no pack', async () => {
  const { objects, locations } = await storedTexts();
  const { slice } = locations[0] as { slice: Slice };
  const tree = Buffer.concat(await seal('tree', Buffer.from('one'), 'none'));
  for (const bytes of [tree, Buffer.from('one')]) {
    const pack = `objects/${sha256(bytes)}`;
    await objects.plant(pack, bytes);
    await expect(openContentStore(objects).read({ slice: { ...slice, pack } })).rejects.toThrow('it does not begin as a pack does');
  }
});
