import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeFileSystem, type HomeFileSystem } from '../../../runtime/home/file-system';
import { Home } from '../../../runtime/home/home';
import { homeRoots } from '../../../runtime/home/paths';
import { safeName } from '../../../runtime/home/safe-name';
import { failing, readOnly } from './file-systems';

const code = (wanted: string) => expect.objectContaining({ code: wanted }) as Error;

describe('where it is', () => {
  const linux = { platform: 'linux', userFolder: '/home/me' } as const;
  const windows = { platform: 'win32', userFolder: 'C:\\Users\\me' } as const;
  const all = (root: string) => ({ cache: root, vault: root, usage: root, restore: root });

  test('~/.cache-tiers, unless the environment or the program says otherwise', () => {
    expect(homeRoots({ ...linux, env: {} })).toEqual(all('/home/me/.cache-tiers'));
    expect(homeRoots({ ...linux, env: { CACHE_TIERS_HOME: '', XDG_CACHE_HOME: '', XDG_STATE_HOME: '' } })).toEqual(all('/home/me/.cache-tiers'));
    expect(homeRoots({ ...linux, env: { CACHE_TIERS_HOME: '/x/../y', XDG_CACHE_HOME: '/c' } })).toEqual(all('/y'));
    expect(homeRoots({ ...linux, home: '/z', env: { CACHE_TIERS_HOME: '/y' } })).toEqual(all('/z'));
  });

  test('the base folders of the desktop, where they are absolute', () => {
    expect(homeRoots({ ...linux, env: { XDG_CACHE_HOME: '/c' } })).toEqual({ ...all('/home/me/.cache-tiers'), cache: '/c/cache-tiers' });
    expect(homeRoots({ ...linux, env: { XDG_STATE_HOME: '/s' } })).toEqual({ ...all('/s/cache-tiers'), cache: '/home/me/.cache-tiers' });
    expect(homeRoots({ ...linux, userFolder: '', env: { XDG_CACHE_HOME: '/c', XDG_STATE_HOME: '/s' } }))
      .toEqual({ ...all('/s/cache-tiers'), cache: '/c/cache-tiers' });
    expect(homeRoots({ ...linux, env: { XDG_CACHE_HOME: 'c', XDG_STATE_HOME: './s' } })).toEqual(all('/home/me/.cache-tiers'));
  });

  test('on Windows, the local data of applications', () => {
    expect(homeRoots({ ...windows, env: { LOCALAPPDATA: 'D:\\Local' } })).toEqual(all('D:\\Local\\cache-tiers'));
    expect(homeRoots({ ...windows, env: { XDG_CACHE_HOME: '/c' } })).toEqual(all('C:\\Users\\me\\AppData\\Local\\cache-tiers'));
    expect(homeRoots({ ...windows, env: { CACHE_TIERS_HOME: 'E:/tiers', LOCALAPPDATA: 'D:\\Local' } })).toEqual(all('E:\\tiers'));
  });

  test.each([
    [{ ...linux, env: { CACHE_TIERS_HOME: 'relative' } }, 'CACHE_TIERS_HOME must be an absolute path, got "relative"'],
    [{ ...linux, env: { CACHE_TIERS_HOME: '~/tiers' } }, 'CACHE_TIERS_HOME must be an absolute path, got "~/tiers"'],
    [{ ...linux, home: '', env: {} }, 'home must be an absolute path, got ""'],
    [{ ...linux, userFolder: '', env: {} }, 'set CACHE_TIERS_HOME'],
    [{ ...windows, env: { CACHE_TIERS_HOME: 'D:relative' } }, 'CACHE_TIERS_HOME must be an absolute path'],
  ])('%j is an error', (place, message) => {
    expect(() => homeRoots(place)).toThrow(code('E_HOME_PATH'));
    expect(() => homeRoots(place)).toThrow(message);
  });
});

