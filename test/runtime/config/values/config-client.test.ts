import { ConfigClient } from '../../../../runtime/config';
import { CONFIG_CHANNELS } from '../../../../runtime/config/values/telemetry';
import { ParameterStoreError } from '../../../support/parameter-store';
import { rejection, startValues, type ValuesKit } from './values-kit';

let kit: ValuesKit;
beforeEach(async () => { kit = await startValues(); });
afterEach(() => kit.close());

const range = (count: number) => [...Array(count).keys()];
const batchSizes = () => kit.proxy.requests.filter(({ operation }) => operation === 'GetParameters')
  .map(({ input }) => (input.Names as string[]).length).sort((a, b) => a - b);

describe('reads', () => {
  test('by name, names and path', async () => {
    kit.put('/app/a', 'one');
    kit.put('/app/b', 'two', { Type: 'SecureString' });
    kit.put('/app/deep/c', 'three,four', { Type: 'StringList' });
    const client = kit.open();
    expect(await client.get('/app/a')).toBe('one');
    expect(await client.get(['/app/a', '/app/b'])).toEqual({ '/app/a': 'one', '/app/b': 'two' });
    expect(await client.get({ path: '/app' })).toEqual({ '/app/a': 'one', '/app/b': 'two' });
    expect(await client.get({ path: '/app/', recursive: true })).toEqual({ '/app/a': 'one', '/app/b': 'two', '/app/deep/c': 'three,four' });
    expect(await client.getList('/app/deep/c')).toEqual(['three', 'four']);
    expect(kit.proxy.counts()).toEqual({ GetParameter: 2, GetParametersByPath: 2 });
    expect(await client.get([])).toEqual({});
  });

  test('what 100 ask for at once is asked for once', async () => {
    kit.put('/app/a', 'one');
    const client = kit.open();
    expect(new Set(await Promise.all(range(100).map(() => client.get('/app/a'))))).toEqual(new Set(['one']));
    await Promise.all(range(100).map(() => client.get({ path: '/app' })));
    expect(kit.proxy.counts()).toEqual({ GetParameter: 1, GetParametersByPath: 1 });
    expect(client.stats()).toMatchObject({ misses: 200, joined: 198, hits: 0, requests: 2 });
  });

  test('what is asked for at the same time goes in requests of ten', async () => {
    for (const i of range(25)) kit.put(`/app/${i}`, `value ${i}`);
    const client = kit.open();
    const names = range(25).map((i) => `/app/${i}`);
    const [all, one] = await Promise.all([client.get(names), client.get('/app/7')]);
    expect(all).toEqual(Object.fromEntries(names.map((name, i) => [name, `value ${i}`])));
    expect(one).toBe('value 7');
    expect(batchSizes()).toEqual([5, 10, 10]);
  });

  test('no request has one parameter twice', async () => {
    for (const value of ['one', 'two']) kit.put('/app/a', value);
    kit.put('/app/b', 'b');
    expect(await kit.open().get(['/app/a', '/app/a:1', '/app/a:2', '/app/b', '/app/a'])).toEqual({
      '/app/a': 'two', '/app/a:1': 'one', '/app/a:2': 'two', '/app/b': 'b',
    });
    expect(kit.proxy.counts()).toEqual({ GetParameters: 1, GetParameter: 2 });
  });

  test('versions are asked for once and for all, labels and names again after the ttl', async () => {
    for (const value of ['one', 'two']) kit.put('/app/a', value);
    kit.server.model.do('LabelParameterVersion', { Name: '/app/a', ParameterVersion: 1, Labels: ['live'] });
    const client = kit.open();
    const read = () => Promise.all(['/app/a:1', '/app/a:live', '/app/a'].map((name) => client.get(name)));
    expect(await read()).toEqual(['one', 'one', 'two']);
    kit.put('/app/a', 'three');
    kit.server.model.do('LabelParameterVersion', { Name: '/app/a', ParameterVersion: 2, Labels: ['live'] });
    kit.proxy.forget();
    expect(await read()).toEqual(['one', 'one', 'two']);
    expect(kit.proxy.requests).toEqual([]);
    kit.now += 60_000;
    expect(await read()).toEqual(['one', 'two', 'three']);
    kit.now += 365 * 86_400_000;
    kit.proxy.forget();
    expect(await client.get('/app/a:1')).toBe('one');
    expect(kit.proxy.requests).toEqual([]);
  });

  test('ARNs are names', async () => {
    kit.put('/app/a', 'one');
    kit.put('/app/a', 'two');
    const arn = 'arn:aws:ssm:us-east-1:123456789012:parameter/app/a';
    expect(await kit.open().get([arn, `${arn}:1`, '/app/a'])).toEqual({ [arn]: 'two', [`${arn}:1`]: 'one', '/app/a': 'two' });
  });

  test('names of JavaScript\'s own are names like others', async () => {
    kit.put('__proto__', 'one');
    kit.put('/app/__proto__', 'two');
    const all = await kit.open().get(['__proto__', '/app/__proto__']);
    expect(Object.entries(all)).toEqual([['__proto__', 'one'], ['/app/__proto__', 'two']]);
  });

  test('a path is read over pages, empty ones too, and gives its parameters one by one afterwards', async () => {
    for (const i of range(23)) kit.put(`/app/${String(i).padStart(2, '0')}`, `value ${i}`);
    let page = 0;
    kit.server.model.shortenPages((most) => (page += 1) % 2 === 0 ? 0 : most);
    const client = kit.open();
    expect(Object.keys(await client.get({ path: '/app' }))).toHaveLength(23);
    kit.proxy.forget();
    expect(await client.get('/app/22')).toBe('value 22');
    expect(kit.proxy.requests).toEqual([]);
  });

  test('what a caller does to the result of a path is his alone', async () => {
    kit.put('/app/a', 'one');
    const client = kit.open();
    (await client.get({ path: '/app' }))['/app/a'] = 'mine';
    expect(await client.get({ path: '/app' })).toEqual({ '/app/a': 'one' });
  });

  test('fresh asks, whatever is in memory', async () => {
    kit.put('/app/a', 'one');
    const client = kit.open();
    await client.get('/app/a');
    kit.put('/app/a', 'two');
    expect(await client.get('/app/a')).toBe('one');
    expect(await client.get('/app/a', { fresh: true })).toBe('two');
    expect(await client.get('/app/a')).toBe('two');
  });

  test('without decryption a SecureString is its ciphertext', async () => {
    kit.put('/app/a', 'open sesame', { Type: 'SecureString' });
    const client = kit.open({ decrypt: false });
    expect(kit.server.model.decrypt(await client.get('/app/a'))).toBe('open sesame');
    await client.put('/app/a', 'another', { overwrite: true });
    expect(kit.server.model.decrypt(await client.get('/app/a'))).toBe('another');
  });

  test('values in memory are bounded by number and by size', async () => {
    for (const i of range(20)) kit.put(`/app/${i}`, 'x'.repeat(1000));
    const names = range(20).map((i) => `/app/${i}`);
    for (const options of [{ maxEntries: 5 }, { maxBytes: 5 * 2500 }]) {
      const client = kit.open(options);
      await client.get(names);
      const before = client.stats().hits;
      for (const name of [...names].reverse()) await client.get(name);
      expect(client.stats().hits - before).toBe(5);
    }
  });

  test('no more requests at once than may be', async () => {
    let [under, most] = [0, 0];
    kit.server.model.intercept({
      before: async () => { most = Math.max(most, under += 1); await new Promise((resolve) => setTimeout(resolve, 5)); },
      after: () => { under -= 1; },
    });
    for (const i of range(95)) kit.put(`/app/${i}`, 'x');
    await kit.open({ concurrency: 3 }).get(range(95).map((i) => `/app/${i}`));
    expect(most).toBe(3);
  });

  test('what a caller has given up before its turn is not asked for', async () => {
    for (const i of range(30)) kit.put(`/app/${i}`, 'x');
    const client = kit.open({ concurrency: 1 });
    await kit.proxy.set({ slow: 50 }, { times: 1 });
    const controller = new AbortController();
    const first = client.get('/app/0');
    const second = rejection(client.get(range(30).map((i) => `/app/${i}`), { signal: controller.signal }));
    controller.abort();
    expect(await second).toMatchObject({ code: 'E_AWS_ABORTED' });
    expect(await first).toBe('x');
    expect(await client.get('/app/29')).toBe('x');
    expect(kit.proxy.counts().GetParameters ?? 0).toBeLessThanOrEqual(1); // the one that shared its turn with the first
  });
});

