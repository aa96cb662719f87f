// Booked on the website, paid here: B, the code or the phone number, Enter, C or K, Enter. Its own dialogue, so that a sale stays as it is.

import { money } from "../numbers.js";
import { element, moment } from "./shows.js";

const at = (id) => document.getElementById(id);

export class Waiting {
  /** ask(path, options): as the page asks everything. print(bookingId): its tickets; whether they came. */
  constructor({ words, ask, csrf, print, sold }) {
    Object.assign(this, { words, ask, csrf, print, sold, found: [], chosen: null, isBusy: false });
    this.dialog = at("waiting");
    at("waiting-open").addEventListener("click", () => this.#open());
    at("waiting-close").addEventListener("click", () => this.dialog.close());
    at("waiting-form").addEventListener("submit", (event) => this.#find(event));
    at("waiting-gift").addEventListener("submit", (event) => this.#redeem(event));
    at("waiting-cash").addEventListener("click", () => this.#collect("CASH"));
    at("waiting-card").addEventListener("click", () => this.#collect("CARD"));
    at("waiting-print").addEventListener("click", () => this.#print());
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Every reference begins with a B: a scanner opens this by itself, and types the rest into the field. */
  #key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (!document.querySelector("dialog[open]")) {
      if (!/^b$/i.test(event.key) || document.activeElement?.matches("input, select, textarea")) return;
      event.preventDefault();
      this.#open();
      return;
    }
    if (!this.dialog.open || document.activeElement?.matches("input")) return;
    const press = this.#meaning(event.key);
    if (!press) return;
    event.preventDefault();
    press();
  }

  #meaning(key) {
    if (/^b$/i.test(key)) return () => this.#open();
    if (!this.chosen && this.found[key - 1]) return () => this.#choose(this.found[key - 1]);
    if (/^c$/i.test(key)) return () => this.#collect("CASH");
    if (/^k$/i.test(key)) return () => this.#collect("CARD");
    return key === "Enter" && this.chosen?.status === "CONFIRMED" ? () => this.#print() : null;
  }

  #open() {
    this.#show([]);
    this.#say("");
    at("waiting-text").value = "";
    if (!this.dialog.open) this.dialog.showModal();
    at("waiting-text").focus();
  }

  async #find(event) {
    event.preventDefault();
    const text = at("waiting-text").value.trim();
    if (!text) return;
    try {
      const { bookings } = await this.ask(`/counter/waiting?q=${encodeURIComponent(text)}`);
      this.#say(bookings.length ? "" : this.words.waiting_none);
      this.#show(bookings);
      if (bookings.length) at("waiting-text").blur();
      else at("waiting-text").select();
    } catch (error) {
      this.#say(error.message);
    }
  }

  #show(bookings) {
    this.found = bookings;
    this.#choose(bookings.length === 1 ? bookings[0] : null);
  }

  #choose(booking) {
    this.chosen = booking;
    // The same money keeps its key however often it is sent: a lost answer never takes it twice.
    this.keys = { CASH: key(), CARD: key() };
    at("waiting-voucher").value = this.gift = "";
    if (booking && booking.status !== "PENDING") this.#say(this.#why(booking), booking.status === "CONFIRMED" ? "good" : "");
    this.#draw();
  }

  #why({ status, statusText }) {
    return status === "CONFIRMED" ? this.words.waiting_paid : this.words.waiting_over.replace("%s", statusText);
  }

  #collect(tender) {
    return this.#send("/counter/collect", { tender }, this.keys[tender], (sold) => {
      // Who paid the difference of an exchange has the tickets of the sale, which is another booking.
      this.chosen = { ...this.chosen, ...sold, exchangeOf: null, status: "CONFIRMED" };
      this.#say(this.words.sold.replace("%s", sold.bookingReference), "good");
      this.sold();
    });
  }

  /** As far as it reaches: what is left is paid by C or K. */
  #redeem(event) {
    event.preventDefault();
    const code = at("waiting-voucher").value.trim();
    if (this.gift !== code) [this.gift, this.keys.gift] = [code, key()];
    return this.#send("/counter/collect/voucher", { code }, this.keys.gift, (paid) => {
      const isOver = paid.status === "CONFIRMED";
      this.chosen = { ...this.chosen, ...paid, exchangeOf: isOver ? null : paid.exchangeOf };
      this.#say(this.words.waiting_gift.replace("%s", paid.last4).replace("%s", money(paid.paid, paid.currency)), "good");
      at("waiting-voucher").value = "";
      at("waiting-voucher").blur(); // so that C, K and Enter are keys again
      if (isOver) this.sold();
    });
  }

  async #send(path, what, key, done) {
    const booking = this.chosen;
    if (booking?.status !== "PENDING" || this.isBusy) return;
    this.isBusy = true;
    this.#say(this.words.selling, "busy");
    this.#draw();
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.csrf, "Idempotency-Key": key };
    try {
      const body = JSON.stringify({ bookingId: booking.bookingId, ...what });
      done(await this.ask(path, { method: "POST", headers, body }));
    } catch (error) {
      this.#say(error.status && error.status < 500 ? error.message : this.words.waiting_unsure);
      if (error.body?.bookingStatus) this.chosen = { ...booking, status: error.body.bookingStatus };
    }
    this.isBusy = false;
    this.#draw();
  }

  async #print() {
    const { bookingId } = this.chosen;
    this.dialog.close();
    await this.print(bookingId);
  }

  #say(text, kind = "") {
    at("waiting-message").textContent = text;
    at("waiting-message").dataset.kind = kind;
  }

  #draw() {
    const booking = this.chosen;
    const rows = booking ? [] : this.found.map((one, n) => this.#row(one, n));
    at("waiting-list").replaceChildren(...rows);
    at("waiting-list").hidden = !rows.length;
    at("waiting-one").hidden = !booking;
    at("waiting-pay").hidden = at("waiting-gift").hidden = booking?.status !== "PENDING";
    at("waiting-print").hidden = booking?.status !== "CONFIRMED";
    at("waiting-cash").disabled = at("waiting-card").disabled = this.isBusy;
    if (!booking) return;
    at("waiting-title").textContent = booking.show.title;
    at("waiting-when").textContent = `${moment(booking.show)} · ${booking.show.hall}, ${booking.show.cinema}`;
    at("waiting-seats").textContent = booking.seats.join(", ");
    at("waiting-total").textContent = money(booking.status === "PENDING" ? booking.due : booking.total, booking.currency);
    const until = booking.payBy ? this.words.waiting_until.replace("%s", moment({ startsAt: booking.payBy, timeZone: booking.show.timeZone })) : "";
    const why = booking.exchangeOf ? this.words.waiting_difference.replace("%s", booking.exchangeOf) : "";
    at("waiting-who").textContent = [why, booking.bookingReference, booking.name, until].filter(Boolean).join(" · ");
  }

  #row(booking, n) {
    const button = element("button");
    button.type = "button";
    const title = element("span", "counter__name", booking.show.title);
    title.append(element("small", "", [booking.seats.join(", "), booking.name, booking.bookingReference].filter(Boolean).join(" · ")));
    button.append(element("kbd", "", String(n + 1)), element("strong", "", moment(booking.show)), title, element("span", "counter__left", money(booking.due, booking.currency)));
    button.addEventListener("click", () => this.#choose(booking));
    const item = element("li");
    item.append(button);
    return item;
  }
}

function key() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
