import { dynamoDbClient, type DynamoDbClient } from '../../../../runtime/aws/dynamodb';
import { AwsError } from '../../../../runtime/aws/errors';
import { DynamoDbAuditReader } from '../../../../runtime/config/audit/dynamodb-reader';
import { MemoryAuditReader } from '../../../support/config-tables/memory-audit-reader';
import { rebuildCache, type RebuildOptions, type RebuiltRow } from '../../../../runtime/config/replay/rebuild';
import { itemOfRecord } from '../../../../runtime/config/tables/audit-items';
import type { AuditRecord } from '../../../../runtime/config/tables/audit-record';
import type { CachedParameter, CacheTable } from '../../../../runtime/config/tables/cache-table';
import { DynamoDbCacheTable } from '../../../../runtime/config/tables/dynamodb-cache-table';
import { MemoryCacheTable } from '../../../support/config-tables/memory-cache-table';
import { auditTable } from '../../../support/config-tables/audit-table';
import { cacheTable } from '../../../support/config-tables/cache-table';
import { startDynamoDb, type DynamoDbServer } from '../../../support/dynamodb-server';
import { concluded, deletion, lostPut, put } from '../audit/records';

const DAY = 24 * 3_600_000;
const NOW = Date.UTC(2026, 5, 1);
const T = NOW - 10 * DAY;
const of = (name: string, record: AuditRecord): AuditRecord => ({ ...record, name });

const first = of('/app/c', put(T, 1));
const RECORDS: readonly AuditRecord[] = [
  of('/app/a', put(T, 1)), of('/app/a', put(T + 1_000, 2, { description: 'second' })),
  of('/app/b', put(T, 1)), of('/app/b', deletion(T + DAY, 'E')),
  first, concluded(first, T + 2 * DAY),
  of('/app/old', put(T - 90 * DAY, 1)), of('/app/old', deletion(T - 80 * DAY, 'F')),
  of('/app/lost', lostPut(T, 1, 'G')),
];

const active = (name: string, version: number, lastModified: number, more: object = {}) =>
  ({ name, state: 'ACTIVE', metadata: { name, version, lastModified, type: 'String', ...more } });
const deleted = (name: string, time: number) => ({
  name, state: 'DELETED', expires: time / 1_000 + 30 * 86_400, metadata: { name, version: 1, lastModified: T, type: 'String' },
});
const EXPECTED = [
  active('/app/a', 2, T + 1_000, { description: 'second' }), deleted('/app/b', T + DAY), deleted('/app/c', T + 2 * DAY),
  { name: '/app/lost', state: 'ACTIVE' },
];

const now = () => NOW;
const rebuild = (table: CacheTable, more: Partial<RebuildOptions> = {}, records = RECORDS) =>
  rebuildCache({ place: { reader: new MemoryAuditReader(records, 3), table }, now, ...more } as RebuildOptions);
const rowsOf = (table: MemoryCacheTable) => table.list().map(({ revision: _, changed: __, ...row }) => row);

/** The same table, with another way to write. */
const withPut = (table: CacheTable, write: CacheTable['put']): CacheTable => new Proxy(table, {
  get: (target, key) => {
    const member: unknown = Reflect.get(target, key);
    if (key === 'put') return write;
    return typeof member === 'function' ? member.bind(target) as unknown : member;
  },
});

/** A table in use, with rows that somebody has damaged. */
async function damaged(): Promise<MemoryCacheTable> {
  const table = new MemoryCacheTable(2);
  await table.openEpoch('before');
  const row = (name: string, more: Partial<CachedParameter>): CachedParameter =>
    ({ name, state: 'ACTIVE', revision: 7, changed: T + 3 * DAY, ...more });
  await table.put(row('/app/a', { metadata: { name: '/app/a', version: 1, lastModified: T, type: 'String' } }), undefined);
  await table.put(row('/app/b', {}), undefined);
  await table.put(row('/app/unknown', {}), undefined);
  return table;
}

