import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineTask } from '../../../../runtime/tasks/definition/define';
import { TaskRunner } from '../../../../runtime/tasks/running/runner';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'runner-')); });
afterEach(() => rmSync(folder, { recursive: true }));

test('a runner without a storage keeps results in a folder of this computer, for the next process too', async () => {
  let runs = 0;
  const task = defineTask({
    family: 'Report', kind: 'read', policy: 'forever',
    run: async ({ output }) => {
      await writeFile(output.path('report.txt'), `report ${++runs}`);
      return { runs };
    },
  });
  const top = defineTask({
    family: 'Top', kind: 'ensure', policy: { ttl: '1h' }, requires: () => ({ report: task() }),
    run: async ({ requires }) => Buffer.from(await requires.report.files.read('report.txt')).toString(), verify: ({ value }) => value === 'report 1',
  });
  const options = { folder: join(folder, 'cache'), temporary: folder, env: {} };
  const first = new TaskRunner(options);
  const made = await first.run([top()]);
  made.throwIfFailed();
  expect(made.outcomes.map(({ status, kept }) => [status, kept])).toEqual(Array(2).fill(['ran', [{ tier: 'local', scope: 'main' }]]));
  await first.close();
  const second = new TaskRunner({ ...options, lease: true });
  const plan = await second.plan([top()]);
  expect(plan.counts).toMatchObject({ reuse: 2, run: 0 });
  const run = await second.run([top()]);
  expect(run.summary.counts).toMatchObject({ reused: 2, ran: 0 });
  expect(run.summary.storeErrors).toBe(0);
  expect(run.resultOf(top()).value).toBe('report 1');
  expect(Buffer.from(await run.resultOf(task()).files.read('report.txt')).toString()).toBe('report 1');
  const forced = await second.run([top()], { force: ['Report'] });
  expect(forced.outcomes.map(({ status }) => status)).toEqual(['ran', 'ran']); // its file is another one now
  expect((await second.explain(top())).plan.action).toBe('reuse');
  await second.close();
});

test('an option of the storage that is wrong is an error of the first run', async () => {
  await expect(new TaskRunner({ mode: 'sideways', env: {} }).run([])).rejects.toThrow(/mode must be such as 'local:rw,remote:r'/);
});
