import { createMemoizer, type Memoize } from '../../runtime/memoize';
import { startDynamoDb, TEST_CREDENTIALS, type DynamoDbServer } from '../support/dynamodb-server';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy';
import { cli, type RunOptions } from './terminal';

interface Product { readonly id: string; readonly price: number }

let server: DynamoDbServer;
let proxy: FaultProxy;
let memoizer: Memoize;
let executions = 0;

const getProduct = (id: string): Product => { executions += 1; return { id, price: id.length }; };
const memo = (line: readonly string[], options: RunOptions = {}) =>
  cli(['memo', ...line, '--table', server.tableName, '--endpoint', proxy.endpoint, '--region', 'us-east-1'], options);
const open = () => createMemoizer({ table: server.tableName, ...server.clientConfig, invalidationInterval: 0, budget: '5s' });

beforeAll(async () => {
  process.env.AWS_ACCESS_KEY_ID = TEST_CREDENTIALS.accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = TEST_CREDENTIALS.secretAccessKey;
});
beforeEach(async () => {
  server = await startDynamoDb();
  proxy = await startFaultProxy({ upstream: server });
  memoizer = open();
  executions = 0;
});
afterEach(async () => {
  await memoizer.settled();
  memoizer.close();
  await proxy.close();
  await server.close();
});

/** A memoized function, and calls of it whose values are in the table. */
async function fill(...ids: string[]) {
  const cached = memoizer(getProduct, { tags: ([id]) => [`product:${id}`] });
  for (const id of ids) await cached(id);
  await memoizer.settled();
  return cached;
}

