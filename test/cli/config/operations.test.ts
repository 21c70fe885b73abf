import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { listen } from '../../support/dynamodb-server';
import { startParameterStore } from '../../support/parameter-store';
import { startConfigWorld, type ConfigWorld } from './world';

let world: ConfigWorld;
beforeEach(async () => { world = await startConfigWorld(); });
afterEach(() => world.close());

const config = (...args: string[]) => world.config(args);
const iso = (time: number) => new Date(time).toISOString();

describe('list', () => {
  beforeEach(async () => {
    await world.put('/app/db/host', 'h');
    await world.put('/app/db/password', 'p', { Type: 'SecureString' });
    await world.put('/apple/pie', 'x'); // in no namespace
    await world.put('/shared/host', 'h');
  });

  test('names, by path, by type, by parts', async () => {
    expect(await config('list')).toMatchObject({ code: 0, stdout: '/app/db/host\n/app/db/password\n/shared/host\n', stderr: '' });
    expect((await config('list', '/app/db')).stdout).toBe('/app/db/host\n/app/db/password\n');
    expect((await config('list', '--type', 'SecureString')).stdout).toBe('/app/db/password\n');
    expect((await config('list', '--fuzzy', 'db pass', '--limit', '1')).stdout).toBe('/app/db/password\n');
    const long = (await config('list', '/app', '--long')).stdout;
    expect(long).toMatch(/^name +version +type +written +by\n\/app\/db\/host +1 +String +\d{4}-\S+Z +arn:/);
    expect((await config('list', '/nowhere'))).toMatchObject({ code: 0, stdout: '', stderr: 'no parameters\n' });
    expect((await config('list', '/shared', '--json')).json()).toMatchObject({
      ageMs: expect.any(Number), parameters: [{ name: '/shared/host', version: 1, type: 'String', lastModified: expect.stringMatching(/Z$/) }],
    });
  });

  test('own changes are seen at once, before the handlers know', async () => {
    await config('list');
    await config('put', '/app/new', 'v', '--yes');
    await config('delete', '/shared/host', '--yes');
    expect((await config('list')).stdout).toBe('/app/db/host\n/app/db/password\n/app/new\n');
    await world.settle();
    expect((await config('list')).stdout).toBe('/app/db/host\n/app/db/password\n/app/new\n');
  });

  test('without network the copy, and its age', async () => {
    await config('list');
    const env = { AWS_ENDPOINT_URL_SSM: 'http://127.0.0.1:1', AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1' };
    const { code, stdout, stderr } = await world.config(['list', '/app'], { env });
    expect([code, stdout]).toEqual([0, '/app/db/host\n/app/db/password\n']);
    expect(stderr).toMatch(/^the names are of .* ago: .*ECONNREFUSED.*; check --region and the network/);
    const offline = await world.config(['list', '/app', '--offline'], { env });
    expect(offline).toMatchObject({ code: 0, stdout, stderr: expect.stringMatching(/^the names are of .* ago\n$/) });
    const elsewhere = await world.config(['list'], { env: { ...env, CACHE_TIERS_HOME: join(world.home, 'other') } });
    expect(elsewhere).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('ECONNREFUSED') });
  });
});

