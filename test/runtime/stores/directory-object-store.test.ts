import { createHash } from 'node:crypto';
import fs, {
  chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync,
} from 'node:fs';
import files from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DirectoryObjectStore } from '../../../runtime/stores/directory-object-store';
import { describeObjectStore } from '../../support/contracts/object-store';
import { bundled, Processes } from '../home/processes';

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'object-store-'));
  folder = join(parent, '.cache-tiers', 'tasks');
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const open = (options: { now?: () => number; setting?: string; durable?: boolean } = {}) =>
  new DirectoryObjectStore({ folder, durable: false, ...options });
const bytes = (text: string) => Buffer.from(text);
const textOf = (found: Uint8Array | undefined) => found && Buffer.from(found).toString();

async function keysIn(store: DirectoryObjectStore, prefix = ''): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list(prefix)) found.push(key);
  return found;
}

/** Everything below a folder. */
function filesIn(path: string): string[] {
  return readdirSync(path, { withFileTypes: true, recursive: true }).map((entry) => join(entry.parentPath, entry.name));
}

describe('contract', () => {
  let shared: string;
  beforeAll(() => { shared = mkdtempSync(join(tmpdir(), 'object-store-')); });
  afterAll(() => rmSync(shared, { recursive: true, force: true }));

  describeObjectStore('embedded', () => new DirectoryObjectStore({ folder: join(shared, 'tasks') }));
});

test('reading makes nothing, writing makes what is for this user only', async () => {
  const store = open();
  expect([await store.get('a/b'), await store.read('a/b'), await store.has('a'), await keysIn(store)]).toEqual([undefined, undefined, false, []]);
  expect(await store.delete(['a/b'])).toEqual([]);
  expect(existsSync(join(parent, '.cache-tiers'))).toBe(false);
  await store.create('objects/a', bytes('x'));
  await store.replace('manifest', bytes('x'), undefined);
  const modes = [folder, ...filesIn(folder)].map((path) => statSync(path)).map((stat) => [stat.isDirectory(), stat.mode & 0o777]);
  for (const [isFolder, mode] of modes) expect(mode).toBe(isFolder ? 0o700 : 0o600);
  expect(modes.length).toBeGreaterThan(5);
  expect(store.place).toBe(folder);
});

test('what was open to others is not any more', async () => {
  const store = open();
  await store.create('objects/a', bytes('x'));
  const [path] = filesIn(folder).filter((each) => each.endsWith('a@'));
  chmodSync(path!, 0o644);
  chmodSync(folder, 0o755);
  await store.get('objects/a');
  expect([statSync(path!).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o600, 0o700]);
});

test('times are the clock\'s that is given', async () => {
  const store = open({ now: () => 1_900_000_000_000 });
  await store.create('a', bytes('x'));
  const times = [];
  for await (const { lastModified } of store.list('')) times.push(lastModified);
  await store.replace('b', bytes('x'), undefined);
  expect([times, await store.read('b')]).toEqual([[1_900_000_000_000], expect.objectContaining({ time: 1_900_000_000_000 })]);
});

test('other files are not touched, and not listed', async () => {
  const store = open();
  await store.create('v1/a', bytes('x'));
  for (const name of ['.gitignore', 'readme', 'README.md', 'v1/note.txt', 'v1/=@']) writeFileSync(join(folder, name), 'x');
  expect(await keysIn(store)).toEqual(['v1/a']);
});

