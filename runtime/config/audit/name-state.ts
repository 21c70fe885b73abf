import { CONFIG_RECORD_ID } from '../../../lib/contract/config.js';
import { isDeletion, isPut, type AuditRecord } from '../tables/audit-record.js';
import { isConcluded } from './fold-deletions.js';
import type { AuditReader, AuditReadOptions } from './reader.js';
import { stateAt, type StateAtInstant } from './state.js';

/** Records of the first look; each further one takes more. */
const FIRST_LOOK = 4;
const LOOK_GROWTH = 4;
const MAX_LOOK = 1_000;

/**
 * What a parameter was at an instant, by the log. Reads no more of the log than that takes: back to the beginning of what there was then, and
 * as much after the instant as tells when it ended.
 */
export async function stateOfName(reader: AuditReader, name: string, time: number, options: AuditReadOptions = {}): Promise<StateAtInstant> {
  const records = [...await newestOfGeneration(reader, name, time, options)];
  const concluded = records.findLast((record) => isConcluded(record) && record.time > time);
  const isUnknown = !records.some((record) => isPut(record) || isDeletion(record));
  // Where the log does not know what was before, the next thing tells whether it was created then.
  const to = concluded ? concluded.time : isUnknown ? undefined : time;
  if (to === time) return stateAt(records, time);
  const range = { ...options, from: CONFIG_RECORD_ID.since(time + 1), ...(to !== undefined && { to: CONFIG_RECORD_ID.since(to + 1) }) };
  let after: string | undefined;
  do {
    const page = await reader.page({ name }, { ...range, ...(to === undefined && { limit: FIRST_LOOK }), ...(after !== undefined && { after }) });
    records.push(...page.records);
    after = to === undefined ? undefined : page.next;
  } while (after !== undefined);
  return stateAt(records, time);
}

/** Ascending; back to a deletion that an event told, or to a first version, of before the newest second. */
async function newestOfGeneration(reader: AuditReader, name: string, time: number, options: AuditReadOptions): Promise<readonly AuditRecord[]> {
  let found: AuditRecord[] = [];
  let until = CONFIG_RECORD_ID.since(time + 1);
  for (let limit = FIRST_LOOK; ; limit = Math.min(limit * LOOK_GROWTH, MAX_LOOK)) {
    const { records, next } = await reader.page({ name }, { ...options, to: until, order: 'newest', limit });
    found = [...records.toReversed(), ...found];
    if (next === undefined || found.slice(1).some((record) => isBegin(record, found[found.length - 1]))) return found;
    if (records.length > 0) until = records[records.length - 1].recordId;
  }
}

/** Records of the same few seconds may be of one thing, so a beginning that is so new is none yet. */
function isBegin(record: AuditRecord, newest: AuditRecord): boolean {
  const isEnd = (isDeletion(record) && !isConcluded(record)) || (isPut(record) && record.version === 1);
  return isEnd && record.time < newest.time - MARGIN;
}

const MARGIN = 10_000;
