-- ARGV: prefix. Returns {box, waiting, leased, dead, tasks, urgent, bytes, oldest ('' where none), box, ...}.
local answer = {}
local boxes = redis.call('SMEMBERS', p .. 'boxes')
table.sort(boxes)
for _, box in ipairs(boxes) do
  local taken, held = {}, leased(box)
  for _, entry in ipairs(held) do taken[entry] = true end
  local waiting, tasks, urgent, oldest = 0, 0, 0, ''
  for _, entry in ipairs(entries(box)) do
    if not taken[entry[1]] then
      waiting = waiting + 1
      if field(entry, 'kind') == 'task' then tasks = tasks + 1 end
      if field(entry, 'urgent') == '1' then urgent = urgent + 1 end
      local sent = field(entry, 'sent')
      if not tonumber(sent) then sent = oldest end
      if oldest == '' or (sent ~= '' and tonumber(sent) < tonumber(oldest)) then oldest = sent end
    end
  end
  local dead = redis.call('ZCARD', p .. 'dead:' .. box)
  if waiting + #held + dead > 0 then
    for _, each in ipairs({box, waiting, #held, dead, tasks, urgent,
      redis.call('HGET', p .. 'bytes', box) or 0, oldest}) do
      answer[#answer + 1] = each
    end
  end
end
return answer
