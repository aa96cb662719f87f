"""Words for templates: sums of money, days of both calendars, time zones, and names in the reader's language.

To be loaded behind i18n: its `blocktranslate` and `date` stand in for Django's own, and know the reader's digits.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.template.base import FilterExpression, Parser, Token, TokenType
from django.template.context import Context
from django.template.defaultfilters import date as _date
from django.templatetags.i18n import BlockTranslateNode, do_block_translate
from django.utils.translation import gettext as _

from showsewa import money as sums
from showsewa import nepali, numerals, tongue

register = template.Library()

_FOR_MACHINES = ("c", "Y-m-d")


class _Counted:
    """What a sentence says, whole numbers in the reader's digits."""

    def __init__(self, said: FilterExpression) -> None:
        self._said = said

    def resolve(self, context: Context) -> object:
        return numerals.counted(self._said.resolve(context))


@register.tag("blocktranslate")
def sentence(parser: Parser, token: Token) -> BlockTranslateNode:
    """Django's own, but that it counts in the reader's digits."""
    node = do_block_translate(parser, token)
    named = {part.contents for part in (*node.singular, *(node.plural or ())) if part.token_type == TokenType.VAR}
    plain = {name: parser.compile_filter(name) for name in named - {node.countervar}}
    counted: Any = {name: _Counted(said) for name, said in (plain | node.extra_context).items()}
    counter: Any = node.counter and _Counted(node.counter)
    node.extra_context, node.counter = counted, counter
    return node


@register.filter
def money(value: Decimal, currency: str) -> str:
    """{{ booking.total|money:booking.currency }}: "NPR 1,25,000"."""
    return sums.text(value, currency)


@register.filter
def figure(value: Decimal, currency: str) -> str:
    """{{ sum|figure:"NPR" }}: "1,25,000.00", for a column that says its currency once."""
    return sums.figure(value, currency)


@register.filter
def signed(value: Decimal, currency: str) -> str:
    """{{ entry.amount|signed:voucher.currency }}: "+NPR 300" and "−NPR 300", as what comes and what goes is written."""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return sign + sums.text(abs(value), currency)


@register.filter(name="date", expects_localtime=True)
def dated(value: datetime | date | str | None, form: str | None = None) -> str:
    """Django's own |date, in the reader's digits; what machines read stays as it is."""
    said = _date(value, form)
    return said if form in _FOR_MACHINES else numerals.said(said)


@register.filter(expects_localtime=True)
def bs(value: datetime | date | None, form: str = "long") -> str:
    """{{ starts_at|bs }}: "5 Mangsir 2083"; {{ day|bs:"short" }}: "5 Mangsir". To stand beside the date it follows."""
    if not value:
        return ""
    day = value.date() if isinstance(value, datetime) else value
    return numerals.said(nepali.spelled(day, with_year=form != "short"))


@register.filter(expects_localtime=True)
def both(value: datetime | date | None, form: str) -> str:
    """{{ pay_by|both:"l j F, H:i" }}: "Saturday 21 November, 18:00 (5 Mangsir)", where a sentence says the day."""
    return nepali.on_page(value, form) if value else ""


@register.filter
def count(value: object) -> object:
    """{{ seats_left|count }}: a number in the reader's digits. Never a seat, a reference or what a form sends back."""
    return numerals.Count(value) if isinstance(value, int) else numerals.said(value)


@register.filter(expects_localtime=True)
def offset(value: datetime) -> str:
    """{% timezone cinema.time_zone %}{{ starts_at|offset }}: "UTC+05:45"."""
    hours = f"{value:%z}"
    return f"UTC{hours[:3]}:{hours[3:5]}"


register.filter("named", tongue.named)  # {{ movie|named:"title" }}


@register.filter
def listed(words: Iterable[str]) -> str:
    """{{ movie.genres|listed }}: words many cinemas use, in the reader's language where we know them."""
    return ", ".join(_(word) for word in words)
