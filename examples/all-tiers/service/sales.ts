import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { CURRENCIES, rateOf, type Currency } from './rates';

/** Sales a month. */
const SALES = 20_000;

export interface SalesQuery {
  readonly month: string;
  /** What amounts are converted to. */
  readonly currency: Currency;
  /** Smaller ones are left out. */
  readonly minimum: number;
}

/** Stands for a warehouse: sales of a month as an Arrow stream, the same each time. */
export async function salesOf({ month, currency, minimum }: SalesQuery): Promise<Uint8Array[]> {
  const rates = await Promise.all(CURRENCIES.map((from) => rateOf(from, currency)));
  const seed = Number(month.replace('-', ''));
  const all = Array.from({ length: SALES }, (_, id) => ({ id, paidIn: id % CURRENCIES.length, amount: (id * 7919 + seed) % 1000 }));
  const sales = all.map((sale) => ({ ...sale, amount: sale.amount * rates[sale.paidIn] })).filter(({ amount }) => amount >= minimum);
  const table = tableFromArrays({
    id: Int32Array.from(sales, ({ id }) => id),
    paidIn: sales.map(({ paidIn }) => CURRENCIES[paidIn]),
    amount: Float64Array.from(sales, ({ amount }) => amount),
  });
  return [tableToIPC(table, 'stream')];
}
