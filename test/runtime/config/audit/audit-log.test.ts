import { crc32 } from 'node:zlib';
import { CONFIG_ACTION, changeShard } from '../../../../lib/contract/config';
import { AwsError } from '../../../../runtime/aws/errors';
import { dynamoDbClient, type DynamoDbClient } from '../../../../runtime/aws/dynamodb';
import { AuditLog } from '../../../../runtime/config/audit/audit-log';
import { DynamoDbAuditReader } from '../../../../runtime/config/audit/dynamodb-reader';
import type { AuditLogPlace } from '../../../../runtime/config/audit/log-place';
import { MemoryAuditReader } from '../../../support/config-tables/memory-audit-reader';
import { namesBelow } from '../../../../runtime/config/audit/names-below';
import type { AuditQuery } from '../../../../runtime/config/audit/query';
import type { AuditReader } from '../../../../runtime/config/audit/reader';
import { itemOf } from '../../../../runtime/config/tables/cache-items';
import { itemOfRecord } from '../../../../runtime/config/tables/audit-items';
import type { AuditRecord } from '../../../../runtime/config/tables/audit-record';
import { auditTable } from '../../../support/config-tables/audit-table';
import { cacheTable } from '../../../support/config-tables/cache-table';
import { startDynamoDb, type DynamoDbServer } from '../../../support/dynamodb-server';
import { concluded, deletion, indexed, label, lostPut, put } from './records';

const ANN = 'arn:aws:iam::123456789012:user/ann';
const BOB = 'arn:aws:iam::123456789012:user/bob';
const T = Date.UTC(2026, 0, 15, 23, 59, 58);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NAMESPACES = ['/app', '/shared'];

const of = (name: string, record: AuditRecord) => indexed({ ...record, name }, name.startsWith('/app') ? '/app' : '/shared');
const begin = put(T - 3 * DAY + 300, 1, { user: ANN });
const RECORDS: readonly AuditRecord[] = [
  of('/app/a', put(T, 1, { user: ANN })), of('/app/a', put(T + 1_500, 2, { user: BOB })), of('/app/a', put(T + 3_000, 3, { user: ANN })),
  of('/app/a', label(T + 5_000, 3, ['live'])),
  // One event, handled twice at the same moment, on the day's last second.
  of('/app/a', deletion(T + DAY, 'batch', { action: CONFIG_ACTION.deleteMany, user: BOB })),
  of('/app/a', deletion(T + DAY + 301, 'batch', { action: CONFIG_ACTION.deleteMany, user: BOB })),
  of('/app/db/b', put(T + 100, 1, { user: BOB })),
  of('/app/db/b', deletion(T + DAY, 'batch', { action: CONFIG_ACTION.deleteMany, user: BOB })),
  // Concluded two days later, and told of after that.
  of('/app/db/c', begin), of('/app/db/c', concluded(begin, T - DAY)), of('/app/db/c', deletion(T - 2 * DAY, 'late', { user: ANN })),
  // Concluded, and never told of.
  of('/shared/x', begin), of('/shared/x', concluded(begin, T + 2 * HOUR)),
  of('/shared/y', lostPut(T + 2_000, 1, 'E', { user: ANN })), of('/shared/y', put(T + 2_700, 1, { user: ANN })),
  of('/app', put(T + 4_000, 1)), of('/app/db', put(T + 4_000, 1)), of('/app/database', put(T + 4_000, 1)),
];
const IDS_THAT_ARE_FOLDED = [deletion(T + DAY, 'batch').recordId, concluded(begin, 0).recordId, lostPut(T + 2_000, 1, 'E').recordId];

const memory = (pageSize: number): AuditLogPlace => ({
  reader: new MemoryAuditReader(RECORDS, pageSize), namespaces: NAMESPACES,
  names: async (path) => [...new Set(RECORDS.map(({ name }) => name))].filter((name) => name === path || name.startsWith(`${path}/`)).sort(),
});

let server: DynamoDbServer;
let client: DynamoDbClient;
let dynamo: AuditLogPlace;

beforeAll(async () => {
  server = await startDynamoDb({ createTable: false });
  client = dynamoDbClient(server.clientConfig);
  await server.createTable(auditTable('audit'));
  await server.createTable(cacheTable('names'));
  for (const record of RECORDS) await client.call('PutItem', { TableName: 'audit', Item: itemOfRecord(record) });
  for (const name of new Set([...RECORDS.map((record) => record.name), '/apple'])) {
    await client.call('PutItem', { TableName: 'names', Item: itemOf({ name, state: 'DELETED', revision: 1, changed: T }) });
  }
  await client.call('PutItem', {
    TableName: 'names', Item: { parameter_name: { S: '#meta' }, change_shard: { S: changeShard('#meta') }, changed: { N: '1' } },
  });
  dynamo = {
    reader: new DynamoDbAuditReader({ client, tableName: 'audit' }), namespaces: NAMESPACES,
    names: (path, signal) => namesBelow(client, 'names', path, signal),
  };
});
afterAll(async () => {
  client.destroy();
  await server.close();
});

