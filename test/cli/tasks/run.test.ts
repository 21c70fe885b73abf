import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { startWorld, type Computer, type TasksWorld } from './world';

jest.setTimeout(60_000); // commands begin, on a machine that may be busy

let world: TasksWorld;
beforeAll(async () => { world = await startWorld(); });
beforeEach(() => world.reset());
afterAll(() => world.close());

/** A command that writes a file, which says what it found, and ends as it is told. */
function command({ output }: Computer, exitCode = 0, file = 'made.txt'): string[] {
  const script = `const fs = require('fs');
    const found = fs.readdirSync(${JSON.stringify(output)}).sort().join();
    fs.writeFileSync(${JSON.stringify(join(output, file))}, found);
    process.exit(${exitCode});`;
  return ['--', process.execPath, '-e', script];
}

test('pulls, runs, pushes', async () => {
  const first = world.computer();
  first.write({ 'a.txt': 'a' });
  expect(await first.folders('run', command(first))).toMatchObject({ code: 0, stdout: '' });
  const second = world.computer();
  const { code, stdout, stderr } = await second.folders('run', command(second, 0, 'second.txt'));
  expect([code, stdout]).toEqual([0, '']);
  expect(stderr).toMatch(/^cache-tiers: \S+output: pulled 2 files, .*\ncache-tiers: \S+output: pushed 3 files, .*: 1 added, .*\n$/);
  expect(second.read()).toEqual({ 'a.txt': 'a', 'made.txt': 'a.txt', 'second.txt': 'a.txt,made.txt' });
});

test('keeps the exit code, and pushes all the same', async () => {
  const first = world.computer();
  const { code, stderr } = await first.folders('run', command(first, 7));
  expect([code, stderr]).toEqual([7, expect.stringMatching(/1 added/)]);
  const second = world.computer();
  await second.folders('pull');
  expect(Object.keys(second.read())).toEqual(['made.txt']);
});

test('a command that a signal ends has 128 and its number', async () => {
  const computer = world.computer();
  const kill = ['--', process.execPath, '-e', 'process.kill(process.pid, "SIGKILL")'];
  expect((await computer.folders('run', kill)).code).toBe(137);
});

test('options after -- are the command\'s', async () => {
  const computer = world.computer();
  const file = join(computer.output, 'args.json');
  const script = `require('fs').writeFileSync(${JSON.stringify(file)}, JSON.stringify(process.argv.slice(1)))`;
  expect((await computer.folders('run', ['--', process.execPath, '-e', script, '--', '--json', '-j4', '', '--path=x'])).code).toBe(0);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(['--json', '-j4', '', '--path=x']);
});

test('127 if there is no such command, 126 if it cannot be run; then nothing is pushed', async () => {
  const computer = world.computer();
  computer.write({ 'script.sh': '#!/bin/sh\n' });
  const none = await computer.folders('run', ['--', 'no-such-command-here', '-x']);
  expect(none).toMatchObject({ code: 127, stdout: '', stderr: expect.stringMatching(/\nerror: no-such-command-here: there is no such command\n$/) });
  const file = join(computer.output, 'script.sh');
  writeFileSync(file, '#!/bin/sh\n', { mode: 0o644 });
  expect(await computer.folders('run', ['--', file])).toMatchObject({ code: 126, stderr: expect.stringMatching(/it cannot be run: .*EACCES/) });
  expect(world.s3.requests.filter(({ method }) => method === 'PUT')).toEqual([]);
});

test('with --json one document at the end says what was done', async () => {
  const computer = world.computer();
  const { code, stdout, stderr } = await computer.folders('run', ['--json', ...command(computer, 3)]);
  expect([code, stdout]).toEqual([3, '']);
  expect(JSON.parse(stderr)).toMatchObject({
    command: [process.execPath, '-e', expect.any(String)], exitCode: 3,
    folders: [{ direction: 'pull', name: 'output', outcome: 'empty' }, { direction: 'push', outcome: 'stored', added: 1 }],
  });
});

