import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { aRecord, describeAuditLog } from './describe-audit-log';
import { ArchivedAuditLog } from '../../../../lambda-src/shared/config/archived-audit-log';
import { DynamoDbAuditLog, type DynamoDbAuditLogOptions } from '../../../../lambda-src/shared/config/dynamodb-audit-log';
import { MemoryAuditLog } from '../../../support/config-tables/memory-audit-log';
import { CONFIG_RECORD_ID, configArchiveKey } from '../../../../lib/contract/config';
import { dynamoDbClient, type DynamoDbClient } from '../../../../runtime/aws/dynamodb';
import { s3Client, type S3Client } from '../../../../runtime/aws/s3';
import { auditTable } from '../../../support/config-tables/audit-table';
import { startDynamoDb, type DynamoDbServer } from '../../../support/dynamodb-server';
import { startFaultProxy, type FaultProxy } from '../../../support/fault-proxy';
import { startS3, type S3Server } from '../../../support/s3-server';

const TABLE = 'audit';

let server: DynamoDbServer;
let proxy: FaultProxy;
let client: DynamoDbClient;
let objects: S3Server;
let s3: S3Client;

beforeAll(async () => {
  server = await startDynamoDb({ createTable: false });
  await server.createTable(auditTable(TABLE));
  proxy = await startFaultProxy({ upstream: server });
  client = dynamoDbClient({ ...proxy.access.clientConfig, maxAttempts: 3 });
  objects = await startS3();
  s3 = s3Client(objects.clientConfig);
});

beforeEach(() => proxy.forget());
afterEach(() => proxy.heal());

afterAll(async () => {
  client.destroy();
  s3.destroy();
  await objects.close();
  await proxy.close();
  await server.close();
});

const table = (options: Partial<DynamoDbAuditLogOptions> = {}) => new DynamoDbAuditLog({ client, tableName: TABLE, ...options });
const archived = () => new ArchivedAuditLog(table(), { s3, bucketName: objects.bucket });

describeAuditLog('MemoryAuditLog', () => new MemoryAuditLog());
describeAuditLog('DynamoDbAuditLog', () => table());
describeAuditLog('DynamoDbAuditLog in small pages', () => table({ pageSize: 1 }));
describeAuditLog('ArchivedAuditLog', () => archived());

