import { CONFIG, config, configLoad } from '../../bench/scale/config';
import { drawn } from '../../bench/scale/popularity';
import { PRICES } from '../../bench/scale/prices';
import { startValues } from '../runtime/config/values/values-kit';
import { pause, seeded } from './support/seeded';

const TOLERANCE = 0.06;

type Played = Record<'parameters' | 'skew' | 'processes' | 'requests' | 'seconds', number>;

/** The real client: some processes that read values of a simulated Parameter Store, by chance and by Zipf's law, by a clock that is moved. */
async function play({ parameters, skew, processes, requests, seconds }: Played) {
  const random = seeded(20261122);
  const kit = await startValues();
  try {
    for (let i = 0; i < parameters; i++) kit.put(`/app/${i}`, `value ${i}`);
    const clients = Array.from({ length: processes }, () => kit.open());
    const parameter = drawn(parameters, skew, random);
    for (let at = 0; at < seconds;) {
      const wait = pause(requests, random);
      at += wait;
      kit.now += wait * 1000;
      await clients[Math.floor(random() * processes)]!.get(`/app/${parameter()}`);
    }
    const sum = (name: 'hits' | 'misses' | 'requests') => clients.reduce((all, client) => all + client.stats()[name], 0);
    return { hits: sum('hits'), misses: sum('misses'), requests: sum('requests') };
  } finally {
    await kit.close();
  }
}

test.each([
  { parameters: 10, skew: 0.5, processes: 2, requests: 2, seconds: 1_500 },
  { parameters: 40, skew: 1, processes: 3, requests: 1, seconds: 2_000 },
])('the client asks Parameter Store as often as is predicted: %j', async (played) => {
  const seen = await play(played);
  const told = configLoad({ ...CONFIG, ...played }, played.requests, played.processes);
  const asked = seen.hits + seen.misses;
  for (const name of ['hits', 'misses', 'requests'] as const) {
    const [real, predicted] = [seen[name] / asked, told[name] / played.requests];
    const differs = Math.abs(real - predicted) > TOLERANCE * predicted;
    expect({ name, real, predicted, differs }).toEqual({ name, real, predicted, differs: false });
  }
}, 120_000);

test('what is answered adds up, and names that are asked for together are fewer requests', () => {
  for (const requests of [1, 10, 100, 1e3, 1e4, 1e5, 1e6]) {
    const { layers } = config(CONFIG, PRICES, requests);
    expect(Object.values(layers).reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 6);
    expect(configLoad({ ...CONFIG, together: 10 }, requests).requests * 10).toBeCloseTo(configLoad(CONFIG, requests).requests, 6);
  }
});

test('the limit is that of the call which the client makes', () => {
  const limit = (work: Partial<typeof CONFIG>) => config({ ...CONFIG, ...work }, PRICES, 1e4).uses[0]!.limit;
  expect([limit({}), limit({ higherThroughput: 1 }), limit({ higherThroughput: 1, together: 10 })]).toEqual([40, 10_000, 1_000]);
  expect(config({ ...CONFIG, higherThroughput: 1 }, PRICES, 1e4).usdPerMonth).toBeGreaterThan(config(CONFIG, PRICES, 1e4).usdPerMonth);
});
