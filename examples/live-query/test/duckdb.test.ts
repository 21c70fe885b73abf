import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { RecordBatchReader, tableFromIPC } from 'apache-arrow';
import { DuckDb } from '../engine/duckdb';
import type { FromEngine } from '../engine/protocol';
import { buildAssets } from './assets';

const ROWS = 300_000;
/** Joins each row with hundreds of others: minutes, if nobody stops it. */
const ENDLESS = 'SELECT sum(a.amount * b.amount) FROM sales a JOIN sales b USING (product)';
let engine: DuckDb;
let assets: ReturnType<typeof buildAssets>;

beforeAll(async () => {
  assets = buildAssets();
  engine = new DuckDb(assets.folder, ROWS);
  await engine.start();
}, 60_000);

afterAll(async () => {
  await engine.close();
  assets.remove();
});

async function bytesOf(sql: string, options?: Parameters<DuckDb['arrowStream']>[1]): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of await engine.arrowStream(sql, options)) parts.push(part);
  return Buffer.concat(parts);
}

const rowsOf = async (sql: string, options?: Parameters<DuckDb['arrowStream']>[1]) =>
  tableFromIPC(await bytesOf(sql, options)).toArray().map((row: { toJSON(): unknown }) => row.toJSON());

test('the pieces make one Arrow stream with an end, while it is produced', async () => {
  const parts: Uint8Array[] = [];
  for await (const part of await engine.arrowStream('SELECT * FROM sales')) parts.push(part);
  expect(parts.length).toBeGreaterThan(10);
  const whole = Buffer.concat(parts);
  expect(whole.subarray(-8)).toEqual(Buffer.from('ffffffff00000000', 'hex'));
  const reader = RecordBatchReader.from(whole);
  const seen = new Set<number | bigint>();
  for (const batch of reader) for (const id of batch.getChild('id')!) seen.add(id as bigint);
  expect(seen.size).toBe(ROWS);
});

test('the data are the same whoever makes them', async () => {
  const other = new DuckDb(assets.folder, ROWS);
  try {
    const parts: Uint8Array[] = [];
    for await (const part of await other.arrowStream('SELECT sum(amount) AS s, sum(product) AS p FROM sales')) parts.push(part);
    expect(Buffer.concat(parts)).toEqual(await bytesOf('SELECT sum(amount) AS s, sum(product) AS p FROM sales'));
  } finally {
    await other.close();
  }
});

test('a result without rows is a stream too', async () => {
  const table = tableFromIPC(await bytesOf('SELECT * FROM sales LIMIT 0'));
  expect([table.numRows, table.schema.names]).toEqual([0, ['id', 'day', 'country', 'product', 'amount']]);
});

test('a limit goes around the query, and a comment at its end does no harm', async () => {
  expect(await rowsOf('SELECT id FROM sales ORDER BY id DESC -- newest first', { limit: 2 })).toEqual([{ id: 299_999n }, { id: 299_998n }]);
});

test.each([
  ['a mistake', 'SELEC 1', /syntax error/],
  ['an unknown table', 'SELECT * FROM prices', /prices does not exist/],
  ['a change', 'DELETE FROM sales', /syntax error/],
  ['another statement', 'SELECT 1; DROP TABLE sales', /syntax error/],
  ['another statement after the parenthesis', 'SELECT 1); DROP TABLE sales; SELECT * FROM (SELECT 1', /multiple statements/],
  ['a change by the function query()', 'SELECT * FROM query(\'DROP TABLE sales\')', /single SELECT/],
  ['a file', 'SELECT * FROM read_csv(\'/etc/passwd\')', /disabled by configuration/],
  ['a list of files', 'SELECT * FROM glob(\'/*\')', /disabled by configuration/],
  ['a setting', 'SET enable_external_access = true', /syntax error/],
])('%s is refused with the reason', async (_, sql, message) => {
  const refusal = { name: 'QueryError', code: 'E_QUERY', message: expect.stringMatching(message) as string };
  await expect(engine.arrowStream(sql)).rejects.toMatchObject(refusal);
  expect(await rowsOf('SELECT count(*) AS n FROM sales')).toEqual([{ n: BigInt(ROWS) }]);
});

test('an error in the middle of a result is told after the first pieces', async () => {
  const stream = await engine.arrowStream(`SELECT CASE WHEN id = ${ROWS - 1} THEN error('out of stock') ELSE id END AS id FROM sales`);
  await expect((async () => { for await (const _ of stream); })()).rejects.toThrow('out of stock');
});

test('a query that takes long lets others through, and ends when its signal says so', async () => {
  const leaving = new AbortController();
  const long = engine.arrowStream(ENDLESS, { signal: leaving.signal });
  expect(await rowsOf('SELECT count(*) AS n FROM sales')).toEqual([{ n: BigInt(ROWS) }]);
  leaving.abort(new Error('gone'));
  await expect(long).rejects.toThrow('gone');
  expect(await rowsOf('SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('who reads slowly holds the query back: no more than two pieces wait', async () => {
  const emit = jest.spyOn(Worker.prototype, 'emit');
  const sent = () => emit.mock.calls.filter(([, message]) => (message as FromEngine | undefined)?.kind === 'piece').length;
  let taken = 0;
  for await (const _ of await engine.arrowStream('SELECT * FROM sales')) {
    taken += 1;
    await sleep(50);
    expect(sent() - taken).toBeLessThanOrEqual(2);
    if (taken === 3) break;
  }
  expect(await rowsOf('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  emit.mockRestore();
});

test('after the thread was lost, its queries fail and the next one starts another', async () => {
  const long = engine.arrowStream(ENDLESS);
  const lost = expect(long).rejects.toMatchObject({ code: 'E_ENGINE' });
  await engine.close();
  await lost;
  expect(await rowsOf('SELECT count(*) AS n FROM sales')).toEqual([{ n: BigInt(ROWS) }]);
});
