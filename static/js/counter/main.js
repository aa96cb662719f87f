// The counter page: show, seats, money, next. Two seats in cash are 1 2 Enter C Enter.

import { Feed } from "./feed.js";
import { Keys } from "./keys.js";
import { Hall } from "./map.js";
import { Shift } from "./shift.js";
import { clock, Shows } from "./shows.js";
import { Till } from "./till.js";
import { Waiting } from "./waiting.js";
import { Voucher } from "./voucher.js";

const at = (id) => document.getElementById(id);
const words = JSON.parse(at("words").textContent);
const csrf = document.querySelector('meta[name="csrf-token"]').content;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

let step = "show"; // show -> seats -> pay -> done; unsure: a sale whose answer did not come
let show = null;
let hall = null;
let sale = null; // what was sent last, to be sent again as it is
let sold = null;
let isSelling = false;

const till = new Till(words);
const voucher = new Voucher({ words, ask, csrf, show: () => show, changed: draw });
const shows = new Shows(at("shows"), at("filter"), { words, choose: chooseShow });
const feed = new Feed({
  live: (isLive) => { at("feed").textContent = isLive ? "" : words.slow; },
  resync: refresh,
  changed(message) {
    if (!hall || message.version <= hall.version) return;
    // A push says what the public sees. A seat blocked to it may be allotted to the counter: the state of our own tells.
    const isUnclear = message.seats.some((seat) => seat.status === "BLOCKED");
    if (message.previousVersion > hall.version || !message.seats.length || isUnclear) refresh();
    else taken(hall.apply(message));
  },
});

async function ask(path, options = {}) {
  const answer = await fetch(path, { credentials: "same-origin", signal: AbortSignal.timeout(15_000), ...options });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(body.detail || words.failed), { status: answer.status, body });
  return body;
}

async function loadShows() {
  try {
    shows.replace(await ask("/counter/shows"));
  } catch (error) {
    if (step === "show") till.say(error.status ? error.message : words.failed);
  }
}

async function chooseShow(one) {
  if (isSelling || step === "unsure") return;
  if (step === "done") startOver();
  till.say("");
  show = one;
  try {
    const data = await ask(`/counter/shows/${one.id}`);
    if (show !== one) return; // another was clicked meanwhile
    hall = new Hall(at("map"), data, clickSeat);
    till.price(hall.amounts, one.currency);
    feed.watch(one.id);
    step = "seats";
    shows.current = one.id;
    at("filter").blur();
  } catch (error) {
    show = null;
    till.say(error.status ? error.message : words.failed);
  }
  shows.draw();
  draw();
}

function clickSeat(n) {
  if (step !== "seats" && step !== "pay") return;
  step = "seats";
  hall.toggle(n);
  draw();
}

/** The state as it is: after a gap, a lost connection or a refusal. */
async function refresh() {
  const asked = hall;
  if (!asked) return;
  try {
    const state = await ask(asked.stateUrl, { cache: "no-cache" });
    if (asked === hall) taken(hall.replace(state));
  } catch {
    // The next round asks again.
  }
}

function taken(labels) {
  if (labels.length && !isSelling && (step === "seats" || step === "pay")) {
    till.say(words.just_sold.replace("%s", labels.join(", ")));
    step = "seats";
  }
  draw();
}

/** The best seats side by side, by the server's choice; near those chosen now if there are some. */
async function take(count) {
  const asked = hall;
  if (!asked || count < 1) return;
  try {
    const { seats } = await ask(`/counter/shows/${show.id}/best?${new URLSearchParams({ count, beside: asked.labels().join() })}`);
    if (asked !== hall) return; // another show was chosen meanwhile
    till.say(seats.length ? "" : words.not_together.replace("%s", count));
    if (seats.length) asked.choose(asked.numbers(seats));
  } catch (error) {
    till.say(error.status ? error.message : words.failed);
  }
  draw();
}

function draw() {
  const due = sold ? sale.due : voucher.left(hall?.total() ?? 0);
  till.draw({ step, show, hall, sold, due, given: sale?.given ?? 0, isSelling, when: show ? clock(show) : "" });
  document.body.dataset.step = step;
}

function pay(tender) {
  if (!hall?.chosen.length) return undefined;
  const given = tender === "CASH" ? till.given : 0;
  const due = voucher.left(hall.total());
  if (given && given < due) {
    till.say(words.too_little);
    return undefined;
  }
  // The same sale keeps its key however often it is sent: a lost answer never sells twice.
  const key = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const body = { showtimeId: show.id, seats: hall.labels(), tender, voucherCode: voucher.code };
  sale = { key, given, due, body: JSON.stringify(body) };
  return send();
}

