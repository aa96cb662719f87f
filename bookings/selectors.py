"""Reading bookings. The only way for an outsider to one: what is not yours is not found."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.core import signing
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from bookings import charges, phones
from bookings.models import Booking, Ticket
from seatsync.models import Source
from showsewa import ids
from showsewa.actors import Actor, Kind
from showsewa.refusals import Forbidden, NotFound
from venues import sandbox

_LINK = signing.Signer(salt="bookings.link")


def link_key(booking_id: uuid.UUID) -> str:
    """The secret half of a ticket link: 256 bits of HMAC over the id, so nothing has to be stored."""
    return _LINK.signature(str(booking_id))


def booking_for(actor: Actor, booking_id: uuid.UUID, *, key: str = "", is_fresh_hold_enough: bool = False) -> Booking:
    """The booking, if this actor may see and change it. key: of a ticket link.

    is_fresh_hold_enough: for pricing and confirming, where somebody who brings no name at all needs no more than the
    id of an API caller's hold.
    Refuses: NotFound.
    """
    rows = Booking.objects.select_related("showtime").only(*_LEAN) if is_fresh_hold_enough else _rows()
    booking = rows.filter(pk=booking_id).first()
    if booking is None or not _is_visible(booking, actor, key=key, is_fresh_hold_enough=is_fresh_hold_enough):
        raise NotFound(_("There is no such booking."))
    return booking


def booking_to_change(actor: Actor, booking_id: uuid.UUID, *, permission: str, key: str = "") -> Booking:
    """The same, for changing it. permission: what staff need for one not their own. Refuses: NotFound, Forbidden."""
    booking = booking_for(actor, booking_id, key=key)
    is_theirs = actor.kind == Kind.CHANNEL or is_owner(booking, actor) or _opens(key, booking)
    if not is_theirs and permission not in actor.permissions:
        raise Forbidden(_("You may not do this."))
    return booking


def is_staff_for(actor: Actor, booking: Booking, permission: str) -> bool:
    """Whether somebody acts on this booking as staff of its cinema, whoever's it is."""
    return actor.is_staff and permission in actor.permissions and actor.reaches(booking.showtime.cinema_id)


def key_to_hand_on(actor: Actor, booking: Booking, *, key: str = "") -> str:
    """The key for the link to its ticket; "" for staff who only look: it would open more than they may."""
    return link_key(booking.pk) if is_owner(booking, actor) or _opens(key, booking) else ""


def booking_by_reference(reference: str, *, email: str = "", phone: str = "") -> Booking:
    """For the look-up page: the printed reference opens nothing without the address it was sold to.

    Refuses: NotFound.
    """
    booking = _rows().filter(reference=reference.strip().upper()).first()
    address = email.strip().lower() or phones.tail(phone)
    known = (booking.email.lower() if email.strip() else phones.tail(booking.phone)) if booking is not None else ""
    if booking is None or not address or not constant_time_compare(known, address):
        raise NotFound(_("We found no booking with this reference and address."))
    return booking


def tickets(booking: Booking) -> list[Ticket]:
    """Its live tickets in the order of the seats, with their chairs."""
    live = booking.tickets.filter(released_at=None).select_related("show_seat__seat")
    return list(live.order_by("show_seat_id"))


def seats_of(booking: Booking) -> list[Ticket]:
    """Its tickets, live or not, in the order of the seats: what it was for. Empty once they are archived."""
    tickets = booking.tickets.filter(show_seat__showtime=booking.showtime_id, label__in=booking.seat_labels)
    # A seat it had twice (given up in one exchange, taken again in the next) has two: the newest is the one.
    newest = {ticket.show_seat_id: ticket for ticket in tickets.select_related("show_seat__seat").order_by("pk")}
    return [newest[key] for key in sorted(newest)]


def is_whole(booking_id: uuid.UUID, seats: Sequence[str]) -> bool:
    """Whether these (public ids or labels) are all the seats a booking has."""
    live = list(Ticket.objects.filter(booking=booking_id, released_at=None).values_list("show_seat_id", "label"))
    return len(live) == len(seats) and all(label in seats or ids.seat_id(key) in seats for key, label in live)


def held_by(actor: Actor) -> list[uuid.UUID]:
    """The actor's holds that have not become bookings."""
    held = Booking.objects.filter(_of_kind(actor), owner=actor.key, status=Booking.Status.HELD)
    return list(held.order_by("pk").values_list("pk", flat=True))


def owned_by(actor: Actor) -> QuerySet[Booking]:
    """What an actor has bought or holds, the newest first."""
    return _rows().filter(_of_kind(actor), _of(actor)).order_by("-created_at")


def my_bookings(actor: Actor, *, most: int = 50) -> list[Booking]:
    """What somebody bought or is buying here, for their own page; holds that came to nothing are left out."""
    if not actor.id:
        return []
    return list(owned_by(actor).filter(_CAME_TO_SOMETHING, source=Source.SHOWSEWA)[:most])


def page_of_bookings(actor: Actor, *, before: uuid.UUID | None, most: int) -> list[Booking]:
    """The same for whoever reads on: those older than one they have."""
    rows = owned_by(actor).filter(_CAME_TO_SOMETHING).order_by("-pk")
    return list((rows.filter(pk__lt=before) if before else rows)[:most]) if actor.id else []


