-- What wrk asks and tells（wrk 的问与答）: requests of a file, one after another, and every latency at the end.
-- wrk -s wrk.lua URL -- FILE SEED; FILE holds whole HTTP requests, a NUL between two of them.

local asked, at = {}, 0

function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  local all = file:read("*a")
  file:close()
  for request in string.gmatch(all, "[^%z]+") do asked[#asked + 1] = request end
  math.randomseed(tonumber(arguments[2]) + tonumber(string.match(tostring(asked), "%x+$"), 16) % 65536)
  at = math.random(#asked)  -- each thread begins elsewhere
end

function request()
  at = at % #asked + 1
  return asked[at]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("told %d %d %d\n", summary.duration, summary.requests, errors.status))
  io.write(string.format("broken %d\n", errors.connect + errors.read + errors.write + errors.timeout))
  for number = 1, #latency do
    local microseconds, count = latency(number)
    io.write(string.format("took %d %d\n", microseconds, count))
  end
end
