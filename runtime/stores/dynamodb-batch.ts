import { MEMO_ATTRIBUTE as A } from '../../lib/contract/memo.js';
import { stringOf } from '../aws/attribute-values.js';
import type { DynamoDbClient, Item } from '../aws/dynamodb.js';
import { Bulkhead } from '../resilience/bulkhead.js';

/** What BatchGetItem takes at once. */
const MAX_KEYS = 100;
/** What BatchWriteItem may carry at once, in bytes; the service's limit is 16 MB of JSON, and base64 makes four of three. */
const MAX_WRITE_BYTES = 8 * 1024 * 1024;
const MAX_WRITE_ITEMS = 25;
/** Requests at once for one read. */
const CONCURRENCY = 4;
/** Milliseconds before what was left unprocessed is asked for again; doubles, with jitter, until the caller's deadline. */
const FIRST_PAUSE = 10;
const LAST_PAUSE = 500;

interface BatchGetOutput {
  Responses?: Record<string, Item[]>;
  UnprocessedKeys?: Record<string, unknown>;
}

interface BatchWriteOutput {
  UnprocessedItems?: Record<string, unknown>;
}

export function idOf(item: Item): string {
  return `${stringOf(item, A.partition)}\n${stringOf(item, A.sort)}`;
}

/**
 * Items by `idOf`; absent ones are not in it. Asks again for what the table left unprocessed, until the signal aborts.
 *
 * @param options.idOf for a table whose key is not `pk` and `sk`
 * @param options.attributes what is wanted of each item, what `idOf` reads included; all, if absent
 */
export async function batchGet(
  client: DynamoDbClient, table: string, keys: readonly Item[],
  options: { consistent?: boolean; signal?: AbortSignal; idOf?: (item: Item) => string; attributes?: readonly string[] },
): Promise<Map<string, Item>> {
  const id = options.idOf ?? idOf;
  const found = new Map<string, Item>();
  const bulkhead = new Bulkhead(CONCURRENCY);
  const chunks = Array.from({ length: Math.ceil(keys.length / MAX_KEYS) }, (_, i) => keys.slice(i * MAX_KEYS, (i + 1) * MAX_KEYS));
  await Promise.all(chunks.map((chunk) => bulkhead.run(async () => {
    let request: Record<string, unknown> | undefined = {
      [table]: { Keys: chunk, ...(options.consistent && { ConsistentRead: true }), ...(options.attributes && projectionOf(options.attributes)) },
    };
    for (let pause = FIRST_PAUSE; request !== undefined; pause = Math.min(pause * 2, LAST_PAUSE)) {
      const output: BatchGetOutput = await client.call<BatchGetOutput>('BatchGetItem', { RequestItems: request }, options.signal);
      for (const items of Object.values(output.Responses ?? {})) for (const item of items) found.set(id(item), item);
      request = output.UnprocessedKeys && Object.keys(output.UnprocessedKeys).length > 0 ? output.UnprocessedKeys : undefined;
      if (request !== undefined) await wait(pause, options.signal);
    }
  })));
  return found;
}

/** The part of a read's parameters that says which attributes are wanted. Many names are words that DynamoDB reserves. */
export function projectionOf(attributes: readonly string[]): { ProjectionExpression: string; ExpressionAttributeNames: Record<string, string> } {
  const names = Object.fromEntries(attributes.map((attribute, i) => [`#p${i}`, attribute]));
  return { ProjectionExpression: Object.keys(names).join(), ExpressionAttributeNames: names };
}

/** Puts items. Sends again what the table left unprocessed, until the signal aborts. */
export async function batchPut(
  client: DynamoDbClient, table: string, items: readonly { item: Item; bytes: number }[], signal?: AbortSignal,
): Promise<void> {
  for (let begin = 0; begin < items.length;) {
    let end = begin;
    for (let bytes = 0; end < items.length && end - begin < MAX_WRITE_ITEMS; end++) {
      bytes += items[end].bytes;
      if (bytes > MAX_WRITE_BYTES && end > begin) break;
    }
    let request: Record<string, unknown> | undefined = { [table]: items.slice(begin, end).map(({ item }) => ({ PutRequest: { Item: item } })) };
    for (let pause = FIRST_PAUSE; request !== undefined; pause = Math.min(pause * 2, LAST_PAUSE)) {
      const output: BatchWriteOutput = await client.call<BatchWriteOutput>('BatchWriteItem', { RequestItems: request }, signal);
      request = output.UnprocessedItems && Object.keys(output.UnprocessedItems).length > 0 ? output.UnprocessedItems : undefined;
      if (request !== undefined) await wait(pause, signal);
    }
    begin = end;
  }
}

async function wait(pause: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const stop = () => { clearTimeout(timer); reject(signal!.reason as Error); };
    const timer = setTimeout(() => { signal?.removeEventListener('abort', stop); resolve(); }, pause * (0.5 + Math.random() / 2));
    signal?.addEventListener('abort', stop, { once: true });
  });
}
