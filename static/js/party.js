// A hold among friends: the page follows what becomes of its seats, and gives its link away.

import { attach } from "./countdown.js";

const LOOK_EVERY = 8_000; // ms; the socket is quicker, this is for who has none

const party = document.querySelector("[data-party]");
const spoken = party.querySelector("[data-spoken]");
const link = party.querySelector("#link");
let version = 0;
let looking = false;

/** Read the page anew and take over what tells of the seats; what was ticked and typed stays. */
async function look() {
  if (looking || document.hidden) return;
  looking = true;
  const answer = await fetch(location.href, { cache: "no-store" }).catch(() => undefined);
  looking = false;
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-party]");
  if (!fresh || fresh.dataset.mark === party.dataset.mark) return;
  const [before, typed] = [said(party), kept()];
  Object.assign(party.dataset, { mark: fresh.dataset.mark, seats: fresh.dataset.seats });
  for (const part of party.querySelectorAll("[data-live]"))
    part.replaceChildren(...fresh.querySelector(`[data-live="${part.dataset.live}"]`).childNodes);
  restore(typed);
  for (const clock of party.querySelectorAll("[data-countdown]")) attach(clock);
  const news = [...said(party)].filter(([seat, text]) => before.get(seat) !== text);
  spoken.textContent = news.map(([, text]) => text).join(". ");
}

/** Seat -> what the page says of it. */
function said(place) {
  const rows = place.querySelectorAll("[data-seat]");
  return new Map([...rows].map((row) => [row.dataset.seat, row.textContent.replace(/\s+/g, " ").trim()]));
}

function kept() {
  const ticks = [...party.querySelectorAll("[name=seat]")];
  return {
    free: new Map(ticks.map((tick) => [tick.value, tick.checked])),
    name: party.querySelector("[name=name]")?.value,
    focus: document.activeElement?.id || document.activeElement?.value,
  };
}

function restore({ free, name, focus }) {
  for (const tick of party.querySelectorAll("[name=seat]"))
    if (free.size) tick.checked = free.get(tick.value) ?? false;
  const field = party.querySelector("[name=name]");
  if (field && name !== undefined) field.value = name;
  if (focus) [...party.querySelectorAll("input")].find((one) => one.id === focus || one.value === focus)?.focus();
}

function listen(wsUrl) {
  let failures = 0;
  const connect = () => {
    const socket = new WebSocket(`${wsUrl}/ws/showtimes`);
    socket.addEventListener("open", () => {
      socket.send(JSON.stringify({ action: "watch:showtime", showtimeId: party.dataset.party }));
      look();
    });
    socket.addEventListener("message", (event) => {
      failures = 0;
      const { type, version: now = version, seatIds = [] } = JSON.parse(event.data);
      const ours = party.dataset.seats.split(" ");
      const isNews = type === "seats:updated" ? seatIds.some((id) => ours.includes(id)) : type === "resync";
      if (isNews || (type === "version" && now > version)) look();
      version = Math.max(version, now);
    });
    socket.addEventListener("close", () => {
      failures += 1;
      setTimeout(connect, Math.min(30_000, 1000 * 2 ** failures) * (0.5 + Math.random() / 2));
    });
  };
  connect();
}

const wsUrl = document.querySelector('meta[name="ws-url"]').content;
if (wsUrl) listen(wsUrl);
setInterval(look, LOOK_EVERY);
document.addEventListener("visibilitychange", look);
party.addEventListener("countdown:end", () => setTimeout(look, 1000));

party.querySelector("[data-copy]")?.addEventListener("click", async ({ currentTarget: button }) => {
  link.select();
  try {
    await navigator.clipboard.writeText(link.value);
    button.textContent = button.dataset.copied;
  } catch {} // it is selected: the keyboard copies it
});

const send = party.querySelector("[data-send]");
if (send && navigator.share) {
  send.hidden = false;
  send.addEventListener("click", () => navigator.share({ title: send.dataset.send, url: link.value }).catch(() => {}));
}
