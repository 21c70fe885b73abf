// The four models by name, and what of a workload can be set.
import { chartOf } from './chart.js';
import { CONFIG, config } from './config.js';
import type { Estimate, Workload } from './estimate.js';
import { LIVE, live } from './live.js';
import { MEMO, memo } from './memo.js';
import { PRICES, PRICES_SEEN, type Prices } from './prices.js';
import { TASKS, tasks } from './tasks.js';

export interface Tier {
  readonly title: string;
  /** What a request is. */
  readonly request: string;
  readonly defaults: Workload;
  estimate(work: Workload, prices: Prices, requests: number): Estimate;
}

type Model<W> = (work: W, prices: Prices, requests: number) => Estimate;

/** The defaults have every member, and what is set is checked to be one of them. */
function tierOf<W extends Workload>(title: string, request: string, defaults: W, estimate: Model<W>): Tier {
  return { title, request, defaults, estimate: (work, prices, requests) => estimate({ ...defaults, ...work }, prices, requests) };
}

export const TIERS: Readonly<Record<string, Tier>> = {
  memo: tierOf('Memo tier', 'calls of one memoized function', MEMO, memo),
  config: tierOf('Config tier', 'values read by ConfigClient', CONFIG, config),
  live: tierOf('Live tier', 'queries', LIVE, live),
  tasks: tierOf('Task tier', 'files that builds want', TASKS, tasks),
};

export const DECADES: readonly number[] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

/** @param settings `name=value` @throws for a name that is not there, or a value that is no number of 0 or more */
export function withSettings<T extends object>(defaults: T, settings: readonly string[], option: string): T {
  const set = new Map<string, number>();
  for (const setting of settings) {
    const [name = '', value = ''] = setting.split('=');
    const number = Number(value);
    if (value.trim() === '' || !Number.isFinite(number) || number < 0) {
      throw new Error(`${option} must be name=number, of 0 or more, got ${JSON.stringify(setting)}`);
    }
    if (!Object.hasOwn(defaults, name)) {
      throw new Error(`${option}: there is no ${JSON.stringify(name)}: use one of ${Object.keys(defaults).join(', ')}`);
    }
    set.set(name, number);
  }
  return { ...defaults, ...Object.fromEntries(set) };
}

export function estimatesOf(tier: Tier, work: Workload, rates: readonly number[] = DECADES, prices: Prices = PRICES): Estimate[] {
  return rates.map((requests) => tier.estimate(work, prices, requests));
}

/** Steps of a decade in a picture. */
const STEPS = 6;

/** @param name the tier's */
export function pictureOf(name: string, work: Workload, prices: Prices = PRICES): string {
  const tier = TIERS[name]!;
  const rates = Array.from({ length: (DECADES.length - 1) * STEPS + 1 }, (_, i) => 10 ** (i / STEPS));
  const caption = `A model, not a measurement. Prices of us-east-1, ${PRICES_SEEN}: check them. npm run bench -- scale ${name}`;
  return chartOf(tier.title, tier.request, estimatesOf(tier, work, rates, prices), caption);
}
