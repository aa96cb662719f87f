"""Parties: a hold is opened to friends, who claim seats of it, each into a hold of their own, and may give them back.

Claiming splits the hold: the seats go from one claim to the other without being free in between, and from there on each
is a booking like any, priced, paid, ended and refunded by itself. All of a party have the same time.
"""

import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from bookings import charges, parties, seatcount
from bookings.models import Booking, Party, Ticket
from bookings.parties import State
from bookings.services import handing, holds, offers, steps
from bookings.services.holds import Facts
from seatsync import inventory
from seatsync.models import ShowInventory
from showsewa import ids, money, numerals
from showsewa.actors import Actor
from showsewa.refusals import Invalid, NotFound, Refusal
from showsewa.transactions import use_case

_S = Booking.Status

# What UNSAFE may name (test settings only): claim without the lock of the host's hold.
SKIP_LOCK = "skip_party_lock"


class PartyOpen(Refusal):
    """facts: partyUrl, the link that is shared already."""

    code = "PARTY_OPEN"


class PartyTooSmall(Invalid):
    code = "PARTY_TOO_SMALL"


class PartyClosed(Refusal):
    code = "PARTY_CLOSED"


class PartyOver(Refusal):
    code = "PARTY_OVER"
    status = 410


class OwnParty(Refusal):
    code = "OWN_PARTY"


class SeatClaimed(Refusal):
    """facts: conflicts=[{seatId, label, status}], takenBy=[{label, name}]."""

    code = "SEAT_CLAIMED"


@use_case
def open_party(*, booking_id: uuid.UUID, name: str, actor: Actor, now: datetime) -> Party:
    """Let friends claim seats of this hold, for longer than one alone may take to choose.

    name: what its owner is called there. Refuses: HoldExpired, InvalidState, NotOnSale, PartyOpen, PartyTooSmall.
    Locks: the booking, its seats by id.
    """
    booking = steps.lock_booking(booking_id)
    holds.check_live(booking, now=now)
    holds.check_on_sale(booking)
    if booking.party is not None:
        url = settings.BASE_URL + parties.url_path(booking.party)
        raise PartyOpen(_("These seats are shared with friends already."), partyUrl=url)
    keys = steps.seat_keys(booking)
    if len(keys) < 2:
        raise PartyTooSmall(_("Hold at least two seats before you share them with friends."))
    assert booking.expires_at is not None
    until = _deadline(booking, now=now)
    if until > booking.expires_at:
        cause = inventory.Cause(actor, booking.source, reason="shared with friends")
        with inventory.hold(booking.showtime_id, keys, claim=booking.pk, until=until, cause=cause):
            booking.expires_at = until
    booking.party = Party.objects.create(
        token=secrets.token_urlsafe(16),
        showtime_id=booking.showtime_id,
        host=booking,
        seat_labels=booking.seat_labels,
        expires_at=until,
    )
    # This was its one extension: all of the party have the same time, and nobody more of it.
    booking.party_name, booking.is_extended = name, True
    booking.save(update_fields=["party", "party_name", "is_extended", "expires_at"])
    return booking.party


@use_case
def claim(*, token: str, seats: Sequence[str], name: str, actor: Actor, now: datetime, language: str = "en") -> Booking:
    """Take free seats (public ids or labels) of a party into a hold of one's own, all or none. More later add to it.

    Returns that hold.

    Refuses: NotFound, PartyOver, PartyClosed, OwnParty, SeatClaimed; else as `hold_seats`, but for the waiting room and
    the rules of choosing: the party has had its turn, and its seats stay together. Locks: the host's hold, the actor's,
    then seats by id.
    """
    party = parties.find(token, actor)
    holds.check_count(seats)
    holds.take_turn(actor)
    facts = holds.facts_for(party.showtime_id, actor, is_in_turn=True)
    host = _lock_host(party, actor, now=now)
    own = _own_hold(facts, party)
    wanted = _wanted(party, own, seats, actor, now=now)
    if own is None:
        own = _make_hold(party, host, actor, facts, name=name, language=language)
    elif len(own.seat_labels) + len(wanted) > settings.MAX_SEATS_PER_HOLD:
        told = numerals.filled(_("One may hold at most %(most)d seats."), most=settings.MAX_SEATS_PER_HOLD)
        raise seatcount.TooManySeats(told)
    if wanted:
        handing.give(host, own, wanted, actor=actor, reason="claimed")
    return own


@use_case
def give_back(*, token: str, seats: Sequence[str], actor: Actor, now: datetime) -> Booking | None:
    """Return claimed seats to the host's hold, where others may claim them. seats: public ids or labels; none for all.

    Returns the hold with what is left of it, None for nothing.
    Refuses: NotFound, PartyOver, PartyClosed, OwnParty, InvalidState. Locks: the host's hold, the actor's, seats by id.
    """
    party = parties.find(token, actor)
    own = parties.look(party, actor, now=now).own
    if own is None:
        raise NotFound(_("You have taken no seat of this party."))
    host = _lock_host(party, actor, now=now)
    own = steps.lock_booking(own.pk)
    steps.require(own, _S.HELD)
    keys = _keys(own, seats)
    if len(keys) == len(own.seat_labels):
        offers.end_with(own, actor=actor, reason="given back")
    handing.give(own, host, keys, actor=actor, reason="given back")
    if not own.seat_labels:
        own.ending = Booking.Ending.CUSTOMER
        own.move(_S.CANCELLED, "ending")
    return own if own.seat_labels else None


