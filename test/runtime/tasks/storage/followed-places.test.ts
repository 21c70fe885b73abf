import { systemClock } from '../../../../runtime/resilience/clock';
import { MemoryObjectStore } from '../../../../runtime/stores/memory-object-store';
import { TaskOperator } from '../../../../runtime/tasks/operator/operator';
import { sha256 } from '../../../../runtime/tasks/content/verified-objects';
import type { NewResult } from '../../../../runtime/tasks/storage/shapes';
import { TaskStorage } from '../../../../runtime/tasks/storage/task-storage';
import type { TaskStorageOptions } from '../../../../runtime/tasks/storage/options';

const RUN = 'run-1';
let storages: TaskStorage[] = [];
let remote: MemoryObjectStore;
let local: MemoryObjectStore;

beforeEach(() => { [remote, local] = [new MemoryObjectStore({ place: 's3://bucket' }), new MemoryObjectStore()]; });

afterEach(async () => {
  for (const storage of storages) await storage.close();
  storages = [];
});

async function open(options: TaskStorageOptions = {}): Promise<TaskStorage> {
  const storage = TaskStorage.open({ env: {}, parts: { local, remote }, ...options });
  storages.push(storage);
  await storage.refresh();
  return storage;
}

/** On another computer, with the bucket alone. */
const colleague = (options: TaskStorageOptions = {}) => open({ mode: 'remote:rw', parts: { remote }, ...options });

const idOf = (name: string) => `Task_${name}_0123456789abcdef`;

function result(storage: TaskStorage, name: string, more: Partial<NewResult> = {}): NewResult {
  const body = { id: idOf(name), family: 'Task', version: '1', params: { name }, parts: {}, value: name, producer: { run: RUN } };
  return { key: sha256(name), body, validity: () => ({ kind: 'forever' }), duration: 5, requires: [], mark: storage.mark(), ...more };
}

const tierOf = async (storage: TaskStorage, name: string) => (await storage.find(sha256(name), { run: RUN }))?.tier;

type Operation = (operator: TaskOperator) => Promise<unknown>;
const OPERATIONS: readonly (readonly [string, Operation])[] = [
  ['clears', (operator) => operator.clear()],
  ['invalidates it', (operator) => operator.invalidate([idOf('x')])],
  ['invalidates what it is made from', (operator) => operator.invalidate([idOf('w')], { downstream: true })],
  ['begins its epoch anew', (operator) => operator.beginEpoch('e')],
];

async function keepBoth(storage: TaskStorage): Promise<void> {
  const validity: NewResult['validity'] = () => ({ kind: 'epoch', name: 'e' });
  await storage.keep(result(storage, 'w'));
  await storage.keep(result(storage, 'x', { requires: [sha256('w')], validity }));
  await storage.keep(result(storage, 'other'));
}

