"""What pages and mails say of a sum beside its seats."""

from decimal import Decimal

from django import template

from bookings import pricing
from bookings.models import Booking
from showsewa.tongue import named

register = template.Library()


@register.filter
def additions(of: Booking | pricing.Quote) -> list[tuple[str, Decimal]]:
    """{% for name, amount in booking|additions %}: the fees and the taxes on top in its total."""
    fees, taxes = (of.fees, of.taxes) if isinstance(of, pricing.Quote) else pricing.lines(of)
    return [(named(line), line.amount) for line in fees] + [
        (f"{named(line)} {(line.percent or Decimal(0)).normalize():f} %", line.amount) for line in taxes
    ]
