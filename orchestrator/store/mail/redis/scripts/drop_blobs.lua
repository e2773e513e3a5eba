-- ARGV: prefix, now, the time since which a blob that goes was loose, then the blobs that no message points at.
-- Returns how many went. What was loose before and is not named is loose no more.
local loose, named, gone = p .. 'loose', {}, 0
for i = 4, #ARGV do
  named[ARGV[i]] = true
  redis.call('ZADD', loose, 'NX', ARGV[2], ARGV[i])
end
for _, sha in ipairs(redis.call('ZRANGE', loose, 0, -1)) do
  if not named[sha] then redis.call('ZREM', loose, sha) end
end
for _, sha in ipairs(redis.call('ZRANGEBYSCORE', loose, '-inf', ARGV[3])) do
  gone = gone + redis.call('UNLINK', p .. 'blob:' .. sha)
  redis.call('ZREM', loose, sha)
end
return gone
