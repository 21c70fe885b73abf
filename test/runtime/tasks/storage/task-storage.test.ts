import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryObjectStore } from '../../../../runtime/stores/memory-object-store';
import type { ObjectStore } from '../../../../runtime/stores/object-store';
import type { RecordBody, Validity } from '../../../../runtime/tasks/manifest/shapes';
import type { TaskStorageOptions } from '../../../../runtime/tasks/storage/options';
import type { NewResult } from '../../../../runtime/tasks/storage/shapes';
import { sha256 } from '../../../../runtime/tasks/content/verified-objects';
import { TaskStorage } from '../../../../runtime/tasks/storage/task-storage';

const RUN = 'run-1';
let folders: string[] = [];
let storages: TaskStorage[] = [];

afterEach(async () => {
  for (const storage of storages) await storage.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  [folders, storages] = [[], []];
});

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'task-storage-'));
  folders.push(folder);
  return folder;
}

async function open(options: TaskStorageOptions): Promise<TaskStorage> {
  const storage = TaskStorage.open({ env: {}, ...options });
  storages.push(storage);
  await storage.refresh();
  return storage;
}

function result(storage: TaskStorage, name: string, value: unknown, more: Partial<NewResult> = {}): NewResult {
  const id = `Task_${name}_0123456789abcdef`;
  const body: RecordBody = { id, family: 'Task', version: '1', params: { name }, parts: {}, value, producer: { run: RUN } };
  return { key: sha256(name), body, validity: () => ({ kind: 'forever' }), duration: 5, requires: [], mark: storage.mark(), ...more };
}

const find = (storage: TaskStorage, name: string, run = RUN) => storage.find(sha256(name), { run });

describe('a result', () => {
  test('is found in the same storage, and in another one that shares the bucket', async () => {
    const remote = new MemoryObjectStore();
    const a = await open({ mode: 'remote:rw', parts: { remote } });
    const kept = await a.keep(result(a, 'x', { answer: 42 }));
    expect(kept.places).toEqual([{ tier: 'remote', scope: 'main' }]);
    const b = await open({ mode: 'remote:r', parts: { remote } });
    const found = await find(b, 'x');
    expect(found).toMatchObject({ tier: 'remote', scope: 'main', body: { value: { answer: 42 } }, record: { digest: kept.digest, duration: 5 } });
    expect(b.knows(sha256('x'), RUN)?.id).toBe('Task_x_0123456789abcdef');
    expect(await find(b, 'y')).toBeUndefined();
  });

  test('has its files, which are fetched when they are asked for', async () => {
    const remote = new MemoryObjectStore();
    const a = await open({ mode: 'remote:rw', parts: { remote } });
    const folder = temporary();
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'sub/report.txt'), 'hello');
    await a.keep(result(a, 'x', undefined, { folder }));
    const b = await open({ mode: 'remote:r', parts: { remote } });
    const found = await find(b, 'x');
    expect(found!.files.paths).toEqual(['sub/report.txt']);
    expect(Buffer.from(await found!.files.read('sub/report.txt')).toString()).toBe('hello');
    await expect(found!.files.read('other')).rejects.toThrow("path must be one of the result's files ('sub/report.txt'), got 'other'");
    const target = temporary();
    expect(await found!.files.copy(target, 'sub/report.txt')).toBe(join(target, 'sub/report.txt'));
  });

  test('of a large value is kept as well', async () => {
    const a = await open({ mode: 'remote:rw', parts: { remote: new MemoryObjectStore() } });
    const value = { text: 'x'.repeat(400_000) };
    await a.keep(result(a, 'x', value));
    expect((await find(a, 'x'))!.body.value).toEqual(value);
  });

  test('that came from the bucket is kept on this computer, so the next run asks the bucket for its manifest only', async () => {
    const remote = new MemoryObjectStore();
    const a = await open({ mode: 'remote:rw', parts: { remote } });
    await a.keep(result(a, 'x', 1));
    const folder = temporary();
    const b = await open({ folder, parts: { remote } });
    expect((await find(b, 'x'))!.tier).toBe('remote');
    await b.settled();
    const c = await open({ folder, parts: { remote } });
    expect((await find(c, 'x'))!.tier).toBe('local');
  });

  test.each<[string, Validity, boolean]>([
    ['forever', { kind: 'forever' }, true],
    ['for another run', { kind: 'run', run: 'other' }, false],
    ['for this run', { kind: 'run', run: RUN }, true],
    ['for a time that is over', { kind: 'ttl', until: 1 }, false],
    ['for an epoch', { kind: 'epoch', name: 'e' }, true],
  ])('that holds %s', async (_, validity, isFound) => {
    const a = await open({ mode: 'remote:rw', parts: { remote: new MemoryObjectStore() } });
    await a.keep(result(a, 'x', 1, { validity: () => validity }));
    expect(await find(a, 'x') !== undefined).toBe(isFound);
    expect((await a.latest('Task_x_0123456789abcdef'))!.body.value).toBe(1); // valid or not
  });

  test('many at once are written by few requests', async () => {
    const a = await open({ mode: 'remote:rw', parts: { remote: new MemoryObjectStore() } });
    const before = a.telemetry.stats().requests;
    await Promise.all(Array.from({ length: 200 }, (_, i) => a.keep(result(a, `x${i}`, i))));
    expect(a.telemetry.stats().requests - before).toBeLessThan(12);
    for (let i = 0; i < 200; i++) expect((await find(a, `x${i}`))!.body.value).toBe(i);
  });

  test('of two that are kept at once under one key, one is there, whole', async () => {
    const remote = new MemoryObjectStore();
    const [a, b] = [await open({ mode: 'remote:rw', parts: { remote } }), await open({ mode: 'remote:rw', parts: { remote } })];
    await Promise.all([a.keep(result(a, 'x', 'a')), b.keep(result(b, 'x', 'b'))]);
    const c = await open({ mode: 'remote:r', parts: { remote } });
    expect(['a', 'b']).toContain((await find(c, 'x'))!.body.value);
  });
});

