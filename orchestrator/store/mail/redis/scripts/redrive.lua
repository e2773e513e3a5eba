-- ARGV: prefix, box, now, most messages, most bytes, then ids. Returns the ids that were taken.
local box, now = ARGV[2], ARGV[3]
local answer = {}
for i = 6, #ARGV do
  local id = ARGV[i]
  local d = delivery(box, id)
  if d and d.place == 'dead' then
    if not has_room(box, d.size, tonumber(ARGV[4]), tonumber(ARGV[5])) then break end
    local fine, facts = pcall(cjson.decode, redis.call('HGET', message_key(id), 'facts') or '')
    if fine and type(facts) == 'table' then
      redis.call('ZREM', p .. 'dead:' .. box, id)
      put(box, id, facts, '', d.opens, now)
      local fresh = delivery(box, id)
      fresh.fence = d.fence
      keep(box, id, fresh)
      answer[#answer + 1] = id
    end
  end
end
return answer
