"""Who is at a showtime's seats, as this process sees it: for noticing a rush without a statement on every page.

Only a part of a limit's worth of new people is told to the database, together; a quiet showtime's never. With several
processes a room so opens late by at most that part of each.
"""

import threading
import time
import uuid
from dataclasses import dataclass, field

from django.conf import settings

from bookings.services import rooms
from showsewa.actors import Actor

_PART = 20  # of the limit
_MOST_SHOWS = 2000

_turn = threading.Lock()
_doors: dict[uuid.UUID, "_Door"] = {}


@dataclass(slots=True)
class _Door:
    """known: owners of late, told or not. since: when it began to count anew."""

    since: float
    known: set[str] = field(default_factory=set)
    untold: list[str] = field(default_factory=list)


def seen(showtime_id: uuid.UUID, actor: Actor) -> None:
    """Somebody looks at the seats of a showtime, or wants some. Outside any transaction, for it may write."""
    if settings.WAITING.limit <= 0 or not actor.id or not rooms.is_bound(actor):
        return
    with _turn:
        told = _note(showtime_id, actor.key)
    if told:
        rooms.arrive(showtime_id=showtime_id, owners=told)
        rooms.advance(showtime_id=showtime_id)


def forget() -> None:
    """Start over (tests)."""
    with _turn:
        _doors.clear()


def _note(showtime_id: uuid.UUID, owner: str) -> list[str]:
    """Those to be told now, with this one; usually none."""
    now = time.monotonic()
    door = _doors.get(showtime_id)
    if door is None or now - door.since > settings.WAITING.turn:
        if len(_doors) >= _MOST_SHOWS:
            _doors.clear()
        door = _doors[showtime_id] = _Door(now)
    if owner in door.known:
        return []
    door.known.add(owner)
    door.untold.append(owner)
    if len(door.untold) < settings.WAITING.limit / _PART:
        return []
    told, door.untold = door.untold, []
    return told
