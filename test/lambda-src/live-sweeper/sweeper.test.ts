import { minuteNamed } from '../../../lambda-src/live-sweeper/due-minutes';
import { startS3, type S3Server } from '../../support/s3-server';
import { GRACE, keysOf, MINUTE, NOW, put, requestsTo, run, store } from './scene';

let server: S3Server;
beforeAll(async () => { server = await startS3(); });
afterAll(() => server.close());
beforeEach(() => server.reset());

test.each<[string, number | undefined]>([
  ['2026-11-21T20:05', Date.UTC(2026, 10, 21, 20, 5)],
  ['2026-02-28T00:00', Date.UTC(2026, 1, 28)],
  ['2026-02-30T00:00', undefined],
  ['2026-11-21T24:00', undefined],
  ['2026-11-21T20:60', undefined],
  ['2026-11-21', undefined],
  ['2026-11-21T20:05:00', undefined],
  ['2026-11-21 20:05', undefined],
  ['', undefined],
  ['backup', undefined],
  ['../../etc', undefined],
])('the minute that %j names', (name, expected) => {
  expect(minuteNamed(name)).toBe(expected);
});

test('deletes what is over by more than the grace, to the minute, and leaves the rest', async () => {
  store(server, { ago: 300, count: 3 });
  store(server, { ago: 11 });
  const left = [...store(server, { ago: 10 }), ...store(server, { ago: 0 }), ...store(server, { ago: -5 }), ...store(server, { ago: -1400 })];
  const { tallies, complete, said } = await run(server, { namespace: 'live' });
  expect(keysOf(server)).toEqual(left.sort());
  expect(tallies).toEqual([{ namespace: 'live', deletedObjects: 4, deletedBytes: 40, failures: 0, foreign: 0, young: 0, lag: 290 * 60 }]);
  expect([complete, said]).toEqual([true, []]);
});

test('with nothing to do it asks once', async () => {
  store(server, { ago: 0 });
  const { tallies } = await run(server, { namespace: 'live' });
  expect(tallies).toMatchObject([{ deletedObjects: 0, lag: 0 }]);
  expect(requestsTo(server)).toEqual(['GET v1/live/']);
});

test('an empty bucket', async () => {
  expect((await run(server, { namespace: 'live' })).tallies).toMatchObject([{ namespace: 'live', deletedObjects: 0, lag: 0 }]);
  expect((await run(server)).tallies).toEqual([]);
});

describe('namespaces', () => {
  test('one is swept, and no other, not even one that begins the same way', async () => {
    const others = ['live2', 'liv', 'live-x'].flatMap((namespace) => store(server, { namespace, ago: 100 }));
    store(server, { ago: 100 });
    await run(server, { namespace: 'live' });
    expect(keysOf(server)).toEqual(others.sort());
    expect(requestsTo(server).every((request) => request === 'delete' || request.startsWith('GET v1/live/'))).toBe(true);
  });

  test('all are swept without a name, each with its own figures, the oldest minutes of all first', async () => {
    store(server, { namespace: 'a', ago: 20, count: 2 });
    store(server, { namespace: 'b', ago: 40 });
    store(server, { namespace: 'a', ago: 60 });
    const { tallies } = await run(server);
    expect(tallies.map(({ namespace, deletedObjects, lag }) => [namespace, deletedObjects, lag])).toEqual([['a', 3, 50 * 60], ['b', 1, 30 * 60]]);
    expect(keysOf(server)).toEqual([]);
    const lists = requestsTo(server).filter((request) => /T\d/.test(request));
    expect(lists).toEqual(['GET v1/a/2026-11-21T19:00/', 'GET v1/b/2026-11-21T19:20/', 'GET v1/a/2026-11-21T19:40/']);
  });

  test('what is no namespace is left', async () => {
    for (const key of ['v1/not a namespace/2020-01-01T00:00/x', 'v1/plain', 'v2/live/2020-01-01T00:00/x', 'other']) put(server, key);
    const before = keysOf(server);
    await run(server);
    expect(keysOf(server)).toEqual(before);
  });
});

