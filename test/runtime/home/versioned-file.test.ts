import { execFileSync } from 'node:child_process';
import {
  copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeFileSystem, type HomeFileSystem } from '../../../runtime/home/file-system';
import { VersionedFile } from '../../../runtime/home/versioned-file';
import { errno, failing, killedBefore, readOnly, small } from './file-systems';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'home-')); });
afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

const open = (fileSystem?: HomeFileSystem) => new VersionedFile(folder, 'state', { fileSystem });
const text = (file: VersionedFile = open()) => file.read()?.bytes.toString();
const code = (wanted: string) => expect.objectContaining({ code: wanted }) as Error;

function written(times: number): void {
  for (let generation = 0; generation < times; generation++) expect(open().replace(generation, `content ${generation + 1}`)).toBe(true);
}

test('what is replaced is read, and only by who has seen the newest', () => {
  const file = open();
  expect(file.read()).toBeUndefined();
  expect(file.replace(1, 'of nothing')).toBe(false);
  expect(file.replace(0, 'one')).toBe(true);
  expect(file.replace(0, 'other')).toBe(false);
  expect(file.read()).toEqual({ generation: 1, bytes: Buffer.from('one'), damaged: false });
  expect(file.replace(1, Buffer.from([0, 255]))).toBe(true);
  expect(file.replace(1, 'late')).toBe(false);
  expect(file.read()!.bytes).toEqual(Buffer.from([0, 255]));
  expect(statSync(join(folder, 'state.2')).mode & 0o777).toBe(0o600);
});

test('what is to outlive a loss of power is forced onto the disk, and then its name is', () => {
  const done: string[] = [];
  const seen = (fileSystem = nodeFileSystem) => ({
    ...fileSystem,
    fsyncSync: (descriptor: number) => {
      done.push(fileSystem.fstatSync(descriptor).isDirectory() ? 'folder' : 'file');
      fileSystem.fsyncSync(descriptor);
    },
    linkSync: (from: string, to: string) => { done.push('link'); fileSystem.linkSync(from, to); },
  }) as HomeFileSystem;
  new VersionedFile(folder, 'file', { fileSystem: seen() }).replace(0, 'one');
  expect(done.splice(0)).toEqual(['file', 'link', 'folder']);
  new VersionedFile(folder, 'other', { fileSystem: seen(), durable: false }).replace(0, 'one');
  expect(done).toEqual(['link']);
});

test('the last four are kept; who comes very late writes nothing', () => {
  written(20);
  expect(readdirSync(folder).sort()).toEqual(['state.17', 'state.18', 'state.19', 'state.20']);
  expect(open().replace(1, 'very late')).toBe(false);
  open().removeOlder();
  expect(readdirSync(folder)).toEqual(['state.20']);
});

test('files of other names beside it are nothing to it', () => {
  const others = ['other.1', 'state', 'state.x', 'state.01', 'state.0', 'state.1x', 'state-2.5', '.state.zz.tmp'];
  for (const name of others) writeFileSync(join(folder, name), 'x');
  const other = new VersionedFile(folder, 'state-2');
  other.replace(0, 'of the other');
  expect(open().isDamaged()).toBe(false);
  written(6);
  open().removeOlder();
  expect(readdirSync(folder).sort()).toEqual([...others, 'state-2.6', 'state.6'].sort());
  expect(() => new VersionedFile(folder, '../state')).toThrow(code('E_HOME_PATH'));
});

/** Lets others write when this one is about to link its generation, or has just done so. */
function interrupted(when: 'before' | 'after', others: () => void): HomeFileSystem {
  let done = false;
  const linkSync = (from: string, to: string) => {
    if (when === 'after') nodeFileSystem.linkSync(from, to);
    if (!done) { done = true; others(); }
    if (when === 'before') nodeFileSystem.linkSync(from, to);
  };
  return { ...nodeFileSystem, linkSync: linkSync as HomeFileSystem['linkSync'] };
}

/** As another process has it: the module is loaded once more. */
function ofAnotherProcess(): VersionedFile {
  let module: { VersionedFile: typeof VersionedFile };
  jest.isolateModules(() => { module = jest.requireActual('../../../runtime/home/versioned-file'); });
  return new module!.VersionedFile(folder, 'state', { durable: false });
}

const byOthers = (count: number) => () => {
  const file = ofAnotherProcess();
  for (let i = 0; i < count; i++) file.replace(file.read()!.generation, `other ${i}`);
};

test.each([1, 3, 4, 5, 20])('who is overtaken by %i others before it writes has written nothing', (count) => {
  written(1);
  expect(open(interrupted('before', byOthers(count))).replace(1, 'mine')).toBe(false);
  expect(text()).toBe(`other ${count - 1}`);
  expect(readdirSync(folder).some((name) => name === 'state.2') && readFileSync(join(folder, 'state.2'), 'latin1').includes('mine')).toBe(false);
});

