import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { S3ObjectStore } from '../../../runtime/stores/s3-object-store';
import { TaskStorage } from '../../../runtime/tasks/storage/task-storage';
import { startWorld, SWITCHES, type Computer, type TasksWorld } from './world';

let world: TasksWorld;
beforeAll(async () => { world = await startWorld(); });
beforeEach(() => world.reset());
afterAll(() => world.close());

const key = (name: string) => Buffer.from(name).toString('hex').padEnd(64, '0');

interface Kept {
  readonly id: string;
  readonly parts?: Record<string, string>;
  readonly params?: Record<string, unknown>;
  readonly requires?: readonly string[];
  readonly epoch?: string;
}

/** Keeps results in the bucket, as a runner does. */
async function keep(results: Readonly<Record<string, Kept>>): Promise<void> {
  for (const [name, { id, parts = {}, params = {}, requires = [], epoch }] of Object.entries(results)) {
    const remote = new S3ObjectStore({ ...world.s3.clientConfig, bucket: world.s3.bucket });
    const storage = TaskStorage.open({ env: {}, mode: 'remote:rw', parts: { remote }, strict: true });
    await storage.refresh();
    await storage.keep({
      key: key(name), validity: () => epoch === undefined ? { kind: 'forever' } : { kind: 'epoch', name: epoch }, duration: 2500,
      requires: requires.map(key), mark: storage.mark(),
      body: { id, family: id.split('_')[0]!, version: '1', params, parts, value: { secret: 'value of the task' }, producer: { run: 'run-7' } },
    });
    await storage.close();
    remote.close();
  }
}

const operator = (variables?: Readonly<Record<string, string>>) => world.computer({ TASK_CACHE_MODE: 'remote:rw', ...variables });

async function withFolder(): Promise<Computer> {
  const computer = operator();
  computer.write({ 'Make/a.json': '{"a":1}', 'Make/b.json': '{}' });
  await computer.folders('push');
  return computer;
}

describe('status', () => {
  test('says how places, results, folders and switches stand', async () => {
    await keep({ a: { id: 'Read_a' }, b: { id: 'Make_b', epoch: 'stacks' } });
    await withFolder();
    await world.parameters.model.call('PutParameter', { Name: SWITCHES, Type: 'String', Value: '{"tasks":{"Delete*":false}}', Overwrite: true });
    const { code, stdout, stderr } = await world.computer({ TASK_CACHE_SWITCHES: SWITCHES }).tasks(['status']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp([
      'scope {6}main', 'namespace {2}default', 'mode {7}local:rw,remote:rw', `switches {3}${SWITCHES}: Delete\\* off, others on`, '',
      'local main: .*, read and written', ' {2}revision {2}0', ' {2}results {3}0', ' {2}size {6}0 B', '',
      'remote main: s3://test-bucket/v1/main/default/?, read and written', ' {2}revision {2}3, last push .* ago', ' {2}results {3}2, 2 of them may be reused',
      ' {2}size {6}\\d+ B', ' {2}folder {2}files {2}bytes {2,}pushed', ' {2}output {6}2 {4}9 B {2}.* ago',
      ' {2}family {2}results {2}reusable {2}bytes {2,}newest', ' {2}Make .* ago', ' {2}Read .* ago\\n$',
    ].join('\\n')));
  });

  test('is one document for programs', async () => {
    await withFolder();
    expect((await operator().tasks(['status', '--json'])).json()).toEqual({
      scope: 'main', readScopes: [], namespace: 'default', mode: 'remote:rw',
      places: [{
        tier: 'remote', scope: 'main', place: expect.stringContaining('s3://test-bucket/'), reads: true, writes: true, revision: 1, records: 0, valid: 0,
        bytes: 9, lastPush: expect.stringMatching(/^\d{4}-.*Z$/), folders: [{ name: 'output', files: 2, bytes: 9, pushed: expect.any(String) }],
        families: [], epochs: {}, cleared: 0, condemned: 0,
      }],
    });
  });

  test('tells the rest where something cannot be asked, and fails', async () => {
    const { code, stdout } = await world.computer({ TASK_CACHE_S3_ENDPOINT: 'http://127.0.0.1:1', TASK_CACHE_SWITCHES: '/none' }).tasks(['status']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/\nswitches {3}\/none: unknown: .*ParameterNotFound/);
    expect(stdout).toMatch(/\nlocal main: .*\n {2}revision {2}0\n[^]*\nremote main: .*\n {2}unknown: .*ECONNREFUSED.*; check --endpoint/);
  });
});

