"""What a promo code takes off, and whom it is for. Pure: the rule and the facts in, a sum or a refusal out."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from bookings.models import PromoCode
from showsewa import money
from showsewa.refusals import Invalid


class PromoRefused(Invalid):
    """code: PROMO_UNKNOWN, PROMO_NOT_NOW, PROMO_MINIMUM, PROMO_ELSEWHERE or PROMO_USED_UP."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, errors=[{"pointer": "/promoCode", "code": code, "detail": message}])
        self.code = code


def off(promo: PromoCode, subtotal: Decimal) -> Decimal:
    """What the code takes off this sum: never more than the sum."""
    discount = money.percent(subtotal, promo.percent) if promo.percent else (promo.amount or money.ZERO)
    return min(money.amount(discount), subtotal)


def check(promo: PromoCode | None, *, subtotal: Decimal, now: datetime, is_valid_here: bool) -> PromoCode:
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
        raise used_up()
    return promo


def used_up() -> PromoRefused:
    return PromoRefused("PROMO_USED_UP", _("This promo code has been used up."))
