"""What a booking costs. Pure: prices in, quote out; one rounding rule, and the parts add up to the whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from bookings.models import PromoCode
from showsewa import money
from showsewa.actors import Actor
from showsewa.refusals import Invalid


class PromoRefused(Invalid):
    """code: PROMO_UNKNOWN, PROMO_NOT_NOW, PROMO_MINIMUM, PROMO_ELSEWHERE or PROMO_USED_UP."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, errors=[{"pointer": "/promoCode", "code": code, "detail": message}])
        self.code = code


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
    off = money.percent(subtotal, promo.percent) if promo.percent else (promo.amount or money.ZERO)
    discount = min(money.amount(off), subtotal)
    return Quote(subtotal, discount, tuple(money.split(discount, prices)))


def on_channel(price: Decimal, actor: Actor) -> Decimal:
    """What a seat costs where this actor sells it: the list price, a platform's mark-up on it, or its net price."""
    return at(price, actor.price_factor)


def at(price: Decimal, factor: Decimal) -> Decimal:
    return price if factor == 1 else money.amount(price * factor)


def check_promo(promo: PromoCode | None, *, subtotal: Decimal, now: datetime, is_valid_here: bool) -> PromoCode:
    """Refuses: PromoRefused, in words the buyer can act on. The limit on uses is kept when the use is counted."""
    if promo is None or not promo.is_active:
        raise PromoRefused("PROMO_UNKNOWN", _("We do not know this promo code."))
    if (promo.starts_at and now < promo.starts_at) or (promo.ends_at and now >= promo.ends_at):
        raise PromoRefused("PROMO_NOT_NOW", _("This promo code is not valid now."))
    if not is_valid_here:
        raise PromoRefused("PROMO_ELSEWHERE", _("This promo code is not valid at this cinema."))
    if subtotal < promo.minimum:
        raise PromoRefused("PROMO_MINIMUM", _("This promo code needs a larger purchase."))
    if promo.max_uses is not None and promo.used >= promo.max_uses:
        raise PromoRefused("PROMO_USED_UP", _("This promo code has been used up."))
    return promo
