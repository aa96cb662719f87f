// How many they are: asks the server for the best seats of a party, again when somebody else took one, and remembers.

import { announce } from "./announce.js";
import { tell } from "./panel.js";
import { list, reasons, say } from "./words.js";
import { money } from "../numbers.js";

const at = (id) => document.getElementById(id);
const YEAR = 365 * 24 * 3600;

export class Party {
  constructor(seats, page) {
    Object.assign(this, { seats, page });
    this.count = page.party;
    at("party-count").value = this.count;
    at("party-fewer").addEventListener("click", () => this.#become(this.count - 1));
    at("party-more").addEventListener("click", () => this.#become(this.count + 1));
    at("party-count").addEventListener("change", (event) => this.#become(Number(event.target.value)));
    for (const id of ["party-zone", "party-accessible"]) at(id)?.addEventListener("change", () => this.ask());
    seats.addEventListener("outdated", () => this.#askSoon());
    if (seats.proposal) this.#say();
    else if (!seats.chosen.size && !page.hold && page.state.includes("A")) this.#sayNone();
  }

  /** The best seats as they are now. Who chose seats on their own lets these go by asking. */
  async ask() {
    clearTimeout(this.waiting);
    const asked = (this.asked = new URLSearchParams({ count: this.count }));
    if (at("party-zone")?.value) asked.set("zone", at("party-zone").value);
    if (at("party-accessible")?.checked) asked.set("accessible", "true");
    try {
      const response = await fetch(`${this.page.bestUrl}?${asked}`, { signal: AbortSignal.timeout(10_000) });
      if (!response.ok || asked !== this.asked) return;
      const best = await response.json();
      const numbers = best.seats.map((seat) => this.seats.byLabel.get(seat.seatNumber));
      this.seats.propose(numbers.length ? { ...best, seats: numbers } : null);
      if (numbers.length) this.#say();
      else this.#sayNone();
    } catch {
      // No network: what is proposed stands, and holding it tells whether it is free.
    }
  }

  #become(count) {
    this.count = Math.min(Math.max(Math.round(count) || 1, 1), this.page.maxSeats);
    at("party-count").value = this.count;
    document.cookie = `party=${this.count}; path=/; max-age=${YEAR}; samesite=lax`;
    this.#wait(250);
  }

  /** A crowd that lost one seat does not ask in one instant. */
  #askSoon() {
    this.#wait(200 + Math.random() * 800);
  }

  #wait(ms) {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.ask(), ms);
  }

  /** A party for whom there is nothing may wait for what comes free, though others find seats. */
  #sayNone() {
    const link = { href: `${location.pathname}waiting-list/`, text: say("tellMe") };
    tell(say("noProposal", { count: this.count }), { kind: "warn", link, key: "party" });
  }

  #say() {
    const { labels, total, proposal } = this.seats;
    const facts = { count: labels.length, seats: list(labels), total: money(total, this.page.currency) };
    announce(`${say(proposal.together ? "proposal" : "proposalApart", facts)} ${reasons(proposal)}`);
  }
}
