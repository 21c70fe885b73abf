import type { createHandler } from '../../../lambda-src/task-retention/handler';
import { TASK_ENVIRONMENT, TASK_METRIC_NAMESPACE, TASK_RETENTION_ENVIRONMENT } from '../../../lib/contract/tasks';
import { NO_LIST_CREDENTIALS, startS3, type S3Server } from '../../support/s3-server';
import { captureLog, metricsIn, recordsIn } from '../events';
import { isolated } from '../isolated';
import { condemnedFor, current, DAY, HOUR, keepResult, objectsIn, putObject, unused } from './scene';

const FORMER = { ...process.env };
let server: S3Server;
let lines: string[];

beforeAll(async () => { server = await startS3(); });
afterAll(() => server.close());
beforeEach(() => {
  server.reset();
  process.env = {
    ...FORMER, ...server.environment, [TASK_ENVIRONMENT.bucket]: server.bucket, [TASK_ENVIRONMENT.endpoint]: server.endpoint,
    [TASK_RETENTION_ENVIRONMENT.maxAge]: String(30 * DAY / 1000), [TASK_RETENTION_ENVIRONMENT.grace]: String(DAY / 1000),
    POWERTOOLS_METRICS_DISABLED: 'false',
  };
  lines = captureLog();
});
afterEach(() => {
  process.env = FORMER;
  jest.restoreAllMocks();
});

function load(): ReturnType<typeof createHandler> {
  type Module = { readonly handler: ReturnType<typeof createHandler> };
  return isolated(() => jest.requireActual<Module>('../../../lambda-src/task-retention/task-retention.lambda')).handler;
}

/**
 * @param remaining milliseconds that Lambda says are left, each time it is asked: first, for all, for each scope twice, then for its namespaces;
 * then ten minutes
 */
function run(...remaining: readonly number[]): Promise<void> {
  const left = [...remaining, 600_000];
  return load()({ source: 'aws.events' }, { getRemainingTimeInMillis: () => left.length > 1 ? left.shift()! : left[0] });
}
const parsed = () => recordsIn(lines);
const metrics = () => metricsIn(lines);
const said = (notice: string) => parsed().filter((line) => line.notice === notice);

test('drops what is too old, and deletes what nothing refers to once it has been condemned for the time of grace', async () => {
  const young = await keepResult(server, 'young', HOUR);
  const old = await keepResult(server, 'old', 31 * DAY);
  const litter = unused(server, 'litter', 2 * DAY);
  const underWay = unused(server, 'under way', HOUR);
  await run();
  expect([...(await current(server)).records.values()].map(({ id }) => id)).toEqual(['Task_young']);
  expect([...(await current(server)).condemned.keys()].map((key) => `v1/main/default/${key}`).sort()).toEqual([old, litter].sort());
  expect(objectsIn(server)).toEqual([young, old, litter, underWay].sort());
  await condemnedFor(server, DAY + HOUR);
  await run();
  expect(objectsIn(server)).toEqual([young, underWay].sort());
  expect(metrics()).toMatchObject([
    { Scope: 'main', Namespace: 'default', Records: 1, StoredBytes: 40, DroppedRecords: 1, DeletedObjects: 0, DeletedBytes: 0, RetentionFailures: 0 },
    { Records: 1, StoredBytes: 20, DroppedRecords: 0, DeletedObjects: 2, DeletedBytes: 20, RetentionFailures: 0 },
  ]);
});

test('says what it did in CloudWatch\'s metric format', async () => {
  await keepResult(server, 'young', HOUR);
  await run();
  const [{ _aws: { CloudWatchMetrics: [directive] } }] = metrics() as [{ _aws: { CloudWatchMetrics: object[] } }];
  expect(directive).toMatchObject({
    Namespace: TASK_METRIC_NAMESPACE, Dimensions: [['Scope', 'Namespace']],
    Metrics: [
      { Name: 'Records', Unit: 'Count' }, { Name: 'StoredBytes', Unit: 'Bytes' }, { Name: 'DroppedRecords', Unit: 'Count' },
      { Name: 'DeletedObjects', Unit: 'Count' }, { Name: 'DeletedBytes', Unit: 'Bytes' }, { Name: 'RetentionFailures', Unit: 'Count' },
    ],
  });
  expect(said('retained')).toMatchObject([{ scope: 'main', namespace: 'default', records: 1, complete: true }]);
});

test('the size is of each namespace, and the oldest results go first', async () => {
  process.env[TASK_RETENTION_ENVIRONMENT.maxBytes] = '25';
  for (const [name, age] of [['a', 3], ['b', 2], ['c', 1]] as const) await keepResult(server, name, age * HOUR);
  for (const name of ['d', 'e']) await keepResult(server, name, HOUR, 'main', 'other');
  await run();
  expect([...(await current(server)).records.values()].map(({ id }) => id).sort()).toEqual(['Task_b', 'Task_c']);
  expect((await current(server, 'main', 'other')).records.size).toBe(2);
});

