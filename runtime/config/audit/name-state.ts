import { CONFIG_RECORD_ID } from '../../../lib/contract/config.js';
import { endless, pagesOf } from '../../stores/dynamodb-pages.js';
import { isDeletion, isPut, type AuditRecord } from '../tables/audit-record.js';
import { isConcluded } from './fold-deletions.js';
import type { AuditReader, AuditReadOptions } from './reader.js';
import { timeOfId } from './sequence.js';
import { stateAt, type StateAtInstant } from './state.js';

/** Records of the first look; each further one takes more. */
const FIRST_LOOK = 4;
const LOOK_GROWTH = 4;
const MAX_LOOK = 1_000;

/** Records of the same few seconds may be of one thing, in milliseconds. */
const MARGIN = 10_000;

/**
 * What a parameter was at an instant, by the log. Reads no more of the log than that takes: back to the beginning of what there was then, and
 * as much after the instant as tells when it ended.
 */
export async function stateOfName(reader: AuditReader, name: string, time: number, options: AuditReadOptions = {}): Promise<StateAtInstant> {
  const before = await newestOfGeneration(reader, name, time, options);
  return stateAt([...before, ...await followers(reader, name, time, before, options)], time);
}

/** Up to what tells whether the parameter was deleted in between, of which nobody may have told: the next put or deletion. */
async function followers(
  reader: AuditReader, name: string, time: number, before: readonly AuditRecord[], options: AuditReadOptions,
): Promise<readonly AuditRecord[]> {
  const to = Math.max(time + MARGIN, before.findLast(isConcluded)?.time ?? 0);
  const found: AuditRecord[] = [];
  let limit = FIRST_LOOK;
  const pages = pagesOf((after) => reader.page({ name }, {
    ...options, from: CONFIG_RECORD_ID.since(time + 1), limit, ...(after !== undefined && { after }),
  }));
  for await (const { records } of pages) {
    found.push(...records);
    if (found.some((record) => timeOfId(record) > to && (isPut(record) || isDeletion(record)))) break;
    limit = Math.min(limit * LOOK_GROWTH, MAX_LOOK);
  }
  return found;
}

/** Ascending; back to a deletion that an event told, or to a first version, of before the newest second. */
async function newestOfGeneration(reader: AuditReader, name: string, time: number, options: AuditReadOptions): Promise<readonly AuditRecord[]> {
  let found: AuditRecord[] = [];
  let until = CONFIG_RECORD_ID.since(time + 1);
  let former: string | undefined;
  for (let limit = FIRST_LOOK; ; limit = Math.min(limit * LOOK_GROWTH, MAX_LOOK)) {
    const { records, next } = await reader.page({ name }, { ...options, to: until, order: 'newest', limit });
    found = [...records.toReversed(), ...found];
    if (next === undefined || found.slice(1).some((record) => isBegin(record, found[found.length - 1]))) return found;
    if (next === former) throw endless();
    former = next;
    if (records.length > 0) until = records[records.length - 1].recordId;
  }
}

/** What is as new as the newest is no beginning yet. */
function isBegin(record: AuditRecord, newest: AuditRecord): boolean {
  const isEnd = (isDeletion(record) && !isConcluded(record)) || (isPut(record) && record.version === 1);
  return isEnd && record.time < newest.time - MARGIN;
}
