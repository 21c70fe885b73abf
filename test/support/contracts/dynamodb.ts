import { randomBytes } from 'node:crypto';
import type { Item } from '../../../runtime/aws/dynamodb';
import { row, type Check, type Row } from './contract';
import { BATCH_ROWS } from './dynamodb-batches';
import { freshKey, keyOf, outputOf, type DynamoDbSubject } from './dynamodb-subject';

const BINARY = Buffer.from([0, 1, 127, 128, 254, 255]).toString('base64');
const TYPES: Item = {
  n: { N: '-12.5' }, b: { B: BINARY }, t: { BOOL: true }, f: { BOOL: false }, z: { NULL: true }, e: { S: '' },
  d: { N: '12345678901234567890123456789012345678' },
  m: { M: { B: { S: 'a member called B' }, BS: { L: [{ B: BINARY }] }, $metadata: { S: 'kept' } } },
  l: { L: [{ N: '1' }, { S: 'é漢🎉' }, { M: {} }] },
  ss: { SS: ['a', 'b'] }, ns: { NS: ['1', '2'] }, bs: { BS: [BINARY, 'AAA='] },
};
const CONDITION_FAILED = { code: 'E_AWS_REQUEST', name: 'ConditionalCheckFailedException', failure: 'request', retryable: false };
const INVALID = { code: 'E_AWS_REQUEST', name: 'ValidationException', failure: 'request', statusCode: 400, retryable: false };

/** A table of nothing but a partition key. */
async function secondTable(subject: DynamoDbSubject): Promise<string> {
  const TableName = freshKey('second');
  const { TableDescription } = await outputOf(subject, 'CreateTable', {
    TableName, BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  });
  subject.created.push(TableName);
  expect(TableDescription).toMatchObject({ TableName });
  return TableName;
}

const timeToLive: Check<DynamoDbSubject> = async (subject) => {
  const TableName = await secondTable(subject);
  const TimeToLiveSpecification = { AttributeName: 'ttl', Enabled: true };
  expect(await subject.client.call('UpdateTimeToLive', { TableName, TimeToLiveSpecification })).toMatchObject({ TimeToLiveSpecification });
  const { TimeToLiveDescription } = await outputOf(subject, 'DescribeTimeToLive', { TableName });
  expect(TimeToLiveDescription).toMatchObject({ AttributeName: 'ttl', TimeToLiveStatus: expect.stringMatching(/^ENABL(ED|ING)$/) as string });
};

const noTimeToLive: Check<DynamoDbSubject> = async ({ client, tableName: TableName }) => {
  const call = client.call('UpdateTimeToLive', { TableName, TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true } });
  await expect(call).rejects.toMatchObject({ name: 'UnknownOperationException', failure: 'request' });
};

