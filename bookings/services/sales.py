"""Sales made in one step, with the buyer at the counter."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from bookings import charges, policy, pricing, selectors
from bookings.models import Booking, Ticket
from bookings.services import checkout, holds, steps
from seatsync import inventory, on_sale
from seatsync.models import Source
from showsewa import ids, numerals
from showsewa.actors import Actor
from showsewa.refusals import Invalid, NotFound
from venues.models import Showtime


class ShowOver(Invalid):
    code = "SHOW_OVER"


def book_at_counter(
    *, showtime_id: uuid.UUID, seats: Sequence[str], actor: Actor, now: datetime, phone: str = ""
) -> Booking:
    """Book free seats as a confirmed walk-in sale. Caller holds the transaction and sees to the money.

    Sold until the show ends, for people come late. Refuses: NotFound, NotOnSale, ShowOver, SeatsUnavailable.
    """
    showtime = Showtime.objects.select_related("cinema", "inventory").filter(pk=showtime_id).first()
    if showtime is None or not actor.reaches(showtime.cinema_id):
        raise NotFound(_("There is no such showtime."))
    if showtime.cancelled_at is not None or getattr(showtime, "inventory", None) is None:
        raise holds.NotOnSale(on_sale.TOLD)
    if showtime.ends_at <= now:
        raise ShowOver(_("This show is over."))
    if not 1 <= len(seats) <= settings.MAX_SEATS_AT_COUNTER or len(set(seats)) != len(seats):
        raise Invalid(numerals.filled(_("Choose between 1 and %(most)d seats."), most=settings.MAX_SEATS_AT_COUNTER))
    claim = ids.uuid7()
    booking = Booking(id=claim, showtime=showtime, status=Booking.Status.CONFIRMED, owner=actor.key, created_at=now)
    checkout.give_reference(booking, now=now)
    cause = inventory.Cause(actor, Source.WALK_IN, booking.reference or "", "counter sale")
    with inventory.book(showtime_id, seats, claim=claim, cause=cause) as change:
        on = selectors.charges_at(showtime_id, charges.AT_COUNTER)
        shares = pricing.quote([seat.price for seat in change.seats], on=on).shares
        booking.source, booking.currency, booking.phone = Source.WALK_IN, showtime.cinema.currency, phone
        booking.seat_labels = [seat.label for seat in change.seats]
        booking.charges = charges.as_json(on)
        pricing.count_anew(booking, shares)
        booking.refund_policy, booking.confirmed_at = policy.snapshot(showtime.cinema), now
        booking.save(force_insert=True)
        steps.drop_displaced(change.displaced)
        Ticket.objects.bulk_create(
            [steps.ticket(booking, seat, share) for seat, share in zip(change.seats, shares, strict=True)]
        )
    return booking
