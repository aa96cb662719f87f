"""Taxes. Pure: a sum and the rules of the day in, parts out that add up to the whole.

Prices are what people pay: most taxes are inside them. One may lie on top, and is asked for beside the price. All lie
side by side on one net price (none on top of another), in no order: net = price / (1 + sum of the rates inside).
Whether that is how they combine, and every rate, is for an accountant to confirm.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bookings.models import TaxRule
from showsewa import money

WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Rate:
    name: str
    percent: Decimal
    name_ne: str = ""
    is_on_top: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """base: what the tax is counted on, the same for all of one total."""

    name: str
    percent: Decimal
    base: Decimal
    amount: Decimal
    name_ne: str = ""
    is_on_top: bool = False


def inside(total: Decimal, rates: Sequence[Rate]) -> list[Part]:
    """Base and amounts add up to `total` to the paisa (largest remainder)."""
    net, *amounts = money.split(total, [WHOLE, *(rate.percent for rate in rates)])
    return [
        Part(rate.name, rate.percent, net, amount, rate.name_ne) for rate, amount in zip(rates, amounts, strict=True)
    ]


def on_top(price: Decimal, rates: Sequence[Rate]) -> Decimal:
    """What these rates ask for beside a price that has the others inside."""
    net = money.split(price, [WHOLE, *(rate.percent for rate in rates if not rate.is_on_top)])[0]
    return money.percent(net, sum((rate.percent for rate in rates if rate.is_on_top), money.ZERO))


def parts(price: Decimal, tax: Decimal, rates: Sequence[Rate]) -> list[Part]:
    """Those inside the price, then those on top, which share `tax`. Base and amounts add up to both together."""
    inner = inside(price, [rate for rate in rates if not rate.is_on_top])
    top = [rate for rate in rates if rate.is_on_top]
    base = inner[0].base if inner else price
    shares = money.split(tax, [rate.percent for rate in top])
    return inner + [
        Part(rate.name, rate.percent, base, share, rate.name_ne, is_on_top=True)
        for rate, share in zip(top, shares, strict=True)
    ]


def of_the_day(rules: Iterable[TaxRule], *, day: date, is_foreign: bool) -> list[Rate]:
    """The rates in force, of the rules for one cinema and for all.

    Of rules of one name, the cinema's own takes the place of the one for all, and what began last the place of what
    began before: a new rate is a new row with its day, and the old one needs no end.
    """
    begun = [rule for rule in rules if rule.starts_on <= day and _concerns(rule, is_foreign)]
    newest = {(rule.name, rule.cinema_id): rule for rule in sorted(begun, key=lambda rule: (rule.starts_on, rule.pk))}
    in_force = [rule for rule in newest.values() if rule.ends_on is None or rule.ends_on >= day]
    chosen = {rule.name: rule for rule in sorted(in_force, key=lambda rule: rule.cinema_id is not None)}
    return [
        Rate(rule.name, rule.percent, rule.name_ne, rule.how == TaxRule.How.ON_TOP)
        for _name, rule in sorted(chosen.items())
    ]


def _concerns(rule: TaxRule, is_foreign: bool) -> bool:
    return rule.applies_to == TaxRule.Applies.ALL or is_foreign
