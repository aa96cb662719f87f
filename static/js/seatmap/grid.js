// The drawing as a grid for screen readers: rows under their headers, gaps that count as columns, what stands around.

import { say } from "./words.js";

export const PITCH = 40; // from seat to seat, in the drawing's own units
const GAP = 1.5 * PITCH;

export function asGrid(svg, all) {
  svg.setAttribute("role", "grid");
  svg.setAttribute("aria-multiselectable", "true");
  svg.setAttribute("aria-describedby", "map-around map-keys");
  for (const text of svg.querySelectorAll("text, .screen")) text.setAttribute("aria-hidden", "true");
  const left = Math.min(...all.map((seat) => seat.x));
  let width = 1;
  for (const seats of rowsOf(all)) {
    const group = seats[0].element.parentNode;
    head(group, seats[0]);
    let column = 1; // the header's
    for (const [place, seat] of seats.entries()) {
      column = Math.max(column + 1, Math.round((seat.x - left) / PITCH) + 2);
      seat.element.setAttribute("role", "gridcell");
      seat.element.setAttribute("aria-colindex", column);
      seat.isAisle = isApart(seats[place - 1], seat) || isApart(seat, seats[place + 1]);
    }
    width = Math.max(width, column);
  }
  svg.setAttribute("aria-colcount", width);
  document.getElementById("map-around").textContent = around(svg, all);
}

function rowsOf(all) {
  const rows = Map.groupBy(all, (seat) => seat.element.parentNode);
  return [...rows.values()].map((seats) => seats.sort((a, b) => a.x - b.x));
}

function head(row, { row: label, section }) {
  row.setAttribute("role", "row");
  row.parentNode.setAttribute("role", "rowgroup");
  row.parentNode.setAttribute("aria-label", section);
  const header = row.querySelector(".row");
  header.setAttribute("role", "rowheader");
  header.setAttribute("aria-colindex", "1");
  header.setAttribute("aria-label", say("row", { row: label }));
  header.removeAttribute("aria-hidden");
}

/** Whether one can walk between two seats: there is a gap, or nothing. */
function isApart(one, other) {
  return !one || !other || Math.hypot(one.x - other.x, one.y - other.y) > GAP;
}

function around(svg, all) {
  const screen = svg.querySelector(".screen text");
  const height = Number(screen.getAttribute("y"));
  const nearest = all.reduce((best, seat) => (Math.abs(seat.y - height) < Math.abs(best.y - height) ? seat : best));
  const signs = [...svg.querySelectorAll(".sign")].map((sign) => sign.textContent);
  return [say("around", { screen: screen.textContent, row: nearest.row }), signs.join(", ")].filter(Boolean).join(" ");
}
