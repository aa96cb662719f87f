"""What a customer's choice of seats may not do: leave a lonely seat, take a companion's seat without its wheelchair's.

Rules of comfort, not of the sale: staff, counters, channels with keys and reported sales are free of them, and they are
judged by what is read just before the lock. Two who choose at the same instant may leave a lonely seat between them;
to rule that out, each hold would have to lock its neighbours' seats too, and wait for whoever buys those.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from seatsync import feed, seatmaps
from showsewa import ids
from showsewa.actors import Actor
from showsewa.refusals import Invalid, NotFound
from venues import halls, seating
from venues.models import LonelySeats

# Part of the question a hold begins with, of showtime t at cinema c: the cinema's rules, and which of the seats around
# those chosen are free to the chooser, whose own hold counts as free.
ASKED = """json_build_array(c.lonely_seats, c.companions_until_minutes, ARRAY(
            SELECT n.id FROM seatsync_showseat n WHERE n.id = ANY(%(around)s::bigint[])
                AND (n.allotted_to_id IS NULL OR n.allotted_to_id = %(viewer)s)
                AND (n.status = 'AVAILABLE' OR (n.status = 'HELD' AND (n.held_until <= statement_timestamp()
                    OR n.claim IN (SELECT id FROM bookings_booking WHERE owner = %(owner)s::text
                        AND showtime_id = t.id AND status = 'HELD'))))
        ))"""


class LonelySeat(Invalid):
    """facts: lonely=[labels left alone], mended={seatIds, seats}: as good a choice that leaves nobody alone."""

    code = "ORPHAN_SEAT"


class CompanionRule(Invalid):
    """facts: companions=[labels], mended={seatIds, seats} where there is a choice that keeps the rule."""

    code = "COMPANION_RULE"


@dataclass(frozen=True, slots=True)
class Wish:
    """The seats somebody names, by their places in the layout. around: all whose state the rules need to know."""

    layout_id: uuid.UUID
    first_id: int
    seats: tuple[int, ...]
    around: tuple[int, ...]

    @property
    def keys(self) -> list[int]:
        return [self.first_id + n for n in self.around]


def wish(showtime_id: uuid.UUID, names: Sequence[str], actor: Actor) -> Wish | None:
    """No statement once this process has met the showtime. None: no rule binds them, or a seat is not known."""
    if not actor.is_customer:
        return None
    try:
        layout_id, first_id = seatmaps.ground(showtime_id)
    except NotFound:
        return None
    hall = halls.seats(layout_id, is_released=True)  # its stretches are the longer ones
    seats = []
    for name in names:
        key = ids.seat_pk(name)
        n = hall.number.get(name) if key is None else key - first_id
        if n is None or not 0 <= n < len(hall.spots):
            return None
        seats.append(n)
    strict = halls.seats(layout_id)
    around = {m for n in seats for m in hall.stretches[hall.stretch_of[n]]}
    around |= {strict.wheelchair_of[n] for n in seats if n in strict.wheelchair_of}
    return Wish(layout_id, first_id, tuple(seats), tuple(sorted(around)))


def is_released(starts_at: datetime, minutes: int | None, *, now: datetime) -> bool:
    """Whether companions' seats are anybody's. minutes: the cinema's own; None: the usual."""
    before = settings.COMPANIONS_UNTIL_MINUTES if minutes is None else minutes
    return before > 0 and starts_at - timedelta(minutes=before) <= now


def check(wish: Wish, asked: Sequence[Any], *, showtime_id: uuid.UUID, starts_at: datetime, now: datetime) -> None:
    """asked: the answer to ASKED. Refuses: CompanionRule, LonelySeat. A seat that is gone is the writer's to refuse."""
    policy, minutes, keys = asked
    free = {key - wish.first_id for key in keys}
    if not free.issuperset(wish.seats):
        return
    hall = halls.seats(wish.layout_id, is_released=is_released(starts_at, minutes, now=now))
    state = [seating.TAKEN] * len(hall.spots)
    for n in free:
        state[n] = seating.FREE
    _check_companions(hall, state, wish)
    _check_gaps(hall, state, wish, policy=policy, everywhere=lambda: feed.snapshot(showtime_id).state)


def _check_companions(hall: seating.Hall, state: Sequence[str], wish: Wish) -> None:
    alone = [n for n in wish.seats if n in hall.wheelchair_of and hall.wheelchair_of[n] not in wish.seats]
    if not alone:
        return
    places = {hall.wheelchair_of[n] for n in alone if state[hall.wheelchair_of[n]] == seating.FREE}
    instead = [n for n in wish.seats if n not in alone or hall.wheelchair_of[n] in places] + sorted(places)
    if len(instead) > settings.MAX_SEATS_PER_HOLD or not places:
        instead = [n for n in wish.seats if n not in alone]
    labels = [hall.spots[n].label for n in alone]
    told = _("%(seats)s is for whoever comes along with a wheelchair, and is sold with the place beside it.")
    told %= {"seats": ", ".join(labels)}
    mended = {"mended": _named(hall, wish, instead)} if instead else {}
    raise CompanionRule(told, companions=labels, errors=_errors(CompanionRule.code, told), **mended)


def _check_gaps(
    hall: seating.Hall, state: Sequence[str], wish: Wish, *, policy: str, everywhere: Callable[[], Sequence[str]]
) -> None:
    if policy == LonelySeats.OFF or (policy == LonelySeats.LENIENT and len(wish.seats) == 1):
        return
    lonely = seating.lonely(hall, state, wish.seats)
    if not lonely:
        return
    instead = seating.mended(hall, state, wish.seats, anywhere=False)
    if instead is None and policy == LonelySeats.STRICT:
        instead = seating.mended(hall, everywhere(), wish.seats, anywhere=True)
    if instead is None:
        return  # there is no better one: better a lonely seat than a party sent away
    labels = [hall.spots[n].label for n in lonely]
    told = _("These seats leave %(lonely)s free with nobody beside it. As good, and nobody is left alone: %(seats)s.")
    told %= {"lonely": ", ".join(labels), "seats": ", ".join(hall.spots[n].label for n in instead)}
    raise LonelySeat(told, lonely=labels, mended=_named(hall, wish, instead), errors=_errors(LonelySeat.code, told))


def _named(hall: seating.Hall, wish: Wish, seats: Sequence[int]) -> dict[str, list[str]]:
    return {
        "seatIds": [ids.seat_id(wish.first_id + n) for n in seats],
        "seats": [hall.spots[n].label for n in seats],
    }


def _errors(code: str, told: str) -> list[dict[str, str]]:
    return [{"pointer": "/seatIds", "code": code, "detail": told}]
