-- ARGV: prefix, box, session. Returns {message, fence, until, times, message, ...}.
local answer = {}
for _, entry in ipairs(leased(ARGV[2], ARGV[3])) do
  local id = id_of(ARGV[2], entry)
  local d = delivery(ARGV[2], id)
  if d then
    answer[#answer + 1] = redis.call('HGET', message_key(id), 'message')
    answer[#answer + 1] = d.fence
    answer[#answer + 1] = d['until']
    answer[#answer + 1] = d.times
  end
end
return answer