test('finds all namespaces of all scopes, and leaves what has another name', async () => {
  await keepResult(server, 'a', 31 * DAY, 'main', 'one');
  await keepResult(server, 'b', 31 * DAY, 'main', 'two');
  await keepResult(server, 'c', 31 * DAY, 'pull-request', 'one');
  for (const key of ['v1/no name/one/objects/x', 'v1/main/no.name/objects/x', 'v2/main/one/objects/x', 'readme']) {
    server.objects().set(key, { body: Buffer.from(''), etag: '"e"', modified: new Date(0), contentType: 'x', headers: {} });
  }
  const before = server.objects().size;
  await run();
  expect(metrics().map(({ Scope, Namespace, DroppedRecords }) => [Scope, Namespace, DroppedRecords]).sort())
    .toEqual([['main', 'one', 1], ['main', 'two', 1], ['pull-request', 'one', 1]]);
  expect(server.objects().size).toBe(before);
});

test('leases of long ago are deleted, and those that may be held are not', async () => {
  await keepResult(server, 'a', HOUR);
  const gone = putObject(server, 'main/default', 'leases/old', 25 * HOUR);
  const held = putObject(server, 'main/default', 'leases/held', 23 * HOUR);
  await run();
  expect([...server.objects().keys()]).toContain(held);
  expect([...server.objects().keys()]).not.toContain(gone);
  expect(said('retained')).toMatchObject([{ deletedLeases: 1 }]);
});

test('more leases than one request deletes', async () => {
  for (let i = 0; i < 1_001; i++) putObject(server, 'main/default', `leases/${i}`, 2 * DAY);
  await run();
  expect(said('retained')).toMatchObject([{ deletedLeases: 1_001, failures: 0 }]);
  expect([...server.objects().keys()].filter((key) => key.includes('leases'))).toEqual([]);
});

test('an empty bucket is nothing to do', async () => {
  await run();
  expect(parsed()).toEqual([]);
});