const now = () => T + 3 * DAY;
const logOf = (place: AuditLogPlace) => new AuditLog({ place, now });
const shown = ({ name, recordId }: AuditRecord) => `${name} ${recordId}`;

async function all(log: AuditLog, query: AuditQuery): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of log.entries(query)) found.push(shown(entry));
  return found;
}

async function paged(log: AuditLog, query: AuditQuery, limit: number): Promise<string[]> {
  const found: string[] = [];
  let after: string | undefined;
  do {
    const page = await log.page(query, { limit, ...(after !== undefined && { after }) });
    expect(page.entries.length).toBeLessThanOrEqual(limit);
    found.push(...page.entries.map(shown));
    after = page.next;
  } while (after !== undefined);
  return found;
}

const isFolded = ({ name, recordId, time }: AuditRecord) => IDS_THAT_ARE_FOLDED.includes(recordId)
  && name !== '/app/db/b' && !(name === '/shared/x' && time === T + 2 * HOUR);
const expected = (wanted: (record: AuditRecord) => boolean) => RECORDS.filter((record) => !isFolded(record) && wanted(record)).map(shown).sort();

const QUERIES: readonly (readonly [string, AuditQuery, (record: AuditRecord) => boolean])[] = [
  ['of a name', { name: '/app/a' }, ({ name }) => name === '/app/a'],
  ['of a name that was deleted twice over', { name: '/app/db/c' }, ({ name }) => name === '/app/db/c'],
  ['of a name, of which the deletion was found in the time', { name: '/shared/x', since: T }, ({ name, time }) => name === '/shared/x' && time >= T],
  ['of all', { since: T - 3 * DAY }, () => true],
  ['of a whole namespace', { prefix: '/shared' }, ({ name }) => name.startsWith('/shared/')],
  ['of a part of a namespace', { prefix: '/app/db/' }, ({ name }) => name === '/app/db' || name.startsWith('/app/db/')],
  ['of a time', { since: T + 100, until: T + 3_000 }, ({ time }) => time >= T + 100 && time <= T + 3_000],
  ['of a part in a time', { prefix: '/app/db', since: new Date(T), until: T + DAY },
    ({ name, time }) => /^\/app\/db(\/|$)/.test(name) && time >= T && time <= T + DAY],
  ['of an actor', { actor: ANN }, ({ user }) => user === ANN],
  ['of an actor in a path', { actor: BOB, prefix: '/app/db' }, ({ user, name }) => user === BOB && name === '/app/db/b'],
  ['of an actor and a name', { actor: BOB, name: '/app/a' }, ({ user, name }) => user === BOB && name === '/app/a'],
];

describe.each([
  ['memory, one record a page', () => memory(1), [1, 2, 3, 50]], ['memory', () => memory(100), [1, 2, 3, 50]], ['DynamoDB', () => dynamo, [3]],
])('over %s', (_, place, limits) => {
  test.each(QUERIES)('entries %s', async (__, query, wanted) => {
    const log = logOf(place());
    const newest = await all(log, query);
    const oldest = await all(log, { ...query, order: 'oldest' });
    expect([...newest].sort()).toEqual(expected(wanted));
    expect([...oldest].sort()).toEqual(expected(wanted));
  });

  test.each(QUERIES)('pages of entries %s are all of them, in the same order', async (__, query) => {
    const log = logOf(place());
    for (const order of ['newest', 'oldest'] as const) {
      const entries = await all(log, { ...query, order });
      for (const limit of limits) expect(await paged(log, { ...query, order }, limit)).toEqual(entries);
    }
  });

  test('entries of a part of a namespace are in the order of their time, over all its names', async () => {
    const found = (await all(logOf(place()), { prefix: '/app/db', order: 'oldest' })).map((entry) => entry.split(' ')[1]);
    expect(found).toEqual([...found].sort());
  });

  test('values are there if they are asked for', async () => {
    const log = logOf(place());
    for (const query of [{ name: '/app/a' }, { prefix: '/app' }, { prefix: '/app/db' }, { actor: ANN }]) {
      for (const values of [true, false, undefined]) {
        const puts: AuditRecord[] = [];
        for await (const entry of log.entries({ ...query, values })) if (entry.source === 'history') puts.push(entry);
        expect(puts.length).toBeGreaterThan(0);
        for (const entry of puts) expect(entry.value).toEqual(values ? expect.stringMatching(/^v\d of/) : undefined);
      }
    }
  });

  test('the last record of a name', async () => {
    const log = logOf(place());
    expect(await log.last('/app/a', T + 1_499)).toMatchObject({ version: 1 });
    expect(await log.last('/app/a', T + 1_500, { values: true })).toMatchObject({ version: 2, value: expect.stringMatching(/^v2/) as string });
    expect(await log.last('/app/a', T - 1)).toBeUndefined();
    const reader = await log.reader();
    expect((await reader.newest('/app/a', T + 9_000, 3)).map(({ recordId }) => recordId)).toEqual([
      label(T + 5_000, 3, ['live']).recordId, put(T + 3_000, 3).recordId, put(T + 1_500, 2).recordId,
    ]);
  });

  test('who reads no further has nothing read any more', async () => {
    for await (const entry of logOf(place()).entries({})) {
      expect(entry.name).toBeTruthy();
      break;
    }
  });
});

