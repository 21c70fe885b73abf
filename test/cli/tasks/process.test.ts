import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { cli } from '../terminal';
import { startWorld, type Computer, type TasksWorld } from './world';

/** As npm installs it: made by `npm run bundle`, which `npm test` runs first. */
const COMMAND = join(__dirname, '../../../build/cli/index.js');

jest.setTimeout(60_000); // processes begin, on a machine that may be busy

let world: TasksWorld;
beforeAll(async () => { world = await startWorld(); });
beforeEach(() => world.reset());
afterAll(() => world.close());

const running = new Set<ChildProcess>();
afterEach(() => {
  for (const { pid } of running) {
    try {
      process.kill(-pid!, 'SIGKILL'); // with the command that it runs
    } catch { /* both have ended */ }
  }
  running.clear();
});

/** In a session of its own, so that there is no terminal whose signals the command has already. */
function start({ env, output }: Computer, script: string, args: readonly string[] = []) {
  const all = [COMMAND, 'tasks', 'run', '--path', output, ...args, '--', process.execPath, '-e', script];
  const child = spawn(process.execPath, all, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  running.add(child);
  const written = once(child.stdout, 'data') as Promise<[Buffer]>;
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number | null, string | null]>]);
  return {
    child,
    /** Once the command has written something, or is no more. */
    begun: () => Promise.race([written, ended]),
    ended: ended.then(([stdout, stderr, [code, signal]]) => ({ code, signal, stdout, stderr })),
  };
}

/** Waits for signals; writes each into a file, and ends at the first. */
const waiting = (file: string, exitCode: number) => `
  const fs = require('fs');
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']) process.on(signal, () => {
    fs.appendFileSync(${JSON.stringify(file)}, signal + '\\n');
    setTimeout(() => process.exit(${exitCode}), 300);
  });
  console.log('begun');
  setInterval(() => {}, 1000);`;

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const;

test.each(SIGNALS)('%s reaches the command once; its exit code is kept, its files are pushed', async (signal) => {
  const computer = world.computer();
  const run = start(computer, waiting(join(computer.output, 'signals'), 42));
  await run.begun();
  run.child.kill(signal);
  expect(await run.ended).toMatchObject({ code: 42, signal: null, stdout: 'begun\n', stderr: expect.stringContaining('1 added') });
  expect(readFileSync(join(computer.output, 'signals'), 'utf8')).toBe(`${signal}\n`);
});

test('a command that a signal ends gives 128 and its number', async () => {
  const run = start(world.computer(), 'console.log("begun"); setInterval(() => {}, 1000)');
  await run.begun();
  run.child.kill('SIGTERM');
  expect(await run.ended).toMatchObject({ code: 143, signal: null });
});

test('the command has the streams to itself', async () => {
  const run = start(world.computer(), `
    process.stdin.on('data', (data) => process.stdout.write(data.toString().toUpperCase()));
    process.stdin.on('end', () => console.error('its own'));`);
  run.child.stdin.end('given');
  const { code, stdout, stderr } = await run.ended;
  expect([code, stdout]).toEqual([0, 'GIVEN']);
  expect(stderr.split('\n').filter((line) => line !== '' && !line.startsWith('cache-tiers: '))).toEqual(['its own']);
});

test('a signal while folders are pulled ends it before the command begins', async () => {
  const computer = world.computer();
  const asked = new Promise<void>((resolve) => world.s3.intercept(() => {
    resolve();
    return true; // and is not answered
  }));
  const run = start(computer, `require('fs').writeFileSync(${JSON.stringify(join(computer.output, 'begun'))}, '')`);
  await asked;
  run.child.kill('SIGTERM');
  expect(await run.ended).toMatchObject({ code: 143, stdout: '', stderr: expect.stringMatching(/^cache-tiers: stopped: .* was not begun\n$/) });
  expect(computer.read()).toEqual({});
});

test('a signal while folders are pushed ends that, and the exit code is the command\'s', async () => {
  const computer = world.computer();
  const run = start(computer, `require('fs').writeFileSync(${JSON.stringify(join(computer.output, 'made'))}, 'made'); process.exit(6)`);
  world.s3.intercept(({ method }) => {
    if (method !== 'PUT') return false;
    run.child.kill('SIGINT');
    return true;
  });
  expect(await run.ended).toMatchObject({ code: 6, stderr: expect.stringMatching(/\ncache-tiers: stopped: not everything was pushed\n$/) });
});

test('a reader of standard error that has left does not end the command', async () => {
  const computer = world.computer();
  const file = join(computer.output, 'made');
  const run = start(computer, `console.log('begun'); require('fs').writeFileSync(${JSON.stringify(file)}, 'made'); process.exitCode = 3`);
  const closed = once(run.child, 'close') as Promise<[number]>;
  run.ended.catch(() => undefined); // its reader says that it has left
  run.child.stderr.destroy();
  expect(await closed).toEqual([3, null]);
  expect(readFileSync(file, 'utf8')).toBe('made');
});

test('help of every command has its options, its examples, and what to set', async () => {
  const help = async (...args: string[]) => {
    const { code, stdout, stderr } = await cli([...args, '--help']);
    expect([code, stderr]).toEqual([0, '']);
    return stdout;
  };
  expect(await help()).toMatch(/\n {2}tasks \[options\] +results of tasks/);
  const group = await help('tasks');
  const variables = ['SCOPE', 'READ_SCOPES', 'NAMESPACE', 'MODE', 'BUCKET', 'S3_ENDPOINT', 'FOLDER', 'SWITCHES'];
  for (const name of variables) expect(group).toContain(`$TASK_CACHE_${name}`);
  for (const command of ['run', 'pull', 'push', 'status', 'explain', 'plan', 'clear', 'invalidate', 'epoch', 'gc', 'enable', 'disable', 'verify']) {
    expect(group).toMatch(new RegExp(`\\n {2}${command} `));
    const shown = await help('tasks', command);
    expect(shown).toMatch(/\nGlobal Options:\n {2}--scope <name> /);
    expect(shown).toContain(`\nExamples:\n  cache-tiers tasks ${command}`);
  }
});

test('shells complete its commands and options', async () => {
  const { stdout } = await cli(['completion', 'bash']);
  for (const word of ['invalidate', 'epoch', '--read-scopes', '--mode', '--downstream', '--repair', '--strict']) expect(stdout).toContain(word);
});
