-- ARGV: prefix, until, now in ms, then box and session in turn.
for i = 4, #ARGV, 2 do
  local box, session = ARGV[i], ARGV[i + 1]
  for _, entry in ipairs(leased(box, session)) do
    local id = id_of(box, entry)
    local d = delivery(box, id)
    if d and d['until'] ~= '' and tonumber(d['until']) < tonumber(ARGV[2]) then
      d['until'] = ARGV[2]
      redis.call('XCLAIM', box_key(box), 'g', session, 0, entry, 'TIME', ARGV[3], 'JUSTID')
      keep(box, id, d)
    end
  end
end
