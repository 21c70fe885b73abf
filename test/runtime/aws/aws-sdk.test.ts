import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { fromDynamoDBClient } from '../../../runtime/aws-sdk/index';
import { startDynamoDb, type DynamoDbServer } from '../../support/dynamodb-server';
import { startFaultProxy, type Fault, type FaultProxy } from '../../support/fault-proxy';
import { dynamoDbCases } from './dynamodb-cases';

describe('on a server', () => {
  let server: DynamoDbServer;
  beforeAll(async () => { server = await startDynamoDb(); });
  afterAll(() => server.close());

  dynamoDbCases(() => fromDynamoDBClient(server.client));

  test('destroy leaves the caller\'s client open', async () => {
    const destroy = jest.spyOn(server.client, 'destroy');
    fromDynamoDBClient(server.client).destroy();
    expect(destroy).not.toHaveBeenCalled();
    destroy.mockRestore();
  });
});

describe('on a server that fails', () => {
  let proxy: FaultProxy;
  let sdk: DynamoDBClient;
  beforeAll(async () => {
    proxy = await startFaultProxy();
    sdk = new DynamoDBClient({ ...proxy.access.clientConfig, maxAttempts: 1 });
  });
  beforeEach(() => proxy.heal());
  afterAll(async () => { sdk.destroy(); await proxy.close(); });

  test.each<[Fault, object]>([
    ['server-error', { code: 'E_AWS_SERVER', failure: 'server', statusCode: 500, retryable: true }],
    ['throttled', { code: 'E_AWS_THROTTLED', name: 'ProvisionedThroughputExceededException', failure: 'throttled' }],
    ['denied', { code: 'E_AWS_DENIED', name: 'AccessDeniedException', failure: 'denied' }],
    ['expired-token', { code: 'E_AWS_DENIED', name: 'ExpiredTokenException', failure: 'denied' }],
    ['missing-table', { code: 'E_AWS_MISSING', failure: 'missing' }],
    ['condition-failed', { name: 'ConditionalCheckFailedException', failure: 'request' }],
    ['reset', { code: 'E_AWS_CONNECTION', failure: 'connection', retryable: true }],
    ['refused', { code: 'E_AWS_CONNECTION', failure: 'connection', retryable: false }],
  ])('%s', async (fault, error) => {
    await proxy.set(fault);
    const call = fromDynamoDBClient(sdk).call('GetItem', { TableName: 'memo-test', Key: {} });
    await expect(call).rejects.toMatchObject({ ...error, cause: expect.anything() as unknown });
  });

  test('silent, until the deadline', async () => {
    await proxy.set('silent');
    const call = fromDynamoDBClient(sdk).call('GetItem', { TableName: 'memo-test', Key: {} }, AbortSignal.timeout(20));
    await expect(call).rejects.toMatchObject({ code: 'E_AWS_TIMEOUT', failure: 'timeout' });
  });

  test('no credentials', async () => {
    const credentials = () => Promise.reject(Object.assign(new Error('none'), { name: 'CredentialsProviderError' }));
    const client = new DynamoDBClient({ ...proxy.access.clientConfig, credentials });
    await expect(fromDynamoDBClient(client).call('GetItem', { TableName: 'memo-test', Key: {} })).rejects.toMatchObject({
      code: 'E_AWS_CREDENTIALS', failure: 'denied',
    });
    client.destroy();
  });
});
