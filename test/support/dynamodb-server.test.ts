import { connect } from 'node:net';
import { DeleteItemCommand, DescribeTableCommand, GetItemCommand, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { startDynamoDb, type DynamoDbServer } from './dynamodb-server';

let server: DynamoDbServer;
afterEach(() => server.close());

test('has one table with the keys of MemoCache, by the name asked for', async () => {
  server = await startDynamoDb({ table: { name: 'cache-test' } });
  const { Table } = await server.client.send(new DescribeTableCommand({ TableName: 'cache-test' }));
  expect(Table?.TableStatus).toBe('ACTIVE');
  expect(Table?.KeySchema).toEqual([{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }]);
  expect(server.environment).toMatchObject({ CACHE_TABLE: 'cache-test', AWS_ENDPOINT_URL_DYNAMODB: server.endpoint });
});

test('keeps items and checks conditions', async () => {
  server = await startDynamoDb();
  const item = { pk: { S: 'p' }, sk: { S: 'V' }, v: { B: Uint8Array.of(1, 2, 3) } };
  const key = { TableName: server.tableName, Key: { pk: item.pk, sk: item.sk } };
  const put = new PutItemCommand({ TableName: server.tableName, Item: item, ConditionExpression: 'attribute_not_exists(pk)' });
  await server.client.send(put);
  await expect(server.client.send(put)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  expect((await server.client.send(new GetItemCommand(key))).Item).toEqual(item);
  await server.client.send(new DeleteItemCommand(key));
  expect((await server.client.send(new GetItemCommand(key))).Item).toBeUndefined();
});

test('starts without a table', async () => {
  server = await startDynamoDb({ createTable: false });
  expect((await server.client.send(new ListTablesCommand({}))).TableNames).toEqual([]);
});

test('outlives clients that leave in the middle of a request', async () => {
  server = await startDynamoDb();
  const { port } = new URL(server.endpoint);
  for (const sent of ['', '{"TableName":']) {
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write(`POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: DynamoDB_20120810.GetItem\r\nContent-Length: 100\r\n\r\n${sent}`, () => {
          setImmediate(() => socket.resetAndDestroy());
        });
      }).on('close', () => resolve());
    });
  }
  expect((await server.client.send(new ListTablesCommand({}))).TableNames).toEqual([server.tableName]);
});

test('runs beside others and closes twice', async () => {
  server = await startDynamoDb();
  const other = await startDynamoDb({ table: { name: 'other' } });
  expect(other.endpoint).not.toBe(server.endpoint);
  await other.close();
  await other.close();
  await expect(fetch(other.endpoint)).rejects.toThrow();
});
