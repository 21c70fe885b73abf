import { NOW, script } from './script.js';

/** Epochs as they stand, joined; `from` is the first of their keys. */
const epochsFrom = (from: number) => `
local epochs = redis.call('MGET', (table.unpack or unpack)(KEYS, ${from}))
for i = 1, #KEYS - ${from - 1} do epochs[i] = epochs[i] or '' end
local g = table.concat(epochs, ',')
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
