import fs, { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FolderCache } from '../../../../runtime/tasks';
import { MemoryObjectStore } from '../../../../runtime/stores/memory-object-store';
import type { ObjectStore } from '../../../../runtime/stores/object-store';
import { FaultWorld, type FaultComputer } from '../../../support/tasks/fault-world';
import { TOP_VALUE } from '../../../support/tasks/workflow';
import { errno } from '../../home/file-systems';

let world: FaultWorld;
beforeAll(async () => { world = await FaultWorld.start(); });
beforeEach(() => world.reset());
afterEach(() => jest.restoreAllMocks());
afterAll(() => world.close());

const REMOTE = { mode: 'remote:rw' };
const BEFORE: Record<string, string> = { 'a.txt': 'first a', 'b.txt': 'first b', 'gone.txt': 'first' };
const AFTER: Record<string, string> = {
  'a.txt': 'second a'.repeat(9), 'b.txt': 'first b', 'sub/new.txt': 'second\n'.repeat(3000), 'sub/large.bin': 'x'.repeat(300_000),
};

/** A bucket with the second state, and a computer with the first one, and what it knows of it. */
async function twoStates(): Promise<FaultComputer> {
  const [owner, computer] = [world.computer(), world.computer()];
  owner.write(BEFORE);
  await owner.folder((cache) => cache.push());
  await computer.folder((cache) => cache.pull(), REMOTE);
  owner.write(AFTER);
  owner.remove('gone.txt');
  await owner.folder((cache) => cache.push());
  return computer;
}

/** A disk of this process with so many bytes left. @returns whether it became full */
function diskWith(space: number): () => boolean {
  let left = space;
  const { writeSync, write } = fs;
  const trouble = (bytes: number): Error | undefined => {
    left -= bytes;
    return left < 0 ? errno('ENOSPC') : undefined;
  };
  jest.spyOn(fs, 'writeSync').mockImplementation(((descriptor: number, bytes: Uint8Array, ...rest: number[]) => {
    const error = trouble(bytes.length);
    if (error !== undefined) throw error;
    return (writeSync as (...all: unknown[]) => number)(descriptor, bytes, ...rest);
  }) as never);
  jest.spyOn(fs, 'write').mockImplementation(((...all: unknown[]) => {
    const error = trouble((all[1] as Uint8Array).length);
    if (error === undefined) (write as unknown as (...all: unknown[]) => void)(...all);
    else setImmediate(() => (all.at(-1) as (error: Error) => void)(error));
  }) as never);
  return () => left < 0;
}

test('a disk that becomes full while a folder is pulled: no file is torn, and with space the pull completes', async () => {
  let filled = 0;
  for (const space of [0, 50, 100, 15_000, 100_000, 320_000, 325_000]) {
    world.reset();
    const computer = await twoStates();
    const isFull = diskWith(space);
    const result = await computer.folder((cache) => cache.pull(), REMOTE).catch((error: unknown) => error);
    jest.restoreAllMocks();
    if (isFull() && result instanceof Error) {
      expect(result).toMatchObject({ code: 'E_TASK_FILES', message: expect.stringContaining('cannot write ') });
      filled++;
    }
    const files = computer.files();
    for (const [path, text] of Object.entries(files)) expect([path, [BEFORE[path], AFTER[path]]]).toEqual([path, expect.arrayContaining([text])]);
    await computer.folder((cache) => cache.pull(), REMOTE);
    expect(computer.files()).toEqual(sorted(AFTER));
    expect(readdirSync(computer.home).filter((name) => name.startsWith('.'))).toEqual([]);
  }
  expect(filled).toBeGreaterThanOrEqual(4);
});

const sorted = (files: Record<string, string>) => Object.fromEntries(Object.entries(files).sort(([a], [b]) => a < b ? -1 : 1));

/** A local tier whose disk is full after so many writes. */
class FullStore extends MemoryObjectStore {
  constructor(public left: number) {
    super();
  }

  override async create(...args: Parameters<ObjectStore['create']>): Promise<boolean> {
    this.take();
    return super.create(...args);
  }

  override async replace(...args: Parameters<ObjectStore['replace']>): Promise<string | undefined> {
    this.take();
    return super.replace(...args);
  }

  private take(): void {
    if (this.left-- <= 0) throw errno('ENOSPC');
  }
}

/** A bucket that fails with large objects. */
class CutStore extends MemoryObjectStore {
  cut?: () => Error;

  override async get(...args: Parameters<ObjectStore['get']>): Promise<Uint8Array | undefined> {
    const bytes = await super.get(...args);
    if (this.cut !== undefined && bytes !== undefined && bytes.length > 200_000) throw this.cut();
    return bytes;
  }

  override async create(...args: Parameters<ObjectStore['create']>): Promise<boolean> {
    if (this.cut !== undefined) throw this.cut();
    return super.create(...args);
  }
}