test('sync says what it has read, and asks for a reconciliation', async () => {
  await world.put('/app/a', '1');
  expect((await config('sync')).stdout).toMatch(/^1 name, 1 changed; full read of 1 row \(/);
  expect((await config('sync', '--json')).json()).toMatchObject({ kind: 'incremental', names: 1, changed: 0, reconciling: false });
  expect((await config('sync', '--full')).stdout).toMatch(/^1 name, \d changed; full read/);
  expect(await config('sync', '--reconcile')).toMatchObject({ code: 0, stderr: expect.stringContaining('a reconciliation was asked for') });
  expect(world.queues.sentTo('reconciler').map(({ MessageBody }) => MessageBody)).toEqual(['{}']);
});

describe('audit', () => {
  beforeEach(async () => {
    await world.put('/app/a', 'one');
    await world.put('/app/secret', 'hunter2', { Type: 'SecureString' });
    await world.put('/app/a', 'two');
    await world.remove('/app/a');
  });

  test('newest first; of one name, of a path, with values', async () => {
    const { code, stdout } = await config('audit', '/app/a', '--values');
    expect(code).toBe(0);
    expect(stdout.split('\n').map((line) => line.replace(/^\S+ +/, '').replace(/ +by arn:.*?(?= {2}|$)/, ''))).toEqual([
      expect.stringMatching(/^DeleteParameter {2}\/app\/a/), 'PutParameter  /app/a  version 2  String  value two',
      'PutParameter  /app/a  version 1  String  value one', '',
    ]);
    const all = await config('audit', '--prefix', '/app', '--values', '--oldest-first');
    expect(all.stdout.split('\n')).toHaveLength(5);
    expect(all.stdout).toContain('value ********');
    expect(all.stdout).not.toContain('hunter2');
    const limited = await config('audit', '--prefix', '/app', '--limit', '1');
    expect(limited).toMatchObject({ stdout: expect.stringMatching(/^[^\n]*DeleteParameter[^\n]*\n$/), stderr: expect.stringContaining('more than 1') });
  });

  test('one line of JSON each', async () => {
    const { stdout } = await config('audit', '--since', iso(world.time - 90_000), '--json');
    const lines = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as { action: string; time: string });
    expect(lines.map(({ action }) => action)).toEqual(['DeleteParameter', 'PutParameter']);
    expect(lines[0]?.time).toMatch(/Z$/);
  });

  test.each([
    [['/a', '--prefix', '/b'], 'one too many'],
    [['--since', 'yesterday'], "--since must be a time such as 2026-03-01T12:00:00Z, 1767225600 or '2h ago', got 'yesterday'"],
    [['--limit', 'x'], '--limit must be a whole number from 1'],
    [['--prefix', 'app'], 'prefix must be a path'],
  ])('%j is wrong usage', async (args, message) => {
    expect(await config('audit', ...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
  });

  test('a footprint without a log says so', async () => {
    await world.put('/cache-tiers/footprints/bare', JSON.stringify({ version: 1, namespaces: ['/app'], cacheTable: 'names' }));
    const bare = await config('audit', '/app/a', '--footprint', 'bare');
    expect(bare).toMatchObject({ code: 1, stderr: expect.stringContaining('has no audit log') });
    const none = await world.config(['audit', '/app/a'], { env: { CONFIG_FOOTPRINT: '' } });
    expect(none).toMatchObject({ code: 2, stderr: 'error: no footprint is named: pass --footprint, or set CONFIG_FOOTPRINT\n' });
  });
});

describe('restore', () => {
  let then: number;
  beforeEach(async () => {
    await world.put('/app/a', 'one');
    await world.put('/app/secret', 'hunter1', { Type: 'SecureString' });
    await world.put('/app/gone', 'g');
    then = world.time;
    await world.put('/app/a', 'two');
    await world.put('/app/secret', 'hunter2', { Type: 'SecureString' });
    await world.remove('/app/gone');
    await world.put('/app/later', 'l');
  });

  test('a path to an instant: plan, question, apply, verify', async () => {
    const { code, stdout, stderr } = await world.config(['restore', '--prefix', '/app', '--time', iso(then)], { keys: 'y\r' });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^3 done, 1 skipped; verified: 3 same, 1 skipped\n$/)]);
    expect(stderr).toContain(`restore /app to ${iso(then)}, in 123456789012 us-east-1, footprint\n      main:\n`);
    expect(stderr).toMatch(/\n {2}~ \/app\/a +String +changed\n {6}version 1 of \S+ over version 2\n {2}\+ \/app\/gone +String +deleted\n/);
    for (const line of stderr.split('Change 3')[0]!.split('\n').slice(1, -1)) expect(line.length).toBeLessThanOrEqual(80);
    expect(stderr).toContain('3 to write, 0 to delete, 0 to label, 1 left alone');
    expect(stderr).not.toContain('hunter');
    const values = await Promise.all(['/app/a', '/app/secret', '/app/gone', '/app/later'].map((name) => world.value(name)));
    expect(values).toEqual(['one', 'hunter1', 'g', 'l']);
  });

  test('a plan in a file, carried out later; nothing twice', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plans-'));
    const file = join(folder, 'plan.ndjson');
    const planned = await config('restore', '--prefix', '/app', '--time', iso(then), '--remove-later', '--plan', file);
    expect(planned).toMatchObject({ code: 0, stdout: `written to ${file}: restore --apply carries it out\n` });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toMatch(/hunter|"one"/);
    expect(await world.value('/app/a')).toBe('two');
    const again = await config('restore', '--prefix', '/app', '--time', iso(then), '--plan', file);
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('exists already') });

    const applied = await config('restore', '--apply', file, '--yes', '--json');
    expect(applied.code).toBe(0);
    const lines = applied.stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as object);
    expect(lines.at(-1)).toEqual({ summary: { applied: { done: 4 }, verified: { same: 4 } } });
    expect(await world.value('/app/later')).toBeUndefined();
    expect((await config('restore', '--apply', file, '--yes', '--no-verify')).stdout).toBe('4 already\n');
    rmSync(folder, { recursive: true });
  });

  test('one parameter to a version, also of before it was deleted', async () => {
    expect(await config('restore', '/app/a', '--version', '1', '--yes')).toMatchObject({ code: 0, stdout: '1 done; verified: 1 same\n' });
    expect(await world.value('/app/a')).toBe('one');
    expect(await config('restore', '/app/gone', '--version', '1', '--yes')).toMatchObject({ code: 0 });
    expect(await world.value('/app/gone')).toBe('g');
    expect(await config('restore', '/app/a', '--version', '9', '--yes')).toMatchObject({ code: 3, stderr: expect.stringContaining('version 9') });
    const same = await config('restore', '/app/later', '--time', iso(world.time), '--yes');
    expect(same).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing to do') });
  });

  test('a dry run changes nothing', async () => {
    const line = ['restore', '--prefix', '/app', '--time', iso(then), '--dry-run'];
    expect(await config(...line)).toMatchObject({ code: 0, stdout: 'nothing was done: --dry-run\n' });
    const { stdout } = await config(...line, '--json');
    expect(JSON.parse(stdout.split('\n')[0]!)).toMatchObject({ format: 'cache-tiers-restore-plan', footprint: 'main' });
    expect(await world.value('/app/a')).toBe('two');
  });

  test('Ctrl-C says how to go on', async () => {
    const interrupt = new AbortController();
    world.store.model.intercept({ after: ({ operation }) => { if (operation === 'PutParameter') interrupt.abort(); } });
    const { code, stderr } = await world.config(['restore', '--prefix', '/app', '--time', iso(then), '--yes'], { signal: interrupt.signal });
    expect(code).toBe(130);
    expect(stderr).toContain(`to go on: the same command with --time ${iso(then)}\n`);
    expect(stderr).toMatch(/stopped\n$/);
  });

  test.each([
    [[], 'nothing is named'],
    [['/a', '--prefix', '/b', '--time', '1h'], "leave out one of '/a' and --prefix"],
    [['/a'], '--time is missing'],
    [['/a', '--time', '1h', '--version', '1'], 'leave out one of --version and --time'],
    [['--prefix', '/a', '--version', '1'], '--version is of one parameter'],
    [['--apply', 'f', '--time', '1h'], '--apply has its plan in a file: leave out --time'],
    [['--prefix', '/elsewhere', '--time', '1h', '--yes'], 'prefix must be in the footprint\'s namespaces'],
    [['/a', '--time', '1h', '--oldest-labels', 'x'], '--oldest-labels must be keep or remove'],
  ])('%j is wrong usage', async (args, message) => {
    expect(await config('restore', ...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
  });
});

