import { createServer } from 'node:http';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { listen } from '../../support/dynamodb-server';
import { cli } from '../terminal';
import { startConfigWorld, type ConfigWorld } from './world';

/** A key is derived from a passphrase for each command, which is meant to take its time. */
jest.setTimeout(60_000);

const PASSPHRASE = 'correct horse battery';

let world: ConfigWorld;
beforeEach(async () => { world = await startConfigWorld(); });
afterEach(() => world.close());

/** A profile whose keys a process gives, which notes that it was asked. */
function profile() {
  const asked = join(world.home, 'asked');
  const program = join(world.home, 'keys.js');
  const [key, secret] = [world.env.AWS_ACCESS_KEY_ID, world.env.AWS_SECRET_ACCESS_KEY];
  writeFileSync(program, `require('fs').appendFileSync(${JSON.stringify(asked)}, 'x');
    console.log(JSON.stringify({ Version: 1, AccessKeyId: '${key}', SecretAccessKey: '${secret}', SessionToken: 'token-of-the-session',
      Expiration: new Date(Date.now() + 3600e3).toISOString() }));`);
  const file = join(world.home, 'aws-config');
  writeFileSync(file, `[profile work]\nregion = us-east-1\ncredential_process = "${process.execPath}" "${program}"\n`);
  // The SDK's chain reads the process's own variables.
  process.env.AWS_CONFIG_FILE = file;
  const env = { AWS_CONFIG_FILE: file, AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', CACHE_TIERS_VAULT_PASSPHRASE: PASSPHRASE };
  return { env, asked: () => existsSync(asked) ? readFileSync(asked, 'utf8').length : 0 };
}
afterEach(() => { delete process.env.AWS_CONFIG_FILE; });

test('a session of a profile is kept, encrypted, and used by the next command', async () => {
  await world.put('/app/a', 'one');
  const { env, asked } = profile();
  const get = (...more: string[]) => world.config(['get', '/app/a', '--profile', 'work', ...more], { env });
  expect(await get()).toMatchObject({ code: 0, stdout: 'one\n', stderr: '' });
  expect(await get()).toMatchObject({ code: 0, stdout: 'one\n' });
  expect(asked()).toBe(1);
  expect(await get('--no-vault')).toMatchObject({ code: 0 });
  expect(asked()).toBe(2);

  const vault = (...args: string[]) => cli(['vault', ...args], { env: { ...world.env, ...env } });
  expect((await vault('status')).stdout).toMatch(/^key: passphrase\nprofile:work {2}expires in (\d+ min|1 h)\n$/);
  expect((await vault('status', '--json')).json()).toMatchObject({ state: 'ready', entries: [{ name: 'profile:work', version: 1 }] });
  const other = await vault('clear', 'profile:other', '--yes');
  expect(other).toMatchObject({ code: 3, stderr: expect.stringContaining('nothing is kept as profile:other') });
  expect(await vault('clear')).toMatchObject({ code: 2, stderr: expect.stringContaining('pass --yes') });
  expect(await vault('clear', 'profile:work', '--yes')).toMatchObject({ code: 0, stdout: 'forgotten\n' });
  expect((await vault('status')).stdout).toContain('no entries');
  await get();
  expect(asked()).toBe(3);
  expect(await vault('clear', '--yes')).toMatchObject({ code: 0 });
  expect((await vault('status')).stdout).toBe('nothing is kept\n');
});

test('the session of a profile that has been edited since is not used: it may be of another account', async () => {
  await world.put('/app/a', 'one');
  const { env, asked } = profile();
  const get = () => world.config(['get', '/app/a', '--profile', 'work'], { env });
  await get();
  writeFileSync(env.AWS_CONFIG_FILE, `${readFileSync(env.AWS_CONFIG_FILE, 'utf8')}role_session_name = other\n`);
  expect(await get()).toMatchObject({ code: 0, stdout: 'one\n' });
  expect(asked()).toBe(2);
  await get();
  expect(asked()).toBe(2);
});

test('a vault that cannot be opened is no reason to stop, and is left as it is', async () => {
  await world.put('/app/a', 'one');
  const { env } = profile();
  await world.config(['get', '/app/a', '--profile', 'work'], { env });
  const wrong = { ...env, CACHE_TIERS_VAULT_PASSPHRASE: 'another passphrase' };
  const { code, stdout, stderr } = await world.config(['get', '/app/a', '--profile', 'work'], { env: wrong });
  expect([code, stdout]).toEqual([0, 'one\n']);
  expect(stderr).toMatch(/^warning: the session is not kept: the passphrase does not open this vault.*; --no-vault does without\n$/);
  expect(stderr).not.toContain(PASSPHRASE);
  expect((await cli(['vault', 'status'], { env: { ...world.env, ...env } })).stdout).toContain('profile:work');
});

test('a passphrase is asked for where the vault was made with one', async () => {
  await world.put('/app/a', 'one');
  const { env, asked } = profile();
  await world.config(['get', '/app/a', '--profile', 'work'], { env });
  const { code, stdout, stderr } = await world.config(['get', '/app/a', '--profile', 'work'], {
    env: { ...env, CACHE_TIERS_VAULT_PASSPHRASE: '' }, answers: [[/Passphrase of the vault/, `${PASSPHRASE}\r`]],
  });
  expect([code, stdout, asked()]).toEqual([0, 'one\n', 1]);
  expect(stderr).not.toContain(PASSPHRASE);
});

describe('metrics', () => {
  test('are counted, shown, and sent only where the user says', async () => {
    const bodies: string[] = [];
    const server = createServer((request, response) => {
      void text(request).then((body) => { bodies.push(body); response.end(); });
    });
    const endpoint = `${await listen(server)}/usage`;
    await world.put('/app/a', 'one');
    await world.config(['get', '/app/a']);
    await world.config(['get', '/app/none']);
    const shown = await world.config(['metrics']);
    expect(shown.stdout).toMatch(/^reports are disabled: nothing is sent\ncounted since \S+\nconfig get +1 ok, 1 (E_CONFIG_PARAMETER_MISSING|notFound)\n$/);
    expect(await world.config(['metrics', 'send'])).toMatchObject({ code: 1, stdout: 'not sent: disabled\n' });
    expect(await world.config(['metrics', 'enable', '--endpoint', endpoint])).toMatchObject({ code: 0, stdout: expect.stringContaining(endpoint) });
    const preview = (await world.config(['metrics', 'preview'])).json<object>();
    expect(await world.config(['metrics', 'send'])).toMatchObject({ code: 0, stdout: 'sent\n' });
    expect(Object.keys(JSON.parse(bodies[0]!) as object)).toEqual(Object.keys(preview));
    expect(bodies[0]).not.toContain('/app');
    expect(await world.config(['metrics', 'disable'])).toMatchObject({ code: 0 });
    expect(await world.config(['metrics', 'reset'])).toMatchObject({ code: 0 });
    expect((await world.config(['metrics', '--json'])).json()).toMatchObject({ enabled: false });
    await new Promise((resolve) => server.close(resolve));
  });

  test.each([
    [['metrics', 'enable'], '--endpoint is missing'],
    [['metrics', 'show', '--endpoint', 'http://x'], '--endpoint is for metrics enable'],
    [['metrics', 'enable', '--endpoint', 'here'], 'must be a URL'],
    [['metrics', 'publish'], "'publish' is invalid"],
    [['get', '/a', '--table', 't'], "unknown option '--table'"],
    [['get', '/a', '--profile', ''], '--profile is empty'],
  ])('%j is wrong usage', async (args, message) => {
    expect(await world.config(args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
  });

  test('a home that cannot be written stops no command', async () => {
    await world.put('/app/a', 'one');
    const file = join(world.home, 'file');
    writeFileSync(file, '');
    const env = { CACHE_TIERS_HOME: join(file, 'no-folder') };
    expect(await world.config(['get', '/app/a'], { env })).toMatchObject({ code: 0, stdout: 'one\n', stderr: '' });
    expect(await world.config(['list'], { env })).toMatchObject({ code: 0, stdout: '/app/a\n' });
  });
});
