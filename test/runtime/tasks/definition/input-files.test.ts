import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { inputFilesDigest, type FileHashes } from '../../../../runtime/tasks/definition/input-files';

let root: string;

beforeEach(async () => { root = await mkdtemp(path.join(tmpdir(), 'input-files-')); });
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(relative: string, text: string): Promise<string> {
  const place = path.join(root, relative);
  await mkdir(path.dirname(place), { recursive: true });
  await writeFile(place, text);
  return place;
}

const digest = (...patterns: string[]) => inputFilesDigest(patterns, { root });

test('it is of contents, paths, and whether they can be executed, and of nothing else', async () => {
  const place = await write('a/one.txt', 'one');
  await write('a/two.txt', 'two');
  const before = await digest('a/*.txt');
  await utimes(place, 5, 5);
  await chmod(place, 0o600);
  await write('a/other.md', 'x');
  await write('b/three.txt', 'x');
  expect(await digest('a/*.txt')).toBe(before);
  expect(await digest('a/two.txt', 'a/one.txt', 'a/*.txt')).toBe(before);
  expect(await inputFilesDigest(['a/*.txt'], { root: path.join(root, 'a', '..') })).toBe(before);

  const seen = [before];
  await chmod(place, 0o700);
  seen.push(await digest('a/*.txt'));
  await write('a/one.txt', 'eno');
  seen.push(await digest('a/*.txt'));
  await write('a/three.txt', '');
  seen.push(await digest('a/*.txt'));
  expect(new Set(seen).size).toBe(4);
});

test('where one file ends and the next begins is part of it', async () => {
  await write('x/a', 'bc');
  await write('x/b', '');
  await write('y/a', 'b');
  await write('y/b', 'c');
  const [x, y] = await Promise.all(['x', 'y'].map((folder) => inputFilesDigest(['*'], { root: path.join(root, folder) })));
  expect(x).not.toBe(y);
});

test.each<[string, string[]]>([
  ['*.txt', ['top.txt']],
  ['a/*.txt', ['a/one.txt']],
  ['*/*.txt', ['a/one.txt', 'b/one.txt']],
  ['a/**', ['a/deep/er/two.txt', 'a/one.txt']],
  ['a/**/two.txt', ['a/deep/er/two.txt']],
  ['**/one.*', ['a/one.txt', 'b/one.txt']],
  ['*/deep/*/two.txt', ['a/deep/er/two.txt']],
  ['none/*', []],
  ['top.txt/*', []],
])('%s stands for %p', async (pattern, expected) => {
  for (const place of ['top.txt', 'a/one.txt', 'a/deep/er/two.txt', 'b/one.txt', 'b/deep/no.md']) await write(place, place);
  expect(await digest(pattern)).toBe(await digest(...expected));
});

test('fails for a file that is not there, or is a folder', async () => {
  await mkdir(path.join(root, 'folder'));
  const failure = (message: string) => ({ code: 'E_TASK_INPUT', message: expect.stringContaining(message) as unknown });
  await expect(digest('none.txt')).rejects.toMatchObject(failure('cannot read the input file \'none.txt\''));
  await expect(digest('folder')).rejects.toMatchObject(failure('its files are \'folder/**\''));
});

test('links to files are read; those to folders are not followed, so that they lead nowhere for ever', async () => {
  await write('a/one.txt', 'one');
  await symlink('one.txt', path.join(root, 'a/link.txt'));
  await symlink('..', path.join(root, 'a/round'));
  await symlink('nothing', path.join(root, 'a/dangling.txt'));
  expect(await digest('**')).toBe(await digest('a/one.txt', 'a/link.txt'));
});

test('a file is read once for all that are given the same map, and again once it has changed', async () => {
  const place = await write('a.txt', 'one');
  const hashes: FileHashes = new Map();
  const options = { root, hashes };
  const lately = await inputFilesDigest(['a.txt'], options);
  expect(hashes.size).toBe(0); // it was only just written, so it may be written again within the same tick of the clock
  jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 60_000);
  try {
    expect(await inputFilesDigest(['a.txt'], options)).toBe(lately);
    expect(hashes.size).toBe(1);
    const [name] = hashes.keys();
    hashes.set(name, Promise.resolve('known'));
    expect(await inputFilesDigest(['a.txt'], options)).not.toBe(lately);
    await writeFile(place, 'other');
    expect(await inputFilesDigest(['a.txt'], options)).toBe(await inputFilesDigest(['a.txt'], { root }));
    expect(hashes.size).toBe(2);
  } finally {
    jest.restoreAllMocks();
  }
});

test('a signal that has aborted ends it', async () => {
  await write('a.txt', 'one');
  await expect(inputFilesDigest(['a.txt'], { root, signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
});

test('500 files', async () => {
  await mkdir(path.join(root, 'many'));
  for (let i = 0; i < 500; i++) await writeFile(path.join(root, 'many', `${i}.txt`), String(i));
  const before = await digest('many/**');
  await write('many/499.txt', '498');
  expect(await digest('many/**')).not.toBe(before);
});
