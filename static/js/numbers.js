// Sums and numbers as the server writes them (showsewa/money.py, showsewa/numerals.py): by lakh, in the reader's digits.

const page = document.querySelector('meta[name="digits"]');
const DEVANAGARI = "०१२३४५६७८९";
const BY_LAKH = ["NPR", "INR"];

/** A number, a time or a date in the reader's digits. Never a seat or a reference: those are typed. */
export function digits(value) {
  return page?.content === "deva" ? String(value).replace(/[0-9]/g, (digit) => DEVANAGARI[digit]) : String(value);
}

/** "1,25,000", or "1,200.50". places: as many as there are unless given. */
export function plain(amount, currency, places = Number.isInteger(amount) ? 0 : 2) {
  const grouping = BY_LAKH.includes(currency) ? "en-IN" : "en";
  return digits(amount.toLocaleString(grouping, { minimumFractionDigits: places, maximumFractionDigits: places }));
}

export function money(amount, currency, places = undefined) {
  return `${(currency === "NPR" && page?.dataset.npr) || currency} ${plain(amount, currency, places)}`;
}
