import { buffer } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { tableFromIPC } from 'apache-arrow';
import { eventually } from 'cdk-cache-tiers/testing';
import type { HttpAnswer, QueryService } from '../query-service';
import type { HttpRequest } from '../request';
import { serve } from '../server';
import { createService } from '../service';
import { buildAssets } from './assets';

const ROWS = 200_000;
const SQL = 'SELECT country, count(*) AS sales FROM sales GROUP BY country ORDER BY country';
const assets = buildAssets();
let service: QueryService;

// A cache in memory: everything works with nothing deployed.
beforeAll(async () => {
  service = createService(assets.folder, { ROWS: String(ROWS) });
  await service.engine.start();
}, 60_000);

afterAll(async () => {
  await service.live.close();
  await service.engine.close();
  assets.remove();
});

beforeEach(() => service.live.invalidate({ all: true }));

const post = (path: string, body: unknown, more: Partial<HttpRequest> = {}) =>
  service.answer({ method: 'POST', path, headers: { 'x-tenant': 'acme' }, body: typeof body === 'string' ? body : JSON.stringify(body), ...more });

const bytesOf = ({ body }: HttpAnswer) => typeof body === 'string' ? Promise.resolve(Buffer.from(body)) : buffer(body);

async function cached(answer: Promise<HttpAnswer>): Promise<{ readonly cache: string | undefined; readonly rows: number }> {
  const { headers } = await answer;
  return { cache: headers['x-cache'], rows: tableFromIPC(await bytesOf(await answer)).numRows };
}

test('a query is executed once, and its Arrow stream served from the cache after that', async () => {
  const miss = await post('/query', { sql: SQL });
  expect(miss).toMatchObject({ status: 200, headers: { 'content-type': 'application/vnd.apache.arrow.stream', 'x-cache': 'miss' } });
  const bytes = await bytesOf(miss);
  await service.live.settled();
  const hit = await post('/query', { sql: `  ${SQL} ;\n` });
  expect(hit).toMatchObject({ status: 200, headers: { 'x-cache': 'hit', 'content-length': String(bytes.length) } });
  expect(await bytesOf(hit)).toEqual(bytes);
  expect(tableFromIPC(bytes).numRows).toBe(4);
});

test('who asks while it runs joins the execution', async () => {
  const { executions } = service.live.stats();
  const sql = 'SELECT * FROM sales ORDER BY amount, id';
  const answers = await Promise.all([1, 2, 3, 4].map(() => post('/query', { sql })));
  expect(answers.map(({ headers }) => headers['x-cache']).sort()).toEqual(['joined', 'joined', 'joined', 'miss']);
  const [first, ...others] = await Promise.all(answers.map(bytesOf));
  for (const other of others) expect(other.equals(first)).toBe(true);
  expect(service.live.stats().executions).toBe(executions + 1);
});

test('tenants do not share, and nobody\'s query is not cached', async () => {
  expect(await cached(post('/query', { sql: SQL }))).toEqual({ cache: 'miss', rows: 4 });
  await service.live.settled();
  expect(await cached(post('/query', { sql: SQL }, { headers: { 'x-tenant': 'globex' } }))).toEqual({ cache: 'miss', rows: 4 });
  expect(await cached(post('/query', { sql: SQL }, { headers: {} }))).toEqual({ cache: 'bypass; reason=no-scope', rows: 4 });
});

test('a preview has its first rows, and is not cached', async () => {
  const sql = 'SELECT * FROM sales';
  for (const _ of [1, 2]) expect(await cached(post('/preview', { sql }))).toEqual({ cache: 'bypass; reason=preview', rows: 50 });
  expect(await cached(post('/query', { sql }))).toEqual({ cache: 'miss', rows: ROWS });
});

test.each([
  ['the dataset', { dataset: 'sales' }, 'miss'],
  ['the tenant\'s tag', { tags: ['tenant:acme'] }, 'miss'],
  ['another tenant\'s tag', { tags: ['tenant:globex'] }, 'hit'],
])('after an invalidation of %s', async (_, body, expected) => {
  await cached(post('/query', { sql: SQL }));
  await service.live.settled();
  expect(await post('/invalidate', body)).toMatchObject({ status: 200 });
  expect((await cached(post('/query', { sql: SQL }))).cache).toBe(expected);
});

