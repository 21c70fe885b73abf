import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startConfigWorld, type ConfigWorld } from './world';

let world: ConfigWorld;
beforeAll(async () => {
  world = await startConfigWorld();
  await world.put('/app/a', 'one');
});
afterAll(() => world.close());

const config = (...args: string[]) => world.config(args);

test('a plan file that cannot be read is a wrong command line', async () => {
  const missing = join(world.home, 'none.ndjson');
  expect(await config('restore', '--apply', missing, '--yes')).toEqual(expect.objectContaining({
    code: 2, stderr: `error: --apply '${missing}' cannot be read: ENOENT\n`,
  }));
  expect(await config('restore', '--apply', world.home, '--yes')).toMatchObject({ code: 2, stderr: expect.stringContaining('EISDIR') });
});

test('a plan file that exists is told before anything is looked up', async () => {
  const file = join(world.home, 'there.ndjson');
  writeFileSync(file, '');
  const { code, stderr } = await config('restore', '--prefix', '/app', '--time', '1d', '--plan', file);
  expect([code, stderr]).toEqual([2, `error: --plan '${file}' exists already: name a new file\n`]);
});

test('an empty value is refused before a plan is shown', async () => {
  const { code, stderr } = await config('put', '/app/a', '', '--yes');
  expect([code, stderr]).toEqual([2, 'error: the value of \'/app/a\' is empty: a parameter has one character at least\n']);
  expect(await world.value('/app/a')).toBe('one');
});

test('a path without parameters is not promoted', async () => {
  const { code, stderr } = await config('promote', '/app/none', '/app/b', '--yes');
  expect([code, stderr]).toEqual([3, 'no parameters below /app/none\n']);
  expect((await config('promote', '/app/none', '/app/b', '--dry-run', '--json')).json()).toMatchObject({ plan: { steps: [] }, outcomes: [] });
});
