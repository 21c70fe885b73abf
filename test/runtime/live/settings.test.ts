import { LiveClient, type LiveClientOptions, type LiveQuery, type PreviewQuery } from '../../../runtime/live';
import { askOf, settingsOf } from '../../../runtime/live/settings';

const settings = (options: LiveClientOptions = {}) => settingsOf({ env: {}, ...options });
const execute = () => new Uint8Array();
const ask = (query: object, options?: LiveClientOptions) => askOf({ scope: 's', key: 'k', ...query } as LiveQuery, execute, settings(options), 0);
/** What JavaScript lets through. */
const any = (value: unknown) => value as never;

test('defaults are as the options say', () => {
  expect(settings()).toEqual({
    namespace: 'live',
    keeping: {
      ttl: 300_000, staleWhileRevalidate: 0, staleIfError: 0, life: 300_000, minDuration: 0, maxBytes: 5368709120, inlineBytes: 65536, lease: 12_000,
      scopeLimit: undefined, errorTtl: undefined,
    },
    executionTimeout: 900_000, whenAbandoned: 'finish-if-awaited', indexTimeout: 500, bypassConcurrency: 16, maxLag: 8388608,
    directDownload: false, publishBeforeEnd: false, emf: false,
  });
});

describe('the environment', () => {
  test('says what options leave open', () => {
    const env = { LIVE_NAMESPACE: 'blue', LIVE_TTL: '90.5', LIVE_METRICS: 'emf', AWS_LAMBDA_FUNCTION_NAME: 'fn' };
    expect(settingsOf({ env })).toMatchObject({ namespace: 'blue', keeping: { ttl: 90_500 }, emf: true, publishBeforeEnd: true });
    const given = settingsOf({ env, namespace: 'green', ttl: '1m', publishBeforeEnd: false });
    expect(given).toMatchObject({ namespace: 'green', keeping: { ttl: 60_000 }, publishBeforeEnd: false });
  });

  test('a variable that is empty is none', () => {
    const empty = settingsOf({ env: { LIVE_NAMESPACE: '', LIVE_TTL: '', LIVE_METRICS: '' } });
    expect(empty).toMatchObject({ namespace: 'live', keeping: { ttl: 300_000 }, emf: false });
  });

  test.each([
    [{ LIVE_TTL: '5m' }, 'LIVE_TTL must be a number of seconds, got \'5m\''],
    [{ LIVE_TTL: '-1' }, 'LIVE_TTL must be a number of seconds, got \'-1\''],
    [{ LIVE_TTL: '0' }, 'ttl must be at least a millisecond, got 0: to cache nothing, give cache: \'no-store\''],
    [{ LIVE_NAMESPACE: 'a/b' }, 'namespace (or LIVE_NAMESPACE) must be 1 to 63 letters, digits, _ or -, got \'a/b\''],
    [{ LIVE_METRICS: 'on' }, 'metrics (or LIVE_METRICS) must be \'emf\' or left out, got \'on\''],
  ])('%j is wrong', (env, message) => {
    expect(() => settingsOf({ env })).toThrow(expect.objectContaining({ code: 'E_LIVE_OPTION', message }));
  });
});

const TIMES = ['ttl', 'staleWhileRevalidate', 'staleIfError', 'minDuration', 'executionTimeout', 'lease', 'indexTimeout'] as const;
const NO_TIMES: readonly unknown[] = [-1, NaN, '5', '5 m', '', 'soon', '1w', null, true, {}, []];