describe('symbolic links are not followed', () => {
  const refused = { code: 'E_HOME_UNSAFE', message: expect.stringContaining('symbolic link') as string };
  let secret: string;
  beforeEach(() => {
    secret = join(parent, 'secret');
    mkdirSync(join(secret, 'objects'), { recursive: true });
    writeFileSync(join(secret, 'objects', 'a@'), 'secret');
  });

  const expectRefused = async (store: DirectoryObjectStore) => {
    const calls = [
      store.get('objects/a'), store.has('objects/a'), store.create('objects/b', bytes('x')), store.read('objects/m'),
      store.replace('objects/m', bytes('x'), undefined), keysIn(store, 'objects/'),
    ];
    for (const settled of await Promise.allSettled(calls)) expect(settled).toMatchObject({ status: 'rejected', reason: refused });
    expect(await store.delete(['objects/a'])).toEqual([{ key: 'objects/a', message: refused.message }]);
    expect(readdirSync(join(secret, 'objects'))).toEqual(['a@']);
  };

  test('the folder', async () => {
    mkdirSync(join(parent, '.cache-tiers'));
    symlinkSync(secret, folder);
    await expectRefused(open());
  });

  test('one below it', async () => {
    const store = open();
    await store.create('x', bytes('x'));
    symlinkSync(join(secret, 'objects'), join(folder, 'objects'));
    await expectRefused(store);
  });

  test('an object', async () => {
    const store = open();
    await store.create('objects/b', bytes('x'));
    symlinkSync(join(secret, 'objects', 'a@'), join(folder, 'objects', 'a@'));
    symlinkSync(join(secret, 'nothing'), join(folder, 'objects', 'c@'));
    await expect(store.get('objects/a')).rejects.toMatchObject(refused);
    for (const key of ['objects/a', 'objects/c']) {
      await expect(store.create(key, bytes('x'))).rejects.toMatchObject({ code: 'E_HOME_UNSAFE' });
      expect(await store.delete([key])).toEqual([{ key, message: expect.stringContaining('neither file nor folder') as string }]);
    }
    expect(readdirSync(secret)).toEqual(['objects']);
  });
});

test('a message names what the folder is set by', async () => {
  mkdirSync(join(parent, '.cache-tiers'));
  symlinkSync(parent, folder);
  await expect(open({ setting: 'TASK_CACHE_FOLDER' }).get('a')).rejects.toThrow(/remove it, or set TASK_CACHE_FOLDER to where it leads$/);
  await expect(open().get('a')).rejects.toThrow(/remove it, or set the folder to where it leads$/);
});

test('a file where a folder should be, and the other way round', async () => {
  writeFileSync(join(parent, '.cache-tiers'), 'x');
  await expect(open().create('a', bytes('x'))).rejects.toMatchObject({ name: 'HomeError' });
  rmSync(join(parent, '.cache-tiers'));
  const store = open();
  await store.replace('document', bytes('x'), undefined);
  await expect(store.create('document', bytes('x'))).rejects.toMatchObject({ code: 'E_HOME_UNSAFE' });
  await expect(store.get('document')).rejects.toMatchObject({ code: 'E_HOME_UNSAFE' });
  const message = expect.stringContaining('a folder stands where a file should') as string;
  expect(await store.delete(['document'])).toEqual([{ key: 'document', message }]);
});

test('a write that fails leaves nothing behind', async () => {
  const store = open();
  await store.create('objects/a', bytes('x'));
  const before = filesIn(folder);
  await expect(store.create(`objects/${'k'.repeat(300)}`, bytes('x'))).rejects.toMatchObject({ code: 'E_HOME_IO' }); // a name of 300 characters
  await expect(store.create('objects/b', ['no bytes' as never, 5 as never])).rejects.toMatchObject({ code: 'E_HOME_IO' });
  expect(filesIn(folder)).toEqual(before);
});

describe('a file system that refuses', () => {
  afterEach(() => jest.restoreAllMocks());
  const errno = (code: string) => Object.assign(new Error(code), { code });

  test('a full one: nothing is left of the object, and the rest stays', async () => {
    const store = open({ setting: 'TASK_CACHE_FOLDER' });
    await store.create('objects/a', bytes('x'));
    const before = filesIn(folder);
    jest.spyOn(files, 'writeFile').mockRejectedValueOnce(errno('ENOSPC'));
    await expect(store.create('objects/b', bytes('y'))).rejects.toMatchObject({
      code: 'E_HOME_FULL', message: expect.stringContaining('free some, or set TASK_CACHE_FOLDER to another one') as string,
    });
    expect(filesIn(folder)).toEqual(before);
    expect(await store.create('objects/b', bytes('y'))).toBe(true);
  });

  const refusals = [['EPERM', 'E_HOME_NO_LINKS'], ['EROFS', 'E_HOME_READ_ONLY'], ['ENOENT', 'E_HOME_IO']];
  test.each(refusals)('%s when it gets its name', async (code, ours) => {
    const store = open();
    await store.create('objects/a', bytes('x'));
    const before = filesIn(folder);
    jest.spyOn(fs, 'linkSync').mockImplementationOnce(() => { throw errno(code); });
    await expect(store.create('objects/b', bytes('y'))).rejects.toMatchObject({ code: ours });
    expect(filesIn(folder)).toEqual(before);
  });

  test('somebody who was faster between the look and the link', async () => {
    const [store, other] = [open(), open()];
    const link = fs.linkSync;
    await store.create('objects/a', bytes('x'));
    const path = join(folder, 'objects', 'b@');
    jest.spyOn(fs, 'linkSync').mockImplementationOnce((from, to) => {
      writeFileSync(path, 'other', { mode: 0o600 });
      link(from, to);
    });
    expect(await store.create('objects/b', bytes('mine'))).toBe(false);
    expect(textOf(await other.get('objects/b'))).toBe('other');
  });
});

