-- ARGV: prefix, now, the time in ms whose leases run out now, most_times, worn_out, too_late.
-- Returns {died, box, id, died, ...}.
-- A lease's age is counted from the hub's time that XCLAIM was given, so the server's own is made up for.
local now, cutoff = ARGV[2], tonumber(ARGV[3])
local time = redis.call('TIME')
-- 5 ms are allowed for between the two clocks of one server.
local idle = math.max(0, math.floor(tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000 - cutoff - 5))
local answer = {}

local function tell(died, box, id)
  answer[#answer + 1] = died and 1 or 0
  answer[#answer + 1] = box
  answer[#answer + 1] = id
end

for _, box in ipairs(redis.call('SMEMBERS', p .. 'boxes')) do
  local at = '0-0'
  repeat
    local found = redis.pcall('XAUTOCLAIM', box_key(box), 'g', 'nobody', string.format('%.0f', idle), at,
      'COUNT', 1000, 'JUSTID')
    if found.err then break end
    at = found[1]
    for _, entry in ipairs(found[2]) do
      local id = id_of(box, entry)
      local d = delivery(box, id)
      if d then tell(give_back(box, id, d, now, tonumber(ARGV[4]), ARGV[5], ARGV[6]), box, id) end
    end
  until at == '0-0'
end
for _, each in ipairs(redis.call('ZRANGEBYSCORE', p .. 'expiring', '-inf', now)) do
  local box, id = string.match(each, '^(%S+) (.*)$')
  local d = box and delivery(box, id)
  if d and d.place == 'waiting' then
    die(box, id, d, ARGV[6], now)
    tell(true, box, id)
  end
end
return answer
