// What this page knows of the seats: their state as last heard, what is chosen or proposed, what is held for this visitor.

import { quote } from "../charges.js";

const OPEN = "A";

export class Seats extends EventTarget {
  /** drawn: what the map or the list says of each seat, in layout order. page: the server's payload. */
  constructor(drawn, page) {
    super();
    this.all = drawn;
    this.byLabel = new Map(drawn.map((seat) => [seat.label, seat.n]));
    this.firstId = page.firstId;
    this.version = page.version;
    this.letters = [...page.state];
    this.mine = new Set(page.hold?.seats ?? []);
    this.chosen = new Set([...(page.hold?.seats ?? []), ...(page.chosen ?? [])]);
    this.most = page.maxSeats;
    this.proposal = this.chosen.size ? null : page.best; // { seats, together, view, why }: stands while nothing is chosen
    this.hints = page.hints;
    this.charges = page.charges;
    this.isHolding = false; // while a hold is under way our own seats turn HELD: that is no loss
    for (const n of this.chosen) if (!this.isFree(n)) this.chosen.delete(n);
    this.#price(page.prices);
  }

  #price({ runs, levels }) {
    let n = 0;
    for (const [count, level] of runs) {
      for (let i = 0; i < count; i++, n++) Object.assign(this.all[n], { level, price: levels[level].amount });
    }
  }

  id(n) {
    return `seat_${this.firstId + n}`;
  }

  isFree(n) {
    return this.letters[n] === OPEN || (this.letters[n] === "H" && this.mine.has(n));
  }

  /** What would be held: the visitor's own choice, else what we propose. */
  get wanted() {
    return this.chosen.size ? this.chosen : new Set(this.proposal?.seats);
  }

  get isProposed() {
    return !this.chosen.size && Boolean(this.proposal);
  }

  /** "chosen", "proposed", "free", "held", "sold" or "blocked": what a visitor needs to know. */
  status(n) {
    if (this.chosen.has(n)) return "chosen";
    if (this.isProposed && this.proposal.seats.includes(n)) return "proposed";
    if (this.isFree(n)) return "free";
    return { H: "held", B: "sold", X: "blocked" }[this.letters[n]] ?? "blocked";
  }

  /** { total, lines: [[name, amount]] }: fees and taxes on top are lines. */
  get quote() {
    return quote([...this.wanted].map((n) => this.all[n].price), this.charges);
  }

  get total() {
    return this.quote.total;
  }

  get labels() {
    return [...this.wanted].map((n) => this.all[n].label);
  }

  get isAsHeld() {
    return this.mine.size > 0 && this.mine.size === this.chosen.size && [...this.mine].every((n) => this.chosen.has(n));
  }

  /** Choose or let go. A sofa goes as a pair. Returns "chosen", "let go", "taken" or "full". */
  toggle(n) {
    const pair = this.all[n].pair;
    const both = pair !== undefined && (this.chosen.has(pair) || this.isFree(pair)) ? [n, pair] : [n];
    if (this.chosen.has(n)) {
      both.forEach((each) => this.chosen.delete(each));
      this.#tell(both);
      return "let go";
    }
    if (!this.isFree(n)) return "taken";
    if (new Set([...this.chosen, ...both]).size > this.most) return "full";
    both.forEach((each) => this.chosen.add(each));
    this.#tell(both);
    return "chosen";
  }

  /** proposal: as the server gives it, or null. The visitor asked for it, so their own choice goes. */
  propose(proposal) {
    const before = [...this.wanted];
    this.chosen.clear();
    this.proposal = proposal;
    this.#tell([...before, ...this.wanted]);
  }

  choose(numbers) {
    const before = [...this.chosen];
    this.chosen = new Set(numbers.filter((n) => this.isFree(n)).slice(0, this.most));
    this.#tell([...before, ...this.chosen]);
  }

  /** The whole state as fetched. An older one than we know is left alone. */
  replace({ version, state, firstId }) {
    if (version < this.version || state.length !== this.letters.length) return;
    this.firstId = firstId;
    this.version = version;
    this.#apply([...state].flatMap((letter, n) => (letter === this.letters[n] ? [] : [[n, letter]])));
  }

  /** One pushed change. Returns false when something before it was missed. */
  change({ version, previousVersion, seats }) {
    if (version <= this.version) return true;
    if (previousVersion > this.version) return false;
    this.version = version;
    const letter = { AVAILABLE: "A", HELD: "H", BOOKED: "B", BLOCKED: "X" };
    this.#apply(seats.map((seat) => [this.byLabel.get(seat.label), letter[seat.status]]).filter(([n]) => n !== undefined));
    return true;
  }

  /** What the hold has now, by label: friends may have taken seats of it, or given them back. Says which went and came. */
  holdNow(labels) {
    const now = new Set(labels.map((label) => this.byLabel.get(label)).filter((n) => n !== undefined));
    const gone = [...this.mine].filter((n) => !now.has(n));
    const come = [...now].filter((n) => !this.mine.has(n));
    this.mine = now;
    for (const n of gone) this.chosen.delete(n);
    for (const n of come) this.chosen.add(n);
    if (gone.length || come.length) this.#tell([...gone, ...come]);
    return { gone: gone.map((n) => this.all[n].label), come: come.map((n) => this.all[n].label) };
  }

  /** The hold is over: what was ours is as free as for anybody else. */
  expire() {
    const were = [...this.mine];
    this.mine.clear();
    for (const n of were) if (this.letters[n] === "H") this.letters[n] = OPEN;
    this.#tell(were);
  }

  #apply(changes) {
    const lost = [];
    for (const [n, letter] of changes) {
      this.letters[n] = letter;
      const wasMine = this.mine.has(n);
      if (wasMine && letter !== "H") this.mine.delete(n);
      if (this.chosen.has(n) && !this.isFree(n) && !this.isHolding) {
        this.chosen.delete(n);
        lost.push({ n, wasMine, status: this.status(n) });
      }
    }
    const isOutdated = this.isProposed && !this.isHolding && this.proposal.seats.some((n) => !this.isFree(n));
    const gone = isOutdated ? this.proposal.seats : [];
    if (isOutdated) this.proposal = null;
    this.#tell([...changes.map(([n]) => n), ...gone]);
    if (isOutdated) this.dispatchEvent(new Event("outdated"));
    if (lost.length) this.dispatchEvent(new CustomEvent("lost", { detail: lost }));
  }

  #tell(numbers) {
    const proposed = this.proposal?.seats ?? []; // they look different once something is chosen
    this.dispatchEvent(new CustomEvent("change", { detail: [...new Set([...numbers, ...proposed])] }));
  }
}
