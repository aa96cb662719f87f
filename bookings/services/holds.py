"""Holding seats: choose, choose again, extend, let go. A hold is a booking in HELD."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from bookings import charges, seatcount, seatrules, selectors
from bookings.charges import Charges
from bookings.models import Booking, Ticket
from bookings.services import handing, held_rows, offers, rooms, steps
from seatsync import inventory, on_sale
from seatsync.models import OWN_WEB, Source
from showsewa import ids
from showsewa.actors import Actor, Kind
from showsewa.refusals import Invalid, NotFound, Refusal
from showsewa.transactions import use_case
from venues import sandbox


class NotOnSale(Refusal):
    code = "NOT_ON_SALE"


class ShowStarted(Invalid):
    code = "SHOW_STARTED"


class TooManyHolds(Invalid):
    code = "HOLD_LIMIT"


class HoldExpired(Refusal):
    code = "HOLD_EXPIRED"
    status = 410


class AlreadyExtended(Refusal):
    code = "ALREADY_EXTENDED"


class InParty(Refusal):
    code = "IN_PARTY"


@dataclass(frozen=True, slots=True)
class Held:
    """A hold as its owner is told about it. now: the database's clock, so that no page trusts its own."""

    booking: Booking
    seats: list[inventory.LockedSeat]
    now: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """What a hold begins with: the show, and what its owner holds already."""

    now: datetime
    starts_at: datetime
    cinema_id: uuid.UUID
    currency: str
    hold_minutes: float
    own_hold: uuid.UUID | None
    other_holds: int  # unpaid bookings among them
    has_offer: bool
    charges: Charges


_FACTS = f"""
    SELECT {charges.RULES},
        {seatrules.ASKED}, statement_timestamp(), t.starts_at, t.cinema_id, c.currency, c.hold_minutes,
        t.cancelled_at IS NULL AND i.showtime_id IS NOT NULL,
        (
            SELECT id FROM bookings_booking WHERE owner = %(owner)s AND showtime_id = t.id AND status = 'HELD'
                AND expires_at > statement_timestamp() ORDER BY created_at LIMIT 1
        ), (
            SELECT count(*) FROM bookings_booking WHERE owner = %(owner)s::text AND status IN ('HELD', 'PENDING')
                AND (showtime_id <> t.id OR status <> 'HELD') AND expires_at > statement_timestamp()
        ), EXISTS (
            SELECT FROM bookings_booking o JOIN bookings_booking b ON b.id = o.offered_to_id
            WHERE b.owner = %(owner)s::text AND b.showtime_id = t.id AND o.status = 'HELD'
        ), c.is_sandbox, {rooms.MUST_WAIT}, pg_try_advisory_xact_lock(hashtextextended(%(owner)s, 0))
    FROM venues_showtime t JOIN venues_cinema c ON c.id = t.cinema_id
    LEFT JOIN seatsync_showinventory i ON i.showtime_id = t.id
    WHERE t.id = %(showtime)s"""  # noqa: S608 - constants of ours

# One owner's holds are made one after the other. Whether its turn is free is asked with the facts; only who finds it
# taken waits for it, in a statement of its own, and asks again. Between reading the facts and having the turn another
# hold may have been made: `held_rows` counts once more, under the turn, and makes nothing then.
_TURN = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


@use_case
def hold_seats(
    *,
    showtime_id: uuid.UUID,
    seats: Sequence[str],
    actor: Actor,
    seconds: float | None = None,
    language: str = "en",
    is_ours: bool = False,
) -> Held:
    """Hold seats (public ids or labels), all or none. The owner's earlier hold of this showtime becomes this one.

    seconds: a wish, clamped to 60-600. is_ours: we chose them, and by the rules. Refuses: NotFound, NotOnSale,
    ShowStarted, TooManySeats, TooManyHolds, LonelySeat, CompanionRule, SeatsUnavailable. Locks: the owner's hold if
    there is one, then seats by id.
    """
    check_count(seats)
    facts = facts_for(showtime_id, actor, wish=None if is_ours else seatrules.wish(showtime_id, seats, actor))
    until = facts.now + timedelta(seconds=_wish(seconds, facts))
    if facts.own_hold is not None:
        held = _replace(facts.own_hold, seats, until=until, actor=actor, facts=facts)
        if held is not None:
            return held
    if facts.has_offer:
        _end_offers(showtime_id, inventory.find(showtime_id, seats), actor)
    if is_ours:
        _check_unlocked(showtime_id, seats)
    return _hold(showtime_id, seats, until=until, actor=actor, facts=facts, language=language)


