import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeFileSystem, type HomeFileSystem } from '../../../../runtime/home/file-system';
import { failing, killedBefore, readOnly } from '../../home/file-systems';
import { cacheOf, listed, RemoteModel } from './remote-model';

jest.setTimeout(60_000);

let home: string;
let remote: RemoteModel;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'copy-'));
  remote = new RemoteModel();
  for (const name of ['/app/a', '/app/b']) remote.put(name);
});
afterEach(() => rmSync(home, { recursive: true }));

const leases = () => existsSync(folder()) ? readdirSync(folder()).filter((name) => name.startsWith('full.')).map((name) => join(folder(), name)) : [];
const folder = () => join(home, 'cache', '123456789012', 'eu-west-3', 'main');

async function worksFromMemory(fileSystem?: HomeFileSystem): Promise<void> {
  const cache = cacheOf(remote, { home, ...(fileSystem && { fileSystem }) });
  await cache.open();
  await cache.sync();
  await cache.put('/app/own', { version: 1 });
  remote.put('/app/c');
  await cache.sync();
  expect(listed(cache)).toEqual(['/app/a:1', '/app/b:1', '/app/c:1', '/app/own:1']);
  expect(cache.events.unsaved).toBeGreaterThan(0);
  expect(cache.events.problem?.code).toMatch(/^E_HOME_/);
}

test('files are for this user only', async () => {
  await cacheOf(remote, { home }).sync();
  expect(statSync(folder()).mode & 0o777).toBe(0o700);
  const names = readdirSync(folder());
  expect(names.length).toBeGreaterThan(1);
  for (const name of names) expect(statSync(join(folder(), name)).mode & 0o777).toBe(0o600);
});

test('without a home nothing is written, and nothing counted', async () => {
  const cache = cacheOf(remote);
  await cache.sync();
  await cache.put('/app/own', { version: 1 });
  await cache.open();
  expect(listed(cache)).toEqual(['/app/a:1', '/app/b:1', '/app/own:1']);
  expect(cache.events).toEqual({ damaged: 0, unsaved: 0 });
  expect(readdirSync(home)).toEqual([]);
});

describe('from memory, and counted', () => {
  test('on a read-only file system', () => worksFromMemory(readOnly()));
  test.each(['ENOSPC', 'EDQUOT', 'EIO'])('when writing fails with %s', (code) => worksFromMemory(failing(code, 'writeSync')));
  test('when the file system has no hard links', () => worksFromMemory(failing('EPERM', 'linkSync')));
  test('when the home is a file', async () => {
    rmSync(home, { recursive: true });
    writeFileSync(home, '');
    await worksFromMemory();
  });

  test('when a folder on the way is a symbolic link', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'elsewhere-'));
    symlinkSync(elsewhere, join(home, 'cache'));
    await worksFromMemory();
    expect(readdirSync(elsewhere)).toEqual([]);
    rmSync(elsewhere, { recursive: true });
  });

  test('when a file is a symbolic link', async () => {
    await cacheOf(remote, { home }).sync();
    const base = readdirSync(folder()).find((name) => name.endsWith('.base'))!;
    const target = join(home, 'target');
    writeFileSync(target, readFileSync(join(folder(), base)));
    rmSync(join(folder(), base));
    symlinkSync(target, join(folder(), base));
    await worksFromMemory();
    expect(statSync(target).isFile()).toBe(true);
  });

  test('a copy that cannot be replaced is still read', async () => {
    await cacheOf(remote, { home }).sync();
    const cache = cacheOf(remote, { home, fileSystem: readOnly() });
    expect((await cache.open()).known).toBe(true);
    expect(cache.events).toEqual({ damaged: 0, unsaved: 0 });
    remote.put('/app/c');
    await cache.sync();
    expect(listed(cache)).toEqual(['/app/a:1', '/app/b:1', '/app/c:1']);
    expect(cache.events).toMatchObject({ unsaved: 1, problem: { code: 'E_HOME_READ_ONLY' } });
  });
});

test('a disk that becomes full in the middle leaves the copy as it was', async () => {
  await cacheOf(remote, { home }).sync();
  remote.pageRows = 500;
  for (let i = 0; i < 3_000; i += 1) remote.put(`/app/${i}`);
  for (const after of [0, 1, 3, 6]) {
    let left = after;
    const fileSystem: HomeFileSystem = {
      ...nodeFileSystem,
      writeSync: ((...args: Parameters<HomeFileSystem['writeSync']>) => {
        if ((left -= 1) < 0) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
        return nodeFileSystem.writeSync(...args);
      }) as HomeFileSystem['writeSync'],
    };
    const full = cacheOf(remote, { home, fileSystem });
    await full.sync({ full: after % 2 === 0 });
    expect(listed(full)).toEqual(remote.truth());
    expect(full.events.problem?.code).toBe('E_HOME_FULL');
  }
  const cache = cacheOf(remote, { home });
  await cache.open();
  expect(cache.view.known).toBe(true);
  expect(cache.events.damaged).toBe(0);
  await cache.sync();
  expect(listed(cache)).toEqual(remote.truth());
});

test.each([['the first sync', false], ['a later one', true]])('%s may be killed before each of its operations on files', async (_, later) => {
  let operations = 0;
  const counting = Object.fromEntries(Object.entries(killedBefore(Infinity)).map(([name, run]) => [name, (...args: never[]) => {
    operations += 1;
    return (run as (...args: never[]) => unknown)(...args);
  }])) as unknown as HomeFileSystem;
  const begin = async (fileSystem?: HomeFileSystem) => {
    rmSync(home, { recursive: true, force: true });
    remote = new RemoteModel();
    for (const name of ['/app/a', '/app/b']) remote.put(name);
    if (later) await cacheOf(remote, { home }).sync();
    remote.live(1);
    remote.put('/app/c');
    await cacheOf(remote, { home, ...(fileSystem && { fileSystem }) }).sync({ full: later }).catch(() => {});
  };
  await begin(counting);
  for (let n = 1; n <= operations; n += n < 60 || n > operations - 60 ? 1 : 7) {
    await begin(killedBefore(n));
    for (const name of leases()) rmSync(name); // a process that is no more holds none, but this one is alive
    const cache = cacheOf(remote, { home });
    await cache.open();
    if (later) expect(listed(cache).slice(0, 2)).toEqual(['/app/a:1', '/app/b:1']);
    await cache.sync();
    expect(listed(cache)).toEqual(remote.truth());
    expect(cache.events.damaged).toBe(0);
  }
  await begin();
});

test('whatever is in the state file, names are right or read anew', async () => {
  await cacheOf(remote, { home }).sync();
  for (const junk of ['', 'x', '{}\n', 'CTV1junk', '\0'.repeat(200)]) {
    for (const name of readdirSync(folder())) {
      if (!name.startsWith('state.')) continue;
      chmodSync(join(folder(), name), 0o600);
      writeFileSync(join(folder(), name), junk);
    }
    const cache = cacheOf(remote, { home });
    expect((await cache.open()).known).toBe(false);
    expect(await cache.sync()).toMatchObject({ kind: 'full', reason: 'new' });
    expect(listed(cache)).toEqual(remote.truth());
  }
  mkdirSync(join(folder(), 'foreign'));
  await cacheOf(remote, { home }).sync();
});
