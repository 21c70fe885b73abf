import { CONFIG_CHANGE_OVERLAP_MS } from '../../../lib/contract/config.js';
import type { ConfigFootprint } from '../footprint.js';
import type { CacheTableMeta } from '../tables/cache-table.js';
import type { CopyState } from './copy-state.js';

/**
 * Why all names are read, and not only the changes:
 * - `asked`: the caller wants it
 * - `new`: there is no copy, or it was damaged
 * - `epoch`: the table was built anew, or does not say which it is
 * - `table`: the footprint names another table
 * - `namespaces`: the footprint follows other paths
 * - `tombstones`: the copy is so old that the table may have forgotten what was deleted since
 */
export type FullReason = 'asked' | 'new' | 'epoch' | 'table' | 'namespaces' | 'tombstones';

/** The least that a construct takes: of a footprint that does not say it. */
const LEAST_TOMBSTONE_DAYS = 1;
const DAY = 86_400_000;
/** For clocks that run at another pace, and for the time that a sync takes, in milliseconds. */
const MARGIN = 3_600_000;

/** @param now this computer's clock. It may have been set since the copy was read, so the table's own times are asked as well */
export function whyFull(
  { reading }: CopyState, meta: CacheTableMeta,
  footprint: Pick<ConfigFootprint, 'cacheTable' | 'namespaces' | 'tombstoneDays'>, now: number,
): FullReason | undefined {
  if (reading === undefined) return 'new';
  if (reading.cacheTable !== footprint.cacheTable) return 'table';
  if (reading.epoch === undefined || reading.epoch !== meta.epoch) return 'epoch';
  if (!isSameSet(reading.namespaces, footprint.namespaces)) return 'namespaces';
  const kept = (footprint.tombstoneDays ?? LEAST_TOMBSTONE_DAYS) * DAY - CONFIG_CHANGE_OVERLAP_MS - MARGIN;
  const passedThere = meta.reconciled !== undefined && reading.reconciled !== undefined ? meta.reconciled - reading.reconciled : undefined;
  const passedHere = now - reading.readAt;
  if (passedHere < 0 && passedThere === undefined) return 'tombstones'; // the clock was set back, and nothing tells how long ago it was
  return Math.max(passedHere, passedThere ?? 0) > kept ? 'tombstones' : undefined;
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && new Set([...a, ...b]).size === new Set(a).size;
}
