import { IndexError, KeyError, LiveClient } from '../../../runtime/live';
import { MemoryResultIndex } from '../../../runtime/live/index/memory-result-index';
import { RedisResultIndex } from '../../../runtime/live/index/redis-result-index';
import { SecretKeyRing } from '../../../runtime/live/keys/secret-key-ring';
import { StaticKeyRing } from '../../../runtime/live/keys/static-key-ring';
import { partsOf, type PartsOptions } from '../../../runtime/live/parts';
import { Secrets } from '../../../runtime/live/secrets';
import { MemorySegmentStore } from '../../../runtime/live/segments/memory-segment-store';
import { S3SegmentStore } from '../../../runtime/live/segments/s3-segment-store';
import { arrowResult } from '../../support/live/arrow-result';
import { startS3, type S3Server } from '../../support/s3-server';
import { refusal, startSecrets, type SecretsServer } from '../../support/secrets-server';

const MASTER = 'm'.repeat(64);
const SMALL = arrowResult();
const LARGE = arrowResult({ batches: 40 });

let secrets: SecretsServer;
let s3: S3Server;
beforeAll(async () => { [secrets, s3] = await Promise.all([startSecrets(), startS3()]); });
afterEach(() => {
  secrets.before = undefined;
  secrets.calls.length = 0;
});
afterAll(() => Promise.all([secrets.close(), s3.close()]));

/** What a function's environment has beside the tier's own. */
const aws = () => ({ ...secrets.environment, AWS_ENDPOINT_URL_S3: s3.endpoint });
const SHARED = { LIVE_BUCKET: 'test-bucket', LIVE_INDEX_URL: 'redis://127.0.0.1:1' };

function parts(env: Readonly<Record<string, string>>, options: Partial<PartsOptions> = {}) {
  return partsOf({ namespace: 'live', insecure: true, onError: () => {}, ...options, env: { ...aws(), ...env } });
}

describe('where the parts are', () => {
  test('without environment or options, all is in memory', async () => {
    const { index, segments, keys, close } = partsOf({ namespace: 'live', env: {}, onError: () => {} });
    expect([index, segments, keys].map((part) => part.constructor)).toEqual([MemoryResultIndex, MemorySegmentStore, StaticKeyRing]);
    await close();
  });

  test('the environment names them all', async () => {
    const { index, segments, keys, close } = parts({ ...SHARED, LIVE_KEY_SECRET: secrets.create('keys', '{}').arn });
    expect([index, segments, keys].map((part) => part.constructor)).toEqual([RedisResultIndex, S3SegmentStore, SecretKeyRing]);
    await close();
  });

  test('options go before it, and variables that are empty are none', async () => {
    const { keys, close } = parts({ ...SHARED, LIVE_KEY_SECRET: 'arn' }, { masterKey: MASTER });
    expect(keys).toBeInstanceOf(StaticKeyRing);
    await close();
    const { index, segments } = parts({ LIVE_BUCKET: '', LIVE_INDEX_URL: '', LIVE_KEY_SECRET: '', LIVE_INDEX_SECRET: '', LIVE_S3_CREDENTIALS: '' });
    expect([index, segments].map((part) => part.constructor)).toEqual([MemoryResultIndex, MemorySegmentStore]);
  });

  test.each([
    [{ LIVE_BUCKET: 'b' }, {}, 'indexUrl and masterKey are missing: give indexUrl (LIVE_INDEX_URL) and masterKey (LIVE_KEY_SECRET), or none'],
    [{ LIVE_INDEX_URL: 'redis://h' }, {}, 'bucket and masterKey are missing: give bucket (LIVE_BUCKET) and masterKey (LIVE_KEY_SECRET), or none'],
    [SHARED, {}, 'masterKey is missing: give masterKey (LIVE_KEY_SECRET), or none'],
    [{ LIVE_KEY_SECRET: 'arn' }, { bucket: 'b' }, 'indexUrl is missing: give indexUrl (LIVE_INDEX_URL), or none'],
    [{}, { masterKey: MASTER }, 'bucket and indexUrl are missing'],
    [{ LIVE_BUCKET: 'b' }, { given: { index: new MemoryResultIndex() } }, 'masterKey is missing'],
  ])('%j with %p is only a part of a cache', (env, options, message) => {
    expect(() => parts(env, options)).toThrow(expect.objectContaining({
      code: 'E_LIVE_OPTION', message: expect.stringContaining(`bucket, index and master key belong together, and ${message}`),
    }));
  });

  test.each([
    [{ LIVE_INDEX_URL: 'http://h' }, 'E_LIVE_INDEX_OPTIONS', 'url must be redis://host:port, or rediss://host:port for TLS, got \'http://h\''],
    [{ LIVE_INDEX_URL: 'http://me:pass-7@h' }, 'E_LIVE_INDEX_OPTIONS', 'got \'http://…@h\''],
    [{ LIVE_S3_ENDPOINT: 'nowhere' }, 'E_AWS_ENDPOINT', 'nowhere'],
  ])('%j cannot be used, and is told at once', (env, code, message) => {
    expect(() => parts({ ...SHARED, ...env }, { masterKey: MASTER }))
      .toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });

  test('an endpoint without TLS would show the keys', () => {
    expect(() => parts(SHARED, { masterKey: MASTER, insecure: false })).toThrow(/https/);
  });

  test.each([
    ['short', 'masterKey must be at least 43 characters of printable ASCII, got 5 characters as version 1'],
    ['', 'got 0 characters as version 1'],
    [{ current: '2', keys: { 1: MASTER } }, 'masterKey says that version \'2\' is current, and has no key of that version'],
    [{ current: 'a', keys: { a: MASTER } }, 'masterKey has the version \'a\': versions are decimal numbers'],
    [7, 'got a value of type number as version 1'],
  ])('a master key that is %j is refused, and not shown', (masterKey, message) => {
    const open = () => new LiveClient({ env: {}, bucket: 'bucket', indexUrl: 'redis://h', masterKey: masterKey as never });
    expect(open).toThrow(expect.objectContaining({ code: 'E_LIVE_MASTER_KEY', message: expect.stringContaining(message) }));
    expect(open).not.toThrow(MASTER);
  });
});

