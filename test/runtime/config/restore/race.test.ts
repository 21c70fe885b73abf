import { collectPlan } from '../../../../runtime/config/restore/plan';
import { applied, FAST, RestoreWorld } from './world';

let world: RestoreWorld;
afterEach(() => world.close());

/** Somebody else writes between the first look and the turn of the write, which is a second away. */
const SLOW = { ...FAST, pace: { reads: 100_000, writes: 1 } };

test('who writes while a restore waits for its turn keeps what was written', async () => {
  world = await RestoreWorld.open();
  for (const name of ['/app/a', '/app/b', '/app/c']) await world.put(name, 'one');
  const { time } = world;
  for (const name of ['/app/a', '/app/b', '/app/c']) await world.put(name, 'two');
  const restore = await world.restore();
  const plan = await collectPlan(await restore.plan({ prefix: '/', time }));
  const theirs = ['/app/b', '/app/c'];
  const timer = setTimeout(() => { for (const name of theirs) void world.put(name, 'theirs'); }, 500);
  const outcomes = await applied(restore, plan, SLOW);
  clearTimeout(timer);
  expect(outcomes.map(({ status }) => status)).toEqual(['done', 'conflict', 'conflict']);
  for (const name of theirs) expect(world.latest(name)).toMatchObject({ Value: 'theirs' });
});

test('who writes while a deletion waits for its turn keeps what was written', async () => {
  world = await RestoreWorld.open();
  await world.put('/app/a', 'one');
  const { time } = world;
  await world.put('/app/a', 'two');
  for (const name of ['/app/b', '/app/c']) await world.put(name, 'later');
  const restore = await world.restore();
  const plan = await collectPlan(await restore.plan({ prefix: '/', time, removeLater: true }));
  const timer = setTimeout(() => { void world.put('/app/c', 'theirs'); }, 500);
  const outcomes = await applied(restore, plan, SLOW);
  clearTimeout(timer);
  expect(outcomes.map(({ action, status }) => [action, status])).toEqual([['put', 'done'], ['delete', 'done'], ['delete', 'conflict']]);
  expect(world.latest('/app/c')).toMatchObject({ Value: 'theirs' });
});