async function send() {
  isSelling = true;
  till.say(words.selling, "busy");
  draw();
  try {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf, "Idempotency-Key": sale.key };
    sold = await ask("/counter/sell", { method: "POST", headers, body: sale.body });
    step = "done";
    till.say(words.sold.replace("%s", sold.bookingReference), "good");
    await fetchTickets(sold.bookingId);
    loadShows();
  } catch (error) {
    refused(error);
  }
  isSelling = false;
  draw();
}

function refused({ status, body, message }) {
  if (!status || status >= 500 || body.code === "IDEMPOTENCY_IN_FLIGHT") {
    step = "unsure";
    till.say(words.unsure);
    return;
  }
  const labels = (body.conflicts ?? []).map((conflict) => conflict.label);
  step = "seats";
  till.say(labels.length ? words.just_sold.replace("%s", labels.join(", ")) : message);
  if (labels.length) hall.choose(hall.chosen.filter((n) => !labels.includes(hall.seats[n].label)));
  refresh();
}

async function fetchTickets(bookingId) {
  at("print").replaceChildren();
  const answer = await fetch(`/counter/tickets/${bookingId}/`, { credentials: "same-origin" }).catch(() => null);
  if (answer?.ok) at("print").innerHTML = await answer.text();
  else till.say(words.no_tickets);
}

async function printTickets() {
  if (!at("print").childElementCount) await fetchTickets(sold.bookingId);
  if (!at("print").childElementCount) return false;
  window.print();
  return true;
}

function startOver() {
  if (isSelling) return;
  feed.watch(null);
  [step, show, hall, sale, sold] = ["show", null, null, null, null];
  shows.current = null;
  at("filter").value = "";
  at("map").replaceChildren();
  till.clear();
  voucher.clear();
  shows.draw();
  loadShows();
  draw();
  document.activeElement?.blur();
}

function press(key) {
  if (key === "Escape") return startOver();
  if (/^p$/i.test(key)) return at("print").childElementCount ? window.print() : undefined;
  return { show: inShow, seats: inSeats, pay: inPay, done: inDone, unsure: inUnsure }[step](key);
}

function inShow(key) {
  const found = shows.fitting();
  if (key === "/") at("filter").focus();
  else if (/^[1-9]$/.test(key) && found[key - 1]) return chooseShow(found[key - 1]);
  else if (key === "Enter" && at("filter").value && found.length) return chooseShow(found[0]);
  return undefined;
}

function inSeats(key) {
  if (/^[1-9]$/.test(key)) return take(Number(key));
  if (key === "+") return take(hall.chosen.length + 1);
  if (key === "-") return take(hall.chosen.length - 1);
  if (key === "Enter") {
    if (hall.chosen.length) step = "pay";
    return draw();
  }
  return move(key) || tender(key);
}

function inPay(key) {
  if (/^[\d.]$/.test(key) || key === "Backspace") return till.type(key, draw);
  if (key === "Enter") return till.given ? pay("CASH") : undefined;
  return move(key) || tender(key);
}

async function inDone(key) {
  if (key === "Enter" && (await printTickets())) startOver();
}

function inUnsure(key) {
  return key === "Enter" ? send() : undefined;
}

function move(key) {
  if (!ARROWS[key]) return false;
  hall.move(...ARROWS[key]);
  draw();
  return true;
}

function tender(key) {
  if (/^c$/i.test(key)) return pay("CASH");
  return /^k$/i.test(key) ? pay("CARD") : undefined;
}

new Shift({ words, ask, csrf });
new Waiting({
  words,
  ask,
  csrf,
  sold: loadShows,
  async print(bookingId) {
    await fetchTickets(bookingId);
    if (at("print").childElementCount) window.print();
  },
});
const keys = new Keys({ filter: at("filter"), cash: at("cash"), press, isFree: () => !isSelling });
at("cash").addEventListener("input", draw);
at("pay-cash").addEventListener("click", () => pay("CASH"));
at("pay-card").addEventListener("click", () => pay("CARD"));
at("fewer").addEventListener("click", () => keys.queue(() => inSeats("-")));
at("more").addEventListener("click", () => keys.queue(() => inSeats("+")));
at("next").addEventListener("click", () => press("Enter"));
at("back").addEventListener("click", startOver);
setInterval(() => step === "show" && loadShows(), 30_000);
loadShows();
draw();
