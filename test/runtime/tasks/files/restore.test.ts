import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CHUNK_BYTES } from '../../../../runtime/tasks/content/content-store';
import type { FileEntry } from '../../../../runtime/tasks/content/shapes';
import { FileMemory } from '../../../../runtime/tasks/files/file-memory';
import { nodeFileSystem } from '../../../../runtime/tasks/files/file-system';
import { restoreTree } from '../../../../runtime/tasks/files/restore';
import { scanFolder } from '../../../../runtime/tasks/files/scan';
import { storeFiles } from '../../../../runtime/tasks/files/store-files';
import { failing, file, folder, link, memoryContents, seen, stored, temporary, type Contents } from './trees';

let base: string;
let root: string;
let store: Contents;
beforeEach(() => { base = temporary(); root = join(base, 'output'); store = memoryContents(); });
afterEach(() => {
  expect(readdirSync(base).filter((name) => name.startsWith('.cache-tiers'))).toEqual([]); // nothing temporary stays, whatever happened
  rmSync(base, { recursive: true, force: true });
});

const put = (path: string, text = path) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const nothing = { written: 0, bytesWritten: 0, unchanged: 0, deleted: 0, refused: [], damaged: [] };

/** The folder is made in one go where it was not there or empty; otherwise file by file. */
const STARTS: [string, () => void][] = [
  ['that is not there', () => {}], ['that is empty', () => mkdirSync(root)], ['that has something in it', () => put('there')],
];

test.each(STARTS)('a tree comes into a folder %s as it was', async (_, start) => {
  start();
  const source = await stored(store.contents, (add) => [
    add('a.txt', 'text'), add('d/empty', ''), add('d/e/run', '#!', 0o755), add('d/secret', 's', 0o600), add('d/w', 'w', 0o666),
    add('r', 'r', 0o444),
    folder('void'), folder('closed', 0o700), add('closed/x'), link('d/l', '../a.txt'), link('dangling', 'none'), folder('d/e', 0o775),
  ]);
  expect(await restoreTree(root, [source])).toEqual({ ...nothing, written: 12, bytesWritten: 17 });
  const { there, ...found } = seen(root);
  expect(found).toEqual({
    'a.txt': '644 text', d: '755 folder', 'd/empty': '644 ', 'd/e': '775 folder', 'd/e/run': '755 #!', 'd/secret': '600 s', 'd/w': '666 w',
    r: '444 r',
    void: '755 folder', closed: '700 folder', 'closed/x': '644 closed/x', 'd/l': '-> ../a.txt', dangling: '-> none',
  });
  expect(there).toBe(_ === 'that has something in it' ? '644 there' : undefined);
  expect(await restoreTree(root, [source])).toEqual({ ...nothing, unchanged: 12 });
});

test('large files, with parts in any order', async () => {
  const bytes = Buffer.alloc(3 * CHUNK_BYTES + 11, 'large');
  put('large');
  writeFileSync(join(root, 'large'), bytes);
  const tree = await storeFiles(root, await scanFolder(root), store.contents);
  for (const to of [join(base, 'new'), root]) {
    writeFileSync(join(root, 'large'), 'changed');
    expect(await restoreTree(to, [{ tree, contents: store.contents }])).toMatchObject({ written: 1, bytesWritten: bytes.length, damaged: [] });
    expect(readFileSync(join(to, 'large')).equals(bytes)).toBe(true);
    expect(await restoreTree(to, [{ tree, contents: store.contents }])).toMatchObject({ unchanged: 1 });
  }
});

test('no mode makes a program run as somebody else', async () => {
  const source = await stored(store.contents, (add) => [add('a', 'a', 0o6755), folder('d', 0o1777), add('b', 'b', 0o4000)]);
  await restoreTree(root, [source]);
  expect(seen(root)).toEqual({ a: '755 a', b: '0 b', d: '777 folder' });
});

