import { createHash, randomBytes } from 'node:crypto';
import type { RedisClientLike } from '../../../runtime/live/index/redis-client';
import { eventually } from '../../../runtime/testing/eventually';
import { row, type Row } from './contract';

/** A server, and two connections to it. */
export interface RedisSubject {
  readonly send: (...args: string[]) => Promise<unknown>;
  /** A connection for one check, closed by the caller. */
  readonly open: () => Promise<RedisClientLike>;
}

const key = () => `lc:{contract}:${randomBytes(9).toString('hex')}`;
const run = (subject: RedisSubject, lua: string, keys: readonly string[] = [], args: readonly string[] = []) =>
  subject.send('EVAL', lua, String(keys.length), ...keys, ...args);
const messageOf = (answer: Promise<unknown>) => answer.then(() => 'no error', (error: unknown) => (error as Error).message);

/** What the index asks of a server, command by command: where a row fails, the index does not work on it. */
export const REDIS_ROWS: readonly Row<RedisSubject>[] = [
  row('SET with PX writes a value that expires by itself', async ({ send }) => {
    const at = key();
    expect(await send('SET', at, 'a', 'PX', '40')).toBe('OK');
    await eventually(async () => { expect(await send('GET', at)).toBeNull(); }, { every: 10 });
  }),

  row('PTTL gives milliseconds, and less than zero where there is none; PEXPIRE sets them', async ({ send }) => {
    const at = key();
    expect(await send('PTTL', at)).toBe(-2);
    await send('SET', at, 'a', 'PX', '60000');
    expect(Number(await send('PTTL', at))).toBeGreaterThan(50_000);
    expect(Number(await send('PTTL', at))).toBeLessThanOrEqual(60_000);
    expect(await send('PEXPIRE', at, '90000')).toBe(1);
    expect(Number(await send('PTTL', at))).toBeGreaterThan(80_000);
  }),

  row('an expiry of a day is exact to the millisecond', async ({ send }) => {
    const at = key();
    await send('SET', at, 'a', 'PX', '86400000');
    expect(Number(await send('PTTL', at))).toBeGreaterThan(86_400_000 - 10_000);
    expect(Number(await send('PTTL', at))).toBeLessThanOrEqual(86_400_000);
  }),

  row('hashes: HSET, HMGET with gaps, HGET, HDEL, HLEN; fields keep the expiry of their key', async ({ send }) => {
    const at = key();
    expect(await send('HSET', at, 'a', '1', 'b', '2')).toBe(2);
    await send('PEXPIRE', at, '60000');
    await send('HSET', at, 'c', '3');
    expect(await send('HMGET', at, 'a', 'none', 'c')).toEqual(['1', null, '3']);
    expect(await send('HMGET', key(), 'a', 'b')).toEqual([null, null]);
    expect([await send('HDEL', at, 'a'), await send('HLEN', at), await send('HGET', at, 'a')]).toEqual([1, 2, null]);
    expect(Number(await send('PTTL', at))).toBeGreaterThan(0);
  }),

  row('MGET gives nothing where nothing is', async ({ send }) => {
    const at = key();
    await send('SET', at, 'x', 'PX', '60000');
    expect(await send('MGET', key(), at, key())).toEqual([null, 'x', null]);
  }),

  row('sorted sets: ZADD with an infinite score, ZSCORE, ZREMRANGEBYSCORE, ZCARD, ZREM', async ({ send }) => {
    const at = key();
    await send('ZADD', at, '+inf', 'marker', '1700000000000', 'old', '1900000000000', 'new');
    await send('PEXPIRE', at, '60000');
    expect(await send('ZREMRANGEBYSCORE', at, '-inf', '1800000000000')).toBe(1);
    expect([await send('ZCARD', at), await send('ZSCORE', at, 'old'), await send('ZREM', at, 'new')]).toEqual([2, null, 1]);
    expect(await send('ZSCORE', at, 'marker')).toBe('inf');
  }),

  row('values of 100 KB are kept to the byte', async ({ send }) => {
    const at = key();
    const value = randomBytes(75_000).toString('base64');
    await send('SET', at, value, 'PX', '60000');
    expect(await send('GET', at)).toBe(value);
  }),

  row('a script is run by its text, and then by its name', async ({ send }) => {
    const lua = `return {'${randomBytes(6).toString('hex')}', ARGV[1]}`;
    const sha = createHash('sha1').update(lua).digest('hex');
    expect(await messageOf(send('EVALSHA', sha, '0', 'x'))).toMatch(/^NOSCRIPT/);
    const answer = await send('EVAL', lua, '0', 'x');
    expect(await send('EVALSHA', sha, '0', 'x')).toEqual(answer);
  }),

  row('in scripts a nil is false, numbers become text by %.0f, arrays of strings come back whole', async (subject) => {
    const at = key();
    await subject.send('SET', at, '41', 'PX', '60000');
    const lua = `
      local values = redis.call('MGET', (table.unpack or unpack)(KEYS, 1))
      local time = redis.call('TIME')
      local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
      return { tostring(values[1] == false), string.format('%.0f', tonumber(values[2]) + 1), tostring(#KEYS), values[1] or '',
        string.format('%.0f', now), string.format('%.0f', redis.call('PTTL', KEYS[2])) }`;
    const [isFalse, sum, count, empty, now, left] = await run(subject, lua, [key(), at]) as string[];
    expect([isFalse, sum, count, empty]).toEqual(['true', '42', '2', '']);
    expect(Number(now)).toBeGreaterThan(Date.UTC(2020, 0, 1));
    expect(Number(left)).toBeGreaterThan(0);
  }),

  row('a script publishes, and is told to how many', async (subject) => {
    const channel = key();
    const listener = await subject.open();
    try {
      const got: string[] = [];
      await listener.subscribe(channel, (message) => { got.push(message); });
      expect(await run(subject, 'return string.format(\'%.0f\', redis.call(\'PUBLISH\', ARGV[1], ARGV[2]))', [key()], [channel, 'ü {}'])).toBe('1');
      await eventually(() => { expect(got).toEqual(['ü {}']); }, { every: 10 });
      await listener.unsubscribe(channel);
      expect(await subject.send('PUBLISH', channel, 'x')).toBe(0);
    } finally {
      listener.destroy();
    }
  }),

  row('a script writes all or nothing that others see, and one at a time', async (subject) => {
    const at = key();
    const lua = `local n = tonumber(redis.call('GET', KEYS[1]) or '0')
      redis.call('SET', KEYS[1], string.format('%.0f', n + 1), 'PX', '60000')
      return { redis.call('GET', KEYS[1]) }`;
    const answers = await Promise.all(Array.from({ length: 50 }, () => run(subject, lua, [at]) as Promise<string[]>));
    expect(new Set(answers.map(([n]) => n)).size).toBe(50);
  }),

  row('a script that fails says why in its error', async (subject) => {
    const at = key();
    await subject.send('SET', at, 'a', 'PX', '60000');
    expect(await messageOf(run(subject, 'return redis.call(\'HGET\', KEYS[1], \'a\')', [at]))).toMatch(/WRONGTYPE/);
  }),

  row('SCAN finds what a pattern with braces and a class matches, and nothing else', async ({ send }) => {
    const name = randomBytes(6).toString('hex');
    for (const kind of ['e', 'l', 'm']) await send('SET', `lc:{${name}}:${kind}:1`, 'x', 'PX', '60000');
    const found: string[] = [];
    let cursor = '0';
    do {
      const [next, keys] = await send('SCAN', cursor, 'MATCH', `lc:{${name}}:[el]:*`, 'COUNT', '1000') as [string, string[]];
      cursor = String(next);
      found.push(...keys);
    } while (cursor !== '0');
    expect([...new Set(found)].sort()).toEqual([`lc:{${name}}:e:1`, `lc:{${name}}:l:1`]);
  }),

  row('INFO names the server and its memory', async ({ send }) => {
    const info = String(await send('INFO'));
    expect(info).toMatch(/^redis_version:\d+\./m);
    expect(info).toMatch(/^used_memory:\d+/m);
  }),
];