describe('scopes', () => {
  test('a pull request finds what main has kept, and main nothing of what it keeps, under the same key', async () => {
    const remote = new MemoryObjectStore();
    const main = await open({ mode: 'remote:rw', parts: { remote } });
    await main.keep(result(main, 'x', 'of main'));
    const request = await open({ mode: 'remote:rw', scope: 'pull-request', readScopes: ['main'], parts: { remote } });
    expect(await find(request, 'x')).toMatchObject({ scope: 'main', body: { value: 'of main' } });
    await request.keep(result(request, 'y', 'planted'));
    await main.refresh();
    expect(await find(main, 'y')).toBeUndefined();
    expect(await find(request, 'y')).toMatchObject({ scope: 'pull-request' });
  });
});

describe('a store that fails', () => {
  class Broken extends MemoryObjectStore {
    down = false;
    override read(...args: Parameters<ObjectStore['read']>): ReturnType<ObjectStore['read']> {
      return this.down ? Promise.reject(new Error('no answer')) : super.read(...args);
    }

    override get(...args: Parameters<ObjectStore['get']>): ReturnType<ObjectStore['get']> {
      return this.down ? Promise.reject(new Error('no answer')) : super.get(...args);
    }

    override create(...args: Parameters<ObjectStore['create']>): ReturnType<ObjectStore['create']> {
      return this.down ? Promise.reject(new Error('no answer')) : super.create(...args);
    }
  }

  test('is a miss, is counted once, and is asked again with the next refresh', async () => {
    const remote = new Broken();
    const a = await open({ mode: 'remote:rw', parts: { remote } });
    await a.keep(result(a, 'x', 1));
    remote.down = true;
    await a.refresh();
    expect(await find(a, 'x')).toBeUndefined();
    expect((await a.keep(result(a, 'y', 1))).places).toEqual([]);
    expect(a.telemetry.stats().storeErrors).toBe(1);
    remote.down = false;
    await a.refresh();
    expect((await find(a, 'x'))!.body.value).toBe(1);
  });

  test('in the middle of a keep: nothing of it is found', async () => {
    const remote = new Broken();
    const a = await open({ mode: 'remote:rw', parts: { remote } });
    remote.down = true;
    const kept = await a.keep(result(a, 'x', 1));
    expect(kept).toMatchObject({ places: [], digest: await a.digestOf(1) });
    remote.down = false;
    await a.refresh();
    expect(await find(a, 'x')).toBeUndefined();
  });

  test('is an error in strict mode', async () => {
    const remote = new Broken();
    const a = await open({ mode: 'remote:rw', strict: true, parts: { remote } });
    remote.down = true;
    await expect(a.refresh()).rejects.toMatchObject({ code: 'E_TASK_STORE', message: expect.stringContaining('no answer') });
  });

  test('has a damaged manifest: nothing is found, and the next result that is kept is', async () => {
    const remote = new MemoryObjectStore();
    const a = await open({ mode: 'remote:rw', parts: { remote } });
    await a.keep(result(a, 'x', 1));
    const key = 'v1/main/default/manifest';
    const document = await remote.read(key);
    if (typeof document !== 'object') throw new Error('there is no manifest');
    await remote.replace(key, Buffer.from('not a manifest'), document.etag);
    const b = await open({ mode: 'remote:rw', parts: { remote } });
    expect(await find(b, 'x')).toBeUndefined();
    expect(b.telemetry.stats().rejected).toBe(1);
    expect((await b.keep(result(b, 'y', 2))).places).toHaveLength(1);
    const c = await open({ mode: 'remote:r', parts: { remote } });
    expect((await find(c, 'y'))!.body.value).toBe(2);
  });
});

describe('a value that is too large', () => {
  test('is refused by who keeps it, and no store is blamed', async () => {
    const a = await open({ mode: 'remote:rw', parts: { remote: new MemoryObjectStore() } });
    const message = 'the value cannot be kept: it is larger than 4194304 characters; write it to a file of the output';
    const refused = { code: 'E_TASK_OUTPUT', message };
    await expect(a.digestOf('x'.repeat(5_000_000))).rejects.toMatchObject(refused);
    await expect(a.keep(result(a, 'x', 'x'.repeat(5_000_000)))).rejects.toMatchObject(refused);
    expect(a.telemetry.stats().storeErrors).toBe(0);
  });

  test('by what somebody says, is rejected before anything of it is read', async () => {
    const remote = new MemoryObjectStore();
    const a = await open({ mode: 'remote:rw', parts: { remote } });
    const place = a.places[0];
    const chunk = await place.contents.addChunk(Buffer.alloc(2 ** 20, 32), sha256(Buffer.alloc(2 ** 20, 32)));
    await a.keep(result(a, 'x', 1));
    await place.manifest.update((newest) => {
      const chunks = Array.from({ length: 65 }, () => chunk);
      return { ...newest, records: new Map([...newest.records].map(([key, record]) => [key, { ...record, body: { chunks } }])) };
    });
    const b = await open({ mode: 'remote:r', parts: { remote } });
    const before = b.telemetry.stats();
    expect(await find(b, 'x')).toBeUndefined();
    const after = b.telemetry.stats();
    expect([after.rejected - before.rejected, after.requests - before.requests]).toEqual([1, 0]);
  });
});
