import { getEventListeners } from 'node:events';
import { createServer } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { dynamoDbClient, type AwsClientOptions, type DynamoDbClient } from '../../../runtime/aws/dynamodb';
import { listen, startDynamoDb, TEST_CREDENTIALS, TEST_REGION, type DynamoDbServer } from '../../support/dynamodb-server';
import { startFaultProxy, type Fault, type FaultProxy } from '../../support/fault-proxy';
import { dynamoDbCases } from './dynamodb-cases';

const HOUR = 3_600_000;

describe('on a server', () => {
  let server: DynamoDbServer;
  let client: DynamoDbClient;
  beforeAll(async () => {
    server = await startDynamoDb();
    client = dynamoDbClient(server.clientConfig);
  });
  afterAll(async () => {
    client.destroy();
    await server.close();
  });

  dynamoDbCases(() => client);
});

describe('on a server that fails', () => {
  let proxy: FaultProxy;
  const clients: DynamoDbClient[] = [];
  beforeAll(async () => { proxy = await startFaultProxy({ respond: ({ operation }) => ({ operation }) }); });
  beforeEach(async () => { await proxy.heal(); proxy.forget(); });
  afterEach(() => clients.splice(0).forEach((each) => each.destroy()));
  afterAll(() => proxy.close());

  const clientWith = (options: AwsClientOptions = {}) => {
    const client = dynamoDbClient({ endpoint: proxy.endpoint, region: TEST_REGION, credentials: TEST_CREDENTIALS, ...options });
    clients.push(client);
    return client;
  };
  const get = (client: DynamoDbClient, signal?: AbortSignal) => client.call('GetItem', { TableName: 'memo-test' }, signal);

  test.each<[Fault, object, number]>([
    ['server-error', { code: 'E_AWS_SERVER', name: 'InternalServerError', failure: 'server', statusCode: 500 }, 2],
    ['unavailable', { code: 'E_AWS_SERVER', name: 'Http503', failure: 'server', statusCode: 503 }, 2],
    ['throttled', { code: 'E_AWS_THROTTLED', name: 'ProvisionedThroughputExceededException', failure: 'throttled' }, 2],
    ['request-limit', { code: 'E_AWS_THROTTLED', name: 'RequestLimitExceeded', failure: 'throttled' }, 2],
    ['throttling', { code: 'E_AWS_THROTTLED', name: 'ThrottlingException', failure: 'throttled' }, 2],
    ['reset', { code: 'E_AWS_CONNECTION', failure: 'connection', retryable: true }, 2],
    ['truncated', { code: 'E_AWS_CONNECTION', failure: 'connection', retryable: true }, 2],
    ['denied', { code: 'E_AWS_DENIED', name: 'AccessDeniedException', failure: 'denied', retryable: false }, 1],
    ['missing-table', { code: 'E_AWS_MISSING', name: 'ResourceNotFoundException', failure: 'missing', retryable: false }, 1],
    ['too-large', { code: 'E_AWS_REQUEST', name: 'ValidationException', failure: 'request', retryable: false }, 1],
    ['condition-failed', { code: 'E_AWS_REQUEST', name: 'ConditionalCheckFailedException', failure: 'request', retryable: false }, 1],
    ['garbled', { code: 'E_AWS_RESPONSE', failure: 'server', retryable: false }, 1],
  ])('%s', async (fault, error, attempts) => {
    await proxy.set(fault);
    await expect(get(clientWith())).rejects.toMatchObject(error);
    expect(proxy.requests).toHaveLength(attempts);

    proxy.forget();
    await expect(get(clientWith({ maxAttempts: 1 }))).rejects.toMatchObject(error);
    expect(proxy.requests).toHaveLength(1);

    await proxy.heal();
    await proxy.set(fault, { times: 1 });
    if (attempts === 2) await expect(get(clientWith())).resolves.toEqual({ operation: 'GetItem' });
  });

  test('refused', async () => {
    await proxy.set('refused');
    await expect(get(clientWith())).rejects.toMatchObject({ code: 'E_AWS_CONNECTION', failure: 'connection', retryable: false });
  });

  test('silent, until the deadline', async () => {
    await proxy.set('silent');
    const call = get(clientWith(), AbortSignal.timeout(20));
    await expect(call).rejects.toMatchObject({ code: 'E_AWS_TIMEOUT', failure: 'timeout', name: 'TimeoutError' });
    expect(proxy.requests).toHaveLength(1);
  });

  test('a deadline that passes in the pause before another attempt leaves the service\'s answer', async () => {
    await proxy.set('throttled');
    const control = new AbortController();
    const random = jest.spyOn(Math, 'random').mockImplementation(() => (control.abort(), 1e6));
    await expect(get(clientWith(), control.signal)).rejects.toMatchObject({ failure: 'throttled' });
    expect(proxy.requests).toHaveLength(1);
    random.mockRestore();
  });

  describe('clocks', () => {
    test.each([HOUR, -HOUR])('a service whose clock is %i ms ahead', async (ahead) => {
      await proxy.set({ skewed: ahead });
      const client = clientWith();
      await Promise.all(Array.from({ length: 10 }, () => get(client)));
      expect(proxy.requests).toHaveLength(20);
      await get(client); // the time is known by now
      expect(proxy.requests).toHaveLength(21);
    });

    test('a wrong key is not taken for a wrong clock', async () => {
      const message = 'The request signature we calculated does not match the signature you provided';
      const server = createServer((_, response) => {
        sent++;
        response.writeHead(400).end(JSON.stringify({ __type: 'com.amazon.coral.service#InvalidSignatureException', message }));
      });
      let sent = 0;
      const client = clientWith({ endpoint: await listen(server) });
      await expect(get(client)).rejects.toMatchObject({ name: 'InvalidSignatureException', failure: 'denied' });
      expect(sent).toBe(1);
      await new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); });
    });
  });

  describe('expired credentials', () => {
    test('are renewed, once for all calls', async () => {
      const credentials = jest.fn().mockResolvedValueOnce({ ...TEST_CREDENTIALS, sessionToken: 'old' }).mockImplementation(async () => {
        while (proxy.requests.length < 5) await setImmediate();
        return { ...TEST_CREDENTIALS, sessionToken: 'new' };
      });
      await proxy.set('expired-token', { times: 5 });
      const client = clientWith({ credentials });
      await Promise.all(Array.from({ length: 5 }, () => get(client)));
      expect(credentials.mock.calls).toEqual([[undefined], [{ forceRefresh: true }]]);
      expect(proxy.requests.map(({ headers }) => headers['x-amz-security-token'])).toEqual([...Array(5).fill('old'), ...Array(5).fill('new')]);
    });

    test('are said to be expired if there are no others', async () => {
      await proxy.set('expired-token');
      await expect(get(clientWith())).rejects.toMatchObject({ name: 'ExpiredTokenException', failure: 'denied' });
      expect(proxy.requests).toHaveLength(1);
    });

    test('are renewed once for a call', async () => {
      let count = 0;
      await proxy.set('expired-token');
      const credentials = async () => ({ ...TEST_CREDENTIALS, sessionToken: `t${count++}` });
      await expect(get(clientWith({ credentials }))).rejects.toMatchObject({ name: 'ExpiredTokenException' });
      expect(count).toBe(2);
    });
  });

  test('many calls may share a signal, and leave nothing on it', async () => {
    const { signal } = new AbortController();
    const client = clientWith({ maxSockets: 2 });
    await Promise.all(Array.from({ length: 30 }, () => get(client, signal)));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('slow credentials do not outlast the deadline', async () => {
    const credentials = () => new Promise<never>(() => {});
    await expect(get(clientWith({ credentials }), AbortSignal.timeout(10))).rejects.toMatchObject({ failure: 'timeout' });
    expect(proxy.requests).toHaveLength(0);
  });

  test('no credentials', async () => {
    const credentials = () => Promise.reject(new Error('not logged in'));
    await expect(get(clientWith({ credentials }))).rejects.toMatchObject({ failure: 'denied', message: 'no AWS credentials: not logged in' });
  });

  test('after connect, the first call needs no new connection', async () => {
    const client = clientWith();
    await client.connect!();
    await get(client);
    expect(proxy.connections).toBe(1);
  });

  test('what it sends', async () => {
    await clientWith().call('PutItem', { TableName: 'arn:aws:dynamodb:us-east-1:123456789012:table/memo', Item: { pk: { S: 'é' } } });
    expect(proxy.requests[0]).toMatchObject({
      operation: 'PutItem', input: { TableName: 'arn:aws:dynamodb:us-east-1:123456789012:table/memo', Item: { pk: { S: 'é' } } },
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.PutItem' },
    });
  });

  test('fails without a region', async () => {
    const { AWS_REGION, AWS_DEFAULT_REGION, AWS_CONFIG_FILE, ...rest } = process.env;
    const saved = { AWS_REGION, AWS_DEFAULT_REGION, AWS_CONFIG_FILE, ...rest };
    process.env = { ...rest, AWS_CONFIG_FILE: '/nowhere', AWS_SHARED_CREDENTIALS_FILE: '/nowhere' };
    await expect(get(clientWith({ region: undefined }))).rejects.toMatchObject({ code: 'E_AWS_NO_REGION' });
    process.env = saved;
  });
});
