import type { StateAtInstant } from '../audit/state.js';
import type { CachedParameter } from '../tables/cache-table.js';
import { nextRow } from '../tables/next-row.js';
import { metadataOf } from './replayed-parameter.js';

const DAY_SECONDS = 24 * 3_600;

/** Why a row that differs from the log is left as it is. */
export type LeftReason
  /** It was written a moment ago: the log may be behind. */
  = | 'recent'
    /** It is of a later version than the log knows of. */
    | 'newer';

export type RowVerdict = { readonly row: CachedParameter } | { readonly left: LeftReason } | 'right';

export interface RowRules {
  /** Unix epoch milliseconds. */
  readonly now: number;
  /** Whole days that a deleted parameter's row is kept. */
  readonly tombstoneDays: number;
  /** Rows that were written in this time are left, in milliseconds. */
  readonly settle: number;
}

/** What becomes of a name's row, so that it says what the log tells, as the handlers would have it. @param state at the log's end */
export function verdictOn(name: string, row: CachedParameter | undefined, state: StateAtInstant, rules: RowRules): RowVerdict {
  const wanted = wantedRow(name, row, state, rules);
  if (wanted === undefined) return 'right';
  if (row !== undefined && isNewer(row, state)) return { left: 'newer' };
  if (row !== undefined && row.changed > rules.now - rules.settle) return { left: 'recent' };
  return { row: wanted };
}

function wantedRow(name: string, row: CachedParameter | undefined, state: StateAtInstant, rules: RowRules): CachedParameter | undefined {
  const { now, tombstoneDays } = rules;
  if (!state.exists) return row === undefined ? tombstoneOf(name, state, rules) : nextRow(name, row, undefined, now, tombstoneDays);
  const metadata = metadataOf(name, state.put);
  if (metadata !== undefined) return nextRow(name, row, metadata, now, tombstoneDays);
  // It exists, and no more is known: a reconciliation says the rest.
  return row?.state === 'ACTIVE' ? undefined
    : { name, state: 'ACTIVE', revision: (row?.revision ?? 0) + 1, changed: Math.max(now, (row?.changed ?? 0) + 1) };
}

/** Of a deletion that is longer ago the row would have been removed by now. */
function tombstoneOf(name: string, { deleted }: StateAtInstant, { now, tombstoneDays }: RowRules): CachedParameter | undefined {
  if (deleted === undefined) return undefined;
  const expires = Math.floor(deleted.before / 1_000) + tombstoneDays * DAY_SECONDS;
  if (expires * 1_000 <= now) return undefined;
  const metadata = metadataOf(name, deleted.put);
  return { name, state: 'DELETED', revision: 1, changed: now, expires, ...(metadata && { metadata }) };
}

function isNewer({ state: is, metadata }: CachedParameter, state: StateAtInstant): boolean {
  if (metadata === undefined || is === 'DELETED') return false;
  return metadata.lastModified > (state.exists ? state.put?.time ?? 0 : state.deleted?.before ?? 0);
}
