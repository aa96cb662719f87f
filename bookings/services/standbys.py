"""The waiting list of a sold-out show: seats that come free are held for the first in line whom they fit.

An offer is a hold like any other, made by the one writer; so no seat is ever offered twice, and nobody can be sold it
meanwhile. Addresses go as soon as an entry ends.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import OperationalError, connection
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from bookings import notices, phones, seatcount
from bookings.models import Booking, Notice, Standby
from bookings.services import holds
from seatsync import feed, inventory, seatmaps
from showsewa.actors import Actor, Kind
from showsewa.refusals import Busy, Invalid, NotFound, Refusal
from showsewa.transactions import is_contention, joining, use_case
from venues import halls, sandbox, seating
from venues.models import Showtime
from venues.seating import Hall

_W = Standby.Status
_LIVE = (_W.WAITING, _W.OFFERED)
_LEAVE = signing.Signer(salt="bookings.standby")
_AT_ONCE = 200  # entries of one showtime looked at in a sweep

# What UNSAFE may name (test settings only): let several sweeps serve one list, by what they read before.
SKIP_TURN = "skip_list_turn"


class SeatsFree(Refusal):
    """facts: seatsFree, how many can be had now."""

    code = "SEATS_FREE"


class ListFull(Refusal):
    code = "WAITING_LIST_FULL"


@dataclass(frozen=True, slots=True)
class Wish:
    """zone: "" for anywhere. until: None for as long as the show has not begun."""

    party: int
    zone: str = ""
    until: datetime | None = None


@use_case
def join(
    *, showtime_id: uuid.UUID, actor: Actor, wish: Wish, email: str, phone: str, language: str, now: datetime
) -> Standby:
    """One entry a person and showtime: the same again changes it and keeps its place.

    Refuses: NotFound, NotOnSale, ShowStarted, TooManySeats, Invalid, SeatsFree, ListFull.
    """
    showtime = _showtime(showtime_id, actor, now=now)
    _check(showtime, wish)
    if not email and not phone:
        told = _("Give an e-mail address or a phone number: that is where we tell you.")
        raise Invalid(told, errors=[{"pointer": "/email", "code": "REQUIRED", "detail": told}])
    facts = {
        "email": email,
        "phone": _phone(phone),
        "language": language,
        "party": wish.party,
        "zone": wish.zone,
        "until": min(wish.until or showtime.starts_at, showtime.starts_at),
    }
    rows = Standby.objects.select_for_update(no_key=True).filter(showtime=showtime, owner=actor.key, status__in=_LIVE)
    entry = rows.order_by("pk").first()
    if entry is None:
        if Standby.objects.filter(showtime=showtime, status__in=_LIVE).count() >= settings.WAITING.most:
            raise ListFull(_("The waiting list of this show is full."))
        return Standby.objects.create(showtime=showtime, owner=actor.key, **facts)
    if entry.status == _W.WAITING:
        for name, value in facts.items():
            setattr(entry, name, value)
        entry.save(update_fields=list(facts))
    return entry


def leave(*, standby_id: uuid.UUID, actor: Actor) -> bool:
    """Off the list; seats that are held by it are let go. False when it had ended. Locks: the entry, booking, seats."""
    with joining():
        rows = Standby.objects.select_for_update(no_key=True).filter(pk=standby_id, status__in=_LIVE)
        entry = rows.order_by("pk").first()
        if entry is None:
            return False
        if entry.offer_id is not None:
            holds.release(booking_id=entry.offer_id, actor=actor)
        _end(Q(pk=entry.pk), _W.LEFT, was=_LIVE)
    return True


def offer_seats(*, now: datetime) -> int:
    """What the sweep does: end what is over, then hold free seats for the first in line whom they fit."""
    done = _settle(now=now)
    waiting = Standby.objects.filter(status=_W.WAITING, showtime__cancelled_at=None, showtime__starts_at__gt=now)
    showtimes = list(waiting.order_by().values_list("showtime_id", flat=True).distinct()[:500])
    free = seatmaps.free(showtimes)
    for showtime_id in showtimes:
        if showtime_id in free and free[showtime_id].available:
            done += _serve(showtime_id, now=now)
    return done


def entry_of(actor: Actor, showtime_id: uuid.UUID) -> Standby:
    """The actor's entry, or the last one they had. Refuses: NotFound."""
    rows = Standby.objects.select_related("offer").filter(showtime=showtime_id, owner=actor.key)
    entry = rows.order_by(F("ended_at").desc(nulls_first=True), "-pk").first() if actor.id else None
    if entry is None:
        raise NotFound(_("You are not on this waiting list."))
    return entry


