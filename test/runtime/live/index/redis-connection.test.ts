import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createServer } from 'node:tls';
import { inspect } from 'node:util';
import * as redis from '@redis/client';
import { CredentialSource } from '../../../../runtime/live/index/redis-credentials';
import type { RedisClientLike } from '../../../../runtime/live/index/redis-client';
import { indexError } from '../../../../runtime/live/index/redis-errors';
import type { RedisResultIndexOptions } from '../../../../runtime/live/index/redis-options';
import { RedisResultIndex } from '../../../../runtime/live/index/redis-result-index';
import { statusOf } from '../../../../runtime/live/index/redis-status';
import { eventually } from '../../../../runtime/testing/eventually';
import { selfSigned } from '../../../support/certificate';
import { anIdentity, lead, put, roleOf } from '../../../support/contracts/result-index';
import { hasRedisServer, redisIndex, startRedis, type RedisServer } from '../../../support/redis-server';

describe('options', () => {
  test.each<[string, RedisResultIndexOptions, string]>([
    ['neither URL nor connection', {}, 'either url or connection'],
    ['a password that has an @', { url: 'redis://u:sec@ret@ho st' }, 'got \'redis://…@ho st\'; characters such as / ? # @ in a password are percent'],
    ['a password that is not encoded', { url: 'redis://u:50%secret@h' }, 'user and password in url must be percent-encoded: % is %25'],
    ['options in the URL', { url: 'redis://h?password=secret' }, 'url must have neither a query nor a fragment: options are given beside it'],
    ['another protocol', { url: 'http://u:secret@h' }, 'url must be redis://host:port, or rediss://host:port for TLS, got \'http://…@h\''],
    ['no URL', { url: 'h:6379' }, 'got \'h:6379\''],
    ['a path', { url: 'redis://h/a' }, 'number of a database and nothing else, got \'/a\''],
    ['a namespace with blanks', { url: 'redis://h', namespace: 'a b' }, 'namespace must be up to 63 letters, digits, \'_\' and \'-\', got \'a b\''],
    ['a name with blanks', { url: 'redis://h', name: 'a b' }, 'name must be characters of ASCII without blanks, got \'a b\''],
    ['no time', { url: 'redis://h', timeout: 0 }, 'timeout must be longer than nothing'],
    ['no duration', { url: 'redis://h', connectTimeout: 'x' as '1s' }, 'connectTimeout must be milliseconds'],
  ])('fails for %s', (_, options, message) => {
    expect(() => new RedisResultIndex(options)).toThrow(message);
  });

  test('a password is in no message', () => {
    for (const url of ['http://u:secret@h', 'redis://u:secret@', 'redis://u:secret@h/x']) {
      expect(() => new RedisResultIndex({ url })).toThrow(expect.objectContaining({ message: expect.not.stringContaining('secret') }));
    }
  });

  test('nor in what a server says that does not know how to take one', () => {
    const error = indexError(new Error('ERR unknown command \'AUTH\', with args beginning with: \'user\' \'secret\' '), 'connecting');
    expect([error.failure, error.message]).toEqual(['request', 'index: connecting failed: ERR unknown command \'AUTH\'']);
    expect(inspect(error)).not.toContain('secret');
  });

  test('without the package, it is said what to install', async () => {
    const missing = () => Promise.reject(Object.assign(new Error('Cannot find module'), { code: 'MODULE_NOT_FOUND' }));
    const index = new RedisResultIndex({ url: 'redis://127.0.0.1:1', load: missing });
    const message: unknown = expect.stringContaining('install it beside cdk-cache-tiers');
    await expect(index.connect()).rejects.toMatchObject({ failure: 'request', message });
    await index.close();
  });
});

