-- A whole sale: hold, confirm, pay. One thread a client, so that each answer belongs to the request before it.
local showtimes, number, step, hold, booking, intent = {}, 0, 1, "", "", ""
local clients = 0

function setup(thread)
  thread:set("client", clients)
  clients = clients + 1
end

function init(args)
  for line in io.lines(args[1]) do showtimes[#showtimes + 1] = line end
  number = tonumber(args[2]) + client
end

function label(seat) return string.char(65 + math.floor(seat / 20)) .. (seat % 20 + 1) end

function post(path, body)
  return wrk.format("POST", "/api/v1" .. path, {["Content-Type"] = "application/json"}, body)
end

function request()
  if step == 1 then
    local showtime, pair = showtimes[number % #showtimes + 1], math.floor(number / #showtimes)
    number = number + 16
    return post("/bookings/hold", string.format('{"showtimeId":"%s","seatIds":["%s","%s"],"sessionToken":"%s-sale-%d"}',
      showtime, label(2 * pair), label(2 * pair + 1), showtimes[1], number))
  elseif step == 2 then
    return post("/bookings/confirm", string.format(
      '{"holdId":"%s","userDetails":{"email":"b@example.com","name":"B","phone":"+9779800000000"},"paymentMethod":"CARD"}',
      hold))
  end
  return post("/payments/process", string.format(
    '{"bookingId":"%s","paymentIntentId":"%s","paymentMethod":{"type":"card","token":"tok_ok"}}', booking, intent))
end

function response(status, headers, body)
  if step == 1 and status == 201 then
    hold, step = string.match(body, '"holdId":"([^"]+)"'), 2
  elseif step == 2 and status == 201 then
    booking, intent, step = string.match(body, '"bookingId":"([^"]+)"'), string.match(body, '"paymentIntentId":"([^"]+)"'), 3
  else
    step = 1
  end
end
