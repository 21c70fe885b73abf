import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { fromDynamoDBClient } from '../../../runtime/aws-sdk';
import { dynamoDbClient, type DynamoDbClient } from '../../../runtime/aws/dynamodb';
import { s3Client, type S3Client } from '../../../runtime/aws/s3';
import { failureClassOf } from '../../../runtime/resilience/failure';
import { DynamoDbEntryStore } from '../../../runtime/stores/dynamodb-entry-store';
import { anEntry, describeEntryStore } from '../../support/contracts/entry-store';
import { startDynamoDb, type DynamoDbServer } from '../../support/dynamodb-server';
import { startFaultProxy, type Fault, type FaultProxy } from '../../support/fault-proxy';
import { startS3, type S3Server } from '../../support/s3-server';

let server: DynamoDbServer;
let proxy: FaultProxy;
let client: DynamoDbClient;
let objects: S3Server;
let s3: S3Client;

beforeAll(async () => {
  server = await startDynamoDb();
  proxy = await startFaultProxy({ upstream: server });
  client = dynamoDbClient({ ...proxy.access.clientConfig });
  objects = await startS3();
  s3 = s3Client(objects.clientConfig);
});

afterEach(async () => { await proxy.heal(); });

afterAll(async () => {
  client.destroy();
  s3.destroy();
  await objects.close();
  await proxy.close();
  await server.close();
});

const store = (options: Partial<ConstructorParameters<typeof DynamoDbEntryStore>[0]> = {}) =>
  new DynamoDbEntryStore({ client, tableName: server.tableName, ...options });

describeEntryStore('DynamoDbEntryStore', () => store(), { largest: Infinity });
describeEntryStore('DynamoDbEntryStore with a bucket', () => store({ bucketName: objects.bucket, s3 }), { largest: Infinity });
describeEntryStore('DynamoDbEntryStore over an SDK client', () => store({ client: fromDynamoDBClient(server.client) }), { largest: Infinity });

describe('requests', () => {
  beforeEach(() => proxy.forget());

  test('one entry is one GetItem, an entry with its generations is one BatchGetItem', async () => {
    await store().read({ entries: ['f##=one'], generations: [] });
    await store().read({ entries: ['f##=one'], generations: ['#all', '#fn#f'] });
    expect(proxy.counts()).toEqual({ GetItem: 1, BatchGetItem: 1 });
  });

  test('reads are eventually consistent, inspections are consistent', async () => {
    await store().read({ entries: ['f##=one'], generations: [] });
    await store().inspect('f##=one');
    expect(proxy.requests[0].input.ConsistentRead).toBeUndefined();
    expect(proxy.requests[1].input.RequestItems).toEqual({ [server.tableName]: expect.objectContaining({ ConsistentRead: true }) });
  });

  test('a question for generations alone is asked consistently', async () => {
    await store().read({ entries: [], generations: ['#all', '#fn#f'] });
    expect(proxy.requests[0].input.RequestItems).toEqual({ [server.tableName]: expect.objectContaining({ ConsistentRead: true }) });
  });

  test('keys that were left unprocessed are asked for again', async () => {
    const keys = Array.from({ length: 5 }, (_, i) => `f##=unprocessed-${i}`);
    for (const key of keys) await store().write(key, anEntry(), undefined);
    proxy.forget();
    await proxy.set({ partial: 2 }, { times: 2 });
    const { entries } = await store().read({ entries: keys, generations: [] });
    expect(entries.every((state) => state?.entry !== undefined)).toBe(true);
    expect(proxy.counts()).toEqual({ BatchGetItem: 3 });
  });

  test('keys that stay unprocessed end with the deadline, not with a wrong answer', async () => {
    await proxy.set({ partial: 0 });
    await expect(store().read({ entries: ['f##=a', 'f##=b'], generations: [] }, AbortSignal.timeout(100))).rejects.toThrow();
  });

  test('parts that were left unprocessed are sent again', async () => {
    const payload = new Uint8Array(1_200_000).fill(7);
    await proxy.set({ partial: 1 }, { times: 2, operations: ['BatchWriteItem'] });
    await store().write('f##=parts', anEntry({ payload }), undefined);
    const stored = (await store().read({ entries: ['f##=parts'], generations: [] })).entries[0]?.entry?.payload;
    expect((await (stored as { load(): Promise<Uint8Array> }).load()).byteLength).toBe(1_200_000);
    expect(proxy.counts().BatchWriteItem).toBeGreaterThan(1);
  });
});

