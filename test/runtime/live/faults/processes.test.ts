import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { RedisResultIndex } from '../../../../runtime/live/index/redis-result-index';
import { inPieces } from '../../../support/live/arrow-result';
import { partsIn, type Shared } from '../../../support/live/child-parts';
import { A, B, Clients, nameOf, QUERY, Reader, SMALL, take } from '../../../support/live/fixtures';
import type { SharedParts } from '../../../support/live/processes';
import { redisIndex, startRedis, type RedisServer } from '../../../support/redis-server';
import { startS3, type S3Server } from '../../../support/s3-server';

jest.setTimeout(60_000);

const clients = new Clients();
const children: ChildProcess[] = [];
let redis: RedisServer;
let s3: S3Server;
beforeAll(async () => { [redis, s3] = await Promise.all([startRedis(), startS3()]); });
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await clients.close();
});
afterAll(() => Promise.all([redis.stop(), s3.close()]));

function anotherWorld(): Shared {
  const { endpoint, region, credentials } = s3.clientConfig;
  return {
    indexUrl: redis.url, namespace: `test-${randomBytes(6).toString('hex')}`, masterKey: randomBytes(48).toString('base64url'),
    bucket: s3.bucket, endpoint, region, credentials,
  };
}

/** A client here, in another process than the child. */
function aClient(shared: Shared) {
  const index = redisIndex({ url: shared.indexUrl, namespace: shared.namespace, timeout: '5s' });
  return clients.of(partsIn(shared, index) as unknown as SharedParts, { namespace: shared.namespace, lease: '1s' });
}

function aChild(what: string, shared: Shared) {
  const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, '../../../support/live/child.ts'), what, JSON.stringify(shared)], {
    stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_OPTIONS: '' },
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, 'exit');
  return {
    line: async () => (await lines.next()).value as string | undefined,
    kill: () => { child.kill('SIGKILL'); return ended; },
    ended,
  };
}

async function entries(shared: Shared): Promise<number> {
  const index: RedisResultIndex = redisIndex({ url: shared.indexUrl, namespace: shared.namespace });
  let count = 0;
  for await (const { state } of index.list()) if (state === 'entry') count++;
  await index.close();
  return count;
}

const STEPS = [
  ['start', 0], ['first', 0], ['middle', 1000], ['upload', 1000], ['publish', 1000],
] as const;

describe.each(STEPS)('a holder killed at %s', (step, readable) => {
  test('its followers elsewhere take over, and get the whole result', async () => {
    const shared = anotherWorld();
    const child = aChild(step, shared);
    expect(await child.line()).toBe('arrived');
    const [follower, other] = [aClient(shared), aClient(shared)];
    let executions = 0;
    const ask = async (client: typeof follower) => new Reader(await client.query(QUERY, () => {
      executions++;
      return inPieces(A, 100_000);
    }));
    const following = [ask(follower), ask(follower), ask(other)];
    if (readable > 0) for (const each of following) await (await each).upTo(readable);
    await child.kill();
    for (const each of following) expect(nameOf(await (await each).rest())).toBe('A');
    await Promise.all([follower.settled(), other.settled()]);
    expect(executions).toBe(1);
    expect(await entries(shared)).toBe(1);
    expect(await take(aClient(shared), QUERY, SMALL)).toMatchObject({ status: 'hit', data: 'A' });
  });

  if (step !== 'first' && step !== 'middle') return;

  test('another result by then is never mixed with the first one', async () => {
    const shared = anotherWorld();
    const child = aChild(step, shared);
    expect(await child.line()).toBe('arrived');
    const follower = aClient(shared);
    const following = follower.query(QUERY, () => inPieces(B, 100_000)).then((result) => new Reader(result));
    if (readable > 0) await (await following).upTo(readable);
    await child.kill();
    const outcome = await (await following).rest().then(nameOf, (error: { code?: string }) => error.code);
    expect(outcome).toBe(readable > 0 ? 'E_LIVE_CHANGED' : 'B');
    await follower.settled();
    expect(await entries(shared)).toBeLessThanOrEqual(1);
    expect((await take(aClient(shared), QUERY, B)).data).toBe('B');
  });
});

test('a holder killed after publishing leaves its result', async () => {
  const shared = anotherWorld();
  const child = aChild('published', shared);
  expect(await child.line()).toBe('arrived');
  await child.kill();
  expect(await take(aClient(shared), QUERY, B)).toMatchObject({ status: 'hit', data: 'A' });
  expect(await entries(shared)).toBe(1);
});

test('an index restarted empty in mid-flight, and one that is killed and stays away', async () => {
  const own = await startRedis();
  try {
    const shared = { ...anotherWorld(), indexUrl: own.url };
    const [here, there] = [aClient(shared), aClient(shared)];
    let goOn!: () => void;
    const opened = new Promise<void>((resolve) => { goOn = resolve; });
    const held = await here.query(QUERY, async function* () {
      yield A.subarray(0, 500_000);
      await opened;
      yield A.subarray(500_000);
    });
    const following = new Reader(await there.query(QUERY, () => inPieces(A, 100_000)));
    await following.upTo(1000);
    await own.restartEmpty();
    goOn();
    expect(nameOf(await held.toBytes())).toBe('A');
    expect(nameOf(await following.rest())).toBe('A');
    await Promise.all([here.settled(), there.settled()]);
    await own.stop();
    expect(await take(here, { ...QUERY, key: 2 }, SMALL)).toMatchObject({ data: 'SMALL' });
    expect(await take(aClient(shared), QUERY, B)).toMatchObject({ status: 'bypass', reason: 'index', data: 'B' });
  } finally {
    await own.stop();
  }
});

test('a client that is closed leaves no timers, sockets and unhandled rejections, and its process ends', async () => {
  const child = aChild('live', anotherWorld());
  expect(JSON.parse((await child.line())!)).toEqual({ rejections: [], resources: [] });
  expect(await child.ended).toEqual([0, null]);
});
