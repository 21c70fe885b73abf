import { MemoryResultIndex } from '../../../../runtime/live/index/memory-result-index';
import type { ResultIndex } from '../../../../runtime/live/index/result-index';
import { eventually } from '../../../../runtime/testing/eventually';
import { inPieces } from '../../../support/live/arrow-result';
import { A, aDoor, Ahead, B, Clients, ENDS, heldAt, nameOf, QUERY, Reader, SMALL, take } from '../../../support/live/fixtures';
import { sharedParts, type SharedParts } from '../../../support/live/processes';
import { troubledIndex, type IndexMethod, type IndexTrouble } from '../../../support/live/troubled-index';

jest.mock('../../../../runtime/live/flight/segment-sizes', () => jest.requireActual('../../../support/live/small-segments'));

const LEASE = 12_000;
const clients = new Clients();
afterEach(() => clients.close());

function world(): { parts: SharedParts; time: Ahead } {
  const time = new Ahead();
  return { time, parts: { ...sharedParts(), index: new MemoryResultIndex({ clock: time }) } };
}

/** A client with a network of its own. */
function networked(parts: SharedParts, trouble: IndexTrouble = {}) {
  return { trouble, client: clients.of({ ...parts, index: troubledIndex(parts.index, trouble) }, { lease: LEASE }) };
}

const stored = (parts: SharedParts, objects: number) => eventually(() => { expect(parts.segments.objects.size).toBeGreaterThanOrEqual(objects); });

async function entries(index: ResultIndex): Promise<string[]> {
  const found = [];
  for await (const { state, entry } of index.list()) if (state === 'entry') found.push(entry!.attempt);
  return found;
}

describe('a holder whose process stands still for longer than its lease', () => {
  test.each([['A', A], ['B', B]])('goes on, is not published over %s of whoever took over, and its caller gets its own', async (expected, source) => {
    const { parts, time } = world();
    const still = aDoor();
    const holder = networked(parts);
    const held = await holder.client.query(QUERY, () => heldAt(A, ENDS[0] + 10, still));
    await stored(parts, 1);
    holder.trouble.before = () => still.opened;
    time.forward(LEASE + 1);
    const next = clients.of(parts);
    expect(await take(next, QUERY, source)).toMatchObject({ status: 'miss', data: expected });
    const before = await entries(parts.index);
    still.open();
    expect(nameOf(await held.toBytes())).toBe('A');
    await holder.client.settled();
    expect(holder.client.stats()).toMatchObject({ published: 0, unpublished: 1 });
    expect(holder.client.stats().orphanBytes).toBe(A.length);
    expect(await entries(parts.index)).toEqual(before);
    expect(await take(clients.of(parts), QUERY, SMALL)).toMatchObject({ status: 'hit', data: expected });
  });

  test('and that nobody took over from is published', async () => {
    const { parts, time } = world();
    const still = aDoor();
    const holder = networked(parts);
    const held = await holder.client.query(QUERY, () => heldAt(A, ENDS[0] + 10, still));
    await stored(parts, 1);
    time.forward(LEASE + 1);
    still.open();
    expect(nameOf(await held.toBytes())).toBe('A');
    await holder.client.settled();
    expect(await take(clients.of(parts), QUERY, B)).toMatchObject({ status: 'hit', data: 'A' });
  });

  test.each([
    ['has given nothing', 1000, 'B', 'B'], ['has given a part', ENDS[0] + 10, 'A', 'A'], ['has given a part', ENDS[0] + 10, 'B', 'E_LIVE_CHANGED'],
  ])('and %s: after %i bytes a follower takes over with %s and has %s', async (_, at, name, expected) => {
    const { parts, time } = world();
    const still = aDoor();
    const holder = networked(parts);
    const held = await holder.client.query(QUERY, () => heldAt(A, at, still));
    if (at > ENDS[0]) await stored(parts, 1);
    const calls: IndexMethod[] = [];
    const follower = networked(parts, { calls }).client;
    const following = follower.query(QUERY, () => inPieces(name === 'A' ? A : B, 100_000)).then(async (result) => {
      const reader = new Reader(result);
      if (at > ENDS[0]) await reader.upTo(1000);
      holder.trouble.before = () => still.opened;
      time.forward(LEASE + 1);
      return nameOf(await reader.rest());
    }).catch((error: { code?: string }) => error.code);
    if (at < ENDS[0]) {
      await eventually(() => { expect(calls).toContain('follow'); });
      holder.trouble.before = () => still.opened;
      time.forward(LEASE + 1);
    }
    expect(await following).toBe(expected);
    expect(follower.stats().executions).toBe(1);
    still.open();
    expect(nameOf(await held.toBytes())).toBe('A');
  });
});