test('what a server tells of itself, each with fields of its own', () => {
  expect(statusOf('# Server\r\nredis_version:7.4.0\r\ndragonfly_version:df-v2.0.0\r\nuptime_in_seconds:7\r\nused_memory:12\r\nmaxmemory:34\r\n'))
    .toEqual({ server: 'dragonfly 2.0.0', usedBytes: 12, maxBytes: 34, uptimeSeconds: 7 });
  expect(statusOf('redis_version:7.2.4\nvalkey_version:8.1.0\nmaxmemory:0\nrejected_connections:-1\nmaxmemory_policy:allkeys-lru'))
    .toEqual({ server: 'valkey 8.1.0', evictionPolicy: 'allkeys-lru' });
  expect(statusOf('redis_version:7.0.15\nconnected_clients:3\nrejected_connections:2'))
    .toEqual({ server: 'redis 7.0.15', clients: 3, refusedConnections: 2 });
  expect(statusOf('')).toEqual({ server: 'redis of no known version' });
});

describe('credentials', () => {
  test('are read once, again after a refusal, and not more often than every ten seconds', async () => {
    let [now, reads] = [1000, 0];
    const source = new CredentialSource(async () => ({ password: `p${reads += 1}` }), () => now);
    expect(await Promise.all([source.get(), source.get()])).toEqual([{ password: 'p1' }, { password: 'p1' }]);
    source.refused();
    expect(await source.get()).toEqual({ password: 'p1' });
    now += 10_000;
    expect(await source.get()).toEqual({ password: 'p1' });
    source.refused();
    expect(await source.get()).toEqual({ password: 'p2' });
    source.refused();
    expect(await source.get()).toEqual({ password: 'p2' });
  });

  test('that could not be read are read again', async () => {
    let reads = 0;
    const source = new CredentialSource(async () => {
      if ((reads += 1) === 1) throw new Error('no secret');
      return { password: 'p' };
    });
    await expect(source.get()).rejects.toThrow('no secret');
    expect(await source.get()).toEqual({ password: 'p' });
  });
});

// The server of npm has no passwords.
(hasRedisServer ? describe : describe.skip)('a server with a password, on redis-server', () => {
  let server: RedisServer;
  beforeAll(async () => { server = await startRedis({ password: 'of:the/se@ret' }); });
  afterAll(() => server.stop());

  test.each<[string, () => RedisResultIndexOptions]>([
    ['in the URL', () => ({ url: server.url.replace('//', `//:${encodeURIComponent('of:the/se@ret')}@`) })],
    ['beside it', () => ({ url: server.url, username: 'default', password: 'of:the/se@ret' })],
    ['from a secret', () => ({ url: server.url, password: async () => 'of:the/se@ret' })],
    ['from a secret with a user', () => ({ url: server.url, password: async () => ({ username: 'default', password: 'of:the/se@ret' }) })],
  ])('takes it %s', async (_, options) => {
    const index = redisIndex({ ...options(), timeout: '10s' });
    await put(index, anIdentity());
    const listening = await index.listen(anIdentity(), () => undefined);
    listening();
    await index.close();
  });

  test.each<[string, RedisResultIndexOptions, string]>([
    ['none', {}, 'NOAUTH'],
    ['a wrong one', { password: 'wrong' }, 'WRONGPASS'],
    ['a user that is none', { username: 'u', password: 'x' }, 'WRONGPASS'],
  ])('refuses %s', async (_, options, word) => {
    const index = redisIndex({ url: server.url, timeout: '10s', ...options });
    await expect(index.connect()).rejects.toMatchObject({ failure: 'denied', message: expect.stringContaining(word) });
    await expect(roleOf(index, anIdentity())).rejects.toMatchObject({ failure: 'denied', message: expect.not.stringContaining('wrong\'') });
    await index.close();
  });

  test('a connection whose rights were taken is given up, and opened again when they are back', async () => {
    const user = (...rules: string[]) => server.command('ACL', 'SETUSER', 'passing', ...rules);
    await user('on', '>pass', '~*', '&*', '+@all');
    const index = redisIndex({ url: server.url, username: 'passing', password: 'pass', timeout: '10s' });
    await put(index, anIdentity());
    await user('off');
    await server.command('CLIENT', 'KILL', 'USER', 'passing');
    await eventually(async () => { await expect(index.connect()).rejects.toMatchObject({ failure: 'denied' }); }, { every: 20 });
    await user('on');
    await eventually(() => index.connect(), { every: 20 });
    await index.close();
  });
});

