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

function script(name: string, lua: string): Script {
  const text = lua.trim();
  return { name, lua: text, sha: createHash('sha1').update(text).digest('hex') };
}

/** Epochs as they stand, joined; `from` is the first of their keys. */
const epochsFrom = (from: number) => `
local epochs = redis.call('MGET', (table.unpack or unpack)(KEYS, ${from}))
for i = 1, #KEYS - ${from - 1} do epochs[i] = epochs[i] or '' end
local g = table.concat(epochs, ',')
`;

/** Milliseconds of the server's clock. Only for what is compared with times that it wrote itself. */
const NOW = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
`;

/** Keeps the attempts for so long at least: another one's lease may hold them for longer already. */
const KEEP_ATTEMPTS = (key: string, milliseconds: string) => `
if redis.call('PTTL', ${key}) < tonumber(${milliseconds}) then redis.call('PEXPIRE', ${key}, ${milliseconds}) end
`;

/**
 * An entry, the lease, or whom to follow.
 *
 * KEYS: entry, lease, attempts, fence, failure, epochs…
 * ARGV: attempt, cache mode, lease in ms, ms to keep attempts and fence, scope
 * Gives `hit, '', '', <entry>`, `leader, <fence>, <epochs>, <entry>`, `follower, <attempt>, <state>, <entry>`, `failed, <failure>, '', <entry>` or
 * `absent`, where `<entry>` is `<ms left>, <life>, <JSON>, <small result>`, or `''` for each of them where there is none.
 */
export const LOOKUP = script('lookup', `
${epochsFrom(6)}
local mode = ARGV[2]
local found = redis.call('HMGET', KEYS[1], 'g', 'L', 'w', 'j', 'i')
local left = 0
if found[1] == g and found[2] and found[3] and found[4] then left = redis.call('PTTL', KEYS[1]) end
local function answer(role, a, b)
  if left > 0 then return { role, a, b, string.format('%.0f', left), found[2], found[4], found[5] or '' } end
  return { role, a, b, '', '', '', '' }
end

if mode == 'only-if-cached' then
  if left > 0 then return answer('hit', '', '') end
  return { 'absent' }
end
if mode ~= 'reload' then
  if left > tonumber(found[3] or '0') then return answer('hit', '', '') end
  local failure = redis.call('GET', KEYS[5])
  if failure and string.sub(failure, 1, #g + 1) == g .. '|' then return answer('failed', string.sub(failure, #g + 2), '') end
  if redis.call('GET', KEYS[2]) then
    local run = redis.call('HMGET', KEYS[3], 'a', 'g')
    if run[1] and run[2] == g then return answer('follower', run[1], redis.call('HGET', KEYS[3], run[1]) or '') end
  end
end

local last = redis.call('GET', KEYS[4])
local fence = string.format('%.0f', tonumber(last and string.match(last, '^%d+') or '0') + 1)
local keep = string.format('%.0f', tonumber(ARGV[3]) + tonumber(ARGV[4]))
redis.call('SET', KEYS[4], fence .. ':' .. ARGV[1], 'PX', keep)
redis.call('SET', KEYS[2], fence .. ':' .. ARGV[1], 'PX', ARGV[3])
if redis.call('HLEN', KEYS[3]) > 32 then redis.call('DEL', KEYS[3]) end
redis.call('HSET', KEYS[3], 'a', ARGV[1], 'g', g, 's', ARGV[5])
redis.call('PEXPIRE', KEYS[3], keep)
return answer('leader', fence, g)
`);

/**
 * Holds the lease, and tells followers how far the attempt is. One that lapsed, and that nobody else has had since, is held again.
 *
 * KEYS: lease, attempts, fence
 * ARGV: token, attempt, epochs, scope, lease in ms, ms to keep attempts and fence, channel, manifest in JSON or ''
 * Gives `held` or `lost`, and the number of those who were told.
 */
export const PROGRESS = script('progress', `
${NOW}
local mine = redis.call('GET', KEYS[3]) == ARGV[1]
local keep = string.format('%.0f', tonumber(ARGV[5]) + tonumber(ARGV[6]))
if mine then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[5])
  redis.call('PEXPIRE', KEYS[3], keep)
  redis.call('HSET', KEYS[2], 'a', ARGV[2], 'g', ARGV[3], 's', ARGV[4])
