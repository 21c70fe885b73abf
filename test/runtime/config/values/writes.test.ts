import { createServer } from 'node:http';
import { inspect } from 'node:util';
import { ConfigClient, type OwnChanges } from '../../../../runtime/config';
import { CONFIG_CHANNELS } from '../../../../runtime/config/values/telemetry';
import { listen } from '../../../support/dynamodb-server';
import { ParameterStoreError } from '../../../support/parameter-store';
import { rejection, startValues, type ValuesKit } from './values-kit';

let kit: ValuesKit;
beforeEach(async () => { kit = await startValues(); });
afterEach(() => kit.close());

const range = (count: number) => [...Array(count).keys()];
const stored = (Name: string) => kit.server.model.do('GetParameter', { Name, WithDecryption: true }).Parameter;

describe('put', () => {
  test('is seen at once, without a request', async () => {
    const client = kit.open();
    expect(await client.put('/app/a', 'one', { type: 'SecureString' })).toEqual({ version: 1, tier: 'Standard' });
    expect(await client.put('/app/a', 'two', { overwrite: true })).toEqual({ version: 2, tier: 'Standard' });
    kit.proxy.forget();
    expect(await client.get('/app/a')).toBe('two');
    expect(kit.proxy.requests).toEqual([]);
    expect(stored('/app/a')).toMatchObject({ Value: 'two', Type: 'SecureString', Version: 2 });
    expect(client.stats()).toMatchObject({ puts: 2 });
  });

  test('is not undone by reads that are behind', async () => {
    kit.put('/app/a', 'one');
    const client = kit.open();
    await Promise.all([client.get('/app/a'), client.get({ path: '/app' })]);
    kit.server.model.freezeReads();
    await client.put('/app/a', 'two', { overwrite: true });
    expect(await client.get('/app/a', { fresh: true })).toBe('two');
    expect(await client.get({ path: '/app' })).toEqual({ '/app/a': 'two' });
    expect(await client.get('/app/a')).toBe('two');
  });

  test('is not undone by a read that was under way', async () => {
    kit.put('/app/a', 'one');
    const client = kit.open();
    await kit.proxy.set({ slow: 100 }, { operations: ['GetParameter'], times: 1 });
    const before = client.get('/app/a');
    while (kit.proxy.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await client.put('/app/a', 'two', { overwrite: true });
    expect(await before).toBe('two');
    expect(await client.get('/app/a')).toBe('two');
  });

  test('paths that it lies in are read anew', async () => {
    kit.put('/app/a', 'one');
    const client = kit.open();
    await client.get({ path: '/', recursive: true });
    await client.put('/app/b', 'two', { type: 'String' });
    expect(await client.get({ path: '/', recursive: true })).toEqual({ '/app/a': 'one', '/app/b': 'two' });
  });

  test('all that can be said of a parameter', async () => {
    const client = kit.open();
    const policies = [{ Type: 'NoChangeNotification', Version: '1.0', Attributes: { After: '1', Unit: 'Days' } }];
    const said = { type: 'SecureString', keyId: 'alias/own', tier: 'Advanced', description: 'text', allowedPattern: '^v', dataType: 'text' } as const;
    await client.put('/app/a', 'v1', {
      ...said, policies, tags: { team: 'a' },
    });
    expect(await client.describe('/app/a')).toMatchObject({
      ...said, policies: JSON.stringify(policies),
    });
    await client.put('/app/a', 'v2', { overwrite: true, tags: { stage: 'b' } });
    expect(kit.server.model.do('ListTagsForResource', { ResourceType: 'Parameter', ResourceId: '/app/a' }).TagList)
      .toEqual([{ Key: 'team', Value: 'a' }, { Key: 'stage', Value: 'b' }]);
  });

  test('tags that fail after the value was put say so', async () => {
    kit.put('/app/a', 'one');
    kit.server.model.failNext('AddTagsToResource', new ParameterStoreError('AccessDeniedException', 'no'));
    const client = kit.open();
    expect(await rejection(client.put('/app/a', 'two', { overwrite: true, tags: { a: 'b' } }))).toMatchObject({
      code: 'E_CONFIG_TAGS', message: expect.stringMatching(/^version 2 of "\/app\/a" was put, but its tags were not added: not allowed/),
    });
    expect(await client.get('/app/a')).toBe('two');
  });

  test('an image\'s id is only believed when it is read', async () => {
    kit.put('/app/ami', 'ami-11111111', { DataType: 'aws:ec2:image' });
    const client = kit.open();
    await client.get('/app/ami');
    await client.put('/app/ami', 'ami-wrong', { overwrite: true, dataType: 'aws:ec2:image' });
    expect(await client.get('/app/ami')).toBe('ami-11111111');
  });

  test('after a put without an answer the value is asked for', async () => {
    kit.put('/app/a', 'one');
    const client = kit.open();
    await client.get('/app/a');
    await kit.proxy.set('truncated', { operations: ['PutParameter'] });
    expect(await rejection(client.put('/app/a', 'two', { overwrite: true }))).toMatchObject({ failure: 'connection' });
    expect(await client.get('/app/a')).toBe('two');
    expect(stored('/app/a')).toMatchObject({ Version: 2 }); // it was not sent again
  });

  test('who wants to know is told, and cannot disturb', async () => {
    const told: unknown[] = [];
    const onChange: OwnChanges = {
      put: (...change) => { told.push(['put', ...change]); },
      delete: (...change) => { told.push(['delete', ...change]); throw new Error('disk full'); },
    };
    const events: unknown[] = [];
    const listen = (message: unknown) => { events.push(message); };
    for (const target of [CONFIG_CHANNELS.change, CONFIG_CHANNELS.error]) target.subscribe(listen);
    const client = kit.open({ onChange });
    await client.put('/app/a', 'open sesame', { type: 'SecureString', description: 'd' });
    await client.delete('/app/a');
    for (const target of [CONFIG_CHANNELS.change, CONFIG_CHANNELS.error]) target.unsubscribe(listen);
    expect(told).toEqual([
      ['put', '/app/a', { version: 1, lastModified: kit.now, type: 'SecureString', tier: 'Standard', description: 'd' }], ['delete', '/app/a'],
    ]);
    expect(events).toEqual([
      { operation: 'put', name: '/app/a', version: 1 }, { operation: 'delete', name: '/app/a' },
      { operation: 'onChange.delete', error: expect.objectContaining({ message: 'disk full' }) },
    ]);
    expect(client.stats()).toMatchObject({ puts: 1, deletes: 1, errors: 1 });
  });
});

describe('refused puts', () => {
  const SECRET = 'hunter2-hunter2';

  test.each<[string, string, object, string, RegExp]>([
    ['it exists', '/app/a', { type: 'String' }, 'E_CONFIG_PARAMETER_EXISTS', /"\/app\/a": it exists already: pass overwrite/],
    ['no type', '/app/new', {}, 'E_CONFIG_WRITE', /it is new, so type is needed/],
    ['another type', '/app/a', { type: 'StringList', overwrite: true }, 'E_CONFIG_WRITE', /it has another type/],
    ['a pattern', '/app/a', { overwrite: true, allowedPattern: '^\\d$' }, 'E_CONFIG_WRITE', /does not match its allowedPattern/],
    ['a broken pattern', '/app/a', { overwrite: true, allowedPattern: '(' }, 'E_CONFIG_WRITE', /allowedPattern is not a regular expression/],
    ['a reserved name', '/aws-x/a', { type: 'String' }, 'E_CONFIG_WRITE', /its name begins with "aws" or "ssm"/],
    ['a name without a slash', 'app/a', { type: 'String' }, 'E_CONFIG_WRITE', /its name must begin with a slash/],
    ['too deep', `/a${'/a'.repeat(15)}`, { type: 'String' }, 'E_CONFIG_WRITE', /more than 15 levels/],
    ['a lower tier', '/app/big', { overwrite: true, tier: 'Standard' }, 'E_CONFIG_WRITE', /leave out tier/],
    ['a key for a text', '/app/a', { overwrite: true, type: 'String', keyId: 'k' }, 'E_CONFIG_WRITE', /keyId is for the type SecureString/],
  ])('%s', async (_, name, options, code, message) => {
    kit.put('/app/a', 'one');
    kit.put('/app/big', 'one', { Tier: 'Advanced' });
    const error = await rejection(kit.open().put(name, SECRET, options));
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(inspect(error, { depth: 9 })).not.toContain('hunter2');
  });

  test.each([
    'ValidationException', 'ParameterPatternMismatchException', 'AccessDeniedException', 'InvalidKeyId', 'InternalServerError', 'ThrottlingException',
    'ParameterAlreadyExists', 'ParameterNotFound', 'SomethingNew', 'ExpiredTokenException',
  ])('nothing of the value is in the error or below, whatever the service says: %s', async (name) => {
    for (const status of [400, 500]) {
      kit.server.model.intercept({ before: () => { throw new ParameterStoreError(name, `Value '${SECRET}' is wrong: "${SECRET}"`, status); } });
      const error = await rejection(kit.open({ timeout: 100 }).put('/app/a', SECRET, { type: 'String' }));
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('hunter2');
      expect(JSON.stringify(error)).not.toContain('hunter2');
    }
  });

  test.each([undefined, null, '', 7, { password: SECRET }])('%j is no value, and is not shown', async (value) => {
    const error = await rejection(kit.open().put('/app/a', value as string));
    expect(error).toMatchObject({ code: 'E_CONFIG_VALUE' });
    expect(inspect(error)).not.toContain('hunter2');
  });

  test.each(['', '/app/a:3', 'arn:aws:ssm:us-east-1:123456789012:parameter/app/a'])('%j is no name to write', async (name) => {
    expect(await rejection(kit.open().put(name, 'x'))).toMatchObject({ code: 'E_CONFIG_NAME' });
    expect(await rejection(kit.open().delete(name))).toMatchObject({ code: 'E_CONFIG_NAME' });
  });
});

describe('answers that cannot be read', () => {
  test('say nothing of the values in them', async () => {
    const broken = createServer((request, response) => { request.resume(); response.end('{"Parameter":{"Value":"hunter2" oops'); });
    const client = new ConfigClient({ ...kit.connection, endpoints: { ssm: await listen(broken) } });
    const calls = [client.get('/app/a'), client.get({ path: '/app' }), client.history('/app/a', { values: true }), client.put('/app/a', 'hunter2')];
    for (const error of await Promise.all(calls.map(rejection))) {
      expect(error).toMatchObject({ code: 'E_AWS_RESPONSE' });
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('hunter2');
    }
    client.close();
    broken.closeAllConnections();
    broken.close();
  });
});

describe('delete', () => {
  test('in batches of ten, saying which were not there', async () => {
    for (const i of range(23)) kit.put(`/app/${i}`, 'x');
    const client = kit.open();
    const names = range(25).map((i) => `/app/${i}`);
    await client.get(names.slice(0, 23));
    const { deleted, missing } = await client.delete(names);
    expect([deleted.length, missing]).toEqual([23, ['/app/23', '/app/24']]);
    expect(kit.proxy.counts().DeleteParameters).toBe(3);
    expect(kit.server.model.names()).toEqual([]);
    expect(await rejection(client.get('/app/0'))).toMatchObject({ code: 'E_CONFIG_PARAMETER_MISSING' });
    expect(await client.delete('/app/0')).toEqual({ deleted: [], missing: ['/app/0'] });
    expect(await client.delete([])).toEqual({ deleted: [], missing: [] });
  });

  test('versions of a parameter that was deleted are not those of its successor', async () => {
    const client = kit.open();
    await client.put('/app/a', 'one', { type: 'String' });
    expect(await client.get('/app/a:1')).toBe('one');
    await client.delete('/app/a');
    await client.put('/app/a', 'another', { type: 'String' });
    expect(await client.get(['/app/a', '/app/a:1'])).toEqual({ '/app/a': 'another', '/app/a:1': 'another' });
  });

  test('not even where they were read while it was deleted', async () => {
    kit.put('/app/a', 'one');
    const client = kit.open();
    await kit.proxy.set({ slow: 100 }, { operations: ['GetParameter'], times: 1 });
    const before = client.get('/app/a:1');
    while (kit.proxy.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await client.delete('/app/a');
    expect(await before).toBe('one');
    kit.put('/app/a', 'another');
    expect(await client.get('/app/a:1')).toBe('another');
  });

  test('what turns out to be gone already is not in memory any more', async () => {
    kit.put('/app/a', 'one');
    const client = kit.open();
    await client.get('/app/a');
    kit.server.model.do('DeleteParameter', { Name: '/app/a' });
    expect(await client.delete('/app/a')).toEqual({ deleted: [], missing: ['/app/a'] });
    expect(await rejection(client.get('/app/a'))).toMatchObject({ code: 'E_CONFIG_PARAMETER_MISSING' });
  });

  test('whoever leaves before its turn waits no longer', async () => {
    kit.put('/app/a', 'one');
    const client = kit.open({ concurrency: 1 });
    await kit.proxy.set('silent', { operations: ['GetParameter'] });
    const first = rejection(client.get('/app/a', { signal: AbortSignal.timeout(300) }));
    while (kit.proxy.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    const controller = new AbortController();
    const left = rejection(client.delete('/app/a', { signal: controller.signal }));
    setImmediate(() => controller.abort());
    const sooner = await Promise.race([left, first.then(() => 'the one before it')]);
    expect(sooner).toMatchObject({ code: 'E_AWS_ABORTED' });
    expect(kit.server.model.names()).toEqual(['/app/a']);
  });

  test('a failure says what was deleted until then', async () => {
    for (const i of range(15)) kit.put(`/app/${i}`, 'x');
    let calls = 0;
    kit.server.model.intercept({ before: () => { if ((calls += 1) === 2) throw new ParameterStoreError('AccessDeniedException', 'no'); } });
    expect(await rejection(kit.open().delete(range(15).map((i) => `/app/${i}`)))).toMatchObject({
      code: 'E_CONFIG_DELETE', deleted: range(10).map((i) => `/app/${i}`), message: expect.stringMatching(/^10 of 15 parameters were deleted, then: not allowed/),
    });
  });
});
