import { CONFIG_CHANGE_SHARDS } from '../../../lib/contract/config.js';
import { pagesOf } from '../../stores/dynamodb-pages.js';
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
    const pages = pagesOf((after) => {
      until.throwIfAborted();
      return remote.changed(shard, since, after, until);
    });
    for await (const { rows } of pages) {
      until.throwIfAborted();
      counts.queries += 1;
      counts.itemsRead += rows.length;
      for (const row of rows) {
        counts.greatest = Math.max(counts.greatest, row.changed);
        if (canBeKept(row.name)) take(rowOfTable(row));
      }
      onPage?.(counts);
    }
  };
  try {
    await Promise.all(Array.from({ length: CONFIG_CHANGE_SHARDS }, (_, shard) => readShard(String(shard))));
  } catch (error) {
    failed.abort(error);
    throw error;
  }
  return counts;
}
