import { IndexError } from '../../../../runtime/live/errors';
import { eventually } from '../../../../runtime/testing/eventually';
import { inPieces } from '../../../support/live/arrow-result';
import { A, aDoor, B, Clients, ENDS, heldAt, nameOf, QUERY, Reader, SMALL, take } from '../../../support/live/fixtures';
import { sharedParts, type SharedParts } from '../../../support/live/processes';
import { troubledIndex, type IndexMethod, type IndexTrouble } from '../../../support/live/troubled-index';

jest.mock('../../../../runtime/live/flight/segment-sizes', () => jest.requireActual('../../../support/live/small-segments'));

const clients = new Clients();
afterEach(() => clients.close());

function networked(parts: SharedParts = sharedParts(), trouble: IndexTrouble = {}) {
  return { parts, trouble, client: clients.of({ ...parts, index: troubledIndex(parts.index, trouble) }) };
}

const FAILURES: readonly [string, () => IndexError][] = [
  ['refused', () => new IndexError('connection', 'connect ECONNREFUSED')],
  ['silent', () => new IndexError('timeout', 'no answer within 500 ms')],
  ['out of memory', () => new IndexError('server', 'OOM command not allowed when used memory > \'maxmemory\'')],
  ['denied', () => new IndexError('denied', 'NOPERM')],
  ['misused', () => new IndexError('request', 'ERR wrong number of arguments')],
];

const METHODS: readonly IndexMethod[] = ['lookup', 'progress', 'publish', 'release', 'follow', 'listen', 'forget'];

describe.each(FAILURES)('an index that is %s', (_, failure) => {
  test.each(METHODS)('at every %s: callers get their result', async (failing) => {
    const { client, parts } = networked(undefined, { before: (method) => { if (method === failing) throw failure(); } });
    const healthy = clients.of(parts);
    const door = aDoor();
    const reader = new Reader(await healthy.query(QUERY, () => heldAt(A, ENDS[0] + 1, door)));
    await eventually(() => { expect(parts.segments.objects.size).toBe(1); });
    const here = client.query(QUERY, () => inPieces(A, 100_000)).then((result) => result.toBytes());
    door.open();
    expect(nameOf(await here)).toBe('A');
    expect(nameOf(await reader.rest())).toBe('A');
    await healthy.settled();
    parts.segments.objects.clear();
    expect((await take(client, QUERY, A)).data).toBe('A');
    expect((await take(client, { ...QUERY, key: 2 }, SMALL)).data).toBe('SMALL');
    const error = new Error('the query\'s own');
    await expect(take(client, { ...QUERY, key: 3 }, () => Promise.reject(error))).rejects.toBe(error);
    expect((await take(healthy, { ...QUERY, cache: 'reload' }, B)).data).toBe('B'); // the lease may not have lapsed
    expect(await take(clients.of(parts), QUERY, A)).toMatchObject({ status: 'hit', data: 'B' });
  });

  test('between lookup and publish: its caller gets all, and a reload needs no lease to lapse', async () => {
    const { client, trouble, parts } = networked();
    const door = aDoor();
    const result = await client.query(QUERY, () => heldAt(A, ENDS[0], door));
    trouble.before = () => { throw failure(); };
    door.open();
    expect(nameOf(await result.toBytes())).toBe('A');
    await client.settled();
    expect(client.stats()).toMatchObject({ published: 0 });
    expect(client.stats().indexErrors).toBeGreaterThan(0);
    expect((await take(clients.of(parts), { ...QUERY, cache: 'reload' }, B)).data).toBe('B');
    expect(await take(clients.of(parts), QUERY, A)).toMatchObject({ status: 'hit', data: 'B' });
  });
});

test('an index that is slow, in every call and in both directions', async () => {
  const slow = () => new Promise<void>((resolve) => { setTimeout(resolve, 20); });
  const { client, parts } = networked(undefined, { before: slow, after: slow });
  const other = networked(parts, { before: slow, after: slow }).client;
  const taken = await Promise.all([take(client), take(other), take(client), take(other)]);
  expect(taken.map(({ data }) => data)).toEqual(['A', 'A', 'A', 'A']);
  expect(client.stats().executions + other.stats().executions).toBe(1);
});

test('the answer to publish is lost: it is tried again, and there is one entry', async () => {
  let lost = 0;
  const { client, parts } = networked(undefined, { after: (method) => { if (method === 'publish' && lost++ === 0) throw FAILURES[0]![1](); } });
  expect((await take(client)).data).toBe('A');
  expect(lost).toBe(2);
  expect(await take(clients.of(parts), QUERY, B)).toMatchObject({ status: 'hit', data: 'A' });
});

test('the answer to lookup is lost, and with it the lease: its caller executes, others do when it has lapsed', async () => {
  const parts = sharedParts();
  const trouble: IndexTrouble = { after: (method) => { if (method === 'lookup') throw FAILURES[1]![1](); } };
  const client = clients.of({ ...parts, index: troubledIndex(parts.index, trouble) }, { lease: 1000 });
  expect(await take(client)).toMatchObject({ status: 'bypass', reason: 'index', data: 'A' });
  expect(await take(clients.of(parts), QUERY, B)).toMatchObject({ status: 'miss', data: 'B' });
});

test('its breaker opens, so that calls cost nothing, and closes when it is back', async () => {
  const calls: IndexMethod[] = [];
  const { client, trouble } = networked(undefined, { calls });
  let refused = 0;
  trouble.before = () => {
    refused++;
    throw FAILURES[0]![1]();
  };
  for (let i = 0; i < 20; i++) expect(await take(client)).toMatchObject({ status: 'bypass', reason: 'index', data: 'A' });
  expect(refused).toBeLessThan(10);
  trouble.before = undefined;
  await eventually(async () => { expect((await take(client, QUERY, A)).status).toBe('hit'); });
  expect(calls).toContain('publish');
});

test('while it is away, callers of one query here are one execution', async () => {
  const { client } = networked(undefined, { before: () => { throw FAILURES[0]![1](); } });
  const door = aDoor();
  const asked = Array.from({ length: 50 }, async () => (await client.query(QUERY, () => heldAt(A, 1000, door))).toBytes());
  await eventually(() => { expect(client.stats().bypassIndex).toBe(50); });
  door.open();
  expect((await Promise.all(asked)).every((bytes) => nameOf(bytes) === 'A')).toBe(true);
  expect(client.stats().executions).toBe(1);
});