test('a damaged version of a document is passed over, and can be replaced', async () => {
  const store = open();
  const first = await store.replace('manifest', bytes('first'), undefined);
  await store.replace('manifest', bytes('second'), first);
  truncateSync(join(folder, 'manifest@', 'document.2'), 40);
  const found = await store.read('manifest');
  expect(found).toMatchObject({ bytes: bytes('first'), etag: first });
  await store.replace('manifest', bytes('third'), first);
  expect(await store.read('manifest')).toMatchObject({ bytes: bytes('third') });
});

test('a folder that was removed and made anew is another one: no etag of the old one holds', async () => {
  const store = open();
  const old = await store.replace('manifest', bytes('x'), undefined);
  rmSync(folder, { recursive: true });
  expect(await store.replace('manifest', bytes('y'), old)).toBeUndefined();
  await store.replace('manifest', bytes('x'), undefined);
  expect(await store.read('manifest', { unless: old })).toMatchObject({ bytes: bytes('x') });
});

test('files of writers that are gone are removed once they are old', async () => {
  await open().create('a', bytes('x'));
  const [old, young] = ['old', 'young'].map((name) => join(folder, '@temporary', name));
  for (const path of [old!, young!]) writeFileSync(path, 'x');
  const time = Date.now() / 1000 - 3600;
  utimesSync(old!, time, time);
  const store = open();
  expect(await keysIn(store)).toEqual(['a']);
  await store.create('b', bytes('x'));
  expect(readdirSync(join(folder, '@temporary'))).toEqual(['young']);
});

test('fails for a folder that is none', () => {
  for (const wrong of ['', undefined, 5]) {
    expect(() => new DirectoryObjectStore({ folder: wrong as string })).toThrow(expect.objectContaining({ code: 'E_STORE_FOLDER' }) as Error);
  }
});

/** Two writers are killed in each. */
const ROUNDS = Number(process.env.KILL_ROUNDS ?? 8);

test('writers that are killed at any moment leave whole objects only, and lose nothing that was written', async () => {
  const program = bundled(join(__dirname, 'directory-object-store-child.ts'));
  const processes = new Processes(program);
  const said: string[] = [];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const children = [1, 2].map(() => processes.start([folder]));
      await Promise.all(children.map((child) => child.says('ready')));
      for (const child of children) { await sleep(Math.random() * 40); child.kill(); }
      said.push(...(await Promise.all(children.map((child) => child.output()))).flat());
    }
  } finally {
    await processes.close();
  }
  const store = open({ now: () => Date.now() + 3_600_000 });
  const found = await keysIn(store, 'v1/main/objects/');
  for (const key of found) expect(createHash('sha256').update((await store.get(key))!).digest('hex')).toBe(key.split('/').at(-1));
  const digests = said.filter((line) => /^[0-9a-f]{64}$/.test(line));
  expect(digests.filter((digest) => !found.includes(`v1/main/objects/${digest}`))).toEqual([]);
  const counts = said.flatMap((line) => /^count (\d+)$/.exec(line)?.[1] ?? []).map(Number);
  expect(new Set(counts).size).toBe(counts.length);
  const document = await store.read('v1/main/manifest');
  const counted = typeof document === 'object' ? Number(textOf(document.bytes)) : 0;
  expect(counted).toBeGreaterThanOrEqual(Math.max(0, ...counts));
  expect(counted - counts.length).toBeLessThanOrEqual(2 * ROUNDS); // of each that was killed one at most, which it could not say any more
  await store.create('v1/main/objects/last', bytes('x'));
  expect(readdirSync(join(folder, '@temporary'))).toEqual([]);
}, 120_000);
