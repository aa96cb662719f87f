// The seat page: brings the seats, the view of them (map or list), the panel and the live changes together.

import { clock, countdown, offsetOf } from "../countdown.js";
import { ask as holdNews } from "../holdnews.js";
import { announce } from "./announce.js";
import * as api from "./api.js";
import { PITCH } from "./grid.js";
import { ListView, readList } from "./listview.js";
import { Live } from "./live.js";
import { MapView, readMap } from "./mapview.js";
import { nearest } from "./nearest.js";
import { named, Panel, tell } from "./panel.js";
import { Party } from "./party.js";
import { Seats } from "./seats.js";
import { list, say, useWords } from "./words.js";
import { digits, money } from "../numbers.js";
import { Zoom } from "./zoom.js";

const json = (id) => JSON.parse(document.getElementById(id).textContent);
const page = json("page");
useWords(json("words"));

const svg = document.getElementById("map");
const form = document.getElementById("seat-form");
const offset = offsetOf(page.serverTime);
const seats = new Seats(svg ? readMap(svg) : readList(form), page);
const NO_HOLD = "00000000-0000-0000-0000-000000000000";
const detailsOf = (holdId) => page.detailsUrl.replace(NO_HOLD, holdId);
let hold = page.hold;
let heard = 0; // how often there was news of the hold
let stopClock = () => {};

const panel = new Panel(seats, { currency: page.currency, onRemove: toggle });
if (svg) mapView();
else new ListView(form, seats, { onToggle: toggle });
panel.draw();
const party = new Party(seats, page);
if (hold) runClock();

function mapView() {
  const zoom = new Zoom(document.getElementById("map-frame"), svg, PITCH);
  for (const [id, act] of [
    ["zoom-in", () => zoom.by(1.35)],
    ["zoom-out", () => zoom.by(1 / 1.35)],
    ["zoom-fit", () => zoom.fit()],
  ]) {
    document.getElementById(id).addEventListener("click", act);
  }
  new MapView(svg, seats, {
    currency: page.currency,
    onToggle: toggle,
    isTooSmall: () => zoom.isTooSmall(),
    zoomTo: (x, y) => zoom.working(x, y),
  });
}

function toggle(n) {
  const seat = seats.all[n];
  const outcome = seats.toggle(n);
  if (outcome === "taken") announce(say("cannot", { seat: seat.label, status: say(`is_${seats.status(n)}`) }));
  if (outcome === "full") tell(say("full", { most: page.maxSeats }), { kind: "warn", key: "full" });
  if (outcome === "chosen") afterChoosing(seat);
  if (outcome === "let go") announce(say("letGo", { seat: seat.label, count: seats.chosen.size }));
}

function afterChoosing(seat) {
  announce(say("chose", { seat: seat.label, count: seats.chosen.size, total: money(seats.total, page.currency) }));
  if (seat.type === "W") {
    const companion = seats.all.find((other) => other.companionOf === seat.n && seats.status(other.n) === "free");
    if (companion) {
      const choices = [{ text: say("addSeat", { seat: companion.label }), act: () => toggle(companion.n) }];
      tell(say("companionFree", { seat: companion.label }), { choices, key: "companion" });
    }
  }
  if (seat.companionOf !== undefined && !seats.chosen.has(seat.companionOf)) {
    tell(say("companionAlone", { seat: seat.label, other: seats.all[seat.companionOf].label }), { key: "companion" });
  }
}

// Seats that somebody else took while they were chosen here, or that were held and are lost.
seats.addEventListener("lost", (event) => {
  for (const { n, wasMine, status } of event.detail) {
    if (wasMine) {
      askForNews(n);
    } else {
      const key = { sold: "justSold", held: "justHeld", blocked: "justBlocked" }[status];
      tell(say(key, { seat: seats.all[n].label }), { kind: "warn", key: `lost${n}`, choices: instead(n) });
    }
  }
});

// A seat of our hold is sold: to somebody else, or to ourselves in another window.
async function askForNews(n) {
  const news = hold && (await holdNews(hold.id));
  if (hold && news?.lost.length) {
    showLoss(news);
  } else if (hold) {
    const link = { href: detailsOf(hold.id), text: say("lookAtBooking") };
    tell(say("lostHeld", { seat: seats.all[n].label }), { kind: "bad", link, key: `lost${n}`, choices: instead(n) });
  }
}

async function onHold(message) {
  const isPushed = message.type === "hold:changed";
  const turn = ++heard;
  const news = isPushed ? message : await holdNews(hold.id);
  if (!news || !hold || turn !== heard) return; // an answer that newer news overtook would bring lost seats back
  const { gone, come } = seats.holdNow(news.seats);
  if (isPushed) tellOfFriends(gone.filter((seat) => !news.lost.includes(seat)), come);
  if (news.lost.length) showLoss(news);
}

/** Seats of a shared hold: a friend took some, or gave them back. */
function tellOfFriends(taken, given) {
  if (taken.length) tell(say("friendTook", { seats: list(taken) }), { key: "friends" });
  else if (given.length) tell(say("friendGave", { seats: list(given) }), { key: "friends" });
}

