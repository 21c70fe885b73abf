import { startConfigWorld, type ConfigWorld } from './world';

let world: ConfigWorld;
beforeEach(async () => { world = await startConfigWorld(); });
afterEach(() => world.close());

test('who may write faster says so, and need not wait', async () => {
  await world.put('/app/a', 'one');
  const then = new Date(world.time).toISOString();
  await world.put('/app/a', 'two');
  const line = ['restore', '--prefix', '/app', '--time', then, '--yes', '--rate'];
  for (const wrong of ['0', 'fast', '-1']) {
    expect(await world.config([...line, wrong])).toMatchObject({ code: 2, stderr: expect.stringContaining('--rate must be a whole number from 1') });
  }
  expect(await world.config([...line, '50'])).toMatchObject({ code: 0, stdout: '1 done; verified: 1 same\n' });
  expect(await world.value('/app/a')).toBe('one');
});