test('files that are as they should be are not written; another mode is changed', async () => {
  put('same');
  put('mode');
  put('other');
  const before = lstatSync(join(root, 'same'));
  const source = await stored(store.contents, (add) => [add('same'), add('mode', 'mode', 0o755), add('other', 'new')]);
  expect(await restoreTree(root, [source])).toEqual({ ...nothing, written: 2, bytesWritten: 3, unchanged: 1 });
  expect(lstatSync(join(root, 'same'))).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs, ctimeMs: before.ctimeMs });
  expect(seen(root)).toEqual({ mode: '755 mode', other: '644 new', same: '644 same' });
});

test.each(STARTS)('what was restored to a folder %s need not be read again', async (_, start) => {
  start();
  const memory = await FileMemory.load(join(base, 'memory'));
  const source = await stored(store.contents, (add) => Array.from({ length: 50 }, (__, index) => add(`d/${index}`)));
  await restoreTree(root, [source], { memory });
  const scan = await scanFolder(root, { memory });
  expect(scan.files.filter(({ path, digest }) => path.startsWith('d/') && digest !== undefined)).toHaveLength(50);
  const unreadable = { ...nodeFileSystem, readSync: () => { throw new Error('read'); } };
  expect(await restoreTree(root, [source], { memory, fileSystem: unreadable })).toMatchObject({ unchanged: 50 });
  writeFileSync(join(root, 'd/7'), 'x'.repeat(3));
  expect((await scanFolder(root, { memory })).files.find(({ path }) => path === 'd/7')).not.toHaveProperty('digest');
});

test('what is kept or ignored is neither written nor removed', async () => {
  for (const path of ['kept', 'gone', 'x-luigi-tmp-1', 'd/kept']) put(path, 'mine');
  const source = await stored(store.contents, (add) => [add('kept'), add('x-luigi-tmp-1'), add('y-luigi-tmp-2'), add('d/kept')]);
  const options = { keep: new Set(['kept', 'd/kept']), delete: ['kept', 'gone', 'x-luigi-tmp-1', 'd/kept', 'never'] };
  expect(await restoreTree(root, [source], options)).toEqual({ ...nothing, deleted: 1 });
  expect(seen(root)).toEqual({ kept: '644 mine', 'x-luigi-tmp-1': '644 mine', d: '755 folder', 'd/kept': '644 mine' });
});

test('of sources that have the same path the first wins', async () => {
  const other = memoryContents();
  const first = await stored(store.contents, (add) => [add('a', 'first'), add('d/x', 'first'), folder('f', 0o700)]);
  const second = await stored(other.contents, (add) => [add('a', 'second'), add('b', 'second'), add('d', 'second'), add('a/y'), folder('f')]);
  expect(await restoreTree(root, [first, second])).toMatchObject({ written: 4, refused: [
    { path: 'd', reason: 'it is a folder in the tree as well' }, { path: 'a/y', reason: '"a" is no folder in the tree, but a file' },
  ] });
  expect(seen(root)).toEqual({ a: '644 first', b: '644 second', d: '755 folder', 'd/x': '644 first', f: '700 folder' });
});

test('only what is to be removed is, with the folders that this leaves empty', async () => {
  for (const path of ['d/e/1', 'd/e/2', 'f/1', 'g/1', 'g/2', 'h/1']) put(path);
  mkdirSync(join(root, 'void'));
  const source = await stored(store.contents, (add) => [add('g/2'), add('d/e/1', 'stays')]);
  const doomed = ['d/e/2', 'f/1', 'g/1', 'h', 'void', 'none', 'none/below', '../output', 'g/2'];
  expect(await restoreTree(root, [source], { delete: doomed })).toEqual({
    ...nothing, written: 1, bytesWritten: 5, unchanged: 1, deleted: 4, refused: [{ path: '../output', reason: 'the path has the name ..' }],
  });
  expect(seen(root)).toEqual({
    d: '755 folder', 'd/e': '755 folder', 'd/e/1': '644 stays', g: '755 folder', 'g/2': '644 g/2', h: '755 folder', 'h/1': '644 h/1',
  });
});

