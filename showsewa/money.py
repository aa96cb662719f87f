"""Money: Decimal with two places, rounded half up, split so that the parts always add up to the whole."""

import re
from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from django.utils.translation import gettext_lazy as _

from showsewa import numerals

CENT = Decimal("0.01")
ZERO = Decimal("0.00")

# How people there write a sum: by lakh and crore, and by a name of its own. static/js/numbers.js does the same.
_BY_LAKH = frozenset({"NPR", "INR"})
_NAMES = {"NPR": _("NPR")}
_LAKH_COMMAS = re.compile(r"(?<=\d)(?=(?:\d\d)*\d{3}$)")


def amount(value: Decimal | int | str) -> Decimal:
    return Decimal(value).quantize(CENT, rounding=ROUND_HALF_UP)


def percent(whole: Decimal, rate: Decimal | int) -> Decimal:
    return amount(whole * Decimal(rate) / 100)


def split(whole: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Share `whole` out in proportion to `weights` by largest remainder; equal parts when all weights are zero."""
    if not weights:
        return []
    total = sum(weights, ZERO)
    shares = [whole * (weight / total if total else Decimal(1) / len(weights)) for weight in weights]
    parts = [share.quantize(CENT, rounding=ROUND_DOWN) for share in shares]
    missing = int((whole - sum(parts, ZERO)) / CENT)
    neediest = sorted(range(len(parts)), key=lambda i: (parts[i] - shares[i], i))
    for index in neediest[:missing]:
        parts[index] += CENT
    return parts


def number(value: Decimal) -> int | float:
    """For JSON: 450, not 450.0; at most two decimals, exact for any sum a ticket can cost."""
    return int(value) if value == value.to_integral_value() else float(value)


def text(value: Decimal, currency: str) -> str:
    """For people: "NPR 1,25,000" or "NPR 1,200.50", in the reader's digits."""
    written = f"{value:.0f}" if value == value.to_integral_value() else f"{value:.2f}"
    return f"{_NAMES.get(currency, currency)} {_grouped(written, currency)}"


def figure(value: Decimal, currency: str) -> str:
    """For columns that say their currency once: "1,25,000.00", one below the other."""
    return _grouped(f"{value:.2f}", currency)


def _grouped(written: str, currency: str) -> str:
    whole, dot, cents = written.partition(".")
    grouped = _LAKH_COMMAS.sub(",", whole) if currency in _BY_LAKH else f"{int(whole):,}"
    return numerals.said(grouped + dot + cents)
