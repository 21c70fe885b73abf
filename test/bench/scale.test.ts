import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chartOf } from '../../bench/scale/chart';
import { ASSUMED, AWS, PRODUCT } from '../../bench/scale/constants';
import { over, tightest } from '../../bench/scale/estimate';
import { fewerThan, looks, residence } from '../../bench/scale/cycles';
import { drawn, zipf } from '../../bench/scale/popularity';
import { PRICES, PRICES_SEEN } from '../../bench/scale/prices';
import { breaksOf, percent, short, tableOf } from '../../bench/scale/table';
import { DECADES, estimatesOf, pictureOf, TIERS, withSettings } from '../../bench/scale/tiers';
import { segmentSize } from '../../runtime/live/flight/segment-sizes';
import { seeded } from './support/seeded';

const ROOT = join(__dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const tiers = Object.entries(TIERS);

describe('constants', () => {
  test.each(Object.entries({ ...PRODUCT, ...AWS, ...ASSUMED }))('%s has a source and a date', (_, { value, unit, source, seen }) => {
    expect(value).toBeGreaterThan(0);
    expect(unit).not.toBe('');
    expect(source).not.toBe('');
    expect(seen).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  test.each(Object.entries(PRODUCT))('%s is from a file that is there, and names what is in it', (_, { source }) => {
    const [, file, what] = /^([\w/.-]+\.(?:ts|md))(?:, (\w+))?/.exec(source)!;
    expect(read(file!)).toContain(what ?? '');
  });

  test('each is counted with', () => {
    const models = ['memo', 'config', 'live', 'tasks'].map((name) => read(`bench/scale/${name}.ts`)).join('\n');
    for (const [group, constants] of Object.entries({ PRODUCT, AWS, ASSUMED })) {
      for (const name of Object.keys(constants)) expect(models).toContain(`${group}.${name}`);
    }
  });

  test('segments are as large as the client makes them', () => {
    expect([PRODUCT.liveFirstSegment.value, PRODUCT.liveSegment.value]).toEqual([segmentSize(0), segmentSize(1)]);
  });

  test('what the client has as a text, or does not export, is what its source says', () => {
    expect(read('runtime/memoize/policy.ts')).toContain('{ ttl = \'5m\', jitter = 0.1, lease = \'5s\', memory = hasTable ? \'1m\' : Infinity,');
    expect(read('runtime/memoize/memoizer.ts')).toContain('options.invalidationInterval ?? 10_000');
    expect(read('runtime/config/values/parameter-queue.ts')).toContain(`const BATCH = ${PRODUCT.configBatch.value};`);
    expect(read('lib/config-cache/queued-function.ts')).toContain(`const DEFAULT_CONCURRENCY = ${PRODUCT.configConcurrency.value};`);
    expect(read('runtime/tasks/folders/push.ts')).toContain(`const ATTEMPTS = ${PRODUCT.tasksTries.value};`);
  });
});

describe('averages', () => {
  test('Poisson', () => {
    expect(fewerThan(0, 3)).toBe(0);
    expect(fewerThan(1, 3)).toBeCloseTo(Math.exp(-3), 12);
    expect(fewerThan(50, 3)).toBeCloseTo(1, 12);
  });

  test('a process that is always asked looks once for each time that it answers alone', () => {
    expect(looks(1e6, 100, 30, false)).toBeCloseTo(4, 3);
    expect(looks(1e6, 100, 30, true)).toBeCloseTo(3, 3);
    expect(looks(0.001, 1, 30, false)).toBeCloseTo(0.001, 5);
    expect(looks(0.5, 100, 0, false)).toBe(50);
    expect(looks(2, 1e5, 10, false)).toBeCloseTo(1e5 / 10.5, 0);
  });

  test('a full memory holds as much as it has room for', () => {
    const rates = zipf(5_000, 1).map(({ keys, share }) => ({ keys, rate: 100 * share }));
    const seconds = residence(rates, 500);
    expect(rates.reduce((sum, { keys, rate }) => sum + keys * (1 - Math.exp(-rate * seconds)), 0)).toBeCloseTo(500, 3);
    expect(residence(rates, 5_000)).toBe(Infinity);
  });

  test.each([[100, 1], [5_000, 0], [1_000_000, 1.2]])('shares of %i keys add up', (keys, skew) => {
    const ranks = zipf(keys, skew);
    expect(ranks.reduce((sum, rank) => sum + rank.keys, 0)).toBe(keys);
    expect(ranks.reduce((sum, rank) => sum + rank.keys * rank.share, 0)).toBeCloseTo(1, 9);
  });

  test('keys are drawn by the same law', () => {
    const [draw, counts] = [drawn(20, 1, seeded(1)), Array<number>(20).fill(0)];
    for (let i = 0; i < 20_000; i++) counts[draw()]!++;
    zipf(20, 1).forEach(({ share }, rank) => expect(Math.abs(counts[rank]! / 20_000 - share)).toBeLessThan(0.01));
  });
});

describe('settings', () => {
  test('replace what they name', () => {
    expect(withSettings({ ttl: 300, keys: 1 }, ['ttl=60'], '--set')).toEqual({ ttl: 60, keys: 1 });
  });

  test.each(['ttl', 'ttl=', 'ttl=soon', 'ttl=-1', 'ttl=Infinity'])('fails for %s', (setting) => {
    expect(() => withSettings({ ttl: 300 }, [setting], '--set')).toThrow(`--set must be name=number, of 0 or more, got ${JSON.stringify(setting)}`);
  });

  test('fails for a name that is not there', () => {
    expect(() => withSettings({ ttl: 300, keys: 1 }, ['tll=60'], '--set')).toThrow('--set: there is no "tll": use one of ttl, keys');
  });

  test('prices count', () => {
    for (const [, tier] of tiers) {
      const free = Object.fromEntries(Object.keys(PRICES).map((name) => [name, 0])) as unknown as typeof PRICES;
      expect(estimatesOf(tier, tier.defaults, [1_000], free)[0]!.usdPerMonth).toBe(0);
      expect(estimatesOf(tier, tier.defaults, [1_000])[0]!.usdPerMonth).toBeGreaterThan(0);
    }
    expect(PRICES_SEEN).toMatch(/^\d{4}-\d\d-\d\d$/);
  });
});

test.each([[0, '0'], [0.004, '<0.01'], [0.35, '0.35'], [999, '999'], [1_234, '1.2 k'], [452_000, '452 k'], [2_130_000, '2.1 M']])(
  '%d is shown as %s', (value, shown) => { expect(short(value)).toBe(shown); });
test.each([[0, '0 %'], [0.0001, '<0.1 %'], [0.0035, '0.35 %'], [0.5519, '55.2 %'], [23.2, '2.3 k %']])(
  'a share of %d is shown as %s', (value, shown) => { expect(percent(value)).toBe(shown); });

describe.each(tiers)('%s', (name, tier) => {
  const estimates = estimatesOf(tier, tier.defaults);

  test('more requests never use less of a limit, and cost no less', () => {
    for (let i = 1; i < estimates.length; i++) {
      estimates[i]!.uses.forEach((use, each) => expect(use.load).toBeGreaterThanOrEqual(estimates[i - 1]!.uses[each]!.load * 0.999));
      expect(estimates[i]!.usdPerMonth).toBeGreaterThanOrEqual(estimates[i - 1]!.usdPerMonth);
    }
  });

  test('names of limits fit beside a picture', () => {
    for (const { what } of estimates[0]!.uses) expect(what.length).toBeLessThanOrEqual(38);
  });

  test('something breaks at a million requests a second, and nothing at ten', () => {
    expect(over(estimates[1]!.uses)).toEqual([]);
    expect(over(estimates.at(-1)!.uses)).toContain(tightest(estimates.at(-1)!.uses));
  });

  test('the docs show the table and what breaks as they are computed, and the picture', () => {
    const docs = read('docs/scale.md');
    expect(docs).toContain(tableOf(estimates));
    expect(docs).toContain(breaksOf(estimates));
    expect(docs).toContain(`(pictures/scale-${name}.svg)`);
    expect(read(`docs/pictures/scale-${name}.svg`)).toBe(pictureOf(name, tier.defaults));
  });
});

test('a picture has a line for each limit, and says what it is', () => {
  const tier = TIERS.memo!;
  const svg = chartOf(tier.title, tier.request, estimatesOf(tier, tier.defaults, DECADES), 'a caption');
  for (const { what } of estimatesOf(tier, tier.defaults, [1])[0]!.uses) expect(svg).toContain(`>${what}<`);
  expect(svg).toContain('>a caption<');
  expect(svg).not.toContain('NaN');
});
