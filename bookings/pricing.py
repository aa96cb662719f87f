"""What a booking costs. Pure: prices in, quote out; one rounding rule, and the parts add up to the whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bookings import promos
from bookings.models import PromoCode
from showsewa import money
from showsewa.actors import Actor


@dataclass(frozen=True, slots=True)
class Quote:
    """discounts: how much of the discount each price carries, in the order given."""

    subtotal: Decimal
    discount: Decimal
    discounts: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        return self.subtotal - self.discount


def quote(prices: Sequence[Decimal], promo: PromoCode | None = None) -> Quote:
    """The discount never exceeds the subtotal, and is split onto the tickets by largest remainder."""
    subtotal = sum(prices, money.ZERO)
    if promo is None:
        return Quote(subtotal, money.ZERO, tuple(money.ZERO for _price in prices))
    discount = promos.off(promo, subtotal)
    return Quote(subtotal, discount, tuple(money.split(discount, prices)))


def on_channel(price: Decimal, actor: Actor) -> Decimal:
    """What a seat costs where this actor sells it: the list price, a platform's mark-up on it, or its net price."""
    return at(price, actor.price_factor)


def at(price: Decimal, factor: Decimal) -> Decimal:
    return price if factor == 1 else money.amount(price * factor)