end
local manifest = ARGV[8]
if manifest == '' then manifest = string.match(redis.call('HGET', KEYS[2], ARGV[2]) or '', '^r%d+ (.*)$') or '' end
local state = 'r' .. string.format('%.0f', now + tonumber(ARGV[5])) .. ' ' .. manifest
redis.call('HSET', KEYS[2], ARGV[2], state)
${KEEP_ATTEMPTS('KEYS[2]', 'keep')}
local told = 0
if ARGV[8] ~= '' or not mine then told = redis.call('PUBLISH', ARGV[7], ARGV[2] .. ' ' .. state) end
return { mine and 'held' or 'lost', string.format('%.0f', told) }
`);

/**
 * Makes a complete result known.
 *
 * KEYS: entry, lease, attempts, fence, failure, scope's entries, epochs…
 * ARGV: token, attempt, epochs, scope, channel, JSON, small result or '', ms of life left, life, ms of it that are stale, '1' if it is to be kept,
 * entries that the scope may have or '', identifier, ms to keep attempts and fence
 * Gives the outcome.
 */
export const PUBLISH = script('publish', `
${epochsFrom(7)}
local outcome = 'published'
local stored = ARGV[11] == '1' and tonumber(ARGV[8]) > 0
if redis.call('GET', KEYS[4]) ~= ARGV[1] then outcome = 'superseded'
elseif g ~= ARGV[3] then outcome = 'invalidated'
elseif stored and ARGV[12] ~= '' then
  ${NOW}
  local valid = '@' .. epochs[1] .. ',' .. epochs[2]
  if not redis.call('ZSCORE', KEYS[6], valid) then redis.call('DEL', KEYS[6]) end
  redis.call('ZREMRANGEBYSCORE', KEYS[6], '-inf', string.format('%.0f', now))
  if not redis.call('ZSCORE', KEYS[6], ARGV[13]) and redis.call('ZCARD', KEYS[6]) > tonumber(ARGV[12]) then outcome = 'over-limit'
  else
    redis.call('ZADD', KEYS[6], '+inf', valid, string.format('%.0f', now + tonumber(ARGV[8])), ARGV[13])
    redis.call('PEXPIRE', KEYS[6], ${24 * 3600 * 1000})
  end
end
stored = stored and outcome == 'published'
if stored then
  redis.call('HSET', KEYS[1], 'j', ARGV[6], 'g', g, 'a', ARGV[2], 's', ARGV[4], 'L', ARGV[9], 'w', ARGV[10])
  if ARGV[7] ~= '' then redis.call('HSET', KEYS[1], 'i', ARGV[7]) else redis.call('HDEL', KEYS[1], 'i') end
  redis.call('PEXPIRE', KEYS[1], ARGV[8])
  redis.call('DEL', KEYS[5])
end
if outcome ~= 'superseded' then
  redis.call('SET', KEYS[4], string.match(ARGV[1], '^%d+:'), 'PX', ARGV[14])
  redis.call('DEL', KEYS[2])
end
local state = 'c' .. ARGV[7] .. ' ' .. ARGV[6]
if stored and ARGV[7] ~= '' then redis.call('HSET', KEYS[3], ARGV[2], 'e ')
else redis.call('HSET', KEYS[3], ARGV[2], state) end
${KEEP_ATTEMPTS('KEYS[3]', 'ARGV[14]')}
redis.call('PUBLISH', ARGV[5], ARGV[2] .. ' ' .. state)
return { outcome }
`);

/**
 * Gives the lease back without a result.
 *
 * KEYS: lease, attempts, fence, failure
 * ARGV: token, attempt, epochs, channel, state, ms to keep attempts and fence, failure in JSON or '', ms to remember it
 */
export const RELEASE = script('release', `
if redis.call('GET', KEYS[3]) == ARGV[1] then
  redis.call('SET', KEYS[3], string.match(ARGV[1], '^%d+:'), 'PX', ARGV[6])
  redis.call('DEL', KEYS[1])
  if ARGV[7] ~= '' and tonumber(ARGV[8]) > 0 then redis.call('SET', KEYS[4], ARGV[3] .. '|' .. ARGV[7], 'PX', ARGV[8]) end
