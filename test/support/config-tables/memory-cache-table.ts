import { changeShard } from '../../../lib/contract/config';
import {
  isParameterName, notParameterName, type CachedParameter, type CacheTable, type CacheTableMeta, type NamePage,
} from '../../../runtime/config/tables/cache-table';

/** A table of names in memory. Its index is never behind. */
export class MemoryCacheTable implements CacheTable {
  private readonly rows = new Map<string, CachedParameter>();
  private about: CacheTableMeta = {};

  /** @param pageSize rows of a page of `active` and `deleted` */
  constructor(private readonly pageSize = 1000) {}

  /** All rows, by name. */
  list(): readonly CachedParameter[] {
    return [...this.rows.values()].sort((a, b) => a.name < b.name ? -1 : 1);
  }

  get(names: readonly string[]): Promise<ReadonlyMap<string, CachedParameter>> {
    const found = new Map<string, CachedParameter>();
    for (const name of names) {
      const row = this.rows.get(name);
      if (row !== undefined) found.set(name, row);
    }
    return Promise.resolve(found);
  }

  put(row: CachedParameter, replaces: number | undefined): Promise<boolean> {
    if (!isParameterName(row.name)) return Promise.reject(notParameterName(row.name));
    if (this.rows.get(row.name)?.revision !== replaces) return Promise.resolve(false);
    this.rows.set(row.name, row);
    return Promise.resolve(true);
  }

  active(shard: string, after?: string): Promise<NamePage> {
    return this.page('ACTIVE', shard, 0, after);
  }

  deleted(shard: string, since: number, after?: string): Promise<NamePage> {
    return this.page('DELETED', shard, since, after);
  }

  private page(state: CachedParameter['state'], shard: string, since: number, after: string | undefined): Promise<NamePage> {
    const position = ({ changed, name }: CachedParameter) => `${String(changed).padStart(16, '0')} ${name}`;
    const positions = [...this.rows.values()].filter(({ name, changed }) => changed >= since && changeShard(name) === shard)
      .map((row) => ({ row, at: position(row) })).filter(({ at }) => after === undefined || at > after).sort((a, b) => a.at < b.at ? -1 : 1);
    const page = positions.slice(0, this.pageSize);
    const names = page.filter(({ row }) => row.state === state).map(({ row }) => row.name);
    return Promise.resolve({ names, ...(positions.length > page.length && { next: page[page.length - 1].at }) });
  }

  meta(): Promise<CacheTableMeta> {
    return Promise.resolve(this.about);
  }

  openEpoch(epoch: string): Promise<string> {
    this.about = { epoch, ...this.about };
    return Promise.resolve(this.about.epoch ?? epoch);
  }

  renewEpoch(epoch: string, replaces: string): Promise<boolean> {
    if (this.about.epoch !== replaces) return Promise.resolve(false);
    this.about = { ...this.about, epoch };
    return Promise.resolve(true);
  }

  setReconciled(time: number): Promise<void> {
    if (this.about.epoch === undefined) return Promise.reject(new Error('the table has no epoch: open one first'));
    this.about = { ...this.about, reconciled: Math.max(time, this.about.reconciled ?? 0) };
    return Promise.resolve();
  }
}
