-- ARGV: prefix, box, session ('' only looks), now, until, now in ms, want (JSON).
-- Returns {more, message, fence, times, message, ...}.
-- XREADGROUP can't skip what isn't asked for or hand out the urgent first, so the entries are chosen here
-- and then leased by XCLAIM.
local box, session, now, till, now_ms, want = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], cjson.decode(ARGV[7])
if redis.call('EXISTS', box_key(box)) == 0 then return {0} end
local taken = {}
for _, entry in ipairs(leased(box)) do taken[entry] = true end

local function set(words)
  if #words == 0 then return nil end
  local found = {}
  for _, word in ipairs(words) do found[word] = true end
  return found
end
local kinds, senders, ids = set(want.kinds), set(want.senders), set(want.ids)

local urgent, rest = {}, {}
for _, entry in ipairs(entries(box)) do
  if not taken[entry[1]] then
    local f = {entry = entry[1]}
    for i = 1, #entry[2], 2 do f[entry[2][i]] = entry[2][i + 1] end
    if f.id and tonumber(f.size) and is_time(f.expires) and (not kinds or kinds[f.kind]) and (not senders or senders[f.sender]) and (not ids or ids[f.id])
      and (want.thread == '' or want.thread == f.thread)
      and (f.expires == '' or tonumber(f.expires) > tonumber(now)) then
      local into = f.urgent == '1' and urgent or rest
      into[#into + 1] = f
    end
  end
end
for _, f in ipairs(rest) do urgent[#urgent + 1] = f end

local answer, count, total = {0}, 0, 0
for _, f in ipairs(urgent) do
  local d, fence = delivery(box, f.id), 0
  if d and d.entry == f.entry then
    total = total + tonumber(f.size)
    if count >= want.most or (count > 0 and total > want.most_bytes) then
      answer[1] = 1
      break
    end
    count = count + 1
    if session ~= '' then
      fence = redis.call('INCR', p .. 'fence')
      d.place, d.times, d.session, d.fence, d['until'], d.at = 'leased', d.times + 1, session, fence, till, now
      redis.call('XCLAIM', box_key(box), 'g', session, 0, d.entry, 'TIME', now_ms, 'RETRYCOUNT', d.times,
        'FORCE', 'JUSTID')
      keep(box, f.id, d)
    end
    answer[#answer + 1] = redis.call('HGET', message_key(f.id), 'message')
    answer[#answer + 1] = fence
    answer[#answer + 1] = d.times
  end
end
return answer
