import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileMemory } from '../../../../runtime/tasks/files/file-memory';
import { lookAt, nodeFileSystem } from '../../../../runtime/tasks/files/file-system';
import { damaged, randomNumbers } from '../../home/fuzz';
import { failing, temporary } from './trees';

let folder: string;
beforeEach(() => { folder = temporary(); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const digest = 'ab'.repeat(32);
const stat = (name: string) => lookAt(join(folder, name), nodeFileSystem)!;
const made = (name: string, text = name) => { writeFileSync(join(folder, name), text); return stat(name); };
const at = () => join(folder, 'state/files');
const old = { size: 1n, mtimeNs: 5n, ctimeNs: 6n, ino: 7n };

test('what is remembered is known after it was saved and read', async () => {
  const memory = await FileMemory.load(at());
  memory.remember('a b/ü', old, digest);
  await memory.save();
  const next = await FileMemory.load(at());
  expect(next.digestOf('a b/ü', old)).toBe(digest);
  expect(next.digestOf('other', old)).toBeUndefined();
  expect(readdirSync(join(folder, 'state'))).toEqual(['files']);
});

test.each(['size', 'mtimeNs', 'ctimeNs', 'ino'] as const)('a file with another %s is another one', async (field) => {
  const memory = await FileMemory.load(at());
  memory.remember('a', old, digest);
  expect(memory.digestOf('a', { ...old, [field]: old[field] + 1n })).toBeUndefined();
  expect(memory.digestOf('a', old)).toBe(digest);
});

test('a file that is replaced by another of the same size and time is not the one that was read', async () => {
  const memory = await FileMemory.load(at());
  made('a');
  utimesSync(join(folder, 'a'), 1, 1);
  memory.remember('a', stat('a'), digest, true);
  made('b', 'b');
  utimesSync(join(folder, 'b'), 1, 1);
  renameSync(join(folder, 'b'), join(folder, 'a'));
  expect(memory.digestOf('a', stat('a'))).toBeUndefined();
});

test('a file that has only just changed may change again unseen, and is not trusted', async () => {
  const memory = await FileMemory.load(at());
  memory.remember('a', old, digest);
  const young = made('a');
  memory.remember('a', young, digest);
  expect(memory.digestOf('a', young)).toBeUndefined();
  expect(memory.digestOf('a', old)).toBeUndefined();
  memory.remember('a', young, digest, true);
  expect(memory.digestOf('a', young)).toBe(digest);
});

test('one that is damaged in any way has nothing in it, and is replaced', async () => {
  const memory = await FileMemory.load(at());
  for (let i = 0; i < 20; i++) memory.remember(`file ${i}`, old, digest);
  await memory.save();
  const whole = readFileSync(at());
  const random = randomNumbers(11);
  for (let i = 0; i < 2000; i++) {
    writeFileSync(at(), damaged(whole, random));
    expect((await FileMemory.load(at())).digestOf('file 1', old)).toBeUndefined();
  }
  const next = await FileMemory.load(at());
  next.remember('x', old, digest);
  await next.save();
  expect((await FileMemory.load(at())).digestOf('x', old)).toBe(digest);
});

test('a folder in its place is nothing to read, and an error to write', async () => {
  mkdirSync(join(at(), 'x'), { recursive: true });
  const memory = await FileMemory.load(at());
  await memory.save(); // there is nothing new
  memory.remember('a', old, digest);
  await expect(memory.save()).rejects.toMatchObject({ code: 'E_TASK_FILES', message: expect.stringContaining(at()) });
});

test('what cannot be written leaves what was there, and no temporary file', async () => {
  const memory = await FileMemory.load(at());
  memory.remember('a', old, digest);
  await memory.save();
  const full = await FileMemory.load(at(), failing('ENOSPC', ['writeSync'], 1));
  full.remember('b', old, digest);
  await expect(full.save()).rejects.toThrow(/cannot write ".*files": no space is left on the device; free some/);
  expect(readdirSync(join(folder, 'state'))).toEqual(['files']);
  expect((await FileMemory.load(at())).digestOf('a', old)).toBe(digest);
});

test('temporary files of those who were killed are removed, not those of others who are writing', async () => {
  mkdirSync(join(folder, 'state'));
  for (const name of ['files.0123456789ab.tmp', 'files.ba9876543210.tmp', 'other.0123456789ab.tmp']) made(`state/${name}`);
  for (const name of ['files.0123456789ab.tmp', 'other.0123456789ab.tmp']) utimesSync(join(folder, 'state', name), 1, 1);
  const memory = await FileMemory.load(at());
  memory.remember('a', old, digest);
  await memory.save();
  expect(readdirSync(join(folder, 'state')).sort()).toEqual(['files', 'files.ba9876543210.tmp', 'other.0123456789ab.tmp']);
});