describe.each<[Fault, string]>([
  ['refused', 'connection'], ['reset', 'connection'], ['truncated', 'connection'], ['silent', 'timeout'], [{ slow: 60_000 }, 'timeout'],
  ['server-error', 'server'], ['unavailable', 'server'], ['garbled', 'server'], ['throttled', 'throttled'], ['request-limit', 'throttled'],
  ['denied', 'denied'], ['missing-table', 'missing'], ['too-large', 'request'],
])('a server that is %j', (fault, failure) => {
  const lease = { holder: 'h', revision: '', until: Date.now() + 1000 };
  const operations: [string, (signal: AbortSignal) => Promise<unknown>][] = [
    ['read', (signal) => store().read({ entries: ['f##=fault', 'f##=other'], generations: ['#all'] }, signal)],
    ['write', (signal) => store().write('f##=fault', anEntry(), undefined, signal)],
    ['write in parts', (signal) => store().write('f##=fault', anEntry({ payload: new Uint8Array(500_000) }), undefined, signal)],
    ['delete', (signal) => store().delete('f##=fault', signal)],
    ['acquire', (signal) => store().acquire('f##=fault', lease, Date.now(), signal)],
    ['renew', (signal) => store().renew('f##=fault', 'h', Date.now(), signal)],
    ['release', (signal) => store().release('f##=fault', 'h', signal)],
    ['inspect', (signal) => store().inspect('f##=fault', signal)],
    ['raise', (signal) => store().raise('#all', Date.now(), signal)],
  ];

  test.each(operations)('%s rejects, and says what kind of failure it is', async (_, operation) => {
    await proxy.set(fault);
    const error: unknown = await operation(AbortSignal.timeout(failure === 'timeout' ? 150 : 10_000)).catch((reason: unknown) => reason);
    expect(failureClassOf(error)).toBe(failure);
  });
});

describe('items', () => {
  const itemsOf = async (key: string) => (await server.client.send(new QueryCommand({
    TableName: server.tableName, KeyConditionExpression: 'pk = :key', ExpressionAttributeValues: { ':key': { S: key } },
  }))).Items!;

  test('ttl is in seconds and after the last use of the value', async () => {
    const entry = anEntry();
    await store().write('f##=ttl', entry, undefined);
    const [item] = await itemsOf('f##=ttl');
    expect(Number(item.ttl.N)).toBeGreaterThanOrEqual(entry.staleIfError / 1000);
    expect(Number(item.ttl.N)).toBeLessThan(entry.staleIfError / 1000 + 3600);
  });

  test('a lease is an item of its own, so that taking it never pays for the value', async () => {
    await store().write('f##=own', anEntry(), undefined);
    await store().acquire('f##=own', { holder: 'h', revision: '', until: Date.now() + 1000 }, Date.now());
    expect((await itemsOf('f##=own')).map(({ sk }) => sk.S).sort()).toEqual(['L', 'V']);
  });

  test('a value whose parts are not all there is no value', async () => {
    await store().write('f##=torn', anEntry({ payload: new Uint8Array(900_000) }), undefined);
    const whole = await itemsOf('f##=torn');
    const part = whole.find(({ sk }) => sk.S!.startsWith('C#'))!;
    await client.call('DeleteItem', { TableName: server.tableName, Key: { pk: { S: part.pk.S! }, sk: { S: part.sk.S! } } });
    const stored = (await store().read({ entries: ['f##=torn'], generations: [] })).entries[0]?.entry?.payload as { load(): Promise<unknown> };
    expect(await stored.load()).toBeUndefined();
  });

  test('a large value goes to the bucket, under the prefix that may be written', async () => {
    objects.reset();
    await store({ bucketName: objects.bucket, s3 }).write('f##=object', anEntry({ payload: new Uint8Array(500_000) }), undefined);
    expect([...objects.objects().keys()]).toEqual([expect.stringMatching(/^memo\/[\w-]{43}\/[\w-]{12}$/)]);
    const { entries: [state] } = await store().read({ entries: ['f##=object'], generations: [] });
    const withoutBucket = state?.entry?.payload as { load(): Promise<unknown> };
    expect(await withoutBucket.load()).toBeUndefined();
  });

  test('items of another program are nobody\'s entries', async () => {
    await client.call('PutItem', { TableName: server.tableName, Item: { pk: { S: 'f##=foreign' }, sk: { S: 'V' }, r: { S: 'x' }, e: { N: '1' } } });
    expect((await store().read({ entries: ['f##=foreign'], generations: [] })).entries[0]).toEqual({ revision: 'x' });
  });

  test('the table may be named by its ARN', () => {
    expect(store({ tableName: 'arn:aws:dynamodb:eu-west-3:111122223333:table/cache-prod' }).name).toBe('cache-prod');
  });
});