describe('a path that is being read', () => {
  beforeEach(async () => {
    for (const i of range(50)) kit.put(`/app/${i}`, 'x');
    await kit.proxy.set({ slow: 30 });
  });
  const pages = () => kit.proxy.counts().GetParametersByPath ?? 0;

  test('is left when nobody waits for it any more', async () => {
    const client = kit.open();
    const controller = new AbortController();
    const left = rejection(client.get({ path: '/app' }, { signal: controller.signal }));
    while (pages() === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    controller.abort();
    expect(await left).toMatchObject({ code: 'E_AWS_ABORTED' });
    const asked = pages();
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(pages()).toBe(asked);
    expect(Object.keys(await client.get({ path: '/app' }))).toHaveLength(50);
  });

  test('does not bring back what was before a value that was read meanwhile', async () => {
    const client = kit.open();
    const walk = client.get({ path: '/app' });
    while (pages() < 3) await new Promise((resolve) => setTimeout(resolve, 1)); // the first page has been answered
    kit.put('/app/0', 'newer');
    kit.now += 1;
    expect(await client.get('/app/0')).toBe('newer');
    expect(await walk).toMatchObject({ '/app/0': 'newer' });
    expect(await client.get('/app/0')).toBe('newer');
  });

  test('is read to its end while somebody does', async () => {
    const client = kit.open();
    const controller = new AbortController();
    const [left, stayed] = [rejection(client.get({ path: '/app' }, { signal: controller.signal })), client.get({ path: '/app' })];
    controller.abort();
    await left;
    expect(Object.keys(await stayed)).toHaveLength(50);
    expect(pages()).toBe(5);
  });
});

describe('trouble', () => {
  test('throttled requests are sent again until they pass', async () => {
    for (const i of range(40)) kit.put(`/app/${i}`, 'x');
    await kit.proxy.set('throttling', { times: 6 });
    const client = kit.open();
    expect(Object.keys(await client.get(range(40).map((i) => `/app/${i}`)))).toHaveLength(40);
    expect(client.stats().throttled).toBeGreaterThan(0);
  });

  test.each(['refused', 'reset', 'server-error', 'unavailable', 'truncated', 'garbled', 'silent', 'throttling'] as const)(
    'a stale value is better than none, for an hour: %s', async (fault) => {
      kit.put('/app/a', 'one');
      const client = kit.open({ timeout: 200 });
      await Promise.all([client.get('/app/a'), client.get({ path: '/app' })]);
      kit.now += 60_000;
      await kit.proxy.set(fault);
      const told: unknown[] = [];
      const listen = (message: unknown) => { told.push(message); };
      CONFIG_CHANNELS.stale.subscribe(listen);
      expect(await client.get('/app/a')).toBe('one');
      expect(await client.get({ path: '/app' })).toEqual({ '/app/a': 'one' });
      CONFIG_CHANNELS.stale.unsubscribe(listen);
      expect(told).toEqual([
        { name: '/app/a', age: 60_000, error: expect.any(Error) }, { name: '/app', age: 60_000, error: expect.any(Error) },
      ]);
      expect(client.stats()).toMatchObject({ stale: 2, errors: 2 });
      expect(await rejection(client.get('/app/a', { fresh: true }))).toMatchObject({ failure: expect.any(String) });
      kit.now += 3_600_000;
      expect(await rejection(client.get('/app/a'))).toMatchObject({ failure: expect.any(String) });
    });

  test('a deleted parameter is never served from memory once that is known', async () => {
    kit.put('/app/a', 'one');
    const client = kit.open();
    await client.get('/app/a');
    kit.server.model.do('DeleteParameter', { Name: '/app/a' });
    kit.now += 60_000;
    expect(await rejection(client.get('/app/a'))).toMatchObject({ code: 'E_CONFIG_PARAMETER_MISSING' });
    await kit.proxy.set('refused');
    expect(await rejection(client.get('/app/a'))).toMatchObject({ failure: 'connection' });
  });

  test('neither is a path that may not be read any more', async () => {
    kit.put('/app/a', 'one');
    const client = kit.open();
    await client.get({ path: '/app' });
    kit.now += 60_000;
    kit.server.model.intercept({ before: () => { throw new ParameterStoreError('AccessDeniedException', 'no'); } });
    expect(await rejection(client.get({ path: '/app' }))).toMatchObject({ code: 'E_CONFIG_DENIED' });
    await kit.proxy.set('refused');
    expect(await rejection(client.get({ path: '/app' }))).toMatchObject({ failure: 'connection' });
  });

  test('a clock that is set back keeps no value longer', async () => {
    kit.put('/app/a', 'one');
    const client = kit.open();
    await client.get('/app/a');
    kit.put('/app/a', 'two');
    kit.now -= 86_400_000;
    expect(await client.get('/app/a')).toBe('two');
  });

  test('what is missing is named, all of it', async () => {
    kit.put('/app/a', 'one');
    const client = kit.open();
    expect(await rejection(client.get('/app/x'))).toMatchObject({
      code: 'E_CONFIG_PARAMETER_MISSING', message: 'there is no parameter "/app/x": check name, account and Region',
    });
    expect(await rejection(client.get(['/app/x', '/app/a', '/app/y']))).toMatchObject({
      code: 'E_CONFIG_PARAMETER_MISSING', message: 'there are no parameters "/app/x", "/app/y": check name, account and Region',
    });
    expect(await rejection(client.get('/app/a:9'))).toMatchObject({
      code: 'E_CONFIG_VERSION_MISSING', message: expect.stringContaining('parameter "/app/a" has no version or label "9"'),
    });
  });

  const refuse = (name: string, error: Error) => kit.server.model.intercept({
    before: ({ input }) => { if (JSON.stringify(input).includes(`"${name}"`)) throw error; },
  });

  test('one that may not be read stops none of the others', async () => {
    for (const name of ['/app/a', '/app/b', '/app/c']) kit.put(name, name);
    refuse('/app/b', new ParameterStoreError('AccessDeniedException', 'User: x is not authorized to perform: ssm:GetParameter'));
    const client = kit.open();
    const [a, b, c] = await Promise.allSettled(['/app/a', '/app/b', '/app/c'].map((name) => client.get(name)));
    expect([a, c]).toEqual(['/app/a', '/app/c'].map((value) => ({ status: 'fulfilled', value })));
    expect((b as PromiseRejectedResult).reason).toMatchObject({
      code: 'E_CONFIG_DENIED', message: expect.stringMatching(/^not allowed to read parameter "\/app\/b".*ssm:GetParameter\)$/),
    });
  });

  test.each([
    ['AccessDeniedException', 'The ciphertext refers to a customer master key that does not exist, or you are not allowed to access.'],
    ['InvalidKeyId', 'The key is disabled'],
    ['KMSAccessDeniedException', 'denied'],
    ['KMSInvalidStateException', 'pending deletion'],
  ])('a key that cannot be used is told from a parameter that may not be read: %s', async (name, message) => {
    kit.put('/app/a', 'one');
    refuse('/app/a', new ParameterStoreError(name, message));
    expect(await rejection(kit.open().get('/app/a'))).toMatchObject({
      code: 'E_CONFIG_KEY', message: expect.stringMatching(/^cannot decrypt parameter "\/app\/a": its KMS key is missing, disabled, or not allowed/),
    });
  });

  test('the deadline holds for each request', async () => {
    kit.put('/app/a', 'one');
    await kit.proxy.set('silent');
    expect(await rejection(kit.open({ timeout: 50 }).get('/app/a'))).toMatchObject({ failure: 'timeout', code: 'E_AWS_TIMEOUT' });
  });

  test.each([
    ['', 'E_CONFIG_NAME'], ['a b', 'E_CONFIG_NAME'], ['/a:', 'E_CONFIG_NAME'], ['arn:aws:s3:::bucket', 'E_CONFIG_NAME'], [undefined, 'E_CONFIG_NAME'],
    [7, 'E_CONFIG_NAME'], [[7], 'E_CONFIG_NAME'], [null, 'E_CONFIG_NAME'], [{ path: 'app' }, 'E_CONFIG_PATH'], [{}, 'E_CONFIG_PATH'],
  ])('%j is refused before anything is asked', async (what, code) => {
    expect(await rejection(kit.open().get(what as string))).toMatchObject({ code });
    expect(kit.proxy.requests).toEqual([]);
  });

  test.each([
    [{ maxEntries: 0 }, 'E_CONFIG_OPTION'], [{ concurrency: 1.5 }, 'E_CONFIG_OPTION'], [{ ttl: -1 }, 'E_DURATION'],
  ])('%j is refused', (options, code) => {
    expect(() => new ConfigClient(options)).toThrow(expect.objectContaining({ code }));
  });
});

