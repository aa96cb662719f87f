// Choosing other seats: never more than there are tickets; the one chosen first makes room for the next.

import { digits } from "./numbers.js";

const form = document.querySelector("[data-swap]");
const most = Number(form.dataset.swap);
const line = document.querySelector("[data-swap-count]");
const chosen = [...form.querySelectorAll("[name=seat]:checked")];

function say() {
  line.hidden = false;
  line.textContent = line.dataset.words.replace("%s", digits(chosen.length)).replace("%t", digits(most));
  form.querySelector("button.button--primary").disabled = chosen.length !== most;
}

form.addEventListener("change", ({ target }) => {
  if (target.name !== "seat") return;
  if (target.checked) chosen.push(target);
  else chosen.splice(chosen.indexOf(target), 1);
  while (chosen.length > most) chosen.shift().checked = false;
  say();
});

say();

// A hall wider than the page begins at their seats, or at its middle.
const hall = form.querySelector(".swap__hall");
const box = chosen[0]?.getBoundingClientRect();
hall.scrollLeft = box ? box.left - hall.getBoundingClientRect().left - hall.clientWidth / 2 : (hall.scrollWidth - hall.clientWidth) / 2;
