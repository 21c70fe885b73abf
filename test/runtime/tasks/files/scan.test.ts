import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { FileMemory } from '../../../../runtime/tasks/files/file-memory';
import { lookAt, nodeFileSystem } from '../../../../runtime/tasks/files/file-system';
import { scanFolder } from '../../../../runtime/tasks/files/scan';
import { failing, temporary } from './trees';

let root: string;
beforeEach(() => { root = temporary(); });
afterEach(() => rmSync(root, { recursive: true, force: true }));

const put = (path: string, text = path) => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
};

const lastModified = expect.any(Number) as number;

test('files, folders and links, each by path', async () => {
  put('b/y', 'four');
  put('b.txt', '');
  put('a/z/1');
  chmodSync(join(root, 'b/y'), 0o4755);
  mkdirSync(join(root, 'empty/inner'), { recursive: true });
  mkdirSync(join(root, 'private'), { mode: 0o700 });
  put('private/key');
  symlinkSync('../b/y', join(root, 'a/link'));
  symlinkSync('nothing', join(root, 'dangling'));
  expect(await scanFolder(root)).toEqual({
    files: [
      { path: 'a/z/1', mode: 0o644, bytes: 5, lastModified }, { path: 'b.txt', mode: 0o644, bytes: 0, lastModified },
      { path: 'b/y', mode: 0o755, bytes: 4, lastModified }, { path: 'private/key', mode: 0o644, bytes: 11, lastModified },
    ],
    emptyFolders: [{ path: 'empty/inner', mode: 0o755 }, { path: 'private', mode: 0o700 }],
    links: [{ path: 'a/link', target: '../b/y' }, { path: 'dangling', target: 'nothing' }],
    refused: [],
  });
});

test('a folder that is not there has nothing in it', async () => {
  expect(await scanFolder(join(root, 'none'))).toEqual({ files: [], emptyFolders: [], links: [], refused: [] });
});

test('what is ignored is left out, and not looked into', async () => {
  for (const path of ['T/a.json', 'T/a.json-luigi-tmp-0123456789', 'logs/x', 'T/keep.log']) put(path);
  expect((await scanFolder(root)).files.map(({ path }) => path)).toEqual(['T/a.json', 'T/keep.log', 'logs/x']);
  const others = await scanFolder(root, { ignore: ['logs', '*.log'] });
  expect(others.files.map(({ path }) => path)).toEqual(['T/a.json', 'T/a.json-luigi-tmp-0123456789']);
  put('.cache-tiers-tmp-x/left');
  expect((await scanFolder(root, { ignore: [] })).files).toHaveLength(4);
});

test('a folder in which all is ignored is an empty one', async () => {
  put('T/x-luigi-tmp-1');
  expect((await scanFolder(root)).emptyFolders).toEqual([{ path: 'T', mode: 0o755 }]);
});

test('what is neither file, folder nor link is refused, with links that lead out and names that are not for others', async () => {
  execFileSync('mkfifo', [join(root, 'pipe')]);
  const server = createServer().listen(join(root, 'socket'));
  await new Promise((resolve) => server.once('listening', resolve));
  symlinkSync('/etc', join(root, 'absolute'));
  symlinkSync('../x', join(root, 'out'));
  symlinkSync('a/../..', join(root, 'round'));
  writeFileSync(join(root, 'back\\slash'), '');
  writeFileSync(join(root, 'line\nbreak'), '');
  writeFileSync(Buffer.from(`${root}/bad-\xff`, 'latin1'), '');
  symlinkSync(Buffer.from('to-\xff', 'latin1'), join(root, 'link-to-bad'));
  writeFileSync(join(root, 'really-\ufffd'), '');
  const { files, links, refused } = await scanFolder(root);
  server.close();
  expect(files.map(({ path }) => path)).toEqual(['really-\ufffd']);
  expect(links).toEqual([]);
  expect(Object.fromEntries(refused.map(({ path, reason }) => [path, reason]))).toEqual({
    pipe: 'it is a named pipe', socket: 'it is a socket', absolute: 'the link\'s target is absolute', out: 'the link leads out of the folder',
    round: 'the link\'s target goes up after it went down', 'back\\slash': 'the path has a backslash',
    'line\nbreak': 'the path has a control character',
    'bad-\ufffd': 'the name is no valid UTF-8', 'link-to-bad': 'the link\'s target is no valid UTF-8',
  });
});

test('a thousand folders in each other are no recursion; a path that is too long is refused', async () => {
  const deep = Array.from({ length: 1000 }, () => 'd').join('/');
  put(`${deep}/file`);
  expect((await scanFolder(root)).files).toEqual([{ path: `${deep}/file`, mode: 0o644, bytes: deep.length + 5, lastModified }]);
  execFileSync('sh', ['-c', `cd ${root}; for i in $(seq 19); do mkdir ${'x'.repeat(200)}; cd ${'x'.repeat(200)}; done; echo > ${'y'.repeat(250)}`]);
  const { refused, files } = await scanFolder(root);
  execFileSync('rm', ['-rf', join(root, 'x'.repeat(200))]); // what Node removes has to have a name that is not too long
  expect(refused).toEqual([{ path: expect.stringMatching(/^x{200}\//), reason: 'the path is too long, below this folder' }]);
  expect(files).toHaveLength(1);
});

test('digests that are known are told', async () => {
  put('a');
  put('b');
  utimesSync(join(root, 'a'), 1, 1);
  const memory = await FileMemory.load(join(root, '../none'));
  memory.remember('a', lookAt(join(root, 'a'), nodeFileSystem)!, 'd'.repeat(64), true);
  expect((await scanFolder(root, { memory })).files.map(({ digest }) => digest)).toEqual(['d'.repeat(64), undefined]);
});

test('what is gone between its name and the look at it is not there', async () => {
  put('a');
  const fileSystem = { ...nodeFileSystem, lstatSync: (() => undefined) as unknown as typeof nodeFileSystem.lstatSync };
  expect((await scanFolder(root, { fileSystem })).files).toEqual([]);
});

test.each([
  ['readdirSync', 'EACCES', 'permission denied'], ['lstatSync', 'EIO', 'the device fails'], ['readlinkSync', 'EACCES', 'permission denied'],
] as const)('fails with %s %s, naming the path', async (operation, code, advice) => {
  put('a');
  symlinkSync('a', join(root, 'l'));
  const scan = scanFolder(root, { fileSystem: failing(code, [operation]) });
  await expect(scan).rejects.toMatchObject({ code: 'E_TASK_FILES', message: expect.stringContaining(advice) });
  await expect(scan).rejects.toThrow(root);
});

test('fails where a file is in place of the folder', async () => {
  put('a');
  await expect(scanFolder(join(root, 'a'))).rejects.toThrow(/cannot read the folder ".*\/a": something else stands where a folder should; remove it/);
});