describe('names of folders', () => {
  test('are as given where any file system takes them', () => {
    for (const name of ['123456789012', 'eu-west-3', 'my.footprint_1']) expect(safeName(name)).toBe(name);
  });

  test('are never dangerous, and never those of another text', () => {
    const texts = ['', '.', '..', '/', '../..', 'a/b', 'a\\b', 'a-b', 'A-B', 'a\0b', 'con', 'con.txt', 'CON', 'nul', 'com1', 'a.', 'a', 'A', 'ä',
      'x'.repeat(64), 'x'.repeat(65), 'x'.repeat(66), '.hidden', 'a b', 'a~b', '-', safeName('A')];
    const names = texts.map(safeName);
    expect(new Set(names).size).toBe(texts.length);
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(texts.length);
    for (const name of names) expect(name).toMatch(/^[a-z0-9_~-][a-z0-9._~-]{0,79}$/);
  });
});

describe('folders', () => {
  let parent: string;
  let path: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'home-'));
    path = join(parent, 'deep', 'home');
  });
  afterEach(() => { rmSync(parent, { recursive: true, force: true }); });

  const open = (fileSystem?: HomeFileSystem) => Home.open({ home: path, ...(fileSystem ? { fileSystem } : {}) });
  const mode = (of: string) => statSync(of).mode & 0o777;

  test('are made when they are needed, for their owner alone, whatever the process usually does', () => {
    const usual = process.umask(0);
    try {
      const home = open();
      expect(existsSync(path)).toBe(false);
      expect(home.path('cache', 'a')).toBe(join(path, 'cache', 'a'));
      expect(home.folder('cache', '123456789012', 'eu-west-3', 'main')).toBe(join(path, 'cache', '123456789012', 'eu-west-3', 'main'));
      for (const part of ['', 'cache', 'cache/123456789012', 'cache/123456789012/eu-west-3/main']) expect(mode(join(path, part))).toBe(0o700);
      expect(home.folder('cache', '../../x')).toMatch(/cache.-x~[0-9a-f]{16}$/);
    } finally {
      process.umask(usual);
    }
  });

  test('that are ours but open to others are so no longer', () => {
    open().folder('vault');
    chmodSync(path, 0o755);
    chmodSync(join(path, 'vault'), 0o777);
    open().folder('vault');
    expect([mode(path), mode(join(path, 'vault'))]).toEqual([0o700, 0o700]);
  });

  test.each(['', 'cache', 'cache/a', 'cache/a/b'])('are refused if "%s" of them is a symbolic link, to a folder or to nothing', (part) => {
    const outside = join(parent, 'outside');
    for (const target of [outside, join(parent, 'nothing')]) {
      if (target === outside) mkdirSync(outside, { recursive: true });
      open().folder('cache', 'a', 'b');
      rmSync(join(path, part), { recursive: true });
      symlinkSync(target, join(path, part));
      expect(() => open().folder('cache', 'a', 'b')).toThrow(code('E_HOME_UNSAFE'));
      rmSync(join(path, part));
      expect(readdirSync(parent).sort()).toEqual(['deep', 'outside']);
      expect(readdirSync(outside)).toEqual([]);
    }
  });

  test.each(['', 'cache', 'cache/a'])('are refused if "%s" of them is a file', (part) => {
    open().folder('cache', 'a');
    rmSync(join(path, part), { recursive: true });
    writeFileSync(join(path, part), 'x');
    expect(() => open().folder('cache', 'a')).toThrow(code('E_HOME_UNSAFE'));
  });

  test('are refused if they are somebody else\'s', () => {
    const lstatSync = (of: string) => Object.assign(nodeFileSystem.lstatSync(of), of.endsWith('vault') ? { uid: process.getuid!() + 1 } : {});
    const home = open({ ...nodeFileSystem, lstatSync: lstatSync as HomeFileSystem['lstatSync'] });
    home.folder('cache');
    expect(() => home.folder('vault')).toThrow(code('E_HOME_UNSAFE'));
  });

  test('of a read-only home are those that are there', () => {
    open().folder('cache', 'a');
    expect(open(readOnly()).folder('cache', 'a')).toBe(join(path, 'cache', 'a'));
    expect(() => open(readOnly()).folder('cache', 'b')).toThrow(code('E_HOME_READ_ONLY'));
  });

  const FAILURES = [['ENOSPC', 'E_HOME_FULL'], ['EACCES', 'E_HOME_READ_ONLY'], ['EIO', 'E_HOME_IO']];

  test.each(FAILURES)('that cannot be made (%s) are %s', (errno, expected) => {
    expect(() => open(failing(errno, 'mkdirSync')).folder('cache')).toThrow(code(expected));
  });
});