describe.each(OPERATIONS)('when a colleague %s in the bucket', (_, operate) => {
  const operateThere = async (options: TaskStorageOptions = {}) => operate(new TaskOperator(await colleague(options)));

  test('a result that was made here is reused no more', async () => {
    await keepBoth(await open());
    await operateThere();
    expect(await tierOf(await open(), 'x')).toBeUndefined();
  });

  test('a copy of a result that came from there is reused no more', async () => {
    await keepBoth(await colleague());
    const first = await open();
    expect(await tierOf(first, 'x')).toBe('remote');
    await first.settled();
    expect(await tierOf(await open(), 'x')).toBe('local');
    await operateThere();
    expect(await tierOf(await open(), 'x')).toBeUndefined();
  });

  test('nor is a copy of what came from a scope that is only read', async () => {
    await keepBoth(await colleague());
    const request = { scope: 'pull-request', readScopes: ['main'] };
    const first = await open(request);
    expect(await tierOf(first, 'x')).toBe('remote');
    await first.settled();
    await operateThere();
    expect(await tierOf(await open(request), 'x')).toBeUndefined();
  });

  test('nor is one that was made here alone, from what came from there', async () => {
    await keepBoth(await colleague());
    const readOnly = { mode: 'local:rw,remote:r' };
    const first = await open(readOnly);
    await first.keep(result(first, 'y', { requires: [sha256('x')], validity: () => ({ kind: 'epoch', name: 'e' }) }));
    expect(await tierOf(await open(readOnly), 'y')).toBe('local');
    await new TaskOperator(await colleague()).invalidate([idOf('x')], { downstream: true });
    await operateThere();
    expect(await tierOf(await open(readOnly), 'y')).toBeUndefined();
  });

  test('a run under way keeps nothing here that the next one would reuse', async () => {
    await keepBoth(await colleague());
    const running = await open();
    await operateThere();
    const another = await open(); // of this computer, has read what the colleague did
    expect(await tierOf(another, 'x')).toBeUndefined();
    expect(await tierOf(running, 'x')).toBe('remote'); // as it was when the run began
    await running.settled();
    expect(await tierOf(await open(), 'x')).toBeUndefined();
  });

  test('a local tier that may not be written is left alone', async () => {
    await keepBoth(await open());
    await operateThere();
    expect(await tierOf(await open({ mode: 'local:r,remote:r' }), 'x')).toBeUndefined();
  });

  test('a result that is made afterwards is reused', async () => {
    await keepBoth(await open());
    await operateThere();
    await keepBoth(await open());
    expect(await tierOf(await open(), 'x')).toBe('local');
  });
});

test('what was not invalidated stays on this computer', async () => {
  await keepBoth(await open());
  await new TaskOperator(await colleague()).invalidate([idOf('x')]);
  expect(await tierOf(await open(), 'other')).toBe('local');
});

test('a bucket whose manifest is gone, or is an older one, counts as cleared', async () => {
  const first = await open();
  await keepBoth(first);
  await new TaskOperator(await colleague()).invalidate([idOf('other')]);
  await open();
  remote = new MemoryObjectStore({ place: 's3://bucket' });
  expect(await tierOf(await open(), 'x')).toBeUndefined();
});

test('a bucket that cannot be asked leaves this computer with what it has', async () => {
  await keepBoth(await open());
  await new TaskOperator(await colleague()).clear();
  const broken = new MemoryObjectStore({ place: 's3://bucket' });
  broken.read = () => Promise.reject(new Error('no answer'));
  expect(await tierOf(await open({ parts: { local, remote: broken } }), 'x')).toBe('local');
  expect(await tierOf(await open(), 'x')).toBeUndefined();
});

test('nothing is written where nothing was invalidated', async () => {
  await keepBoth(await open());
  const next = await open();
  expect(next.telemetry.stats().bytesPushed).toBe(0);
});

test('a copy is valid by the bucket\'s clock, and not by that of a computer that is late', async () => {
  const late = { ...systemClock, now: () => Date.now() - 86_400_000 };
  local = new MemoryObjectStore({ clock: late });
  const until = Date.now() + 3_600_000;
  const there = await colleague();
  await there.keep(result(there, 'x', { validity: () => ({ kind: 'ttl', until }) }));
  const first = await open();
  expect(await tierOf(first, 'x')).toBe('remote');
  await first.settled();
  const later = { ...systemClock, now: () => Date.now() + 2 * 3_600_000 };
  const moved = new MemoryObjectStore({ clock: later, place: 's3://bucket' });
  for await (const { key } of remote.list('v1/')) {
    const body = key.endsWith('/manifest') ? undefined : await remote.get(key);
    if (body !== undefined) await moved.create(key, body);
  }
  const manifest = await remote.read('v1/main/default/manifest');
  if (typeof manifest === 'object') await moved.replace('v1/main/default/manifest', manifest.bytes, undefined);
  expect(await tierOf(await open({ parts: { local, remote: moved } }), 'x')).toBeUndefined();
});
