-- What all scripts share. ARGV[1] is the prefix of all keys.
--
-- <p>m:<id>       hash: message, facts, fates, unknown, gather, log (its entry there), and @<box>: the
--                 delivery as JSON
-- <p>box:<box>    stream of what waits or is leased; its group `g` holds what is leased, a consumer a session
-- <p>bytes        hash: box -> bytes of what waits or is leased
-- <p>boxes        set of all boxes there ever were
-- <p>dead:<box>   zset of ids by the number of their death
-- <p>expiring     zset: when -> "<box> <id>", of what has not been settled
-- <p>log          stream: every message, for those who listen, search and export
-- <p>times        zset: when sent -> "<number>:<id>"; <p>of:<box> the same for one box
-- <p>threads      zset: newest -> thread; <p>threads:<box> the same for one box
-- <p>thread:<t>   list of ids; <p>writers:<t> set of senders
-- <p>loose        zset: since when -> blob to which no message points
-- <p>gather:<g>   hash: body; <p>reports:<g> list of what happened to it, as JSON
--
-- Times are strings throughout: Lua's JSON keeps only 14 digits of a number.
local p = ARGV[1]

local function message_key(id) return p .. 'm:' .. id end
local function box_key(box) return p .. 'box:' .. box end

local function is_time(text)
  return text == '' or (type(text) == 'string' and tonumber(text) ~= nil)
end

-- Nothing where there is none that a hub has written: who can write to the server can write anything.
local function delivery(box, id)
  local found = id and redis.pcall('HGET', message_key(id), '@' .. box)
  if type(found) ~= 'string' then return nil end
  local fine, d = pcall(cjson.decode, found)
  if not fine or type(d) ~= 'table' then return nil end
  for _, name in ipairs({'entry', 'place', 'session', 'why', 'at', 'opens'}) do
    if type(d[name]) ~= 'string' then return nil end
  end
  for _, name in ipairs({'times', 'fence', 'size'}) do
    if type(d[name]) ~= 'number' then return nil end
  end
  if not is_time(d['until']) or not is_time(d.expires) then return nil end
  return d
end

-- All that waits or is leased in a box, oldest first.
local function entries(box)
  local found = redis.pcall('XRANGE', box_key(box), '-', '+')
  return found.err and {} or found
end

local function keep(box, id, d)
  redis.call('HSET', message_key(id), '@' .. box, cjson.encode(d))
end

local function has_room(box, size, most, most_bytes)
  local held = tonumber(redis.call('HGET', p .. 'bytes', box) or '0')
  return redis.call('XLEN', box_key(box)) < most and held + size <= most_bytes
end

local function put(box, id, facts, expires, opens, at)
  local key = box_key(box)
  if redis.call('EXISTS', key) == 0 or #redis.call('XINFO', 'GROUPS', key) == 0 then
    redis.call('XGROUP', 'CREATE', key, 'g', '0', 'MKSTREAM')
    redis.call('SADD', p .. 'boxes', box)
  end
  local entry = redis.call('XADD', key, '*', 'id', id, 'kind', facts.kind, 'sender', facts.sender,
    'thread', facts.thread, 'urgent', facts.urgent, 'size', facts.size, 'expires', expires, 'sent', facts.at)
  redis.call('HINCRBY', p .. 'bytes', box, facts.size)
  if expires ~= '' then redis.call('ZADD', p .. 'expiring', expires, box .. ' ' .. id) end
  keep(box, id, {entry = entry, place = 'waiting', times = 0, session = '', fence = 0, ['until'] = '',
    why = '', at = at, size = facts.size, expires = expires, opens = opens})
end

local function take_out(box, id, d)
  redis.call('XACK', box_key(box), 'g', d.entry)
  redis.call('XDEL', box_key(box), d.entry)
  redis.call('HINCRBY', p .. 'bytes', box, -d.size)
  redis.call('ZREM', p .. 'expiring', box .. ' ' .. id)
  d.session, d['until'] = '', ''
end

local function die(box, id, d, why, now)
  take_out(box, id, d)
  d.place, d.why, d.at = 'dead', why, now
  keep(box, id, d)
  redis.call('ZADD', p .. 'dead:' .. box, redis.call('INCR', p .. 'deaths'), id)
  if d.opens ~= '' then
    redis.call('RPUSH', p .. 'reports:' .. d.opens, cjson.encode({
      name = box, why = 'its message went to the dead letters: ' .. why, at = now}))
  end
end

-- Whether it died instead of going back to its place in the box.
local function give_back(box, id, d, now, most_times, worn_out, too_late)
  local late = d.expires ~= '' and tonumber(now) >= tonumber(d.expires)
  if d.times >= most_times or late then
    die(box, id, d, d.times >= most_times and worn_out or too_late, now)
    return true
  end
  redis.call('XACK', box_key(box), 'g', d.entry)
  d.place, d.session, d['until'], d.at = 'waiting', '', '', now
  keep(box, id, d)
  return false
end

local function field(entry, name)
  for i = 1, #entry[2], 2 do
    if entry[2][i] == name then return entry[2][i + 1] end
  end
end

local function id_of(box, entry)
  local found = redis.call('XRANGE', box_key(box), entry, entry)
  return found[1] and field(found[1], 'id')
end

-- The entries that a session has leased, or all that are, oldest first.
local function leased(box, session)
  if redis.call('EXISTS', box_key(box)) == 0 then return {} end
  local found = session and redis.pcall('XPENDING', box_key(box), 'g', '-', '+', 100000, session)
    or redis.pcall('XPENDING', box_key(box), 'g', '-', '+', 100000)
  if found.err then return {} end
  local names = {}
  for i, each in ipairs(found) do names[i] = each[1] end
  return names
end
