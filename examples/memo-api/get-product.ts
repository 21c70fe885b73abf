import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMemoizer } from 'cdk-cache-tiers/memoize';

export interface Product {
  readonly id: string;
  readonly name: string;
  readonly brand: string;
  /** When the catalogue was asked. */
  readonly loadedAt: Date;
}

/** What a catalogue that takes its time would take. */
const DELAY = Number(process.env.CATALOGUE_DELAY ?? 800);
const PICTURE_BYTES = 600_000;
/** How long a request waits for the table at the most. Where it does not answer in time, the catalogue does. */
const memoize = createMemoizer({ budget: Number(process.env.TABLE_BUDGET ?? 50) });

/** Tells which instance of the function has answered: each has a memory of its own, and they share the table. */
const INSTANCE = randomUUID();

const exists = (id: string) => /^p\d+$/.test(id);

/** Stands for that catalogue. */
async function loadProduct(id: string): Promise<Product | undefined> {
  await sleep(DELAY);
  if (!exists(id)) return undefined;
  return { id, name: `Product ${id.slice(1)}`, brand: Number(id.slice(1)) % 2 ? 'acme' : 'globex', loadedAt: new Date() };
}

/** Stands for a picture that is rendered: too large for an item of the table, so the cache keeps it in its overflow bucket. */
async function renderPicture(id: string): Promise<Uint8Array | undefined> {
  await sleep(DELAY);
  return exists(id) ? new Uint8Array(createHash('shake256', { outputLength: PICTURE_BYTES }).update(id).digest()) : undefined;
}

export const product = memoize(loadProduct, {
  ttl: '10m',
  staleWhileRevalidate: '1h',
  tags: (_args, value) => value === undefined ? [] : [`brand:${value.brand}`],
});

export const picture = memoize(renderPicture, { ttl: '1h' });

interface HttpEvent {
  readonly routeKey?: string;
  readonly pathParameters?: { readonly id?: string };
}

interface HttpResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded?: boolean;
}

/** Settling: refreshes of stale values end, and counters are written, before Lambda freezes the function. */
export const handler = memoize.settling(async ({ routeKey, pathParameters }: HttpEvent): Promise<HttpResult> => {
  const id = pathParameters?.id ?? '';
  return routeKey?.endsWith('/picture') ? getPicture(id) : getProduct(id);
});

async function getProduct(id: string): Promise<HttpResult> {
  const { executions } = product.stats();
  const found = await product(id);
  const headers = { 'content-type': 'application/json', ...cacheHeaders(product.stats().executions > executions) };
  return { statusCode: found === undefined ? 404 : 200, headers, body: JSON.stringify(found ?? { message: 'no such product' }) };
}

async function getPicture(id: string): Promise<HttpResult> {
  const { executions } = picture.stats();
  const found = await picture(id);
  const headers = { 'content-type': 'application/octet-stream', ...cacheHeaders(picture.stats().executions > executions) };
  return { statusCode: found === undefined ? 404 : 200, headers, body: Buffer.from(found ?? []).toString('base64'), isBase64Encoded: true };
}

const cacheHeaders = (computed: boolean) => ({ 'x-cache': computed ? 'miss' : 'hit', 'x-instance': INSTANCE });
