"""Where somebody stands in a rush: what was read of a waiting room, made into what they are told. Reads nothing."""

import math
import random
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

# A guess forgets the pace of so many seconds ago.
_LOOK_BACK = 60.0
# What would take longer is no guess any more.
_TOO_FAR = 4 * 3600


@dataclass(frozen=True, slots=True)
class Room:
    """A showtime's waiting room as last read; one of a showtime that never had a rush is all defaults.

    is_open: people wait in it. front: the highest number let in. rate: numbers called a minute, None until that can be
    said. free, held: the seats when people were last let in. age: the seconds since then.
    """

    is_open: bool = False
    front: int = 0
    rate: float | None = None
    free: int | None = None
    held: int | None = None
    is_sold_out: bool = False
    age: float = 0.0


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's number, and until when it is their turn, if it is."""

    number: int
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands. place: 1 is the next; None for who may choose now, until `until` if there is a room.

    seconds: an honest guess of how long it takes, None when nobody can say. free, held: seats, as of the last look.
    look_in: seconds after which to look again.
    """

    place: int | None = None
    seconds: int | None = None
    until: datetime | None = None
    is_sold_out: bool = False
    free: int | None = None
    held: int | None = None
    look_in: float | None = None

    @property
    def may_choose(self) -> bool:
        return self.place is None and not self.is_sold_out


def standing(room: Room, place: Place | None) -> Standing:
    """place: None only where nobody waits; who waits in a room that closed may choose like everybody."""
    if place is None or place.until is not None or not room.is_open:
        until = place.until if place else None
        return Standing(until=until, is_sold_out=room.is_sold_out, free=room.free, held=room.held)
    ahead = max(place.number - room.front, 1)
    seconds = int(ahead * 60 / room.rate) + 1 if room.rate and room.free else None
    if seconds is not None and seconds > _TOO_FAR:
        seconds = None
    return Standing(
        place=ahead,
        seconds=seconds,
        is_sold_out=room.is_sold_out,
        free=room.free,
        held=room.held,
        look_in=_look_in(ahead if seconds is None else seconds),
    )


def pace(rate: float | None, *, called: int, took: float, since_opening: float) -> float | None:
    """Numbers called a minute, after `called` more in the `took` seconds since it was last said.

    A plain average at first, later one that forgets. Numbers of those who went away count as called, for they keep
    nobody waiting: so the guess is of one's own number, not of how many buy.
    """
    share = max(1 - math.exp(-took / _LOOK_BACK), min(took / max(since_opening, 5.0), 1.0))
    now = called * 60 / max(took, 0.001)
    return (rate or 0.0) + share * (now - (rate or 0.0)) or None


def _look_in(seconds: int) -> float:
    """Those near the front look often, the rest seldom, and never all at once. seconds: where nobody can say how long
    it takes, of the place alone, as if one were called a second.
    """
    shortest, longest = settings.WAITING.looks
    wait = min(max(seconds / 4, shortest), longest)
    return round(wait * random.uniform(0.8, 1.2), 1)