test('reload executes and replaces, no-store leaves the cache alone, only-if-cached never executes', async () => {
  expect(await post('/query', { sql: SQL, cache: 'only-if-cached' })).toMatchObject({ status: 504 });
  expect((await cached(post('/query', { sql: SQL, cache: 'no-store' }))).cache).toBe('bypass; reason=no-store');
  expect((await cached(post('/query', { sql: SQL, cache: 'reload' }))).cache).toBe('miss');
  await service.live.settled();
  expect((await cached(post('/query', { sql: SQL, cache: 'only-if-cached' }))).cache).toBe('hit');
});

test('an error of the query is its own, and is told to the next one without executing', async () => {
  const wrong = { sql: 'SELECT amuont FROM sales' };
  const { executions } = service.live.stats();
  for (const _ of [1, 2]) {
    const { status, body } = await post('/query', wrong);
    const message = expect.stringContaining('LINE 1: SELECT amuont') as string;
    expect([status, JSON.parse(body as string)]).toEqual([400, { error: { code: 'E_QUERY', message } }]);
  }
  expect(service.live.stats().executions).toBe(executions + 1);
});

test.each([
  ['POST', '/query', '{', 400, /JSON object/],
  ['POST', '/query', '[]', 400, /JSON object/],
  ['POST', '/query', '{}', 400, /"sql" must be/],
  ['POST', '/query', '{"sql":" ; "}', 400, /"sql" is empty/],
  ['POST', '/query', JSON.stringify({ sql: 'x'.repeat(20_000) }), 400, /20000 characters/],
  ['POST', '/query', '{"sql":"SELECT 1","cache":"never"}', 400, /"cache" must be one of .* got "never"/],
  ['POST', '/invalidate', '{}', 400, /nothing to invalidate/],
  ['POST', '/invalidate', '{"tags":"a"}', 400, /"tags" must be/],
  ['POST', '/invalidate', '{"dataset":1}', 400, /"dataset" must be/],
  ['GET', '/query', '', 404, /no GET \/query/],
  ['GET', '/../package.json', '', 404, /no GET/],
])('%s %s with %s is refused with the reason', async (method, path, body, status, message) => {
  const answer = await post(path, body, { method });
  expect([answer.status, (JSON.parse(answer.body as string) as { error: { message: string } }).error.message])
    .toEqual([status, expect.stringMatching(message)]);
});

test('over HTTP: the page, health, a result; and a failure in mid-stream is no whole response', async () => {
  const logged = jest.spyOn(console, 'error').mockImplementation();
  const { server, url } = await serve(service);
  try {
    expect(await (await fetch(url)).text()).toContain('<title>Live query</title>');
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ engine: 'ready', cache: { queries: expect.any(Number) as number } });
    const ask = (sql: string) => fetch(`${url}/query`, { method: 'POST', headers: { 'x-tenant': 'acme' }, body: JSON.stringify({ sql }) });
    const response = await ask(SQL);
    expect(response.headers.get('x-cache')).toBe('miss');
    expect(tableFromIPC(new Uint8Array(await response.arrayBuffer())).numRows).toBe(4);
    const broken = await ask(`SELECT CASE WHEN id = ${ROWS - 1} THEN error('out of stock') ELSE id END AS id FROM sales`);
    expect(broken.status).toBe(200); // its first bytes were good
    await expect(broken.arrayBuffer()).rejects.toThrow();
    await eventually(() => expect(logged).toHaveBeenCalledWith(expect.objectContaining({ code: 'E_QUERY' })));
  } finally {
    server.closeAllConnections();
    server.close();
    logged.mockRestore();
  }
});

test('who leaves ends the query that nobody else waits for', async () => {
  const runs = jest.spyOn(service.engine, 'arrowStream');
  const leaving = new AbortController();
  const sql = 'SELECT sum(a.amount * b.amount) AS s FROM sales a JOIN sales b USING (product)';
  const endless = post('/query', { sql }, { signal: leaving.signal });
  while (runs.mock.calls.length === 0) await turn();
  leaving.abort(new Error('gone'));
  expect(JSON.parse((await endless).body as string)).toMatchObject({ error: { message: 'gone' } });
  await service.live.settled();
  expect(runs.mock.lastCall![1]!.signal!.aborted).toBe(true);
  await expect(runs.mock.results[0].value).rejects.toThrow();
  runs.mockRestore();
});
