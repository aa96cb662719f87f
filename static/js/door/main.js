// The door: scan, look, next. One field takes what a scanner types, what is pasted, and a seat, a name or a reference.

import { digits } from "../numbers.js";
import { Camera } from "./camera.js";
import { Manifest } from "./manifest.js";
import { allow, play } from "./sound.js";

const at = (id) => document.getElementById(id);
const words = JSON.parse(at("words").textContent);
const csrf = document.querySelector('meta[name="csrf-token"]').content;
const { show, timeZone } = document.body.dataset;

const KINDS = { ADMITTED: "good", ALREADY_CHECKED_IN: "used", WRONG_SHOW: "elsewhere", TICKET_MOVED: "elsewhere", NO_ANSWER: "unsure" };
const SIGNS = { good: "check", used: "alert", elsewhere: "arrow-right", bad: "close", unsure: "clock" };
const SHORTEST_CODE = 60; // no seat, name or reference is so long, and no ticket's code so short
const LAST = 10;
const LIST_EVERY = 60_000;

const manifest = new Manifest();
let turn = Promise.resolve(); // one after the other, in the order they were scanned
let unanswered = null; // what was asked last, to be asked again as it is
let undoing = null;

async function ask(path, body, key) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf, "Idempotency-Key": key };
  const options = body ? { method: "POST", headers, body: JSON.stringify(body) } : { cache: "no-store" };
  const answer = await fetch(`/api/v1${path}`, { credentials: "same-origin", signal: AbortSignal.timeout(8_000), ...options });
  return { isGood: answer.ok, status: answer.status, said: await answer.json().catch(() => ({})) };
}

function letIn(what) {
  // The same scan keeps its key however often it is sent: a lost answer is not "already in".
  const key = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  send({ body: { showtimeId: show, ...what }, key });
}

function send(asked) {
  turn = turn.then(async () => {
    at("result").setAttribute("aria-busy", "true");
    const { isGood, status, said } = await ask("/tickets/check-in", asked.body, asked.key).catch(() => ({ status: 0 }));
    at("result").removeAttribute("aria-busy");
    unanswered = !status || status >= 500 || said.code === "IDEMPOTENCY_IN_FLIGHT" ? asked : null;
    if (unanswered) tell({ code: "NO_ANSWER", detail: words.unsure });
    else tell(isGood ? { code: "ADMITTED", ...said } : said);
  });
}

