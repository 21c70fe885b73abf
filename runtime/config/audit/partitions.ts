import { CONFIG_RECORD_ID } from '../../../lib/contract/config.js';
import { pagesOf } from '../../stores/dynamodb-pages.js';
import { isConcluded } from './fold-deletions.js';
import { placed, type Place, type Placed } from './place.js';
import type { ResolvedQuery } from './query.js';
import type { AuditPartition, AuditReader } from './reader.js';

const DAY = 24 * 3_600_000;

/** How far before the last entry a stream begins again: records of one event may be so far from each other, in milliseconds. */
export const OVERLAP = 1_001;

/** What a stream of records reads of its partitions. */
export interface Reading {
  readonly reader: AuditReader;
  readonly query: ResolvedQuery;
  readonly values: boolean;
  /** Place of the last entry of the page before: reading begins a little before it. */
  readonly after?: Place;
  /** Records of a page. @default - as many as an answer has room for */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

/** Records of one name. */
export async function* recordsOfName(name: string, reading: Reading): AsyncGenerator<Placed> {
  const { reader, query: { since, until, order }, signal } = reading;
  const range = { from: CONFIG_RECORD_ID.since(since), to: CONFIG_RECORD_ID.since(until + 1) };
  // Of what was deleted before, the deletion may have been found since: the last record of before.
  const last = async () => since === 0 ? [] : (await reader.newest(name, since - 1, 1, { values: reading.values, ...(signal && { signal }) }))
    .filter((record) => isConcluded(record) && record.time >= since && record.time <= until).map((record) => placed(record));
  if (order === 'oldest') yield* await last();
  yield* within({ name }, reading, range, undefined);
  if (order === 'newest') yield* await last();
}

/** Records of one actor in a namespace. */
export function recordsOfActor(namespace: string, actor: string, reading: Reading): AsyncGenerator<Placed> {
  const { since, until } = reading.query;
  return within({ namespace, actor }, reading, { from: CONFIG_RECORD_ID.since(since), to: CONFIG_RECORD_ID.since(until + 1) }, undefined);
}

/** Records of a namespace, day by day. */
export async function* daysOf(namespace: string, reading: Reading): AsyncGenerator<Placed> {
  const { since, until, order } = reading.query;
  const [first, last] = [dayOf(since), dayOf(until)];
  const step = order === 'newest' ? -DAY : DAY;
  let day = order === 'newest' ? last : first;
  const from = reading.after?.day;
  if (from !== undefined) day = order === 'newest' ? Math.min(day, from) : Math.max(day, from);
  for (; day >= first && day <= last; day += step) {
    // Deletions that were concluded on a day have ids of earlier ones, so there is no least id.
    yield* within({ namespace, day }, reading, day === last ? { to: CONFIG_RECORD_ID.since(until + 1) } : {}, day);
  }
}

async function* within(
  partition: AuditPartition, { reader, query, values, after, limit, signal }: Reading, range: { from?: string; to?: string }, day: number | undefined,
): AsyncGenerator<Placed> {
  const { since, until, order } = query;
  const resumed = after !== undefined && after.day === day ? resumedRange(range, after, order) : range;
  let same: Placed[] = []; // an index has records of one id in no order
  const pages = pagesOf((next) => reader.page(partition, {
    order, values, ...resumed, ...(limit !== undefined && { limit }), ...(next !== undefined && { after: next }), ...(signal && { signal }),
  }));
  for await (const { records } of pages) {
    for (const record of records) {
      if (record.time < since || record.time > until) continue;
      if (same.length > 0 && same[0].record.recordId !== record.recordId) {
        yield* sorted(same, order);
        same = [];
      }
      same.push(placed(record, day));
    }
  }
  yield* sorted(same, order);
}

function sorted(some: readonly Placed[], order: 'newest' | 'oldest'): readonly Placed[] {
  if (some.length < 2) return some;
  return some.toSorted((a, b) => (a.key < b.key) === (order === 'oldest') ? -1 : 1);
}

function resumedRange(range: { from?: string; to?: string }, { recordId }: Place, order: 'newest' | 'oldest'): { from?: string; to?: string } {
  const time = Number.parseInt(recordId, 10);
  return order === 'oldest'
    ? { ...range, from: greater(range.from, CONFIG_RECORD_ID.since(Math.max(0, time - OVERLAP))) }
    : { ...range, to: less(range.to, CONFIG_RECORD_ID.since(time + OVERLAP + 1)) };
}

const greater = (a: string | undefined, b: string): string => a !== undefined && a > b ? a : b;
const less = (a: string | undefined, b: string): string => a !== undefined && a < b ? a : b;
const dayOf = (time: number): number => time - time % DAY;
