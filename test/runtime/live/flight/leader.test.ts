import { LIVE_CHANNELS, type LiveClient } from '../../../../runtime/live';
import type { LiveQuery } from '../../../../runtime/live/options';
import { eventually } from '../../../../runtime/testing/eventually';
import { inPieces } from '../../../support/live/arrow-result';
import { A, aDoor, Clients, ENDS, heldAt, nameOf, QUERY, SMALL, take } from '../../../support/live/fixtures';
import { sharedParts } from '../../../support/live/processes';
import { troubledIndex, type IndexMethod } from '../../../support/live/troubled-index';

jest.mock('../../../../runtime/live/flight/segment-sizes', () => jest.requireActual('../../../support/live/small-segments'));

const clients = new Clients();
const outcomes: unknown[] = [];
const listener = (message: unknown) => outcomes.push((message as { outcome: string }).outcome);
beforeEach(() => LIVE_CHANNELS.settle.subscribe(listener));
afterEach(async () => {
  await clients.close();
  LIVE_CHANNELS.settle.unsubscribe(listener);
  outcomes.length = 0;
});

const boom = new Error('boom');

/** Somebody elsewhere who waits for what a client executes. */
async function waiting(parts: ReturnType<typeof sharedParts>, query: LiveQuery = QUERY) {
  const calls: IndexMethod[] = [];
  const client = clients.of({ ...parts, index: troubledIndex(parts.index, { calls }) });
  const data = client.query(query, () => inPieces(A, 100_000)).then(async (result) => nameOf(await result.toBytes()));
  data.catch(() => {});
  await eventually(() => { expect(calls).toContain('follow'); });
  return { data };
}

describe('errorTtl', () => {
  test.each<[string, () => never]>([
    ['throws', () => { throw new Error('in errorTtl'); }],
    ['gives no time', () => 'soon' as never],
  ])('that %s: the caller gets the query\'s own error, and others need not wait for the lease to lapse', async (_, errorTtl) => {
    const parts = sharedParts();
    const live = clients.of(parts, { errorTtl });
    const door = aDoor();
    const failing = live.query(QUERY, async () => {
      await door.opened;
      throw boom;
    });
    failing.catch(() => {});
    await eventually(() => { expect(live.stats().executions).toBe(1); });
    const { data } = await waiting(parts);
    door.open();
    await expect(failing).rejects.toBe(boom);
    await live.settled();
    expect(await data).toBe('A');
    expect(live.stats()).toMatchObject({ unpublished: 0, orphanBytes: 0 });
  });

  test.each([null, undefined, 'text', 5])('of %p, which was thrown: others are told what can be told', async (thrown) => {
    const parts = sharedParts();
    await expect(clients.of(parts, { errorTtl: () => '1m' }).query(QUERY, () => { throw thrown; })).rejects.toBe(thrown);
    const next = clients.of(parts).query(QUERY, () => A);
    if (thrown === undefined) expect((await (await next).toBytes()).length).toBe(A.length);
    else await expect(next).rejects.toMatchObject({ name: 'Error', message: String(thrown) });
  });

  test('does not have others told that a client was closed', async () => {
    const parts = sharedParts();
    const live = clients.of(parts, { errorTtl: () => '1m' });
    const held = await live.query(QUERY, () => heldAt(A, 1000, aDoor()));
    held.done.catch(() => {});
    const { data } = await waiting(parts);
    await live.close();
    expect(await data).toBe('A');
  });
});

describe('each result is counted and told of once', () => {
  const unpublished = (live: LiveClient) => {
    const { unpublished: count, published, orphanBytes, storageErrors } = live.stats();
    return { count, published, orphanBytes, storageErrors };
  };

  test('a bucket that refuses the second segment, and then a query that fails', async () => {
    const parts = sharedParts();
    let puts = 0;
    parts.segments.onPut = () => { if (++puts > 1) throw boom; };
    const live = clients.of(parts);
    const result = await live.query(QUERY, async function* () {
      yield* inPieces(A.subarray(0, ENDS[1]), 100_000);
      await eventually(() => { expect(live.stats()).toMatchObject({ bytesStored: ENDS[0], storageErrors: 1 }); });
      throw boom;
    });
    await expect(result.toBytes()).rejects.toBe(boom);
    await live.settled();
    expect(unpublished(live)).toEqual({ count: 1, published: 0, orphanBytes: ENDS[0], storageErrors: 1 });
    expect(outcomes).toEqual(['storage']);
  });

  test('a bucket that refuses the last segment', async () => {
    const parts = sharedParts();
    let puts = 0;
    parts.segments.onPut = () => { if (++puts > 1) throw boom; };
    const live = clients.of(parts);
    expect((await take(live)).data).toBe('A');
    expect(unpublished(live)).toEqual({ count: 1, published: 0, orphanBytes: ENDS[0], storageErrors: 1 });
    expect(outcomes).toEqual(['storage']);
  });

  test('a result that is too large is no trouble of the bucket', async () => {
    const live = clients.of(sharedParts(), { maxBytes: 300_000 });
    expect((await take(live)).data).toBe('A');
    expect(unpublished(live)).toMatchObject({ count: 1, published: 0, storageErrors: 0 });
    expect(outcomes).toEqual(['too-large']);
  });

  test.each([['SMALL', SMALL, 0], ['A', A, A.length]])('%s, which was too fast to be kept', async (name, source, orphanBytes) => {
    const live = clients.of(sharedParts(), { minDuration: '1m' });
    expect((await take(live, QUERY, source)).data).toBe(name);
    expect(unpublished(live)).toMatchObject({ count: 1, published: 0, storageErrors: 0 });
    expect(live.stats().orphanBytes).toBe(orphanBytes);
    expect(outcomes).toEqual(['too-fast']);
  });
});