describe('versions', () => {
  const POLICIES = '[{"Type":"NoChangeNotification","Version":"1.0","Attributes":{"After":"1","Unit":"Days"}}]';

  beforeEach(() => {
    kit.put('/app/a', 'one', { Type: 'SecureString', Description: 'first' });
    kit.now += 1000;
    kit.put('/app/a', 'two', { Tier: 'Advanced', Policies: POLICIES });
    kit.server.model.do('LabelParameterVersion', { Name: '/app/a', ParameterVersion: 1, Labels: ['live'] });
  });

  test('describe says all but the value', async () => {
    expect(await kit.open().describe('/app/a')).toEqual({
      name: '/app/a', version: 2, lastModified: kit.now, lastModifiedUser: 'arn:aws:iam::123456789012:user/tester', type: 'SecureString',
      tier: 'Advanced', keyId: 'alias/aws/ssm', dataType: 'text',
      policies: POLICIES,
    });
    expect(await rejection(kit.open().describe('/app/x'))).toMatchObject({ code: 'E_CONFIG_PARAMETER_MISSING' });
  });

  test('history has values only when asked', async () => {
    const client = kit.open();
    const versions = await client.history('/app/a');
    expect(versions.map(({ version, labels, description }) => [version, labels, description])).toEqual([[1, ['live'], 'first'], [2, [], undefined]]);
    expect(JSON.stringify(versions)).not.toMatch(/value/i);
    expect(kit.proxy.requests.at(-1)!.input.WithDecryption).toBe(false);
    expect((await client.history('/app/a', { values: true })).map(({ value }) => value)).toEqual(['one', 'two']);
    expect(await rejection(client.history('/app/x'))).toMatchObject({ code: 'E_CONFIG_PARAMETER_MISSING' });
  });

  test('history goes over pages', async () => {
    for (const i of range(98)) kit.put('/app/a', `value ${i}`);
    expect(await kit.open().history('/app/a')).toHaveLength(100);
  });
});
