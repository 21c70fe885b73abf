import { MemoryObjectStore } from '../../../../runtime/stores/memory-object-store';
import { defineTask } from '../../../../runtime/tasks/definition/define';
import { TaskRunner } from '../../../../runtime/tasks/running/runner';
import { TaskStorage } from '../../../../runtime/tasks/storage/task-storage';

/** A task that makes another result each time, and one that is made from it. */
let count = 0;
const base = defineTask({ family: 'Base', kind: 'read', policy: 'forever', run: () => ++count });
const top = defineTask({
  family: 'Top', kind: 'read', policy: 'forever', requires: () => ({ base: base() }), run: ({ requires }) => `of ${requires.base.value}`,
});

test('two runs that make other results under one key each go on with their own, and whoever comes later has what belongs together', async () => {
  const remote = new MemoryObjectStore();
  const locals = [new MemoryObjectStore(), new MemoryObjectStore()];
  const runOn = async (local: MemoryObjectStore) => {
    const storage = TaskStorage.open({ env: {}, parts: { local, remote } });
    const runner = new TaskRunner({ storage });
    const run = await runner.run([top(), base()]);
    await runner.close();
    await storage.close();
    return { base: run.resultOf(base()).value, top: run.resultOf(top()).value, statuses: run.outcomes.map(({ status }) => status) };
  };
  const first = await Promise.all(locals.map(runOn));
  expect(first.map((each) => each.top)).toEqual(first.map((each) => `of ${each.base}`));
  expect(count).toBe(2);
  for (const local of [...locals, new MemoryObjectStore()]) {
    const later = await runOn(local);
    expect(later.top).toBe(`of ${later.base}`);
    expect(later.statuses).toEqual(['reused', 'reused']);
  }
  expect(count).toBe(2);
});
