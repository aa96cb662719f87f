// The hall on the clerk's screen: draws the chairs once, paints their states, moves the chosen block about.

import { quote } from "../charges.js";

const SVG = "http://www.w3.org/2000/svg";
const PITCH = 40; // from seat to seat, as the server draws
const ORDINARY = new Set(["STANDARD", "PREMIUM", "VIP", "RECLINER", "SOFA"]);
const CODES = { AVAILABLE: "A", HELD: "H", BOOKED: "B", BLOCKED: "X" };

export class Hall {
  constructor(box, data, onClick) {
    this.box = box;
    this.seats = data.seats;
    this.stateUrl = data.stateUrl;
    this.charges = data.charges;
    this.index = new Map(data.seats.map((seat, n) => [seat.label, n]));
    this.version = data.version;
    this.state = [...data.state];
    this.chosen = [];
    this.amounts = [...new Set(data.seats.map((seat) => seat.price))].sort((a, b) => a - b);
    this.#draw(onClick);
    this.paint();
  }

  isFree(n) {
    return this.state[n] === "A";
  }

  /** The places of seats by their labels. */
  numbers(labels) {
    return labels.map((label) => this.index.get(label));
  }

  /** Move the chosen block to the nearest place of the same length in a direction. */
  move(dx, dy) {
    if (!this.chosen.length) return;
    const from = this.#middle(this.chosen);
    let best = null;
    for (const block of this.#blocks(this.chosen.length)) {
      const to = this.#middle(block);
      const [ahead, aside] = dx ? [(to.x - from.x) * dx, Math.abs(to.y - from.y)] : [(to.y - from.y) * dy, Math.abs(to.x - from.x)];
      if (ahead < PITCH / 4 || (dx && aside > PITCH / 2)) continue;
      const score = ahead + aside * 2;
      if (!best || score < best.score) best = { block, score };
    }
    if (best) this.choose(best.block);
  }

  choose(block) {
    this.chosen = [...block];
    this.paint();
  }

  toggle(n) {
    if (this.chosen.includes(n)) this.chosen = this.chosen.filter((one) => one !== n);
    else if (this.isFree(n)) this.chosen.push(n);
    this.paint();
  }

  /** New states of some seats; returns the labels of chosen ones that are gone. */
  apply({ version, seats }) {
    this.version = version;
    for (const { label, status } of seats) {
      const n = this.index.get(label);
      if (n !== undefined) this.state[n] = CODES[status] ?? this.state[n];
    }
    return this.#dropTaken();
  }

  /** The whole state as fetched; an older one than we know is left alone. */
  replace({ version, state }) {
    if (version < this.version || state.length !== this.state.length) return [];
    this.state = [...state];
    this.version = version;
    return this.#dropTaken();
  }

  labels() {
    return this.chosen.map((n) => this.seats[n].label);
  }

  /** [[price, how many]], the dearest last. */
  prices() {
    const counts = new Map();
    for (const n of this.chosen) counts.set(this.seats[n].price, (counts.get(this.seats[n].price) ?? 0) + 1);
    return [...counts].sort(([a], [b]) => a - b);
  }

  /** { total, lines: [[name, amount]] }: fees and taxes on top are lines. */
  quote() {
    return quote(this.chosen.map((n) => this.seats[n].price), this.charges);
  }

  total() {
    return this.quote().total;
  }

  paint() {
    const chosen = new Set(this.chosen);
    this.nodes.forEach((node, n) => {
      node.classList.toggle("taken", !this.isFree(n));
      node.classList.toggle("held", this.state[n] === "H");
      node.classList.toggle("chosen", chosen.has(n));
    });
  }

  #dropTaken() {
    const gone = this.chosen.filter((n) => !this.isFree(n));
    this.chosen = this.chosen.filter((n) => this.isFree(n));
    this.paint();
    return gone.map((n) => this.seats[n].label);
  }

  #middle(block) {
    const sum = (axis) => block.reduce((all, n) => all + this.seats[n][axis], 0) / block.length;
    return { x: sum("x"), y: sum("y") };
  }

  #edges() {
    const xs = this.seats.map((seat) => seat.x);
    const ys = this.seats.map((seat) => seat.y);
    return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  }

  /** All places for so many seats side by side. */
  #blocks(count) {
    const blocks = [];
    for (const run of this.#runs()) {
      for (let first = 0; first + count <= run.length; first += 1) {
        blocks.push(run.slice(first, first + count));
      }
    }
    return blocks;
  }

  /** Runs of free ordinary seats that touch each other, row by row from left to right. */
  #runs() {
    const runs = [];
    for (const row of this.rows) {
      let run = [];
      let last = null;
      for (const n of row) {
        const { x, y } = this.seats[n];
        const touches = last !== null && Math.hypot(x - this.seats[last].x, y - this.seats[last].y) < PITCH * 1.6;
        last = n;
        if (run.length && !touches) {
          runs.push(run);
          run = [];
        }
        if (this.isFree(n) && ORDINARY.has(this.seats[n].type)) run.push(n);
        else if (run.length) {
          runs.push(run);
          run = [];
        }
      }
      if (run.length) runs.push(run);
    }
    return runs;
  }

  #draw(onClick) {
    const [left, top, right, bottom] = this.#edges();
    const svg = svgElement("svg", { viewBox: `${left - 56} ${top - 78} ${right - left + 112} ${bottom - top + 104}` });
    const width = right - left;
    const curve = `M ${left + width * 0.15} ${top - 50} Q ${left + width / 2} ${top - 72} ${right - width * 0.15} ${top - 50}`;
    svg.append(svgElement("path", { class: "screen", d: curve }));
    const byRow = new Map();
    this.nodes = this.seats.map((seat, n) => {
      const group = svgElement("g", { class: `level-${this.amounts.indexOf(seat.price) % 6}` });
      group.classList.toggle("special", !ORDINARY.has(seat.type));
      const title = svgElement("title");
      title.textContent = seat.label;
      const text = svgElement("text", { x: seat.x, y: seat.y });
      text.textContent = seat.number;
      group.append(title, svgElement("rect", { x: seat.x - 16, y: seat.y - 16, width: 32, height: 32, rx: 7 }), text);
      group.addEventListener("click", () => onClick(n));
      svg.append(group);
      if (!byRow.has(seat.line)) byRow.set(seat.line, []);
      byRow.get(seat.line).push(n);
      return group;
    });
    this.rows = [...byRow.values()].map((row) => row.sort((a, b) => this.seats[a].x - this.seats[b].x));
    for (const row of this.rows) svg.append(...this.#rowSigns(row));
    this.box.replaceChildren(svg);
  }

  #rowSigns(row) {
    return [[row[0], -34], [row.at(-1), 34]].map(([n, aside]) => {
      const sign = svgElement("text", { class: "row", x: this.seats[n].x + aside, y: this.seats[n].y });
      sign.textContent = this.seats[n].row;
      return sign;
    });
  }
}

function svgElement(tag, attributes = {}) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