test('an empty table gets the rows that the handlers would keep, and an epoch', async () => {
  const table = new MemoryCacheTable(2);
  const changes: RebuiltRow[] = [];
  const report = await rebuild(table, { onChange: (row) => changes.push(row) });
  expect(rowsOf(table)).toEqual(EXPECTED);
  expect(report).toEqual({
    dryRun: false, names: 5, right: 1, restored: 2, buried: 2, left: { recent: 0, newer: 0, contended: 0 }, unknown: 0, epoch: 'opened',
  });
  expect(changes).toContainEqual({ name: '/app/a', state: 'ACTIVE', was: 'missing', version: 2 });
  expect(changes).toHaveLength(4);
  expect((await table.meta()).epoch).toMatch(/^[\da-f-]{36}$/);
});

test('a table that is damaged gets another epoch before the first row is written', async () => {
  const table = await damaged();
  const epochs: (string | undefined)[] = [];
  const watched = withPut(table, async (...given) => {
    epochs.push((await table.meta()).epoch);
    return table.put(...given);
  });
  const report = await rebuild(watched);
  expect(report).toMatchObject({ restored: 2, buried: 2, unknown: 1, epoch: 'renewed' });
  expect(epochs).toHaveLength(4);
  expect(epochs).not.toContain('before');
  const [a, b] = table.list();
  expect(a).toMatchObject({ revision: 8, changed: NOW, metadata: { version: 2 } });
  expect(b).toMatchObject({ revision: 8, state: 'DELETED', expires: NOW / 1_000 + 30 * 86_400 });
  expect(table.list().map(({ name }) => name)).toContain('/app/unknown');
});

test('the row of a deletion is kept as long as the handlers keep it, unless it is told how long', async () => {
  const expiresOf = async (more: Partial<RebuildOptions>, place: object = {}) => {
    const table = new MemoryCacheTable();
    await rebuildCache({ place: { reader: new MemoryAuditReader(RECORDS), table, ...place }, now, ...more } as RebuildOptions);
    return table.list().find(({ name }) => name === '/app/b')?.expires;
  };
  const after = (days: number) => (T + DAY) / 1_000 + days * 86_400;
  expect(await expiresOf({})).toBe(after(30));
  expect(await expiresOf({}, { tombstoneDays: 100 })).toBe(after(100));
  expect(await expiresOf({}, { tombstoneDays: 5 })).toBeUndefined(); // it would have been removed by now
  expect(await expiresOf({ tombstoneDays: 40 }, { tombstoneDays: 100 })).toBe(after(40));
});

test('names that nobody follows any more get no rows', async () => {
  const table = new MemoryCacheTable();
  const place = { reader: new MemoryAuditReader([...RECORDS, of('/apple', put(T, 1))]), table, namespaces: ['/app'] };
  expect(await rebuildCache({ place, now } as RebuildOptions)).toMatchObject({ names: 5, restored: 2 });
  expect(table.list().map(({ name }) => name)).not.toContain('/apple');
});

test('a clock that is behind does not bring back what has been deleted since', async () => {
  const table = new MemoryCacheTable();
  await rebuild(table, { now: () => T + 2_000 });
  expect(table.list().map(({ name, state }) => `${name} ${state}`)).toEqual([
    '/app/a ACTIVE', '/app/b DELETED', '/app/c DELETED', '/app/lost ACTIVE', '/app/old DELETED',
  ].filter((row) => !row.startsWith('/app/old')));
});

test('a second one has nothing to do, and keeps the epoch', async () => {
  const table = await damaged();
  await rebuild(table);
  const [before, { epoch }] = [table.list(), await table.meta()];
  expect(await rebuild(table)).toMatchObject({ restored: 0, buried: 0, right: 5, epoch: 'kept' });
  expect(table.list()).toEqual(before);
  expect((await table.meta()).epoch).toBe(epoch);
});

test('a dry run says what would be, and writes nothing', async () => {
  const table = await damaged();
  const before = table.list();
  const [planned, done]: RebuiltRow[][] = [[], []];
  expect(await rebuild(table, { dryRun: true, onChange: (row) => planned.push(row) })).toMatchObject({
    dryRun: true, restored: 2, buried: 2, epoch: 'kept',
  });
  expect(table.list()).toEqual(before);
  expect(await table.meta()).toEqual({ epoch: 'before' });
  await rebuild(table, { onChange: (row) => done.push(row) });
  expect(done).toEqual(planned);
});

