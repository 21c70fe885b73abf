import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineTask } from '../../../../runtime/tasks/definition/define';
import { MovableFiles } from '../../../../runtime/tasks/running/movable-files';
import { gate, turns, world } from './world';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'outputs-')); });
afterEach(() => rmSync(folder, { recursive: true }));

const staged = () => readdirSync(folder).flatMap((name) => readdirSync(join(folder, name)));

const report = (text: string) => defineTask({
  family: 'Report', kind: 'read', policy: 'forever',
  run: async ({ output }) => {
    await writeFile(output.path('deep/er/report.txt'), text);
    await writeFile(output.path('empty'), '');
    return { text };
  },
});

test('files of a result are taken whole, kept with it, and found again', async () => {
  const { runner, storage: { shared } } = world({ temporary: folder });
  const task = report('hello');
  const run = await runner.run([task()]);
  const { files } = run.resultOf(task());
  expect(files.paths).toEqual(['deep/er/report.txt', 'empty']);
  expect(Buffer.from(await files.read('deep/er/report.txt')).toString()).toBe('hello');
  expect(staged()).toEqual([]); // they are in the store
  const again = await world({ shared }).runner.run([task()]);
  expect(again.outcomes[0].status).toBe('reused');
  await again.resultOf(task()).files.copy(join(folder, 'copy'));
  expect(await readFile(join(folder, 'copy/deep/er/report.txt'), 'utf8')).toBe('hello');
  await runner.close();
  expect(readdirSync(folder)).toEqual(['copy']);
});

test('files can be read by those who require them before they are kept, and while they are moved', async () => {
  const { runner, storage } = world({ temporary: folder });
  const kept = gate();
  storage.beforeKeep = () => kept.promise;
  const task = report('staged');
  const reader = defineTask({
    family: 'Reader', kind: 'read', policy: 'never', requires: () => ({ report: task() }),
    run: async ({ requires }) => {
      const reading = requires.report.files.read('deep/er/report.txt');
      kept.open();
      return Buffer.from(await reading).toString();
    },
  });
  const run = await runner.run([reader()]);
  expect(run.resultOf(reader()).value).toBe('staged');
  expect(staged()).toEqual([]);
});

test('files are where they were as long as somebody reads them there', async () => {
  const reading = gate<Uint8Array>();
  const source = (read: () => Promise<Uint8Array>) => ({ paths: ['a'], read, copy: () => Promise.resolve('') });
  const files = new MovableFiles(source(() => reading.promise));
  const before = files.read('a');
  let moved = false;
  const moving = files.move(source(() => Promise.resolve(Buffer.from('new')))).then(() => { moved = true; });
  expect(String(await files.read('a'))).toBe('new');
  await turns();
  expect(moved).toBe(false);
  reading.open(Buffer.from('old'));
  expect(String(await before)).toBe('old');
  await moving;
});

test('files of a result that is not kept are there until the runner is closed', async () => {
  const task = defineTask({ family: 'Never', kind: 'read', policy: 'never', run: ({ output }) => writeFile(output.path('a'), 'bytes') });
  const { runner } = world({ temporary: folder });
  const { files } = (await runner.run([task()])).resultOf(task());
  expect(Buffer.from(await files.read('a')).toString()).toBe('bytes');
  await runner.close();
  expect(readdirSync(folder)).toEqual([]);
  await expect(files.read('a')).rejects.toThrow();
});

test('nothing is left of a try that fails, and the next one begins with nothing', async () => {
  const seen: boolean[] = [];
  const task = defineTask({
    family: 'Retry', kind: 'read', policy: 'forever', retries: 1, retryDelay: 0,
    run: async ({ output, attempt }) => {
      seen.push(existsSync(output.path('first')));
      if (attempt === 2) return writeFile(output.path('second'), '').then(() => writeFile(output.path('first'), ''));
      await writeFile(output.path('first'), '');
      throw new Error('no');
    },
  });
  const { runner } = world({ temporary: folder });
  const run = await runner.run([task()]);
  expect(seen).toEqual([false, false]);
  expect(run.resultOf(task()).files.paths).toEqual(['first', 'second']);
  expect(staged()).toEqual([]);
});