/** What we rely on in DynamoDB, by a client for a table with `pk` and `sk`. */
export const DYNAMODB_ROWS: readonly Row<DynamoDbSubject>[] = [
  row('PutItem and GetItem keep every type', async (subject) => {
    const { tableName: TableName } = subject;
    const Key = keyOf(freshKey());
    await outputOf(subject, 'PutItem', { TableName, Item: { ...Key, ...TYPES } });
    expect(await outputOf(subject, 'GetItem', { TableName, Key, ConsistentRead: true })).toEqual({ Item: { ...Key, ...TYPES } });
  }),

  row('GetItem of what is not there', async (subject) => {
    expect(await outputOf(subject, 'GetItem', { TableName: subject.tableName, Key: keyOf(freshKey()) })).toEqual({});
  }),

  row('UpdateItem makes an item, counts, and gives it back', async (subject) => {
    const Key = keyOf(freshKey('counter'));
    const update = {
      TableName: subject.tableName, Key, UpdateExpression: 'SET #b = :bytes ADD #c :one', ReturnValues: 'ALL_NEW',
      ExpressionAttributeNames: { '#c': 'c', '#b': 'B' }, ExpressionAttributeValues: { ':one': { N: '1' }, ':bytes': { B: BINARY } },
    };
    await outputOf(subject, 'UpdateItem', update);
    expect(await outputOf(subject, 'UpdateItem', update)).toEqual({ Attributes: { ...Key, c: { N: '2' }, B: { B: BINARY } } });
  }),

  row('counts that are raised at once are all counted', async (subject) => {
    const update = {
      TableName: subject.tableName, Key: keyOf(freshKey('counter')), UpdateExpression: 'ADD c :one', ReturnValues: 'ALL_NEW',
      ExpressionAttributeValues: { ':one': { N: '1' } },
    };
    const counts = await Promise.all(Array.from({ length: 16 }, () => outputOf(subject, 'UpdateItem', update)));
    const sorted = counts.map(({ Attributes }) => Number((Attributes!.c as { N: string }).N)).sort((a, b) => a - b);
    expect(sorted).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
  }),

  row('DeleteItem', async (subject) => {
    const [TableName, Key] = [subject.tableName, keyOf(freshKey())];
    await outputOf(subject, 'PutItem', { TableName, Item: Key });
    expect(await outputOf(subject, 'DeleteItem', { TableName, Key, ReturnValues: 'ALL_OLD' })).toEqual({ Attributes: Key });
    expect(await outputOf(subject, 'GetItem', { TableName, Key })).toEqual({});
    expect(await outputOf(subject, 'DeleteItem', { TableName, Key })).toEqual({});
  }),

  row('Query in order, by prefix and in pages; Scan', async (subject) => {
    const [TableName, pk] = [subject.tableName, freshKey('query')];
    for (const sk of ['C#2', 'C#1', 'C#3', 'V']) await outputOf(subject, 'PutItem', { TableName, Item: { ...keyOf(pk, sk), b: { B: BINARY } } });
    const query = { TableName, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: pk } }, Limit: 2 };
    const page = await outputOf(subject, 'Query', query);
    expect(page).toMatchObject({
      Count: 2, Items: [{ sk: { S: 'C#1' }, b: { B: BINARY } }, { sk: { S: 'C#2' } }], LastEvaluatedKey: keyOf(pk, 'C#2'),
    });
    const next = await outputOf(subject, 'Query', { ...query, ExclusiveStartKey: page.LastEvaluatedKey });
    expect(next.Items!.map(({ sk }) => sk)).toEqual([{ S: 'C#3' }, { S: 'V' }]);
    const parts = await outputOf(subject, 'Query', {
      TableName, KeyConditionExpression: 'pk = :pk AND begins_with(sk, :c)', ExpressionAttributeValues: { ':pk': { S: pk }, ':c': { S: 'C#' } },
    });
    expect([parts.Count, parts.LastEvaluatedKey]).toEqual([3, undefined]);
    expect((await outputOf(subject, 'Scan', { TableName })).Count).toBeGreaterThanOrEqual(4);
  }),

  row('a page of a Query has 1 MB', async (subject) => {
    const [TableName, pk] = [subject.tableName, freshKey('page')];
    const v = { S: 'x'.repeat(100_000) };
    await Promise.all(Array.from({ length: 15 }, (_, i) => outputOf(subject, 'PutItem', { TableName, Item: { ...keyOf(pk, `${10 + i}`), v } })));
    const query = { TableName, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: pk } } };
    const first = await outputOf(subject, 'Query', query);
    expect([10, 11]).toContain(first.Count);
    const second = await outputOf(subject, 'Query', { ...query, ExclusiveStartKey: first.LastEvaluatedKey });
    expect([first.Count! + second.Count!, second.LastEvaluatedKey]).toEqual([15, undefined]);
  }),

  row('CreateTable, DescribeTable and DescribeTimeToLive', async (subject) => {
    const TableName = await secondTable(subject);
    const { Table } = await outputOf(subject, 'DescribeTable', { TableName });
    expect(Table).toMatchObject({ TableName });
    expect(Math.abs(Table!.CreationDateTime - Date.now() / 1000)).toBeLessThan(60);
    expect(await outputOf(subject, 'DescribeTimeToLive', { TableName })).toEqual({ TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } });
  }),

  row('UpdateTimeToLive', timeToLive, { dynalite: { why: 'it does not know the operation', check: noTimeToLive } }),

  row('fails for a missing table', async ({ client }) => {
    await expect(client.call('GetItem', { TableName: 'missing', Key: keyOf('a') })).rejects.toMatchObject({
      code: 'E_AWS_MISSING', name: 'ResourceNotFoundException', failure: 'missing', statusCode: 400, retryable: false,
      message: expect.stringMatching(/^GetItem: ResourceNotFoundException: /) as string, requestId: expect.stringMatching(/^[\w-]{20,}$/) as string,
    });
  }),

  row('a write is refused if there is something, and after that nothing has changed', async (subject) => {
    const [TableName, Key] = [subject.tableName, keyOf(freshKey())];
    const put = { TableName, ConditionExpression: 'attribute_not_exists(pk) OR r = :r', ExpressionAttributeValues: { ':r': { S: 'own' } } };
    await outputOf(subject, 'PutItem', { ...put, Item: { ...Key, r: { S: 'own' } } });
    await outputOf(subject, 'PutItem', { ...put, Item: { ...Key, r: { S: 'another' } } });
    await expect(subject.client.call('PutItem', { ...put, Item: { ...Key, r: { S: 'own' } } })).rejects.toMatchObject(CONDITION_FAILED);
    expect((await outputOf(subject, 'GetItem', { TableName, Key, ConsistentRead: true })).Item).toEqual({ ...Key, r: { S: 'another' } });
  }),

  row('of 16 conditional writes at once one is done', async (subject) => {
    const Item = keyOf(freshKey('race'));
    const put = { TableName: subject.tableName, ConditionExpression: 'attribute_not_exists(pk)' };
    const done = await Promise.allSettled(Array.from({ length: 16 }, (_, i) => {
      return subject.client.call('PutItem', { ...put, Item: { ...Item, i: { N: String(i) } } });
    }));
    const refused = done.filter((each) => each.status === 'rejected');
    expect(refused).toHaveLength(15);
    for (const { reason } of refused) expect(reason).toMatchObject(CONDITION_FAILED);
  }),

  row('conditions compare numbers and strings', async (subject) => {
    const [TableName, Item] = [subject.tableName, { ...keyOf(freshKey('lease')), u: { N: '1000' }, r: { S: 'one' }, h: { S: 'a' } }];
    await outputOf(subject, 'PutItem', { TableName, Item });
    const take = (now: string, r: string, h: string) => subject.client.call('PutItem', {
      TableName, Item, ConditionExpression: 'attribute_not_exists(pk) OR u <= :now OR r <> :r OR h = :h',
      ExpressionAttributeValues: { ':now': { N: now }, ':r': { S: r }, ':h': { S: h } },
    });
    await expect(take('999', 'one', 'b')).rejects.toMatchObject(CONDITION_FAILED);
    for (const [now, r, h] of [['1000', 'one', 'b'], ['999', 'two', 'b'], ['999', 'one', 'a']] as const) await take(now, r, h);
  }),

  row('a condition on what is not there fails, and leaves nothing', async (subject) => {
    const [TableName, Key] = [subject.tableName, keyOf(freshKey())];
    const condition = { TableName, Key, ConditionExpression: 'h = :h' };
    const remove = { ...condition, ExpressionAttributeValues: { ':h': { S: 'a' } } };
    await expect(subject.client.call('DeleteItem', remove)).rejects.toMatchObject(CONDITION_FAILED);
    const update = { ...condition, UpdateExpression: 'SET u = :u', ExpressionAttributeValues: { ':h': { S: 'a' }, ':u': { N: '1' } } };
    await expect(subject.client.call('UpdateItem', update)).rejects.toMatchObject(CONDITION_FAILED);
    expect(await outputOf(subject, 'GetItem', { TableName, Key, ConsistentRead: true })).toEqual({});
  }),

  row('a reserved word in an expression is refused', async ({ client, tableName: TableName }) => {
    const update = { TableName, Key: keyOf(freshKey()), UpdateExpression: 'SET ttl = :n', ExpressionAttributeValues: { ':n': { N: '1' } } };
    await expect(client.call('UpdateItem', update)).rejects.toMatchObject(INVALID);
  }),

  row('a key must not be empty, another string may', async ({ client, tableName: TableName }) => {
    await expect(client.call('PutItem', { TableName, Item: keyOf('') })).rejects.toMatchObject(INVALID);
    await client.call('PutItem', { TableName, Item: { ...keyOf(freshKey()), v: { S: '' } } });
  }),

  row('an item has 400 KB', async ({ client, tableName: TableName }) => {
    const item = (size: number) => ({ TableName, Item: { ...keyOf(freshKey()), v: { B: randomBytes(size).toString('base64') } } });
    await client.call('PutItem', item(409_000));
    await expect(client.call('PutItem', item(409_600))).rejects.toMatchObject(INVALID);
  }),

  ...BATCH_ROWS,

  row('fails when the caller has given up', async ({ client, tableName: TableName }) => {
    const aborted = client.call('GetItem', { TableName, Key: keyOf('a') }, AbortSignal.abort());
    await expect(aborted).rejects.toMatchObject({ failure: 'timeout', code: 'E_AWS_ABORTED' });
  }),

  row('connect', async ({ client }) => {
    await expect(client.connect!()).resolves.toBeUndefined();
  }),
];