test.each([1, 4, 5, 20, 300])('who has written, and sees %i others after it, knows that it has', (count) => {
  written(1);
  expect(open(interrupted('after', byOthers(count))).replace(1, 'mine')).toBe(true);
  expect(text()).toBe(`other ${count - 1}`);
});

test('a newest that is not whole is told, and what was before it stands in for it', () => {
  written(3);
  truncateSync(join(folder, 'state.3'), 30);
  expect(open().read()).toEqual({ generation: 3, bytes: Buffer.from('content 2'), damaged: true });
  expect(open().isDamaged()).toBe(true);
  expect(open().replace(2, 'not the newest')).toBe(false);
  expect(open().replace(3, 'next')).toBe(true);
  expect(open().read()).toEqual({ generation: 4, bytes: Buffer.from('next'), damaged: false });
});

test('where none is whole, it is as if there were none, and the next is written all the same', () => {
  written(3);
  for (const name of readdirSync(folder)) writeFileSync(join(folder, name), '');
  expect(open().read()).toBeUndefined();
  expect(open().isDamaged()).toBe(true);
  expect(open().replace(0, 'next')).toBe(true);
  expect(open().replace(0, 'again')).toBe(false);
  expect(text()).toBe('next');
});

test('a file under another\'s number, or one that is too long, is not whole', () => {
  written(2);
  copyFileSync(join(folder, 'state.1'), join(folder, 'state.9'));
  expect(open().read()).toMatchObject({ generation: 9, bytes: Buffer.from('content 2'), damaged: true });
  const short = new VersionedFile(folder, 'state', { maxBytes: 10 });
  expect(short.read()).toBeUndefined();
});

describe('things that were planted', () => {
  let outside: string;
  beforeEach(() => { outside = mkdtempSync(join(tmpdir(), 'outside-')); });
  afterEach(() => { rmSync(outside, { recursive: true, force: true }); });

  test.each(['a file', 'nothing', 'a folder'])('a symbolic link to %s in place of a content is refused', (kind) => {
    const target = join(outside, 'target');
    if (kind === 'a file') writeFileSync(target, 'precious');
    if (kind === 'a folder') mkdirSync(target);
    symlinkSync(target, join(folder, 'state.1'));
    expect(() => open().read()).toThrow(code('E_HOME_UNSAFE'));
    expect(() => open().replace(0, 'x')).toThrow(code('E_HOME_UNSAFE'));
    if (kind === 'a file') expect(readFileSync(target, 'utf8')).toBe('precious');
    expect(readdirSync(outside)).toEqual(kind === 'nothing' ? [] : ['target']);
  });

  test('a symbolic link in place of the next content is not written through', () => {
    written(1);
    const linkSync = (from: string, to: string) => {
      symlinkSync(join(outside, 'target'), to);
      nodeFileSystem.linkSync(from, to);
    };
    expect(open({ ...nodeFileSystem, linkSync: linkSync as HomeFileSystem['linkSync'] }).replace(1, 'x')).toBe(false);
    expect(readdirSync(outside)).toEqual([]);
  });

  test('a symbolic link in place of the temporary file is not written through', () => {
    const openSync = (path: string, flags: number, mode: number) => {
      if (path.endsWith('.tmp')) symlinkSync(join(outside, 'target'), path);
      return nodeFileSystem.openSync(path, flags, mode);
    };
    expect(() => open({ ...nodeFileSystem, openSync: openSync as HomeFileSystem['openSync'] }).replace(0, 'x')).toThrow(code('E_HOME_IO'));
    expect(readdirSync(outside)).toEqual([]);
  });

  test('a symbolic link in place of the folder is refused', () => {
    written(1);
    const link = join(outside, 'link');
    symlinkSync(folder, link);
    const file = new VersionedFile(link, 'state');
    expect(() => file.read()).toThrow(code('E_HOME_UNSAFE'));
    expect(() => file.replace(1, 'x')).toThrow(code('E_HOME_UNSAFE'));
    expect(() => { file.removeOlder(); }).toThrow(code('E_HOME_UNSAFE'));
    expect(text()).toBe('content 1');
  });

  test('a folder or a pipe in place of a content is refused, and nobody waits at the pipe', () => {
    mkdirSync(join(folder, 'state.1'));
    expect(() => open().read()).toThrow(code('E_HOME_UNSAFE'));
    if (process.platform === 'win32') return;
    execFileSync('mkfifo', [join(folder, 'state.2')]);
    expect(() => open().read()).toThrow(code('E_HOME_UNSAFE'));
  });

  test('somebody else\'s file is refused; a file of ours that others may read is so no longer', () => {
    written(1);
    const fstatSync = (descriptor: number) => Object.assign(nodeFileSystem.fstatSync(descriptor), { uid: process.getuid!() + 1 });
    expect(() => open({ ...nodeFileSystem, fstatSync: fstatSync as HomeFileSystem['fstatSync'] }).read()).toThrow(code('E_HOME_UNSAFE'));
    execFileSync('chmod', ['666', join(folder, 'state.1')]);
    expect(text()).toBe('content 1');
    expect(statSync(join(folder, 'state.1')).mode & 0o777).toBe(0o600);
  });
});