describe('times', () => {
  test.each(TIMES)('%s takes milliseconds and a number with a unit, and nothing else', (name) => {
    expect(() => settings({ [name]: '90s' })).not.toThrow();
    expect(() => settings({ [name]: 90_000 })).not.toThrow();
    for (const value of NO_TIMES) {
      // What is null is left out.
      if (value === null) continue;
      const shown = typeof value === 'string' ? `'${value}'` : String(value);
      expect(() => settings({ [name]: value })).toThrow(expect.objectContaining({
        code: 'E_DURATION', message: `${name} must be milliseconds or a number with a unit such as '30s' or '5m', got ${shown}`,
      }));
    }
  });

  test.each([
    ['lease', 999, 'lease must be from 1000 ms to 24 days, got 999 ms'],
    ['lease', '25d', 'lease must be from 1000 ms to 24 days, got 2160000000 ms'],
    ['executionTimeout', 0, 'executionTimeout must be from 1 ms to 24 days, got 0 ms'],
    ['executionTimeout', '25d', 'executionTimeout must be from 1 ms to 24 days, got 2160000000 ms'],
    ['indexTimeout', 0, 'indexTimeout must be from 1 ms to 24 days, got 0 ms'],
    ['indexTimeout', Infinity, 'indexTimeout must be from 1 ms to 24 days, got Infinity ms'],
    ['ttl', 0, 'ttl must be at least a millisecond, got 0: to cache nothing, give cache: \'no-store\''],
  ])('%s: %j is out of bounds', (name, value, message) => {
    expect(() => settings({ [name]: value })).toThrow(expect.objectContaining({ code: 'E_LIVE_OPTION', message }));
  });

  test('no entry may live longer than objects do', () => {
    expect(settings({ ttl: '1h', staleWhileRevalidate: '10h', staleIfError: '22h' }).keeping.life).toBe(23 * 3_600_000);
    for (const options of [{ ttl: '23.5h' }, { ttl: '1h', staleIfError: '22.5h' }, { ttl: '13.5h', staleWhileRevalidate: '10h' }] as const) {
      expect(() => settings(options)).toThrow('staleIfError must be 23 hours together at most, as objects are deleted after a day, got 23.5 hours');
    }
    expect(() => settings({ ttl: Infinity })).toThrow('got Infinity hours');
    expect(() => ask({ ttl: '22h' }, { staleIfError: '2h' })).toThrow('23 hours together at most');
  });
});

describe('numbers', () => {
  const NUMBERS = [
    ['maxBytes', 1, Number.MAX_SAFE_INTEGER], ['inlineBytes', 0, 262_143], ['maxEntriesPerScope', 1, Number.MAX_SAFE_INTEGER],
    ['bypassConcurrency', 1, Number.MAX_SAFE_INTEGER], ['maxLag', 0, Number.MAX_SAFE_INTEGER],
  ] as const;

  test.each(NUMBERS)('%s is a whole number from %j to %j', (name, least, most) => {
    expect(() => settings({ [name]: least })).not.toThrow();
    expect(() => settings({ [name]: most })).not.toThrow();
    const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
    for (const value of [least - 1, most + 1, 1.5, NaN, Infinity, '5', '1MB', true, {}]) {
      const shown = typeof value === 'string' ? `'${value}'` : typeof value === 'object' ? '{}' : String(value);
      expect(() => settings({ [name]: value })).toThrow(expect.objectContaining({
        code: 'E_LIVE_OPTION', message: `${name} must be a whole number ${range}, got ${shown}`,
      }));
    }
  });
});

test.each([
  ['namespace', any(''), 'namespace (or LIVE_NAMESPACE) must be 1 to 63 letters, digits, _ or -, got \'\''],
  ['namespace', 'x'.repeat(64), `got '${'x'.repeat(64)}'`],
  ['namespace', '-a', 'got \'-a\''],
  ['metrics', any('cloudwatch'), 'must be \'emf\' or left out, got \'cloudwatch\''],
  ['whenAbandoned', any('stop'), 'whenAbandoned must be one of \'finish\', \'abort\', \'finish-if-awaited\', got \'stop\''],
  ['errorTtl', any('5s'), 'errorTtl must be a function that says how long an error is remembered, got \'5s\''],
  ['directDownload', any('yes'), 'directDownload must be true or false, got \'yes\''],
  ['publishBeforeEnd', any(1), 'publishBeforeEnd must be true or false, got 1'],
] as const)('%s: %j is wrong', (name, value, message) => {
  expect(() => new LiveClient({ env: {}, [name]: value })).toThrow(expect.objectContaining({
    name: 'InvalidArgumentError', code: 'E_LIVE_OPTION', message: expect.stringContaining(message),
  }));
});