describe('what is read', () => {
  const counting = (pageSize = 100) => {
    const place = memory(pageSize);
    const calls: string[] = [];
    const reader: AuditReader = {
      page: (partition, options) => {
        calls.push(JSON.stringify({ ...partition, ...('day' in partition && { day: new Date(partition.day).toISOString().slice(0, 10) }) }));
        return place.reader.page(partition, options);
      },
      scan: () => { throw new Error('nothing is scanned'); },
      newest: (...given) => place.reader.newest(...given),
      last: (...given) => place.reader.last(...given),
    };
    return { log: logOf({ ...place, reader }), calls };
  };

  test('days, from the newest, and no more than are asked for', async () => {
    const { log, calls } = counting();
    const { entries } = await log.page({ prefix: '/shared' }, { limit: 1 });
    expect(entries).toHaveLength(1);
    expect(calls.filter((call) => call.includes('day')).slice(0, 3)).toEqual(
      ['2026-01-19', '2026-01-18', '2026-01-17'].map((day) => JSON.stringify({ namespace: '/shared', day })));
    expect(calls.length).toBeLessThan(12);
  });

  test('thirty days of a path, if nobody says since when', async () => {
    const { log, calls } = counting();
    await all(log, { prefix: '/shared' });
    expect(calls.filter((call) => call.includes('day'))).toHaveLength(31);
  });

  test('names only, of a part of a namespace', async () => {
    const { log, calls } = counting();
    await all(log, { prefix: '/app/db' });
    expect(calls.every((call) => call.includes('"name":"/app/db'))).toBe(true);
  });
});

describe('what is refused', () => {
  test.each([
    [{ name: '' }, /name must be a text/], [{ prefix: 'app' }, /prefix must be a path .* got 'app'/], [{ since: 'yesterday' }, /since must be a Date/],
    [{ until: new Date(NaN) }, /until must be/], [{ since: 2, until: 1 }, /since must not be later than until/], [{ order: 'any' }, /order must be/],
  ])('%j', async (query, message) => {
    await expect(all(logOf(memory(9)), query as AuditQuery)).rejects.toThrow(expect.objectContaining({
      code: 'E_CONFIG_AUDIT_QUERY', message: expect.stringMatching(message) as string,
    }) as Error);
  });

  test('a prefix of which nothing is followed', async () => {
    await expect(all(logOf(memory(9)), { prefix: '/apple' })).rejects.toMatchObject({
      code: 'E_CONFIG_AUDIT_PREFIX', message: expect.stringContaining('/app, /shared') as string,
    });
  });

  test.each([[0], [10_001], [1.5]])('a limit of %p', async (limit) => {
    await expect(logOf(memory(9)).page({}, { limit })).rejects.toMatchObject({ code: 'E_CONFIG_AUDIT_QUERY' });
  });

  test('a cursor that is none, was changed, or is another query\'s', async () => {
    const log = logOf(memory(9));
    const { next } = await log.page({}, { limit: 2 });
    for (const after of ['', 'x', `${next}x`, `x${next}`, next!.replace(/.\./, '_.'), '{}.0']) {
      await expect(log.page({}, { after })).rejects.toMatchObject({ code: 'E_CONFIG_AUDIT_CURSOR' });
    }
    const forged = [null, 1, {}, { version: 1 }, { version: 1, query: '[]', since: 0, until: 1, place: { recordId: 'x', name: '/app/a' } }];
    for (const content of forged.map((each) => JSON.stringify(each))) {
      const after = `${Buffer.from(content).toString('base64url')}.${crc32(content).toString(36)}`;
      await expect(log.page({}, { after })).rejects.toThrow('must be the next of the page before, unchanged');
    }
    await expect(log.page({ prefix: '/app' }, { after: next! })).rejects.toThrow('of another query');
  });

  test.each([
    [{ name: '/app/a' }, /grantReadAudit .* prefix that '\/app\/a' is below/], [{}, /by time takes grantReadAudit .* \(\/app, \/shared\)/],
    [{ actor: ANN }, /by actor takes grantReadAudit/], [{ prefix: '/app/db' }, /grantReadAudit of the footprint with the prefix '\/app\/db'/],
  ])('what is not permitted says which permission it takes: %j', async (query, message) => {
    const denied = async () => { throw new AwsError('Query: AccessDeniedException: no', { failure: 'denied', name: 'AccessDeniedException' }); };
    const place = { ...memory(9), reader: { page: denied, scan: denied, newest: denied, last: denied } };
    await expect(all(logOf(place), query)).rejects.toThrow(expect.objectContaining({
      code: 'E_CONFIG_AUDIT_DENIED', message: expect.stringMatching(message) as string,
    }) as Error);
  });
});
