-- ARGV: prefix, box, outcome, now, note, most_times, worn_out, too_late, acks as JSON [[id, fence], ...].
-- Returns a word for each.
local box, outcome, now, note = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local answer = {}
for i, one in ipairs(cjson.decode(ARGV[9])) do
  local id, fence = one[1], one[2]
  local d = delivery(box, id)
  if not d then
    answer[i] = 'unknown'
  elseif d.place == 'done' and d.fence == fence then
    answer[i] = 'done'
  elseif d.place ~= 'leased' or d.fence ~= fence then
    answer[i] = 'stale'
  elseif outcome == 'done' then
    take_out(box, id, d)
    d.place, d.why, d.at = 'done', note, now
    keep(box, id, d)
    answer[i] = 'done'
  elseif outcome == 'failed' then
    die(box, id, d, note, now)
    answer[i] = 'dead'
  else
    answer[i] = give_back(box, id, d, now, tonumber(ARGV[6]), ARGV[7], ARGV[8]) and 'dead' or 'requeued'
  end
end
return answer
