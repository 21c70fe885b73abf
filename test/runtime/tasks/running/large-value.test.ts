import { MemoryObjectStore } from '../../../../runtime/stores/memory-object-store';
import { defineTask } from '../../../../runtime/tasks/definition/define';
import { TaskRunner } from '../../../../runtime/tasks/running/runner';
import { TaskStorage } from '../../../../runtime/tasks/storage/task-storage';

test('a task whose value is too large fails, and no store is blamed', async () => {
  const storage = TaskStorage.open({ env: {}, parts: { local: new MemoryObjectStore() } });
  const large = defineTask({ family: 'Large', kind: 'read', policy: 'forever', run: () => 'x'.repeat(5_000_000) });
  const runner = new TaskRunner({ storage });
  const run = await runner.run([large()]);
  expect(run.failed[0]).toMatchObject({ error: { code: 'E_TASK_OUTPUT', message: expect.stringMatching(/^Large_\w+: the value cannot be kept: it is larger/) } });
  expect(run.summary.storeErrors).toBe(0);
  await runner.close();
  await storage.close();
});
