// The page's own words, in its language. Facts that are numbers are counts, and take the reader's digits.

import { digits } from "../numbers.js";

let words = {};

export function useWords(given) {
  words = given;
}

export function say(key, facts = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (_all, name) => told(facts[name]));
}

function told(fact) {
  return typeof fact === "number" ? digits(fact) : (fact ?? "");
}

/** Why these seats are proposed, in words. */
export function reasons({ why, view }) {
  return why.length ? say("why", { reasons: why.map((reason) => say(`why${reason}`)).join(", "), view }) : "";
}

export function list(items) {
  // Not Intl.ListFormat: Chromium has no Nepali one and would say "and".
  if (items.length < 2) return items.join();
  return say("and", { first: items.slice(0, -1).join(", "), last: items.at(-1) });
}