@use_case
def purge(*, now: datetime) -> int:
    """Forget who was called what, and the links, a day after the show began."""
    old = Party.objects.filter(showtime__starts_at__lt=now - timedelta(days=1))
    keys = list(old.order_by("pk").values_list("pk", flat=True)[:1000])
    Booking.objects.filter(party__in=keys).update(party=None, party_name="")
    return Party.objects.filter(pk__in=keys).delete()[0] if keys else 0


def _deadline(booking: Booking, *, now: datetime) -> datetime:
    """Never sooner than it would end anyway; in a rush just then, for others wait for these seats."""
    assert booking.expires_at is not None
    if ShowInventory.objects.filter(pk=booking.showtime_id, is_crowded=True).exists():
        return booking.expires_at
    # Nobody keeps seats unpaid for longer who chooses and pays as slowly as one may.
    longest = timedelta(minutes=settings.HOLD_TOTAL_MINUTES + settings.BOOKING_EXPIRY_MINUTES)
    until = min(
        now + timedelta(minutes=settings.PARTY.minutes),
        booking.created_at + longest,
        booking.showtime.starts_at - timedelta(minutes=settings.PARTY.before_show),
    )
    return max(until, booking.expires_at)


def _lock_host(party: Party, actor: Actor, *, now: datetime) -> Booking:
    """The hold that seats are claimed from and go back to. Refuses: PartyOver, PartyClosed, OwnParty."""
    host = party.host if SKIP_LOCK in settings.UNSAFE else steps.lock_booking(party.host.pk)
    if host.status in (_S.PENDING, _S.CONFIRMED):
        raise PartyClosed(_("Whoever shared these seats is paying for the rest of them: no more can be taken."))
    if not host.is_live_hold(now):
        raise PartyOver(_("The time for these seats is over, or they were given up."))
    if host.owner == actor.key:
        raise OwnParty(_("You shared these seats: what your friends leave is yours to pay."))
    return host


def _own_hold(facts: Facts, party: Party) -> Booking | None:
    """What the actor has claimed and not begun to pay. Caller holds the host's lock and the actor's turn.

    Refuses: TooManyHolds, before a lock: two who share seats and claim each other's would wait in a circle.
    """
    if facts.own_hold is None:
        return None
    if Booking.objects.filter(pk=facts.own_hold, status=_S.HELD).exclude(party=party).exists():
        raise holds.TooManyHolds(_("You hold other seats of this show: pay for them or give them up first."))
    own = steps.lock_booking(facts.own_hold)
    return own if own.status == _S.HELD else None


def _wanted(party: Party, own: Booking | None, seats: Sequence[str], actor: Actor, *, now: datetime) -> list[int]:
    """The keys of those of these seats that are still the host's. Refuses: NotFound, SeatClaimed."""
    known = parties.look(party, actor, now=now).seats
    chosen = [seat for seat in known if seat.label in seats or seat.public_id in seats]
    if len(chosen) != len(seats):
        raise NotFound(_("Some of these are not seats of this party, or are named twice."))
    taken = [seat for seat in chosen if seat.state != State.FREE and not (own and seat.label in own.seat_labels)]
    if taken:
        raise SeatClaimed(
            _("Somebody was quicker: %(seats)s.") % {"seats": ", ".join(_told(seat) for seat in taken)},
            conflicts=[{"seatId": seat.public_id, "label": seat.label, "status": seat.state.value} for seat in taken],
            takenBy=[{"label": seat.label, "name": seat.name} for seat in taken if seat.name],
        )
    return [seat.key for seat in chosen if seat.key is not None and seat.state == State.FREE]


def _told(seat: parties.PartySeat) -> str:
    return f"{seat.label} ({seat.name})" if seat.name else seat.label


def _keys(holder: Booking, seats: Sequence[str]) -> list[int]:
    """The keys of these seats of a hold, in lock order; of all of it for none named. Refuses: NotFound."""
    live = Ticket.objects.filter(booking=holder, released_at=None).order_by("show_seat_id")
    rows = list(live.values_list("show_seat_id", "label"))
    keys = [key for key, label in rows if not seats or label in seats or ids.seat_id(key) in seats]
    if seats and len(keys) != len(seats):
        raise NotFound(_("Some of these are not seats of this party, or are named twice."))
    return keys


def _make_hold(party: Party, host: Booking, actor: Actor, facts: Facts, *, name: str, language: str) -> Booking:
    return Booking.objects.create(
        showtime_id=party.showtime_id,
        status=_S.HELD,
        owner=actor.key,
        user_id=actor.user_id,
        channel_id=actor.channel_id,
        source=holds.source_of(actor),
        seat_labels=[],
        subtotal=money.ZERO,
        total=money.ZERO,
        currency=facts.currency,
        charges=charges.as_json(facts.charges),
        language=language,
        expires_at=host.expires_at,
        is_extended=True,
        party=party,
        party_name=name,
        created_at=facts.now,
    )
