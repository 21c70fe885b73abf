import type { createHandler } from '../../../lambda-src/live-sweeper/handler';
import { NO_LIST_CREDENTIALS, startS3, type S3Server } from '../../support/s3-server';
import { startSecrets, type SecretsServer } from '../../support/secrets-server';
import { captureLog, metricsIn, recordsIn } from '../events';
import { isolated } from '../isolated';
import { GRACE, keysOf, MINUTE, NOW, put, store } from './scene';

const FORMER = { ...process.env };
let server: S3Server;
let secrets: SecretsServer;
let lines: string[];

beforeAll(async () => { [server, secrets] = await Promise.all([startS3(), startSecrets()]); });
afterAll(() => Promise.all([server.close(), secrets.close()]));
beforeEach(() => {
  server.reset();
  process.env = {
    ...FORMER, ...server.environment, LIVE_BUCKET: server.bucket, LIVE_NAMESPACE: 'live', LIVE_GRACE: String(GRACE / 1000),
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
  return isolated(() => jest.requireActual<Module>('../../../lambda-src/live-sweeper/live-sweeper.lambda')).handler;
}

const run = (remaining = 60_000) => load()({ source: 'aws.events' }, { getRemainingTimeInMillis: () => remaining });
const parsed = () => recordsIn(lines);
const metrics = () => metricsIn(lines);
/** Of long ago, by every clock. */
const LONG_AGO = (NOW - Date.UTC(2020, 0, 1)) / MINUTE;

test('sweeps what the environment names, and says what it did in CloudWatch\'s metric format', async () => {
  store(server, { ago: LONG_AGO, count: 3, modified: 0 });
  const other = store(server, { namespace: 'other', ago: LONG_AGO, modified: 0 });
  await run();
  expect(keysOf(server)).toEqual(other);
  expect(metrics()).toMatchObject([{ Namespace: 'live', SweptObjects: 3, SweptBytes: 30, SweepFailures: 0 }]);
  const [line] = metrics() as [{ _aws: { CloudWatchMetrics: object[] }; SweeperLag: number }];
  const { _aws: { CloudWatchMetrics: [directive] }, SweeperLag: lag } = line;
  expect(directive).toMatchObject({
    Namespace: 'CdkCacheTiers/Live', Dimensions: [['Namespace']],
    Metrics: [
      { Name: 'SweptObjects', Unit: 'Count' }, { Name: 'SweptBytes', Unit: 'Bytes' },
      { Name: 'SweepFailures', Unit: 'Count' }, { Name: 'SweeperLag', Unit: 'Seconds' },
    ],
  });
  expect(Math.abs(Date.now() - GRACE - lag * 1000 - Date.UTC(2020, 0, 1))).toBeLessThan(10 * MINUTE);
  expect(parsed().find(({ notice }) => notice === 'swept')).toMatchObject({ namespace: 'live', deletedObjects: 3 });
});

test('with nothing to do there are zeros: an alarm needs something to look at', async () => {
  await run();
  expect(metrics()).toMatchObject([{ Namespace: 'live', SweptObjects: 0, SweptBytes: 0, SweepFailures: 0, SweeperLag: 0 }]);
});

test('a sweeper that may not list does not say that nothing is late', async () => {
  server.fail({ of: ({ method }) => method === 'GET', trouble: { kind: 'refusal', status: 403, code: 'AccessDenied' } });
  await run();
  expect(metrics()).toMatchObject([{ Namespace: 'live', SweptObjects: 0, SweepFailures: 1 }]);
  expect(metrics()[0]).not.toHaveProperty('SweeperLag');
});

test('without a namespace there is a line for each, with its own dimension', async () => {
  delete process.env.LIVE_NAMESPACE;
  store(server, { namespace: 'a', ago: LONG_AGO, modified: 0 });
  store(server, { namespace: 'b', ago: LONG_AGO, count: 2, modified: 0 });
  await run();
  expect(keysOf(server)).toEqual([]);
  expect(metrics()).toMatchObject([{ Namespace: 'a', SweptObjects: 1 }, { Namespace: 'b', SweptObjects: 2 }]);
});

test('one handler goes on from run to run', async () => {
  const handler = load();
  for (const expected of [2, 0]) {
    if (expected > 0) store(server, { ago: LONG_AGO, count: expected, modified: 0 });
    lines.length = 0;
    await handler({}, { getRemainingTimeInMillis: () => 60_000 });
    expect(metrics()).toMatchObject([{ Namespace: 'live', SweptObjects: expected }]);
  }
});

test('failures are told one by one up to a point, and counted', async () => {
  for (let i = 0; i < 30; i++) put(server, `v1/live/2020-01-01T00:00/${i}`, 0);
  server.fail({ of: ({ method }) => method === 'POST', trouble: { kind: 'refusal', status: 403, code: 'AccessDenied' } });
  await run();
  const told = parsed().filter(({ notice }) => notice === 'not deleted');
  expect(told).toHaveLength(20);
  expect(told[0]).toEqual({ notice: 'not deleted', what: 'v1/live/2020-01-01T00:00/0', code: 'AccessDenied' });
  expect(metrics()).toMatchObject([{ SweepFailures: 30, SweptObjects: 0 }]);
});

test('a list that is denied is a failure in the metrics, too', async () => {
  process.env.AWS_ACCESS_KEY_ID = NO_LIST_CREDENTIALS.accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = NO_LIST_CREDENTIALS.secretAccessKey;
  await run();
  expect(metrics()).toMatchObject([{ SweepFailures: 1 }]);
  expect(parsed()[0]).toEqual({ notice: 'not deleted', what: 'live', code: 'AccessDenied' });
});

test('it ends before Lambda ends it, and says that the next run goes on', async () => {
  store(server, { ago: LONG_AGO, modified: 0 });
  server.fail({ of: ({ method }) => method === 'POST', trouble: { kind: 'silence' } });
  await run(400);
  expect(parsed().map(({ notice }) => notice)).toContain('the next run goes on');
  expect(metrics()).toMatchObject([{ SweptObjects: 0, SweepFailures: 0 }]);
});

describe('an S3-compatible service', () => {
  const stored = (value: string) => {
    const { arn } = secrets.create('access', value);
    process.env = { ...FORMER, ...secrets.environment, LIVE_BUCKET: server.bucket, LIVE_NAMESPACE: 'live', LIVE_GRACE: '600' };
    // What it signs with for Secrets Manager is nothing that the service knows.
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIAOTHER', AWS_SECRET_ACCESS_KEY: 'other-secret-key', AWS_REGION: 'eu-west-3' });
    Object.assign(process.env, { LIVE_S3_ENDPOINT: server.endpoint, LIVE_BUCKET_REGION: 'us-east-1', LIVE_S3_CREDENTIALS: arn });
  };

  test('is reached at its endpoint, with the access key of a secret', async () => {
    stored(JSON.stringify({ ...server.clientConfig.credentials }));
    store(server, { ago: LONG_AGO, modified: 0 });
    await run();
    expect(keysOf(server)).toEqual([]);
  });

  test.each(['{"accessKeyId":"AKIA-SHOWN"}', 'secret-text-that-is-shown', '{"accessKeyId":1,"secretAccessKey":"shown"}', 'null', '[]'])(
    'a secret without an access key is a failure that shows nothing of it: %s', async (value) => {
      stored(value);
      store(server, { ago: LONG_AGO, modified: 0 });
      await run();
      expect(metrics()).toMatchObject([{ SweepFailures: 1 }]);
      expect(parsed()[0]).toEqual({ notice: 'not deleted', what: 'live', code: 'E_AWS_DENIED' });
      expect(lines.join()).not.toMatch(/shown/i);
      expect(server.requests).toEqual([]);
    });
});

test.each(['LIVE_BUCKET', 'LIVE_GRACE'])('fails at its start without %s, and names it', (name) => {
  delete process.env[name];
  expect(load).toThrow(`the environment variable ${name} is not set: the construct sets it, so deploy its stack again`);
});

test.each([
  ['LIVE_GRACE', '-1'], ['LIVE_GRACE', '10m'], ['LIVE_NAMESPACE', 'a/b'], ['LIVE_NAMESPACE', '..'],
])('fails at its start with %s=%s', (name, value) => {
  process.env[name] = value;
  expect(load).toThrow(`the environment variable ${name} must be`);
});