describe('a client of the caller', () => {
  let server: RedisServer;
  beforeAll(async () => { server = await startRedis(); });
  afterAll(() => server.stop());

  test('is used, listened beside, and not closed', async () => {
    const client = redis.createClient({ url: server.url, RESP: 2 });
    client.on('error', () => undefined);
    const index = redisIndex({ connection: client as unknown as RedisClientLike, timeout: '10s' });
    await expect(index.connect()).rejects.toMatchObject({ failure: 'connection', message: expect.stringContaining('not connected') });
    await client.connect();
    await eventually(() => index.connect(), { every: 20 });
    const identity = anIdentity();
    const heard: string[] = [];
    const stop = await index.listen(identity, (attempt) => { heard.push(attempt); });
    const lease = await lead(index, identity);
    await index.release(identity, lease);
    await eventually(() => { expect(heard).toEqual([lease.attempt]); }, { every: 10 });
    stop();
    await index.close();
    expect(await client.sendCommand(['PING'])).toBe('PONG');
    client.destroy();
  });
});

/** Runs a program of TypeScript as a process of its own. */
async function run(source: string, env: Record<string, string> = {}): Promise<{ readonly code: number | null; readonly output: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'index-'));
  try {
    const file = join(folder, 'main.mts');
    writeFileSync(file, source);
    const child = spawn(process.execPath, [resolve('node_modules/tsx/dist/cli.mjs'), file], {
      env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (data) => { output += String(data); });
    child.stderr.on('data', (data) => { output += String(data); });
    const [code] = await once(child, 'close') as [number | null];
    return { code, output };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const INDEX = JSON.stringify(resolve('runtime/live/index/redis-result-index.ts'));

describe('in a process of its own', () => {
  let server: RedisServer;
  beforeAll(async () => { server = await startRedis(); });
  afterAll(() => server.stop());

  test('the package is loaded when it is needed, and an idle client that was not closed does not keep the process alive', async () => {
    const { code, output } = await run(`
      const { RedisResultIndex } = await import(${INDEX});
      const index = new RedisResultIndex({ url: '${server.url}', timeout: '20s', connectTimeout: '20s' });
      await index.connect();
      const identity = { id: 'a', scope: 'b', tags: [], datasets: [] };
      await index.listen(identity, () => undefined);
      console.log((await index.lookup(identity, { attempt: 'x', cache: 'default', lease: 1000 })).role);
      // One that is connecting, and one whose server is away, do not either.
      void new RedisResultIndex({ url: 'redis://127.0.0.1:1' }).connect().catch((error) => console.log(error.failure));
    `);
    expect(output).toBe('leader\nconnection\n');
    expect(code).toBe(0);
  }, 60_000);

  test('TLS goes by NODE_EXTRA_CA_CERTS, and refuses a certificate of nobody', async () => {
    const { cert, key } = selfSigned();
    const folder = mkdtempSync(join(tmpdir(), 'index-'));
    writeFileSync(join(folder, 'ca.pem'), cert);
    const tls = createServer({ cert, key }, (near) => {
      const far = connect(server.port, '127.0.0.1');
      near.pipe(far).pipe(near);
      near.on('error', () => undefined).on('close', () => far.destroy());
      far.on('error', () => undefined).on('close', () => near.destroy());
    });
    tls.listen(0, '127.0.0.1');
    await once(tls, 'listening');
    const program = `
      const { RedisResultIndex } = await import(${INDEX});
      const index = new RedisResultIndex({ url: 'rediss://localhost:${(tls.address() as AddressInfo).port}', timeout: '20s', connectTimeout: '20s' });
      await index.connect().then(() => console.log('connected'), (error) => console.log(error.failure, error.message));
    `;
    try {
      expect(await run(program, { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') })).toEqual({ code: 0, output: 'connected\n' });
      expect((await run(program, { NODE_EXTRA_CA_CERTS: '' })).output).toMatch(/^connection .*certificate/);
    } finally {
      tls.close();
      rmSync(folder, { recursive: true });
    }
  }, 60_000);
});
