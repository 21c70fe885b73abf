import { createHash } from 'node:crypto';

/** A script in Lua that runs as one command. */
export interface Script {
  readonly name: string;
  readonly lua: string;
  /** By which a server knows it once it has seen it. */
  readonly sha: string;
}

/*
 * Rules for all of them, so that they run alike on Redis and Valkey (Lua 5.1) and on Dragonfly (Lua 5.4, which refuses keys that were not declared):
 * every key is one of KEYS, names of channels come in ARGV, nothing is returned but arrays of strings, numbers become text by '%.0f' alone,
 * `table.unpack` is asked for before `unpack`, whose lookup fails where there is none. A reply's nil is false in Lua; '' stands for it in answers.
 * What takes memory is written first: a server whose memory is full refuses that one; after a write it refuses nothing more.
 */

export function script(name: string, lua: string): Script {
  const text = lua.trim();
  return { name, lua: text, sha: createHash('sha1').update(text).digest('hex') };
}

/** Milliseconds of the server's clock. Only for what is compared with times that it wrote itself. */
export const NOW = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
`;
