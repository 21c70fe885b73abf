import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigConnection, type ConfigConnectionOptions } from '../../../runtime/config';
import { connectionOf } from '../../../runtime/config/connection';
import { CONFIG_CHANNELS } from '../../../runtime/config/values/telemetry';
import { startFaultProxy, type FaultProxy } from '../../support/fault-proxy';
import { startParameterStore, type ParameterStoreServer } from '../../support/parameter-store';

const NAME = '/cache-tiers/footprints/main';
const FOOTPRINT = { version: 1, namespaces: ['/app'], cacheTable: 'names', auditTable: 'log' };
const KEYS = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' };

let folder: string;
let server: ParameterStoreServer;
let proxy: FaultProxy;
let now: number;
const connections: ConfigConnection[] = [];

beforeEach(async () => {
  now = 1_700_000_000_000;
  folder = mkdtempSync(join(tmpdir(), 'connection-'));
  server = await startParameterStore({ region: 'eu-west-3' });
  proxy = await startFaultProxy({ upstream: { endpoint: server.endpoint, tableName: 'none' } });
  server.model.do('PutParameter', { Name: NAME, Value: JSON.stringify(FOOTPRINT), Type: 'String' });
});
afterEach(async () => {
  for (const connection of connections.splice(0)) connection.close();
  await proxy.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

const open = (options: ConfigConnectionOptions = {}) => {
  const connection = new ConfigConnection({
    region: 'eu-west-3', credentials: KEYS, footprint: 'main', env: {}, now: () => now, home: folder, endpoints: { ssm: proxy.endpoint }, ...options,
  });
  connections.push(connection);
  return connection;
};
const found = {
  name: 'main', account: '123456789012', region: 'eu-west-3', partition: 'aws', namespaces: ['/app'], cacheTable: 'names', auditTable: 'log',
};

describe('credentials', () => {
  test('are loaded once for the clients of four services', async () => {
    const all = await startFaultProxy({ respond: () => ({}) });
    const credentials = jest.fn(async () => KEYS);
    const connection = open({ credentials, endpoints: { ssm: all.endpoint, dynamodb: all.endpoint, kms: all.endpoint, sqs: all.endpoint } });
    await Promise.all([
      connection.ssm.call('GetParameters', {}), connection.dynamoDb.call('Query', { TableName: 't' }), connection.kms.call('Decrypt', {}),
      connection.sqs.call('SendMessage', {}), connection.dynamoDb.call('Query', { TableName: 'arn:aws:dynamodb:us-west-2:123456789012:table/t' }),
    ]);
    expect(all.requests.map(({ headers }) => /Credential=(.*?)\/\d+\/(.*?)\/aws4_request/.exec(String(headers.authorization))?.slice(1).join(' ')).sort())
      .toEqual(['dynamodb eu-west-3', 'dynamodb us-west-2', 'kms eu-west-3', 'sqs eu-west-3', 'ssm eu-west-3']
        .map((scope) => `${KEYS.accessKeyId} ${scope.split(' ').reverse().join('/')}`).sort());
    expect(credentials).toHaveBeenCalledTimes(1);
    await all.close();
  });

  test('that the service calls expired are renewed once for all clients', async () => {
    let renewed = 0;
    const credentials = jest.fn(async ({ forceRefresh }: { forceRefresh?: boolean } = {}) => {
      if (forceRefresh) renewed += 1;
      return { ...KEYS, accessKeyId: `KEY${renewed}` };
    });
    const all = await startFaultProxy({ respond: () => ({}) });
    const connection = open({ credentials, endpoints: { ssm: all.endpoint, sqs: all.endpoint, kms: all.endpoint } });
    const { ssm, sqs, kms } = connection;
    const callAll = () => Promise.all([ssm.call('GetParameters', {}), sqs.call('SendMessage', {}), kms.call('Decrypt', {})]);
    await callAll();
    await all.set('expired-token', { times: 3 });
    await callAll();
    expect(renewed).toBe(1);
    await all.close();
  });

  test('of a profile that is named, whatever keys the environment has', async () => {
    const file = join(folder, 'credentials');
    writeFileSync(file, '[work]\naws_access_key_id = WORK\naws_secret_access_key = s\nregion = ca-west-1\n');
    const env = { AWS_SHARED_CREDENTIALS_FILE: file, AWS_CONFIG_FILE: '/nowhere', AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_ACCESS_KEY: 'e' };
    const connection = open({ credentials: undefined, region: undefined, profile: 'work', env });
    await connection.ssm.call('GetParameter', { Name: NAME });
    expect(String(proxy.requests[0]!.headers.authorization)).toMatch(/Credential=WORK\/\d+\/ca-west-1\/ssm\//);
    expect(await connection.region()).toBe('ca-west-1');
  });
});

describe('footprint', () => {
  test('is read once, by its own name or its parameter\'s', async () => {
    const connection = open();
    expect(await Promise.all([connection.footprint(), connection.footprint()])).toEqual([found, found]);
    expect(await connection.footprint()).toEqual(found);
    expect(proxy.counts()).toEqual({ GetParameter: 1 });
    expect(await open({ footprint: NAME }).footprint()).toEqual(found);
  });

  test('is named by the environment', async () => {
    expect(await open({ footprint: undefined, env: { CONFIG_FOOTPRINT: NAME } }).footprint()).toEqual(found);
    await expect(open({ footprint: undefined }).footprint()).rejects.toMatchObject({ code: 'E_CONFIG_FOOTPRINT' });
  });

  test('a caller that gives up leaves the others waiting', async () => {
    const connection = open();
    await proxy.set({ slow: 50 });
    const controller = new AbortController();
    const [left, stayed] = [connection.footprint(controller.signal), connection.footprint()];
    controller.abort();
    await expect(left).rejects.toMatchObject({ code: 'E_AWS_ABORTED' });
    expect(await stayed).toEqual(found);
  });

  test('a signal that was aborted before leaves nothing unhandled', async () => {
    await proxy.set('refused');
    for (const connection of [open(), open({ region: '-' })]) {
      await expect(connection.footprint(AbortSignal.abort())).rejects.toMatchObject({ code: 'E_AWS_ABORTED' });
      await expect(connection.ssm.call('GetParameter', {}, AbortSignal.abort())).rejects.toMatchObject({ code: 'E_AWS_ABORTED' });
    }
    await new Promise((resolve) => setTimeout(resolve, 50)); // Jest fails a test that leaves a rejection unhandled
  });

  test('that is not there is an error that says how to publish one, and is looked for again', async () => {
    const connection = open({ footprint: 'other' });
    await expect(connection.footprint()).rejects.toMatchObject({
      code: 'E_CONFIG_FOOTPRINT_MISSING', message: expect.stringMatching(/"\/cache-tiers\/footprints\/other" in eu-west-3.*construct ConfigFootprint/),
    });
    server.model.do('PutParameter', { Name: '/cache-tiers/footprints/other', Value: JSON.stringify(FOOTPRINT), Type: 'String' });
    expect(await connection.footprint()).toMatchObject({ name: 'other' });
  });
});

describe('offline', () => {
  const faults = ['refused', 'reset', 'throttled', 'unavailable', 'garbled'] as const;

  test.each(faults)('it is what was read before, with its age: %s', async (fault) => {
    await open().footprint();
    now += 3_600_000;
    await proxy.set(fault);
    const connection = open();
    const offline = await connection.footprint();
    expect(offline).toMatchObject({ ...found, remembered: { age: 3_600_000, reason: { failure: expect.any(String) } } });
    const asked = proxy.requests.length;
    await connection.footprint();
    expect(proxy.requests.length).toBe(asked); // not yet again
    await proxy.heal();
    now += 60_000;
    expect(await connection.footprint()).toEqual(found);
  });

  test('nobody is asked for what is remembered', async () => {
    expect(await open().rememberedFootprint()).toBeUndefined();
    await open().footprint();
    proxy.forget();
    now += 5;
    expect(await open().rememberedFootprint()).toEqual({ ...found, remembered: { age: 5 } });
    expect(proxy.requests).toEqual([]);
  });

  test('also without credentials', async () => {
    await open({ profile: 'work', credentials: async () => KEYS }).footprint();
    const connection = open({ profile: 'work', credentials: async () => { throw new Error('not signed in'); } });
    expect(await connection.footprint()).toMatchObject({ ...found, remembered: { reason: { code: 'E_AWS_CREDENTIALS' } } });
  });

  test('another identity, Region or name knows nothing of it', async () => {
    await open().footprint();
    await proxy.set('refused');
    const others = [
      { credentials: { ...KEYS, accessKeyId: 'OTHER' } }, { credentials: async () => KEYS }, { profile: 'work', credentials: async () => KEYS },
      { region: 'eu-west-1' }, { footprint: 'other' }, { home: false },
    ] as const;
    for (const other of others) await expect(open(other).footprint()).rejects.toMatchObject({ failure: 'connection' });
  });

  test('a function may give credentials of any account: without a profile, nothing is remembered for it', async () => {
    const credentials = async () => KEYS;
    await open({ credentials, env: { AWS_PROFILE: 'work' } }).footprint();
    await open({ credentials }).footprint();
    expect(readdirSync(folder)).toEqual([]);
    const none = { credentials: undefined };
    for (const other of [{ credentials }, { profile: 'work', credentials }, none, { profile: 'work', ...none }]) {
      expect(await open(other).rememberedFootprint()).toBeUndefined();
    }
  });

  test('a profile is that of its files', async () => {
    const at = (file?: string) => open({ profile: 'work', credentials: async () => KEYS, env: { AWS_CONFIG_FILE: file } });
    await at('/one').footprint();
    expect(await at('/one').rememberedFootprint()).toBeDefined();
    expect(await at('/two').rememberedFootprint()).toBeUndefined();
    expect(await at().rememberedFootprint()).toBeUndefined();
  });

  test('access that was denied is no network that is down', async () => {
    await open().footprint();
    await proxy.set('denied');
    await expect(open().footprint()).rejects.toMatchObject({ code: 'E_CONFIG_FOOTPRINT_DENIED' });
  });

  test.each([
    ['a symbolic link in place of the folder', () => symlinkSync(tmpdir(), join(folder, 'cache'))],
    ['a file in place of the folder', () => writeFileSync(join(folder, 'cache'), 'x')],
    ['foreign files', () => { mkdirSync(join(folder, 'cache'), { mode: 0o700 }); writeFileSync(join(folder, 'cache', 'footprints.1'), '[]'); }],
  ])('%s stops nobody who is online', async (_, plant) => {
    plant();
    expect(await open().footprint()).toEqual(found);
  });

  test('a home that is not there to write to is told, not thrown', async () => {
    const told = jest.fn();
    CONFIG_CHANNELS.error.subscribe(told);
    expect(await open({ home: '/proc/nowhere' }).footprint()).toEqual(found);
    CONFIG_CHANNELS.error.unsubscribe(told);
    expect(told).toHaveBeenCalledWith(expect.objectContaining({ operation: 'footprint memory open' }), expect.anything());
  });

  test('what is remembered has no more than the description', async () => {
    await open().footprint();
    const cache = join(folder, 'cache');
    const text = readdirSync(cache).map((name) => readFileSync(join(cache, name), 'utf8')).join('');
    expect(text).toContain('"names"');
    expect(text).not.toContain(KEYS.secretAccessKey);
  });
});

describe('home', () => {
  test.each([
    ['given', { home: '/given' }, '/given/cache'],
    ['by the environment', { home: undefined, env: { CACHE_TIERS_HOME: '/env' } }, '/env/cache'],
    ['none if so said', { home: false, env: { CACHE_TIERS_HOME: '/env' } }, undefined],
    ['none in Lambda', { home: undefined, env: { AWS_LAMBDA_FUNCTION_NAME: 'fn', HOME: '/tmp' } }, undefined],
    ['in Lambda where it is set', { home: undefined, env: { AWS_LAMBDA_FUNCTION_NAME: 'fn', CACHE_TIERS_HOME: '/tmp/x' } }, '/tmp/x/cache'],
  ] as const)('%s', (_, options, path) => {
    expect(open(options).home?.path('cache')).toBe(path);
  });
});

test('a connection that is given is the one that is used', () => {
  const connection = open();
  expect(connectionOf({ connection })).toBe(connection);
  expect(connectionOf({ region: 'eu-west-1' })).toBeInstanceOf(ConfigConnection);
});
