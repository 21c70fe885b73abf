import { PassThrough, type Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { tableFromIPC } from 'apache-arrow';
import { buildAssets } from './assets';

interface Head { readonly statusCode: number; readonly headers: Readonly<Record<string, string>> }
type Handler = (event: object, response?: Writable) => Promise<(Head & { readonly body: string }) | undefined>;

const assets = buildAssets();
const environment = process.env;
let end: () => Promise<void>;

/** The function as Lambda starts it, with what Lambda gives to functions that stream. */
function start(env: Readonly<Record<string, string>> = {}): { readonly handler: Handler; readonly heads: Head[] } {
  process.env = { ...environment, ...env, ASSETS: assets.folder, ROWS: '50000' };
  const heads: Head[] = [];
  const from = (response: Writable, head: Head) => {
    heads.push(head);
    return response;
  };
  Object.assign(globalThis, { awslambda: { streamifyResponse: (handler: Handler) => handler, HttpResponseStream: { from } } });
  let handler!: Handler;
  jest.isolateModules(() => {
    const { createService } = jest.requireActual<typeof import('../service')>('../service');
    const service = createService(assets.folder, process.env);
    jest.doMock('../service', () => ({ createService: () => service }));
    end = () => service.live.close().then(() => service.engine.close());
    handler = jest.requireActual<{ handler: Handler }>('../query.lambda').handler;
  });
  return { handler, heads };
}

afterEach(async () => {
  await end();
  process.env = environment;
});
afterAll(() => assets.remove());

const event = (method: string, rawPath: string, body?: string) => ({
  rawPath, body: body && Buffer.from(body).toString('base64'), isBase64Encoded: body !== undefined,
  headers: { 'x-tenant': 'acme' }, requestContext: { http: { method } },
});
const QUERY = event('POST', '/query', JSON.stringify({ sql: 'SELECT * FROM sales LIMIT 40000' }));

test('the result is streamed, with status and headers before it', async () => {
  const { handler, heads } = start();
  for (const cache of ['miss', 'hit']) {
    const response = new PassThrough();
    const [bytes] = await Promise.all([buffer(response), handler(QUERY, response)]);
    expect(heads.shift()).toMatchObject({ statusCode: 200, headers: { 'x-cache': cache } });
    expect(tableFromIPC(bytes).numRows).toBe(40_000);
  }
  const page = new PassThrough();
  await handler(event('GET', '/'), page);
  expect((await buffer(page)).toString()).toContain('<title>Live query</title>');
}, 60_000);

test('counters are in the log when the function is done, for it may never run again', async () => {
  const { handler } = start({ LIVE_METRICS: 'emf', LIVE_NAMESPACE: 'queries' });
  const lines: string[] = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  const response = new PassThrough();
  await Promise.all([buffer(response), handler(QUERY, response)]);
  jest.restoreAllMocks();
  expect(lines.filter((line) => line.includes('CdkCacheTiers/Live')).map((line) => JSON.parse(line) as object))
    .toMatchObject([{ Namespace: 'queries', Queries: 1, Misses: 1, Published: 1 }]);
}, 60_000);

test('without response streaming it is given whole', async () => {
  const { handler } = start({ RESPONSE_STREAMING: 'false' });
  const answer = await handler(QUERY);
  expect(answer).toMatchObject({ statusCode: 200, isBase64Encoded: true, headers: { 'x-cache': 'miss' } });
  expect(tableFromIPC(Buffer.from(answer!.body, 'base64')).numRows).toBe(40_000);
  expect(await handler(event('GET', '/nothing'))).toMatchObject({ statusCode: 404 });
}, 60_000);
