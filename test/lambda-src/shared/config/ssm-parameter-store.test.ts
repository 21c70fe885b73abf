import type { SSMClient } from '@aws-sdk/client-ssm';
import { InvalidNextToken } from '../../../../lambda-src/shared/config/parameter-store';
import type { ParameterMetadata } from '../../../../runtime/config/tables/parameter-metadata';
import { createSsmClient, SsmParameterStore, type SsmSender } from '../../../../lambda-src/shared/config/ssm-parameter-store';
import { modelClient, ParameterStoreError, ParameterStoreModel } from '../../../support/parameter-store';

const T0 = Date.UTC(2030, 0, 1);
const SECRET = 'open sesame';

let now: number;
let model: ParameterStoreModel;
let sent: { readonly name: string; readonly input: Record<string, unknown> }[];
let store: SsmParameterStore;

beforeEach(() => {
  now = T0;
  model = new ParameterStoreModel({ now: () => now });
  sent = [];
  const client = modelClient(model);
  const sender: SsmSender = {
    send: (command) => {
      sent.push({ name: command.constructor.name, input: command.input as unknown as Record<string, unknown> });
      return client.send(command as Parameters<SSMClient['send']>[0]);
    },
  };
  store = new SsmParameterStore(sender);
});

const put = (...names: string[]) => { for (const Name of names) model.do('PutParameter', { Name, Value: 'v', Type: 'String' }); };
const namesOf = (parameters: readonly ParameterMetadata[]) => parameters.map(({ name }) => name).sort();

async function walk(namespaces: readonly string[]): Promise<string[]> {
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await store.page(namespaces, nextToken);
    names.push(...page.parameters.map(({ name }) => name));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return names;
}

describe('describe', () => {
  test('says all that Parameter Store does, in milliseconds', async () => {
    now = T0 + 123;
    const policies = '[{"Type":"Expiration","Version":"1.0","Attributes":{"Timestamp":"2031-01-01T00:00:00.000Z"}}]';
    model.do('PutParameter', {
      Name: '/app/a', Value: SECRET, Type: 'SecureString', Tier: 'Advanced', KeyId: 'alias/mine', DataType: 'text', Description: 'what it is',
      AllowedPattern: '.*', Policies: policies,
    });
    const [parameter] = await store.describe(['/app/a']);
    expect({ ...parameter, policies: JSON.parse(parameter.policies!) as unknown }).toEqual({
      name: '/app/a', version: 1, lastModified: T0 + 123, lastModifiedUser: 'arn:aws:iam::123456789012:user/tester', type: 'SecureString',
      tier: 'Advanced', keyId: 'alias/mine', dataType: 'text', description: 'what it is', allowedPattern: '.*',
      policies: JSON.parse(policies) as unknown,
    });
  });

  test('has only those that exist, each once', async () => {
    put('/app/a', '/app/ab', 'plain');
    expect(namesOf(await store.describe(['/app/a', '/app/none', 'plain', '/app/a']))).toEqual(['/app/a', 'plain']);
    expect(await store.describe([])).toEqual([]);
  });

  test('asks for fifty names at a time', async () => {
    const names = Array.from({ length: 120 }, (_, i) => `/app/${i}`);
    put(...names);
    expect(namesOf(await store.describe(names))).toEqual([...names].sort());
    expect(model.calls).toEqual({ DescribeParameters: 3 });
  });

  test('takes no short or empty page for the last', async () => {
    const names = Array.from({ length: 40 }, (_, i) => `/app/${i}`);
    put(...names);
    let page = 0;
    model.shortenPages(() => (page += 1) % 2 === 1 ? 0 : 7);
    expect(namesOf(await store.describe(names))).toEqual([...names].sort());
  });

  const FAILURES = ['ThrottlingException', 'AccessDeniedException', 'InternalServerError', 'ParameterNotFound'];
  test.each(FAILURES)('passes %s on: nothing is taken for missing', async (name) => {
    put('/app/a');
    const error = new ParameterStoreError(name, 'no');
    model.failNext('DescribeParameters', error);
    await expect(store.describe(['/app/a'])).rejects.toBe(error);
  });

  test('fails on an answer that is incomplete', async () => {
    const broken = new SsmParameterStore({ send: () => Promise.resolve({ Parameters: [{ Name: '/app/a', Type: 'String' }] }) });
    await expect(broken.describe(['/app/a'])).rejects.toThrow('Parameter Store\'s answer is incomplete: {"name":"/app/a","type":"String"}');
  });
});

