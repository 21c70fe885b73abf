import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { hasRedisServer } from '../../support/redis-server';
import { cli } from '../terminal';
import { PASSWORD, startWorld, type LiveWorld } from './world';

/** As npm installs it: made by `npm run bundle`, which `npm test` runs first. */
const COMMAND = join(__dirname, '../../../build/cli/index.js');

jest.setTimeout(60_000); // processes begin, on a machine that may be busy

let world: LiveWorld;
beforeAll(async () => { world = await startWorld(); });
beforeEach(() => world.reset());
afterAll(() => world.close());

async function finish(child: ReturnType<typeof start>) {
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number]>]);
  return { code, stdout, stderr };
}

function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const env = { ...process.env, ...world.env, ...environment };
  return spawn(process.execPath, [COMMAND, 'live', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

test('works as a process of its own, by the environment of a function, and ends by itself', async () => {
  const { identity } = await world.writer.store({ scope: 'a', key: 1 }, [3000]);
  expect(await finish(start(['ls', '--scope', 'a']))).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(`\n${identity.id} `) });
  expect(await finish(start(['status']))).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('test-bucket: 1 object, 3.0 KB\n') });
  expect(await finish(start(['purge', '--all', '--yes']))).toMatchObject({ code: 0, stdout: expect.stringMatching(/^purged 1 result/) });
  expect(await finish(start(['inspect', identity.id]))).toMatchObject({ code: 3, stdout: '' });
});

test('Ctrl-C ends the wait for an index that does not answer', async () => {
  const silent = createServer();
  const asked = new Promise<Socket>((resolve) => silent.once('connection', resolve));
  await once(silent.listen(0, '127.0.0.1'), 'listening');
  const child = start(['ls', '--index-url', `redis://127.0.0.1:${(silent.address() as AddressInfo).port}`]);
  const finished = finish(child);
  const socket = await asked;
  child.kill('SIGINT');
  expect(await finished).toEqual({ code: 130, stdout: '', stderr: 'stopped\n' });
  socket.destroy();
  silent.close();
});

test('help of every command has its options, its examples, and what to set', async () => {
  const help = async (...args: string[]) => {
    const { code, stdout, stderr } = await cli([...args, '--help']);
    expect([code, stderr]).toEqual([0, '']);
    return stdout;
  };
  expect(await help()).toMatch(/\n {2}live \[options\] +cached query results: /);
  const group = await help('live');
  for (const variable of ['LIVE_INDEX_URL', 'LIVE_BUCKET', 'LIVE_NAMESPACE', 'LIVE_KEY_SECRET', 'LIVE_S3_ENDPOINT', 'LIVE_INDEX_SECRET']) {
    expect(group).toContain(`$${variable}`);
  }
  for (const command of ['status', 'ls', 'inspect', 'invalidate', 'purge', 'rotate-key']) {
    expect(group).toMatch(new RegExp(`\\n {2}${command} `));
    const text = await help('live', command);
    expect(text).toMatch(/\nGlobal Options:\n {2}--index-url <url> /);
    expect(text).toContain(`\nExamples:\n  cache-tiers live ${command}`);
  }
});

test('shells complete its commands and options', async () => {
  const { stdout } = await cli(['completion', 'bash']);
  for (const word of ['rotate-key', 'invalidate', '--index-url', '--key-secret', '--scope-json', '--dry-run']) expect(stdout).toContain(word);
});

