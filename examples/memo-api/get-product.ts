import { setTimeout as sleep } from 'node:timers/promises';
import { memoize } from 'cdk-cache-tiers/memoize';

export interface Product {
  readonly id: string;
  readonly name: string;
  readonly brand: string;
  /** When the catalogue was asked. */
  readonly loadedAt: Date;
}

/** Stands for a catalogue that takes its time. */
async function loadProduct(id: string): Promise<Product | undefined> {
  await sleep(Number(process.env.CATALOGUE_DELAY ?? 800));
  if (!/^p\d+$/.test(id)) return undefined;
  return { id, name: `Product ${id.slice(1)}`, brand: Number(id.slice(1)) % 2 ? 'acme' : 'globex', loadedAt: new Date() };
}

export const product = memoize(loadProduct, {
  ttl: '10m',
  staleWhileRevalidate: '1h',
  tags: (_args, value) => value === undefined ? [] : [`brand:${value.brand}`],
});

interface HttpEvent {
  readonly pathParameters?: { readonly id?: string };
}

interface HttpResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Settling: refreshes of stale values end, and counters are written, before Lambda freezes the function. */
export const handler = memoize.settling(async (event: HttpEvent): Promise<HttpResult> => {
  const { executions } = product.stats();
  const found = await product(event.pathParameters?.id ?? '');
  return {
    statusCode: found === undefined ? 404 : 200,
    headers: { 'content-type': 'application/json', 'x-cache': product.stats().executions > executions ? 'miss' : 'hit' },
    body: JSON.stringify(found ?? { message: 'no such product' }),
  };
});