def entry_by_link(standby_id: uuid.UUID, key: str) -> Standby:
    """For the link in a mail. Refuses: NotFound."""
    rows = Standby.objects.select_related("offer", "showtime")
    entry = rows.filter(pk=standby_id).first() if constant_time_compare(key, leave_key(standby_id)) else None
    if entry is None:
        raise NotFound(_("You are not on this waiting list."))
    return entry


def leave_key(standby_id: uuid.UUID) -> str:
    return _LEAVE.signature(str(standby_id))


def leave_path(standby_id: uuid.UUID) -> str:
    return f"{reverse('leave-list', args=[standby_id])}?key={leave_key(standby_id)}"


def place_of(entry: Standby) -> int | None:
    if entry.status != _W.WAITING:
        return None
    before = Q(created_at__lt=entry.created_at) | Q(created_at=entry.created_at, pk__lt=entry.pk)
    return Standby.objects.filter(before, showtime=entry.showtime_id, status=_W.WAITING).count() + 1


def zones(showtime_id: uuid.UUID) -> list[str]:
    """The parts of the hall one can ask for, in the order of the seats."""
    return [zone for zone in _free(showtime_id)[0].zones if zone]


@use_case
def forget(*, email: str = "", phone: str = "", owner: str = "") -> int:
    """End whatever somebody waits for, and with it what we know of them."""
    asked = Q(pk=None)
    if email.strip():
        asked |= Q(email__iexact=email.strip())
    if tail := phones.tail(phone):
        asked |= Q(phone__endswith=tail)
    if owner:
        asked |= Q(owner=owner)
    return _end(asked, _W.LEFT, was=_LIVE)


@use_case
def purge(*, now: datetime) -> int:
    """Forget the lists of shows that began a day ago."""
    return Standby.objects.filter(showtime__starts_at__lt=now - timedelta(days=1)).delete()[0]


def _showtime(showtime_id: uuid.UUID, actor: Actor, *, now: datetime) -> Showtime:
    sandbox.check_showtime(actor, showtime_id)
    showtime = Showtime.objects.filter(pk=showtime_id).first()
    if showtime is None:
        raise NotFound(_("There is no such showtime."))
    if showtime.cancelled_at is not None:
        raise holds.NotOnSale(_("This show has been cancelled."))
    if showtime.starts_at <= now:
        raise holds.ShowStarted(_("This show has started."))
    return showtime


def _check(showtime: Showtime, wish: Wish) -> None:
    seatcount.check(wish.party)
    hall, state = _free(showtime.pk)
    if wish.zone and wish.zone not in hall.zones:
        told = _("This hall has no such part.")
        raise Invalid(told, errors=[{"pointer": "/zone", "code": "UNKNOWN_ZONE", "detail": told}])
    if seating.best(hall, state, wish.party, zone=wish.zone):
        raise SeatsFree(_("There are free seats for you: choose them now."), seatsFree=state.count(seating.FREE))


def _phone(text: str) -> str:
    try:
        return phones.normal(text) if text else ""
    except ValueError as error:
        told = _("This does not look like a phone number. An example: 9841234567 or +977 984 123 4567")
        raise Invalid(told, errors=[{"pointer": "/phone", "code": "INVALID", "detail": told}]) from error


def _free(showtime_id: uuid.UUID) -> tuple[Hall, list[str]]:
    """The hall, and its seats as the website may sell them."""
    layout_id = Showtime.objects.values_list("layout_id", flat=True).get(pk=showtime_id)
    return halls.seats(layout_id), list(feed.snapshot(showtime_id).state)


