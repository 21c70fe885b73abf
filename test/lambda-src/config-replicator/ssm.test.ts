import { createServer } from 'node:http';
import { StoreFailure } from '../../../lambda-src/config-replicator/replication-store';
import { assumedRole, createStsClient, ssmClients } from '../../../lambda-src/config-replicator/ssm-clients';
import { SsmReplicationStore } from '../../../lambda-src/config-replicator/ssm-replication-store';
import { listen, TEST_CREDENTIALS } from '../../support/dynamodb-server';
import { modelClient, ParameterStoreError, ParameterStoreModel } from '../../support/parameter-store';
import { ROLE, SECRET } from './world';

describe('Parameter Store by the SDK', () => {
  let model: ParameterStoreModel;
  let store: SsmReplicationStore;
  const place = { name: '/app/a' };
  beforeEach(() => {
    model = new ParameterStoreModel();
    store = new SsmReplicationStore(() => modelClient(model));
  });

  test('what is not there is read as nothing, and removed without a word', async () => {
    expect([await store.read(place), await store.describe(place), await store.remove(place)]).toEqual([undefined, undefined, undefined]);
  });

  test('what is written is read in the clear, with its version', async () => {
    const replica = { value: SECRET, type: 'SecureString', keyId: 'alias/k', description: 'Replicated from /a' };
    expect([await store.write(place, replica), await store.write(place, replica)]).toEqual([1, 2]);
    expect(await store.read(place)).toMatchObject({ value: SECRET, type: 'SecureString', version: 2 });
    expect(await store.describe(place)).toEqual({ keyId: 'alias/k', description: 'Replicated from /a' });
    await store.remove(place);
    expect(model.names()).toEqual([]);
  });

  test('the newest of a hundred versions is described, whatever the pages, and nothing is decrypted for it', async () => {
    for (let i = 1; i <= 100; i += 1) await store.write(place, { value: 'v', type: 'String', description: `n${i}` });
    const seen: object[] = [];
    model.intercept({ before: ({ input }) => { seen.push(input); } });
    expect(await store.describe(place)).toMatchObject({ description: 'n100' });
    expect(seen).toHaveLength(2);
    for (const input of seen) expect(input).not.toHaveProperty('WithDecryption');
  });

  const OPERATIONS = ['GetParameter', 'GetParameterHistory', 'PutParameter', 'DeleteParameter'] as const;
  test.each(OPERATIONS)('a failure of %s holds nothing but names', async (operation) => {
    model.failNext(operation, new ParameterStoreError('ValidationException', `Value '${SECRET}' is wrong`));
    const abroad = { ...place, region: 'eu-west-1' };
    const calls = {
      GetParameter: () => store.read(abroad), GetParameterHistory: () => store.describe(abroad), DeleteParameter: () => store.remove(abroad),
      PutParameter: () => store.write(abroad, { value: SECRET, type: 'String', description: '' }),
    };
    const error = await calls[operation]().then(() => undefined, (thrown: unknown) => thrown) as StoreFailure;
    expect(error).toBeInstanceOf(StoreFailure);
    expect([error.name, error.cause]).toEqual(['ValidationException', undefined]);
    expect(error.message).toBe(`${operation} of /app/a in eu-west-1: ValidationException`);
    expect(error.stack).not.toContain(SECRET);
  });

  test('an answer without a value is a failure, and never a missing parameter', async () => {
    await store.write(place, { value: 'v', type: 'String', description: '' });
    model.intercept({ after: ({ operation }) => operation === 'GetParameter' ? { Parameter: { Name: '/app/a' } } : undefined });
    await expect(store.read(place)).rejects.toMatchObject({ reason: 'IncompleteAnswer' });
  });
});

describe('a role that is assumed', () => {
  let now = 0;
  const HOUR = 3_600_000;
  const credentials = () => ({
    AccessKeyId: 'AKIA', SecretAccessKey: 'secret', SessionToken: `until ${now + HOUR}`, Expiration: new Date(now + HOUR),
  });
  beforeEach(() => { now = 0; });

  test('keeps its session until five minutes before it expires, for all who ask', async () => {
    const send = jest.fn(async () => ({ Credentials: credentials() }));
    const session = assumedRole({ send } as never, ROLE, () => now);
    const [first, second] = await Promise.all([session(), session()]);
    expect(second).toBe(first);
    expect(first).toMatchObject({ accessKeyId: 'AKIA', secretAccessKey: 'secret', sessionToken: `until ${HOUR}` });
    now = HOUR - 300_001;
    expect(await session()).toBe(first);
    now += 1;
    expect(await session()).not.toBe(first);
    expect(send).toHaveBeenCalledTimes(2);
    expect(send).toHaveBeenLastCalledWith(expect.objectContaining({
      input: { RoleArn: ROLE, RoleSessionName: 'cdk-cache-tiers-config-replicator' },
    }));
  });

  test('is asked for again after a failure', async () => {
    const send = jest.fn(async (): Promise<object> => ({ Credentials: credentials() }))
      .mockRejectedValueOnce(Object.assign(new Error('no'), { name: 'AccessDenied' })).mockResolvedValueOnce({});
    const session = assumedRole({ send } as never, ROLE, () => now);
    await expect(session()).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(session()).rejects.toThrow(`no credentials for the role ${ROLE}`);
    expect(await session()).toMatchObject({ accessKeyId: 'AKIA' });
  });
});

test('no client waits for an answer for ever', async () => {
  const handler = ssmClients({ region: 'us-east-1', sts: { send: jest.fn() }, now: () => 0 })({ name: '/a', roleArn: ROLE }).config.requestHandler;
  expect(await (handler as unknown as { readonly configProvider: Promise<object> }).configProvider).toMatchObject({
    requestTimeout: 10_000, throwOnRequestTimeout: true,
  });
});

test('a session of a role is not waited for for ever', async () => {
  const silent = createServer(() => undefined);
  process.env.AWS_ENDPOINT_URL_STS = await listen(silent);
  const sts = createStsClient('us-east-1', 50);
  try {
    sts.config.credentials = async () => TEST_CREDENTIALS;
    await expect(assumedRole(sts, ROLE, () => 0)()).rejects.toMatchObject({ name: 'TimeoutError' });
  } finally {
    delete process.env.AWS_ENDPOINT_URL_STS;
    sts.destroy();
    silent.closeAllConnections();
    silent.close();
  }
});

test('each Region and role has one client, of which the least used go', async () => {
  const clientOf = ssmClients({ region: 'us-east-1', sts: { send: jest.fn() }, now: () => 0 });
  const own = clientOf({ name: '/a' });
  expect(clientOf({ name: '/b', region: 'us-east-1' })).toBe(own);
  expect(await own.config.region()).toBe('us-east-1');
  const other = clientOf({ name: '/a', region: 'eu-west-1' });
  expect(await other.config.region()).toBe('eu-west-1');
  expect(clientOf({ name: '/a', roleArn: ROLE })).not.toBe(own);
  for (let i = 0; i < 48; i += 1) {
    clientOf({ name: '/a' });
    clientOf({ name: '/a', roleArn: `${ROLE}${i}` });
  }
  expect(clientOf({ name: '/a' })).toBe(own);
  expect(clientOf({ name: '/a', region: 'eu-west-1' })).not.toBe(other);
});
