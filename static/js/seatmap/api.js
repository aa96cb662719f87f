// The calls that change something. Each of the first two answers { ok, status, body } and throws nothing.

const token = document.querySelector('meta[name="csrf-token"]').content;

export function hold(showtimeId, seatIds) {
  return send("POST", "/api/v1/bookings/hold", { showtimeId, seatIds });
}

export function letGo(holdId) {
  return send("DELETE", `/api/v1/bookings/hold/${holdId}`);
}

/** What was offered for a lost seat is not wanted. */
export function decline(offerUrl) {
  const form = new URLSearchParams({ answer: "decline", csrfmiddlewaretoken: token });
  return fetch(offerUrl, { method: "POST", body: form, redirect: "manual" }).catch(() => undefined);
}

async function send(method, path, body) {
  try {
    const response = await fetch(path, {
      method,
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(15_000),
    });
    return { ok: response.ok, status: response.status, body: await response.json().catch(() => ({})) };
  } catch {
    return { ok: false, status: 0, body: {} };
  }
}
