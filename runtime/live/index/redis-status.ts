import type { IndexStatus } from './result-index.js';

/** What a server tells of itself. Each has its own fields: what is not there is left out. */
export function statusOf(info: string): IndexStatus {
  const fields = new Map(info.split(/\r?\n/).map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  }));
  const number = (name: string, least = 0) => {
    const value = Number(fields.get(name) || NaN);
    return Number.isFinite(value) && value >= least ? value : undefined;
  };
  return Object.fromEntries(Object.entries({
    server: serverOf(fields),
    usedBytes: number('used_memory'),
    // 0 stands for no limit.
    maxBytes: number('maxmemory', 1),
    evictionPolicy: fields.get('maxmemory_policy'),
    clients: number('connected_clients'),
    refusedConnections: number('rejected_connections'),
    uptimeSeconds: number('uptime_in_seconds'),
  }).filter(([, value]) => value !== undefined)) as unknown as IndexStatus;
}

/** All of them say that they are some Redis as well. */
function serverOf(fields: ReadonlyMap<string, string>): string {
  const version = (name: string) => fields.get(name)?.replace(/^(df-)?v?/, '');
  const dragonfly = version('dragonfly_version');
  if (dragonfly !== undefined) return `dragonfly ${dragonfly}`;
  const valkey = version('valkey_version');
  if (valkey !== undefined) return `valkey ${valkey}`;
  return `redis ${version('redis_version') ?? 'of no known version'}`;
}
