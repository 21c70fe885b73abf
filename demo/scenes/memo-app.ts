import { setTimeout as sleep } from 'node:timers/promises';
import { createMemoizer, type MemoizerOptions } from 'cdk-cache-tiers/memoize';

/** The embedded server checks that a request is signed, not by whom. */
const ACCESS = { region: 'us-east-1', credentials: { accessKeyId: 'demo', secretAccessKey: 'demo' } };

/** Milliseconds that the function takes. */
export const SLOW = 120;
/** Within this time, in milliseconds, a flush is seen by all processes. */
export const INVALIDATION_INTERVAL = 400;
/** Milliseconds that a caller waits for the table; 50 by default. All processes share this machine with the server, and all are cold. */
export const BUDGET = 1000;

export interface Product {
  readonly id: string;
  readonly loadedAt: Date;
  /** The process that computed it. */
  readonly by: number;
}

/** What the client counts. Time is in milliseconds. */
export type MemoNumbers = Readonly<Record<'calls' | 'executions' | 'memoryHits' | 'tableHits' | 'joins' | 'timeSaved', number>>;

/** The slow thing that is worth a cache. */
async function loadProduct(id: string): Promise<Product> {
  await sleep(SLOW);
  return { id, loadedAt: new Date(), by: process.pid };
}

/** What each process of the demo has: a memoizer over the table, and a memoized function. */
export function openApp(options: Pick<MemoizerOptions, 'table' | 'endpoint' | 'clock'>) {
  const memoize = createMemoizer({
    ...ACCESS, ...options, invalidationInterval: INVALIDATION_INTERVAL, budget: BUDGET,
  });
  const product = memoize(loadProduct, { ttl: '1h', jitter: 0 });
  const numbers = (): MemoNumbers => {
    const { calls, executions, memoryHits, tableHits, joins, latencySaved } = memoize.stats();
    return { calls, executions, memoryHits, tableHits, joins, timeSaved: Math.round(latencySaved) };
  };
  return { memoize, product, numbers };
}

export type App = ReturnType<typeof openApp>;
