import { startConfigWorld, type ConfigWorld } from './world';

let world: ConfigWorld;
beforeEach(async () => {
  world = await startConfigWorld();
  await world.put('/app/a/host', 'one');
  await world.put('/app/a/gone', 'x');
});
afterEach(() => world.close());

const config = (...args: string[]) => world.config(args);
/** As the copy on this computer has them: the handlers have not been told of anything yet. */
async function known(path: string) {
  const { parameters } = (await config('list', path, '--offline', '--json')).json<{ parameters: { name: string; version?: number }[] }>();
  return Object.fromEntries(parameters.map(({ name, version }) => [name, version]));
}

test('what a restore has written and deleted is seen at once', async () => {
  const { time } = world;
  await world.put('/app/a/host', 'two');
  await world.put('/app/a/later', 'y');
  await world.remove('/app/a/gone');
  await config('sync');
  expect(await known('/app/a')).toEqual({ '/app/a/host': 2, '/app/a/later': 1 });
  expect(await config('restore', '--prefix', '/app/a', '--time', new Date(time).toISOString(), '--remove-later', '--yes')).toMatchObject({ code: 0 });
  expect(await known('/app/a')).toEqual({ '/app/a/host': 3, '/app/a/gone': 1 });
});

test('what a promotion has written is seen at once, with its type', async () => {
  await world.put('/app/a/password', 'x', { Type: 'SecureString' });
  await config('sync');
  expect(await config('promote', '/app/a', '/app/b', '--secrets', '--yes')).toMatchObject({ code: 0, stdout: '3 parameters written\n' });
  expect(await known('/app/b')).toEqual({ '/app/b/host': 1, '/app/b/gone': 1, '/app/b/password': 1 });
  expect((await config('list', '/app/b', '--offline', '--type', 'SecureString')).stdout).toBe('/app/b/password\n');
});

test('what is in no namespace never gets into the copy', async () => {
  await config('sync');
  expect(await config('put', '/elsewhere/x', 'v', '--yes')).toMatchObject({ code: 0 });
  expect(await config('promote', '/app/a', '/elsewhere', '--yes')).toMatchObject({ code: 0 });
  expect(await known('/elsewhere')).toEqual({});
});

test('a copy that cannot be written stops nothing', async () => {
  const env = { CACHE_TIERS_HOME: '/dev/null/home' };
  const done = await world.config(['promote', '/app/a', '/app/b', '--yes'], { env });
  expect(done).toMatchObject({ code: 0, stdout: '2 parameters written\n' });
});
