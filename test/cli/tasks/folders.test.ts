import { rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { startWorld, type TasksWorld } from './world';

let world: TasksWorld;
beforeAll(async () => { world = await startWorld(); });
beforeEach(() => world.reset());
afterAll(() => world.close());

const FILES = { 'ProvisionStackTask/a.json': '{"a":1}', 'ProvisionStackTask/b.json': '{"b":2}', 'DeletePortfolio/c.json': '{}' };

async function pushed(files: Readonly<Record<string, string>> = FILES) {
  const computer = world.computer();
  computer.write(files);
  expect(await computer.folders('push')).toMatchObject({ code: 0, stderr: '' });
  return computer;
}

test('what one computer has pushed, another pulls', async () => {
  const first = world.computer();
  first.write(FILES);
  const push = await first.folders('push');
  expect(push).toMatchObject({ code: 0, stderr: '' });
  expect(push.stdout).toMatch(/output: pushed 3 files, 16 B: 3 added, 0 changed, 0 removed; \d+ B to remote main\n$/);

  const second = world.computer();
  const pull = await second.folders('pull');
  expect(pull).toMatchObject({ code: 0, stderr: '' });
  expect(pull.stdout).toMatch(/output: pulled 3 files, 16 B: 3 written \(16 B\); from remote main\n$/);
  expect(second.read()).toEqual(FILES);
});

test('nothing is done twice: what has not changed is one conditional read', async () => {
  await pushed();
  const computer = world.computer();
  await computer.folders('pull');
  world.s3.requests.length = 0;
  expect((await computer.folders('pull')).stdout).toMatch(/output: up to date \(3 files, 16 B\)\n$/);
  expect(world.s3.requests.map(({ method, url }) => `${method} ${url.replace(/\?.*/, '')}`)).toEqual(['GET /test-bucket/v1/main/default/manifest']);
  expect((await computer.folders('push')).stdout).toMatch(/output: nothing to push \(3 files, 16 B\)\n$/);
});

test('is one document for programs', async () => {
  const computer = await pushed();
  const pull = await world.computer().folders('pull', ['--json']);
  expect(pull.json()).toEqual({
    dryRun: false, folders: [{
      direction: 'pull', path: expect.stringMatching(/output$/), name: 'output', outcome: 'restored', sources: [{ tier: 'remote', scope: 'main' }], files: 3,
      bytes: 16, written: 3, bytesWritten: 16, deleted: 0, refused: [], damaged: [], kept: [], failures: [], rejected: [],
    }],
  });
  computer.write({ 'ProvisionStackTask/a.json': '{"a":2}' });
  rmSync(join(computer.output, 'DeletePortfolio'), { recursive: true });
  expect((await computer.folders('push', ['--json'])).json()).toMatchObject({
    folders: [{ direction: 'push', outcome: 'stored', added: 0, changed: 1, removed: 1, places: [{ tier: 'remote', scope: 'main' }], conflicts: [] }],
  });
});

test('an empty cache is no failure', async () => {
  expect((await world.computer().folders('pull', ['--strict'])).stdout).toMatch(/output: nothing to pull: the cache has no such folder yet\n$/);
});

test('a folder that is not there is no failure, and is told of', async () => {
  const { code, stdout } = await world.computer().folders('push', ['--strict']);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/output: nothing to push: there is no such folder here, or no file in it\n$/) });
});

test('what was deleted here stays in the cache if that is asked for', async () => {
  const computer = await pushed();
  rmSync(join(computer.output, 'DeletePortfolio'), { recursive: true });
  expect((await computer.folders('push', ['--keep-deleted'])).stdout).toContain('nothing to push');
  const other = world.computer();
  await other.folders('pull');
  expect(other.read()).toEqual(FILES);
});

test('what was changed here stays, unless it is to be overwritten', async () => {
  await pushed();
  const computer = world.computer();
  computer.write({ 'ProvisionStackTask/a.json': 'mine' });
  const pull = await computer.folders('pull');
  expect(pull.code).toBe(0);
  expect(pull.stderr).toMatch(/^warning: .*output: changed here and in the cache; those here stay: ProvisionStackTask\/a\.json\n$/);
  expect(computer.read()['ProvisionStackTask/a.json']).toBe('mine');
  await computer.folders('pull', ['--overwrite']);
  expect(computer.read()).toEqual(FILES);
});

test('temporary files of Luigi, and those that are named, are left out', async () => {
  await pushed({ ...FILES, 'ProvisionStackTask/a.json-luigi-tmp-1234567890': 'half', 'x.log': 'log' });
  const computer = world.computer();
  await computer.folders('pull');
  expect(Object.keys(computer.read())).toEqual([...Object.keys(FILES), 'x.log'].sort());
  computer.write({ 'y.log': 'log' });
  expect((await computer.folders('push', ['--ignore', '*.log'])).stdout).not.toContain('1 added');
});

