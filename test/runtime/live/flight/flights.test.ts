import { getEventListeners } from 'node:events';
import { LIVE_CHANNELS } from '../../../../runtime/live';
import type { LiveClientOptions, LiveQuery } from '../../../../runtime/live/options';
import { IndexError } from '../../../../runtime/live/errors';
import { MemoryResultIndex } from '../../../../runtime/live/index/memory-result-index';
import { eventually } from '../../../../runtime/testing/eventually';
import { inPieces } from '../../../support/live/arrow-result';
import { A, aDoor, Ahead, Clients, heldAt, nameOf, QUERY, Reader, SMALL, take } from '../../../support/live/fixtures';
import { sharedParts, type SharedParts } from '../../../support/live/processes';
import { troubledIndex, type IndexTrouble } from '../../../support/live/troubled-index';

const clients = new Clients();
afterEach(() => clients.close());

const boom = new Error('boom');
const fails = () => { throw boom; };

/** A result in the bucket that is past its time to live. */
async function stale(options: LiveClientOptions) {
  const clock = new Ahead();
  const parts: SharedParts = { ...sharedParts(), index: new MemoryResultIndex({ clock }) };
  await take(clients.of(parts, options));
  clock.forward(61_000);
  return { parts, clock, client: clients.of(parts, options) };
}

describe('what is stale, and a bucket that is away', () => {
  test('executes once: the refresh is what its caller gets', async () => {
    const { parts, client } = await stale({ ttl: '1m', staleWhileRevalidate: '1m' });
    parts.segments.onRead = fails;
    expect(await take(client)).toMatchObject({ status: 'miss', data: 'A' });
    expect(client.stats()).toMatchObject({ executions: 1, bypasses: 0 });
    expect(client.stats().storageErrors).toBeGreaterThan(0);
  });

  test('an execution that fails is not tried again for want of the stale result', async () => {
    const { parts, client } = await stale({ ttl: '1m', staleIfError: '1m' });
    parts.segments.onRead = fails;
    const own = new Error('own');
    await expect(client.query(QUERY, () => { throw own; })).rejects.toBe(own);
    expect(client.stats().executions).toBe(1);
  });
});

test('stale-if-error: the time that the execution took to fail counts', async () => {
  const { client } = await stale({ ttl: '1m', staleIfError: 1100 });
  const fail = async () => {
    await new Promise((resolve) => setTimeout(resolve, 150));
    throw boom;
  };
  await expect(client.query(QUERY, fail)).rejects.toBe(boom);
});

test('only-if-cached says so when what it gives is stale', async () => {
  const { client } = await stale({ ttl: '1m', staleIfError: '5m' });
  expect(await take(client, { ...QUERY, cache: 'only-if-cached' })).toMatchObject({ status: 'stale', data: 'A' });
  expect(client.stats()).toMatchObject({ hits: 0, stale: 1, executions: 0 });
});

test('who joins when the one for whom it ran has just left is served by another execution, and told nothing of him', async () => {
  const { parts, client } = await stale({ ttl: '1m', staleWhileRevalidate: '1m', whenAbandoned: 'abort' });
  const doors = [aDoor(), aDoor()];
  let reads = 0;
  parts.segments.onRead = async () => {
    const door = doors[reads++];
    await door?.opened;
    if (door) throw boom;
  };
  const leaving = new AbortController();
  const signals: AbortSignal[] = [];
  const execute = ({ signal }: { signal: AbortSignal }) => {
    signals.push(signal);
    return signals.length === 1 ? new Promise<never>(() => {}) : inPieces(A, 100_000);
  };
  const leader = client.query({ ...QUERY, signal: leaving.signal }, execute);
  const other = take(client, QUERY, execute);
  leader.catch(() => {});
  await eventually(() => { expect(reads).toBe(2); });
  doors[0]!.open(); // he cannot have the stale result, and waits for the execution
  await new Promise(setImmediate);
  leaving.abort(boom);
  await expect(leader).rejects.toBe(boom);
  await eventually(() => { expect(signals[0]!.aborted).toBe(true); });
  doors[1]!.open();
  expect((await other).data).toBe('A');
});

describe('a lookup that is answered after the client was closed', () => {
  test('whoever would follow is told at once, and listens to nobody', async () => {
    const parts = sharedParts();
    const [door, trouble] = [aDoor(), { calls: [] } as IndexTrouble];
    await clients.of(parts).query(QUERY, () => heldAt(A, 1000, door));
    const arrived = aDoor();
    const answered = aDoor();
    trouble.after = async (method) => {
      if (method !== 'lookup') return;
      arrived.open();
      await answered.opened;
    };
    const client = clients.of({ ...parts, index: troubledIndex(parts.index, trouble) });
    const asked = client.query(QUERY, () => A);
    asked.catch(() => {});
    await arrived.opened;
    await client.close();
    answered.open();
    await expect(asked).rejects.toMatchObject({ code: 'E_LIVE_CLOSED' });
    expect(trouble.calls).toEqual(['lookup']);
    door.open();
  });
});

describe('what is counted and told', () => {
  test('an execution that never got its turn is none', async () => {
    const parts = sharedParts();
    const away = troubledIndex(parts.index, { before: () => { throw new IndexError('connection', 'away'); } });
    const client = clients.of({ ...parts, index: away }, { bypassConcurrency: 1 });
    const door = aDoor();
    const first = await client.query(QUERY, () => heldAt(A, 1000, door));
    const leaving = new AbortController();
    const second = client.query({ scope: 's', key: 2, signal: leaving.signal }, () => A);
    second.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 20));
    leaving.abort(boom);
    await expect(second).rejects.toBe(boom);
    door.open();
    expect(nameOf(await first.toBytes())).toBe('A');
    expect(client.stats().executions).toBe(1);
  });

  test('a caller who goes on with another source: where, and why', async () => {
    const parts = sharedParts();
    await take(clients.of(parts));
    const told: unknown[] = [];
    const listener = (message: unknown) => told.push(message);
    LIVE_CHANNELS.resume.subscribe(listener);
    const client = clients.of(parts);
    const reader = new Reader(await client.query(QUERY, () => inPieces(A, 100_000)));
    parts.segments.breakDeleted = true;
    await reader.upTo(1);
    parts.segments.objects.clear();
    expect(nameOf(await reader.rest())).toBe('A');
    LIVE_CHANNELS.resume.unsubscribe(listener);
    expect(told).toEqual([{ id: expect.any(String) as string, position: expect.any(Number) as number, reason: expect.any(Error) as Error }]);
  });
});

test('a signal that outlives many queries is left with no listener', async () => {
  const { signal } = new AbortController();
  const client = clients.of();
  const ask = async (query: LiveQuery | { mode: 'preview' }) => (await client.query({ ...query, signal }, () => inPieces(SMALL, 1000))).toBytes();
  for (const query of [{ mode: 'preview' }, QUERY, QUERY, { key: 1 }] as const) await ask(query);
  await new Promise(setImmediate);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
