// The twin of the map: the same seats as checkboxes, zone by zone and row by row.

import { say } from "./words.js";

export function readList(form) {
  const seats = [];
  for (const input of form.querySelectorAll("input[data-n]")) {
    const data = input.dataset;
    seats[Number(data.n)] = {
      n: Number(data.n),
      input,
      label: input.value,
      type: data.t,
      row: input.closest("[data-row]").dataset.row,
      section: input.closest("[data-section]").dataset.section,
      number: data.number,
      x: Number(data.x),
      y: Number(data.y),
      pair: data.p === undefined ? undefined : Number(data.p),
      companionOf: data.c === undefined ? undefined : Number(data.c),
    };
  }
  return seats;
}

export class ListView {
  constructor(form, seats, { onToggle }) {
    this.seats = seats;
    this.paint(seats.all.map((seat) => seat.n));
    seats.addEventListener("change", (event) => this.paint(event.detail));
    form.addEventListener("change", (event) => {
      if (event.target.dataset.n === undefined) return;
      onToggle(Number(event.target.dataset.n));
      this.paint([Number(event.target.dataset.n)]);
    });
  }

  paint(numbers) {
    for (const n of numbers) {
      const { input } = this.seats.all[n];
      const status = this.seats.status(n);
      const isOpen = ["chosen", "proposed", "free"].includes(status);
      input.checked = status === "chosen";
      input.disabled = !isOpen;
      const isTold = !isOpen || status === "proposed";
      input.parentNode.querySelector(".pick__state").textContent = isTold ? say(`is_${status}`) : "";
    }
  }

  focus(n) {
    this.seats.all[n].input.focus();
  }
}
