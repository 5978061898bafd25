-- A call is over. KEYS: as in take.lua, without the replicas; the clock, too, is Redis's own.
-- ARGV: the lease; tokens and money it took; microseconds to add to the buckets; a pause for all.
local rates, leases, budget = KEYS[1], KEYS[2], KEYS[3]
local lease, tokens, money = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local function whole(number) return string.format('%.0f', number) end

local function add(field, amount)
  local kept = tonumber(redis.call('HGET', budget, field) or '0')
  redis.call('HSET', budget, field, whole(math.max(0, kept + amount)))
end

local day = whole(math.floor(now / 86400000000))
if redis.call('HGET', budget, 'day') ~= day then
  redis.call('HSET', budget, 'day', day, 'tokens', 0, 'money', 0)
end
local most_tokens, most_money = string.match(lease, ':(%d+):(%d+)$')
if redis.call('ZREM', leases, lease) == 1 then
  add('reserved_tokens', -tonumber(most_tokens))
  add('reserved_money', -tonumber(most_money))
elseif lease ~= 'none:0:0' then  -- it ran out, or this is heard twice: it has been counted
  tokens, money = 0, 0
end
add('tokens', tokens)
add('money', money)
redis.call('PEXPIRE', budget, 172800000)

for number, kind in ipairs({'requests', 'tokens'}) do
  local moved = tonumber(ARGV[3 + number])
  local full = tonumber(redis.call('HGET', rates, kind) or '0')
  if moved ~= 0 and full > 0 then redis.call('HSET', rates, kind, whole(full + moved)) end
end
local pause = tonumber(ARGV[6])
local held = tonumber(redis.call('HGET', rates, 'until') or '0')
if pause > 0 and now + pause > held then
  redis.call('HSET', rates, 'until', whole(now + pause))
  redis.call('PEXPIRE', rates, 86400000)
end