describe('explain', () => {
  test('a task: where its result comes from, and what has changed', async () => {
    await keep({
      a: { id: 'Read_a' },
      b: { id: 'Make_x', params: { region: 'eu-west-1' }, parts: { 'param.region': '1', version: '2' }, requires: ['a'] },
      c: { id: 'Make_x', params: { region: 'us-east-1' }, parts: { 'param.region': '3', version: '2' }, requires: ['a'] },
    });
    for (const what of ['Make_x', 'Make']) {
      const { code, stdout, stderr } = await operator().tasks(['explain', what]);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^task {7}Make_x\nmade {7}.* ago, took 2\.5 s\n/);
      expect(stdout).toMatch(/\nparameter {2}region = us-east-1\nmade by {4}run = run-7\nmade from {2}Read_a\n/);
      expect(stdout).toMatch(/\nchanged since the result before it, of .* ago:\n {2}param\.region: eu-west-1 → us-east-1\n$/);
      expect(stdout).not.toContain('value of the task');
    }
    const document = (await operator().tasks(['explain', 'Make_x', '--json'])).json();
    expect(document).toMatchObject({
      task: 'Make_x', changes: [{ part: 'param.region', before: 'eu-west-1', after: 'us-east-1' }],
      results: [{ key: key('c'), durationMs: 2500, requires: ['Read_a'], params: { region: 'us-east-1' } }, { key: key('b') }],
    });
    expect(JSON.stringify(document)).not.toContain('value of the task');
  });

  test('a family: its tasks', async () => {
    await keep({ a: { id: 'Read_a' }, b: { id: 'Read_b' } });
    const { code, stdout } = await operator().tasks(['explain', 'Read']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^task {4}made .*\nRead_[ab] .* yes\nRead_[ab] .* yes\n$/)]);
    const asJson = (await operator().tasks(['explain', 'Read', '--json'])).json();
    expect(asJson).toMatchObject({ task: 'Read', results: [{ family: 'Read' }, { family: 'Read' }] });
  });

  test('a folder, or a path in it: what is different here', async () => {
    const computer = await withFolder();
    computer.write({ 'Make/a.json': '{"a":2}', 'New/c.json': '' });
    rmSync(join(computer.output, 'Make/b.json'));
    const { code, stdout, stderr } = await computer.tasks(['explain', computer.output]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^folder {3}output\nhere {5}\/.*output\nkept in {2}s3:\/\/.*: 2 files, 9 B, pushed .* ago, [0-9a-f]{16}\n\n/);
    const changes = '  changed here  Make/a.json\n  deleted here  Make/b.json\n  new here      New/c.json\n';
    expect(stdout.slice(stdout.indexOf('since'))).toBe(`since the last pull or push:\n${changes}`);
    expect((await computer.tasks(['explain', join(computer.output, 'Make/a.json'), '--json'])).json()).toMatchObject({
      folder: 'output', within: 'Make/a.json', difference: { paths: [{ path: 'Make/a.json', here: 'changed' }], unchanged: 0 },
    });
  });

  test('exits with 3 if there is nothing of that name', async () => {
    const { code, stdout, stderr } = await operator().tasks(['explain', 'nothing']);
    expect([code, stdout, stderr]).toEqual([3, '', 'nothing: there is no task of that id or family, and no folder of that name\n']);
  });
});

