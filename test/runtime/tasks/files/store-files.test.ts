import { appendFileSync, mkdirSync, rmSync, symlinkSync, truncateSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHUNK_BYTES, PACKED_UP_TO } from '../../../../runtime/tasks/content/content-store';
import type { FileEntry } from '../../../../runtime/tasks/content/shapes';
import { sha256 } from '../../../../runtime/tasks/content/verified-objects';
import { FileMemory } from '../../../../runtime/tasks/files/file-memory';
import { nodeFileSystem, type FileSystem } from '../../../../runtime/tasks/files/file-system';
import { scanFolder } from '../../../../runtime/tasks/files/scan';
import { storeFiles } from '../../../../runtime/tasks/files/store-files';
import { errno, failing, memoryContents, temporary, type Contents } from './trees';

let root: string;
let store: Contents;
beforeEach(() => { root = temporary(); store = memoryContents(); });
afterEach(() => rmSync(root, { recursive: true, force: true }));

const put = (path: string, bytes: string | Buffer = path) => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), bytes);
};
const filesOf = (tree: { entries: readonly { type: string }[] }) => tree.entries.filter(({ type }) => type === 'file') as FileEntry[];

/** A file system on which something happens to a file whenever some of it has been read. */
function meanwhile(happens: () => void, times: number = 1): FileSystem {
  const readSync = ((...args: Parameters<typeof nodeFileSystem.readSync>) => {
    const read = nodeFileSystem.readSync(...args);
    if (times-- > 0) happens();
    return read;
  }) as typeof nodeFileSystem.readSync;
  return { ...nodeFileSystem, readSync };
}

test('contents of all sizes are there, with the digests that are agreed on', async () => {
  const large = Buffer.alloc(CHUNK_BYTES + 5, 'abc');
  const sizes = { empty: 0, one: 1, packed: PACKED_UP_TO, single: PACKED_UP_TO + 1, full: CHUNK_BYTES, large: CHUNK_BYTES + 5 };
  for (const [name, size] of Object.entries(sizes)) put(name, large.subarray(0, size));
  mkdirSync(join(root, 'folder'));
  symlinkSync('one', join(root, 'link'));
  const progress: number[][] = [];
  const tree = await storeFiles(root, await scanFolder(root), store.contents, { onProgress: (...numbers) => progress.push(numbers) });
  expect(tree.entries.map(({ path }) => path)).toEqual(['empty', 'folder', 'full', 'large', 'link', 'one', 'packed', 'single']);
  expect(tree.refused).toEqual([]);
  expect([...new Set(progress.map(([done]) => done))]).toEqual([1, 2, 3, 4, 5, 6]);
  const chunks = filesOf(tree).flatMap(({ location }) => 'chunks' in location ? location.chunks : []);
  expect(progress).toHaveLength(6 + chunks.length);
  for (const { path, digest, bytes, location } of filesOf(tree)) {
    const content = large.subarray(0, sizes[path as keyof typeof sizes]);
    const digests = [sha256(large.subarray(0, CHUNK_BYTES)), sha256(large.subarray(CHUNK_BYTES))];
    const parts = Buffer.from(digests.join(''), 'hex');
    expect([path, bytes, digest]).toEqual([path, content.length, path === 'large' ? sha256(parts) : sha256(content)]);
    const read = 'slice' in location ? [await store.contents.read(location)]
      : await Promise.all(location.chunks.map((chunk) => store.contents.readChunk(chunk)));
    expect(Buffer.concat(read).equals(content)).toBe(true);
  }
});

test('what the store has is not stored again, and not read if the digest is known', async () => {
  const large = Buffer.alloc(2 * PACKED_UP_TO, 'x');
  put('a', 'content');
  put('large', large);
  for (const name of ['a', 'large']) utimesSync(join(root, name), 1, 1);
  const first = await storeFiles(root, await scanFolder(root), store.contents);
  const known = new Map(filesOf(first).map((entry) => [entry.digest, entry]));
  const memory = await FileMemory.load(join(root, '../none'));
  const other = memoryContents();
  const again = await storeFiles(root, await scanFolder(root), other.contents, { known, memory });
  expect(again.entries).toEqual(first.entries);
  const listed = [];
  for await (const object of other.objects.list('')) listed.push(object);
  expect(listed).toEqual([]);

  const scan = await scanFolder(root);
  const told = { ...scan, files: scan.files.map((file, index) => ({ ...file, digest: filesOf(first)[index].digest })) };
  const unreadable = failing('EACCES', ['openSync']);
  expect((await storeFiles(root, told, other.contents, { known, fileSystem: unreadable })).entries).toEqual(first.entries);
});