def booking_at(actor: Actor, booking_id: uuid.UUID, *, event_id: uuid.UUID) -> Booking:
    """A booking of the actor's at this showtime, or for this movie. Refuses: NotFound."""
    booking = booking_for(actor, booking_id)
    if event_id not in (booking.showtime_id, booking.showtime.movie_id):
        raise NotFound(_("There is no such booking."))
    return booking


def last_buyer(actor: Actor) -> Mapping[str, object]:
    """Name, e-mail and phone of the actor's latest booking, so that nobody types them twice."""
    known = owned_by(actor).exclude(email="", phone="") if actor.id else Booking.objects.none()
    return known.values("name", "email", "phone").first() or {}


def held_seats(actor: Actor, showtime_id: uuid.UUID) -> tuple[Booking | None, Sequence[int]]:
    """The actor's live hold at a showtime, else the booking that waits for its payment, and the keys of its seats."""
    held = Ticket.objects.filter(
        booking__owner=actor.key,
        booking__showtime_id=showtime_id,
        booking__status__in=[Booking.Status.HELD, Booking.Status.PENDING],
        released_at=None,
    ).select_related("booking")
    found = sorted(held, key=lambda ticket: ticket.booking.status != Booking.Status.HELD)
    if not found:
        return None, []
    booking = found[0].booking
    return booking, [ticket.show_seat_id for ticket in found if ticket.booking_id == booking.pk]


def own_seats(actor: Actor, showtime_id: uuid.UUID) -> frozenset[int]:
    """The keys of all seats in the actor's live holds at a showtime, for marking them on a map."""
    if not actor.id:
        return frozenset()
    live = Ticket.objects.filter(
        booking__owner=actor.key,
        booking__showtime_id=showtime_id,
        booking__status__in=[Booking.Status.HELD, Booking.Status.PENDING],
        released_at=None,
    )
    return frozenset(live.values_list("show_seat_id", flat=True))


def sources_of_sales(showtime_id: uuid.UUID, *, channel_id: uuid.UUID | None = None) -> dict[int, str]:
    """Seat key -> where it was sold. channel_id: its own sales only."""
    sold = Ticket.objects.filter(
        booking__showtime_id=showtime_id, booking__status=Booking.Status.CONFIRMED, released_at=None
    )
    if channel_id is not None:
        sold = sold.filter(booking__channel=channel_id)
    return dict(sold.values_list("show_seat_id", "booking__source"))


# What asks for the difference of an exchange is shown with the booking that is exchanged.
_CAME_TO_SOMETHING = (Q(status=Booking.Status.HELD) | Q(reference__isnull=False)) & Q(exchange_of=None)

# Pricing and confirming read a booking to see whose it is, and then lock it anyway.
_LEAN = (*(field.name for field in Booking._meta.concrete_fields), "showtime__cinema")


def _rows() -> QuerySet[Booking]:
    return Booking.objects.select_related("showtime__movie", "showtime__cinema", "showtime__hall", "promo")


def charges_at(showtime_id: uuid.UUID, seller: Mapping[str, Any]) -> charges.Charges:
    """The fees and taxes of today for what `charges.seller` sells of this showtime."""
    with connection.cursor() as cursor:
        cursor.execute(_CHARGES, {"showtime": showtime_id, **seller})
        return charges.read(*cursor.fetchone())


_CHARGES = f"""
    SELECT {charges.RULES} FROM venues_showtime t JOIN venues_cinema c ON c.id = t.cinema_id
    WHERE t.id = %(showtime)s"""  # noqa: S608 - constants of ours


def _of(actor: Actor) -> Q:
    """Their own, and for an account also what it bought as a guest (services/joining)."""
    own = Q(owner=actor.key)
    return own | Q(user=actor.user_id) if actor.user_id else own


def _of_kind(actor: Actor) -> Q:
    return sandbox.known_to(actor, path="showtime__cinema") if actor.kind == Kind.CHANNEL else Q()


def _is_of_channel(booking: Booking, actor: Actor) -> bool:
    """Its own, and of its key's kind: a test key sees no live sale of its channel, nor a live key a trial."""
    return booking.channel_id == actor.channel_id and booking.showtime.cinema.is_sandbox == actor.is_test


def _is_visible(booking: Booking, actor: Actor, *, key: str, is_fresh_hold_enough: bool) -> bool:
    if _opens(key, booking):
        return True
    if actor.kind == Kind.CHANNEL:
        return _is_of_channel(booking, actor)
    if is_owner(booking, actor):
        return True
    if actor.is_staff and "bookings.view_booking" in actor.permissions and actor.reaches(booking.showtime.cinema_id):
        return True
    is_nobody = actor.kind == Kind.NOBODY
    return is_fresh_hold_enough and is_nobody and booking.owner.startswith(f"{Kind.SESSION}:")


def is_owner(booking: Booking, actor: Actor) -> bool:
    """Whether it is this actor's own; of a channel's, one made for this very customer."""
    is_account_s = actor.user_id is not None and booking.user_id == actor.user_id
    return is_account_s or (bool(actor.id) and booking.owner == actor.key)


def _opens(key: str, booking: Booking) -> bool:
    return bool(key) and constant_time_compare(key, link_key(booking.pk))
