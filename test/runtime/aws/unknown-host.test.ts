import { Agent } from 'node:http';
import { ConfigClient } from '../../../runtime/config';
import { S3SegmentStore } from '../../../runtime/live/segments/s3-segment-store';
import { createMemoizer } from '../../../runtime/memoize';
import { S3ObjectStore } from '../../../runtime/stores/s3-object-store';
import { MemoryObjectStore, TaskStorage } from '../../../runtime/tasks';
import { TEST_CREDENTIALS, TEST_REGION } from '../../support/dynamodb-server';

/** A resolver that knows nobody: no test asks a real one. */
const agent = new Agent({
  lookup: (host, _, callback) => {
    callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND', syscall: 'getaddrinfo' }), '', 4);
  },
});
const nowhere = { endpoint: 'http://service.invalid', region: TEST_REGION, credentials: TEST_CREDENTIALS, agent };
const failure = (work: Promise<unknown>) => work.then(() => 'none', (error: { failure?: string }) => error.failure);

test('memo: the function\'s value, and the error is counted', async () => {
  const memoize = createMemoizer({ ...nowhere, table: 'memo', environment: {}, budget: '10s' });
  const memoized = memoize(async function answer() { return 42; });
  expect(await memoized()).toBe(42);
  await memoize.settled();
  expect(memoize.stats().tableErrors).toBeGreaterThan(0);
  memoize.close();
});

test('config: an error of the connection, which a stale value can stand in for', async () => {
  const { endpoint: ssm, ...connection } = nowhere;
  const client = new ConfigClient({ ...connection, endpoints: { ssm }, env: {}, home: false });
  await expect(client.get('/app/a')).rejects.toMatchObject({ failure: 'connection', code: 'E_AWS_CONNECTION' });
});

test('live: the bucket counts as away', async () => {
  const segments = new S3SegmentStore({ ...nowhere, bucket: 'live-bucket', insecure: true, env: {} });
  expect(await failure(segments.read({ key: 'a', encryptionKey: Buffer.alloc(32) }, 0))).toBe('connection');
  segments.close();
});

test('tasks: nothing is found, and the error is counted', async () => {
  const remote = new S3ObjectStore({ ...nowhere, bucket: 'task-bucket', maxAttempts: 1 });
  const storage = TaskStorage.open({ env: {}, mode: 'local:rw,remote:rw', bucket: 'task-bucket', parts: { local: new MemoryObjectStore(), remote } });
  await storage.refresh();
  expect(storage.telemetry.stats()).toMatchObject({ storeErrors: 1 });
  await storage.close();
});
