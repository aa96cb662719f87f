"""Reading bookings. The only way for an outsider to one: what is not yours is not found."""

import uuid
from collections.abc import Sequence

from django.core import signing
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from bookings.models import Booking, Ticket
from showsewa.actors import Actor, Kind
from showsewa.refusals import NotFound

_LINK = signing.Signer(salt="bookings.link")


def link_key(booking_id: uuid.UUID) -> str:
    """The secret half of a ticket link: 256 bits of HMAC over the id, so nothing has to be stored."""
    return _LINK.signature(str(booking_id))


def booking_for(actor: Actor, booking_id: uuid.UUID, *, key: str = "", is_fresh_hold_enough: bool = False) -> Booking:
    """The booking, if this actor may see and change it. key: of a ticket link.

    is_fresh_hold_enough: for pricing and confirming, where knowing the id of an API caller's live hold is enough.
    Refuses: NotFound.
    """
    booking = _rows().filter(pk=booking_id).first()
    if booking is None or not _is_visible(booking, actor, key=key, is_fresh_hold_enough=is_fresh_hold_enough):
        raise NotFound(_("There is no such booking."))
    return booking


def booking_by_reference(reference: str, *, email: str = "", phone: str = "") -> Booking:
    """For the look-up page: the printed reference opens nothing without the address it was sold to."""
    booking = _rows().filter(reference=reference.strip().upper()).first()
    address = email.strip().lower() or phone.strip()
    known = (booking.email.lower() if email.strip() else booking.phone) if booking is not None else ""
    if booking is None or not address or not constant_time_compare(known, address):
        raise NotFound(_("We found no booking with this reference and address."))
    return booking


def tickets(booking: Booking) -> list[Ticket]:
    """Its live tickets in the order of the seats, with their chairs."""
    live = booking.tickets.filter(released_at=None).select_related("show_seat__seat")
    return list(live.order_by("show_seat_id"))


def owned_by(actor: Actor) -> QuerySet[Booking]:
    """What an actor has bought or holds, the newest first."""
    return _rows().filter(owner=actor.key).order_by("-created_at")


def held_seats(actor: Actor, showtime_id: uuid.UUID) -> tuple[Booking | None, Sequence[int]]:
    """The actor's live hold at a showtime and the keys of its seats."""
    held = Ticket.objects.filter(
        booking__owner=actor.key,
        booking__showtime_id=showtime_id,
        booking__status__in=[Booking.Status.HELD, Booking.Status.PENDING],
        released_at=None,
    ).select_related("booking")
    found = list(held)
    return (found[0].booking, [ticket.show_seat_id for ticket in found]) if found else (None, [])


def _rows() -> QuerySet[Booking]:
    return Booking.objects.select_related("showtime__movie", "showtime__cinema", "showtime__hall", "promo")


def _is_visible(booking: Booking, actor: Actor, *, key: str, is_fresh_hold_enough: bool) -> bool:
    if key and constant_time_compare(key, link_key(booking.pk)):
        return True
    if actor.kind == Kind.CHANNEL:
        return booking.channel_id == actor.channel_id
    if actor.is_staff and "bookings.view_booking" in actor.permissions and actor.reaches(booking.showtime.cinema_id):
        return True
    if booking.owner == actor.key and actor.id:
        return True
    return is_fresh_hold_enough and booking.owner.startswith(f"{Kind.SESSION}:")
