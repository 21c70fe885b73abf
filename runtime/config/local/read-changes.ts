import { CONFIG_CHANGE_SHARDS } from '../../../lib/contract/config.js';
import { CacheTiersError } from '../../errors.js';
import { canBeKept, rowOfTable, type Row } from './local-name.js';
import type { RemoteNames } from './remote-names.js';

export interface SyncProgress {
  readonly kind: 'incremental' | 'full';
  /** Rows that have been read so far. */
  readonly itemsRead: number;
  /** Queries that have been answered. */
  readonly queries: number;
}

export interface ReadCounts {
  itemsRead: number;
  queries: number;
  /** Greatest `changed` of a row, or 0. */
  greatest: number;
}

/** Reads what has changed since a time, all shards at once, page by page. */
export async function readChanges(
  remote: RemoteNames, since: number, take: (row: Row) => void, { signal, onPage }: { signal?: AbortSignal; onPage?(counts: ReadCounts): void } = {},
): Promise<ReadCounts> {
  const counts: ReadCounts = { itemsRead: 0, queries: 0, greatest: 0 };
  const failed = new AbortController(); // one shard's failure ends the others
  const until = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const readShard = async (shard: string) => {
    let after: string | undefined;
    do {
      until.throwIfAborted();
      const { rows, next } = await remote.changed(shard, since, after, until);
      until.throwIfAborted();
      counts.queries += 1;
      counts.itemsRead += rows.length;
      for (const row of rows) {
        counts.greatest = Math.max(counts.greatest, row.changed);
        if (canBeKept(row.name)) take(rowOfTable(row));
      }
      onPage?.(counts);
      if (next !== undefined && next === after) throw endless(shard);
      after = next;
    } while (after !== undefined);
  };
  try {
    await Promise.all(Array.from({ length: CONFIG_CHANGE_SHARDS }, (_, shard) => readShard(String(shard))));
  } catch (error) {
    failed.abort(error);
    throw error;
  }
  return counts;
}

/** Something between here and the table gives the same page again and again: it would fill the disk. */
function endless(shard: string): CacheTiersError {
  return new CacheTiersError('E_CONFIG_CACHE_ENDLESS', `the table of names says that shard ${shard} goes on where it was read from already; `
    + 'is there a proxy, or an emulator, that does not know ExclusiveStartKey?');
}
