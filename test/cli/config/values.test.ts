import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startConfigWorld, type ConfigWorld } from './world';

let world: ConfigWorld;
let folder: string;
beforeAll(async () => {
  world = await startConfigWorld();
  folder = mkdtempSync(join(tmpdir(), 'values-'));
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => world.store.model.call('DeleteParameters', {
  Names: ['/app/db/host', '/app/db/password', '/app/db/port', '/app/list', '/app/new'],
}));

const config = (...args: string[]) => world.config(args);
const SECURE = { Type: 'SecureString' };

describe('get', () => {
  beforeEach(async () => {
    await world.put('/app/db/host', 'h1');
    await world.put('/app/db/host', 'h2');
    await world.put('/app/db/password', "it's $ecret", SECURE);
    await world.put('/app/db/port', '5432');
  });

  test('a value as it is, of a version, of a label, as ciphertext', async () => {
    expect(await config('get', '/app/db/host')).toMatchObject({ code: 0, stdout: 'h2\n', stderr: '' });
    expect((await config('get', '/app/db/host', '--version', '1')).stdout).toBe('h1\n');
    await world.store.model.call('LabelParameterVersion', { Name: '/app/db/host', ParameterVersion: 1, Labels: ['good'] });
    expect((await config('get', '/app/db/host', '--label', 'good')).stdout).toBe('h1\n');
    expect((await config('get', '/app/db/host:1')).stdout).toBe('h1\n');
    expect((await config('get', '/app/db/password')).stdout).toBe("it's $ecret\n");
    expect((await config('get', '/app/db/password', '--no-decrypt')).stdout).not.toContain('ecret');
  });

  test('several, by path, for programs and for .env files', async () => {
    expect((await config('get', '/app/db/host', '/app/db/port')).stdout).toBe('/app/db/host = h2\n/app/db/port = 5432\n');
    const { stdout } = await config('get', '--path', '/app', '--output', 'dotenv');
    expect(stdout).toBe('DB_HOST=h2\nDB_PASSWORD="it\'s \\$ecret"\nDB_PORT=5432\n');
    expect((await config('get', '--path', '/app', '--json')).json()).toEqual({
      '/app/db/host': 'h2', '/app/db/password': "it's $ecret", '/app/db/port': '5432',
    });
    expect((await config('get', '/app/db/host', '--output', 'dotenv')).stdout).toBe('HOST=h2\n');
  });

  test('what is not there is named, and exits with 3', async () => {
    expect(await config('get', '/app/none', '/app/neither')).toMatchObject({
      code: 3, stdout: '', stderr: expect.stringMatching(/"\/app\/none".*"\/app\/neither"/),
    });
    const gone = await config('get', '/app/db/host', '--version', '9');
    expect(gone).toMatchObject({ code: 3, stderr: expect.stringContaining('no version or label "9"') });
    expect(await config('get', '--path', '/nowhere')).toMatchObject({ code: 3, stdout: '' });
  });

  test.each([
    [[], 'no parameter is named'],
    [['/a', '--path', '/b'], '--path and names are one too many'],
    [['/a', '--version', 'x'], "--version must be a number from 1, got 'x'"],
    [['/a', '/b', '--label', 'l'], '--label needs one name'],
    [['/a', '--version', '1', '--label', 'l'], 'one too many'],
    [['/a b'], 'got \'/a b\''],
  ])('%j is wrong usage', async (args, message) => {
    expect(await config('get', ...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
  });
});

describe('put', () => {
  test('shows a plan, asks, writes; then what replaces what', async () => {
    const created = await world.config(['put', '/app/db/host', 'h1', '--description', 'where it is'], { keys: 'y\r' });
    expect(created).toMatchObject({ code: 0, stdout: 'created, version 1\n' });
    expect(created.stderr).toMatch(/^put \/app\/db\/host: a new String\n {2}type +String\n {2}description +where it is\n {2}value +"h1"\n/);
    const updated = await config('put', '/app/db/host', 'h2', '--yes', '--json');
    expect(updated.json()).toEqual({ name: '/app/db/host', version: 2, change: 'updated' });
    expect(updated.stderr).toMatch(/^put \/app\/db\/host: replaces version 1, a String, written .* ago by arn:.*\n {2}value {2}"h1" -> "h2"\n$/);
    const versions = (await config('history', '/app/db/host', '--json')).json<{ versions: object[] }>().versions;
    expect(versions[0]).toMatchObject({ version: 2, description: 'where it is' });
    expect(await config('put', '/app/db/host', 'h2', '--yes')).toMatchObject({ code: 0, stdout: 'unchanged, version 2\n', stderr: '' });
    expect(await config('put', '/app/db/host', 'h2', '--description', '', '--yes')).toMatchObject({ stdout: 'updated, version 3\n' });
  });

  test('a secret is asked for, and never shown', async () => {
    await world.put('/app/db/password', 'hunter1', { ...SECURE, KeyId: 'alias/mine' });
    const answers = [[/Value of/, 'hunter2\r'], [/\(y\/N\)/, 'y\r']] as const;
    const { code, stdout, stderr } = await world.config(['put', '/app/db/password'], { answers });
    expect([code, stdout]).toEqual([0, 'updated, version 2\n']);
    expect(stderr).toContain('******** -> ********');
    expect(stderr).not.toContain('hunter');
    expect(await world.value('/app/db/password')).toBe('hunter2');
    const { versions } = (await config('history', '/app/db/password', '--json')).json<{ versions: object[] }>();
    expect(versions[0]).toMatchObject({ type: 'SecureString', keyId: 'alias/mine' });
  });

  test('warns of a secret on the command line', async () => {
    const { code, stderr } = await config('put', '/app/db/password', 'hunter2', '--secure', '--yes');
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^warning: the secret stands on the command line/)]);
    expect(stderr).not.toContain('hunter2');
  });

  test('from a file, from standard input; the last newline is left out', async () => {
    const file = join(folder, 'value');
    writeFileSync(file, 'two\nlines\n');
    await config('put', '/app/new', '--file', file, '--yes');
    expect(await world.value('/app/new')).toBe('two\nlines');
    await config('put', '/app/new', '--file', file, '--keep-newline', '--yes');
    expect(await world.value('/app/new')).toBe('two\nlines\n');
    await world.config(['put', '/app/new', '-', '--yes'], { stdin: 'piped\n' });
    expect(await world.value('/app/new')).toBe('piped');
    writeFileSync(file, Buffer.from([0xff, 0xfe]));
    const refused = async (name: string) => (await config('put', '/app/new', '--file', name, '--yes')).stderr;
    expect(await refused(file)).toContain('no text in UTF-8');
    expect(await refused(join(folder, 'none'))).toContain('ENOENT');
  });

  test('a value that begins with - comes last, after --', async () => {
    expect(await config('put', '/app/new', '--yes', '--', '-5')).toMatchObject({ code: 0, stdout: 'created, version 1\n' });
    expect(await world.value('/app/new')).toBe('-5');
  });

  test('what comes from outside cannot reach the terminal as a command', async () => {
    await world.put('/app/new', 'a\u001b[2Jb', { Description: 'x\u202ey' });
    const { stderr } = await config('put', '/app/new', 'c', '--description', 'z', '--yes');
    expect(stderr).toContain('"a\\u{1b}[2Jb" -> "c"');
    expect(stderr).toContain('x\\u{202e}y -> z');
    expect((await config('get', '/app/new', '/app/new:1')).stdout).toBe('/app/new = c\n/app/new:1 = a\\u{1b}[2Jb\n');
  });

  test('type, tier, pattern, tags', async () => {
    const tags = ['--tag', 'team=web', 'x='];
    await config('put', '/app/list', 'a,b', '--type', 'StringList', '--tier', 'Advanced', '--allowed-pattern', '^a', ...tags, '--yes');
    const { versions } = (await config('history', '/app/list', '--json')).json<{ versions: object[] }>();
    expect(versions[0]).toMatchObject({ type: 'StringList', tier: 'Advanced', allowedPattern: '^a' });
    const refused = await config('put', '/app/list', 'hunter2', '--yes');
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('does not match its allowedPattern') });
  });

  test.each([
    [['/app/new', 'v'], 'pass --yes'],
    [['/app/new', '--yes'], 'a value is missing'],
    [['/app/new', 'v', '--file', 'f', '--yes'], 'a value and --file are one too many'],
    [['/app/new', 'v', '--tag', 'x', '--yes'], "--tag must be key=value, got 'x'"],
    [['/app/new', 'v', '--secure', '--type', 'String', '--yes'], '--secure is --type SecureString'],
    [['/app/new', 'v', '--policies', '{}', '--yes'], '--policies must be a JSON array'],
    [['/app/new', 'v', '--type', 'Text'], "argument 'Text' is invalid"],
    [['/app/new:3', 'v', '--yes'], 'without version or label'],
  ])('%j is wrong usage', async (args, message) => {
    expect(await config('put', ...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
    expect(await world.value('/app/new')).toBeUndefined();
  });

  test('leaves what exists alone with --no-overwrite', async () => {
    await world.put('/app/new', 'v');
    const { code, stderr } = await config('put', '/app/new', 'w', '--no-overwrite', '--yes');
    expect([code, stderr]).toEqual([2, expect.stringContaining('exists, with version 1')]);
  });
});