describe('clear', () => {
  test('asks, and forgets everything', async () => {
    const computer = await withFolder();
    await keep({ a: { id: 'Read_a' } });
    expect(await computer.tasks(['clear'])).toMatchObject({ code: 2, stdout: '' });
    expect(await computer.tasks(['clear'], { keys: 'n\r' })).toMatchObject({ code: 1, stderr: expect.stringMatching(/nothing was done\n$/) });
    const { code, stdout, stderr } = await computer.tasks(['clear'], { keys: 'y\r' });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^clear all results and folders in s3:\/\/test-bucket\//);
    expect(stdout).toMatch(/^cleared s3:\/\/test-bucket\/\S+: 1 result, 1 folder, \d+ B; now revision 3\n$/);
    const again = (await computer.tasks(['clear', '--yes', '--json'])).json();
    expect(again).toMatchObject({ cleared: [{ tier: 'remote', records: 0, folders: 0, revision: 4 }] });
    expect((await computer.folders('pull')).stdout).toContain('the cache has no such folder yet');
  });
});

test('invalidate: what a pattern says, after a look', async () => {
  await keep({ a: { id: 'Read_a' }, b: { id: 'Make_b', requires: ['a'] } });
  const plan = await operator().tasks(['invalidate', 'Read*', '--downstream', '--dry-run']);
  expect(plan).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^would invalidate in s3:\S+: 2 tasks, 0 folders\n {2}Make_b\n {2}Read_a\n$/) });
  const done = await operator().tasks(['invalidate', 'Read*', '--json']);
  expect(done.json()).toMatchObject({ dryRun: false, invalidated: [{ tasks: ['Read_a'], folders: [] }] });
  const { code, stdout, stderr } = await operator().tasks(['invalidate', 'Read*']);
  expect([code, stdout, stderr]).toEqual([3, '', expect.stringMatching(/^nothing is what the pattern says/)]);
});

test('epoch: begins a new one', async () => {
  await keep({ a: { id: 'Read_a', epoch: 'stacks' } });
  expect(await operator().tasks(['epoch', 'stacks'])).toMatchObject({
    code: 0, stderr: '', stdout: expect.stringMatching(/^a new epoch stacks in s3:\S+: 1 result of before; now revision 2\n$/),
  });
  expect((await operator().tasks(['epoch', 'stacks', '--json'])).json()).toMatchObject({ epoch: 'stacks', begun: [{ tier: 'remote', revision: 3 }] });
});

test('gc: in two steps', async () => {
  const computer = await withFolder();
  await computer.tasks(['clear', '--yes']);
  const young = await computer.tasks(['gc']);
  expect(young).toMatchObject({ code: 0, stderr: '' });
  expect(young.stdout).toMatch(/^s3:\S+: 2 objects, .*\n {2}dropped {4}0 .*\n {2}deleted {4}0 objects, 0 B\n {2}condemned {2}0 objects/);
  for (const { modified } of world.s3.objects().values()) modified.setTime(Date.now() - 2 * 86_400_000);
  const dry = await computer.tasks(['gc', '--dry-run']);
  expect(dry.stdout).toMatch(/\n {2}would be deleted {4}0 objects, 0 B\n {2}would be condemned {2}2 objects, /);
  const { places } = (await computer.tasks(['gc', '--json'])).json<{ places: object[] }>();
  expect(places).toMatchObject([{ tier: 'remote', objects: 2, condemned: 2, deleted: 0, dropped: 0, failures: [], unreadable: [] }]);
  expect((await computer.tasks(['status', '--json'])).json()).toMatchObject({ places: [{ condemned: 2 }] });
});

