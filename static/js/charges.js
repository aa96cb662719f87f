// What seats cost with fees and taxes on top, counted as the server's quote does: whole paisa, one rounding rule.

/** prices: of the chosen seats. on: the page's charges. Returns { total, lines: [[name, amount]] }. */
export function quote(prices, on) {
  const paisa = prices.map((price) => Math.round(price * 100));
  const seats = sum(paisa);
  if (!paisa.length || !(on.fees.length || on.taxes.length)) return { total: seats / 100, lines: [] };
  const lines = on.fees.map((fee) => [fee.name, feeOf(fee, paisa, seats)]);
  const before = seats + sum(lines.map(([, amount]) => amount));
  const inner = on.taxes.filter((tax) => !tax.isOnTop).map((tax) => hundredths(tax.percent));
  const top = on.taxes.filter((tax) => tax.isOnTop);
  const [net] = split(before, [10000, ...inner]);
  const tax = percent(net, sum(top.map(({ percent }) => hundredths(percent))));
  const shares = split(tax, top.map(({ percent }) => hundredths(percent)));
  lines.push(...top.map(({ name, percent }, n) => [`${name} ${percent} %`, shares[n]]));
  return { total: (before + tax) / 100, lines: lines.map(([name, amount]) => [name, amount / 100]) };
}

function feeOf(fee, paisa, seats) {
  const much = (whole) => (fee.percent === null ? Math.round(fee.amount * 100) : percent(whole, hundredths(fee.percent)));
  return fee.isPerBooking ? much(seats) : sum(paisa.map(much));
}

function hundredths(rate) {
  return Math.round(rate * 100);
}

/** Rounded half up. rate: in hundredths of a percent. */
function percent(whole, rate) {
  return Math.floor((whole * rate + 5000) / 10000);
}

/** By largest remainder, as money.py does. */
function split(whole, weights) {
  const all = sum(weights) || 1;
  const parts = weights.map((weight) => Math.floor((whole * weight) / all));
  const order = weights.map((weight, n) => [(whole * weight) % all, n]).sort(([a, i], [b, j]) => b - a || i - j);
  for (const [, n] of order.slice(0, whole - sum(parts))) parts[n] += 1;
  return parts;
}

function sum(numbers) {
  return numbers.reduce((all, one) => all + one, 0);
}