test('two leaders by force: each caller gets his own execution\'s result, and one entry is left, the newer one\'s', async () => {
  const { parts } = world();
  const [first, second] = [clients.of(parts), clients.of(parts)];
  const [doorA, doorB] = [aDoor(), aDoor()];
  const a = await first.query({ ...QUERY, cache: 'reload' }, () => heldAt(A, ENDS[1], doorA));
  const b = await second.query({ ...QUERY, cache: 'reload' }, () => heldAt(B, ENDS[1], doorB));
  doorB.open();
  expect(nameOf(await b.toBytes())).toBe('B');
  await second.settled();
  doorA.open();
  expect(nameOf(await a.toBytes())).toBe('A');
  await first.settled();
  expect(await entries(parts.index)).toHaveLength(1);
  expect(await take(clients.of(parts))).toMatchObject({ status: 'hit', data: 'B' });
});

test('an operator removes what runs: it is not published, and its callers get it whole', async () => {
  const { parts } = world();
  const [first, second, door] = [clients.of(parts), clients.of(parts), aDoor()];
  const a = await first.query(QUERY, () => heldAt(A, ENDS[1], door));
  await stored(parts, 2);
  await parts.index.remove(a.id!);
  expect(await take(second, QUERY, B)).toMatchObject({ status: 'miss', data: 'B' });
  door.open();
  expect(nameOf(await a.toBytes())).toBe('A');
  await first.settled();
  expect(await take(clients.of(parts))).toMatchObject({ status: 'hit', data: 'B' });
});

describe('an index that is restarted empty in mid-flight', () => {
  test('costs the entry, and no caller anything', async () => {
    const { parts } = world();
    const trouble: IndexTrouble = {};
    const shared = { ...parts, index: troubledIndex(parts.index, trouble) };
    const [holder, follower, door] = [clients.of(shared), clients.of(shared), aDoor()];
    const held = await holder.query(QUERY, () => heldAt(A, ENDS[0] + 10, door));
    await stored(parts, 1);
    const following = await follower.query(QUERY, () => inPieces(A, 100_000));
    const reader = new Reader(following);
    await reader.upTo(1000);
    trouble.instead = new MemoryResultIndex();
    door.open();
    expect(nameOf(await held.toBytes())).toBe('A');
    expect(nameOf(await reader.rest())).toBe('A');
    await Promise.all([holder.settled(), follower.settled()]);
    expect(await take(clients.of(shared), QUERY, A)).toMatchObject({ data: 'A' });
    expect(await take(clients.of(shared), QUERY, B)).toMatchObject({ status: 'hit', data: 'A' });
    expect((await entries(trouble.instead)).length).toBe(1);
  });
});

describe('followers who hear nothing find out by asking', () => {
  test.each<[string, IndexTrouble]>([
    ['messages that are all lost', { deaf: true }],
    ['an index that cannot be listened to', { before: (method) => { if (method === 'listen') throw new Error('no more connections'); } }],
  ])('%s', async (_, trouble) => {
    const { parts } = world();
    const [holder, door, calls] = [clients.of(parts), aDoor(), [] as IndexMethod[]];
    const deaf = networked(parts, { ...trouble, calls }).client;
    const held = await holder.query(QUERY, () => heldAt(A, 1000, door));
    const following = deaf.query(QUERY, () => { throw new Error('executed twice'); });
    await eventually(() => { expect(calls).toContain('follow'); });
    door.open();
    const followed = await following;
    expect(followed.status).toBe('joined');
    expect(nameOf(await followed.toBytes())).toBe('A');
    expect(nameOf(await held.toBytes())).toBe('A');
  });
});

test.each([-3_600_000, 3_600_000])('a wall clock that is %i ms off changes the names of objects and nothing else', async (skew) => {
  const parts = sharedParts();
  const skewed = { now: () => Date.now() + skew, sleep: () => Promise.resolve(), schedule: () => () => {} };
  const off = clients.of({ ...parts, clock: skewed } as SharedParts);
  const on = clients.of(parts);
  expect(await take(off, QUERY, A)).toMatchObject({ status: 'miss', data: 'A' });
  expect(await take(on, QUERY, B)).toMatchObject({ status: 'hit', data: 'A' });
  const [minute] = [...parts.segments.objects.keys()].map((key) => key.split('/')[2]!);
  expect(await take(on, { ...QUERY, cache: 'reload' }, B)).toMatchObject({ status: 'miss', data: 'B' });
  const minutes = new Set([...parts.segments.objects.keys()].map((key) => key.split('/')[2]!));
  expect(minutes.has(minute!) && minutes.size === 2).toBe(true);
  const hit = await off.query(QUERY, () => A);
  expect(hit.status).toBe('hit');
  expect(hit.age).toBeLessThan(60);
  expect(nameOf(await hit.toBytes())).toBe('B');
});