/** Colour, sign, words and sound; the same for eyes, ears and screen readers. */
function tell(said) {
  const code = said.code === "VALIDATION_FAILED" ? "TICKET_INVALID" : said.code;
  const kind = KINDS[code] ?? "bad";
  const title = words[code] ?? words.REFUSED;
  const seat = said.newSeat ? `${said.seat} → ${said.newSeat}` : (said.seat ?? "");
  const detail = code === "ADMITTED" ? [said.name, said.reference].filter(Boolean).join(" · ") : explained(said, code);
  at("result").dataset.kind = kind;
  at("sign").setAttribute("href", at("sign").getAttribute("href").replace(/#.*/, `#${SIGNS[kind]}`));
  at("outcome").textContent = title;
  at("seat").textContent = seat;
  at("detail").textContent = detail;
  at("again").hidden = code !== "NO_ANSWER";
  at("polite").textContent = kind === "good" ? `${title}. ${seat}` : "";
  at("loud").textContent = kind === "good" ? "" : `${title}. ${seat} ${detail}`;
  play(kind);
  if (said.ticketId) manifest.mark(said.ticketId, said.checkedInAt);
  if (said.sold) count(said);
  if (code !== "NO_ANSWER") note({ kind, title, seat, ticketId: code === "ADMITTED" ? said.ticketId : "", time: new Date() });
}

function explained(said, code) {
  if (code !== "ALREADY_CHECKED_IN") return said.detail ?? "";
  return words.by.replace("%s", clock(said.checkedInAt)).replace("%s", said.checkedInBy);
}

function count({ checkedIn, sold }) {
  at("count").textContent = words.count.replace("%(inside)s", digits(checkedIn)).replace("%(sold)s", digits(sold));
  Object.assign(at("progress"), { max: Math.max(sold, 1), value: checkedIn });
}

function note({ kind, title, seat, ticketId, time }) {
  const row = line([clock(time), seat, title]);
  row.dataset.kind = kind;
  if (ticketId) row.append(button(words.undo, () => askUndo(ticketId, seat, row)));
  at("last").prepend(row);
  while (at("last").childElementCount > LAST) at("last").lastElementChild.remove();
}

function askUndo(ticketId, seat, row) {
  undoing = { ticketId, row };
  at("undo-title").textContent = words.undo_title.replace("%s", seat);
  at("reason").value = words.mistake;
  at("undo").showModal();
}

async function undo() {
  const { ticketId, row } = undoing;
  const reason = at("reason").value.trim() || words.mistake;
  const { isGood, said } = await ask(`/tickets/${ticketId}/check-in/undo`, { reason }, `undo ${ticketId} ${Date.now()}`).catch(() => ({ said: {} }));
  if (isGood) {
    manifest.mark(ticketId, null);
    count(said);
    row.querySelector("button").remove();
    row.dataset.kind = "undone";
    row.lastElementChild.textContent = words.undone;
  }
  at("note").textContent = isGood ? "" : (said.detail ?? words.NO_ANSWER);
}

/** What was typed and sent off: a code, or somebody in the list. */
function enter() {
  const text = at("code").value.trim();
  if (!text) return;
  const found = manifest.find(text);
  at("note").textContent = found.length > 1 ? words.several : "";
  at("code").select(); // what is scanned next takes its place
  if (found.length > 1) return;
  if (text.length >= SHORTEST_CODE || text.includes("://")) letIn({ code: text });
  else if (found.length) letIn({ ticketId: found[0].ticketId });
  else tell({ code: "NOT_FOUND", detail: words.nobody.replace("%s", text) });
  clear();
}

function clear() {
  at("code").value = "";
  at("found").replaceChildren();
  rest();
}

function search() {
  const text = at("code").value.trim();
  const found = text.length < SHORTEST_CODE ? manifest.find(text) : [];
  at("note").textContent = "";
  at("found").replaceChildren(...found.map((ticket) => {
    const row = line([ticket.seat, [ticket.name || ticket.externalReference, ticket.reference].filter(Boolean).join(" · ")]);
    if (ticket.checkedInAt) row.append(element("span", words.in_since.replace("%s", clock(ticket.checkedInAt))));
    else row.append(button(words.admit, () => { letIn({ ticketId: ticket.ticketId }); clear(); }));
    return row;
  }));
}

async function load() {
  const { isGood, said } = await ask(`/showtimes/${show}/tickets`).catch(() => ({}));
  if (!isGood) {
    at("note").textContent = words.no_list;
    return;
  }
  manifest.replace(said.tickets);
  count(said);
}

function clock(time) {
  return digits(new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone }).format(new Date(time)));
}

function line(texts) {
  const row = element("li");
  row.append(...texts.map((text) => element("span", text)));
  return row;
}

function button(text, press) {
  const made = element("button", text);
  Object.assign(made, { type: "button", className: "button button--small" });
  made.addEventListener("click", press);
  return made;
}

function element(tag, text = "") {
  return Object.assign(document.createElement(tag), { textContent: text });
}

/** The field has the focus again. On a phone its keyboard stays away until the field itself is touched. */
function rest() {
  if (matchMedia("(pointer: coarse)").matches) at("code").inputMode = "none";
  at("code").focus({ preventScroll: true });
}

function begin() {
  at("scan").addEventListener("submit", (event) => { event.preventDefault(); enter(); });
  at("code").addEventListener("input", search);
  at("code").addEventListener("pointerdown", () => { at("code").inputMode = "text"; });
  at("show").addEventListener("change", () => at("shows").submit());
  at("again").addEventListener("click", () => unanswered && send(unanswered));
  at("undo-form").addEventListener("submit", undo);
  at("undo-no").addEventListener("click", () => at("undo").close());
  at("undo").addEventListener("close", rest);
  document.addEventListener("pointerdown", allow);
  document.addEventListener("click", (event) => { if (!event.target.closest("dialog, select, input, a")) rest(); });
  document.addEventListener("keydown", (event) => {
    allow();
    const isTyped = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey && event.key !== " ";
    if (isTyped && !document.activeElement.closest("input, select, dialog")) rest();
  });
  new Camera(at("camera"), at("view"), {
    scanned: (text) => letIn({ code: text.slice(0, 400) }),
    failed: () => { at("note").textContent = words.no_camera; },
  });
  setInterval(() => document.hidden || load(), LIST_EVERY);
  rest();
}

if (show) {
  begin();
  await load();
  for (const { ticketId, seat, checkedInAt } of manifest.latest(LAST).reverse())
    note({ kind: "good", title: words.ADMITTED, seat, ticketId, time: checkedInAt });
  document.documentElement.dataset.ready = "";
}
