import { createMemoizer } from 'cdk-cache-tiers/memoize';
import { ManualClock, MemoryEntryStore } from 'cdk-cache-tiers/testing';
import { PRODUCT } from '../../bench/scale/constants';
import { MEMO, memo, memoLoad, pollsIn } from '../../bench/scale/memo';
import { drawn } from '../../bench/scale/popularity';
import { PRICES } from '../../bench/scale/prices';
import { pause, seeded } from './support/seeded';

/** What the clients ask the table, counted. */
class CountedStore extends MemoryEntryStore {
  readonly counts = { reads: 0, confirmations: 0, leases: 0, writes: 0, polls: 0 };

  override inspect(...args: Parameters<MemoryEntryStore['inspect']>) {
    this.counts.polls++;
    return super.inspect(...args);
  }

  override read(...args: Parameters<MemoryEntryStore['read']>) {
    this.counts[args[0].entries.length > 0 ? 'reads' : 'confirmations']++;
    return super.read(...args);
  }

  override acquire(...args: Parameters<MemoryEntryStore['acquire']>) {
    this.counts.leases++;
    return super.acquire(...args);
  }

  override write(...args: Parameters<MemoryEntryStore['write']>) {
    this.counts.writes++;
    return super.write(...args);
  }
}

interface Played {
  readonly keys: number;
  readonly skew: number;
  readonly processes: number;
  /** A second, of all processes. */
  readonly requests: number;
  readonly seconds: number;
  readonly items?: number;
  readonly ttl: number;
  readonly memory: number;
}

const COUNTERS = ['calls', 'memoryHits', 'tableHits', 'executions', 'joins', 'leaseWaits'] as const;

/** The real client: some processes over one table, called by chance and by Zipf's law, on a clock that is moved. All a second. */
async function play({ keys, skew, processes, requests, seconds, items, ttl, memory }: Played) {
  const random = seeded(20261122);
  const [clock, store] = [new ManualClock(), new CountedStore()];
  const memoizers = Array.from({ length: processes }, () => createMemoizer({ store, clock, random, environment: {}, maxItems: items }));
  const functions = memoizers.map((memoize) => memoize(async (key: number) => ({ key }), {
    name: 'played', ttl: `${ttl}s`, memory: `${memory}s`,
  }));
  const key = drawn(keys, skew, random);
  const callFor = async (time: number) => {
    for (let left = time; left > 0;) {
      const wait = Math.min(left, pause(requests, random));
      await clock.advance(wait * 1000);
      left -= wait;
      if (left > 0) await functions[Math.floor(random() * processes)]!(key());
    }
    await clock.advance(1);
  };
  const count = () => {
    const stats = functions.map((each) => each.stats());
    const counters = COUNTERS.map((name) => [name, stats.reduce((sum, each) => sum + each[name], 0)]);
    return { ...Object.fromEntries(counters) as Record<typeof COUNTERS[number], number>, ...store.counts };
  };
  await callFor(2 * ttl); // until the memories are warm
  const before = count();
  await callFor(seconds);
  const after = count();
  for (const name of Object.keys(after) as (keyof typeof after)[]) after[name] = (after[name] - before[name]) / seconds;
  return after;
}

/** Of what is predicted; for what is rare, of all calls. */
const TOLERANCE = 0.06;
const RARE = 0.004;
/** When a process looks at counters alone depends on what happens to be in its memory. */
const ROUGH = 0.15;

const PLAYED: Record<string, Played> = {
  'few keys in three processes': { keys: 200, skew: 1, processes: 3, requests: 12, seconds: 1_200, ttl: MEMO.ttl, memory: MEMO.memory },
  'one process': { keys: 100, skew: 0.8, processes: 1, requests: 12, seconds: 1_000, ttl: 60, memory: 15 },
  'seldom asked': { keys: 200, skew: 1, processes: 8, requests: 4, seconds: 3_000, ttl: 90, memory: 20 },
  'more keys than there is room for': { keys: 300, skew: 0.7, processes: 2, requests: 16, seconds: 800, items: 40, ttl: 60, memory: 20 },
};

test.each(Object.entries(PLAYED))('the client does what is predicted: %s', async (_, played) => {
  const { keys, skew, processes, requests, items = MEMO.items, ttl, memory } = played;
  const seen = await play(played);
  const told = memoLoad({ ...MEMO, keys, skew, items, ttl, memory, functionSeconds: 0 }, requests, processes);
  expect(Math.abs(seen.calls - requests) / requests).toBeLessThan(TOLERANCE);
  for (const name of ['memoryHits', 'tableHits', 'executions', 'reads', 'confirmations', 'leases', 'writes'] as const) {
    const [real, predicted] = [seen[name] / seen.calls, told[name] / requests];
    const tolerance = name === 'confirmations' ? ROUGH : TOLERANCE;
    const differs = Math.abs(real - predicted) > Math.max(RARE, tolerance * predicted);
    expect({ name, real, predicted, differs }).toEqual({ name, real, predicted, differs: false });
  }
  expect(seen.joins + seen.leaseWaits).toBe(0); // nobody comes while a function runs that takes no time
}, 120_000);

test('where many processes want one key that has expired, each tries for the lease, and all but one look until the value is there', async () => {
  const [processes, seconds] = [30, 0.2];
  const [clock, store, random] = [new ManualClock(), new CountedStore(), seeded(7)];
  const functions = Array.from({ length: processes }, () => createMemoizer({ store, clock, random, environment: {} })(async () => {
    await clock.sleep(seconds * 1000);
    return 'value';
  }, { name: 'wanted' }));
  const values = Promise.all(functions.map((each) => each()));
  await clock.advance(2_000);
  expect(await values).toEqual(Array<string>(processes).fill('value'));
  expect(functions.reduce((sum, each) => sum + each.stats().executions, 0)).toBe(1);
  expect(store.counts).toMatchObject({ reads: processes, leases: processes, writes: 1 });
  expect(Math.abs(store.counts.polls / (processes - 1) - pollsIn(seconds))).toBeLessThan(1);
  // the same in the model: a rate at which nobody fails to ask within the run
  const { expiry } = memoLoad({ ...MEMO, keys: 1, functionSeconds: seconds, valueBytes: 100 }, processes * 1_000, processes);
  expect(expiry.writes).toBeCloseTo(processes + 1, 3);
});

test('a value with a tag of its own is confirmed every five seconds while it is asked for, whoever else has looked', async () => {
  const [clock, store] = [new ManualClock(), new CountedStore()];
  const memoize = createMemoizer({ store, clock, random: seeded(7), environment: {} });
  const product = memoize(async (id: number) => ({ id }), { name: 'product', tags: ([id]) => [`product:${id}`], ttl: '10m' });
  const [keys, seconds] = [4, 50]; // less than they stay in memory
  for (let i = 0; i < seconds * 10; i++) {
    await product(i % keys);
    await clock.advance(100);
  }
  const times = seconds / PRODUCT.memoConfirm.value;
  expect(store.counts.reads).toBe(keys);
  expect(store.counts.confirmations).toBeGreaterThan(keys * (times - 2));
  expect(store.counts.confirmations).toBeLessThanOrEqual(keys * times + keys);
});

test('what is answered adds up, at any rate', () => {
  for (const requests of [1, 10, 100, 1e3, 1e4, 1e5, 1e6]) {
    const { layers } = memo(MEMO, PRICES, requests);
    expect(Object.values(layers).reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 6);
    expect(Math.min(...Object.values(layers))).toBeGreaterThanOrEqual(0);
  }
});