test('what stands in the way is refused, unless it is to be removed', async () => {
  put('file');
  put('folder/a');
  put('link');
  symlinkSync('link', join(root, 'inner'));
  symlinkSync(base, join(root, 'outer'));
  execFileSync('mkfifo', [join(root, 'pipe')]);
  const before = seen(root);
  const source = await stored(store.contents, (add) => [
    add('file/x'), add('folder'), add('inner/x'), add('outer/x'), add('pipe'), link('outer', 'file'), add('link2/ok'),
  ]);
  const withoutLink = { entries: source.tree.entries.filter(({ path }) => path !== 'outer') };
  const { refused, written } = await restoreTree(root, [{ ...source, tree: withoutLink }]);
  expect(refused).toEqual([
    { path: 'file/x', reason: '"file" is no folder here, but a file' }, { path: 'folder', reason: 'a folder is in its place' },
    { path: 'inner/x', reason: '"inner" is no folder here, but a link' }, { path: 'outer/x', reason: '"outer" is no folder here, but a link' },
    { path: 'pipe', reason: 'a named pipe is in its place' },
  ]);
  expect(written).toBe(1);
  expect(seen(root)).toEqual({ ...before, link2: '755 folder', 'link2/ok': '644 link2/ok' });

  const freed = await restoreTree(root, [source], { delete: ['file', 'folder/a', 'inner', 'outer', 'pipe'] });
  expect(freed).toMatchObject({ written: 4, deleted: 4 });
  expect(freed.refused.map(({ path }) => path)).toEqual(['outer', 'pipe']);
  expect(seen(root)).toMatchObject({ 'file/x': '644 file/x', folder: '644 folder', 'inner/x': '644 inner/x', 'outer/x': '644 outer/x' });
  expect(existsSync(join(base, 'x'))).toBe(false);
});

test('a link that somebody made to elsewhere is not replaced by a file; one within the folder is', async () => {
  put('a');
  symlinkSync('/etc/hostname', join(root, 'out'));
  symlinkSync('a', join(root, 'in'));
  const source = await stored(store.contents, (add) => [add('out'), add('in', 'new')]);
  expect((await restoreTree(root, [source])).refused).toEqual([{ path: 'out', reason: 'a link that leads out of the folder is in its place' }]);
  expect(seen(root)).toEqual({ a: '644 a', in: '644 new', out: '-> /etc/hostname' });
});

test('where the file system does not tell capitals or compositions apart, the first of them stays', async () => {
  const source = await stored(store.contents, (add) => [
    add('a/x'), add('A/y'), add('README'), add('readme', 'other'), add('\u00e9'), add('e\u0301'), link('.git', 'a'), add('.GIT/config'), add('b'),
  ]);
  const { refused, written } = await restoreTree(root, [source], { caseSensitive: false });
  expect(refused.map(({ path }) => path)).toEqual(['A/y', 'readme', 'e\u0301', '.GIT/config']);
  expect(refused[0].reason).toBe('here it has the same name as "a"');
  expect(written).toBe(5);
  expect(await restoreTree(join(base, 'probed'), [source])).toMatchObject({ refused: [], written: 9 });
});

test('where it does not, what is there under another name is not replaced', async () => {
  put('readme', 'mine');
  put('d/x');
  // As such a file system answers: by any of the names, with the one that was given first.
  const lstatSync = ((path: string, options: never) => nodeFileSystem.lstatSync(
    path.replace(/README$/, 'readme').replace(/\/D(?=\/|$)/, '/d'), options)) as typeof nodeFileSystem.lstatSync;
  const source = await stored(store.contents, (add) => [add('README'), add('D/y'), add('ok')]);
  const report = await restoreTree(root, [source], { caseSensitive: false, fileSystem: { ...nodeFileSystem, lstatSync } });
  expect(report.refused).toEqual([
    { path: 'D/y', reason: '"D" is here under another name that means the same' },
    { path: 'README', reason: 'something is here under another name that means the same' },
  ]);
  expect(seen(root)).toEqual({ d: '755 folder', 'd/x': '644 d/x', ok: '644 ok', readme: '644 mine' });
});

