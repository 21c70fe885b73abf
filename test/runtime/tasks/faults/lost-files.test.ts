import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineTask } from '../../../../runtime/tasks/definition/define';
import type { TaskInstance } from '../../../../runtime/tasks/definition/shapes';
import type { RunnerEvent } from '../../../../runtime/tasks/running/events';
import type { TaskRunnerOptions } from '../../../../runtime/tasks/running/options';
import type { TaskRun } from '../../../../runtime/tasks/running/run-shapes';
import { TaskRunner } from '../../../../runtime/tasks/running/runner';
import { LossyStore, type Loss } from '../../../support/tasks/lossy-store';
import { TOP_VALUE, workflow } from '../../../support/tasks/workflow';

let folder: string;
let store: LossyStore;
let closing: (() => Promise<void>)[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lost-files-'));
  store = new LossyStore();
  closing = [];
});
afterEach(async () => {
  for (const close of closing) await close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs tasks as another computer does. */
async function run(tasks: readonly TaskInstance[], options: TaskRunnerOptions = {}): Promise<TaskRun> {
  const storage = store.open({ strict: options.strict });
  const runner = new TaskRunner({ storage, temporary: folder, env: {}, ...options });
  closing.push(() => runner.close(), () => storage.close());
  return runner.run(tasks);
}

async function runFlow(options: TaskRunnerOptions = {}): Promise<TaskRun & { readonly ran: readonly string[]; readonly value: unknown }> {
  const { top, ran } = workflow(folder);
  const done = await run([top], options);
  done.throwIfFailed();
  return Object.assign(done, { ran, value: done.resultOf(top).value });
}

/** One after the other, so that what they keep is not in the same objects. */
async function runEach(): Promise<void> {
  for (const task of workflow(folder).all) (await run([task])).throwIfFailed();
}

function by(done: TaskRun, what: 'status' | 'reason' | 'attempts'): Record<string, unknown> {
  return Object.fromEntries(done.outcomes.map((outcome) => [outcome.family, outcome[what]]));
}

describe.each<Loss>(['damaged', 'missing'])('files of a result that was found, and are %s', (loss) => {
  test('are made anew, once they are asked for, and take the place of the old ones', async () => {
    await runEach();
    expect(await store.loseFilesOf('Joined', loss)).toBe(1);
    expect((await runFlow()).summary.counts).toMatchObject({ reused: 5 }); // nobody asks
    const done = await runFlow({ force: ['Top'] });
    expect(done.value).toEqual(TOP_VALUE);
    expect(done.ran).toEqual(['Top', 'Joined', 'Top']);
    expect(by(done, 'status')).toEqual({ Source: 'reused', Large: 'reused', Joined: 'ran', Top: 'ran' });
    expect(by(done, 'reason')).toMatchObject({ Joined: 'stale', Top: 'forced' });
    expect(by(done, 'attempts')).toMatchObject({ Joined: 1, Top: 1 });
    expect(done.summary).toMatchObject({ retries: 0, storeErrors: 0, counters: { rejected: 1, retries: 0 } });
    expect(done.outcomes.find(({ family }) => family === 'Joined')!.kept).toHaveLength(1);
    expect((await runFlow({ force: ['Top'] })).ran).toEqual(['Top']);
  });

  test('are made anew further down, too', async () => {
    await runEach();
    for (const family of ['Source', 'Joined', 'Large']) await store.loseFilesOf(family, loss);
    const done = await runFlow({ force: ['Top'], workers: 1 });
    expect(done.value).toEqual(TOP_VALUE);
    for (const [name, times] of [['Source', 2], ['Large', 1]] as const) expect(done.ran.filter((each) => each === name)).toHaveLength(times);
    expect(by(done, 'attempts')).toEqual({ Source: 1, Large: 1, Joined: 1, Top: 1 });
    expect(done.summary.retries).toBe(0);
    expect((await runFlow({ force: ['Top', 'Joined'] })).ran).toEqual(['Joined', 'Top']);
  });
});

test('a store that fails between a result and its files never fails a run', async () => {
  await runEach();
  await store.loseFilesOf('Joined', 'failing');
  const done = await runFlow({ force: ['Top'] });
  expect(done.value).toEqual(TOP_VALUE);
  expect(done.summary.storeErrors).toBe(1);
  expect(done.summary.storeErrorMessages[0]).toContain('fetch files in ');
});

test('strict: it fails it', async () => {
  await runEach();
  await store.loseFilesOf('Joined', 'failing');
  const { top } = workflow(folder);
  const done = await run([top], { force: ['Top'], strict: true });
  expect(done.outcomeOf(top)).toMatchObject({ status: 'failed', attempts: 1, error: { code: 'E_TASK_STORE' } });
});

test('a store that loses whatever it is given never fails a run', async () => {
  await runEach();
  store.losses.set(true, 'damaged');
  const done = await runFlow();
  expect(done.value).toEqual(TOP_VALUE);
  expect(done.summary.counters.rejected).toBeGreaterThan(0);
  expect(by(done, 'attempts')).toEqual({ Source: 1, Large: 1, Joined: 1, Top: 1 });
});

/** One with a file, and others that read it. */
function family(options: { readonly make?: (time: number) => string; readonly retries?: number; readonly use?: (text: string) => void } = {}) {
  const ran: string[] = [];
  let times = 0;
  const base = defineTask({
    family: 'Base', kind: 'read', policy: 'forever',
    run: ({ output }) => {
      ran.push('base');
      const text = options.make?.(++times) ?? 'text';
      writeFileSync(output.path('file'), text);
      return text;
    },
  });
  const reader = defineTask({
    family: 'Reader', kind: 'read', policy: 'forever', params: { name: 'string' }, retries: options.retries, retryDelay: 0,
    requires: () => ({ base: base() }),
    run: async ({ params, requires }) => {
      ran.push(params.name);
      const text = Buffer.from(await requires.base.files.read('file')).toString();
      options.use?.(text);
      return [requires.base.value, text];
    },
  });
  const behind = defineTask({
    family: 'Behind', kind: 'read', policy: 'forever', requires: () => ({ reader: reader({ name: 'a' }) }),
    run: ({ requires }) => requires.reader.value,
  });
  return { base, reader, behind, ran };
}

test('several that ask for them have them made anew once', async () => {
  const { reader, ran } = family();
  const tasks = ['a', 'b', 'c'].map((name) => reader({ name }));
  await run(tasks);
  await store.loseFilesOf('Base', 'damaged');
  ran.length = 0;
  const done = await run(tasks, { force: ['Reader'], lease: true });
  done.throwIfFailed();
  expect(ran.filter((each) => each === 'base')).toHaveLength(1);
  for (const task of tasks) expect(done.resultOf(task).value).toEqual(['text', 'text']);
});

test('a task that goes on without them is run again all the same', async () => {
  const { base } = family();
  const easy = defineTask({
    family: 'Easy', kind: 'read', policy: 'forever', requires: () => ({ base: base() }),
    run: ({ requires }) => requires.base.files.copy(join(folder, 'copied')).then((path) => readFileSync(join(path, 'file'), 'utf8'), () => 'nothing'),
  });
  await run([base()]);
  await store.loseFilesOf('Base', 'missing');
  expect((await run([easy()])).resultOf(easy()).value).toBe('text');
});

test('what is made anew in another way is what those that asked have, by another key', async () => {
  const { reader } = family({ make: (time) => `made ${time}` });
  const task = reader({ name: 'a' });
  const before = await run([task]);
  await store.loseFilesOf('Base', 'damaged');
  const after = await run([task], { force: ['Reader'] });
  expect(after.resultOf(task).value).toEqual(['made 2', 'made 2']);
  expect(after.outcomeOf(task).key).not.toBe(before.outcomeOf(task).key);
  const last = await run([task]);
  expect(last.summary.counts.reused).toBe(2);
  expect(last.resultOf(task).value).toEqual(['made 2', 'made 2']);
});

test('tries that failed before count, and the one that was in vain does not', async () => {
  let uses = 0;
  const { reader, ran } = family({ retries: 1, use: () => { if (++uses === 2) throw new Error('once'); } });
  const task = reader({ name: 'a' });
  await run([task]);
  await store.loseFilesOf('Base', 'damaged');
  ran.length = 0;
  const done = await run([task], { force: ['Reader'] });
  done.throwIfFailed();
  expect(done.outcomeOf(task).attempts).toBe(2);
  expect(ran).toEqual(['a', 'base', 'a', 'a']);
});

test.each([true, false])('what cannot be made again fails, and those that asked; continueOnFailure: %s', async (continueOnFailure) => {
  const { base, reader, behind, ran } = family({ make: (time) => { if (time > 1) throw new Error('no more'); return 'text'; } });
  const late = defineTask({ family: 'Late', kind: 'read', policy: 'never', priority: -1, run: () => 'late' });
  await run([reader({ name: 'a' })]);
  await store.loseFilesOf('Base', 'damaged');
  ran.length = 0;
  const done = await run([behind(), late()], { force: ['Reader'], workers: 1, continueOnFailure });
  expect(ran).toEqual(['a', 'base']);
  expect(done.outcomeOf(base())).toMatchObject({ status: 'failed', error: { code: 'E_TASK_FAILED' } });
  expect(done.outcomeOf(reader({ name: 'a' }))).toMatchObject({ status: 'failed', error: { code: 'E_TASK_REQUIRED' } });
  expect(done.outcomeOf(reader({ name: 'a' })).error!.message).toContain(base().id);
  expect(done.outcomeOf(behind()).status).toBe(continueOnFailure ? 'skipped' : 'cancelled');
  expect(done.outcomeOf(late()).status).toBe(continueOnFailure ? 'ran' : 'cancelled');
});

test('a run that is stopped meanwhile ends, and what was found stays found', async () => {
  const stop = new AbortController();
  const { base, reader } = family({ make: (time) => { if (time > 1) stop.abort(); return 'text'; } });
  await run([reader({ name: 'a' })]);
  await store.loseFilesOf('Base', 'damaged');
  const done = await run([reader({ name: 'a' })], { force: ['Reader'], signal: stop.signal });
  expect(done.outcomeOf(reader({ name: 'a' })).status).toBe('cancelled');
  expect(['reused', 'ran']).toContain(done.outcomeOf(base()).status);
});

test('verify that asks for them says that it does not hold; then they are made anew', async () => {
  const { base } = family();
  const stack = defineTask({
    family: 'Stack', kind: 'ensure', policy: 'forever', requires: () => ({ base: base() }),
    run: async ({ requires }) => Buffer.from(await requires.base.files.read('file')).toString(),
    verify: async ({ requires }) => (await requires.base.files.read('file')).length > 0,
  });
  await run([stack()]);
  await store.loseFilesOf('Base', 'damaged');
  const events: RunnerEvent[] = [];
  const done = await run([stack()], { onEvent: (event) => events.push(event) });
  expect(done.resultOf(stack()).value).toBe('text');
  expect(done.outcomes.map(({ status, reason }) => [status, reason])).toEqual([['ran', 'stale'], ['ran', 'stale']]);
  expect(events.filter(({ event }) => event === 'stale').map((event) => (event as { family: string }).family)).toEqual(['Stack', 'Base']);
});
