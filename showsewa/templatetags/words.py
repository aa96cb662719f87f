"""Words for templates: sums of money, time zones, and names in the reader's language."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from showsewa import money as sums

register = template.Library()


@register.filter
def money(value: Decimal, currency: str) -> str:
    """{{ booking.total|money:booking.currency }}: "NPR 1,200"."""
    return sums.text(value, currency)


@register.filter(expects_localtime=True)
def offset(value: datetime) -> str:
    """{% timezone cinema.time_zone %}{{ starts_at|offset }}: "UTC+05:45"."""
    hours = f"{value:%z}"
    return f"UTC{hours[:3]}:{hours[3:5]}"


@register.filter
def named(thing: Any, field: str = "name") -> str:
    """{{ movie|named:"title" }}: its Nepali name for those who read Nepali, where there is one."""
    theirs = getattr(thing, f"{field}_ne", "") if (get_language() or "").startswith("ne") else ""
    return str(theirs or getattr(thing, field))


@register.filter
def listed(words: Iterable[str]) -> str:
    """{{ movie.genres|listed }}: words many cinemas use, in the reader's language where we know them."""
    return ", ".join(_(word) for word in words)
