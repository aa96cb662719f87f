-- Hold two seats that nobody has, in another showtime each time, each time as somebody new. Arguments: file of showtime ids, first number.
local showtimes, number = {}, 0

function init(args)
  for line in io.lines(args[1]) do showtimes[#showtimes + 1] = line end
  number = tonumber(args[2])
end

function label(seat) return string.char(65 + math.floor(seat / 20)) .. (seat % 20 + 1) end

function request()
  local showtime, pair = showtimes[number % #showtimes + 1], math.floor(number / #showtimes)
  number = number + 1
  local body = string.format('{"showtimeId":"%s","seatIds":["%s","%s"],"sessionToken":"%s-%d"}',
    showtime, label(2 * pair), label(2 * pair + 1), showtimes[1], number)
  return wrk.format("POST", "/api/v1/bookings/hold", {["Content-Type"] = "application/json"}, body)
end