@use_case
def hold_for(
    *, showtime_id: uuid.UUID, seats: Sequence[str], actor: Actor, minutes: float, language: str
) -> Held | None:
    """Hold seats for somebody who waits elsewhere, at the latest until the show begins. None: they hold some already.

    Refuses as `hold_seats`, but for the waiting room: whoever has waited for seats does not wait for a turn.
    """
    facts = facts_for(showtime_id, actor, is_in_turn=True)
    if facts.own_hold is not None:
        return None
    until = min(facts.now + timedelta(minutes=minutes), facts.starts_at)
    return _hold(showtime_id, seats, until=until, actor=actor, facts=facts, language=language)


def _hold(
    showtime_id: uuid.UUID, seats: Sequence[str], *, until: datetime, actor: Actor, facts: Facts, language: str
) -> Held:
    claim = ids.uuid7()
    with inventory.hold(showtime_id, seats, claim=claim, until=until, cause=_cause(actor)) as change:
        booking = Booking(
            id=claim,
            showtime_id=showtime_id,
            status=Booking.Status.HELD,
            owner=actor.key,
            user_id=actor.user_id,
            channel_id=actor.channel_id,
            source=source_of(actor),
            currency=facts.currency,
            language=language,
            expires_at=until,
            created_at=facts.now,
        )
        steps.drop_displaced(change.displaced)
        held_rows.write(booking, change.seats, actor, on=facts.charges, known=facts.other_holds)
    return Held(booking, change.seats, facts.now)


@use_case
def extend(*, booking_id: uuid.UUID, actor: Actor, now: datetime) -> Booking:
    """Two more minutes, once. Refuses: AlreadyExtended, HoldExpired. Locks: the booking, then its seats."""
    booking = steps.lock_booking(booking_id)
    check_live(booking, now=now)
    if booking.is_extended:
        raise AlreadyExtended(_("This hold has been extended once already."))
    assert booking.expires_at is not None
    until = booking.expires_at + timedelta(minutes=settings.HOLD_EXTENSION_MINUTES)
    with inventory.hold(
        booking.showtime_id, steps.seat_keys(booking), claim=booking.pk, until=until, cause=_cause(actor, "extended")
    ):
        booking.expires_at, booking.is_extended = until, True
        booking.save(update_fields=["expires_at", "is_extended"])
    return booking


@use_case
def release(*, booking_id: uuid.UUID, actor: Actor) -> int:
    """Give a hold up and return of how many seats; 0 when it had ended before. What came from a party goes back to it.

    Locks: the host's hold of a party, the booking, seats by id.
    """
    booking, host = handing.lock_with_host(booking_id)
    offers.end_with(booking, actor=actor, reason="let go")
    if booking.status != Booking.Status.HELD:
        return 0
    freed = handing.let_go(booking, host, _cause(actor, "let go"))
    booking.ending = Booking.Ending.CUSTOMER
    booking.move(Booking.Status.CANCELLED, "ending")
    return freed


def release_all(*, actor: Actor) -> int:
    """Give up every hold of one owner, one after the other, and return how many seats that freed."""
    return sum(release(booking_id=booking_id, actor=actor) for booking_id in selectors.held_by(actor))


def check_on_sale(booking: Booking) -> None:
    """Refuses: NotOnSale when the show was cancelled since the seats were chosen."""
    if booking.showtime.cancelled_at is not None:
        raise NotOnSale(_("This show has been cancelled."))


def check_live(booking: Booking, *, now: datetime) -> None:
    """Refuses: HoldExpired when it is over, InvalidState when it has become something else, NoSeatsLeft."""
    if booking.status == Booking.Status.EXPIRED or (
        booking.status == Booking.Status.HELD and booking.expires_at is not None and booking.expires_at <= now
    ):
        raise HoldExpired(_("The time for these seats is over. Please choose again."))
    steps.require(booking, Booking.Status.HELD)
    handing.check_has_seats(booking)


def _replace(
    booking_id: uuid.UUID, seats: Sequence[str], *, until: datetime, actor: Actor, facts: Facts
) -> Held | None:
    """Choose again under the same hold, whose total life is capped from its first choice. None: it just ended."""
    now = facts.now
    booking = steps.lock_booking(booking_id)
    if not booking.is_live_hold(now):
        return None
    assert booking.expires_at is not None
    until = min(until, booking.created_at + timedelta(minutes=settings.HOLD_TOTAL_MINUTES))
    until = max(until, booking.expires_at)  # which may be later, for a hold that lost a seat
    if until <= now:
        raise HoldExpired(_("The time for these seats is over. Please choose again."))
    had = steps.seat_keys(booking)
    chosen = inventory.find(booking.showtime_id, seats)
    if booking.party_id is not None:
        _check_party(booking, {*had}, {*chosen}, actor, facts)
        until = booking.expires_at
    if facts.has_offer:
        _end_offers(booking.showtime_id, [*had, *chosen], actor)
    inventory.lock(booking.showtime_id, sorted({*had, *chosen}))  # old and new in one order, so nobody deadlocks
    steps.free_seats(booking, _cause(actor, "chose again"), only=[key for key in had if key not in chosen])
    with inventory.hold(booking.showtime_id, chosen, claim=booking.pk, until=until, cause=_cause(actor)) as change:
        booking.expires_at = until
        Ticket.objects.filter(booking=booking).delete()
        steps.drop_displaced(change.displaced)
        held_rows.change(booking, change.seats, actor, on=facts.charges)
    return Held(booking, change.seats, now)


