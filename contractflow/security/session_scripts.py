"""What Redis decides about sessions, each in one step and on its own clock."""

from typing import Final

# An old secret is forgiven as long as its successor was never used: then the answer that carried it got lost.
# A confirmation begins a new generation of secrets: those of the one before are worth nothing from that moment on.
# KEYS[1] the secret's pointer; ARGV idle, touch-every, grace. Returns {verdict, family, who, facts, rotated, until, now}.
RESOLVE: Final = """
local now = tonumber(redis.call('TIME')[1])
local pointer = redis.call('HMGET', KEYS[1], 'family', 'until', 'next', 'used', 'generation')
if not pointer[1] then return {'none'} end
local key = 'cf:family:' .. pointer[1]
local family = redis.call('HMGET', key, 'who', 'facts', 'epoch', 'ends', 'seen', 'rotated', 'generation', 'confirmed')
if not family[1] then return {'ended', pointer[1]} end
if family[3] ~= (redis.call('GET', 'cf:epoch:' .. family[1]) or '0') or now >= tonumber(family[4]) then
  redis.call('DEL', key)
  return {'ended', pointer[1]}
end
if (pointer[5] or '0') ~= (family[7] or '0') then
  if now <= tonumber(family[8]) + tonumber(ARGV[3]) then return {'replaced', pointer[1]} end
  redis.call('DEL', key)
  return {'reused', pointer[1], family[1], family[2]}
end
if pointer[2] and now > tonumber(pointer[2]) then
  if redis.call('EXISTS', pointer[3]) == 0 or redis.call('HEXISTS', pointer[3], 'used') == 1 then
    redis.call('DEL', key)
    return {'reused', pointer[1], family[1], family[2]}
  end
  redis.call('DEL', pointer[3])
  redis.call('HDEL', KEYS[1], 'until', 'next')
  pointer[2] = false
end
if not pointer[4] then redis.call('HSET', KEYS[1], 'used', 1) end
if now - tonumber(family[5]) >= tonumber(ARGV[2]) then
  local ttl = math.min(tonumber(ARGV[1]), tonumber(family[4]) - now)
  redis.call('HSET', key, 'seen', now)
  redis.call('EXPIRE', key, ttl)
  if not pointer[2] then redis.call('EXPIRE', KEYS[1], ttl + 3600) end
end
return {'ok', pointer[1], family[1], family[2], family[6], pointer[2] or '', now}
"""
# KEYS[1] the old pointer, KEYS[2] the new one; ARGV grace, idle. One winner among racing tabs; being awake in a
# forgotten tab is no activity, so this does not touch `seen`.
ROTATE: Final = """
local now = tonumber(redis.call('TIME')[1])
local pointer = redis.call('HMGET', KEYS[1], 'family', 'until', 'generation')
if not pointer[1] or pointer[2] then return 0 end
local key = 'cf:family:' .. pointer[1]
local family = redis.call('HMGET', key, 'who', 'epoch', 'ends', 'generation')
if not family[1] or now >= tonumber(family[3]) then return 0 end
if family[2] ~= (redis.call('GET', 'cf:epoch:' .. family[1]) or '0') then return 0 end
if (pointer[3] or '0') ~= (family[4] or '0') then return 0 end
redis.call('HSET', KEYS[1], 'until', now + tonumber(ARGV[1]), 'next', KEYS[2])
redis.call('HSET', KEYS[2], 'family', pointer[1], 'generation', pointer[3] or '0')
redis.call('EXPIRE', KEYS[2], tonumber(ARGV[2]) + 3600)
redis.call('HSET', key, 'rotated', now)
return 1
"""
# KEYS[1] the pointer, KEYS[2] a new one; ARGV idle, JSON of facts to add. Two at once are one: the other comes too late.
CONFIRM: Final = """
local now = tonumber(redis.call('TIME')[1])
local pointer = redis.call('HMGET', KEYS[1], 'family', 'until', 'generation')
if not pointer[1] or (pointer[2] and now > tonumber(pointer[2])) then return 0 end
local key = 'cf:family:' .. pointer[1]
local family = redis.call('HMGET', key, 'who', 'facts', 'epoch', 'ends', 'generation')
if not family[1] or now >= tonumber(family[4]) then return 0 end
if family[3] ~= (redis.call('GET', 'cf:epoch:' .. family[1]) or '0') then return 0 end
if (pointer[3] or '0') ~= (family[5] or '0') then return 0 end
local facts = cjson.decode(family[2])
for name, value in pairs(cjson.decode(ARGV[2])) do facts[name] = value end
facts['confirmed_at'] = string.format('%d', now)
local generation = redis.call('HINCRBY', key, 'generation', 1)
redis.call('HSET', key, 'facts', cjson.encode(facts), 'confirmed', now, 'rotated', now)
redis.call('HSET', KEYS[2], 'family', pointer[1], 'generation', generation)
redis.call('EXPIRE', KEYS[2], tonumber(ARGV[1]) + 3600)
return 1
"""
# KEYS[1] the family; ARGV idle, touch-every (0: only look). The last answer says that it was written down as seen.
CHECK: Final = """
local now = tonumber(redis.call('TIME')[1])
local family = redis.call('HMGET', KEYS[1], 'who', 'facts', 'epoch', 'ends', 'seen')
if not family[1] then return {} end
if family[3] ~= (redis.call('GET', 'cf:epoch:' .. family[1]) or '0') or now >= tonumber(family[4]) then
  redis.call('DEL', KEYS[1])
  return {}
end
local every = tonumber(ARGV[2])
if every == 0 or now - tonumber(family[5]) < every then return {family[1], family[2], now, 0} end
redis.call('HSET', KEYS[1], 'seen', now)
redis.call('EXPIRE', KEYS[1], math.min(tonumber(ARGV[1]), tonumber(family[4]) - now))
return {family[1], family[2], now, 1}
"""
# KEYS families; returns for each when it was last seen, nothing for one that is over. Changes nothing.
SEEN: Final = """
local now, seen = tonumber(redis.call('TIME')[1]), {}
for number, key in ipairs(KEYS) do
  local family = redis.call('HMGET', key, 'who', 'epoch', 'ends', 'seen')
  local lives = family[1] and now < tonumber(family[3])
    and family[2] == (redis.call('GET', 'cf:epoch:' .. family[1]) or '0')
  seen[number] = lives and family[4] or ''
end
return seen
"""
# KEYS[1] the families of somebody. The next page of each asks for a new secret.
HASTEN: Final = """
for _, family in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  if redis.call('EXISTS', 'cf:family:' .. family) == 1 then redis.call('HSET', 'cf:family:' .. family, 'rotated', 0) end
end
"""