test.each<[string, () => Error]>([
  ['an error of its own', () => new Error('broken')],
  ['an error as the file system has them', () => Object.assign(errno('ECONNRESET'), { syscall: 'read' })],
  ['no space', () => errno('ENOSPC')],
])('a bucket that fails with %s in the middle of a transfer is no trouble of files', async (_, cut) => {
  const remote = new CutStore();
  const [owner, other] = [world.computer(), world.computer()];
  const options = { ...REMOTE, parts: { remote } };
  owner.write(AFTER);
  await owner.folder((cache) => cache.push(), options);
  remote.cut = cut;
  await other.folder(async (cache, storage) => {
    expect(await cache.pull()).toMatchObject({ outcome: 'failed' });
    expect(storage.telemetry.stats().storeErrors).toBe(1);
  }, options);
  other.write({ large: 'y'.repeat(300_000) });
  await other.folder(async (cache, storage) => {
    expect(await cache.push()).toMatchObject({ outcome: 'failed' });
    expect(storage.telemetry.stats().storeErrors).toBe(1);
  }, options);
  await expect(other.folder((cache) => cache.pull(), { ...options, strict: true })).rejects.toMatchObject({ code: 'E_TASK_STORE' });
  remote.cut = undefined;
  await other.folder((cache) => cache.pull(), options);
  expect(other.files()).toMatchObject(AFTER);
});

test.each([0, 1, 2, 4, 7])('a local tier whose disk is full after %d writes never fails a run, and the bucket has all', async (writes) => {
  const local = new FullStore(writes);
  const first = world.computer();
  const storage = first.storage({ parts: { local } });
  const run = await first.run({ storage });
  run.throwIfFailed();
  expect(run.summary.storeErrors).toBe(1);
  expect(run.outcomes.every(({ kept }) => kept.some(({ tier }) => tier === 'remote'))).toBe(true);
  expect((await world.computer().run()).summary.counts.reused).toBe(5);
  local.left = Infinity;
  const again = await first.run({ storage });
  expect(again.summary).toMatchObject({ storeErrors: 0, counts: { reused: 5 } });
  await storage.close();
});

describe('a local tier that cannot be made', () => {
  const blocked = (computer: FaultComputer) => {
    writeFileSync(join(computer.home, 'file'), 'no folder');
    return join(computer.home, 'file', 'cache');
  };

  test('never fails a run, a pull or a push; it is counted', async () => {
    const computer = world.computer();
    const folder = blocked(computer);
    for (const reused of [0, 5]) {
      const storage = computer.storage({ folder });
      const run = await computer.run({ storage }, {
        look: (done, { top }) => { expect(done.resultOf(top).value).toEqual(TOP_VALUE); return Promise.resolve(); },
      });
      expect(run.summary.counts.reused).toBe(reused);
      expect(run.summary.storeErrors).toBe(1);
      await storage.close();
    }
    computer.write(BEFORE);
    expect(await computer.folder((cache) => cache.push(), { folder })).toMatchObject({ outcome: 'stored' });
    computer.remove('');
    expect(await computer.folder((cache) => cache.pull(), { folder })).toMatchObject({ outcome: 'restored' });
    expect(computer.files()).toEqual(BEFORE);
  });

  test('is an error in strict mode', async () => {
    const computer = world.computer();
    const storage = computer.storage({ folder: blocked(computer), strict: true });
    await expect(computer.run({ storage, strict: true })).rejects.toMatchObject({ code: 'E_TASK_STORE' });
    await storage.close();
  });
});

test('a folder that cannot be written says so, and what the cache has of it stays', async () => {
  const computer = await twoStates();
  writeFileSync(join(computer.home, 'file'), 'no folder');
  const storage = computer.storage(REMOTE);
  const cache = new FolderCache(storage, { folder: join(computer.home, 'file', 'output') });
  await expect(cache.pull()).rejects.toMatchObject({ code: 'E_TASK_FILES' });
  await cache.push().catch((error: unknown) => expect(error).toMatchObject({ code: 'E_TASK_FILES' }));
  await storage.close();
  await computer.folder((own) => own.pull(), REMOTE);
  expect(computer.files()).toEqual(sorted(AFTER));
});

test('a read-only folder is told of, and stays as it is', async () => {
  const computer = await twoStates();
  const { openSync, mkdirSync } = fs;
  const readOnly = (path: unknown) => { if (String(path).startsWith(computer.home)) throw errno('EROFS'); };
  jest.spyOn(fs, 'openSync').mockImplementation(((path: string, flags: number, mode?: number) => {
    if (flags & 3) readOnly(path);
    return openSync(path, flags, mode);
  }) as never);
  jest.spyOn(fs, 'mkdirSync').mockImplementation(((path: string, options: object) => {
    readOnly(path);
    return mkdirSync(path, options);
  }) as never);
  for (const operation of ['renameSync', 'unlinkSync', 'symlinkSync', 'rmdirSync'] as const) {
    jest.spyOn(fs, operation).mockImplementation(readOnly as never);
  }
  const pull = computer.folder((cache) => cache.pull(), REMOTE);
  await expect(pull).rejects.toMatchObject({ code: 'E_TASK_FILES', message: expect.stringContaining(computer.home) });
  jest.restoreAllMocks();
  expect(computer.files()).toEqual(BEFORE);
});