test.each(STARTS)('damaged contents are left out of a folder %s, the rest is restored', async (_, start) => {
  start();
  const other = memoryContents();
  const source = await stored(store.contents, (add) => [add('a'), add('b'), file(other.contents, 'lost'), file(other.contents, 'lost2'), add('c')]);
  await other.contents.flush();
  const chunk = { object: `objects/${'0'.repeat(64)}`, bytes: 300_000, digest: '0'.repeat(64) };
  const large: FileEntry = { type: 'file', path: 'large', mode: 0o644, bytes: 300_000, digest: chunk.digest, location: { chunks: [chunk] } };
  const lying = [{ bytes: 5 }, { digest: '1'.repeat(64) }, { location: { chunks: [] } }]
    .map((lie, index) => ({ ...source.tree.entries[0], path: `lie${index}`, ...lie }) as FileEntry);
  let asked = 0;
  const { contents } = source;
  const read = contents.read.bind(contents);
  contents.read = (location, signal) => { asked++; return read(location, signal); };
  const report = await restoreTree(root, [{ contents, tree: { entries: [...source.tree.entries, large, ...lying] } }]);
  expect(report).toMatchObject({ written: 3, refused: [] });
  expect(report.damaged.map(({ path }) => path).sort()).toEqual(['large', 'lie0', 'lie1', 'lie2', 'lost', 'lost2']);
  expect(Object.keys(seen(root)).filter((name) => name !== 'there')).toEqual(['a', 'b', 'c']);
  expect(asked).toBeLessThanOrEqual(2); // what is not there is asked for once
});

test('a content of another length than was said is not written', async () => {
  const source = await stored(store.contents, (add) => [add('a')]);
  source.contents.readNow = () => Buffer.from('longer');
  expect(await restoreTree(root, [source])).toMatchObject({ written: 0, damaged: [{ path: 'a', reason: 'it has 6 bytes instead of 1' }] });
});

test.each(STARTS)('a failure of the store leaves a folder %s as it was', async (_, start) => {
  start();
  const before = existsSync(root) && seen(root);
  const source = await stored(store.contents, (add) => [add('a'), add('there', 'new')]);
  source.contents.read = () => Promise.reject(new Error('no network'));
  await expect(restoreTree(root, [source], { delete: ['there'] })).rejects.toThrow('no network');
  const other = await stored(memoryContents().contents, (add) => [add('a')]);
  const aborted = restoreTree(root, [other], { signal: AbortSignal.abort(new Error('enough')) });
  await expect(aborted).rejects.toThrow('enough');
  expect(existsSync(root) && seen(root)).toEqual(before);
});

test.each(STARTS)('a full disk leaves nothing that is half written in a folder %s', async (_, start) => {
  start();
  const before = existsSync(root) && seen(root);
  const source = await stored(store.contents, (add) => Array.from({ length: 20 }, (__, index) => add(`d/${index}`)));
  const restoring = restoreTree(root, [source], { fileSystem: failing('ENOSPC', ['writeSync'], 11) });
  await expect(restoring).rejects.toMatchObject({ code: 'E_TASK_FILES' });
  await expect(restoring).rejects.toThrow(/cannot write ".*\/output\/d\/\d+": no space is left on the device; free some/);
  expect(existsSync(root) && seen(root)).toEqual(before);
});