test('one that was stopped anywhere is finished by the next', async () => {
  const finished = await damaged();
  await rebuild(finished);
  for (let writes = 0; writes < 4; writes += 1) {
    const table = await damaged();
    let left = writes;
    const failing = withPut(table, async (...given) => {
      if ((left -= 1) < 0) throw new Error('killed');
      return table.put(...given);
    });
    await expect(rebuild(failing)).rejects.toThrow('killed');
    await rebuild(table);
    expect(rowsOf(table)).toEqual(rowsOf(finished));
    expect((await table.meta()).epoch).not.toBe('before');
  }
});

describe('rows that are left', () => {
  const tableWith = async (row: Partial<CachedParameter>): Promise<MemoryCacheTable> => {
    const table = new MemoryCacheTable();
    await table.put({ name: '/app/a', state: 'ACTIVE', revision: 1, changed: T + 5_000, ...row }, undefined);
    return table;
  };
  const records = RECORDS.filter(({ name }) => name === '/app/a');
  const newer = { name: '/app/a', version: 3, lastModified: T + 2_000, type: 'String' };

  test('those of a later version than the log knows', async () => {
    expect(await rebuild(await tableWith({ metadata: newer }), {}, records)).toMatchObject({ restored: 0, left: { newer: 1 } });
  });

  test('those of a parameter that was created after the deletion that the log knows', async () => {
    const gone = [...records, of('/app/a', deletion(T + 1_500, 'E'))];
    expect(await rebuild(await tableWith({ metadata: { ...newer, version: 1 } }), {}, gone)).toMatchObject({ buried: 0, left: { newer: 1 } });
  });

  test('those that were written a moment ago', async () => {
    expect(await rebuild(await tableWith({ state: 'DELETED', changed: NOW - 60_000, expires: 9e9 }), {}, records)).toMatchObject({
      restored: 0, left: { recent: 1 },
    });
  });

  test('those that others write all the time', async () => {
    const table = await tableWith({});
    const busy = withPut(table, () => Promise.resolve(false));
    expect(await rebuild(busy, {}, records)).toMatchObject({ restored: 0, left: { contended: 1 } });
  });
});

test('progress tells of names and changes', async () => {
  const seen: object[] = [];
  await rebuild(new MemoryCacheTable(), { onProgress: (progress) => seen.push(progress) });
  expect(seen).toEqual([{ names: 5, changed: 4 }]);
});

test('ends when its signal is aborted', async () => {
  await expect(rebuild(new MemoryCacheTable(), { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
});

test.each([[0], [1.5], [36_501]])('refuses %p tombstone days', async (tombstoneDays) => {
  await expect(rebuild(new MemoryCacheTable(), { tombstoneDays })).rejects.toMatchObject({ code: 'E_CONFIG_REBUILD' });
});

test('says which permission it takes to read the whole log', async () => {
  const denied = () => Promise.reject(new AwsError('Scan: AccessDeniedException: no', { failure: 'denied', name: 'AccessDeniedException' }));
  const reader = { page: denied, scan: denied, newest: denied, last: denied };
  await expect(rebuildCache({ place: { reader, table: new MemoryCacheTable() }, now })).rejects.toMatchObject({
    code: 'E_CONFIG_AUDIT_DENIED', message: expect.stringContaining('grantReadAudit of the footprint with the prefix "/"') as string,
  });
});

describe('in DynamoDB', () => {
  let server: DynamoDbServer;
  let client: DynamoDbClient;

  beforeAll(async () => {
    server = await startDynamoDb({ createTable: false });
    client = dynamoDbClient(server.clientConfig);
  });
  afterAll(async () => {
    client.destroy();
    await server.close();
  });

  test('the same rows', async () => {
    await server.createTable(auditTable('audit'));
    await server.createTable(cacheTable('names'));
    for (const record of RECORDS) await client.call('PutItem', { TableName: 'audit', Item: itemOfRecord(record) });
    const table = new DynamoDbCacheTable({ client, tableName: 'names' });
    const place = { reader: new DynamoDbAuditReader({ client, tableName: 'audit' }), table };
    expect(await rebuildCache({ place, now })).toMatchObject({ names: 5, restored: 2, buried: 2, epoch: 'opened' });
    const rows = await table.get(RECORDS.map(({ name }) => name));
    expect([...rows.values()].map(({ revision: _, changed: __, ...row }) => row).sort((a, b) => a.name < b.name ? -1 : 1)).toEqual(EXPECTED);
    expect(await rebuildCache({ place, now })).toMatchObject({ restored: 0, buried: 0, epoch: 'kept' });
  });
});