describe('verify', () => {
  test('says that all is as it should be', async () => {
    const computer = await withFolder();
    expect(await computer.tasks(['verify'])).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^s3:\S+: 2 objects, 9 B: all as they should be\n$/) });
  });

  test('lists what is damaged, fails, and takes it off if asked', async () => {
    const computer = await withFolder();
    for (const [name, object] of world.s3.objects()) if (name.includes('/objects/')) object.body.fill(0);
    const { code, stdout } = await computer.tasks(['verify']);
    expect([code, stdout]).toEqual([1, expect.stringMatching(/: 1 damaged or missing\n {2}objects\/[0-9a-f]{64}: has .*; of the folder output\n$/)]);
    const repaired = await computer.tasks(['verify', '--repair', '--json']);
    expect(repaired.code).toBe(1);
    expect(repaired.json()).toMatchObject({ repair: true, places: [{ damaged: [{ folders: ['output'], tasks: [] }], removed: ['output'] }] });
    expect((await computer.tasks(['verify'])).code).toBe(0);
  });

  test('says of a manifest that is damaged what becomes of it', async () => {
    const computer = await withFolder();
    for (const [name, object] of world.s3.objects()) if (name.endsWith('/manifest')) object.body.fill(0);
    expect(await computer.tasks(['verify'])).toMatchObject({
      code: 1, stderr: expect.stringMatching(/^error: the manifest is none: .*; the next run, pull or push that may write there begins it anew; /),
    });
    await computer.folders('push');
    expect((await computer.tasks(['verify'])).code).toBe(0);
  });
});

test('enable and disable: read, change, write', async () => {
  await world.parameters.model.call('PutParameter', { Name: '/test/other', Type: 'String', Value: '{}' });
  const computer = operator({ TASK_CACHE_SWITCHES: '/test/other' });
  const said = async (...args: string[]) => {
    const { code, stdout, stderr } = await computer.tasks(args);
    expect(code).toBe(0);
    return stdout + stderr;
  };
  expect(await said('enable')).toBe('everything was on already\n');
  expect(await said('disable', 'Delete*')).toBe('Delete* is off now\n');
  expect(await said('disable')).toBe('everything is off now\n');
  expect(await said('enable', 'Delete*')).toMatch(/^Delete\* is on now\nwarning: everything is off, so this is as well/);
  expect((await computer.tasks(['enable', '--json'])).json()).toEqual({
    parameter: '/test/other', changed: true,
    before: { tasks: { 'Delete*': true }, enabled: false }, after: { tasks: { 'Delete*': true }, enabled: true },
  });
});

test('nothing in a manifest reaches the terminal as a command', async () => {
  await keep({ a: { id: 'Read_\u001b[31mred', params: { '\u001b[2J': '\u009b2J' }, parts: { x: '1' } } });
  const shown = await Promise.all([['status'], ['explain', 'Read*'], ['explain', 'Read*', '--json'], ['invalidate', 'Read*', '--dry-run']]
    .map(async (args) => { const { stdout, stderr } = await operator().tasks(args); return stdout + stderr; }));
  expect(shown.join('')).toContain('Read_');
  expect(shown.join('')).not.toMatch(/[\u001b\u009b]/);
});

test.each<[string, readonly string[], Record<string, string>, string]>([
  ['nothing is written', ['clear', '--yes'], { TASK_CACHE_MODE: 'remote:r' }, 'the mode has nothing that is written to'],
  ['no parameter', ['disable', 'A'], {}, 'no parameter with switches is named: pass --switches, or set TASK_CACHE_SWITCHES'],
  ['no bucket', ['status', '--mode', 'remote:r'], { TASK_CACHE_BUCKET: '' }, "mode asks for the remote tier, got 'remote:r', and no bucket is named"],
  ['an age that is none', ['gc', '--max-age', '7'], {}, "--max-age must be a number with a unit such as 12h or 7d, got '7'"],
  ['a number of bytes that is none', ['gc', '--max-bytes', '1GB'], {}, "--max-bytes must be a whole number from 1, got '1GB'"],
  ['no pattern', ['invalidate'], {}, "missing required argument 'pattern'"],
  ['an empty pattern', ['invalidate', ''], {}, 'patterns must name what to invalidate'],
  ['an empty epoch', ['epoch', ''], {}, "the epoch must have a name, got ''"],
  ['a scope that cannot be one', ['status', '--read-scopes', 'main,a/b'], {}, 'readScopes (or TASK_CACHE_READ_SCOPES) must be 1 to 63 letters'],
])('%s is wrong usage', async (_, args, env, message) => {
  const { code, stdout, stderr } = await operator(env).tasks(args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(`error: ${message}`);
  expect(stderr).not.toContain('    at ');
});
