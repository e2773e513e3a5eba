-- ARGV: prefix, thread, before, before for dead letters, '1' to remove it. Returns {messages, bytes} that go.
-- A thread goes whole, or not at all while anything in it is new, unread, leased or awaited.
local thread, before, dead_before = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local ids = redis.call('LRANGE', p .. 'thread:' .. thread, 0, -1)
local messages, size = {}, 0

-- Nothing for what no hub has written: a thread that holds such a thing stays.
local function decoded(text)
  local fine, found = pcall(cjson.decode, text)
  return fine and type(found) == 'table' and found or nil
end

local function over(f)
  if (tonumber(f.facts.at) or math.huge) >= before then return false end
  for _, gather in ipairs({f.facts.gather, f.gather}) do
    if gather ~= '' and redis.call('ZSCORE', p .. 'gathers', gather) then return false end
  end
  for _, d in pairs(f.boxes) do
    if d.place == 'waiting' or d.place == 'leased' then return false end
    if (tonumber(d.at) or math.huge) >= (d.place == 'dead' and dead_before or before) then return false end
  end
  return true
end

for _, id in ipairs(ids) do
  local found, f = redis.call('HGETALL', message_key(id)), {boxes = {}, gather = '', log = ''}
  for i = 1, #found, 2 do
    local name, value = found[i], found[i + 1]
    if string.sub(name, 1, 1) == '@' then
      f.boxes[string.sub(name, 2)] = decoded(value) or {place = 'waiting'}
    elseif name == 'facts' then f.facts = decoded(value)
    elseif name == 'message' then size = size + #value
    else f[name] = value end
  end
  if not f.facts or not over(f) then return {0, 0} end
  messages[id] = f
end
if ARGV[5] ~= '1' then return {#ids, size} end

for id, f in pairs(messages) do
  local at = f.facts.at
  local number
  for _, each in ipairs(redis.call('ZRANGEBYSCORE', p .. 'times', at, at)) do
    if string.sub(each, -#id - 1) == ':' .. id then number = each end
  end
  local boxes = {[f.facts.sender] = true}
  for box in pairs(f.boxes) do
    boxes[box] = true
    redis.call('ZREM', p .. 'dead:' .. box, id)
  end
  for box in pairs(boxes) do
    if number then redis.call('ZREM', p .. 'of:' .. box, number) end
    redis.call('ZREM', p .. 'threads:' .. box, thread)
  end
  if number then redis.call('ZREM', p .. 'times', number) end
  if f.log ~= '' then redis.call('XDEL', p .. 'log', f.log) end
  if f.facts.idem ~= '' then redis.call('HDEL', p .. 'idem', cjson.encode({f.facts.sender, f.facts.idem})) end
  if f.gather ~= '' then redis.call('DEL', p .. 'gather:' .. f.gather, p .. 'reports:' .. f.gather) end
  redis.call('DEL', message_key(id))
end
redis.call('DEL', p .. 'thread:' .. thread, p .. 'writers:' .. thread)
redis.call('ZREM', p .. 'threads', thread)
return {#ids, size}