def _serve(showtime_id: uuid.UUID, *, now: datetime) -> int:
    """First come first served among those whom the free seats fit: a large party does not keep them from a small.

    It ends as soon as somebody else is at these seats or this list: what was read before must not let one who came
    later go first. The next sweep begins anew.
    """
    line = Standby.objects.filter(showtime=showtime_id, status=_W.WAITING, until__gt=now)
    hall, state = _free(showtime_id)
    offered = 0
    for entry in line.order_by("created_at", "pk")[:_AT_ONCE]:
        choice = seating.best(hall, state, entry.party, zone=entry.zone)
        if not choice:
            continue
        try:
            is_offered = _offer(entry, [hall.spots[n].label for n in choice.seats], now=now)
        except (inventory.SeatsUnavailable, holds.NotOnSale, holds.ShowStarted, Busy):
            break
        except OperationalError as error:
            if not is_contention(error):
                raise
            break
        if is_offered:
            offered += 1
            for n in choice.seats:
                state[n] = seating.TAKEN
        if seating.FREE not in state:
            break
    return offered


def _offer(wish: Standby, seats: list[str], *, now: datetime) -> bool:
    """False when they do not wait for that any more, or hold as much as one may.

    Refuses as hold_for; Busy when another sweep serves this list. Locks: the list without waiting, the entry, seats.
    """
    try:
        with joining():
            if not _take_turn(wish.showtime_id):
                raise Busy("another sweep serves this list")
            rows = Standby.objects.filter(status=_W.WAITING, party=wish.party, zone=wish.zone)
            if SKIP_TURN not in settings.UNSAFE:
                rows = rows.select_for_update(no_key=True)
            entry = rows.filter(pk=wish.pk).order_by("pk").first()
            return entry is not None and _hold(entry, seats, now=now)
    except holds.TooManyHolds:
        return False


def _take_turn(showtime_id: uuid.UUID) -> bool:
    if SKIP_TURN in settings.UNSAFE:
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 1))", [f"standby:{showtime_id}"])
        return bool(cursor.fetchone()[0])


def _hold(entry: Standby, seats: list[str], *, now: datetime) -> bool:
    """Caller holds the entry's lock."""
    held = holds.hold_for(
        showtime_id=entry.showtime_id,
        seats=seats,
        actor=_actor(entry.owner),
        minutes=settings.WAITING.offer_minutes,
        language=entry.language,
    )
    if held is None:
        return False
    booking = held.booking
    booking.email, booking.phone = entry.email, entry.phone
    Booking.objects.filter(pk=booking.pk).update(email=entry.email, phone=entry.phone)
    entry.status, entry.offer = _W.OFFERED, booking
    entry.save(update_fields=["status", "offer"])
    notices.promise(booking, Notice.Kind.SEATS_OFFERED, due_at=now, facts={"leave": leave_path(entry.pk)})
    return True


@use_case
def _settle(*, now: datetime) -> int:
    """End the entries whose offer was taken or not, and those whose time or show is over."""
    offered, waiting = (_W.OFFERED,), (_W.WAITING,)
    is_taken = Q(offer__status=Booking.Status.CONFIRMED)
    is_open = Q(offer__status__in=[Booking.Status.HELD, Booking.Status.PENDING])
    no_show = Q(showtime__starts_at__lte=now) | Q(showtime__cancelled_at__isnull=False)
    taken = _end(is_taken, _W.TAKEN, was=offered)
    lapsed = _end(~is_open & ~is_taken, _W.LAPSED, was=offered)
    return taken + lapsed + _end(Q(until__lte=now) | no_show, _W.OVER, was=waiting)


def _end(which: Q, status: Standby.Status, *, was: Sequence[Standby.Status]) -> int:
    """Their row says once more what they were: one that is offered seats just now is not ended as waiting."""
    keys = list(Standby.objects.filter(which, status__in=was).values_list("pk", flat=True)[:1000])
    rows = Standby.objects.filter(pk__in=keys, status__in=was)
    return rows.update(status=status, ended_at=Now(), email="", phone="") if keys else 0


def _actor(owner: str) -> Actor:
    """Who wrote themselves down, as the one who holds."""
    kind, _colon, key = owner.partition(":")
    return Actor(Kind(kind), key, user_id=uuid.UUID(key) if kind == Kind.USER else None)
