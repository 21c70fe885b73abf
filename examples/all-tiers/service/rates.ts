import { setTimeout as sleep } from 'node:timers/promises';
import { createMemoizer } from 'cdk-cache-tiers/memoize';

export const CURRENCIES = ['EUR', 'USD', 'JPY', 'CHF'] as const;
export type Currency = typeof CURRENCIES[number];

/** What one euro was worth, as the bank would say. */
const IN_EUROS: Readonly<Record<Currency, number>> = { EUR: 1, USD: 1.25, JPY: 160, CHF: 0.9375 };
/** What the bank takes to say it. */
const DELAY = 300;

export const memoize = createMemoizer({ budget: Number(process.env.TABLE_BUDGET ?? 50) });

/** Stands for a bank that everybody asks and that answers slowly. */
async function askBank(from: Currency, to: Currency): Promise<number> {
  await sleep(DELAY);
  return IN_EUROS[to] / IN_EUROS[from];
}

/** The memo tier: a rate is asked for once a day at the most, by whichever instance of the function needs it first. */
export const rateOf = memoize(askBank, { ttl: '1d', staleIfError: '7d' });
