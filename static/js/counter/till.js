// The right-hand side: what is sold, what it costs, what was given.

import { digits, money, plain } from "../numbers.js";

const at = (id) => document.getElementById(id);

export class Till {
  constructor(words) {
    this.words = words;
  }

  /** What the buyer has put on the table, or 0. */
  get given() {
    return Number(at("cash").value.replace(/[^\d.]/g, "")) || 0;
  }

  type(key, changed) {
    const cash = at("cash");
    cash.value = key === "Backspace" ? cash.value.slice(0, -1) : cash.value + key;
    changed();
  }

  /** The prices of the hall in the colours of its seats. */
  price(amounts, currency) {
    const items = amounts.map((amount, level) => {
      const item = document.createElement("li");
      item.className = `level-${level % 6}`;
      item.textContent = money(amount, currency);
      return item;
    });
    at("legend").replaceChildren(...items);
  }

  clear() {
    at("cash").value = "";
    at("legend").replaceChildren();
    this.say("");
  }

  /** kind: "good", "busy" or "" for bad news. */
  say(text, kind = "") {
    at("message").textContent = text;
    at("message").dataset.kind = kind;
  }

  draw({ step, show, hall, sold, due, given, isSelling, when }) {
    const { words } = this;
    const count = hall?.chosen.length ?? 0;
    const isOpen = step === "seats" || step === "pay";
    // Once sent, a sale is shown as it was sent, though its seats are no longer free.
    if (!isSelling && (isOpen || step === "show")) this.#drawChoice(hall, show?.currency ?? "");
    at("hint").textContent = words[`hint_${step}`];
    at("title").textContent = show ? show.title : words.no_show;
    at("when").textContent = show ? `${when} · ${show.hall}, ${show.cinema}` : "";
    at("till").classList.toggle("is-idle", !show);
    at("pay-cash").disabled = at("pay-card").disabled = !isOpen || !count || isSelling;
    at("fewer").disabled = !isOpen || count < 2;
    at("more").disabled = !isOpen;
    at("back").disabled = isSelling;
    at("cash").disabled = at("voucher").disabled = !isOpen;
    at("next").hidden = step !== "done" && step !== "unsure";
    at("next").firstChild.textContent = `${step === "unsure" ? words.ask_again : words.print} `;
    at("pay-cash").hidden = at("pay-card").hidden = !at("next").hidden;
    this.#drawChange(sold ? given : this.given, due, show?.currency ?? "");
  }

  #drawChoice(hall, currency) {
    at("seats").textContent = hall?.chosen.length ? hall.labels().join(", ") : "–";
    const parts = hall ? hall.prices().map(([price, n]) => `${digits(n)} × ${plain(price, currency)}`) : [];
    const added = hall ? hall.quote().lines.map(([name, amount]) => `${name} ${plain(amount, currency)}`) : [];
    at("prices").textContent = [...parts, ...added].join("  +  ");
    at("total").textContent = currency ? money(hall?.total() ?? 0, currency) : digits(0);
  }

  #drawChange(given, total, currency) {
    const left = Math.round((given - total) * 100) / 100;
    at("change").textContent = given ? `${left < 0 ? this.words.short : this.words.change} ${plain(Math.abs(left), currency)}` : "";
    at("change").classList.toggle("is-short", left < 0);
  }
}