describe('a query', () => {
  test('may share its signal with many others, and nobody warns of a leak', async () => {
    const client = new LiveClient({ env: {} });
    for (const query of [{ scope: 's', key: 'k' }, { mode: 'preview' }] as const) {
      const { signal } = new AbortController();
      await client.query({ ...query, signal }, execute).catch(() => {});
      // getMaxListeners of Node 20 takes 0 for a missing value
      const limit = Object.getOwnPropertySymbols(signal).find(({ description }) => description === 'events.maxEventTargetListeners')!;
      expect((signal as unknown as Record<symbol, number>)[limit]).toBe(0);
    }
    await client.close();
  });

  test('has its own times and policy, or the client\'s', () => {
    const options = { ttl: '1m', staleIfError: '2m', executionTimeout: '3m', whenAbandoned: 'abort' } as const;
    expect(ask({}, options)).toMatchObject({
      cache: 'default', keeping: { ttl: 60_000, staleWhileRevalidate: 0, staleIfError: 120_000, life: 180_000 }, executionTimeout: 180_000,
      whenAbandoned: 'abort',
    });
    expect(ask({ ttl: '5s', staleIfError: 0, staleWhileRevalidate: '1s', executionTimeout: 7, whenAbandoned: 'finish' }, options)).toMatchObject({
      keeping: { ttl: 5000, staleWhileRevalidate: 1000, staleIfError: 0, life: 6000 }, executionTimeout: 7, whenAbandoned: 'finish',
    });
  });

  test.each([
    [{ mode: 'draft' }, 'mode must be \'live\' or \'preview\', got \'draft\''],
    [{ tag: ['orders'] }, 'a query has no \'tag\': it may have mode, scope, key, tags, datasets, ttl, staleWhileRevalidate, '
    + 'staleIfError, cache, signal, whenAbandoned, executionTimeout'],
    [{ cache: 'force-cache' }, 'cache must be one of \'default\', \'reload\', \'no-store\', \'only-if-cached\', got \'force-cache\''],
    [{ key: undefined }, 'key must say what is asked, got undefined'],
    [{ whenAbandoned: null }, 'whenAbandoned must be one of \'finish\', \'abort\', \'finish-if-awaited\', got null'],
    [{ executionTimeout: 0 }, 'executionTimeout must be from 1 ms to 24 days, got 0 ms'],
    [{ ttl: 0 }, 'ttl must be at least a millisecond, got 0: to cache nothing, give cache: \'no-store\''],
    [{ signal: { aborted: false } }, 'signal must be an AbortSignal, got { aborted: false }'],
  ])('with %j is wrong', (query, message) => {
    expect(() => ask(query)).toThrow(expect.objectContaining({ name: 'InvalidArgumentError', code: 'E_LIVE_OPTION', message }));
  });

  test.each(['ttl', 'staleWhileRevalidate', 'staleIfError', 'executionTimeout'])('%s is a time', (name) => {
    for (const value of NO_TIMES) expect(() => ask({ [name]: value })).toThrow(expect.objectContaining({ code: 'E_DURATION' }));
  });

  test.each([
    [undefined, execute, 'the query must be an object with scope and key, got undefined'],
    ['select 1', execute, 'the query must be an object with scope and key, got \'select 1\''],
    [{ scope: 's', key: 'k' }, undefined, 'execute must be a function that runs the query, got undefined'],
    [{ mode: 'preview' }, 'select 1', 'execute must be a function that runs the query, got \'select 1\''],
    [{ mode: 'preview', signal: 'now' }, execute, 'signal must be an AbortSignal, got \'now\''],
    [{ mode: 'preview', executionTimeout: '0s' }, execute, 'executionTimeout must be from 1 ms to 24 days, got 0 ms'],
  ])('%j by %p rejects', async (query, run, message) => {
    const live = new LiveClient({ env: {} });
    await expect(live.query(any(query), any(run))).rejects.toMatchObject({ code: 'E_LIVE_OPTION', message });
  });

  test('has types that allow what is allowed', () => {
    const queries: (LiveQuery | PreviewQuery)[] = [
      { key: 'k' }, { scope: { tenant: 1, roles: ['a'] }, key: [1n, null, new Date(0), new Uint8Array(1)] },
      { mode: 'live', scope: 's', key: 'k', ttl: '5m' },
      { mode: 'preview', signal: new AbortController().signal, executionTimeout: '1m' },
      // @ts-expect-error a query has a key
      { scope: 's' },
      // @ts-expect-error functions are no data
      { scope: 's', key: () => 1 },
      // @ts-expect-error bare seconds have no unit
      { scope: 's', key: 'k', ttl: '300' },
      // @ts-expect-error not one of fetch's modes that this cache has
      { scope: 's', key: 'k', cache: 'force-cache' },
      // @ts-expect-error a preview has no tags
      { mode: 'preview', tags: ['t'] },
      // @ts-expect-error there is no such mode
      { mode: 'draft', key: 'k' },
    ];
    expect(queries).toHaveLength(10);
  });
});
