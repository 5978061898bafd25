-- A call asks for its turn: one step for all replicas, by Redis's own clock, in microseconds.
-- KEYS: rates, leases (of one provider); budget (of all); replicas (of one provider).
local rates, leases, budget, replicas = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local name, me = ARGV[1], ARGV[2]
local calls, tokens_a_day, money_a_day = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local likely, most, money = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local patience, hold = tonumber(ARGV[9]), tonumber(ARGV[10])
-- Of requests, then of tokens: microseconds for each unit, and that the bucket holds.
local each = {tonumber(ARGV[11]), tonumber(ARGV[13])}
local depth = {tonumber(ARGV[12]), tonumber(ARGV[14])}
local MINUTE, DAY = 60000000, 86400000000

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local function whole(number) return string.format('%.0f', number) end
local function kept(field) return tonumber(redis.call('HGET', budget, field) or '0') end
local function add(field, amount) redis.call('HSET', budget, field, whole(kept(field) + amount)) end

redis.call('ZREMRANGEBYSCORE', replicas, '-inf', whole(now))
redis.call('ZADD', replicas, whole(now + MINUTE), me)
redis.call('PEXPIRE', replicas, 120000)
local count = redis.call('ZCARD', replicas)

local day = whole(math.floor(now / DAY))
if redis.call('HGET', budget, 'day') ~= day then
  redis.call('HSET', budget, 'day', day, 'tokens', 0, 'money', 0)
end

-- Whoever has died with a call under way has probably made it: it counts as dear as it may be.
for _, lease in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', whole(now))) do
  local its_tokens, its_money = string.match(lease, ':(%d+):(%d+)$')
  add('reserved_tokens', -tonumber(its_tokens))
  add('reserved_money', -tonumber(its_money))
  add('tokens', tonumber(its_tokens))
  add('money', tonumber(its_money))
  redis.call('ZREM', leases, lease)
end

-- What others have reserved may yet come back: it makes busy, not spent. -1 is no limit.
local spent, busy = nil, calls >= 0 and redis.call('ZCARD', leases) >= calls
local function left(kind, limit)
  if limit < 0 then return '-1' end
  return whole(math.max(0, limit - kept(kind) - kept('reserved_' .. kind)))
end
local function check(kind, limit, need)
  if limit < 0 or need == 0 then return end
  if kept(kind) + need > limit then spent = spent or kind end
  if kept(kind) + kept('reserved_' .. kind) + need > limit then busy = true end
end
check('tokens', tokens_a_day, most)
check('money', money_a_day, money)
local function told(word, wait, kind)
  return {word, whole(wait), kind, left('tokens', tokens_a_day), left('money', money_a_day), count}
end
if spent then return told('spent', 0, spent) end
if busy then return told('busy', 0, '') end

local state = redis.call('HMGET', rates, 'until', 'requests', 'tokens')
local start = math.max(now, tonumber(state[1] or '0'))
local wait, full = start - now, {}
for kind, units in ipairs({1, likely}) do
  local begin = math.max(start, tonumber(state[kind + 1] or '0'))
  local slack = depth[kind] - math.min(units * each[kind], depth[kind])
  wait = math.max(wait, begin - now - slack)
  full[kind] = begin + units * each[kind]
end
if wait > patience then return told('late', wait, '') end

redis.call('HSET', rates, 'requests', whole(full[1]), 'tokens', whole(full[2]))
redis.call('PEXPIRE', rates, 86400000)
redis.call('ZADD', leases, whole(now + wait + hold), name .. ':' .. whole(most) .. ':' .. whole(money))
redis.call('PEXPIRE', leases, 86400000)
add('reserved_tokens', most)
add('reserved_money', money)
redis.call('PEXPIRE', budget, 172800000)
return told('granted', wait, '')