test('plan says what both would do, and does nothing', async () => {
  await pushed();
  const computer = world.computer();
  computer.write({ 'ShareTask/d.json': '{}' });
  const before = computer.read();
  const writes = world.s3.requests.filter(({ method }) => method === 'PUT').length;
  const plan = await computer.folders('plan');
  expect(plan).toMatchObject({ code: 0, stderr: '' });
  expect(plan.stdout).toMatch(/output: would pull 3 files, 16 B: 3 written; from remote main\n.*output: would push 1 file, 2 B: 1 added, 0 changed, 0 removed\n$/);
  expect((await computer.folders('plan', ['--json'])).json()).toMatchObject({
    folders: [{ name: 'output', pull: { outcome: 'restored', written: 3 }, push: { outcome: 'stored', added: 1 } }],
  });
  expect((await computer.folders('pull', ['--dry-run'])).stdout).toContain('would pull 3 files');
  expect(computer.read()).toEqual(before);
  expect(world.s3.requests.filter(({ method }) => method === 'PUT')).toHaveLength(writes);
});

test('several folders, each with its name', async () => {
  const computer = await pushed();
  const other = join(computer.output, '..', 'other');
  const args = ['--path', computer.output, '--path', other, '--name', 'first', '--name', 'second', '--json'];
  expect((await computer.tasks(['push', ...args])).json()).toMatchObject({ folders: [{ name: 'first', outcome: 'stored' }, { name: 'second' }] });
  const status = await computer.tasks(['status', '--mode', 'remote:r', '--json']);
  expect(status.json<{ places: { folders: { name: string }[] }[] }>().places[0].folders.map(({ name }) => name)).toEqual(['output', 'first']);
});

test('a scope reads others, and writes its own only', async () => {
  await pushed();
  const request = world.computer({ TASK_CACHE_SCOPE: 'pull-request', TASK_CACHE_READ_SCOPES: 'main' });
  expect((await request.folders('pull')).stdout).toContain('from remote main');
  request.write({ 'New/d.json': '{}' });
  expect((await request.folders('push')).stdout).toMatch(/1 added, .* to remote pull-request\n$/);
  const main = world.computer();
  await main.folders('pull');
  expect(main.read()).toEqual(FILES);
});

test('what is switched off is neither pulled nor pushed', async () => {
  await pushed();
  await world.parameters.model.call('PutParameter', { Name: '/test/off', Type: 'String', Value: '{"tasks":{"Delete*":false}}' });
  const computer = world.computer({ TASK_CACHE_SWITCHES: '/test/off' });
  await computer.folders('pull');
  expect(Object.keys(computer.read())).toEqual(['ProvisionStackTask/a.json', 'ProvisionStackTask/b.json']);
  expect((await computer.folders('pull', ['--mode', 'remote:w'])).stdout).toContain('not pulled: switched off, or the mode reads nothing');
  expect((await computer.folders('push', ['--mode', 'remote:r'])).stdout).toContain('not pushed: switched off, or the mode writes nothing');
});

test('--touch gives files the time of the pull; without it they have the one that they were pushed with', async () => {
  const computer = await pushed();
  const time = (of: typeof computer) => statSync(join(of.output, 'ProvisionStackTask/a.json')).mtimeMs;
  computer.write({ 'ProvisionStackTask/a.json': '{"changed":true}' });
  utimesSync(join(computer.output, 'ProvisionStackTask/a.json'), 1_600_000_000, 1_600_000_000);
  await computer.folders('push');
  const [dated, touched] = [world.computer(), world.computer()];
  await dated.folders('pull');
  await touched.folders('pull', ['--touch']);
  expect(Math.floor(time(dated))).toBe(1_600_000_000_000);
  expect(time(touched)).toBeGreaterThan(1_700_000_000_000);
});

describe('a cache that fails', () => {
  const broken = (computer = world.computer({ TASK_CACHE_S3_ENDPOINT: 'http://127.0.0.1:1' })) => computer;

  test.each(['pull', 'push'])('%s is a warning', async (command) => {
    const computer = broken();
    computer.write(FILES);
    const { code, stdout, stderr } = await computer.folders(command);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/output: not (pull|push)ed\n$/)]);
    expect(stderr).toMatch(/^warning: the cache is done without: cannot refresh in s3:\/\/test-bucket\/\S+: .*ECONNREFUSED.*; check --endpoint, --region/);
    expect(stderr).not.toContain('    at ');
    expect((await computer.folders(command, ['--json'])).json()).toMatchObject({ folders: [{ outcome: 'failed', failures: [expect.any(String)] }] });
  });

  test.each(['pull', 'push', 'plan'])('%s is a failure if it has to be strict', async (command) => {
    const computer = broken();
    computer.write(FILES);
    const { code, stdout, stderr } = await computer.folders(command, command === 'plan' ? [] : ['--strict']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error: .*ECONNREFUSED.*\n$/);
  });

  test('a damaged object is left out, and said', async () => {
    await pushed();
    for (const [key, object] of world.s3.objects()) if (key.includes('/objects/')) object.body.fill(0);
    const computer = world.computer();
    const { code, stderr } = await computer.folders('pull');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^warning: .* in s3:\/\/\S+ is not used: /);
    expect(computer.read()).toEqual({});
    expect((await computer.folders('pull', ['--strict'])).code).toBe(1);
  });
});
