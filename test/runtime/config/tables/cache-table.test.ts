import { GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { CONFIG_CACHE_ATTRIBUTE } from '../../../../lib/contract/config';
import { DynamoDbCacheTable } from '../../../../runtime/config/tables/dynamodb-cache-table';
import { MemoryCacheTable } from '../../../support/config-tables/memory-cache-table';
import { dynamoDbClient, type DynamoDbClient } from '../../../../runtime/aws/dynamodb';
import { cacheTable } from '../../../support/config-tables/cache-table';
import { startDynamoDb, type DynamoDbServer } from '../../../support/dynamodb-server';
import { aRow, describeCacheTable } from './cache-table-contract';

describeCacheTable('MemoryCacheTable', () => Promise.resolve(new MemoryCacheTable(2)));

describe('in DynamoDB', () => {
  let server: DynamoDbServer;
  let client: DynamoDbClient;
  let tables = 0;

  beforeAll(async () => {
    server = await startDynamoDb({ createTable: false });
    client = dynamoDbClient(server.clientConfig);
  });
  afterAll(async () => {
    client.destroy();
    await server.close();
  });

  const open = async () => {
    const tableName = `names-${tables += 1}`;
    await server.createTable(cacheTable(tableName));
    return new DynamoDbCacheTable({ client, tableName, pageSize: 2 });
  };
  const TableName = () => `names-${tables}`;
  const Key = { parameter_name: { S: '/app/a' } };
  const item = async () => (await server.client.send(new GetItemCommand({ TableName: TableName(), Key }))).Item;

  describeCacheTable('DynamoDbCacheTable', open);

  test('a row has the attributes that the contract names, and never a value', async () => {
    const table = await open();
    const leaking = { ...aRow('/app/a').metadata!, tier: 'Standard', value: 'open sesame' };
    await table.put(aRow('/app/a', { metadata: leaking }), undefined);
    expect(await item()).toEqual({
      parameter_name: { S: '/app/a' }, state: { S: 'ACTIVE' }, revision: { N: '1' }, change_shard: { S: expect.stringMatching(/^[0-7]$/) as string },
      changed: { N: '1893456000000' }, version: { N: '1' }, last_modified: { N: '1893455999999' }, type: { S: 'String' }, tier: { S: 'Standard' },
    });
    expect(Object.values(CONFIG_CACHE_ATTRIBUTE)).not.toContain('value');
  });

  test.each([
    ['state', 'REMOVE #a'], ['change_shard', 'REMOVE #a'], ['revision', 'REMOVE #a'], ['changed', 'REMOVE #a'],
    ['version', 'REMOVE #a'], ['type', 'REMOVE #a'],
    ['state', 'SET #a = :wrong'], ['change_shard', 'SET #a = :wrong'], ['revision', 'SET #a = :wrong'],
  ])('a row whose %s somebody has damaged by %s has no metadata, and can be replaced', async (attribute, UpdateExpression) => {
    const table = await open();
    await table.put(aRow('/app/a', { revision: 5 }), undefined);
    await server.client.send(new UpdateItemCommand({
      TableName: TableName(), Key, UpdateExpression, ExpressionAttributeNames: { '#a': attribute },
      ...(UpdateExpression.includes(':wrong') && { ExpressionAttributeValues: { ':wrong': { S: 'wrong' } } }),
    }));
    const row = (await table.get(['/app/a'])).get('/app/a');
    expect(row?.metadata).toBeUndefined();
    expect(await table.put(aRow('/app/a', { revision: 6 }), row?.revision)).toBe(true);
    expect(await table.put(aRow('/app/a', { revision: 6 }), row?.revision)).toBe(false);
  });

  test('a row that somebody has put without anything is replaced', async () => {
    const table = await open();
    await server.client.send(new PutItemCommand({ TableName: TableName(), Item: Key }));
    const row = (await table.get(['/app/a'])).get('/app/a');
    expect(row).toEqual({ name: '/app/a', state: 'ACTIVE', revision: 0, changed: 0 });
    expect(await table.put(aRow('/app/a'), 0)).toBe(true);
    expect((await table.get(['/app/a'])).get('/app/a')).toEqual(aRow('/app/a'));
  });

  test('an epoch is opened in a row about the table that has lost it', async () => {
    const table = await open();
    await server.client.send(new PutItemCommand({ TableName: TableName(), Item: { parameter_name: { S: '#meta' } } }));
    expect(await table.openEpoch('e')).toBe('e');
    expect(await table.meta()).toEqual({ epoch: 'e' });
  });

  test('errors other than a failed condition are errors', async () => {
    const table = new DynamoDbCacheTable({ client, tableName: 'absent' });
    await expect(table.put(aRow('/app/a'), undefined)).rejects.toThrow('ResourceNotFoundException');
    await expect(table.get(['/app/a'])).rejects.toThrow('ResourceNotFoundException');
    await expect(table.active('0')).rejects.toThrow('ResourceNotFoundException');
  });
});

test('rows that DynamoDB has left unprocessed are asked for again, consistently', async () => {
  const item = (name: string) => ({ parameter_name: { S: name } });
  const rest = { Keys: [item('/app/b')], ConsistentRead: true };
  const answers = [{ Responses: { t: [item('/app/a')] }, UnprocessedKeys: { t: rest } }, { Responses: { t: [item('/app/b')] }, UnprocessedKeys: {} }];
  const calls: object[] = [];
  const call = (_: string, input: object, signal?: AbortSignal) => {
    expect(signal).toBeInstanceOf(AbortSignal); // a call that nobody gives up could be seen too late for clients
    calls.push(input);
    return Promise.resolve(answers.shift());
  };
  const table = new DynamoDbCacheTable({ client: { call, destroy: () => {} } as unknown as DynamoDbClient, tableName: 't' });
  expect([...(await table.get(['/app/a', '/app/b'])).keys()]).toEqual(['/app/a', '/app/b']);
  expect(calls).toEqual([{ RequestItems: { t: { Keys: [item('/app/a'), item('/app/b')], ConsistentRead: true } } }, { RequestItems: { t: rest } }]);
});

test('what the table says of itself is read as it is at this moment', async () => {
  const call = jest.fn(async () => ({}));
  const table = new DynamoDbCacheTable({ client: { call, destroy: () => {} } as unknown as DynamoDbClient, tableName: 't' });
  expect(await table.meta()).toEqual({});
  expect(call).toHaveBeenCalledWith('GetItem', expect.objectContaining({ ConsistentRead: true }), expect.any(AbortSignal));
});
