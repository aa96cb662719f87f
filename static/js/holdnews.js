// What the server says became of a hold's seats: asked for by its id, or pushed to whoever watches it.

/** { lost, soldAtCounter, offered, seats, expiresAt } as the websocket says it, or null when nobody answers. */
export async function ask(holdId) {
  try {
    const answer = await fetch(`/api/v1/bookings/${holdId}`, { cache: "no-store" });
    if (!answer.ok) return null;
    const { lostSeats, soldAtCounter, offer, bookedSeats, expiresAt } = await answer.json();
    return { lost: lostSeats ?? [], soldAtCounter, offered: offer, seats: bookedSeats, expiresAt };
  } catch {
    return null; // no network: the push or the next change of the map asks again
  }
}

/** Hear of it as long as the page is open. onChange() comes with every change, and once whenever the socket opens. */
export function watch(wsUrl, holdId, onChange) {
  if (!wsUrl) return;
  let failures = 0;
  const connect = () => {
    const socket = new WebSocket(`${wsUrl}/ws/showtimes`);
    socket.addEventListener("open", () => socket.send(JSON.stringify({ action: "watch:hold", holdId })));
    socket.addEventListener("message", (event) => {
      const message = JSON.parse(event.data);
      if (message.holdId !== holdId) return;
      failures = 0;
      onChange(message);
    });
    socket.addEventListener("close", () => {
      failures += 1;
      setTimeout(connect, Math.min(30_000, 1000 * 2 ** failures) * (0.5 + Math.random() / 2));
    });
  };
  connect();
}