describe('page', () => {
  test('walks all parameters below the paths, those that have a path for their name, and no others', async () => {
    const inside = [...Array.from({ length: 130 }, (_, i) => `/app/db/${i}`), '/app', '/shared/x'];
    put(...inside, '/apple', '/other/x', 'apples', 'plain');
    expect((await walk(['/app', '/shared'])).sort()).toEqual([...inside].sort());
  });

  test('a name that is a path in another path is there once in a page', async () => {
    put('/app/db', '/app/db/x');
    expect((await walk(['/app', '/app/db'])).sort()).toEqual(['/app/db', '/app/db/x']);
  });

  test('with the path / it walks all, those without a slash too, by no filter', async () => {
    put('/a', '/b/c', 'plain');
    expect((await walk(['/', '/b'])).sort()).toEqual(['/a', '/b/c', 'plain']);
    expect(sent.map(({ input }) => input.ParameterFilters)).toEqual([undefined]);
  });

  test('more paths than a filter takes are walked one filter after the other', async () => {
    const paths = Array.from({ length: 120 }, (_, i) => `/p${i}`);
    const names = paths.flatMap((path) => [path, `${path}/x`, `${path}/y`]);
    put(...names, '/p120/x');
    expect((await walk(paths)).sort()).toEqual([...names].sort());
  });

  test('takes no short or empty page for the last', async () => {
    const names = Array.from({ length: 40 }, (_, i) => `/app/${i}`);
    put(...names);
    let page = 0;
    model.shortenPages(() => (page += 1) % 3);
    expect((await walk(['/app'])).sort()).toEqual([...names].sort());
  });

  test('says that a token is no longer good', async () => {
    put(...Array.from({ length: 60 }, (_, i) => `/app/${i}`));
    const { nextToken } = await store.page(['/app']);
    model.expireTokens();
    await expect(store.page(['/app'], nextToken)).rejects.toThrow(InvalidNextToken);
  });

  test.each(['7 abc', '1 ', 'abc'])('a token that is none of these paths, %j, is not good', async (token) => {
    await expect(store.page(['/app'], token)).rejects.toThrow(InvalidNextToken);
  });

  test('passes other errors on', async () => {
    const error = new ParameterStoreError('ThrottlingException', 'Rate exceeded');
    model.failNext('DescribeParameters', error);
    await expect(store.page(['/'])).rejects.toBe(error);
  });
});

describe('history', () => {
  test('has all versions, oldest first, with labels and values as they are stored', async () => {
    for (let i = 1; i <= 120; i += 1) {
      now = T0 + i;
      model.do('PutParameter', { Name: '/app/a', Value: SECRET, ...(i === 1 ? { Type: 'SecureString' } : { Overwrite: true }) });
    }
    model.do('LabelParameterVersion', { Name: '/app/a', ParameterVersion: 119, Labels: ['good'] });
    const records = await store.history('/app/a');
    expect(records.map(({ version }) => version)).toEqual(Array.from({ length: 100 }, (_, i) => i + 21));
    expect(records[0]).toMatchObject({ name: '/app/a', version: 21, lastModified: T0 + 21, type: 'SecureString', labels: [] });
    expect(records[98]).toMatchObject({ version: 119, labels: ['good'] });
    expect(records[0].value).not.toContain(SECRET);
    expect(model.decrypt(records[0].value)).toBe(SECRET);
  });

  test('nothing is ever decrypted', async () => {
    put('/app/a');
    await store.describe(['/app/a']);
    await store.page(['/app']);
    await store.history('/app/a');
    expect(sent.length).toBeGreaterThan(2);
    expect(sent.filter(({ input }) => 'WithDecryption' in input)).toEqual([]);
  });

  test('of what does not exist is empty', async () => {
    expect(await store.history('/app/none')).toEqual([]);
  });

  test('passes every other error on', async () => {
    put('/app/a');
    for (const name of ['ThrottlingException', 'AccessDeniedException', 'InvalidKeyId']) {
      const error = new ParameterStoreError(name, 'no');
      model.failNext('GetParameterHistory', error);
      await expect(store.history('/app/a')).rejects.toBe(error);
    }
  });
});

test('the client of handlers tries again at the rate that the service allows, and waits for no answer for ever', async () => {
  const client = createSsmClient();
  expect(await client.config.maxAttempts()).toBe(10);
  expect(await client.config.retryStrategy()).toMatchObject({ mode: 'adaptive' });
  const handler = client.config.requestHandler as unknown as { readonly configProvider: Promise<object> };
  expect(await handler.configProvider).toMatchObject({ connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true });
  client.destroy();
});