describe('an output that cannot be kept fails the task, without another try:', () => {
  const circle: Record<string, unknown> = {};
  circle.self = { circle };
  test.each([
    ['a function', () => ({ list: [1, { run: () => 1 }] }), /value\.list\[1\]\.run cannot be kept: it is a function/],
    ['a date', () => ({ 'created at': new Date(0) }), /value\["created at"\] cannot be kept: it is an object of a class: return plain data/],
    ['a map', () => new Map(), /value cannot be kept: it is an object of a class/],
    ['bytes', () => ({ bytes: Buffer.from('x') }), /value\.bytes cannot be kept/],
    ['not a number', () => [NaN], /value\[0\] cannot be kept: it is no number of JSON/],
    ['a bigint', () => 1n, /value cannot be kept: it is a bigint; got 1n/],
    ['a gap in a list', () => [1, undefined], /value\[1\] cannot be kept: it is nothing in a list: return null/],
    ['a circle', () => circle, /value\.self\.circle cannot be kept: it is part of itself/],
    ['a symbol', () => ({ a: Symbol('x') }), /value\.a cannot be kept: it is a symbol/],
  ])('%s', async (_, value, message) => {
    const task = defineTask({ family: 'Bad', kind: 'read', policy: 'forever', retries: 3, run: () => value() as unknown });
    const { runner, storage } = world();
    const run = await runner.run([task()]);
    expect(run.outcomes[0]).toMatchObject({ status: 'failed', attempts: 1, error: { code: 'E_TASK_OUTPUT' } });
    expect(run.outcomes[0].error!.message).toMatch(message);
    expect(storage.calls.keep).toBe(0);
  });

  test('one that is nested too deep', async () => {
    let deep: unknown = 1;
    for (let i = 0; i < 10_000; i++) deep = [deep];
    const task = defineTask({ family: 'Deep', kind: 'read', policy: 'forever', run: () => deep });
    expect((await world().runner.run([task()])).outcomes[0].error!.message).toMatch(/nested more than 500 deep/);
  });

  test('a file that was asked for and not written', async () => {
    const task = defineTask({ family: 'Missing', kind: 'read', policy: 'forever', run: ({ output }) => output.path('report.json') && undefined });
    const run = await world({ temporary: folder }).runner.run([task()]);
    expect(run.outcomes[0].error!.message).toMatch(/output\.path\('report\.json'\) was asked for, and there is no such file/);
    expect(staged()).toEqual([]);
  });
});

test.each(['../up', '/absolute', 'a//b', '', 'a\\b', '.'])('a path that leads out of the output is refused: %j', async (path) => {
  const task = defineTask({ family: 'Path', kind: 'read', policy: 'forever', run: ({ output }) => mkdir(output.path(path)) });
  const run = await world({ temporary: folder }).runner.run([task()]);
  expect(run.outcomes[0].error!.message).toMatch(/output\.path must be given a relative path with \/ within the output/);
});

test('a path that is asked for after the task has ended is refused', async () => {
  let late: (() => string) | undefined;
  const task = defineTask({ family: 'Late', kind: 'read', policy: 'forever', run: ({ output }) => { late = () => output.path('late'); } });
  await world({ temporary: folder }).runner.run([task()]);
  expect(late).toThrow(/was asked for after the task had ended/);
});

test('a value is the same, new or found: without what is undefined, a copy, frozen', async () => {
  const own = { kept: [1, { a: -0 }], gone: undefined, ['__proto__']: 1 };
  const task = defineTask({ family: 'Value', kind: 'read', policy: 'forever', run: () => own });
  const nothing = defineTask({ family: 'Nothing', kind: 'read', policy: 'forever', run: () => undefined });
  const { runner } = world();
  const values = [];
  for (let i = 0; i < 2; i++) {
    const run = await runner.run([task(), nothing()]);
    values.push(run.resultOf(task()).value);
    expect(run.resultOf(nothing()).value).toBeUndefined();
  }
  expect(values[0]).toStrictEqual({ kept: [1, { a: 0 }], ['__proto__']: 1 });
  expect(values[1]).toStrictEqual(values[0]);
  for (const value of values) expect(() => { (value.kept as unknown[])[0] = 2; }).toThrow(TypeError);
  own.kept = [];
  expect(values[0].kept).toHaveLength(2);
});

test('links among the files are not followed: no file is taken twice, and none round in circles', async () => {
  const { runner } = world({ temporary: folder });
  const linked = defineTask({
    family: 'Linked', kind: 'read', policy: 'never',
    run: async ({ output }) => {
      await writeFile(output.path('sub/a.txt'), 'a');
      symlinkSync('sub', join(output.path('sub/a.txt'), '../../same'));
      symlinkSync('.', join(output.path('sub/a.txt'), '../circle'));
    },
  });
  const { files } = (await runner.run([linked()])).resultOf(linked());
  expect(files.paths).toEqual(['sub/a.txt']);
  await runner.close();
});
