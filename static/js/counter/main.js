// The counter page: show, seats, money, next. Two adults in cash are 1 2 Enter C Enter.

import { Feed } from "./feed.js";
import { Hall } from "./map.js";

const at = (id) => document.getElementById(id);
const words = JSON.parse(at("words").textContent);
const csrf = document.querySelector('meta[name="csrf-token"]').content;

let shows = [];
let show = null;
let hall = null;
let step = "show"; // show -> seats -> pay -> done
let sold = null;
let busy = false;

const feed = new Feed({
  live: (isLive) => { at("feed").textContent = isLive ? "" : words.slow; },
  resync: () => refresh(),
  changed: (message) => {
    if (!hall || message.version <= hall.version) return;
    if (message.previousVersion > hall.version || !message.seats.length) { refresh(); return; }
    hall.version = message.version;
    lost(hall.apply(message.seats));
  },
});

async function ask(path, options = {}) {
  const answer = await fetch(path, { credentials: "same-origin", ...options });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(body.detail || words.failed), { status: answer.status, body });
  return body;
}

async function loadShows() {
  const answer = await ask("/counter/shows");
  shows = answer.shows;
  drawShows();
}

function clock(iso, timeZone) {
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone }).format(new Date(iso));
}

function fitting() {
  const wanted = at("filter").value.trim().toLowerCase();
  return shows.filter((one) => `${one.title} ${one.hall}`.toLowerCase().includes(wanted));
}

function drawShows() {
  at("shows").replaceChildren(...fitting().map((one, n) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-current", String(show?.id === one.id));
    const key = document.createElement("kbd");
    key.textContent = n < 9 ? n + 1 : "";
    if (n >= 9) key.hidden = true;
    const slot = document.createElement("span");
    slot.append(key);
    const time = document.createElement("strong");
    time.textContent = clock(one.startsAt, one.timeZone);
    const title = document.createElement("span");
    title.textContent = one.title;
    const more = document.createElement("small");
    more.textContent = `${one.cinema} · ${one.hall} · ${one.format} · ${begins(one)}`;
    title.append(more);
    const left = document.createElement("span");
    left.className = "left";
    left.textContent = `${one.available}/${one.total}`;
    button.append(slot, time, title, left);
    button.addEventListener("click", () => chooseShow(one));
    item.append(button);
    return item;
  }));
}

function begins(one) {
  const minutes = Math.round((new Date(one.startsAt) - Date.now()) / 60000);
  if (minutes < 0) return words.running;
  return minutes < 90 ? words.in_minutes.replace("%s", minutes) : words.in_hours.replace("%s", Math.round(minutes / 60));
}

async function chooseShow(one) {
  say("");
  try {
    const data = await ask(`/counter/shows/${one.id}`);
    show = one;
    hall = new Hall(at("map"), data, (n) => { if (step === "done") startOver(); hall.toggle(n); step = "seats"; drawTill(); });
    feed.watch(one.id);
    step = "seats";
    at("filter").blur();
    drawShows();
    drawTill();
  } catch (error) { say(error.message); }
}

async function refresh() {
  if (!show || !hall) return;
  try {
    const data = await ask(`/counter/shows/${show.id}`);
    if (data.showtimeId === show?.id && data.version >= hall.version) lost(hall.replace(data.state, data.version));
  } catch { /* the next round asks again */ }
}

function lost(labels) {
  if (labels.length && step !== "done" && !busy) {
    say(words.just_sold.replace("%s", labels.join(", ")));
    if (step === "pay") step = "seats";
  }
  drawTill();
}

function take(count) {
  const block = hall.best(count);
  if (!block.length) { say(words.not_together.replace("%s", count)); return; }
  say("");
  hall.choose(block);
  drawTill();
}

function drawTill() {
  const total = hall ? hall.total() : 0;
  at("title").textContent = show ? show.title : words.no_show;
  at("when").textContent = show ? `${clock(show.startsAt, show.timeZone)} · ${show.hall} · ${show.cinema}` : "";
  at("seats").textContent = hall?.chosen.length ? hall.labels().join(", ") : "–";
  at("total").textContent = total.toLocaleString("en-IN");
  const ready = Boolean(hall?.chosen.length) && step !== "done";
  at("pay-cash").disabled = at("pay-card").disabled = !ready || busy;
  at("hint").textContent = { show: words.hint_show, seats: words.hint_seats, pay: words.hint_pay, done: words.hint_done }[step];
  drawChange();
}