def _check_party(booking: Booking, had: set[int], chosen: set[int], actor: Actor, facts: Facts) -> None:
    """Friends look at these very seats. Only what is offered for one that was sold elsewhere may come to them."""
    offered = offers.seat_keys(offers.lock_of(actor.key, booking.showtime_id)) if facts.has_offer else []
    if not had <= chosen <= {*had, *offered}:
        raise InParty(_("You share these seats with friends: pay for them or give them up before you choose others."))


def _end_offers(showtime_id: uuid.UUID, keys: Sequence[int], actor: Actor) -> None:
    """What was offered for lost seats is chosen now, or not wanted. Locks the offers, their seats and these by id."""
    standing = offers.lock_of(actor.key, showtime_id)
    inventory.lock(showtime_id, sorted({*keys, *offers.seat_keys(standing)}))
    offers.end(standing, actor=actor, reason="chose again")


def take_turn(actor: Actor) -> None:
    """For who makes a hold without `held_rows`: wait for the owner's turn, before asking for the facts."""
    with connection.cursor() as cursor:
        cursor.execute(_TURN, [actor.key])


def facts_for(
    showtime_id: uuid.UUID, actor: Actor, *, wish: seatrules.Wish | None = None, is_in_turn: bool = False
) -> Facts:
    """All a hold must know before it locks anything, by the database's clock, in one statement."""
    asked: dict[str, Any] = {"showtime": showtime_id, "owner": actor.key, **charges.for_channel(actor.channel_id)}
    asked |= {"around": wish.keys if wish else [], "viewer": OWN_WEB}
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, asked)
        row = cursor.fetchone()
        if row is not None and not row[-1] and held_rows.SKIP_TURN not in settings.UNSAFE:
            cursor.execute(_TURN, [actor.key])
            cursor.execute(_FACTS, asked)
            row = cursor.fetchone()
    if row is None:
        raise NotFound(_("There is no such showtime."))
    fees, taxes, day, around, *row = row
    now, starts_at, cinema_id, currency, minutes, is_on_sale, own_hold, others, has_offer, is_sandbox, *rest = row
    if sandbox.is_hidden(actor, cinema_id, is_sandbox):
        raise NotFound(_("There is no such showtime."))
    if not is_on_sale:
        raise NotOnSale(on_sale.TOLD)
    keeps = minutes or settings.SEAT_HOLD_MINUTES
    on = charges.read(fees, taxes, day)
    facts = Facts(now, starts_at, cinema_id, currency, keeps, own_hold, others, has_offer, on)
    _check_facts(facts, actor)
    if wish is not None and not has_offer:  # what was offered for a lost seat may be taken as it is
        seatrules.check(wish, around, showtime_id=showtime_id, starts_at=starts_at, now=now)
    if rest[0] and not is_in_turn and own_hold is None and actor.is_customer:
        raise rooms.must_wait(showtime_id)
    return facts


def _check_facts(facts: Facts, actor: Actor) -> None:
    if actor.kind == Kind.CHANNEL and not actor.reaches(facts.cinema_id):
        raise NotFound(_("There is no such showtime."))
    if facts.starts_at <= facts.now:
        raise ShowStarted(_("This show has started."))
    if actor.is_customer and facts.other_holds >= settings.MAX_HOLDS_PER_OWNER:
        raise TooManyHolds(_("You are holding seats of other shows already. Buy or release those first."))


def _check_unlocked(showtime_id: uuid.UUID, seats: Sequence[str]) -> None:
    """Who can have other seats as good does not queue for these. Refuses: SeatsUnavailable. Locks those it gets."""
    if len(inventory.lock_known(showtime_id, seats, wait=False)) < len(seats):
        raise inventory.SeatsUnavailable(_("Somebody is just taking one of these seats."), conflicts=[])


def check_count(seats: Sequence[str]) -> None:
    seatcount.check(len(seats))
    if len(set(seats)) != len(seats):
        raise Invalid(_("The same seat is named twice."))


def _wish(seconds: float | None, facts: Facts) -> float:
    return facts.hold_minutes * 60 if seconds is None else min(max(seconds, 60), 600)


def _cause(actor: Actor, reason: str = "") -> inventory.Cause:
    return inventory.Cause(actor, source_of(actor), reason=reason)


def source_of(actor: Actor) -> str:
    return actor.sources[0] if actor.kind == Kind.CHANNEL and actor.sources else Source.SHOWSEWA
