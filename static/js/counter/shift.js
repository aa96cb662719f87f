// The clerk's shift, on F9: opened with a float, counted blind, and what came of it. Its own dialogue, so that a sale stays as it is.

import { digits, money } from "../numbers.js";

const at = (id) => document.getElementById(id);

export class Shift {
  /** ask(path, options): as the page asks everything. csrf: its token. */
  constructor({ words, ask, csrf }) {
    Object.assign(this, { words, ask, csrf, key: "", standing: null });
    this.dialog = at("shift");
    at("shift-open").addEventListener("click", () => this.toggle());
    at("shift-close").addEventListener("click", () => this.dialog.close());
    at("shift-form").addEventListener("submit", (event) => this.#send(event));
    document.addEventListener("keydown", (event) => {
      if (event.key !== "F9" || event.repeat) return;
      event.preventDefault();
      this.toggle();
    });
    this.#load();
  }

  get isOpen() {
    return this.dialog.open;
  }

  async toggle() {
    if (this.dialog.open) {
      this.dialog.close();
      return;
    }
    this.dialog.showModal();
    await this.#load();
    at("shift-sum").focus();
  }

  async #load() {
    try {
      this.#draw(await this.ask("/counter/shift"));
    } catch (error) {
      at("shift-message").textContent = error.message;
    }
  }

  async #send(event) {
    event.preventDefault();
    if (this.isSending) return;
    const sum = at("shift-sum").value.replace(/[,\s]/g, "");
    const isClosing = Boolean(this.standing?.shift);
    const body = isClosing ? { counted: sum, note: at("shift-note").value } : { amount: sum, cinemaId: at("shift-till").value || null };
    const text = JSON.stringify(body);
    // The same count keeps its key: an answer that was lost is asked for again, and counts once.
    if (this.sent !== text) [this.sent, this.key] = [text, crypto.randomUUID?.() ?? String(Math.random()).slice(2)];
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.csrf, "Idempotency-Key": this.key };
    this.isSending = true;
    at("shift-message").textContent = "";
    try {
      this.#draw(await this.ask(`/counter/shift/${isClosing ? "close" : "open"}`, { method: "POST", headers, body: text }));
      [this.sent, at("shift-sum").value, at("shift-note").value] = ["", "", ""];
    } catch (error) {
      at("shift-message").textContent = error.message;
    }
    this.isSending = false;
  }

  #draw(standing) {
    const { words } = this;
    const { shift, last, tills } = standing;
    this.standing = standing;
    at("shift-open").classList.toggle("is-missing", !shift);
    // Who works at several tills wants to know which one is counted.
    at("shift-where").textContent = shift && tills.length > 1 ? shift.cinema : "";
    at("shift-state").textContent = shift ? words.shift_since.replace("%s", clock(shift.openedAt, shift.timeZone)) : words.shift_none;
    at("shift-label").textContent = shift ? words.shift_count : words.shift_float;
    at("shift-save").textContent = shift ? words.shift_close : words.shift_begin;
    at("shift-note-field").hidden = !shift;
    at("shift-till-field").hidden = Boolean(shift) || tills.length < 2;
    at("shift-till").replaceChildren(...tills.map((till) => new Option(`${till.name} (${till.currency})`, till.cinemaId)));
    at("shift-x").replaceChildren(...(shift ? rows(xRows(shift, words)) : []));
    at("shift-x-title").hidden = !shift;
    at("shift-z").replaceChildren(...(last ? rows(zRows(last, words, tills.length > 1)) : []));
    at("shift-z-title").hidden = !last;
    at("shift-z").classList.toggle("is-wrong", Boolean(last?.difference));
  }
}

/** Counts only: a sum of cash would tell what to count. */
function xRows(shift, words) {
  return [
    [words.shift_float, sum(shift.float, shift.currency)],
    [words.cash_sales, String(shift.cashSales)],
    [words.cash_refunds, String(shift.cashRefunds)],
    [words.card_sales, `${shift.cardSales} · ${sum(shift.card, shift.currency)}`],
  ];
}

function zRows(last, words, isOneOfSeveral) {
  const told = (amount) => sum(amount, last.currency);
  return [
    ...(isOneOfSeveral ? [[words.till, last.cinema]] : []),
    [words.shift_closed, `${clock(last.openedAt, last.timeZone)} – ${clock(last.closedAt, last.timeZone)}`],
    [words.shift_float, told(last.float)],
    [words.cash_sales, `${last.cashSales} · ${told(last.cash)}`],
    [words.cash_refunds, told(last.refunded)],
    [words.expected, told(last.expected)],
    [words.counted, told(last.counted)],
    [words.difference, told(last.difference)],
    [words.card_sales, `${last.cardSales} · ${told(last.card)}`],
  ].concat(last.note ? [[words.note, last.note]] : []);
}

function rows(pairs) {
  return pairs.map(([name, value]) => {
    const row = document.createElement("div");
    const [term, told] = [document.createElement("dt"), document.createElement("dd")];
    [term.textContent, told.textContent] = [name, value];
    row.append(term, told);
    return row;
  });
}

function sum(amount, currency) {
  return money(amount, currency, 2);
}

/** By the clock on the cinema's wall, whatever this machine's says. */
function clock(text, timeZone) {
  return digits(new Date(text).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone }));
}
