import { NOW, script } from './script.js';

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
