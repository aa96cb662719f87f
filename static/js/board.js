// The live board: shows of tonight with their seats, drawn from what the page brings and then from what the socket says.

const SILENT_AFTER = 12_000; // the server says something every five seconds
const LONGEST_WAIT = 30_000;

const board = document.getElementById("board");
const sign = document.getElementById("live");
const words = JSON.parse(board.dataset.words);
const SOURCES = Object.keys(words).filter((key) => key.startsWith("source.")).map((key) => key.slice(7));
const rows = new Map();

let offset = 0; // their clock less ours
let failures = 0;
let socket, silence, reconnecting;

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

// What is left until the start, or that it runs.
function timing(row) {
  const minutes = Math.ceil((Date.parse(row.startsAt) - Date.now() - offset) / 60_000);
  if (minutes <= 0) return words.running;
  if (minutes < 100) return `${words.in} ${minutes} ${words.minutes}`;
  return `${words.in} ${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}

function parts(row) {
  const sold = SOURCES.map((source) => [source, row.soldBySource[source] ?? 0]);
  return [...sold, ["held", row.held], ["blocked", row.blocked]];
}

function sentence(row) {
  const sold = parts(row).slice(0, SOURCES.length).filter(([, count]) => count);
  const by = sold.map(([source, count]) => `${words[`source.${source}`]} ${count}`).join(", ");
  const said = [`${row.sold} ${words.sold}${by ? ` (${by})` : ""}`];
  for (const state of ["held", "blocked", "allotted"]) if (row[state]) said.push(`${row[state]} ${words[state]}`);
  return said.join(" · ");
}

function draw(row) {
  const item = element("li", "board-show");
  item.dataset.id = row.showtimeId;
  const time = element("p", "board-time");
  time.append(element("strong", "", row.time), element("span", "board-left", timing(row)));
  const what = element("p", "board-what");
  const link = element("a", "", document.documentElement.lang === "ne" && row.movieNe ? row.movieNe : row.movie);
  link.href = board.dataset.seats.replace(/0{8}-(0{4}-){3}0{12}/, row.showtimeId);
  what.append(link, element("span", "", row.hall));
  const free = element("p", "board-free");
  free.append(element("strong", "", row.free || words.full), ` ${row.free ? `${words.free} ${row.total}` : ""}`);
  const bar = element("span", "board-bar");
  bar.setAttribute("aria-hidden", "true");
  for (const [name, count] of parts(row)) {
    if (!count) continue;
    const part = element("i");
    part.dataset.part = name;
    part.style.width = `${(100 * count) / row.total}%`;
    bar.append(part);
  }
  const seats = element("div", "board-seats");
  seats.append(bar, element("p", "board-said", `${Math.round(row.percent)} % · ${sentence(row)}`));
  item.append(time, what, free, seats);
  return item;
}

function replace(found) {
  rows.clear();
  for (const row of found) rows.set(row.showtimeId, row);
  board.replaceChildren();
  const cinemas = new Map();
  for (const row of rows.values()) {
    if (!cinemas.has(row.cinemaId)) {
      const section = element("section", "desk-section");
      const list = element("ul", "board-list");
      section.append(element("h2", "", row.cinema), list);
      cinemas.set(row.cinemaId, [row.cinema, section, list]);
    }
    cinemas.get(row.cinemaId)[2].append(draw(row));
  }
  const sorted = [...cinemas.values()].sort(([one], [other]) => one.localeCompare(other));
  board.append(...sorted.map(([, section]) => section));
  if (!rows.size) board.append(element("p", "", words.none));
}

function change(row) {
  const before = board.querySelector(`[data-id="${row.showtimeId}"]`);
  if (!before) return; // not on our list yet: the next whole board has it
  rows.set(row.showtimeId, row);
  const item = draw(row);
  item.classList.add("is-new");
  const hadFocus = before.contains(document.activeElement);
  before.replaceWith(item);
  if (hadFocus) item.querySelector("a").focus();
}

function say(mode, since) {
  if (sign.dataset.mode === mode && mode !== "lost") return;
  sign.dataset.mode = mode;
  const clock = since ? ` ${since.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" })}` : "";
  sign.querySelector("span").textContent = words[mode] + clock;
  board.classList.toggle("is-stale", mode === "lost");
}

function heard(message) {
  failures = 0;
  offset = Date.parse(message.serverTime) - Date.now();
  clearTimeout(silence);
  silence = setTimeout(() => lost(), SILENT_AFTER);
  say(message.live ? "live" : "slow");
  if (message.type === "board") replace(message.rows);
  if (message.type === "rows") message.rows.forEach(change);
}

function lost() {
  clearTimeout(silence);
  const was = socket;
  socket = undefined;
  was?.close();
  if (sign.dataset.mode !== "lost" || !failures) say("lost", new Date());
  failures += 1;
  const wait = Math.min(LONGEST_WAIT, 1000 * 2 ** Math.min(failures - 1, 5)) * (0.5 + Math.random() / 2);
  clearTimeout(reconnecting);
  reconnecting = setTimeout(connect, wait);
}

function connect() {
  clearTimeout(reconnecting);
  // The session's cookie belongs to the name in the address bar; the demo answers to two.
  const isLocal = location.hostname === "localhost";
  const url = isLocal ? board.dataset.ws.replace("127.0.0.1", "localhost") : board.dataset.ws;
  const opened = new WebSocket(`${url}/ws/board`);
  socket = opened;
  opened.addEventListener("message", (event) => {
    const message = JSON.parse(event.data);
    if (opened !== socket) return;
    if (message.type === "resync") lost();
    else heard(message);
  });
  opened.addEventListener("close", () => opened === socket && lost());
}

function woke() {
  if (document.hidden || socket) return;
  failures = 0;
  connect();
}

offset = Date.parse(board.dataset.now) - Date.now();
replace(JSON.parse(board.dataset.rows));
if (board.dataset.ws) connect();
else say("lost", new Date());
document.addEventListener("visibilitychange", woke);
addEventListener("online", woke);
addEventListener("pagehide", () => socket?.close());
setInterval(() => {
  for (const row of rows.values()) {
    const left = board.querySelector(`[data-id="${row.showtimeId}"] .board-left`);
    if (left) left.textContent = timing(row);
  }
}, 10_000);
