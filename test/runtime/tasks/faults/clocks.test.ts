import { systemClock, type Clock } from '../../../../runtime/resilience/clock';
import { MemoryObjectStore } from '../../../../runtime/stores/memory-object-store';
import { defineTask, TaskRunner, type ObjectStore } from '../../../../runtime/tasks';
import { FaultWorld } from '../../../support/tasks/fault-world';

let world: FaultWorld;
beforeAll(async () => { world = await FaultWorld.start(); });
afterAll(() => world.close());

const HOUR = 3_600_000;
const OFF = [-7, 0, 9];
const ahead = (hours: () => number): Clock => ({ ...systemClock, now: () => Date.now() + hours() * HOUR });
const runs: string[] = [];
const hourly = defineTask({
  family: 'Hourly', kind: 'read', policy: { ttl: '1h' }, params: { name: 'string' },
  run: ({ params }) => {
    runs.push(params.name);
    return params.name;
  },
});

/** @param off hours that the process's clock is ahead @returns whether it ran */
async function ran(name: string, off: number, remote?: ObjectStore): Promise<boolean> {
  const storage = world.computer().storage({ mode: 'remote:rw', parts: { clock: ahead(() => off), ...(remote && { remote }) } });
  const runner = new TaskRunner({ env: {}, storage });
  const before = runs.length;
  const run = await runner.run([hourly({ name })]);
  run.throwIfFailed();
  expect(run.summary.storeErrors).toBe(0);
  await runner.close();
  await storage.close();
  return runs.length > before;
}

test.each(OFF)('the clock of a process that is %d hours off: results are valid by the store\'s clock', async (off) => {
  let time = 0;
  const store = new MemoryObjectStore({ clock: ahead(() => time) });
  await ran('first', 0, store); // from now on there is a manifest, and with it the store's time
  expect(await ran('a', off, store)).toBe(true);
  time = 0.9;
  for (const other of OFF) expect(await ran('a', other, store)).toBe(false);
  time = 1.1;
  expect(await ran('a', off, store)).toBe(true);
  for (const other of OFF) expect(await ran('a', other, store)).toBe(false);
});

test('clocks of processes that are off: S3 takes what they sign, and they see what each other has made', async () => {
  expect(await ran('b', 0)).toBe(true);
  for (const off of OFF) {
    expect(await ran('b', off)).toBe(false);
    expect(await ran(`b ${off}`, off)).toBe(true);
    for (const other of OFF) expect(await ran(`b ${off}`, other)).toBe(false);
  }
});
