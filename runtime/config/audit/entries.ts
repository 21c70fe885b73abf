import { CONFIG_RECORD_ID } from '../../../lib/contract/config.js';
import { pagesOf } from '../../stores/dynamodb-pages.js';
import { isDeletion, isLostPut, isPut, type AuditRecord } from '../tables/audit-record.js';
import { foldRecords, type AuditEntry } from './fold.js';
import { isConcluded } from './fold-deletions.js';
import { inOrder } from './in-order.js';
import { OVERLAP } from './partitions.js';
import type { Place, Placed } from './place.js';
import type { AuditReader } from './reader.js';
import { timeOfId, TOLERANCE, wholeSecond } from './sequence.js';

/** Records that are looked at more closely at the same time. */
const CONCURRENCY = 8;

export interface EntriesOptions {
  readonly reader: AuditReader;
  readonly order: 'newest' | 'oldest';
  /** Whether records come without the values that are wanted. */
  readonly addValues?: boolean;
  /** Whether an entry is wanted. */
  readonly isWanted: (entry: AuditEntry) => boolean;
  readonly signal?: AbortSignal;
}

export interface PlacedEntry {
  readonly place: Place;
  readonly key: string;
  readonly entry: AuditEntry;
}

/**
 * Makes entries of a sorted stream of records, as `foldRecords` does of a whole name's: of the few records that may be one with another the
 * neighbours are read.
 */
export async function* entriesOf(records: AsyncIterable<Placed>, options: EntriesOptions): AsyncGenerator<PlacedEntry> {
  const checked = inOrder(oneAnEvent(records, options.order), CONCURRENCY, (placed) => {
    if (!options.isWanted(placed.record)) return undefined;
    return isAmbiguous(placed.record) || options.addValues ? lookedAt(placed, options) : entryOf(placed, placed.record);
  });
  for await (const entry of checked) if (entry !== undefined) yield entry;
}

const entryOf = ({ place, key }: Placed, entry: AuditEntry): PlacedEntry => ({ place, key, entry });

async function lookedAt(placed: Placed, options: EntriesOptions): Promise<PlacedEntry | undefined> {
  if (await isAnothers(placed.record, options)) return undefined;
  return entryOf(placed, options.addValues && isPut(placed.record) ? await withValue(placed.record, options) : placed.record);
}

/**
 * Of the records of one deletion's event, the latest. They are within a second: from the oldest on, no more than that is held; from the newest
 * on nothing is.
 */
async function* oneAnEvent(records: AsyncIterable<Placed>, order: 'newest' | 'oldest'): AsyncGenerator<Placed> {
  const held = new Map<string, Placed>();
  for await (const placed of records) {
    for (const [id, earlier] of held) {
      if (Math.abs(timeOfId(placed.record) - timeOfId(earlier.record)) <= OVERLAP) break;
      held.delete(id);
      if (order === 'oldest') yield earlier;
    }
    const id = idOf(placed);
    if (order === 'newest') {
      if (isTold(placed.record)) {
        if (held.has(id)) continue;
        held.set(id, placed);
      }
      yield placed;
    } else if (held.size > 0 || isTold(placed.record)) {
      held.delete(id);
      held.set(id, placed);
    } else {
      yield placed;
    }
  }
  if (order === 'oldest') yield* held.values();
}

const isTold = (record: AuditRecord): boolean => isDeletion(record) && record.eventId !== undefined;

function idOf({ key, record }: Placed): string {
  return isTold(record) ? `${record.eventId} ${record.name}` : key;
}

/** Whether what a record tells may be another one's entry. */
const isAmbiguous = (record: AuditRecord): boolean => isConcluded(record) || (isPut(record) && isLostPut(record));

/** Whether it is. */
async function isAnothers(record: AuditRecord, { reader, isWanted, signal }: EntriesOptions): Promise<boolean> {
  if (!isAmbiguous(record)) return false;
  const isLost = isPut(record);
  const [from, to] = isLost ? [record.time, record.time] : [wholeSecond(record.notBefore ?? record.time), record.time];
  const neighbours: AuditRecord[] = [];
  const range = { from: CONFIG_RECORD_ID.since(Math.max(0, from - 2 * TOLERANCE)), to: CONFIG_RECORD_ID.since(to + 2 * TOLERANCE) };
  const pages = pagesOf((after) => reader.page({ name: record.name }, {
    ...range, ...(after !== undefined && { after }), ...(signal && { signal }),
  }));
  for await (const { records } of pages) neighbours.push(...records);
  const folded = foldRecords(neighbours);
  if (folded.some(({ recordId, notBefore }) => recordId === record.recordId && notBefore === record.notBefore)) return false;
  // Where only some entries are wanted, the other one may not be among them.
  return folded.some((entry) => isWanted(entry) && (isLost ? isPut(entry) : isDeletion(entry)));
}

async function withValue(record: AuditRecord, { reader, signal }: EntriesOptions): Promise<AuditRecord> {
  const { records: [whole] } = await reader.page({ name: record.name }, {
    from: record.recordId, limit: 1, values: true, ...(signal && { signal }),
  });
  return whole?.recordId === record.recordId ? whole : record;
}