test.each([
  ['mkdirSync', 'EROFS', 'the file system is read-only; use a folder that can be written'], ['openSync', 'EACCES', 'permission denied'],
  ['renameSync', 'EIO', 'the device fails'], ['symlinkSync', 'EPERM', 'not permitted'], ['fstatSync', 'EIO', 'the device fails'],
] as const)('fails with %s %s, naming the path', async (operation, code, advice) => {
  for (const [, start] of STARTS) {
    rmSync(root, { recursive: true, force: true });
    start();
    const source = await stored(store.contents, (add) => [add('a'), link('l', 'a')]);
    const restoring = restoreTree(root, [source], { fileSystem: failing(code, [operation]) });
    await expect(restoring).rejects.toMatchObject({ code: 'E_TASK_FILES', message: expect.stringContaining(advice) });
    await expect(restoring).rejects.toThrow(base);
    expect(existsSync(join(root, 'a'))).toBe(false);
  }
});

test('limits are looked at before anything is written', async () => {
  const source = await stored(store.contents, (add) => [add('a', 'xx'), add('b', 'xx')]);
  await expect(restoreTree(root, [source], { limits: { maxEntries: 1 } })).rejects.toMatchObject({ code: 'E_TASK_UNSAFE' });
  await expect(restoreTree(root, [source], { limits: { maxBytes: 3 } })).rejects.toThrow(/more than 3 bytes, .*limits.maxBytes/);
  expect(readdirSync(base)).toEqual([]);
  expect(await restoreTree(root, [source], { limits: { maxEntries: 2, maxBytes: 4 } })).toMatchObject({ written: 2 });
});

test('where somebody else fills the folder meanwhile, both are there', async () => {
  const source = await stored(store.contents, (add) => [add('d/a'), link('l', 'd/a'), folder('void')]);
  const memory = await FileMemory.load(join(base, 'memory'));
  const renameSync = ((from: string, to: string) => {
    if (to === root) put('theirs');
    nodeFileSystem.renameSync(from, to);
  }) as typeof nodeFileSystem.renameSync;
  expect(await restoreTree(root, [source], { memory, fileSystem: { ...nodeFileSystem, renameSync } })).toMatchObject({ written: 3, refused: [] });
  expect(seen(root)).toEqual({ d: '755 folder', 'd/a': '644 d/a', l: '-> d/a', theirs: '644 theirs', void: '755 folder' });
  expect((await scanFolder(root, { memory })).files[0]).toHaveProperty('digest');
});

test('an empty folder keeps its mode; a link to a folder is followed, one to nothing is not', async () => {
  mkdirSync(root);
  chmodSync(root, 0o770);
  symlinkSync('output', join(base, 'alias'));
  symlinkSync('nowhere', join(base, 'dangling'));
  const source = await stored(store.contents, (add) => [add('a')]);
  await restoreTree(join(base, 'alias'), [source]);
  expect(lstatSync(root).mode & 0o777).toBe(0o770);
  expect(lstatSync(join(base, 'alias')).isSymbolicLink()).toBe(true);
  expect(seen(root)).toEqual({ a: '644 a' });
  await expect(restoreTree(join(base, 'dangling'), [source])).rejects.toThrow(/is a symbolic link to something that is not there; remove it/);
  await expect(restoreTree(join(root, 'a'), [source])).rejects.toMatchObject({ code: 'E_TASK_FILES' });
});

test('where nothing can be made beside the folder, it is made in it', async () => {
  put('there');
  const mkdirSync_ = ((path: string, options: never) => {
    if (dirname(path) === base) throw Object.assign(new Error('denied'), { code: 'EACCES', syscall: 'mkdir' });
    return nodeFileSystem.mkdirSync(path, options);
  }) as typeof nodeFileSystem.mkdirSync;
  const source = await stored(store.contents, (add) => [add('a'), add('.cache-tiers-tmp-x/y')]);
  const report = await restoreTree(root, [source], { fileSystem: { ...nodeFileSystem, mkdirSync: mkdirSync_ } });
  expect(report).toMatchObject({ written: 1, refused: [{ path: '.cache-tiers-tmp-x/y', reason: 'temporary folders have such names' }] });
  expect(seen(root)).toEqual({ a: '644 a', there: '644 there' });
});
