import { RestoreWorld } from './world';

let world: RestoreWorld;
beforeEach(async () => { world = await RestoreWorld.open(); });
afterEach(() => world.close());

test('a label of an older version that went with the parameter is not put on the version that has its number now', async () => {
  await world.put('/app/a', 'one');
  await world.label('/app/a', 'old', 1);
  await world.put('/app/a', 'two');
  await world.label('/app/a', 'live', 2);
  const { time } = world;
  await world.remove('/app/a');
  const { outcomes } = await world.restoreTo({ time });
  expect(outcomes).toMatchObject([{ status: 'done', notes: ['label old was on version 1, which is there no more'] }]);
  expect(world.content('/app/a')).toMatchObject({ Value: 'two', Labels: ['live'] });
});
