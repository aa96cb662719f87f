// A gift voucher at the till: asked what it is worth, then part of the sale.

import { money } from "../numbers.js";

const at = (id) => document.getElementById(id);

export class Voucher {
  /** changed(): the sum to pay is another one. show(): the show on sale, or null. */
  constructor({ words, ask, csrf, show, changed }) {
    Object.assign(this, { words, ask, csrf, show, changed, code: "", worth: 0 });
    at("voucher").addEventListener("change", () => this.#look());
    at("voucher").addEventListener("keydown", (event) => {
      if (event.key === "Enter") at("voucher").blur(); // which changes it
    });
  }

  /** What is to be paid in money. */
  left(total) {
    return Math.max(Math.round((total - this.worth) * 100) / 100, 0);
  }

  clear() {
    Object.assign(this, { code: "", worth: 0 });
    at("voucher").value = at("voucher-worth").textContent = "";
  }

  async #look() {
    const [code, show] = [at("voucher").value.trim(), this.show()];
    Object.assign(this, { code: "", worth: 0 });
    at("voucher-worth").textContent = "";
    if (code && show) await this.#ask(code, show);
    this.changed();
  }

  async #ask(code, show) {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.csrf };
    try {
      const body = JSON.stringify({ showtimeId: show.id, code });
      const found = await this.ask("/counter/voucher", { method: "POST", headers, body });
      Object.assign(this, { code, worth: found.worth });
      at("voucher-worth").textContent = this.words.voucher_worth
        .replace("%s", found.last4)
        .replace("%s", money(found.worth, found.currency));
    } catch (error) {
      at("voucher-worth").textContent = error.message;
    }
  }
}
