import { IndexError } from '../../../../runtime/live/errors';
import { eventually } from '../../../../runtime/testing/eventually';
import { inPieces } from '../../../support/live/arrow-result';
import { A, aDoor, Clients, heldAt, nameOf, QUERY, SMALL } from '../../../support/live/fixtures';
import { sharedParts } from '../../../support/live/processes';
import { troubledIndex, type IndexMethod } from '../../../support/live/troubled-index';

jest.setTimeout(60_000);

const clients = new Clients();
afterEach(() => clients.close());

const refuse = () => { throw new IndexError('connection', 'refused'); };

test('a thousand misses of one key in four processes are one execution, and few calls of the index', async () => {
  const parts = sharedParts();
  const calls: IndexMethod[] = [];
  const all = [1, 2, 3, 4].map(() => clients.of({ ...parts, index: troubledIndex(parts.index, { calls }) }));
  const results = await Promise.all(Array.from({ length: 1000 }, async (_, i) => {
    const result = await all[i % 4]!.query(QUERY, () => inPieces(A, 200_000));
    return nameOf(await result.toBytes());
  }));
  expect(new Set(results)).toEqual(new Set(['A']));
  expect(all.reduce((sum, live) => sum + live.stats().executions, 0)).toBe(1);
  expect(calls.filter((method) => method === 'lookup').length).toBeLessThan(20);
});

test('a thousand keys at once are a thousand executions, each published', async () => {
  const parts = sharedParts();
  const live = clients.of(parts);
  const ask = async (key: number) => nameOf(await (await live.query({ scope: 1, key }, () => SMALL)).toBytes());
  const keys = Array.from({ length: 1000 }, (_, key) => key);
  expect(new Set(await Promise.all(keys.map(ask)))).toEqual(new Set(['SMALL']));
  await live.settled();
  expect(live.stats()).toMatchObject({ executions: 1000, published: 1000 });
});

test('while the index is away, so many execute at a time, so many wait, and the rest is refused', async () => {
  const parts = sharedParts();
  const live = clients.of({ ...parts, index: troubledIndex(parts.index, { before: refuse }) }, { bypassConcurrency: 8 });
  const door = aDoor();
  let running = 0;
  let most = 0;
  const ask = async (key: number) => {
    const result = await live.query({ scope: 1, key }, async function* () {
      most = Math.max(most, ++running);
      yield* heldAt(SMALL, 100, door);
      running--;
    });
    return nameOf(await result.toBytes());
  };
  const outcomes = Array.from({ length: 1100 }, (_, key) => ask(key).catch((error: { code?: string }) => error.code));
  await eventually(() => { expect(running).toBe(8); });
  door.open();
  const counts = new Map<unknown, number>();
  for (const outcome of await Promise.all(outcomes)) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  expect(Object.fromEntries(counts)).toEqual({ SMALL: 8 + 1024, E_LIVE_BUSY: 1100 - 8 - 1024 });
  expect(most).toBe(8);
  expect(await ask(0)).toBe('SMALL'); // there is room again
});

test('those who wait for their turn may leave, and take none', async () => {
  const parts = sharedParts();
  const live = clients.of({ ...parts, index: troubledIndex(parts.index, { before: refuse }) }, { bypassConcurrency: 1 });
  const [door, leaving] = [aDoor(), new AbortController()];
  const first = live.query({ scope: 1, key: 0 }, () => heldAt(SMALL, 100, door));
  await first;
  let executed = 0;
  const waiting = [1, 2, 3].map((key) => live.query({ scope: 1, key, signal: leaving.signal }, () => {
    executed++;
    return SMALL;
  }).catch((error: unknown) => error));
  await eventually(() => { expect(live.stats().executions).toBeGreaterThan(0); });
  leaving.abort(new Error('left'));
  for (const each of await Promise.all(waiting)) expect(each).toMatchObject({ message: 'left' });
  door.open();
  expect(nameOf(await (await first).toBytes())).toBe('SMALL');
  expect(nameOf(await (await live.query({ scope: 1, key: 4 }, () => SMALL)).toBytes())).toBe('SMALL');
  expect(executed).toBe(0);
});