function showLoss({ lost, soldAtCounter, offered, expiresAt }) {
  document.querySelector("[data-loss]")?.remove(); // the server's own, from when the page was made
  const many = lost.length > 1 ? "Many" : "";
  const text = [say(`${soldAtCounter ? "soldCounter" : "soldElsewhere"}${many}`, { seats: list(lost) })];
  const choices = [];
  const holdId = hold.id;
  if (offered) {
    const labels = list(offered.seats.map((seat) => seat.label));
    const until = new Intl.DateTimeFormat("en-GB", { timeStyle: "short", timeZone: page.timeZone });
    text.push(say("keptInstead", { seats: labels, until: digits(until.format(new Date(offered.until))) }));
    choices.push({ text: say("takeIt"), act: () => takeOffer(offered.seats) });
    choices.push({ text: say("noThanks"), act: () => api.decline(page.offerUrl.replace(NO_HOLD, holdId)) });
  }
  const told = document.querySelector('[data-key="loss"] p')?.textContent;
  if (told !== text.join(" ")) tell(text.join(" "), { kind: "warn", key: "loss", choices });
  if (expiresAt === hold.expiresAt) return;
  hold.expiresAt = expiresAt;
  stopClock();
  document.getElementById("clock").hidden = !expiresAt; // nothing was left of the hold
  if (expiresAt) runClock();
}

async function takeOffer(offered) {
  seats.isHolding = true;
  const wanted = [...seats.mine].map((n) => seats.id(n)).concat(offered.map((seat) => seat.id));
  const answer = await api.hold(page.showtimeId, wanted);
  if (answer.ok) {
    location.assign(detailsOf(answer.body.holdId));
    return;
  }
  seats.isHolding = false;
  explain(answer);
}

function instead(lost, taken) {
  return nearest(seats, lost, taken).map((n) => ({
    text: say("take", { seat: seats.all[n].label, price: money(seats.all[n].price, page.currency) }),
    act: () => seats.chosen.has(n) || toggle(n),
  }));
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  holdWanted();
});

async function holdWanted() {
  if (seats.isHolding || !seats.wanted.size) return;
  if (hold && seats.isAsHeld) {
    location.assign(detailsOf(hold.id));
    return;
  }
  seats.isHolding = true;
  panel.busy(true);
  const wanted = [...seats.wanted].sort((a, b) => a - b);
  const answer = await api.hold(page.showtimeId, wanted.map((n) => seats.id(n)));
  if (answer.ok) {
    location.assign(detailsOf(answer.body.holdId));
    return; // stays busy until the next page is there
  }
  seats.isHolding = false;
  panel.busy(false);
  explain(answer);
}

function explain({ status, body }) {
  if (body.mended) {
    offerMended(body);
    return;
  }
  const conflicts = (body.conflicts ?? []).map(({ label }) => seats.byLabel.get(label)).filter((n) => n !== undefined);
  if (conflicts.length && seats.isProposed) {
    tell(say("bestGone"), { kind: "warn", key: "conflict" });
    live.refresh();
    party.ask();
    return;
  }
  if (conflicts.length) {
    seats.choose([...seats.chosen].filter((n) => !conflicts.includes(n)));
    live.refresh();
    const text = say(conflicts.length === 1 ? "conflictOne" : "conflictMany", { seats: named(seats, conflicts) });
    tell(text, { kind: "warn", key: "conflict", choices: instead(conflicts[0], conflicts) });
    return;
  }
  if (body.waitingUrl) {
    location.assign(body.waitingUrl); // a rush: it goes by turns now
    return;
  }
  if (status === 410) {
    endHold();
    return;
  }
  const link = body.code === "HOLD_LIMIT" ? { href: page.mineUrl, text: say("mine") } : undefined;
  const text = status === 0 ? say("offline") : status === 403 ? say("reload") : (body.message ?? say("failed"));
  tell(text, { kind: "bad", link, key: "failed" });
}

/** A rule refuses this choice, and the server knows one like it that keeps the rule: one tap holds that. */
function offerMended({ message, mended }) {
  const numbers = mended.seats.map((label) => seats.byLabel.get(label));
  const act = () => {
    seats.choose(numbers);
    holdWanted();
  };
  tell(message, { kind: "warn", key: "rule", choices: [{ text: say("takeInstead", { seats: list(mended.seats) }), act }] });
}

document.getElementById("give-back").addEventListener("click", async () => {
  const answer = await api.letGo(hold.id);
  if (!answer.ok) {
    explain(answer);
    return;
  }
  stopClock();
  document.getElementById("clock").hidden = true;
  hold = null;
  seats.expire();
  seats.choose([]);
  live.refresh();
  announce(say("gaveBack"));
});

function runClock() {
  const line = document.getElementById("clock");
  line.hidden = false;
  stopClock = countdown({
    until: hold.expiresAt,
    offset,
    onTick(left) {
      line.querySelector("time").textContent = clock(left);
      line.classList.toggle("countdown--short", left <= 60);
    },
    onWarn: (left) => announce(say(left >= 120 ? "twoMinutes" : "secondsLeft", { seconds: left })),
    onEnd: endHold,
  });
}

function endHold() {
  stopClock();
  document.getElementById("clock").hidden = true;
  hold = null;
  seats.expire();
  setTimeout(() => live.refresh(), 1500); // asked at this very moment, the server might still call them held
  tell(say("expired"), { kind: "warn", key: "expired" });
}

const live = new Live(seats, {
  wsUrl: document.querySelector('meta[name="ws-url"]').content,
  stateUrl: page.stateUrl,
  showtimeId: page.showtimeId,
  holdId: () => hold?.id,
  onHold,
  onMode(mode) {
    const sign = document.getElementById("live");
    sign.dataset.mode = mode;
    sign.querySelector("span").textContent = say(mode === "live" ? "live" : "slow");
  },
});

document.documentElement.dataset.ready = "";
