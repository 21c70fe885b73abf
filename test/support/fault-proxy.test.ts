import { BatchGetItemCommand, BatchWriteItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { startDynamoDb, type DynamoDbServer } from './dynamodb-server';
import { startFaultProxy, type Fault, type FaultProxy } from './fault-proxy';

let server: DynamoDbServer;
let proxy: FaultProxy;
let client: DynamoDBClient;

const key = (id: string) => ({ pk: { S: id }, sk: { S: 'V' } });
const put = (id: string) => client.send(new PutItemCommand({ TableName: server.tableName, Item: key(id) }));
const get = (id: string, signal?: AbortSignal) =>
  client.send(new GetItemCommand({ TableName: server.tableName, Key: key(id) }), { abortSignal: signal }).then(({ Item }) => Item);

beforeAll(async () => {
  server = await startDynamoDb();
  proxy = await startFaultProxy({ upstream: server });
  client = new DynamoDBClient({ ...proxy.access.clientConfig, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await proxy.close();
  await server.close();
});
beforeEach(async () => {
  await proxy.heal();
  proxy.forget();
});

test('passes, counts and records', async () => {
  await put('a');
  expect(await get('a')).toEqual(key('a'));
  expect(proxy.counts()).toEqual({ PutItem: 1, GetItem: 1 });
  expect(proxy.requests[1].input).toEqual({ TableName: server.tableName, Key: key('a') });
  proxy.forget();
  expect(proxy.counts()).toEqual({});
});

test.each<[Fault, object]>([
  ['server-error', { name: 'InternalServerError', $metadata: { httpStatusCode: 500 } }],
  ['unavailable', { $metadata: { httpStatusCode: 503 } }],
  ['throttled', { name: 'ProvisionedThroughputExceededException' }],
  ['request-limit', { name: 'RequestLimitExceeded' }],
  ['throttling', { name: 'ThrottlingException' }],
  ['denied', { name: 'AccessDeniedException' }],
  ['expired-token', { name: 'ExpiredTokenException' }],
  ['missing-table', { name: 'ResourceNotFoundException' }],
  ['too-large', { name: 'ValidationException' }],
  ['condition-failed', { name: 'ConditionalCheckFailedException' }],
  ['garbled', { name: 'SyntaxError' }],
  ['refused', { message: expect.stringContaining('ECONNREFUSED') }],
  ['reset', { message: expect.stringContaining('ECONNRESET') }],
])('%s reaches the client as what it is', async (fault, error) => {
  await proxy.set(fault);
  await expect(get('a')).rejects.toMatchObject(error);
  await proxy.heal();
  await get('a');
});

test('an answer that stops in its middle is an error', async () => {
  await proxy.set('truncated');
  await expect(get('a')).rejects.toThrow();
});

test('silent accepts and never answers', async () => {
  await proxy.set('silent');
  await expect(get('a', AbortSignal.timeout(50))).rejects.toMatchObject({ name: 'AbortError' });
  expect(proxy.counts()).toEqual({ GetItem: 1 });
});

test('slow carries out at once and answers late', async () => {
  await proxy.set({ slow: 60_000 }, { operations: ['PutItem'] });
  const leaving = new AbortController();
  const late = client.send(new PutItemCommand({ TableName: server.tableName, Item: key('late') }), { abortSignal: leaving.signal });
  while (await get('late') === undefined);
  leaving.abort();
  await expect(late).rejects.toMatchObject({ name: 'AbortError' });
});

test('a fault is for some operations, for some requests, and goes on top of others', async () => {
  await proxy.set('denied', { operations: ['PutItem'] });
  await proxy.set('throttled', { operations: ['GetItem'], times: 2 });
  await expect(put('b')).rejects.toMatchObject({ name: 'AccessDeniedException' });
  await expect(get('b')).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' });
  await expect(get('b')).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' });
  expect(await get('b')).toBeUndefined();
  await expect(proxy.set('refused', { times: 1 })).rejects.toThrow('refused closes the port');
});

describe('partial', () => {
  const ids = ['p1', 'p2', 'p3'];
  const puts = ids.map((id) => ({ PutRequest: { Item: key(id) } }));
  const write = () => client.send(new BatchWriteItemCommand({ RequestItems: { [server.tableName]: puts } }));
  const read = () => client.send(new BatchGetItemCommand({ RequestItems: { [server.tableName]: { Keys: ids.map(key), ConsistentRead: true } } }));

  test('writes the first and gives back the others', async () => {
    await proxy.set({ partial: 1 });
    const { UnprocessedItems } = await write();
    expect(UnprocessedItems?.[server.tableName]).toEqual(puts.slice(1));
    await proxy.heal();
    expect([await get('p1'), await get('p2')]).toEqual([key('p1'), undefined]);
  });

  test('reads the first and gives back the others, with what was asked of them', async () => {
    await write();
    await proxy.set({ partial: 2 });
    const { Responses, UnprocessedKeys } = await read();
    expect(Responses?.[server.tableName]).toHaveLength(2);
    expect(UnprocessedKeys?.[server.tableName]).toEqual({ Keys: [key('p3')], ConsistentRead: true });
  });

  test('may do nothing at all', async () => {
    await proxy.set({ partial: 0 });
    const { Responses, UnprocessedKeys } = await read();
    expect(Responses).toEqual({});
    expect(UnprocessedKeys?.[server.tableName].Keys).toHaveLength(3);
  });
});

test.each([20 * 60_000, -20 * 60_000])('a clock that is %i ms off refuses once and is told apart', async (skewed) => {
  await proxy.set({ skewed });
  await expect(get('a')).rejects.toMatchObject({ name: 'InvalidSignatureException', message: expect.stringContaining('5 min') });
  await get('a'); // the SDK has set its clock by the answer's date
});

test('stands alone without a server behind it', async () => {
  const alone = await startFaultProxy({ respond: ({ operation }) => ({ Item: { operation: { S: operation } } }) });
  const lonely = new DynamoDBClient(alone.access.clientConfig);
  expect((await lonely.send(new GetItemCommand({ TableName: 't', Key: key('a') }))).Item).toEqual({ operation: { S: 'GetItem' } });
  lonely.destroy();
  await alone.close();
});

test('comes back on the same port, with fresh connections', async () => {
  await get('a');
  const { endpoint, connections } = proxy;
  await proxy.set('refused');
  await expect(fetch(endpoint)).rejects.toThrow();
  await proxy.heal();
  await get('a');
  expect([proxy.endpoint, proxy.connections]).toEqual([endpoint, connections + 1]);
});