test('closing ends the connections of all', async () => {
  const ended = [
    jest.spyOn(Secrets.prototype, 'close'), jest.spyOn(S3SegmentStore.prototype, 'close'), jest.spyOn(RedisResultIndex.prototype, 'close'),
  ];
  await parts(SHARED, { masterKey: MASTER }).close();
  expect(ended.map((close) => close.mock.calls.length)).toEqual([1, 1, 1]);
  for (const close of ended) close.mockRestore();
});

describe('secrets', () => {
  const indexPassword = (value: string) => {
    const reader = new Secrets({ env: secrets.environment });
    return reader.indexPassword(secrets.create('index', value).arn)().finally(() => reader.close());
  };
  const accessKey = (value: string) => {
    const reader = new Secrets({ env: secrets.environment });
    return reader.accessKey(secrets.create('s3', value).arn)().finally(() => reader.close());
  };

  test.each([
    ['pass-7', { password: 'pass-7' }],
    [' p,a:s s" ', { password: ' p,a:s s" ' }],
    ['{no JSON', { password: '{no JSON' }],
    ['12345', { password: '12345' }],
    ['"quoted"', { password: '"quoted"' }],
    ['{"password":"pass-7"}', { password: 'pass-7' }],
    ['{"username":"","password":"pass-7"}', { password: 'pass-7' }],
    ['{"username":"app","password":"pass-7","host":"h"}', { username: 'app', password: 'pass-7' }],
  ])('an index\'s password: %s', async (value, found) => {
    expect(await indexPassword(value)).toEqual(found);
  });

  test.each([
    '{"username":"app"}', '{"password":"","x":"pass-7"}', '{"password":7,"x":"pass-7"}', '["pass-7"]',
  ])('%s is no password', async (value) => {
    const error = await indexPassword(value).catch((caught: unknown) => caught as Error & { code: string });
    expect(error).toMatchObject({
      code: 'E_AWS_DENIED',
      message: expect.stringMatching(/^the secret arn:.*:secret:index-AbCdEf must be the password of the index, or JSON with the member "password" /),
    });
    expect(String(error)).not.toContain('pass-7');
  });

  test('an access key', async () => {
    expect(await accessKey('{"accessKeyId":"AK","secretAccessKey":"s3cret","region":"r"}')).toEqual({ accessKeyId: 'AK', secretAccessKey: 's3cret' });
  });

  test.each([
    's3cret', '{"accessKeyId":"AK","secretAccessKey":', '["s3cret"]', '{"accessKeyId":"","secretAccessKey":"s3cret"}', 'null',
    '{"secretAccessKey":"s3cret"}', '{"accessKeyId":7,"secretAccessKey":"s3cret"}',
  ])('%s is no access key', async (value) => {
    const error = await accessKey(value).catch((caught: unknown) => caught as Error & { code: string });
    expect(error).toMatchObject({
      code: 'E_AWS_DENIED',
      message: expect.stringMatching(/^the secret arn:.*:secret:s3-AbCdEf must be JSON with the members "accessKeyId" and "secretAccessKey"$/),
    });
    expect(String(error)).not.toContain('s3cret');
  });

  test('one that is empty or binary has no text', async () => {
    await expect(indexPassword('')).rejects.toThrow(/^the secret arn:.* is binary or empty: it must be text$/);
    await expect(accessKey('')).rejects.toThrow('it must be text');
  });

  test('each is asked for in its own Region, by one client for each; a name in that of the client', () => {
    const reader = new Secrets({ env: secrets.environment, region: 'eu-west-1' });
    const arn = (region: string, name: string) => `arn:aws-cn:secretsmanager:${region}:123456789012:secret:${name}-AbCdEf`;
    const [here, there] = [reader.clientOf(arn('eu-west-1', 'a')), reader.clientOf(arn('cn-north-1', 'b'))];
    expect(there).not.toBe(here);
    expect(reader.clientOf(arn('cn-north-1', 'c'))).toBe(there);
    expect(reader.clientOf('by-name')).toBe(here);
    reader.close();
  });

  test('two in different Regions are both found', async () => {
    const regions: string[] = [];
    const reader = new Secrets({ env: secrets.environment, credentials: () => Promise.resolve({ accessKeyId: 'AK', secretAccessKey: 's' }) });
    const seen = new Map<string, string>();
    for (const region of ['eu-west-1', 'us-east-1']) {
      const id = `arn:aws:secretsmanager:${region}:123456789012:secret:index-AbCdEf`;
      const client = reader.clientOf(id);
      jest.spyOn(client, 'call').mockImplementation((operation, input) => {
        regions.push(region);
        seen.set(region, `${operation} ${JSON.stringify(input)}`);
        return Promise.resolve({ SecretString: `password of ${region}` } as never);
      });
      expect(await reader.indexPassword(id)()).toEqual({ password: `password of ${region}` });
    }
    expect([regions, seen.get('us-east-1')]).toEqual([
      ['eu-west-1', 'us-east-1'], 'GetSecretValue {"SecretId":"arn:aws:secretsmanager:us-east-1:123456789012:secret:index-AbCdEf"}',
    ]);
    reader.close();
  });

  test('a read ends with the signal that it is given', async () => {
    const stopped = new AbortController();
    const reader = new Secrets({ env: secrets.environment, signal: () => stopped.signal });
    secrets.before = () => { stopped.abort(new Error('Ctrl-C')); return new Promise((resolve) => setTimeout(resolve, 50)); };
    await expect(reader.indexPassword(secrets.create('index', 'x').arn)()).rejects.toMatchObject({ code: 'E_AWS_ABORTED' });
    reader.close();
  });
});