describe('DynamoDbAuditLog', () => {
  test('uses PutItem, Query and BatchGetItem, and nothing else', async () => {
    const log = table();
    await log.add(aRecord('/app/calls', 1));
    await log.present([aRecord('/app/calls', 1)]);
    await log.since('/app/calls', '');
    await log.last('/app/calls');
    await log.names('/app', 0);
    expect(Object.keys(proxy.counts()).sort()).toEqual(['BatchGetItem', 'PutItem', 'Query']);
  });

  test('reads consistently, and no values', async () => {
    const log = table();
    await log.add(aRecord('/app/reads', 1));
    proxy.forget();
    await log.since('/app/reads', '');
    await log.last('/app/reads');
    await log.present([aRecord('/app/reads', 1)]);
    const [since, last, present] = proxy.requests.map(({ input }) => input);
    for (const query of [since!, last!]) {
      expect(query.ConsistentRead).toBe(true);
      expect(Object.values(query.ExpressionAttributeNames as object)).not.toContain('value');
    }
    expect(present!.RequestItems).toEqual({ [TABLE]: expect.objectContaining({ ConsistentRead: true, ProjectionExpression: '#p0,#p1' }) });
  });

  test('writes every attribute under its name in the contract', async () => {
    const record = aRecord('/app/item', 1, { ttl: 1_900_000_000, labels: ['a'], notBefore: 5, byActor: '/app#arn', eventId: 'e', sourceIp: 'ip' });
    await table().add(record);
    const { Item } = await server.client.send(new GetItemCommand({
      TableName: TABLE, Key: { parameter_name: { S: '/app/item' }, record_id: { S: record.recordId } },
    }));
    expect(Item).toEqual({
      parameter_name: { S: '/app/item' }, record_id: { S: record.recordId }, action: { S: 'PutParameter' }, time: { N: String(record.time) },
      not_before: { N: '5' }, version: { N: '1' }, type: { S: 'String' }, value: { S: 'value 1' }, labels: { L: [{ S: 'a' }] },
      record_source: { S: 'history' }, by_time: { S: '/app#2030-01-01' }, by_actor: { S: '/app#arn' }, event_id: { S: 'e' }, source_ip: { S: 'ip' },
      ttl: { N: '1900000000' },
    });
  });

  test('asks again for keys that were left unprocessed', async () => {
    const log = table();
    const records = [1, 2, 3, 4].map((version) => aRecord('/app/unprocessed', version));
    for (const record of records) await log.add(record);
    await proxy.set({ partial: 1 }, { times: 2 });
    expect((await log.present(records)).size).toBe(4);
  });

  test('an error other than the condition\'s is an error', async () => {
    await expect(table({ tableName: 'none' }).add(aRecord('/app/x', 1))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('ArchivedAuditLog', () => {
  const bodyOf = async (name: string, recordId: string) => {
    const bytes = await s3.get(objects.bucket, configArchiveKey(name, recordId));
    return bytes && JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>;
  };

  const lostPut = CONFIG_RECORD_ID.lostPut(1_900_000_000_000, '0f1e2d3c-0001-4000-8000-00000000c0de');
  test.each([
    ['a put', CONFIG_RECORD_ID.put(1_900_000_000_000, 1)],
    ['a deletion that no event told', CONFIG_RECORD_ID.impliedDelete(lostPut)],
  ])('keeps the records of the longest names: %s', async (_, recordId) => {
    const names = ['a', 'b'].map((end) => `/app/${'x'.repeat(1_005)}${end}`);
    for (const name of names) expect(await archived().add({ ...aRecord(name, 1), recordId })).toBe(true);
    const bodies = await Promise.all(names.map((name) => bodyOf(name, recordId)));
    expect(bodies.map((body) => body?.parameter_name)).toEqual(names);
    for (const name of names) expect(configArchiveKey(name, recordId)).toMatch(/^audit\/app\/x+~\d{1,10}\/0019\S+\.json$/);
  });

  test('keeps each record as an object, with its value and without its expiry', async () => {
    const record = aRecord('/app/archived', 1, { ttl: 5, labels: ['a'] });
    await archived().add(record);
    expect(await bodyOf(record.name, record.recordId)).toEqual({
      parameter_name: '/app/archived', record_id: record.recordId, action: 'PutParameter', time: record.time, version: 1, type: 'String',
      value: 'value 1', labels: ['a'], record_source: 'history', by_time: '/app#2030-01-01',
    });
  });

  test('never changes an object whose record is in the log', async () => {
    const record = aRecord('/app/archived-once', 1, { user: 'alice' });
    await archived().add(record);
    expect(await archived().add({ ...record, user: 'mallory' })).toBe(false);
    expect(await bodyOf(record.name, record.recordId)).toMatchObject({ user: 'alice' });
  });

  test('adds no record whose object could not be written', async () => {
    const log = new MemoryAuditLog();
    const broken = new ArchivedAuditLog(log, { s3: { put: async () => { throw new Error('denied'); } }, bucketName: 'b' });
    await expect(broken.add(aRecord('/app/x', 1))).rejects.toThrow('denied');
    expect(await log.last('/app/x')).toBeUndefined();
  });

  test('adds the record of an object that was written before a crash', async () => {
    const record = aRecord('/app/crashed', 1);
    const crashing = new ArchivedAuditLog({ ...bound(table()), add: async () => { throw new Error('crash'); } }, { s3, bucketName: objects.bucket });
    await expect(crashing.add(record)).rejects.toThrow('crash');
    expect(await bodyOf(record.name, record.recordId)).toBeDefined();
    expect(await archived().add(record)).toBe(true);
  });
});

function bound(log: DynamoDbAuditLog) {
  return {
    present: log.present.bind(log), since: log.since.bind(log), last: log.last.bind(log), names: log.names.bind(log),
  };
}