describe('errors', () => {
  const without = (...names: string[]) => Object.fromEntries(names.map((name) => [name, '']));
  test.each<[string, readonly string[], Record<string, string>, string]>([
    ['no index', ['ls'], without('LIVE_INDEX_URL'), 'no index is named: pass --index-url, or set LIVE_INDEX_URL'],
    ['an empty index', ['ls', '--index-url', ''], {}, '--index-url is empty'],
    ['an index that is none', ['ls', '--index-url', 'http://u:pass-7@host'], {},
      "--index-url must be redis://host:port, or rediss://host:port for TLS, got 'http://…@host'"],
    ['a namespace that cannot be one', ['ls', '--namespace', 'a b'], {}, "--namespace must be up to 63 letters, digits, '_' and '-'"],
    ['no bucket', ['purge', '--all', '--yes'], without('LIVE_BUCKET'), 'no bucket is named: pass --bucket, or set LIVE_BUCKET'],
    ['no keys for a tag', ['invalidate', '--tag', 'a'], without('LIVE_KEY_SECRET'), 'no secret with master keys is named: pass --key-secret, or set'],
    ['no keys for a scope', ['ls', '--scope', 'a'], without('LIVE_KEY_SECRET'), 'no secret with master keys is named'],
    ['no keys to rotate', ['rotate-key', '--yes'], without('LIVE_KEY_SECRET'), 'no secret with master keys is named'],
    ['two scopes', ['ls', '--scope', 'a', '--scope-json', '1'], {}, '--scope and --scope-json name two scopes'],
    ['a scope that is no JSON', ['ls', '--scope-json', '{a}'], {}, "--scope-json must be JSON such as '{\"tenant\":7}', got '{a}'"],
    ['a limit that is no number', ['ls', '--limit', 'all'], {}, "--limit must be a whole number from 1, got 'all'"],
    ['nothing to invalidate', ['invalidate'], {}, 'nothing is named: give --tag, --dataset, --scope, or --all'],
    ['all and something', ['invalidate', '--all', '--tag', 'a', '--yes'], {}, '--all has everything in it: leave out the others'],
    ['a dataset without a name', ['invalidate', '--dataset', '=v2'], {},
      "--dataset must be a name, or a name and its version such as sales.orders=snapshot-42, got '=v2'"],
    ['a tag that is none', ['invalidate', '--tag', ''], {}, "tags[0] must be a name, a text that is not empty, got ''"],
    ['nothing to purge', ['purge', '--yes'], {}, 'nothing is named: give --scope, or --all'],
    ['an unknown option', ['ls', '--scop', 'a'], {}, "unknown option '--scop'"],
  ])('%s is wrong usage', async (_, args, env, message) => {
    const { code, stdout, stderr } = await world.live(args, { env });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`error: ${message}`);
    expect(stderr).not.toContain('pass-7');
    expect(stderr).not.toContain('    at ');
  });

  (hasRedisServer ? test : test.skip)('a password on the command line gets a warning, and is never shown', async () => {
    const url = world.redis.url.replace('//', `//:${PASSWORD}@`);
    const { code, stdout, stderr } = await world.live(['status', '--index-url', url], { env: { LIVE_INDEX_SECRET: '' } });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^warning: a password on the command line is in the shell's history/);
    expect(stdout + stderr).not.toContain(PASSWORD);
    const quiet = await world.live(['status'], { env: { LIVE_INDEX_SECRET: '', LIVE_INDEX_URL: url } });
    expect([quiet.code, quiet.stderr]).toEqual([0, '']);
    expect(quiet.stdout).not.toContain(PASSWORD);
  });

  (hasRedisServer ? test : test.skip)('of index, bucket and keys are one line with what to do', async () => {
    const index = await world.live(['ls'], { env: { LIVE_INDEX_SECRET: '' } });
    expect(index).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^error: index: .*NOAUTH.*\n$/) });
    const away = await world.live(['ls', '--index-url', 'redis://127.0.0.1:1'], { env: { LIVE_INDEX_SECRET: '' } });
    expect(away).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: index: .*ECONNREFUSED.*; check --index-url, and whether .*\n$/) });
    const bucket = await world.live(['purge', '--all', '--yes', '--bucket', 'other']);
    expect(bucket).toMatchObject({ code: 1, stderr: expect.stringMatching(/error: .*NoSuchBucket.*; check --bucket, --key-secret and --region\n$/) });
    const keys = await world.live(['rotate-key', '--yes', '--key-secret', `${world.keySecret.arn}x`]);
    expect(keys).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: .*ResourceNotFoundException.*; check --bucket, --key-secret and --region\n$/) });
  });

  test('nothing in the index reaches the terminal as a command', async () => {
    await world.redis.command('HSET', 'lc:{test}:e:\u001b[31mred', 'j', '{}', 'a', '\u001b[2J', 's', '\u001b]0;title');
    await world.redis.command('PEXPIRE', 'lc:{test}:e:\u001b[31mred', '60000');
    const { stdout, stderr } = await world.live(['ls']);
    expect(stdout + stderr).not.toContain('\u001b');
  });
});
