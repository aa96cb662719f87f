// The hall on the clerk's screen: draws the chairs once, paints their states, finds seats side by side.

const SVG = "http://www.w3.org/2000/svg";
const ORDINARY = new Set(["STANDARD", "PREMIUM", "VIP", "RECLINER", "SOFA"]);

export class Hall {
  constructor(box, data, onClick) {
    this.box = box;
    this.seats = data.seats;
    this.index = new Map(data.seats.map((seat, n) => [seat.label, n]));
    this.version = data.version;
    this.firstId = data.firstId;
    this.state = [...data.state];
    this.chosen = [];
    this.#draw(onClick);
    this.paint();
  }

  isFree(n) {
    return this.state[n] === "A";
  }

  // n seats side by side: nearest to the middle of the row two thirds of the way back.
  best(count) {
    const runs = this.runs().filter((run) => run.length >= count);
    const ys = this.seats.map((seat) => seat.y);
    const idealY = Math.min(...ys) + (Math.max(...ys) - Math.min(...ys)) * 0.66;
    const xs = this.seats.map((seat) => seat.x);
    const middle = (Math.min(...xs) + Math.max(...xs)) / 2;
    let best = null;
    for (const run of runs) {
      for (let first = 0; first + count <= run.length; first += 1) {
        const block = run.slice(first, first + count);
        const x = block.reduce((sum, n) => sum + this.seats[n].x, 0) / count;
        const score = Math.abs(x - middle) + Math.abs(this.seats[block[0]].y - idealY) * 1.5;
        if (!best || score < best.score) best = { block, score };
      }
    }
    return best ? best.block : [];
  }

  // Runs of free ordinary seats that touch each other, row by row from left to right.
  runs() {
    const rows = new Map();
    this.seats.forEach((seat, n) => {
      const key = `${seat.row}|${Math.round(seat.y / 15)}`;
      if (!rows.has(key)) rows.set(key, []);
      rows.get(key).push(n);
    });
    const pitch = this.pitch();
    const runs = [];
    for (const row of rows.values()) {
      row.sort((a, b) => this.seats[a].x - this.seats[b].x);
      let run = [];
      for (const n of row) {
        const last = run.at(-1);
        const touches = last !== undefined && this.seats[n].x - this.seats[last].x < pitch * 1.6;
        if (run.length && !touches) { runs.push(run); run = []; }
        if (this.isFree(n) && ORDINARY.has(this.seats[n].type)) run.push(n);
        else if (run.length) { runs.push(run); run = []; }
      }
      if (run.length) runs.push(run);
    }
    return runs;
  }

  pitch() {
    let least = Infinity;
    for (let n = 1; n < this.seats.length; n += 1) {
      if (this.seats[n].row === this.seats[n - 1].row) least = Math.min(least, Math.abs(this.seats[n].x - this.seats[n - 1].x) || Infinity);
    }
    return Number.isFinite(least) ? least : 36;
  }

  // Move the chosen block to the nearest place of the same length in a direction.
  move(dx, dy) {
    const count = this.chosen.length;
    if (!count) return;
    const at = this.seats[this.chosen[0]];
    let best = null;
    for (const run of this.runs()) {
      for (let first = 0; first + count <= run.length; first += 1) {
        const to = this.seats[run[first]];
        const ahead = dx ? (to.x - at.x) * dx : (to.y - at.y) * dy;
        const aside = dx ? Math.abs(to.y - at.y) : Math.abs(to.x - at.x);
        if (ahead <= 1 || (dx && aside > 8)) continue;
        const score = ahead + aside * 2;
        if (!best || score < best.score) best = { block: run.slice(first, first + count), score };
      }
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

  // New letters for some seats; returns the labels of chosen ones that are gone.
  apply(changes) {
    const codes = { AVAILABLE: "A", HELD: "H", BOOKED: "B", BLOCKED: "X" };
    for (const { label, status } of changes) {
      const n = this.index.get(label);
      if (n !== undefined) this.state[n] = codes[status] ?? this.state[n];
    }
    return this.#dropTaken();
  }

  replace(state, version) {
    this.state = [...state];
    this.version = version;
    return this.#dropTaken();
  }

  #dropTaken() {
    const gone = this.chosen.filter((n) => !this.isFree(n));
    this.chosen = this.chosen.filter((n) => this.isFree(n));
    this.paint();
    return gone.map((n) => this.seats[n].label);
  }

  labels() {
    return this.chosen.map((n) => this.seats[n].label);
  }

  total() {
    return this.chosen.reduce((sum, n) => sum + Math.round(this.seats[n].price * 100), 0) / 100;
  }

  paint() {
    const chosen = new Set(this.chosen);
    this.nodes.forEach((node, n) => {
      const free = this.isFree(n);
      node.classList.toggle("taken", !free);
      node.classList.toggle("held", this.state[n] === "H");
      node.classList.toggle("chosen", chosen.has(n));
    });
  }

  #draw(onClick) {
    const xs = this.seats.map((seat) => seat.x);
    const ys = this.seats.map((seat) => seat.y);
    const [left, top] = [Math.min(...xs) - 40, Math.min(...ys) - 70];
    const [width, height] = [Math.max(...xs) - left + 40, Math.max(...ys) - top + 40];
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", `${left} ${top} ${width} ${height}`);
    const screen = document.createElementNS(SVG, "path");
    screen.setAttribute("class", "screen");
    screen.setAttribute("d", `M ${left + width * 0.2} ${top + 28} Q ${left + width / 2} ${top + 12} ${left + width * 0.8} ${top + 28}`);
    svg.append(screen);
    this.nodes = this.seats.map((seat, n) => {
      const group = document.createElementNS(SVG, "g");
      if (!ORDINARY.has(seat.type)) group.classList.add("special");
      const rect = document.createElementNS(SVG, "rect");
      for (const [name, value] of Object.entries({ x: seat.x - 15, y: seat.y - 15, width: 30, height: 30, rx: 6 })) rect.setAttribute(name, value);
      const text = document.createElementNS(SVG, "text");
      text.setAttribute("x", seat.x);
      text.setAttribute("y", seat.y);
      text.textContent = seat.label;
      group.append(rect, text);
      group.addEventListener("click", () => onClick(n));
      svg.append(group);
      return group;
    });
    this.box.replaceChildren(svg);
  }
}
