// The waiting room: asks where we stand as often as the server says, tells it, and goes on when it is our turn.

import { digits } from "./numbers.js";

const room = document.querySelector("[data-room]");
const began = Math.max(Number(sessionStorage.getItem(room.dataset.room)) || 0, Number(room.dataset.place));
const line = Object.fromEntries([...room.querySelectorAll("[data-say]")].map((part) => [part.dataset.say, part]));
const bar = room.querySelector("[data-bar]");
let spoken = { place: Number(room.dataset.place), at: Date.now() };
let timer;

sessionStorage.setItem(room.dataset.room, began);
show(Number(room.dataset.place));
later(Number(room.dataset.wait));

async function look() {
  clearTimeout(timer);
  try {
    const answer = await fetch(room.dataset.room, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (answer.status === 404) return location.reload(); // the turn is over, or the place was given up elsewhere
    if (answer.ok) {
      const now = await answer.json();
      return now.place === null ? location.assign(room.dataset.page) : take(now);
    }
  } catch {
    // Offline for a moment: the place is kept, the next look may do.
  }
  return later(8 + 4 * Math.random()); // not all of them at the moment the site is back
}

function take(now) {
  for (const name of ["place", "guess", "seats"]) {
    const text = digits(now[name]);
    if (line[name].textContent !== text) line[name].textContent = text;
  }
  show(now.place);
  speak(now);
  later(now.wait);
}

function show(place) {
  bar.max = began;
  bar.value = began - place;
}

// Aloud only when it has become much better, and not more often than twice a minute.
function speak({ place, guess }) {
  if (place > spoken.place * 0.8 || Date.now() - spoken.at < 30_000) return;
  spoken = { place, at: Date.now() };
  line.spoken.textContent = `${line.label.textContent} ${digits(place)}. ${guess}`;
}

function later(seconds) {
  clearTimeout(timer);
  timer = setTimeout(look, Math.max(seconds || 5, 1) * 1000);
}

// A tab that slept looks at once: whoever is not heard of is not let in.
document.addEventListener("visibilitychange", () => document.hidden || look());
