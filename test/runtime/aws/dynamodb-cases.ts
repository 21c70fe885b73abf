import type { DynamoDbClient, Item } from '../../../runtime/aws/dynamodb';

interface Output {
  readonly Item?: Item;
  readonly Attributes?: Item;
  readonly Items?: readonly Item[];
  readonly Count?: number;
  readonly Responses?: Readonly<Record<string, readonly Item[]>>;
  readonly UnprocessedKeys?: object;
  readonly UnprocessedItems?: object;
  readonly Table?: { readonly TableName: string; readonly CreationDateTime: number };
  readonly TableDescription?: { readonly TableName: string };
}

/** What every client has to do on a server with DynamoDB's protocol, which has the table `memo-test` with `pk` and `sk`. */
export function dynamoDbCases(client: () => DynamoDbClient): void {
  const TableName = 'memo-test';
  const call = (operation: Parameters<DynamoDbClient['call']>[0], input: object) => client().call<Output>(operation, input);
  const key = (pk: string, sk = 'V') => ({ pk: { S: pk }, sk: { S: sk } });
  const binary = Buffer.from([0, 1, 127, 128, 254, 255]).toString('base64');
  const item: Item = {
    ...key('item'),
    n: { N: '-12.5' }, b: { B: binary }, t: { BOOL: true }, f: { BOOL: false }, z: { NULL: true }, e: { S: '' },
    m: { M: { B: { S: 'a member called B' }, BS: { L: [{ B: binary }] }, $metadata: { S: 'kept' } } },
    l: { L: [{ N: '1' }, { S: 'é漢🎉' }, { M: {} }] },
    ss: { SS: ['a', 'b'] }, ns: { NS: ['1', '2'] }, bs: { BS: [binary, 'AAA='] },
  };

  test('PutItem and GetItem keep every type', async () => {
    await call('PutItem', { TableName, Item: item });
    expect(await call('GetItem', { TableName, Key: key('item'), ConsistentRead: true })).toEqual({ Item: item });
  });

  test('GetItem of what is not there', async () => {
    expect(await call('GetItem', { TableName, Key: key('nobody') })).toEqual({});
  });

  test('UpdateItem', async () => {
    const update = {
      TableName, Key: key('counter'), UpdateExpression: 'ADD #c :one SET #b = :bytes', ReturnValues: 'ALL_NEW',
      ExpressionAttributeNames: { '#c': 'c', '#b': 'B' }, ExpressionAttributeValues: { ':one': { N: '1' }, ':bytes': { B: binary } },
    };
    await call('UpdateItem', update);
    expect(await call('UpdateItem', update)).toEqual({ Attributes: { ...key('counter'), c: { N: '2' }, B: { B: binary } } });
  });

  test('DeleteItem', async () => {
    await call('PutItem', { TableName, Item: key('gone') });
    expect(await call('DeleteItem', { TableName, Key: key('gone'), ReturnValues: 'ALL_OLD' })).toEqual({ Attributes: key('gone') });
    expect(await call('GetItem', { TableName, Key: key('gone') })).toEqual({});
  });

  test('BatchWriteItem and BatchGetItem', async () => {
    const items = ['b1', 'b2', 'b3'].map((pk) => ({ ...key(pk), b: { B: binary } }));
    const written = await call('BatchWriteItem', { RequestItems: { [TableName]: items.map((each) => ({ PutRequest: { Item: each } })) } });
    expect(written).toMatchObject({ UnprocessedItems: {} });
    const Keys = ['b1', 'b2', 'none'].map((pk) => key(pk));
    const { Responses, UnprocessedKeys } = await call('BatchGetItem', { RequestItems: { [TableName]: { Keys } } });
    expect(UnprocessedKeys).toEqual({});
    expect(Responses![TableName]!.toSorted((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)).toEqual(items.slice(0, 2));
  });

  test('Query and Scan', async () => {
    for (const sk of ['1', '2', '3']) await call('PutItem', { TableName, Item: { ...key('q', sk), b: { B: binary } } });
    const query = { TableName, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: 'q' } }, Limit: 2 };
    expect(await call('Query', query)).toMatchObject({
      Count: 2, Items: [{ sk: { S: '1' }, b: { B: binary } }, { sk: { S: '2' } }], LastEvaluatedKey: key('q', '2'),
    });
    expect((await call('Scan', { TableName })).Count).toBeGreaterThanOrEqual(3);
  });

  test('CreateTable, DescribeTable and DescribeTimeToLive', async () => {
    const definition = {
      TableName: 'second', BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    };
    expect((await call('CreateTable', definition)).TableDescription).toMatchObject({ TableName: 'second' });
    const { Table } = await call('DescribeTable', { TableName: 'second' });
    expect(Table).toMatchObject({ TableName: 'second' });
    expect(Math.abs(Table!.CreationDateTime - Date.now() / 1000)).toBeLessThan(60);
    expect(await call('DescribeTimeToLive', { TableName: 'second' })).toEqual({ TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } });
  });

  test('UpdateTimeToLive, which dynalite does not know', async () => {
    const TimeToLiveSpecification = { AttributeName: 'ttl', Enabled: true };
    await expect(call('UpdateTimeToLive', { TableName, TimeToLiveSpecification })).rejects.toMatchObject({
      name: 'UnknownOperationException', failure: 'request',
    });
  });

  test('fails for a missing table', async () => {
    await expect(call('GetItem', { TableName: 'missing', Key: key('a') })).rejects.toMatchObject({
      code: 'E_AWS_MISSING', name: 'ResourceNotFoundException', failure: 'missing', statusCode: 400, retryable: false,
      message: expect.stringMatching(/^GetItem: ResourceNotFoundException: /) as string, requestId: expect.stringMatching(/^[A-Z0-9]{52}$/) as string,
    });
  });

  test('fails for a condition that is not met', async () => {
    await call('PutItem', { TableName, Item: key('taken') });
    await expect(call('PutItem', { TableName, Item: key('taken'), ConditionExpression: 'attribute_not_exists(pk)' })).rejects.toMatchObject({
      code: 'E_AWS_REQUEST', name: 'ConditionalCheckFailedException', failure: 'request', retryable: false,
    });
  });

  test('fails for an item that is too large', async () => {
    await expect(call('PutItem', { TableName, Item: { ...key('large'), v: { S: 'x'.repeat(410_000) } } })).rejects.toMatchObject({
      code: 'E_AWS_REQUEST', name: 'ValidationException', failure: 'request', retryable: false,
    });
  });

  test('fails when the caller has given up', async () => {
    const aborted = client().call('GetItem', { TableName, Key: key('a') }, AbortSignal.abort());
    await expect(aborted).rejects.toMatchObject({ failure: 'timeout', code: 'E_AWS_ABORTED' });
  });

  test('connect', async () => {
    await expect(client().connect!()).resolves.toBeUndefined();
  });
}
