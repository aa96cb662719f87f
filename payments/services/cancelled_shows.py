"""Everybody's money back when the cinema cancels a show: all of it, whatever the terms of the sales say."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.utils.translation import gettext as _

from bookings.models import Booking, InvalidState
from payments.gateways import counter
from payments.models import Refund
from payments.services import refunding
from seatsync.models import Source
from showsewa import money
from showsewa.actors import Actor
from showsewa.second_factor import SecondFactorRequired
from venues.models import Showtime

MOST = 200  # in one go: somebody waits for the page


@dataclass(frozen=True, slots=True)
class Done:
    """asking: bookings so large that somebody must give them back on their own page, with a second factor."""

    given: int
    asking: int


def sold_online(showtime_id: uuid.UUID) -> QuerySet[Booking]:
    """Whose money goes back the way it came. What was paid at a counter is handed out there; channels see to theirs."""
    by_hand = refunding.placed().filter(booking=OuterRef("pk"), gateway__in=counter.BY_HAND)
    sales = Booking.objects.filter(showtime_id=showtime_id, status=Booking.Status.CONFIRMED, channel=None)
    return sales.filter(~Exists(by_hand), source=Source.SHOWSEWA)


def owed(showtime_id: uuid.UUID) -> Decimal:
    """What they paid and is not promised back: less than they cost, where staff gave some of it back before."""
    paid = refunding.placed().filter(booking__in=sold_online(showtime_id))
    back = Refund.objects.filter(payment__in=paid).aggregate(sum=Sum("amount"))["sum"] or money.ZERO
    return (paid.aggregate(sum=Sum("amount"))["sum"] or money.ZERO) - back


def give_back(*, showtime_id: uuid.UUID, actor: Actor, now: datetime) -> Done:
    """Cancel up to `MOST` of them, each by itself, with one mail each. Refuses: InvalidState while the show goes on."""
    if not Showtime.objects.filter(pk=showtime_id, cancelled_at__isnull=False).exists():
        raise InvalidState(_("Cancel the showtime first."))
    given = asking = 0
    # Those that ask for a second factor stay, and would else be the first again each time.
    smallest_first = sold_online(showtime_id).order_by("total", "pk").values_list("pk", flat=True)
    for booking_id in list(smallest_first[:MOST]):
        try:
            refunding.cancel_booking(booking_id=booking_id, actor=actor, now=now, by_staff=True)
        except (refunding.AlreadyCancelled, InvalidState):
            continue  # its buyer was quicker
        except SecondFactorRequired:
            asking += 1
        else:
            given += 1
    return Done(given, asking)