test('on a disk that becomes full at any byte, the old content stays and nothing is left behind', () => {
  written(1);
  const before = readdirSync(folder);
  let space = 0;
  for (;; space++) {
    try {
      open(small(space)).replace(1, 'a new content');
      break;
    } catch (error) {
      expect(error).toEqual(code('E_HOME_FULL'));
      expect(readdirSync(folder)).toEqual(before);
      expect(text()).toBe('content 1');
    }
  }
  expect(space).toBeGreaterThan('a new content'.length);
  expect(text()).toBe('a new content');
});

test.each([
  ['ENOSPC', 'openSync', 'E_HOME_IO'], ['ENOSPC', 'fsyncSync', 'E_HOME_FULL'], ['ENOSPC', 'linkSync', 'E_HOME_FULL'],
  ['EDQUOT', 'closeSync', 'E_HOME_FULL'], ['EPERM', 'linkSync', 'E_HOME_NO_LINKS'], ['ENOTSUP', 'linkSync', 'E_HOME_NO_LINKS'],
  ['EIO', 'writeSync', 'E_HOME_IO'], ['EACCES', 'readdirSync', 'E_HOME_READ_ONLY'],
] as const)('%s of %s is an error that says so, and changes nothing', (failure, operation, expected) => {
  written(1);
  const before = readdirSync(folder);
  const openSync = (path: string, flags: number, mode: number) => {
    if (flags & 3) throw errno(failure);
    return nodeFileSystem.openSync(path, flags, mode);
  };
  const fileSystem = operation === 'openSync' ? { ...nodeFileSystem, openSync: openSync as HomeFileSystem['openSync'] } : failing(failure, operation);
  const wanted = operation === 'openSync' ? 'E_HOME_FULL' : expected;
  expect(() => open(fileSystem).replace(1, 'x')).toThrow(code(wanted));
  expect(readdirSync(folder)).toEqual(before);
  expect(text()).toBe('content 1');
});

test('on a read-only file system it is read, also where others may read it', () => {
  written(2);
  execFileSync('chmod', ['644', join(folder, 'state.2')]);
  expect(text(open(readOnly()))).toBe('content 2');
  expect(() => open(readOnly()).replace(2, 'x')).toThrow(code('E_HOME_READ_ONLY'));
});

test('a writer that dies at any operation and any byte leaves the old content or the new, and room for the next', () => {
  const outcomes = { old: 0, new: 0 };
  for (let operation = 1; ; operation++) {
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    written(5);
    let died = false;
    try { open(killedBefore(operation)).replace(5, 'content 6'); } catch { died = true; }
    const found = text()!;
    expect(['content 5', 'content 6']).toContain(found);
    expect(open().isDamaged()).toBe(false);
    expect(open().replace(open().read()!.generation, 'next')).toBe(true);
    outcomes[found === 'content 5' ? 'old' : 'new']++;
    if (!died && found === 'content 6' && !readdirSync(folder).some((name) => name.endsWith('.tmp')) && operation > 150) break;
    expect(operation).toBeLessThan(1000);
  }
  expect(outcomes.old).toBeGreaterThan(30);
  expect(outcomes.new).toBeGreaterThan(1);
});

test('temporary files of writers that died go with a later write, once they are old', () => {
  written(1);
  for (const [name, age] of [['.state.abc1.tmp', 3600], ['.state.abc2.tmp', 60], ['.other.abc3.tmp', 3600]] as const) {
    writeFileSync(join(folder, name), 'x');
    utimesSync(join(folder, name), Date.now() / 1000 - age, Date.now() / 1000 - age);
  }
  open().replace(1, 'x');
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp')).sort()).toEqual(['.other.abc3.tmp', '.state.abc2.tmp']);
});

test('a planted file of the last possible generation is told, and nothing is written that nobody could read', () => {
  written(2);
  writeFileSync(join(folder, 'state.999999999999999'), 'planted');
  expect(text()).toBe('content 2');
  expect(() => open().replace(open().read()!.generation, 'more')).toThrow(code('E_HOME_UNSAFE'));
  expect(readdirSync(folder).sort()).toEqual(['state.1', 'state.2', 'state.999999999999999']);
});
