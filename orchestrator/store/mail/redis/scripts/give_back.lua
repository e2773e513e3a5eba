-- ARGV: prefix, box, session, now, most_times, worn_out, too_late. Returns {died, box, id, died, ...}.
local box, session = ARGV[2], ARGV[3]
local answer = {}
for _, entry in ipairs(leased(box, session)) do
  local id = id_of(box, entry)
  local d = delivery(box, id)
  if d then
    local died = give_back(box, id, d, ARGV[4], tonumber(ARGV[5]), ARGV[6], ARGV[7])
    answer[#answer + 1] = died and 1 or 0
    answer[#answer + 1] = box
    answer[#answer + 1] = id
  end
end
if redis.call('EXISTS', box_key(box)) == 1 then
  redis.call('XGROUP', 'DELCONSUMER', box_key(box), 'g', session)
end
return answer
