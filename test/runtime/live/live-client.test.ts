import { setTimeout as pause } from 'node:timers/promises';
import { arrowResult, inPieces } from '../../support/live/arrow-result';
import { clientOf, sharedParts } from '../../support/live/processes';

const SMALL = arrowResult();
const LARGE = arrowResult({ batches: 250 }); // 2 MB
const QUERY = { scope: 'tenant', key: 'select 1' };

test('a miss, then hits with their age, in this process and in another', async () => {
  for (const bytes of [SMALL, LARGE]) {
    const parts = sharedParts();
    const [here, there] = [clientOf(parts), clientOf(parts)];
    const executions: string[] = [];
    const execute = ({ attempt }: { attempt: string }) => {
      executions.push(attempt);
      return inPieces(bytes, 50_000);
    };
    const first = await here.query(QUERY, execute);
    expect([first.status, first.age]).toEqual(['miss', 0]);
    expect(Buffer.compare(await first.toBytes(), bytes)).toBe(0);
    expect(await first.done).toMatchObject({ bytes: bytes.length, rows: bytes === SMALL ? 1000 : 250_000 });
    await here.settled();
    await pause(30);
    for (const client of [here, there]) {
      const again = await client.query(QUERY, execute);
      expect(again.status).toBe('hit');
      expect(again.age).toBeGreaterThanOrEqual(0.02);
      expect(again.bytes).toBe(bytes.length);
      expect(Buffer.compare(await again.toBytes(), bytes)).toBe(0);
    }
    expect(executions).toHaveLength(1);
    await Promise.all([here.close(), there.close()]);
  }
});

test('many callers in four processes are one execution, and get the same bytes', async () => {
  const parts = sharedParts();
  const clients = Array.from({ length: 4 }, () => clientOf(parts));
  let executions = 0;
  const results = await Promise.all(Array.from({ length: 200 }, async (_, i) => {
    const result = await clients[i % 4]!.query(QUERY, () => {
      executions++;
      return inPieces(LARGE, 100_000, () => pause(5));
    });
    return { status: result.status, bytes: await result.toBytes() };
  }));
  expect(executions).toBe(1);
  expect(results.filter(({ status }) => status === 'miss')).toHaveLength(1);
  expect(results.filter(({ status }) => status === 'joined')).toHaveLength(199);
  expect(results.every(({ bytes }) => Buffer.compare(bytes, LARGE) === 0)).toBe(true);
  await Promise.all(clients.map((client) => client.close()));
});

test('followers in another process get the beginning while the query still runs', async () => {
  const parts = sharedParts();
  const [here, there] = [clientOf(parts), clientOf(parts)];
  let goOn!: () => void;
  const held = new Promise<void>((resolve) => { goOn = resolve; });
  const leader = await here.query(QUERY, async function* () {
    yield LARGE.subarray(0, 1 << 20);
    await held;
    yield LARGE.subarray(1 << 20);
  });
  const follower = await there.query(QUERY, () => { throw new Error('executed twice'); });
  expect(follower.status).toBe('joined');
  const node = follower.toNodeStream();
  const beginning = await new Promise<Buffer>((resolve) => node.once('data', resolve));
  expect(Buffer.compare(beginning, LARGE.subarray(0, beginning.length))).toBe(0);
  goOn();
  const chunks = [beginning];
  node.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [mine] = await Promise.all([leader.toBytes(), new Promise((resolve) => node.once('end', resolve))]);
  expect(Buffer.compare(Buffer.concat(chunks), LARGE)).toBe(0);
  expect(Buffer.compare(mine, LARGE)).toBe(0);
  await Promise.all([here.close(), there.close()]);
});
