import { createMemoizer, type MemoizerOptions } from 'cdk-cache-tiers/memoize';

/** In the application without options: table and Region are in the environment then. */
export function cachedPrices(loadPrice: (id: string) => Promise<number>, options?: MemoizerOptions) {
  const memoize = createMemoizer(options);
  return memoize(loadPrice, { name: 'priceOf', ttl: '10m' });
}
