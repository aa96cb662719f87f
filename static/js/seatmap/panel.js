// Beside the map, or at the foot of a phone: what is chosen, what it costs, how long it is kept, and what went wrong.

import { announce } from "./announce.js";
import { list, reasons, say } from "./words.js";
import { money } from "../numbers.js";

const at = (name) => document.getElementById(name);

export class Panel {
  constructor(seats, { currency, onRemove }) {
    Object.assign(this, { seats, currency, onRemove });
    seats.addEventListener("change", () => this.draw());
  }

  draw() {
    const { seats } = this;
    const chosen = [...seats.wanted].sort((a, b) => a - b);
    at("picked").replaceChildren(...chosen.map((n) => this.#item(n)));
    at("nothing-picked").hidden = seats.chosen.size > 0;
    at("nothing-picked").classList.toggle("is-minor", seats.isProposed);
    at("why").hidden = !seats.isProposed;
    at("why").textContent = seats.isProposed ? reasons(seats.proposal) : "";
    const { total, lines } = seats.quote;
    at("total").textContent = money(total, this.currency);
    at("additions").textContent = lines.map(([name, amount]) => `${name} ${money(amount, this.currency)}`).join(" · ");
    at("additions").hidden = lines.length === 0;
    at("total-line").hidden = chosen.length === 0;
    at("brief").textContent = chosen.length ? seats.labels.join(", ") : "";
    const button = at("go");
    button.disabled = chosen.length === 0;
    button.textContent = this.#action(chosen.length);
    at("give-back").hidden = seats.mine.size === 0;
  }

  #action(count) {
    if (!count) return say("chooseSeats");
    if (this.seats.isAsHeld) return say("continue");
    return say(this.seats.mine.size ? "changeTo" : count === 1 ? "holdOne" : "holdMany", { count });
  }

  #item(n) {
    const seat = this.seats.all[n];
    const item = document.createElement("li");
    const label = document.createElement("b");
    label.textContent = seat.label;
    const facts = document.createElement("span");
    const kind = seat.type === "S" ? "" : say(`type${seat.type}`);
    const told = [seat.section, kind !== seat.section && kind, say(`hint${this.seats.hints[n]}`)];
    facts.textContent = told.filter(Boolean).join(" · ");
    const price = document.createElement("span");
    price.className = "digits";
    price.textContent = money(seat.price, this.currency);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "picked__remove";
    remove.textContent = "×";
    remove.setAttribute("aria-label", say("remove", { seat: seat.label }));
    remove.addEventListener("click", () => this.onRemove(n));
    remove.hidden = this.seats.isProposed;
    item.append(label, facts, price, remove);
    return item;
  }

  busy(isBusy) {
    at("go").classList.toggle("is-busy", isBusy);
    at("go").setAttribute("aria-busy", String(isBusy));
  }
}

/** Say something above the map. choices: [{ text, act }] become buttons; kind: "info", "warn", "bad". */
export function tell(text, { kind = "info", choices = [], link, key = text } = {}) {
  at("alerts").querySelector(`[data-key="${CSS.escape(key)}"]`)?.remove();
  const alert = document.createElement("div");
  alert.className = `alert alert--${kind} seat-alert`;
  alert.dataset.key = key;
  const words = document.createElement("p");
  words.textContent = text;
  alert.append(words);
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link.href;
    anchor.textContent = link.text;
    words.append(" ", anchor);
  }
  if (choices.length) alert.append(buttons(choices, alert));
  const close = document.createElement("button");
  close.type = "button";
  close.className = "seat-alert__close";
  close.textContent = "×";
  close.setAttribute("aria-label", say("close"));
  close.addEventListener("click", () => alert.remove());
  alert.append(close);
  at("alerts").prepend(alert);
  while (at("alerts").children.length > 3) at("alerts").lastChild.remove();
  announce(text);
  return alert;
}

function buttons(choices, alert) {
  const row = document.createElement("div");
  row.className = "cluster";
  for (const { text, act } of choices) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--small";
    button.textContent = text;
    button.addEventListener("click", () => {
      alert.remove();
      act();
    });
    row.append(button);
  }
  return row;
}

export function named(seats, numbers) {
  return list(numbers.map((n) => seats.all[n].label));
}