end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[5])
${KEEP_ATTEMPTS('KEYS[2]', 'ARGV[6]')}
redis.call('PUBLISH', ARGV[4], ARGV[2] .. ' ' .. ARGV[5])
return { 'released' }
`);

/**
 * How an attempt stands.
 *
 * KEYS: entry, lease, attempts
 * ARGV: attempt
 * Gives its state, as it is told to those who listen.
 */
export const FOLLOW = script('follow', `
local attempt = ARGV[1]
local state = redis.call('HGET', KEYS[3], attempt)
local kind = state and string.sub(state, 1, 1)
if kind and kind ~= 'e' and kind ~= 'r' then return { state } end
local holder = redis.call('GET', KEYS[2])
if holder and string.match(holder, '^%d+:(.*)$') == attempt then return { kind == 'r' and state or 'r0 ' } end
if kind == 'r' and redis.call('HGET', KEYS[3], 'a') ~= attempt then
  ${NOW}
  if tonumber(string.match(state, '^r(%d+)')) > now then return { state } end
end
local entry = redis.call('HMGET', KEYS[1], 'a', 'j', 'i')
if entry[1] == attempt and entry[2] then return { 'c' .. (entry[3] or '') .. ' ' .. entry[2] } end
return { 'g ' }
`);

/**
 * Forgets an entry, if it is still this attempt's.
 *
 * KEYS: entry, attempts, scope's entries
 * ARGV: attempt, identifier
 */
export const FORGET = script('forget', `
redis.call('HDEL', KEYS[2], ARGV[1])
if redis.call('HGET', KEYS[1], 'a') == ARGV[1] then
  redis.call('DEL', KEYS[1])
  redis.call('ZREM', KEYS[3], ARGV[2])
end
return { 'forgotten' }
`);

/**
 * Sets epochs.
 *
 * KEYS: epochs…
 * ARGV: ms that they are remembered, their values…
 */
export const INVALIDATE = script('invalidate', `
for i = 1, #KEYS do redis.call('SET', KEYS[i], ARGV[i + 1], 'PX', ARGV[1]) end
return { 'invalidated' }
`);

/**
 * Forgets an entry, and bars whoever is making it from publishing.
 *
 * KEYS: entry, lease, attempts, fence, failure
 * ARGV: ms that the fence holds
 * Gives `1` if there was an entry, and its scope.
 */
export const REMOVE = script('remove', `
local scope = redis.call('HGET', KEYS[1], 's')
local last = redis.call('GET', KEYS[4])
if last then redis.call('SET', KEYS[4], string.match(last, '^%d+:') or '0:', 'PX', ARGV[1]) end
redis.call('DEL', KEYS[2], KEYS[5])
redis.call('HDEL', KEYS[3], 'a', 'g', 's')
local there = redis.call('DEL', KEYS[1])
return { string.format('%.0f', there), scope or '' }
`);

/**
 * What is known by an identifier.
 *
 * KEYS: entry, lease, attempts
 * Gives `<ms left>, <life>, <scope>, <JSON>` of the entry and `<ms of the lease left>, <scope>, <state>` of the attempt under way, `''` where
 * there is none.
 */
export const INSPECT = script('inspect', `
local answer = { '', '', '', '', '', '', '' }
local entry = redis.call('HMGET', KEYS[1], 'L', 's', 'j')
local left = redis.call('PTTL', KEYS[1])
if entry[1] and entry[2] and entry[3] and left > 0 then
  answer[1] = string.format('%.0f', left)
  for i = 1, 3 do answer[i + 1] = entry[i] end
end
local lease = redis.call('PTTL', KEYS[2])
if lease > 0 then
  local run = redis.call('HMGET', KEYS[3], 'a', 's')
  answer[5] = string.format('%.0f', lease)
  answer[6] = run[2] or ''
  if run[1] then answer[7] = redis.call('HGET', KEYS[3], run[1]) or '' end
end
return answer
`);

export const SCRIPTS: readonly Script[] = [LOOKUP, PROGRESS, PUBLISH, RELEASE, FOLLOW, FORGET, INVALIDATE, REMOVE, INSPECT];
