// Free seats near a lost one: beside it first, and near the rest of the party.

/** taken: what somebody has, though the page may not have heard it yet. */
export function nearest(seats, lost, taken = [lost], count = 3) {
  const from = seats.all[lost];
  const party = [...seats.chosen].map((n) => seats.all[n]);
  const cost = (seat) => apart(seat, from) + (party.length ? 0.7 * Math.min(...party.map((other) => apart(seat, other))) : 0);
  const usual = (seat) => seat.type === from.type || !["W", "C"].includes(seat.type);
  return seats.all
    .filter((seat) => !taken.includes(seat.n) && ["free", "proposed"].includes(seats.status(seat.n)) && usual(seat))
    .map((seat) => [cost(seat), seat.n])
    .sort((a, b) => a[0] - b[0] || a[1] - b[1])
    .slice(0, count)
    .map(([, n]) => n);
}

// A row further is worse than a seat aside, and another section worse than both.
function apart(a, b) {
  return Math.abs(a.x - b.x) + 1.6 * Math.abs(a.y - b.y) + (a.section === b.section ? 0 : 400);
}
