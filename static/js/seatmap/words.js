// The page's own words, in its language, and sums of money as the server writes them.

let words = {};

export function useWords(given) {
  words = given;
}

export function say(key, facts = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (_all, name) => facts[name] ?? "");
}

export function list(items) {
  return new Intl.ListFormat(document.documentElement.lang, { type: "conjunction" }).format(items);
}

export function money(amount, currency) {
  const digits = Number.isInteger(amount) ? 0 : 2;
  return `${currency} ${amount.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}
