"""Fees and taxes in force: picked by the day from their rules, and kept on a booking as they were for it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from bookings.models import FeeRule, TaxRule
from bookings.taxes import Rate, of_the_day
from showsewa import money, tongue

# For a statement over a showtime t and its cinema c, with the parameters of `seller`. Taxes matter to a quote only
# where one of them lies on top: those inside are for the invoice.
DAY = "(statement_timestamp() AT TIME ZONE c.time_zone)::date"
RULES = f"""(
            SELECT jsonb_agg(to_jsonb(f)) FROM bookings_feerule f
            WHERE f.sold_by = %(sold_by)s AND (f.cinema_id IS NULL OR f.cinema_id = c.id)
                AND (f.channel_id IS NULL OR f.channel_id = %(channel)s::uuid) AND f.starts_on <= {DAY}
        ), (
            SELECT jsonb_agg(to_jsonb(x)) FROM payments_taxrule x
            WHERE (x.cinema_id IS NULL OR x.cinema_id = c.id) AND x.starts_on <= {DAY}
                AND (x.applies_to = 'ALL'
                    OR EXISTS (SELECT FROM venues_movie m WHERE m.id = t.movie_id AND m.is_foreign))
            HAVING bool_or(x.how = 'ON_TOP')
        ), {DAY}"""  # noqa: S608 - constants of this module


@dataclass(frozen=True, slots=True)
class Fee:
    """Either an amount or a percentage of the tickets' prices. is_returned: when a customer cancels."""

    name: str
    per: FeeRule.Per
    amount: Decimal | None = None
    percent: Decimal | None = None
    is_returned: bool = False
    name_ne: str = ""


@dataclass(frozen=True, slots=True)
class Charges:
    """What a booking costs beside its seats. taxes: all of them, where one lies on top."""

    fees: tuple[Fee, ...] = ()
    taxes: tuple[Rate, ...] = ()


NONE = Charges()


def seller(sold_by: FeeRule.SoldBy, channel: Any = None) -> dict[str, Any]:
    return {"sold_by": sold_by.value, "channel": channel}


ON_WEB = seller(FeeRule.SoldBy.WEB)
AT_COUNTER = seller(FeeRule.SoldBy.COUNTER)


def for_channel(channel_id: Any) -> dict[str, Any]:
    """By the channel of this id, or by the website for None."""
    return seller(FeeRule.SoldBy.CHANNELS, channel_id) if channel_id else ON_WEB


def read(fees: str | None, taxes: str | None, day: date) -> Charges:
    """From the columns of `RULES`. jsonb arrives as text below the ORM."""
    if fees is None and taxes is None:
        return NONE
    return Charges(
        tuple(fees_of_the_day([_rule(FeeRule, row) for row in _rows(fees)], day=day)),
        tuple(on_top_with_others([_rule(TaxRule, row) for row in _rows(taxes)], day=day)),
    )


def fees_of_the_day(rules: Iterable[FeeRule], *, day: date) -> list[Fee]:
    """The fees in force, of the rules for one way to buy at one cinema.

    Of rules of one name, a channel's own takes the place of one for all of them, a cinema's own that of one for all,
    and what began last that of what began before; the old one needs no end.
    """
    begun = sorted((rule for rule in rules if rule.starts_on <= day), key=lambda rule: (rule.starts_on, rule.pk or 0))
    newest = {(rule.name, rule.channel_id, rule.cinema_id): rule for rule in begun}
    in_force = [rule for rule in newest.values() if rule.ends_on is None or rule.ends_on >= day]
    by_reach = sorted(in_force, key=lambda rule: (rule.channel_id is not None, rule.cinema_id is not None))
    chosen = {rule.name: rule for rule in by_reach}
    return [
        Fee(rule.name, FeeRule.Per(rule.per), rule.amount, rule.percent, rule.is_returned, rule.name_ne)
        for _name, rule in sorted(chosen.items())
    ]


def on_top_with_others(rules: Iterable[TaxRule], *, day: date) -> list[Rate]:
    """All taxes of the day when one lies on top, for it is counted on the price without those inside; else none."""
    rates = of_the_day(rules, day=day, is_foreign=True)  # others were not asked for
    return rates if any(rate.is_on_top for rate in rates) else []


def as_json(charges: Charges) -> dict[str, Any]:
    """As a booking keeps them: {} for none."""
    if charges == NONE:
        return {}
    return {
        "fees": [
            {"name": fee.name, "nameNe": fee.name_ne, "per": fee.per.value, "amount": _text(fee.amount),
             "percent": _text(fee.percent), "isReturned": fee.is_returned}
            for fee in charges.fees
        ],
        "taxes": [
            {"name": rate.name, "nameNe": rate.name_ne, "percent": str(rate.percent), "isOnTop": rate.is_on_top}
            for rate in charges.taxes
        ],
    }  # fmt: skip


def for_page(charges: Charges) -> dict[str, Any]:
    """What a page needs to count along while seats are chosen (static/js/charges.js), in its reader's language."""
    return {
        "fees": [
            {"name": _told(fee), "isPerBooking": fee.per == FeeRule.Per.BOOKING, "amount": _plain(fee.amount),
             "percent": _plain(fee.percent)}
            for fee in charges.fees
        ],
        "taxes": [
            {"name": _told(rate), "percent": _plain(rate.percent), "isOnTop": rate.is_on_top} for rate in charges.taxes
        ],
    }  # fmt: skip


def of(kept: Mapping[str, Any]) -> Charges:
    """What a booking keeps. Takes what `as_json` gave."""
    if not kept:
        return NONE
    return Charges(
        tuple(
            Fee(
                one["name"], FeeRule.Per(one["per"]), _number(one["amount"]), _number(one["percent"]),
                one["isReturned"], one["nameNe"],
            )
            for one in kept["fees"]
        ),
        tuple(Rate(one["name"], Decimal(one["percent"]), one["nameNe"], one["isOnTop"]) for one in kept["taxes"]),
    )  # fmt: skip


def _rows(text: str | None) -> list[dict[str, Any]]:
    return json.loads(text, parse_float=Decimal) if text else []


def _rule(model: Any, row: dict[str, Any]) -> Any:
    """A row as JSON has it: days are texts, and whole numbers no decimals."""
    for name in ("starts_on", "ends_on"):
        row[name] = row[name] and date.fromisoformat(row[name])
    for name in ("amount", "percent"):
        if row.get(name) is not None:
            row[name] = Decimal(row[name])
    return model(**row)


def _told(one: Fee | Rate) -> str:
    return tongue.named(one)


def _plain(value: Decimal | None) -> int | float | None:
    return None if value is None else money.number(value)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