describe('delete', () => {
  test('names, after a plan', async () => {
    await world.put('/app/db/host', 'h');
    const refused = await world.config(['delete', '/app/db/host', '/app/none'], { keys: 'n\r' });
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^delete 1 parameter:\n {2}- \/app\/db\/host {2}String +1 version so far\n {2}= \/app\/none +not there\n/);
    expect(await world.value('/app/db/host')).toBe('h');
    const { json } = await config('delete', '/app/db/host', '/app/none', '--yes', '--json');
    expect(json()).toEqual({ deleted: ['/app/db/host'], missing: ['/app/none'] });
    expect(await config('delete', '/app/db/host', '--yes')).toMatchObject({ code: 3, stdout: '', stderr: 'not there: /app/db/host\n' });
  });

  test('a path, more than a page', async () => {
    for (let i = 0; i < 23; i += 1) await world.put(`/gone/p${i}`, 'v');
    await world.put('/gonewest/p', 'v');
    expect(await config('delete', '--path', '/gone', '--yes')).toMatchObject({ code: 0, stdout: '23 parameters deleted\n' });
    expect(await world.value('/gonewest/p')).toBe('v');
    expect(await config('delete', '--path', '/gone', '--yes')).toMatchObject({ code: 3 });
  });
});

test('history, newest first', async () => {
  await world.put('/app/db/host', 'h1');
  await world.put('/app/db/host', 'h2');
  const { stdout, stderr } = await config('history', '/app/db/host', '--values', '--limit', '1');
  expect(stdout).toMatch(/^version +written +type +by +labels +value\n2 +\d{4}-.*Z +String +arn:\S+ +h2\n$/);
  expect(stderr).toBe('1 older version not shown: raise --limit\n');
  expect(await config('history', '/app/none')).toMatchObject({ code: 3 });
  expect(await config('history', '/app/none', '--limit', '0')).toMatchObject({ code: 2 });
});
