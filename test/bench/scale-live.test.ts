import { LIVE, live, liveLoad, segmentsOf } from '../../bench/scale/live';
import { drawn } from '../../bench/scale/popularity';
import { PRICES } from '../../bench/scale/prices';
import { MemoryResultIndex } from '../../runtime/live/index/memory-result-index';
import { ManualClock } from '../../runtime/testing';
import { arrowResult, inPieces } from '../support/live/arrow-result';
import { clientOf, sharedParts } from '../support/live/processes';
import { pause, seeded } from './support/seeded';

/** What clients ask the index, counted. */
class CountedIndex extends MemoryResultIndex {
  readonly counts = { lookups: 0, tellings: 0 };

  override lookup(...args: Parameters<MemoryResultIndex['lookup']>) {
    this.counts.lookups++;
    return super.lookup(...args);
  }

  override progress(...args: Parameters<MemoryResultIndex['progress']>) {
    this.counts.tellings++;
    return super.progress(...args);
  }

  override publish(...args: Parameters<MemoryResultIndex['publish']>) {
    this.counts.tellings++;
    return super.publish(...args);
  }
}

interface Played {
  readonly queries: number;
  readonly skew: number;
  readonly processes: number;
  readonly requests: number;
  readonly seconds: number;
  readonly batches: number;
}

function world({ processes, batches }: Pick<Played, 'processes' | 'batches'>) {
  const clock = new ManualClock();
  const index = new CountedIndex({ clock });
  const parts = { ...sharedParts(), index };
  const clients = Array.from({ length: processes }, () => clientOf(parts));
  const result = arrowResult({ batches });
  const count = () => {
    const sum = (name: 'queries' | 'hits' | 'joined' | 'executions') => clients.reduce((all, client) => all + client.stats()[name], 0);
    const of = (what: string) => parts.segments.log.filter((entry) => entry.startsWith(what)).length;
    return {
      queries: sum('queries'), hits: sum('hits'), joined: sum('joined'), executions: sum('executions'),
      gets: of('read'), puts: of('put'), ...index.counts,
    };
  };
  const close = () => Promise.all(clients.map((client) => client.close()));
  return { clock, clients, result, count, close };
}

/** The real client: some processes over one index and one bucket, asked by chance and by Zipf's law, on a clock that is moved. All a second. */
async function play(played: Played) {
  const { queries, skew, processes, requests, seconds } = played;
  const random = seeded(20261122);
  const { clock, clients, result, count, close } = world(played);
  const key = drawn(queries, skew, random);
  try {
    for (let at = 0; at < seconds;) {
      const wait = pause(requests, random);
      await clock.advance(wait * 1000);
      at += wait;
      const client = clients[Math.floor(random() * processes)]!;
      const answer = await client.query({ scope: 'all', key: key() }, () => inPieces(result, 200_000));
      await answer.toBytes();
      await client.settled();
    }
    const seen = count();
    for (const name of Object.keys(seen) as (keyof typeof seen)[]) seen[name] /= seconds;
    return { seen, bytes: result.byteLength };
  } finally {
    await close();
  }
}

/** Of what is predicted; for what is rare, of all queries. */
const TOLERANCE = 0.06;
const RARE = 0.01;

const PLAYED: Record<string, Played> = {
  'results in two objects': { queries: 30, skew: 1, processes: 3, requests: 0.2, seconds: 6_000, batches: 40 },
  'results in the index': { queries: 60, skew: 0.7, processes: 2, requests: 0.3, seconds: 6_000, batches: 2 },
};

test.each(Object.entries(PLAYED))('the client does what is predicted: %s', async (_, played) => {
  const { requests, processes } = played;
  const { seen, bytes } = await play(played);
  const told = liveLoad({ ...LIVE, ...played, resultBytes: bytes, querySeconds: 0 }, requests, processes);
  for (const name of ['hits', 'executions', 'gets', 'puts', 'lookups', 'tellings'] as const) {
    const [real, predicted] = [seen[name] / seen.queries, told[name] / requests];
    const differs = Math.abs(real - predicted) > Math.max(RARE, TOLERANCE * predicted);
    expect({ name, real, predicted, differs }).toEqual({ name, real, predicted, differs: false });
  }
  expect(seen.joined).toBe(0); // nobody comes while a query runs that takes no time
}, 120_000);

test('callers elsewhere read what a run stores, each for himself; those of its own process have it from memory', async () => {
  const [processes, callers] = [3, 4];
  const { clients, result, count, close } = world({ processes, batches: 40 });
  try {
    let begin!: () => void;
    const begun = new Promise<void>((resolve) => { begin = resolve; });
    const asked = clients.flatMap((client) => Array.from({ length: callers }, async () => {
      const answer = await client.query({ scope: 'all', key: 1 }, () => inPieces(result, 200_000, () => begun));
      return answer.toBytes();
    }));
    setImmediate(() => setImmediate(begin));
    await Promise.all(asked);
    await Promise.all(clients.map((client) => client.settled()));
    const segments = segmentsOf(result.byteLength, LIVE.inlineBytes);
    expect(segments).toBe(2);
    expect(count()).toMatchObject({ executions: 1, puts: segments, gets: segments * callers * (processes - 1) });
  } finally {
    await close();
  }
}, 120_000);

test.each([[1, 0], [65_536, 0], [65_537, 1], [262_144, 1], [262_145, 2], [262_144 + 6 * 1024 ** 2, 2], [64 * 1024 ** 2, 12]])(
  'a result of %i bytes is kept in %i objects', (bytes, objects) => { expect(segmentsOf(bytes, LIVE.inlineBytes)).toBe(objects); });

test('what is answered adds up, and several caches divide the load', () => {
  for (const requests of [1, 10, 100, 1e3, 1e4, 1e5, 1e6]) {
    const [one, four] = [live(LIVE, PRICES, requests), live({ ...LIVE, caches: 4 }, PRICES, requests)];
    expect(Object.values(one.layers).reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 6);
    expect(four.hottest.load * 4).toBeCloseTo(one.hottest.load, 6);
    expect(four.indexMemory! * 4).toBeCloseTo(one.indexMemory!, 0);
  }
});