test.each([['small', 100], ['large', PACKED_UP_TO + 100]])('a %s file that changes while it is read is read again', async (_, size) => {
  put('a', Buffer.alloc(size, 'old'));
  const scan = await scanFolder(root);
  const fileSystem = meanwhile(() => writeFileSync(join(root, 'a'), Buffer.alloc(size, 'new')));
  const tree = await storeFiles(root, scan, store.contents, { fileSystem });
  expect(tree).toMatchObject({ entries: [{ digest: sha256(Buffer.alloc(size, 'new')) }], refused: [] });
});

test.each([['small', 100], ['large', PACKED_UP_TO + 100]])('a %s file that keeps changing is refused', async (_, size) => {
  put('a', Buffer.alloc(size));
  put('b');
  const scan = await scanFolder(root);
  const fileSystem = meanwhile(() => appendFileSync(join(root, 'a'), 'x'), Infinity);
  const tree = await storeFiles(root, { ...scan, files: scan.files.slice(0, 1) }, store.contents, { fileSystem });
  expect(tree).toEqual({ entries: [], refused: [{ path: 'a', reason: 'it changes while it is read' }] });
});

test('a large file that is cut while it is read is read again', async () => {
  put('a', Buffer.alloc(CHUNK_BYTES + 100));
  const scan = await scanFolder(root);
  const tree = await storeFiles(root, scan, store.contents, { fileSystem: meanwhile(() => truncateSync(join(root, 'a'), PACKED_UP_TO + 7)) });
  expect(tree).toMatchObject({ entries: [{ path: 'a', bytes: PACKED_UP_TO + 7 }], refused: [] });
});

test('what is gone or something else since it was looked at is refused, and not followed', async () => {
  for (const name of ['gone', 'large', 'link', 'folder', 'stays']) put(name, Buffer.alloc(name === 'large' ? PACKED_UP_TO + 1 : 5));
  const scan = await scanFolder(root);
  for (const name of ['gone', 'large', 'link', 'folder']) unlinkSync(join(root, name));
  symlinkSync('/etc/hostname', join(root, 'link'));
  mkdirSync(join(root, 'folder'));
  const tree = await storeFiles(root, scan, store.contents);
  expect(filesOf(tree).map(({ path }) => path)).toEqual(['stays']);
  expect(tree.refused).toEqual([
    { path: 'folder', reason: 'it is no file any more' }, { path: 'gone', reason: 'it is gone' }, { path: 'large', reason: 'it is gone' },
    { path: 'link', reason: 'it is no file any more' },
  ]);
});

test.each([
  ['openSync', 'EACCES'], ['readSync', 'EIO'], ['openSync', 'EMFILE'],
] as const)('fails with %s %s, naming the path', async (operation, code) => {
  for (const size of [5, PACKED_UP_TO + 1]) {
    put('a', Buffer.alloc(size));
    const storing = storeFiles(root, await scanFolder(root), store.contents, { fileSystem: failing(code, [operation]) });
    await expect(storing).rejects.toMatchObject({ code: 'E_TASK_FILES', message: expect.stringContaining(`cannot read "${root}/a": `) });
  }
});

test('a failing store ends it, with all files closed', async () => {
  for (let i = 0; i < 20; i++) put(`large-${i}`, Buffer.alloc(PACKED_UP_TO + 1, `${i}`));
  let open = 0;
  const fileSystem = {
    ...nodeFileSystem,
    openSync: ((...args: Parameters<typeof nodeFileSystem.openSync>) => { open++; return nodeFileSystem.openSync(...args); }) as never,
    closeSync: ((descriptor: number) => { open--; nodeFileSystem.closeSync(descriptor); }) as never,
  };
  let calls = 0;
  store.contents.addChunk = () => ++calls > 3 ? Promise.reject(errno('EPIPE')) : new Promise((resolve) => setImmediate(resolve as () => void));
  await expect(storeFiles(root, await scanFolder(root), store.contents, { fileSystem })).rejects.toThrow('EPIPE');
  expect(open).toBe(0);
});

test('it ends with the signal\'s reason', async () => {
  put('a', Buffer.alloc(PACKED_UP_TO + 1));
  const scan = await scanFolder(root);
  await expect(storeFiles(root, scan, store.contents, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  const control = new AbortController();
  store.contents.addChunk = (_bytes, _digest, signal) => new Promise((_resolve, reject) => {
    signal!.addEventListener('abort', () => reject(signal!.reason));
    control.abort(new Error('later'));
  });
  await expect(storeFiles(root, scan, store.contents, { signal: control.signal })).rejects.toThrow('later');
});

test('no more than a few chunks are in memory', async () => {
  for (let i = 0; i < 4; i++) put(`f${i}`, Buffer.alloc(4 * CHUNK_BYTES, `${i}`));
  let most = 0;
  let now = 0;
  store.contents.addChunk = async (bytes, digest) => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 2));
    now--;
    return { object: `objects/${digest}`, bytes: bytes.length, digest };
  };
  await storeFiles(root, await scanFolder(root), store.contents);
  expect(most).toBeLessThanOrEqual(8);
  expect(most).toBeGreaterThan(1);
});
