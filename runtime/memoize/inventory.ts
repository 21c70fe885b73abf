import { MEMO_ATTRIBUTE as A, MEMO_GENERATION_PREFIX, MEMO_SORT_KEY } from '../../lib/contract/memo.js';
import { stringOf } from '../aws/attribute-values.js';
import type { AttributeValue, Item } from '../aws/dynamodb.js';
import { generationOf, stateOf } from '../stores/dynamodb-items.js';
import type { Generation, StoredEntry } from '../stores/entry-store.js';
import { judge } from './memory-entry.js';
import { partsOfTableKey } from './table-key.js';

/** What the table holds of one function in one deploy scope. */
export interface FunctionInventory {
  readonly name: string;
  readonly version: string;
  fresh: number;
  /** Past their ttl, and kept to be served stale. */
  stale: number;
  /** Flushed; DynamoDB removes them by their time to live. */
  invalidated: number;
  /** DynamoDB has not removed them yet. */
  expired: number;
  /** All of the function's items, as DynamoDB counts their bytes. */
  bytes: number;
}

export interface Inventory {
  readonly functions: readonly FunctionInventory[];
  /** Counters of flushes, by scope. */
  readonly flushes: readonly ({ readonly scope: string } & Generation)[];
  readonly items: number;
  readonly bytes: number;
  /** Items that are not the client's. */
  readonly foreign: number;
  readonly readUnits: number;
}

/** Told after every page. */
export type InventoryProgress = (soFar: { readonly items: number; readonly bytes: number }) => void;

export interface InventorySource {
  /** One page. @param begin where the last one ended */
  scan(begin?: Item): Promise<{ Items?: readonly Item[]; LastEvaluatedKey?: Item; ConsumedCapacity?: { CapacityUnits?: number } }>;
  generations(scopes: readonly string[]): Promise<Map<string, Generation>>;
  readonly now: number;
}

/** Large values are counted, not read. */
const NOT_LOADED = { length: 0, load: () => Promise.resolve(undefined) };

/** Counts what is in a table, page by page: only counts and generation counters are kept. */
export async function takeInventory(source: InventorySource, progress: InventoryProgress = () => {}): Promise<Inventory> {
  const functions = new Map<string, FunctionInventory>();
  const counters = new Map<string, Generation>();
  const flushes: ({ scope: string } & Generation)[] = [];
  const totals = { items: 0, bytes: 0, foreign: 0, readUnits: 0 };

  let begin: Item | undefined;
  do {
    const page = await source.scan(begin);
    const items = page.Items ?? [];
    const entries: { entry: StoredEntry; counts: FunctionInventory }[] = [];
    for (const item of items) {
      const bytes = bytesOf(item);
      totals.items += 1;
      totals.bytes += bytes;
      const key = stringOf(item, A.partition) ?? '';
      if (key.startsWith(MEMO_GENERATION_PREFIX) && stringOf(item, A.sort) === MEMO_SORT_KEY.generation) {
        flushes.push({ scope: key, ...generationOf(item) });
        continue;
      }
      const parts = partsOfTableKey(key);
      if (parts === undefined) {
        totals.foreign += 1;
        continue;
      }
      const counts = countsOf(functions, parts.name, parts.version);
      counts.bytes += bytes;
      if (stringOf(item, A.sort) !== MEMO_SORT_KEY.value) continue;
      const entry = stateOf(item, () => NOT_LOADED)?.entry;
      if (entry !== undefined) entries.push({ entry, counts });
    }
    const unknown = new Set(entries.flatMap(({ entry }) => Object.keys(entry.generations)).filter((scope) => !counters.has(scope)));
    if (unknown.size > 0) for (const [scope, generation] of await source.generations([...unknown])) counters.set(scope, generation);
    for (const { entry, counts } of entries) counts[kindOf(entry, counters, source.now)] += 1;
    totals.readUnits += page.ConsumedCapacity?.CapacityUnits ?? 0;
    begin = page.LastEvaluatedKey;
    progress(totals);
  } while (begin !== undefined);

  const byName = (a: FunctionInventory, b: FunctionInventory) => compare(a.name, b.name) || compare(a.version, b.version);
  return { functions: [...functions.values()].sort(byName), flushes: flushes.sort((a, b) => compare(a.scope, b.scope)), ...totals };
}

function countsOf(functions: Map<string, FunctionInventory>, name: string, version: string): FunctionInventory {
  const id = `${name}#${version}`;
  let counts = functions.get(id);
  if (counts === undefined) functions.set(id, counts = { name, version, fresh: 0, stale: 0, invalidated: 0, expired: 0, bytes: 0 });
  return counts;
}

function kindOf(entry: StoredEntry, counters: ReadonlyMap<string, Generation>, now: number): 'fresh' | 'stale' | 'invalidated' | 'expired' {
  const verdict = judge(entry, now);
  if (verdict === 'dead') return 'expired';
  const { generations } = entry;
  if (Object.keys(generations).some((scope) => (counters.get(scope)?.counter ?? 0) > generations[scope])) return 'invalidated';
  return verdict === 'fresh' ? 'fresh' : 'stale';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** An item's size by DynamoDB's rules, to within a few bytes. */
function bytesOf(item: Item): number {
  let bytes = 0;
  for (const name of Object.keys(item)) bytes += Buffer.byteLength(name) + valueBytes(item[name]);
  return bytes;
}

function valueBytes(value: AttributeValue): number {
  if ('S' in value) return Buffer.byteLength(value.S);
  if ('N' in value) return Math.ceil(value.N.replace(/\D/g, '').length / 2) + 1;
  if ('B' in value) return Buffer.byteLength(value.B, 'base64');
  if ('M' in value) return 3 + Object.keys(value.M).length + bytesOf(value.M);
  return 1;
}
