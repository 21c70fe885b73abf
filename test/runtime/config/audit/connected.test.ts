import { CONFIG_FOOTPRINT_PATH } from '../../../../lib/contract/config';
import type { Item } from '../../../../runtime/aws/dynamodb';
import { AuditLog, ConfigConnection, rebuildCache, replay } from '../../../../runtime/config';
import { itemOfRecord } from '../../../../runtime/config/tables/audit-items';
import { auditTable } from '../../../support/config-tables/audit-table';
import { cacheTable } from '../../../support/config-tables/cache-table';
import { startDynamoDb, TEST_CREDENTIALS, TEST_REGION, type DynamoDbServer } from '../../../support/dynamodb-server';
import { startParameterStore, type ParameterStoreServer } from '../../../support/parameter-store';
import { deletion, indexed, put } from './records';

const T = Date.UTC(2026, 0, 15);
const footprint = { version: 1, namespaces: ['/app'], cacheTable: 'names', auditTable: 'log', tombstoneDays: 90 };

let parameters: ParameterStoreServer;
let tables: DynamoDbServer;
let connection: ConfigConnection;

beforeAll(async () => {
  parameters = await startParameterStore({ region: TEST_REGION });
  tables = await startDynamoDb({ createTable: false });
  await tables.createTable(auditTable('log'));
  await tables.createTable(cacheTable('names'));
  const publish = (name: string, value: object) =>
    parameters.model.do('PutParameter', { Name: `${CONFIG_FOOTPRINT_PATH}${name}`, Value: JSON.stringify(value), Type: 'String' });
  publish('main', footprint);
  publish('plain', { ...footprint, auditTable: undefined });
  connection = open('main');
  for (const record of [put(T, 1), { ...put(T, 1), name: '/app/b' }, { ...deletion(T + 60_000, 'E'), name: '/app/b' }]) {
    await connection.dynamoDb.call('PutItem', { TableName: 'log', Item: itemOfRecord(indexed(record)) });
  }
});
afterAll(async () => {
  connection.close();
  await Promise.all([parameters.close(), tables.close()]);
});

const open = (name: string) => new ConfigConnection({
  footprint: name, home: false, region: TEST_REGION, credentials: TEST_CREDENTIALS, env: {}, now: () => T + 3_600_000,
  endpoints: { ssm: parameters.endpoint, dynamodb: tables.endpoint },
});

async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

test('a footprint is enough to read its log, to replay it, and to rebuild its table', async () => {
  const log = new AuditLog({ connection });
  expect(await rebuildCache({ connection })).toMatchObject({ restored: 1, buried: 1, epoch: 'opened' });
  const { Item: row } = await connection.dynamoDb.call<{ Item?: Item }>('GetItem', { TableName: 'names', Key: { parameter_name: { S: '/app/b' } } });
  expect(row).toMatchObject({ ttl: { N: String((T + 60_000) / 1_000 + 90 * 86_400) } });
  expect((await collected(log.entries({ since: T }))).map(({ name, action }) => `${action} ${name}`)).toEqual([
    'DeleteParameter /app/b', 'PutParameter /app/b', 'PutParameter /app/a',
  ]);
  expect(await collected(log.entries({ prefix: '/app/b', since: T }))).toHaveLength(2); // by the names of the table that was rebuilt
  expect((await collected(replay({ connection }))).map(({ name }) => name)).toEqual(['/app/a']);
  expect((await collected(replay({ connection, prefix: '/app', time: T }))).map(({ name }) => name)).toEqual(['/app/a', '/app/b']);
});

test('a footprint without a log says so', async () => {
  const plain = open('plain');
  const none = { code: 'E_CONFIG_AUDIT_NONE', message: expect.stringContaining('audit set to true') as string };
  await expect(collected(new AuditLog({ connection: plain }).entries())).rejects.toMatchObject(none);
  await expect(collected(replay({ connection: plain }))).rejects.toMatchObject(none);
  await expect(rebuildCache({ connection: plain })).rejects.toMatchObject(none);
  plain.close();
});

test('who gives up has an end of it', async () => {
  const signal = AbortSignal.abort();
  await expect(collected(new AuditLog({ connection }).entries({ since: T }, signal))).rejects.toMatchObject({ code: 'E_AWS_ABORTED' });
});
