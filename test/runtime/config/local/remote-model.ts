import { changeShard } from '../../../../lib/contract/config';
import type { ConfigConnection } from '../../../../runtime/config';
import { Home } from '../../../../runtime/home/home';
import type { HomeFileSystem } from '../../../../runtime/home/file-system';
import { LocalConfigCache } from '../../../../runtime/config/local/local-config-cache';
import type { ChangedPage, RemoteNames } from '../../../../runtime/config/local/remote-names';
import type { CachedParameter, CacheTableMeta } from '../../../../runtime/config/tables/cache-table';

export const FOOTPRINT = {
  name: 'main', account: '123456789012', region: 'eu-west-3', partition: 'aws', namespaces: ['/app'], cacheTable: 'names', tombstoneDays: 30,
};

const DAY = 86_400_000;

/** A table of names with an index that is behind: a row is seen some time after it was written. */
export class RemoteModel implements RemoteNames {
  now = 1_800_000_000_000;
  about: CacheTableMeta = { epoch: 'one', reconciled: this.now };
  /** How long the index takes, in milliseconds. */
  lag = 0;
  /** What the clock of the handlers is ahead, in milliseconds. */
  ahead = 0;
  pageRows = 3;
  calls = 0;
  itemsRead = 0;
  /** Is called before each answer. */
  beforeAnswer?: () => void | Promise<void>;
  private readonly rows = new Map<string, { row: CachedParameter; seen: number }[]>();

  put(name: string, version = (this.row(name)?.metadata?.version ?? 0) + 1): void {
    this.write(name, { state: 'ACTIVE', metadata: { name, version, lastModified: this.now, type: 'String' } });
  }

  delete(name: string): void {
    this.write(name, { state: 'DELETED', expires: (this.now + FOOTPRINT.tombstoneDays * DAY) / 1000 });
  }

  /** Rows whose time has come are removed, and a reconciliation begins: as on a table's every day. */
  live(ms: number): void {
    this.now += ms;
    this.about = { ...this.about, reconciled: this.now };
    for (const [name, versions] of this.rows) if ((versions.at(-1)!.row.expires ?? Infinity) * 1000 < this.now) this.rows.delete(name);
  }

  clear(epoch: string): void {
    this.rows.clear();
    this.about = { epoch, reconciled: this.now };
  }

  row(name: string): CachedParameter | undefined {
    return this.rows.get(name)?.at(-1)?.row;
  }

  /** Names that exist, ascending, with their versions. */
  truth(): string[] {
    const rows = [...this.rows.values()].map((versions) => versions.at(-1)!.row);
    const active = rows.filter(({ state }) => state === 'ACTIVE').sort((a, b) => a.name < b.name ? -1 : 1);
    return active.map(({ name, metadata }) => `${name}:${metadata!.version}`);
  }

  async meta(): Promise<CacheTableMeta> {
    await this.beforeAnswer?.();
    return this.about;
  }

  async changed(shard: string, since: number, after: string | undefined, signal?: AbortSignal): Promise<ChangedPage> {
    await this.beforeAnswer?.();
    signal?.throwIfAborted();
    this.calls += 1;
    const position = ({ changed, name }: CachedParameter) => `${String(changed).padStart(16, '0')} ${name}`;
    const shown = [...this.rows.entries()].flatMap(([name, versions]) => {
      const last = changeShard(name) === shard ? versions.findLast(({ seen }) => seen <= this.now) : undefined;
      return last === undefined || last.row.changed < since ? [] : [{ row: last.row, at: position(last.row) }];
    }).filter(({ at }) => after === undefined || at > after).sort((a, b) => a.at < b.at ? -1 : 1);
    const page = shown.slice(0, this.pageRows);
    this.itemsRead += page.length;
    return { rows: page.map(({ row }) => row), ...(shown.length > page.length && { next: page.at(-1)!.at }) };
  }

  private write(name: string, of: Pick<CachedParameter, 'state' | 'metadata' | 'expires'>): void {
    const versions = this.rows.get(name) ?? [];
    const before = versions.at(-1)?.row;
    const changed = Math.max(this.now + this.ahead, (before?.changed ?? 0) + 1);
    versions.push({ row: { name, revision: (before?.revision ?? 0) + 1, changed, ...of }, seen: this.now + this.lag });
    this.rows.set(name, versions);
  }
}

export interface CacheOptions {
  readonly home?: string | false;
  readonly now?: () => number;
  readonly footprint?: object;
  readonly fileSystem?: HomeFileSystem;
}

/** A cache of the model's names, over a connection that knows its footprint. */
export function cacheOf(remote: RemoteModel, { home = false, now = () => remote.now, footprint, fileSystem }: CacheOptions = {}): LocalConfigCache {
  const found = { ...FOOTPRINT, ...footprint };
  const connection = {
    now, home: home === false ? undefined : Home.open({ home, env: {}, ...(fileSystem && { fileSystem }) }),
    footprint: async () => found, rememberedFootprint: async () => found,
  } as unknown as ConfigConnection;
  return new LocalConfigCache({ connection, remote });
}

/** Names of a cache with their versions. */
export function listed(cache: LocalConfigCache): string[] {
  return [...cache.names()].map(({ name, version }) => `${name}:${version}`);
}