describe('replay', () => {
  test('the state at an instant, from the log alone', async () => {
    await world.put('/app/a', 'one');
    await world.put('/app/secret', 'hunter2', { Type: 'SecureString' });
    const then = world.time;
    await world.put('/app/a', 'two');
    const { code, stdout, stderr } = await config('replay', '--time', iso(then), '--prefix', '/app', '--values');
    expect([code, stderr]).toEqual([0, `2 parameters at ${iso(then)}\n`]);
    expect(stdout).toMatch(/^\/app\/a {2}version 1 {2}String {2}\S+ {2}one\n\/app\/secret {2}version 1 {2}SecureString {2}\S+ {2}\*{8}\n$/);
    const all = (await config('replay', '--json')).stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as { name: string; version: number });
    expect(all.map(({ name, version }) => `${name} ${version}`).sort()).toEqual(['/app/a 2', '/app/secret 1']);
  });

  test('builds the table of names', async () => {
    await world.put('/app/a', 'one');
    expect((await config('replay', '--rebuild-cache', '--dry-run', '--json')).json()).toMatchObject({ dryRun: true, names: 1, restored: 0 });
    await world.dynamoDb.client.send(new DeleteItemCommand({ TableName: world.tables.cache, Key: { parameter_name: { S: '/app/a' } } }));
    expect((await config('list')).stdout).toBe('');
    const { code, stdout, stderr } = await world.config(['replay', '--rebuild-cache'], { keys: 'y\r' });
    expect(code).toBe(0);
    expect(stderr).toMatch(/rebuild the table of names: 1 row of 1 name missing or wrong\n {2}\+ \/app\/a +missing +active +version 1\n/);
    expect(stdout).toMatch(/restored +1\n/);
    expect((await config('list')).stdout).toBe('/app/a\n');
  });

  test.each([
    [['--rebuild-cache', '--time', '1h'], 'leave out --time'],
    [['--dry-run'], 'are for --rebuild-cache'],
    [['--rebuild-cache'], 'pass --yes'],
  ])('%j is wrong usage', async (args, message) => {
    expect(await config('replay', ...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
  });
});

describe('promote', () => {
  beforeEach(async () => {
    await world.put('/app/staging/host', 'h2');
    await world.put('/app/staging/password', 'hunter2', { Type: 'SecureString' });
    await world.put('/app/prod/host', 'h1');
    await world.put('/app/prod/own', 'o');
  });

  test('plan, question, what was done', async () => {
    const { code, stdout, stderr } = await world.config(['promote', '/app/staging', '/app/prod', '--secrets'], { keys: 'y\r' });
    expect([code, stdout]).toEqual([0, '2 parameters written\n']);
    expect(stderr).toMatch(/promote \/app\/staging to \/app\/prod:\n {2}~ \/app\/prod\/host +String\n {6}version 1 replaced by \/app\/staging\/host/);
    expect(stderr).toContain('0 parameters unchanged, 1 only at the destination');
    expect(stderr).not.toMatch(/hunter|h2/);
    expect(await world.value('/app/prod/password')).toBe('hunter2');
    expect((await config('promote', '/app/staging', '/app/prod', '--secrets', '--yes')).stdout).toBe('0 parameters written\n');
  });

  test('secrets stay unless asked; a dry run', async () => {
    const { json } = await config('promote', '/app/staging', '/app/prod', '--dry-run', '--json');
    const skipped = { kind: 'skip', reason: expect.stringContaining('not promoted unless asked') };
    expect(json()).toMatchObject({ plan: { steps: [{ kind: 'update' }, skipped] }, outcomes: [] });
    expect(await world.value('/app/prod/host')).toBe('h1');
  });

  test('to another account, by its profile', async () => {
    const there = await startParameterStore({ account: '210987654321' });
    const both = createServer((request, response) => {
      const { authorization = '', 'x-amz-target': target = '' } = request.headers;
      void buffer(request).then((body) => fetch(authorization.includes('AKIATHERE') ? there.endpoint : world.store.endpoint, {
        method: 'POST', body, headers: { authorization, 'x-amz-target': String(target) },
      })).then(async (answer) => { response.writeHead(answer.status).end(await answer.text()); });
    });
    const profiles = join(world.home, 'profiles');
    writeFileSync(profiles, ['HERE', 'THERE'].map((name) =>
      `[${name.toLowerCase()}]\naws_access_key_id = AKIA${name}\naws_secret_access_key = secret\n`).join(''));
    const env = { AWS_SHARED_CREDENTIALS_FILE: profiles, AWS_ENDPOINT_URL_SSM: await listen(both) };
    const line = ['promote', '/app/staging', '/app/staging', '--profile', 'here', '--to-profile', 'there', '--secrets', '--yes', '--json'];
    const { code, json } = await world.config(line, { env });
    expect([code, json()]).toMatchObject([0, { outcomes: [{ outcome: 'done' }, { outcome: 'done' }] }]);
    const { Parameters } = await there.model.call('GetParameters', { Names: ['/app/staging/password'], WithDecryption: true });
    expect(Parameters).toMatchObject([{ Value: 'hunter2', ARN: expect.stringContaining(':210987654321:') }]);
    await there.close();
    both.close();
    both.closeAllConnections();
  });

  test('is refused where it leads to the same place', async () => {
    const sameRegion = await config('promote', '/app/staging', '/app/staging', '--to-region', 'us-east-1', '--yes');
    expect(sameRegion).toMatchObject({ code: 2, stderr: expect.stringContaining('parameters in common') });
  });
});

test('no value is in any file after all of it', async () => {
  const secret = 'correct-horse-battery';
  const run = async (...args: string[]) => expect(await config(...args)).toMatchObject({ code: 0 });
  await run('put', '/app/s', `${secret}-1`, '--secure', '--yes');
  await run('put', '/app/t', `${secret}-2`, '--description', 'a text', '--yes');
  await world.settle();
  const { time } = world;
  await run('list', '--long');
  await run('sync', '--full');
  await run('get', '/app/s', '/app/t');
  await run('get', '--path', '/app', '--output', 'dotenv');
  await run('history', '/app/s', '--values');
  await run('put', '/app/s', `${secret}-3`, '--yes');
  await world.put('/app/t', `${secret}-4`);
  await run('audit', '--prefix', '/app', '--values');
  await run('replay', '--values');
  await run('restore', '--prefix', '/app', '--time', iso(time), '--yes');
  await run('promote', '/app', '/shared/copy', '--secrets', '--yes');
  await run('share', '/shared/x', '/app/x', '--yes');
  await run('delete', '--path', '/app', '--yes');
  await run('metrics', 'preview');
  const files = filesOf(world.home);
  expect(files.length).toBeGreaterThan(3);
  for (const file of files) {
    const content = readFileSync(file);
    expect([file, content.includes(secret), content.includes(Buffer.from(secret).toString('base64').slice(0, 20))]).toEqual([file, false, false]);
    expect(statSync(file).mode & 0o077).toBe(0);
  }
});

function filesOf(folder: string): string[] {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true });
  return all.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
}
