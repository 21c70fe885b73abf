import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { fromDynamoDBClient } from '../../../runtime/aws-sdk';
import { createMemoizer, type Memoize, type MemoizerOptions } from '../../../runtime/memoize';
import { ManualClock } from '../../../runtime/testing';
import { startDynamoDb, type DynamoDbServer } from '../../support/dynamodb-server';
import { startFaultProxy, type Fault, type FaultProxy } from '../../support/fault-proxy';

let server: DynamoDbServer;
let proxy: FaultProxy;
let clock: ManualClock;
let memoize: Memoize;
let count = 0;

beforeAll(async () => {
  server = await startDynamoDb();
  proxy = await startFaultProxy({ upstream: server });
});

beforeEach(async () => {
  await proxy.heal();
  proxy.forget();
  clock = new ManualClock();
  memoize = open();
});

afterEach(() => memoize.close());

afterAll(async () => {
  await proxy.close();
  await server.close();
});

function open(options: MemoizerOptions = {}): Memoize {
  const { endpoint, region, credentials } = proxy.access.clientConfig;
  const table = server.tableName;
  return createMemoizer({ table, endpoint, region, credentials, clock, environment: {}, version: `v${++count}`, budget: '5s', ...options });
}

const square = async (n: number) => n * n;

test('a miss is one read and one write beside the lease\'s, a hit in memory is none, a hit in the table is one read', async () => {
  const memoized = memoize(square);
  expect(await memoized(3)).toBe(9);
  await memoize.settled();
  expect(proxy.counts()).toEqual({ BatchGetItem: 1, PutItem: 2 });
  proxy.forget();
  expect(await memoized(3)).toBe(9);
  expect(proxy.counts()).toEqual({});
  const fresh = open({ version: `v${count}` });
  expect(await fresh(square)(3)).toBe(9);
  expect(proxy.counts()).toEqual({ BatchGetItem: 1 });
  fresh.close();
});

test('without a lease a miss is one read and one write', async () => {
  await memoize(square, { lease: false })(3);
  await memoize.settled();
  expect(proxy.counts()).toEqual({ BatchGetItem: 1, PutItem: 1 });
});

test('a thousand callers of one cold key are one run, one read and one write beside the lease\'s', async () => {
  const memoized = memoize(square);
  const values = await Promise.all(Array.from({ length: 1000 }, () => memoized(7)));
  await memoize.settled();
  expect(new Set(values)).toEqual(new Set([49]));
  expect(memoized.stats().executions).toBe(1);
  expect(proxy.counts()).toEqual({ BatchGetItem: 1, PutItem: 2 });
});

test('a hundred cold keys asked for together are read together', async () => {
  const memoized = memoize(square, { lease: false });
  for (let n = 0; n < 100; n++) await memoized.prime([n], n * n);
  const fresh = open({ version: `v${count}` });
  proxy.forget();
  const again = fresh(square, { lease: false });
  await Promise.all(Array.from({ length: 90 }, (_, n) => again(n)));
  expect(again.stats()).toMatchObject({ executions: 0, tableHits: 90 });
  expect(proxy.counts()).toEqual({ BatchGetItem: 1 });
  fresh.close();
});

describe.each<[string, Fault, string]>([
  ['refused', 'refused', 'connection'], ['silent', 'silent', 'timeout'], ['reset', 'reset', 'connection'], ['slow', { slow: 5000 }, 'timeout'],
  ['truncated', 'truncated', 'connection'], ['garbled', 'garbled', 'server'],
  ['500', 'server-error', 'server'], ['503', 'unavailable', 'server'],
  ['throttled', 'throttled', 'throttled'], ['throttling', 'throttling', 'throttled'],
  ['denied', 'denied', 'denied'], ['missing', 'missing-table', 'missing'],
])('a table that is %s', (_, fault, failure) => {
  test('gives the function\'s value within the budget, at once when the breaker is open, and the table again when it is back', async () => {
    memoize = open({ budget: '300ms' }); // more than the default, for machines that are busy with other tests
    const seen: string[] = [];
    const listen = (message: unknown) => seen.push((message as { failure: string }).failure);
    subscribe('cdk-cache-tiers:memo:error', listen);
    await proxy.set(fault);
    const memoized = memoize(square);
    for (let n = 0; n < 12; n++) expect(await memoized(n)).toBe(n * n);
    await memoize.settled();
    expect(seen.length).toBeGreaterThanOrEqual(1);
    expect(new Set(seen)).toEqual(new Set([failure]));
    const sent = proxy.requests.length;
    const { bypasses, tableErrors } = memoize.stats();
    expect(tableErrors).toBeGreaterThanOrEqual(1);
    expect(bypasses).toBeGreaterThanOrEqual(1);

    for (let n = 100; n < 120; n++) expect(await memoized(n)).toBe(n * n);
    expect(proxy.requests.length).toBe(sent); // nothing goes out while the breaker is open
    for (let n = 0; n < 12; n++) expect(await memoized(n)).toBe(n * n); // memory goes on
    expect(memoized.stats().executions).toBe(32);

    await proxy.heal();
    await clock.advance(60_000);
    proxy.forget();
    expect(await memoized(200)).toBe(40_000);
    await memoize.settled();
    expect(proxy.counts()).toEqual({ BatchGetItem: 1, PutItem: 2 });
    unsubscribe('cdk-cache-tiers:memo:error', listen);
  });
});

test('a value that does not fit opens no breaker: the next value is stored', async () => {
  const small = open({ maxStoredBytes: 100_000, compression: false });
  const text = small(async function text(length: number) { return 'x'.repeat(length); });
  expect(await text(200_000)).toHaveLength(200_000);
  expect(await text(10)).toHaveLength(10);
  await small.settled();
  expect(text.stats()).toMatchObject({ unstorable: 1, writes: 1 });
  expect(small.stats()).toMatchObject({ tableErrors: 0, bypasses: 0 });
  small.close();
});

test('a request that DynamoDB calls invalid opens no breaker', async () => {
  await proxy.set('too-large', { operations: ['PutItem'] });
  const memoized = memoize(square);
  for (let n = 0; n < 5; n++) await memoized(n);
  await memoize.settled();
  expect(memoize.stats()).toMatchObject({ bypasses: 0 });
  expect(proxy.counts().BatchGetItem! + (proxy.counts().GetItem ?? 0)).toBe(5);
});

test.each([450_000, 5_000_000])('a value of %i bytes is cached and returned', async (size) => {
  const big = open({ compression: false });
  const fn = async function big(n: number) { return 'x'.repeat(size) + n; };
  const memoized = big(fn);
  await memoized(1);
  await big.settled();
  const again = open({ compression: false, version: `v${count}` });
  expect(await again(fn)(1)).toBe(await memoized(1));
  expect(again.stats()).toMatchObject({ tableHits: 1, executions: 0 });
  big.close();
  again.close();
});

test('a stored value that cannot be read is computed again and replaced', async () => {
  const memoized = memoize(square);
  await memoized(3);
  await memoize.settled();
  await fromDynamoDBClient(server.client).call('UpdateItem', {
    TableName: server.tableName, Key: { pk: { S: memoized.key(3) }, sk: { S: 'V' } },
    UpdateExpression: 'SET v = :junk', ExpressionAttributeValues: { ':junk': { B: Buffer.from([0x99, 1, 2]).toString('base64') } },
  });
  const again = open({ version: `v${count}` });
  expect(await again(square)(3)).toBe(9);
  await again.settled();
  expect(again.stats()).toMatchObject({ executions: 1, tableErrors: 1, writes: 1 });
  again.close();
});