function drawChange() {
  const given = Number(at("cash").value.replace(/[^\d.]/g, ""));
  const total = sold ? sold.total : hall ? hall.total() : 0;
  at("change").textContent = given > 0 ? `${words.change} ${(given - total).toLocaleString("en-IN")}` : "";
}

async function sell(tender) {
  if (busy || !hall?.chosen.length) return;
  const given = Number(at("cash").value.replace(/[^\d.]/g, ""));
  if (tender === "CASH" && given > 0 && given < hall.total()) { say(words.too_little); return; }
  busy = true;
  drawTill();
  try {
    sold = await ask("/counter/sell", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf, "Idempotency-Key": crypto.randomUUID?.() ?? String(Math.random()) },
      body: JSON.stringify({ showtimeId: show.id, seats: hall.labels(), tender }),
    });
    step = "done";
    say(words.sold.replace("%s", sold.bookingReference), true);
    at("print").innerHTML = await (await fetch(`/counter/tickets/${sold.bookingId}/`, { credentials: "same-origin" })).text();
    loadShows();
  } catch (error) {
    say(error.message);
    if (error.status === 409) { step = "seats"; await refresh(); }
  } finally {
    busy = false;
    drawTill();
  }
}

function printAndNext() {
  at("print").hidden = false;
  window.print();
  at("print").hidden = true;
  startOver();
}

function startOver() {
  feed.watch(null);
  [show, hall, sold, step] = [null, null, null, "show"];
  at("cash").value = at("filter").value = "";
  at("map").replaceChildren();
  at("print").replaceChildren();
  say("");
  loadShows();
  drawTill();
  document.activeElement?.blur();
}

function say(text, good = false) {
  at("message").textContent = text;
  at("message").classList.toggle("is-good", good);
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function key(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const inFilter = document.activeElement === at("filter");
  if (event.key === "Escape") { event.preventDefault(); startOver(); return; }
  if (inFilter) {
    if (event.key === "Enter" && fitting().length) { event.preventDefault(); chooseShow(fitting()[0]); }
    return;
  }
  const handled = { show: keyShow, seats: keySeats, pay: keyPay, done: keyDone }[step](event);
  if (handled) event.preventDefault();
}

function keyShow({ key: pressed }) {
  if (pressed === "/") { at("filter").focus(); return true; }
  if (/^[1-9]$/.test(pressed) && fitting()[pressed - 1]) { chooseShow(fitting()[pressed - 1]); return true; }
  return false;
}

function keySeats({ key: pressed }) {
  if (/^[1-9]$/.test(pressed)) { take(Number(pressed)); return true; }
  if (ARROWS[pressed]) { hall.move(...ARROWS[pressed]); drawTill(); return true; }
  if (pressed === "+" || pressed === "-") { take(Math.max(1, hall.chosen.length + (pressed === "+" ? 1 : -1))); return true; }
  if (pressed === "Enter" && hall.chosen.length) { step = "pay"; drawTill(); return true; }
  return keyTender(pressed);
}

function keyPay({ key: pressed }) {
  const cash = at("cash");
  if (/^[\d.]$/.test(pressed) && document.activeElement !== cash) { cash.value += pressed; drawChange(); return true; }
  if (pressed === "Backspace" && document.activeElement !== cash) { cash.value = cash.value.slice(0, -1); drawChange(); return true; }
  if (pressed === "Enter" && cash.value) { sell("CASH"); return true; }
  if (ARROWS[pressed]) { hall.move(...ARROWS[pressed]); drawTill(); return true; }
  return keyTender(pressed);
}

function keyTender(pressed) {
  if (pressed.toLowerCase() === "c") { sell("CASH"); return true; }
  if (pressed.toLowerCase() === "k") { sell("CARD"); return true; }
  return false;
}

function keyDone({ key: pressed }) {
  if (pressed === "Enter") { printAndNext(); return true; }
  return false;
}

document.addEventListener("keydown", key);
at("filter").addEventListener("input", drawShows);
at("cash").addEventListener("input", drawChange);
at("pay-cash").addEventListener("click", () => sell("CASH"));
at("pay-card").addEventListener("click", () => sell("CARD"));
at("back").addEventListener("click", startOver);
setInterval(() => { if (step === "show") loadShows().catch(() => {}); }, 30000);
loadShows().catch((error) => say(error.message));
drawTill();