describe('a client by its environment', () => {
  const ask = async (live: LiveClient, bytes: Uint8Array, key: string) => {
    const result = await live.query({ scope: 's', key }, () => bytes);
    const same = Buffer.compare(await result.toBytes(), bytes) === 0;
    await live.settled();
    return { status: result.status, reason: result.reason, same };
  };
  const clientBy = (env: Readonly<Record<string, string>>, index = new MemoryResultIndex()) =>
    new LiveClient({ env: { ...aws(), ...env }, insecure: true, parts: { index } });

  test('reads the master keys and a foreign service\'s access key, and stores with them', async () => {
    const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = secrets.environment;
    const env = {
      LIVE_BUCKET: 'test-bucket', LIVE_KEY_SECRET: secrets.create('keys', JSON.stringify({ current: '1', key1: MASTER })).arn,
      LIVE_S3_ENDPOINT: s3.endpoint, LIVE_S3_CREDENTIALS: secrets.create('s3', JSON.stringify({ accessKeyId, secretAccessKey })).arn,
    };
    const live = clientBy(env);
    expect(await ask(live, LARGE, 'a')).toEqual({ status: 'miss', same: true });
    expect(await ask(live, LARGE, 'a')).toEqual({ status: 'hit', same: true });
    expect(s3.objects().size).toBeGreaterThan(0);
    expect(secrets.calls).toHaveLength(3); // the access key for uploads and for downloads
    await live.close();
  });

  test.each([
    ['that cannot be read', () => { throw refusal('AccessDeniedException', 'not you'); }],
    ['without a key', undefined],
  ])('a secret of master keys %s is no trouble of the callers', async (_, before) => {
    const secret = secrets.create('keys', '{"current":"1"}');
    secrets.before = before;
    const live = clientBy({ LIVE_BUCKET: 'test-bucket', LIVE_KEY_SECRET: secret.arn });
    expect(await ask(live, SMALL, 'b')).toEqual({ status: 'bypass', reason: 'keys', same: true });
    expect(live.stats()).toMatchObject({ bypassKeys: 1, published: 0 });
    await expect(live.invalidate({ tags: ['t'] })).rejects.toBeInstanceOf(KeyError);
    await live.close();
  });

  test('nor is an index\'s password that is not to be had', async () => {
    const password = secrets.create('index', '{"username":"app"}').arn;
    const live = new LiveClient({ env: { ...aws(), ...SHARED, LIVE_INDEX_SECRET: password }, masterKey: MASTER, insecure: true });
    expect(await ask(live, SMALL, 'c')).toEqual({ status: 'bypass', reason: 'index', same: true });
    const error = await live.invalidate({ tags: ['t'] }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(IndexError);
    expect((error as Error).message).toContain('must be the password of the index, or JSON');
    await live.close();
  });
});
