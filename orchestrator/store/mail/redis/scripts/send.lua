-- ARGV: prefix, message, facts, the gather that it opens (JSON or '').
-- Returns {repeated, id, fates, unknown, gather}.
local text, facts, opens = ARGV[2], cjson.decode(ARGV[3]), ARGV[4]

local function answer(id, repeated)
  local f = redis.call('HMGET', message_key(id), 'fates', 'unknown', 'gather')
  return {repeated, id, f[1], f[2], f[3]}
end

if redis.call('EXISTS', message_key(facts.id)) == 1 then return answer(facts.id, 1) end
local idem = facts.idem ~= '' and cjson.encode({facts.sender, facts.idem})
local first = idem and redis.call('HGET', p .. 'idem', idem)
if first then return answer(first, 1) end

local fates, stored, is_stored = {}, {}, {}
for i, box in ipairs(facts.to) do
  local fits = has_room(box, facts.size, facts.box_messages, facts.box_bytes)
  fates[i] = {box, fits and 'stored' or 'full'}
  if fits then
    stored[#stored + 1] = box
    is_stored[box] = true
  end
end
if #stored == 0 then
  return {0, facts.id, #fates > 0 and cjson.encode(fates) or '[]', facts.unknown, ''}
end

local gather = opens ~= '' and facts.gather or ''
local number = string.format('%016d:%s', redis.call('INCR', p .. 'number'), facts.id)
redis.call('HSET', message_key(facts.id), 'message', text, 'facts', ARGV[3], 'fates', cjson.encode(fates),
  'unknown', facts.unknown, 'gather', gather)
if idem then redis.call('HSET', p .. 'idem', idem, facts.id) end
for _, box in ipairs(stored) do
  put(box, facts.id, facts, facts.expires, gather, facts.at)
  redis.call('ZADD', p .. 'of:' .. box, facts.at, number)
  redis.call('ZADD', p .. 'threads:' .. box, facts.at, facts.thread)
end
redis.call('ZADD', p .. 'of:' .. facts.sender, facts.at, number)
redis.call('ZADD', p .. 'threads:' .. facts.sender, facts.at, facts.thread)
redis.call('ZADD', p .. 'times', facts.at, number)
redis.call('ZADD', p .. 'threads', facts.at, facts.thread)
redis.call('RPUSH', p .. 'thread:' .. facts.thread, facts.id)
redis.call('SADD', p .. 'writers:' .. facts.thread, facts.sender)

if opens ~= '' then
  redis.call('HSET', p .. 'gather:' .. gather, 'body', opens, 'owner', facts.sender)
  redis.call('ZADD', p .. 'gathers', facts.at, gather)
  redis.call('ZADD', p .. 'opened', facts.at, gather)
  for _, name in ipairs(facts.members) do
    if not is_stored[name] then
      redis.call('RPUSH', p .. 'reports:' .. gather,
        cjson.encode({name = name, why = facts.not_stored, at = facts.at}))
    end
  end
elseif facts.reports ~= '' and facts.gather ~= '' then
  local owner = redis.call('HGET', p .. 'gather:' .. facts.gather, 'owner')
  if owner and is_stored[owner] then
    redis.call('RPUSH', p .. 'reports:' .. facts.gather, cjson.encode({
      name = facts.sender, message = facts.id, final = facts.reports == 'final', at = facts.at}))
  end
end
for _, sha in ipairs(facts.blobs or {}) do redis.call('ZREM', p .. 'loose', sha) end
local entry = redis.call('XADD', p .. 'log', '*', 'id', facts.id, 'sender', facts.sender, 'to', cjson.encode(stored),
  'kind', facts.kind, 'at', facts.at, 'urgent', facts.urgent, 'gather', facts.gather,
  'authority', facts.authority)
redis.call('HSET', message_key(facts.id), 'log', entry)
return {0, facts.id, cjson.encode(fates), facts.unknown, gather}