describe('a cache that fails', () => {
  const ran = (computer: Computer) => Object.keys(computer.read()).includes('made.txt');

  test('refuses: the command runs, and its exit code is kept', async () => {
    const computer = world.computer({ TASK_CACHE_S3_ENDPOINT: 'http://127.0.0.1:1' });
    for (const exitCode of [0, 5]) {
      const { code, stderr } = await computer.folders('run', command(computer, exitCode));
      expect([code, ran(computer)]).toEqual([exitCode, true]);
      expect(stderr).toMatch(/^cache-tiers: warning: the cache is done without: .*ECONNREFUSED.*\ncache-tiers: \S+: not pulled\ncache-tiers: \S+: not pushed\n$/);
    }
  });

  test('is silent: the command runs, and its exit code is kept', async () => {
    const silent = createServer((socket) => socket.resume());
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const computer = world.computer({ TASK_CACHE_S3_ENDPOINT: `http://127.0.0.1:${(silent.address() as AddressInfo).port}` });
    const { code, stderr } = await computer.folders('run', ['--timeout', '200ms', ...command(computer, 5)]);
    expect([code, ran(computer)]).toEqual([5, true]);
    expect(stderr).toMatch(/^cache-tiers: warning: the cache is done without: .*200 ms/);
    expect(stderr).toMatch(/: not pushed\n$/);
    await new Promise((resolve) => silent.close(resolve));
  });

  test('falls silent in the middle: what was pulled by then is no hindrance', async () => {
    const first = world.computer();
    first.write(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`${i}.bin`, String(i).repeat(1000)])));
    await first.folders('push');
    const computer = world.computer();
    world.s3.fail({ of: ({ url }) => url.includes('/objects/'), trouble: { kind: 'silence' } });
    const { code } = await computer.folders('run', ['--timeout', '200ms', ...command(computer, 4)]);
    expect([code, ran(computer)]).toEqual([4, true]);
  });

  test('has no credentials: the command runs', async () => {
    const computer = world.computer({ AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' });
    const { code } = await computer.folders('run', command(computer));
    expect([code, ran(computer)]).toEqual([0, true]);
  });

  test('the switches cannot be read: the command runs', async () => {
    const computer = world.computer({ TASK_CACHE_SWITCHES: '/none' });
    const { code, stderr } = await computer.folders('run', command(computer));
    expect([code, ran(computer)]).toEqual([0, true]);
    expect(stderr).toContain('ParameterNotFound');
    expect(stderr).toMatch(/: nothing to pull: .*\ncache-tiers: \S+: pushed 1 file/);
  });

  test('with --strict the command is not begun', async () => {
    const computer = world.computer({ TASK_CACHE_S3_ENDPOINT: 'http://127.0.0.1:1' });
    const { code, stderr } = await computer.folders('run', ['--strict', ...command(computer)]);
    expect([code, ran(computer)]).toEqual([1, false]);
    expect(stderr).toMatch(/^error: .*ECONNREFUSED.*; check --endpoint, --region and the network/);
  });

  test('with --strict a push that fails is a failure, but the command\'s own is kept', async () => {
    for (const [exitCode, expected] of [[0, 1], [9, 9]] as const) {
      world.reset();
      const computer = world.computer();
      world.s3.fail({ of: ({ method }) => method === 'PUT', trouble: { kind: 'refusal', status: 403, code: 'AccessDenied' } });
      const { code, stderr } = await computer.folders('run', ['--strict', ...command(computer, exitCode)]);
      expect([code, ran(computer)]).toEqual([expected, true]);
      expect(stderr).toMatch(/\nerror: .*AccessDenied/);
    }
  });
});

test('is stopped before the command begins', async () => {
  const computer = world.computer();
  const stop = new AbortController();
  world.s3.intercept(() => {
    stop.abort();
    return true;
  });
  const { code, stderr } = await computer.folders('run', command(computer), { signal: stop.signal });
  expect([code, stderr]).toEqual([130, `cache-tiers: stopped: ${process.execPath} was not begun\n`]);
  expect(computer.read()).toEqual({});
});

test.each<[string, readonly string[], string]>([
  ['no command', [], "missing required argument 'command'"],
  ['an empty command', ['--', ''], 'the command is empty: give its name after --'],
  ['a path in another', ['--path', 'out', '--path', './out/in', '--', 'make'], "--path './out/in' lies in --path 'out', which is kept as a whole"],
  ['options before --', ['make', '-j4'], "unknown option '-j4'"],
  ['an empty path', ['--path', '', '--', 'make'], '--path is empty: give a folder'],
  ['two folders of one name', ['--path', 'a/x', '--path', 'b/x', '--', 'make'], "two paths are called 'x' in the cache"],
  ['more names than paths', ['--name', 'a', '--name', 'b', '--', 'make'], '--name is given 2 times and --path 1 times'],
  ['a timeout that is none', ['--timeout', 'soon', '--', 'make'], "--timeout must be a number with a unit such as 90s or 5m, or 0, got 'soon'"],
  ['a mode that is none', ['--mode', 'all', '--', 'make'], "mode must be such as 'local:rw,remote:r'"],
  ['a scope that is none', ['--scope', 'a/b', '--', 'make'], 'scope (or TASK_CACHE_SCOPE) must be 1 to 63 letters'],
  ['an empty option', ['--bucket', '', '--', 'make'], '--bucket is empty'],
])('%s is wrong usage, and nothing is run', async (_, args, message) => {
  const { code, stdout, stderr } = await world.computer().tasks(['run', ...args]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(`error: ${message}`);
});