describe('peek', () => {
  test('shows the value of a call, by arguments as by key', async () => {
    const cached = await fill('p-42');
    const byArguments = await memo(['peek', 'getProduct', '--args', '["p-42"]']);
    expect(byArguments).toMatchObject({ code: 0, stdout: "{ id: 'p-42', price: 4 }\n" });
    expect(byArguments.stderr).toMatch(/^getProduct##=s4:p-42: fresh, expires in [45](\.\d)? min; computed \d+ ms ago in \d+ ms\n$/);
    expect(await memo(['peek', '--key', cached.key('p-42')])).toMatchObject({ code: 0, stdout: byArguments.stdout });
    expect(executions).toBe(1);
  });

  test('is one document for programs', async () => {
    await fill('p-42');
    const { code, stderr, json } = await memo(['peek', 'getProduct', '--args', '["p-42"]', '--json']);
    expect([code, stderr]).toEqual([0, '']);
    expect(json()).toEqual({
      key: 'getProduct##=s4:p-42', found: true, state: 'fresh', value: { id: 'p-42', price: 4 }, converted: [],
      createdAt: expect.stringMatching(/Z$/), expiresAt: expect.stringMatching(/Z$/), durationMs: expect.any(Number),
    });
  });

  test('keeps types readable, and says what JSON cannot hold', async () => {
    const report = memoizer(() => ({ at: new Date(0), seen: new Map([['a', 1n]]), none: undefined }), { name: 'report' });
    await report();
    await memoizer.settled();
    expect((await memo(['peek', 'report', '--args', '[]'])).stdout)
      .toBe("{ at: 1970-01-01T00:00:00.000Z, seen: Map(1) { 'a' => 1n }, none: undefined }\n");
    expect((await memo(['peek', 'report', '--args', '[]', '--json'])).json()).toMatchObject({
      value: { at: '1970-01-01T00:00:00.000Z', seen: [['a', '1']], none: null },
      converted: [
        { path: '.at', type: 'Date' }, { path: '.seen[0][1]', type: 'bigint' }, { path: '.seen', type: 'Map' }, { path: '.none', type: 'undefined' },
      ],
    });
  });

  test('looks under the version that memoize was given', async () => {
    const cached = memoizer(getProduct, { version: 'v2' });
    await cached('p-1');
    await memoizer.settled();
    expect((await memo(['peek', 'getProduct', '--args', '["p-1"]'])).code).toBe(3);
    expect((await memo(['peek', 'getProduct', '--args', '["p-1"]', '--version-scope', 'v2'])).code).toBe(0);
  });

  test('exits with 3 and says why a call would not be given a value', async () => {
    const cached = await fill('p-1', 'p-2', 'p-3');
    const peek = async (id: string) => {
      const { code, stdout, stderr } = await memo(['peek', '--key', cached.key(id)]);
      return `${code} ${stdout}${stderr}`;
    };
    expect(await peek('p-0')).toBe('3 getProduct##=s3:p-0: nothing is there\n');
    await cached.delete('p-1');
    expect(await peek('p-1')).toBe('3 getProduct##=s3:p-1: deleted\n');
    await memoizer.invalidateTag('product:p-2');
    expect(await peek('p-2')).toMatch(/^3 .*: flushed \d+ ms ago by tag 'product:p-2'; computed /);
    await cached.clear();
    expect(await peek('p-3')).toMatch(/ by function 'getProduct'; /);
    expect((await memo(['peek', '--key', cached.key('p-3'), '--json'])).json()).toMatchObject({
      found: false, state: 'invalidated', invalidatedBy: '#fn#getProduct',
    });
  });

  test('shows a value that is in parts', async () => {
    const random = Array.from({ length: 30_000 }, () => Math.random());
    const big = memoizer(() => random, { name: 'big' });
    await big();
    await memoizer.settled();
    expect((await memo(['peek', 'big', '--args', '[]', '--json'])).json<{ value: number[] }>().value).toEqual(random);
  });
});

describe('flush', () => {
  test('everything: one write, seen by processes that run', async () => {
    const cached = await fill('p-1');
    proxy.forget();
    const { code, stdout, stderr } = await memo(['flush', '--yes']);
    expect({ code, stdout, stderr }).toEqual({
      code: 0, stdout: 'flushed everything\n',
      stderr: `flush in ${server.tableName}:\n  all values of all functions\n`
        + 'processes that run notice within their invalidation interval, 10 s by default\n',
    });
    expect(proxy.counts()).toEqual({ UpdateItem: 1 });
    await cached('p-1');
    expect(executions).toBe(2);
  });

  test('functions and tags, as a document', async () => {
    const cached = await fill('p-1', 'p-2');
    const result = await memo(['flush', '--tag', 'product:p-1', '--function', 'other', 'another', '--yes', '--json']);
    expect(result.code).toBe(0);
    expect(result.json()).toEqual({
      table: server.tableName,
      flushed: ['#fn#other', '#fn#another', '#tag#product:p-1'].map((scope) => ({ scope, raisedAt: expect.any(String) })),
    });
    await cached('p-1');
    await cached('p-2');
    expect(executions).toBe(3);
  });

  test('asks at a terminal, and does nothing when the answer is no', async () => {
    const no = await memo(['flush', '--function', 'getProduct'], { keys: '\r' });
    expect(no).toMatchObject({ code: 1, stdout: '' });
    expect(no.stderr).toMatch(/all values of function 'getProduct'\n[^]*Flush, so that they are computed anew\?[^]*nothing was done\n$/);
    expect(proxy.counts()).toEqual({});
    expect(await memo(['flush', '--function', 'getProduct'], { keys: 'y\r' })).toMatchObject({ code: 0, stdout: "flushed function 'getProduct'\n" });
    expect(proxy.counts()).toEqual({ UpdateItem: 1 });
  });

  test('refuses where nobody can be asked', async () => {
    const { code, stderr } = await memo(['flush']);
    expect(code).toBe(2);
    expect(stderr).toContain('error: nobody can be asked here, as this is no terminal: pass --yes to go ahead without a question\n');
    expect(proxy.requests).toEqual([]);
  });

  test('ends cleanly at Ctrl-C', async () => {
    const { code, stderr } = await memo(['flush'], { keys: '\x03' });
    expect([code, stderr.endsWith('stopped\n')]).toEqual([130, true]);
    expect(proxy.requests).toEqual([]);
  });

  test('says what was flushed when it fails in the middle', async () => {
    await proxy.set('denied', { operations: ['UpdateItem'] });
    await proxy.set('pass', { operations: ['UpdateItem'], times: 1 });
    const { code, stderr } = await memo(['flush', '--function', 'a', 'b', '--yes']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: flushed '#fn#a' but not '#fn#b': UpdateItem: AccessDeniedException/);
  });
});

describe('delete', () => {
  test('forgets one call', async () => {
    const cached = await fill('p-1', 'p-2');
    const { code, stdout, stderr } = await memo(['delete', 'getProduct', '--args', '["p-1"]', '--yes']);
    expect([code, stdout]).toEqual([0, 'deleted\n']);
    expect(stderr).toMatch(/^delete from memo-test:\n {2}getProduct##=s3:p-1: fresh, /);
    expect((await memo(['peek', '--key', cached.key('p-1')])).code).toBe(3);
    expect((await memo(['peek', '--key', cached.key('p-2')])).code).toBe(0);
  });

  test('asks, and refuses before it asks the table where nobody can be asked', async () => {
    const cached = await fill('p-1');
    expect((await memo(['delete', '--key', cached.key('p-1')])).code).toBe(2);
    expect(proxy.requests).toEqual([]);
    expect((await memo(['delete', '--key', cached.key('p-1')], { keys: 'n\r' })).code).toBe(1);
    const yes = await memo(['delete', '--key', cached.key('p-1'), '--json'], { keys: 'y\r' });
    expect(yes.json()).toMatchObject({ deleted: true, before: { state: 'fresh' } });
    expect((await memo(['peek', '--key', cached.key('p-1')])).code).toBe(3);
  });
});

describe('stats', () => {
  test('describes the table', async () => {
    await memoizer.clear();
    const { code, stdout, stderr } = await memo(['stats']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^table {4}memo-test \(ACTIVE, on demand\)\nitems {4}\d\n[^]*flushed {2}as a whole, last \d+ ms ago\n$/);
    expect((await memo(['stats', '--json'])).json()).toMatchObject({
      table: 'memo-test', billing: 'on demand', isMemoTable: true, flushes: { raisedAt: expect.any(String) },
    });
  });

  test('counts values by function after it has shown the cost and asked', async () => {
    const cached = await fill('p-1', 'p-2', 'p-3');
    await memoizer.invalidateTag('product:p-2');
    await cached.delete('p-3');
    const { code, stdout, stderr } = await memo(['stats', '--scan'], { keys: 'y\r' });
    expect(code).toBe(0);
    expect(stderr).toMatch(/scan: reads the whole table, .*: [\d,]+ read units? or more \(a million cost 0\.125 USD/);
    expect(stdout).toMatch(/\nfunction {4}fresh {2}stale {2}flushed {2}expired {2} *bytes\ngetProduct {6}1 {6}0 {8}1 {8}0 {2} *\d+ B\n/);
    expect(stdout).toMatch(/\ntag 'product:p-2' {2}last flushed \d+ ms ago\n/);
    // three values of which one is deleted, their leases, a counter
    expect((await memo(['stats', '--scan', '--yes', '--json'])).json()).toMatchObject({
      scan: { functions: [{ name: 'getProduct', version: '', fresh: 1, stale: 0, invalidated: 1, expired: 0 }], foreign: 0, items: 7 },
    });
    expect((await memo(['stats', '--scan'])).code).toBe(2);
  });
});

test('the table comes from the environment, and an ARN names its region', async () => {
  const args = ['memo', 'stats', '--endpoint', proxy.endpoint, '--json'];
  const env = { CACHE_TABLE: server.tableName, CACHE_TABLE_REGION: 'us-east-1' };
  expect((await cli(args, { env })).json()).toMatchObject({ table: server.tableName });
  proxy.forget();
  await cli([...args, '--table', 'arn:aws:dynamodb:eu-west-3:111111111111:table/t'], { env });
  expect(proxy.requests[0].headers.authorization).toContain('/eu-west-3/dynamodb/');
});
