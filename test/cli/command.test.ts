import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createMemoizer } from '../../runtime/memoize';
import { startDynamoDb, type DynamoDbServer } from '../support/dynamodb-server';
import { startFaultProxy } from '../support/fault-proxy';
import { cli } from './terminal';

/** As npm installs it: made by `npm run bundle`, which `npm test` runs first. */
const COMMAND = join(__dirname, '../../build/cli/index.js');

let server: DynamoDbServer;
beforeAll(async () => { server = await startDynamoDb(); });
afterAll(() => server.close());

function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const env = { ...process.env, ...server.environment, ...environment };
  return spawn(process.execPath, [COMMAND, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function finish(child: ReturnType<typeof start>) {
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number]>]);
  return { code, stdout, stderr };
}

test('works as a process of its own, by the client\'s environment', async () => {
  const memoizer = createMemoizer({ table: server.tableName, ...server.clientConfig, budget: '5s' });
  const cached = memoizer((id: string) => ({ id }), { name: 'load' });
  await cached('a');
  await memoizer.settled();
  memoizer.close();
  expect(await finish(start(['memo', 'peek', 'load', '--args', '["a"]']))).toMatchObject({ code: 0, stdout: "{ id: 'a' }\n" });
  expect(await finish(start(['memo', 'flush', '--yes']))).toMatchObject({ code: 0, stdout: 'flushed everything\n' });
  expect(await finish(start(['memo', 'peek', 'load', '--args', '["a"]', '--json']))).toMatchObject({ code: 3, stderr: '' });
  expect(await finish(start(['memo', 'flush']))).toMatchObject({ code: 2, stdout: '' });
});

test.each([['SIGINT', 130], ['SIGTERM', 143]] as const)('%s ends it with %i', async (signal, code) => {
  const proxy = await startFaultProxy({ upstream: server });
  await proxy.set('silent');
  const child = start(['memo', 'stats'], proxy.access.environment);
  const finished = finish(child);
  while (proxy.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill(signal);
  expect(await finished).toEqual({ code, stdout: '', stderr: 'stopped\n' });
  await proxy.close();
});

test('a reader that leaves is no error', () => {
  const { stdout, stderr } = spawnSync('bash', ['-c', `"${process.execPath}" "${COMMAND}" --help | head -n 1`], { encoding: 'utf8' });
  expect([stdout, stderr]).toEqual(['Usage: cache-tiers [options] [command]\n', '']);
});

test('help names every command, the examples and the exit codes', async () => {
  const help = (...args: string[]) => cli([...args, '--help']).then(({ code, stdout, stderr }) => {
    expect([code, stderr]).toEqual([0, '']);
    return stdout;
  });
  expect(await help()).toMatch(/\nExamples:\n[^]*\nExit codes:\n {2}0 {4}done\n/);
  for (const command of ['flush', 'peek', 'delete', 'stats']) {
    expect(await help('memo')).toContain(`\n  ${command} `);
    expect(await help('memo', command)).toMatch(/\nGlobal Options:\n {2}-t, --table <name> [^]*\nExamples:\n {2}cache-tiers memo /);
  }
});

test('what few commands need is not loaded before they run', () => {
  const folder = dirname(COMMAND);
  const loaded = new Set<string>();
  const load = (file: string) => {
    if (loaded.has(file)) return;
    loaded.add(file);
    const text = readFileSync(file, 'utf8');
    for (const [, path] of text.matchAll(/(?:from|import)"(\.[^"]+)"/g)) load(join(dirname(file), path));
  };
  load(join(folder, 'start.mjs'));
  const size = (files: Iterable<string>) => [...files].reduce((sum, file) => sum + statSync(file).size, 0);
  expect(size(loaded)).toBeLessThan(250_000);
  expect(size([COMMAND])).toBeLessThan(100_000); // read whole each time that a key asks for completion
  const textOf = (files: Iterable<string>) => [...files].map((file) => readFileSync(file, 'utf8')).join('\n');
  const all = textOf(readdirSync(join(folder, 'chunks')).map((name) => join(folder, 'chunks', name)));
  for (const text of ['react.element', 'sso-session', 'maintNotifications']) { // the tree's library, the SDK's chain of credentials, Redis's client
    expect(all).toContain(text);
    expect(textOf([...loaded, COMMAND])).not.toContain(text);
  }
});

test('the version is the package\'s', async () => {
  const { version } = jest.requireActual<{ version: string }>('../../package.json');
  expect(spawnSync(process.execPath, [COMMAND, '--version'], { encoding: 'utf8' })).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
});
