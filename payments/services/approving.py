"""When staff give back more than a cinema lets one person give on a password alone."""

from decimal import Decimal

from django.conf import settings
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from bookings.models import Booking
from payments.models import Refund
from showsewa import money, second_factor
from showsewa.actors import Actor, Kind
from venues.models import Cinema


def limit(cinema: Cinema) -> Decimal:
    """In the cinema's currency: what staff may give back of one booking without a second factor."""
    own = cinema.second_factor_above
    return money.amount(settings.SECOND_FACTOR_ABOVE) if own is None else own


def is_needed(booking: Booking, back: Decimal, *, actor: Actor) -> bool:
    """Counted over all that staff gave back of this booking, or the limit would be passed in small steps."""
    by_staff = Q(reason=Refund.Reason.STAFF) | Q(actor=actor.key)
    given = Refund.objects.filter(by_staff, payment__booking=booking)
    before = given.aggregate(sum=Sum("amount"))["sum"] or money.ZERO
    return back > 0 and before + back > limit(booking.showtime.cinema)


def require(booking: Booking, back: Decimal, *, actor: Actor, is_proved: bool) -> None:
    """Caller holds the booking lock. is_proved: the edge has just seen a second factor of this person.

    A channel's key is a machine's and has none: its scope is its leave. Refuses: SecondFactorRequired.
    """
    if is_proved or actor.kind != Kind.USER or not is_needed(booking, back, actor=actor):
        return
    most = limit(booking.showtime.cinema)
    is_enrolled = second_factor.standing(actor.user_id).is_enrolled
    if is_enrolled:
        said = _("Giving back more than %(limit)s needs the code of your second factor.")
    else:
        said = _("Giving back more than %(limit)s needs a second factor. Set yours up first.")
    raise second_factor.SecondFactorRequired(
        said % {"limit": money.text(most, booking.currency)},
        limit=money.number(most),
        currency=booking.currency,
        isEnrolled=is_enrolled,
    )
