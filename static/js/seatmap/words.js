// The page's own words, in its language, and sums of money as the server writes them.

let words = {};

export function useWords(given) {
  words = given;
}

export function say(key, facts = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (_all, name) => facts[name] ?? "");
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

export function money(amount, currency) {
  const digits = Number.isInteger(amount) ? 0 : 2;
  return `${currency} ${amount.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}
