"""What a promo code takes off, and whom it is for. Pure: the rule and the facts in, a sum or a refusal out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from bookings import phones
from bookings.models import Booking, PromoCode
from bookings.models.promos import Weekday
from showsewa import money
from showsewa.refusals import Invalid

# Crockford's letters: none of them is taken for another.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12  # 60 bits: nobody guesses one, at any number of codes
_LOOKALIKES = str.maketrans("OIL", "011")


class PromoRefused(Invalid):
    """says: to the buyer, with places for what they can act on."""

    says: Any = ""

    def __init__(self, **named: str) -> None:
        message = str(self.says) % named
        super().__init__(message, errors=[{"pointer": "/promoCode", "code": self.code, "detail": message}])


class Unknown(PromoRefused):
    """There is no such promo code, or it is switched off."""

    code = "PROMO_UNKNOWN"
    says = _("We do not know this promo code.")


class NotNow(PromoRefused):
    """The promo code is not valid yet, or no more."""

    code = "PROMO_NOT_NOW"
    says = _("This promo code is not valid now.")


class Elsewhere(PromoRefused):
    """The promo code is for other cinemas: message names some."""

    code = "PROMO_ELSEWHERE"
    says = _("This promo code is not valid at this cinema, only at: %(names)s.")


class OtherMovies(PromoRefused):
    """The promo code is for other movies: message names some."""

    code = "PROMO_MOVIE"
    says = _("This promo code is not valid for this movie, only for: %(names)s.")


class OtherWeekdays(PromoRefused):
    """The promo code is for shows on other days of the week, by the clock of the cinema: message names them."""

    code = "PROMO_WEEKDAY"
    says = _("This promo code is only for shows on: %(days)s.")


class TooLittle(PromoRefused):
    """The promo code wants a larger purchase: message says how large."""

    code = "PROMO_MINIMUM"
    says = _("This promo code is for seats worth %(sum)s or more; yours are worth %(yours)s.")


class UsedUp(PromoRefused):
    """The promo code has been used as often as it may be. A booking that ends unpaid gives its use back."""

    code = "PROMO_USED_UP"
    says = _("This promo code has been used up.")


class Used(PromoRefused):
    """Another booking carries this single-use code. Should it end unpaid, the code is free again."""

    code = "PROMO_USED"
    says = _("This code has been used: each of these is good for one booking.")


class PersonLimit(PromoRefused):
    """This person (account, e-mail address or phone number) has used the promo code as often as one may."""

    code = "PROMO_PERSON_LIMIT"
    says = _("You have used this promo code as often as one person may.")


class PersonUnknown(PromoRefused):
    """The promo code has a limit a person: send userDetails with an e-mail address or a phone number."""

    code = "PROMO_PERSON_UNKNOWN"
    says = _("This promo code has a limit a person: give your e-mail address or phone number.")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a rule asks about a booking. starts_at: by the clock of its cinema.

    cinemas, movies: where else the code is good, told when it is not good here; empty when it is.
    """

    subtotal: Decimal
    currency: str
    starts_at: datetime
    cinemas: Sequence[str] = ()
    movies: Sequence[str] = ()


def off(promo: PromoCode, subtotal: Decimal) -> Decimal:
    """What the code takes off this sum: never more than the sum, nor than the cap of a percentage."""
    if promo.percent:
        discount = money.percent(subtotal, promo.percent)
        discount = discount if promo.max_discount is None else min(discount, promo.max_discount)
    else:
        discount = promo.amount or money.ZERO
    return min(money.amount(discount), subtotal)


def check(promo: PromoCode, facts: Facts, *, now: datetime) -> None:
    """Refuses: PromoRefused, in words the buyer can act on. Limits are kept when the use is counted."""
    if not promo.is_active:
        raise Unknown
    if (promo.starts_at and now < promo.starts_at) or (promo.ends_at and now >= promo.ends_at):
        raise NotNow
    if facts.cinemas:
        raise Elsewhere(names=", ".join(facts.cinemas))
    if facts.movies:
        raise OtherMovies(names=", ".join(facts.movies))
    if promo.weekdays and facts.starts_at.isoweekday() not in promo.weekdays:
        raise OtherWeekdays(days=", ".join(str(Weekday(day).label) for day in sorted(promo.weekdays)))
    if facts.subtotal < promo.minimum:
        yours = money.text(facts.subtotal, facts.currency)
        raise TooLittle(sum=money.text(promo.minimum, facts.currency), yours=yours)
    if promo.max_uses is not None and promo.used >= promo.max_uses:
        raise UsedUp


def normal(text: str) -> str:
    """A single-use code as it is kept, however it was typed from paper."""
    return "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum()).translate(_LOOKALIKES)


def typed(booking: Booking) -> str:
    """The code this booking carries, as its buyer would type it; "" for none."""
    return str(booking.single_code or booking.promo or "")


def persons(booking: Booking) -> list[str]:
    """All names by which its buyer may be known again: the account, the e-mail address, the phone number."""
    names = [f"user:{booking.user_id}"] if booking.user_id else []
    if email := _mailbox(booking.email):
        names.append(f"email:{email}")
    if phone := phones.tail(booking.phone):
        names.append(f"phone:{phone}")
    return names


def _mailbox(email: str) -> str:
    """Where mail to this address ends up: what follows a plus, and dots at Gmail, make no other person."""
    name, at, domain = email.strip().lower().rpartition("@")
    name = name.partition("+")[0]
    if domain in ("gmail.com", "googlemail.com"):
        name, domain = name.replace(".", ""), "gmail.com"
    return f"{name}{at}{domain}" if name else ""
