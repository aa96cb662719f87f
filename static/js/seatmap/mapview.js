// The drawing: paints each seat by colour and shape, and turns taps and keys into choices.

import { announce } from "./announce.js";
import { asGrid } from "./grid.js";
import { say } from "./words.js";
import { money } from "../numbers.js";

const TYPING = 2000; // ms between two keys of one label
const SHAPE = { held: "#kHeld", sold: "#kSold", blocked: "#kBlocked" };

/** What the drawing says of its seats, in layout order. */
export function readMap(svg) {
  return [...svg.querySelectorAll("[data-l]")].map((element, n) => {
    const { e: x, f: y } = element.transform.baseVal[0].matrix;
    const data = element.dataset;
    return {
      n,
      element,
      x,
      y,
      label: data.l,
      type: data.t,
      row: element.parentNode.dataset.row,
      section: element.parentNode.parentNode.dataset.section,
      number: element.lastChild.textContent,
      pair: data.p === undefined ? undefined : Number(data.p),
      companionOf: data.c === undefined ? undefined : Number(data.c),
      shape: element.firstChild.getAttribute("href"),
    };
  });
}

export class MapView {
  /** onToggle(n): a seat was tapped. isTooSmall(): seats are too small to hit, so a tap zooms in instead. */
  constructor(svg, seats, { currency, onToggle, isTooSmall, zoomTo }) {
    Object.assign(this, { svg, seats, currency, onToggle, isTooSmall, zoomTo });
    this.focused = this.#firstStop();
    this.letters = "";
    this.typedAt = -TYPING;
    asGrid(svg, seats.all);
    for (const { n, element } of seats.all) element.setAttribute("tabindex", n === this.focused ? "0" : "-1");
    this.paint(seats.all.map((seat) => seat.n));
    seats.addEventListener("change", (event) => this.#changed(event.detail));
    svg.addEventListener("click", (event) => this.#tap(event));
    svg.addEventListener("keydown", (event) => this.#key(event));
    svg.addEventListener("focusin", (event) => this.#stopAt(this.#numberOf(event.target)));
  }

  paint(numbers) {
    for (const n of numbers) {
      const { element, shape, number, type, level } = this.seats.all[n];
      const status = this.seats.status(n);
      element.setAttribute("class", `${status} level-${level % 6}${this.seats.mine.has(n) ? " mine" : ""}`);
      const isRound = type === "W" && status === "chosen";
      element.firstChild.setAttribute("href", SHAPE[status] ?? (isRound ? "#kC" : shape));
      element.lastChild.textContent = status === "chosen" ? "✓" : type === "W" ? "" : number;
      element.setAttribute("aria-label", name(this.seats, n, this.currency));
      element.setAttribute("aria-selected", String(status === "chosen"));
      if (["chosen", "proposed", "free"].includes(status)) element.removeAttribute("aria-disabled");
      else element.setAttribute("aria-disabled", "true");
    }
  }

  /** Who stands on a seat hears when somebody takes it. A chosen one that is lost is told with what to do. */
  #changed(numbers) {
    const { element, label } = this.seats.all[this.focused];
    const wasFree = element.matches(".free, .proposed");
    this.paint(numbers);
    if (!wasFree || document.activeElement !== element || element.ariaDisabled !== "true") return;
    announce(say("cannot", { seat: label, status: say(`is_${this.seats.status(this.focused)}`) }));
  }

  focus(n) {
    this.#stopAt(n);
    this.seats.all[n].element.focus();
  }

  #numberOf(target) {
    const element = target.closest?.("[data-l]");
    return element ? this.seats.byLabel.get(element.dataset.l) : undefined;
  }

  #tap(event) {
    const n = this.#numberOf(event.target) ?? this.#under(event);
    if (this.isTooSmall() && event.detail > 0) {
      this.zoomTo(event.clientX, event.clientY);
      return;
    }
    if (n !== undefined) this.onToggle(n);
  }

  /** The seat nearest to a tap that fell between seats. */
  #under(event) {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    let best;
    let least = 24;
    for (const seat of this.seats.all) {
      const far = Math.hypot(seat.x - at.x, seat.y - at.y);
      if (far < least) [best, least] = [seat.n, far];
    }
    return best;
  }

  #firstStop() {
    const chosen = [...this.seats.wanted][0];
    return chosen ?? this.seats.all.find((seat) => this.seats.isFree(seat.n))?.n ?? 0;
  }

  #stopAt(n) {
    if (n === undefined || n === this.focused) return;
    this.seats.all[this.focused].element.setAttribute("tabindex", "-1");
    this.seats.all[n].element.setAttribute("tabindex", "0");
    this.focused = n;
  }

  #key(event) {
    if (event.altKey || event.metaKey) return;
    if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      this.onToggle(this.focused);
      return;
    }
    const next = step(this.seats.all, this.focused, event) ?? this.#typed(event);
    if (next === undefined) return;
    event.preventDefault();
    this.focus(next);
  }

  /** Typing a label goes to it: C, 1, 2. */
  #typed(event) {
    if (event.ctrlKey || event.key.length !== 1) return undefined;
    const now = performance.now();
    this.letters = (now - this.typedAt < TYPING ? this.letters : "") + event.key.toUpperCase();
    this.typedAt = now;
    const exact = this.seats.byLabel.get(this.letters);
    return exact ?? this.seats.all.find((seat) => seat.label.toUpperCase().startsWith(this.letters))?.n;
  }
}

/** "Row C, seat 12, Premium, NPR 450, aisle, available". */
export function name(seats, n, currency) {
  const seat = seats.all[n];
  const status = seats.mine.has(n) && seats.chosen.has(n) ? "mine" : seats.status(n);
  const facts = { row: seat.row, number: seat.number, type: say(`type${seat.type}`), status: say(`is_${status}`) };
  const price = [money(seat.price, currency), seat.isAisle && say("aisle")].filter(Boolean).join(", ");
  return say("seatName", { ...facts, price });
}

function step(all, from, { key, ctrlKey }) {
  const here = all[from];
  const row = all.filter((seat) => seat.row === here.row && seat.section === here.section).sort((a, b) => a.x - b.x);
  const place = row.indexOf(here);
  if (ctrlKey && key === "Home") return 0;
  if (ctrlKey && key === "End") return all.length - 1;
  if (key === "Home") return row[0].n;
  if (key === "End") return row[row.length - 1].n;
  if (key === "ArrowLeft") return row[place - 1]?.n;
  if (key === "ArrowRight") return row[place + 1]?.n;
  if (key === "ArrowUp") return over(all, here, -1);
  if (key === "ArrowDown") return over(all, here, 1);
  if (key === "PageUp" || key === "PageDown") return section(all, here, key === "PageUp" ? -1 : 1);
  return undefined;
}

/** The seat straight ahead in the next row that way. */
function over(all, here, way) {
  const ahead = all.filter((seat) => (seat.y - here.y) * way > 12 && seat.row !== here.row);
  if (!ahead.length) return undefined;
  const near = Math.min(...ahead.map((seat) => Math.abs(seat.y - here.y) + Math.abs(seat.x - here.x) / 4));
  return ahead
    .filter((seat) => Math.abs(seat.y - here.y) + Math.abs(seat.x - here.x) / 4 <= near + 8)
    .sort((a, b) => Math.abs(a.x - here.x) - Math.abs(b.x - here.x))[0].n;
}

function section(all, here, way) {
  const names = [...new Set(all.map((seat) => seat.section))];
  const next = names[names.indexOf(here.section) + way];
  return all.find((seat) => seat.section === next)?.n;
}
