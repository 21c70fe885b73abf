/*
 * A process of its own with a copy of the names that another serves by HTTP; bundled and run by processes.test.ts.
 * Does what its arguments say, then tells by one line of JSON.
 */
import type { ConfigConnection } from '../../../../runtime/config/connection';
import { Home } from '../../../../runtime/home/home';
import { LocalConfigCache } from '../../../../runtime/config/local/local-config-cache';
import type { ChangedPage, RemoteNames } from '../../../../runtime/config/local/remote-names';
import type { CacheTableMeta } from '../../../../runtime/config/tables/cache-table';

const [home, url, task, argument] = process.argv.slice(2);
const ask = async <T>(path: string): Promise<T> => (await (await fetch(`${url}${path}`)).json()) as T;

interface World { readonly now: number; readonly footprint: object }

async function main(): Promise<void> {
  const { now, footprint } = await ask<World>('/world');
  const remote: RemoteNames = {
    meta: () => ask<CacheTableMeta>('/meta'),
    changed: (shard, since, after = '') => ask<ChangedPage>(`/changed?shard=${shard}&since=${since}&after=${encodeURIComponent(after)}`),
  };
  const connection = {
    now: () => now, home: Home.open({ home, env: {} }), footprint: async () => footprint, rememberedFootprint: async () => footprint,
  } as unknown as ConfigConnection;
  const cache = new LocalConfigCache({ connection, remote });
  await cache.open();
  process.stdout.write('ready\n');
  if (task === 'sync') {
    for (let i = 0; i < Number(argument); i += 1) await cache.sync({ full: i % 5 === 4 });
  } else {
    for (let i = 0; i < 3; i += 1) {
      await cache.put(`/own/${argument}/${i}`, { version: 1 });
      await cache.sync();
    }
  }
  process.stdout.write(`${JSON.stringify({ names: [...cache.names()].length, events: cache.events })}\n`);
}

void main();