describe('trouble', () => {
  test('a damaged manifest is left, and stops no other namespace', async () => {
    await keepResult(server, 'a', 31 * DAY, 'main', 'one');
    await keepResult(server, 'b', 31 * DAY, 'main', 'two');
    const manifest = server.objects().get('v1/main/one/manifest')!;
    server.objects().set('v1/main/one/manifest', { ...manifest, body: Buffer.from('damaged') });
    await run();
    expect(metrics().map(({ Namespace, DroppedRecords, RetentionFailures }) => [Namespace, DroppedRecords, RetentionFailures]).sort())
      .toEqual([['one', 0, 1], ['two', 1, 0]]);
    expect(said('not retained')).toMatchObject([{ scope: 'main', namespace: 'one', what: 'namespace', why: expect.stringMatching(/^E_TASK_/) as string }]);
    expect(server.objects().get('v1/main/one/manifest')!.body.toString()).toBe('damaged');
  });

  test('of a namespace that failed nothing is counted that was not looked at', async () => {
    server.objects().set('v1/main/one/manifest', { body: Buffer.from('x'), etag: '"e"', modified: new Date(), contentType: 'x', headers: {} });
    await run();
    expect(metrics()[0]).not.toHaveProperty('Records');
    expect(metrics()[0]).not.toHaveProperty('StoredBytes');
  });

  test('what cannot be deleted is told one by one up to a point, and counted', async () => {
    const keys = Array.from({ length: 30 }, (_, i) => putObject(server, 'main/default', `leases/${i}`, 2 * DAY));
    server.intercept(({ method }, response) => {
      if (method !== 'POST') return false;
      const errors = keys.map((key) => `<Error><Key>${key}</Key><Code>AccessDenied</Code><Message>no</Message></Error>`);
      response.writeHead(200, { 'content-type': 'application/xml' }).end(`<DeleteResult>${errors.join('')}</DeleteResult>`);
      return true;
    });
    await run();
    expect(said('not retained')).toHaveLength(20);
    const why = expect.stringContaining('AccessDenied') as string;
    expect(said('not retained')[0]).toMatchObject({ scope: 'main', namespace: 'default', what: 'leases/0', why });
    expect(metrics()).toMatchObject([{ RetentionFailures: 30 }]);
  });

  test('a deletion that is refused as a whole is one failure', async () => {
    for (let i = 0; i < 30; i++) putObject(server, 'main/default', `leases/${i}`, 2 * DAY);
    server.fail({ of: ({ method }) => method === 'POST', trouble: { kind: 'refusal', status: 403, code: 'AccessDenied' } });
    await run();
    expect(said('not retained')).toMatchObject([{ what: 'namespace', why: expect.stringContaining('AccessDenied') as string }]);
    expect(metrics()).toMatchObject([{ RetentionFailures: 1 }]);
  });

  test('fails if it may not list: then Lambda counts an error', async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: NO_LIST_CREDENTIALS.accessKeyId, AWS_SECRET_ACCESS_KEY: NO_LIST_CREDENTIALS.secretAccessKey });
    await expect(run()).rejects.toThrow(/AccessDenied|denied/i);
  });

  test('a namespace that takes too long is left, and another has its turn', async () => {
    for (const namespace of ['one', 'two']) await keepResult(server, 'a', 31 * DAY, 'main', namespace);
    const [slow, other] = Math.floor(Date.now() / DAY) % 2 === 0 ? ['one', 'two'] : ['two', 'one'];
    server.intercept(({ method, url }) => method === 'GET' && url!.includes(`/v1/main/${slow}/manifest`)); // never answers
    await run(600_000, 600_000, 600_000, 600_000, 15_400); // of 15 s that are kept for the end, 400 ms are left, of which the first has half
    expect(metrics().map(({ Namespace, DroppedRecords, RetentionFailures }) => [Namespace, DroppedRecords, RetentionFailures]))
      .toEqual([[slow, 0, 1], [other, 1, 0]]);
    expect(said('not retained')).toMatchObject([{ namespace: slow, what: 'namespace', why: 'out of time' }]);
  });

  test('a scope that is full of namespaces has its share of the time, and metrics of a hundred of them', async () => {
    for (let i = 0; i < 103; i++) putObject(server, `a-pull-request/n${String(i).padStart(3, '0')}`, 'leases/x', HOUR);
    await keepResult(server, 'b', 31 * DAY, 'main', 'default');
    await run();
    const measured = metrics();
    expect(measured.filter(({ Scope }) => Scope === 'a-pull-request').map(({ Namespace }) => Namespace).sort())
      .toEqual(Array.from({ length: 100 }, (_, i) => `n${String(i).padStart(3, '0')}`));
    expect(said('retained')).toHaveLength(104);
    expect(measured.filter(({ Scope }) => Scope === 'main')).toMatchObject([{ DroppedRecords: 1 }]);
  });

  test.each(['manifest', 'namespaces'])('a scope whose %s does not answer takes no other scope\'s time', async (what) => {
    for (const scope of ['one', 'two']) await keepResult(server, 'a', 31 * DAY, scope);
    const [slow, other] = Math.floor(Date.now() / DAY) % 2 === 0 ? ['one', 'two'] : ['two', 'one'];
    const asked = what === 'manifest' ? `/v1/${slow}/default/manifest` : `prefix=${encodeURIComponent(`v1/${slow}/`)}`;
    server.intercept(({ method, url }) => method === 'GET' && url!.includes(asked)); // never answers
    await run(600_000, 600_000, 15_400, 15_400, 15_400);
    expect(said('retained').filter(({ scope }) => scope === other)).toMatchObject([{ dropped: 1, failures: 0 }]);
    expect(said('out of time for a scope: the next run goes on')).toEqual([expect.objectContaining({ scope: slow })]);
  });

  test('of two scopes of which one cannot be listed the other is retained, and Lambda counts an error', async () => {
    for (const scope of ['one', 'two']) await keepResult(server, 'a', 31 * DAY, scope);
    server.fail({
      of: ({ method, url }) => method === 'GET' && url!.includes(encodeURIComponent('v1/one/')) && url!.includes('delimiter'),
      trouble: { kind: 'refusal', status: 403, code: 'AccessDenied' },
    });
    await expect(run()).rejects.toThrow(/AccessDenied|denied/i);
    expect(metrics()).toMatchObject([{ Scope: 'two', DroppedRecords: 1 }]);
  });

  test('it ends before Lambda ends it, and says that the next run goes on', async () => {
    await keepResult(server, 'a', 31 * DAY);
    server.intercept(({ method, url }) => method === 'GET' && url!.includes('/manifest'));
    await run(4_000, 4_000);
    expect(parsed().map(({ notice }) => notice)).toContain('out of time: the next run goes on');
    expect(metrics()).toMatchObject([{ RetentionFailures: 1 }]);
  });
});

test('another namespace is the first each day', async () => {
  for (const namespace of ['a', 'b', 'c']) await keepResult(server, 'x', HOUR, 'main', namespace);
  const order = async (day: number) => {
    jest.spyOn(Date, 'now').mockReturnValue(day * DAY);
    lines.length = 0;
    await run();
    return metrics().map(({ Namespace }) => Namespace).join('');
  };
  expect([await order(20_001), await order(20_002), await order(20_003)].sort()).toEqual(['abc', 'bca', 'cab']);
});

test.each([
  TASK_ENVIRONMENT.bucket, TASK_RETENTION_ENVIRONMENT.maxAge, TASK_RETENTION_ENVIRONMENT.grace,
])('fails at its start without %s, and names it', (name) => {
  delete process.env[name];
  expect(load).toThrow(`the environment variable ${name} is not set: the construct sets it, so deploy its stack again`);
});

test.each([
  [TASK_RETENTION_ENVIRONMENT.maxAge, '0'], [TASK_RETENTION_ENVIRONMENT.maxAge, '30d'], [TASK_RETENTION_ENVIRONMENT.grace, '-1'],
  [TASK_RETENTION_ENVIRONMENT.maxBytes, '1.5'],
])('fails at its start with %s=%s', (name, value) => {
  process.env[name] = value;
  expect(load).toThrow(`the environment variable ${name} must be`);
});