test('what is below a name that is no minute is left, and counted', async () => {
  const foreign = ['v1/live/backup/2020-01-01T00:00/x', 'v1/live/2020-13-01T00:00/x', 'v1/live/2020-01-01/x', 'v1/live/plain', 'v1/live/zz/x'];
  for (const key of foreign) put(server, key);
  store(server, { ago: 100 });
  const { tallies } = await run(server, { namespace: 'live' });
  expect(keysOf(server)).toEqual(foreign.sort());
  expect(tallies).toMatchObject([{ deletedObjects: 1, foreign: 4, failures: 0 }]);
});

test('whatever lies below a minute that is over goes, also by names that a list in XML cannot hold', async () => {
  for (const name of ['x', 'a/b/c', 'é\u0001', '<&>', ' ']) put(server, `v1/live/2020-01-01T00:00/${name}`);
  const { tallies, said } = await run(server, { namespace: 'live' });
  expect([keysOf(server), said]).toEqual([[], []]);
  expect(tallies).toMatchObject([{ deletedObjects: 5 }]);
});

describe('clocks', () => {
  test('what a writer whose clock is slow has just written is not deleted', async () => {
    const [young] = store(server, { ago: 120, modified: NOW - GRACE + 1 });
    store(server, { ago: 120, attempt: 'older', modified: NOW - GRACE });
    const { tallies } = await run(server, { namespace: 'live' });
    expect(keysOf(server)).toEqual([young]);
    expect(tallies).toMatchObject([{ deletedObjects: 1, young: 1, failures: 0 }]);
    await run(server, { namespace: 'live', now: () => NOW + MINUTE });
    expect(keysOf(server)).toEqual([]);
  });

  test('of the sweeper: slow, it comes later; what it has not deleted it deletes then', async () => {
    const keys = store(server, { ago: 60 });
    await run(server, { namespace: 'live', now: () => NOW - 60 * MINUTE });
    expect(keysOf(server)).toEqual(keys);
    await run(server, { namespace: 'live' });
    expect(keysOf(server)).toEqual([]);
  });

  test('a bucket whose clock is ahead of the sweeper\'s', async () => {
    const keys = store(server, { ago: 60, modified: NOW + 5 * MINUTE });
    expect((await run(server, { namespace: 'live' })).tallies).toMatchObject([{ young: 1 }]);
    expect(keysOf(server)).toEqual(keys);
  });
});

test('objects of many minutes go together, a thousand a request', async () => {
  for (let ago = 11; ago < 111; ago++) store(server, { ago, count: 25 });
  await run(server, { namespace: 'live' });
  expect(keysOf(server)).toEqual([]);
  expect(requestsTo(server).filter((request) => request === 'delete')).toHaveLength(3);
});

test('two runs at the same time, and one after: all are gone, nobody fails', async () => {
  for (let ago = 11; ago < 16; ago++) store(server, { ago, count: 700 });
  const runs = await Promise.all([run(server, { namespace: 'live' }), run(server, { namespace: 'live' })]);
  expect(keysOf(server)).toEqual([]);
  expect(runs.flatMap(({ said }) => said)).toEqual([]);
  expect((await run(server, { namespace: 'live' })).tallies).toMatchObject([{ deletedObjects: 0, lag: 0 }]);
});

test('a hundred thousand objects', async () => {
  for (let ago = 11; ago < 111; ago++) store(server, { ago, count: 1000 });
  const rest = store(server, { ago: 5, count: 3 });
  const { tallies, complete } = await run(server, { namespace: 'live' });
  expect(complete).toBe(true);
  expect(tallies).toMatchObject([{ deletedObjects: 100_000, deletedBytes: 1_000_000, failures: 0 }]);
  expect(keysOf(server)).toEqual(rest);
}, 120_000);
