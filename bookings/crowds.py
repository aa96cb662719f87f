"""Who is at a showtime's seats, as this process sees it: to notice a rush without a statement on every page, and to
tell those who wait where they stand without one for each of their looks.

Only a part of a limit's worth of new people is told to the database, together; a quiet showtime's never. With several
processes a room so opens late by at most that part of each. What is known here of a rush is a moment old and only ever
says "wait": whose turn it is, and whether somebody has a place at all, the database says.
"""

import threading
import time
import uuid
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from bookings import places
from bookings.places import Place, Room, Standing
from bookings.services import rooms
from showsewa.actors import NOBODY, Actor
from showsewa.refusals import Busy

_PART = 20  # of the limit
_MOST_SHOWS = 2000
_PATIENCE = 5.0  # seconds, longer than the database lets anybody wait for a lock
_RUSH_LASTS = 5.0  # seconds for which a process that has read of one looks again before it does anything else

_turn = threading.Lock()
_gate = threading.Condition()
_doors: dict[uuid.UUID, "_Door"] = {}


@dataclass(slots=True)
class _Door:
    """known: owners of late, told or not. since: when it began to count anew.

    room: as read last, at read_at. numbers: of those who wait and have no seats. heard: who looked since told_at, when
    the database was told last.
    """

    since: float
    told_at: float
    known: set[str] = field(default_factory=set)
    untold: list[str] = field(default_factory=list)
    room: Room | None = None
    read_at: float = 0.0
    numbers: dict[str, int] = field(default_factory=dict)
    heard: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Batch:
    """Who came to this process at the same moment. given: their numbers, None until they have them, or if it failed."""

    owners: list[str] = field(default_factory=list)
    given: dict[str, int] | None = None
    is_over: bool = False


# By showtime: those who come next, and whether the ones before them are just given their numbers.
_coming: dict[uuid.UUID, _Batch] = {}
_going: set[uuid.UUID] = set()


def check(showtime_id: uuid.UUID, actor: Actor) -> None:
    """Somebody wants seats. Outside any transaction, for it may write. Refuses: WaitingRoomOpen, where this process
    knows of a rush, before anything is spent on them; the hold itself asks again.
    """
    if waits(showtime_id, actor):
        raise rooms.must_wait(showtime_id)
    seen(showtime_id, actor)


def seen(showtime_id: uuid.UUID, actor: Actor) -> None:
    """Somebody looks at the seats of a showtime. Outside any transaction, for it may write."""
    if settings.WAITING.limit <= 0 or not actor.id or not actor.is_customer or _is_rush(showtime_id):
        return
    with _turn:
        told = _note(showtime_id, actor.key)
    if told:
        rooms.arrive(showtime_id=showtime_id, owners=told)
        rooms.advance(showtime_id=showtime_id)


def waits(showtime_id: uuid.UUID, actor: Actor) -> bool:
    """Whether they have to wait; False where this process knows of no rush, without asking the database."""
    known = _recall(showtime_id, actor.key)
    if known is not None:
        return known.place is not None
    if not _is_rush(showtime_id) or (actor is not NOBODY and not actor.is_customer):
        return False
    return actor is NOBODY or rooms.is_out_of_turn(showtime_id=showtime_id, actor=actor)


def standing(*, showtime_id: uuid.UUID, actor: Actor) -> Standing:
    """Where they stand. Refuses: NotFound; NoPlace for somebody without a place in a rush."""
    return _recall(showtime_id, actor.key) or _read(showtime_id, actor, is_coming=False)


def join(*, showtime_id: uuid.UUID, actor: Actor) -> Standing:
    """Take a place, or keep the one there is. Refuses: NotFound."""
    known = _recall(showtime_id, actor.key)
    if known is not None:
        return known
    with _turn:
        door, now = _doors.get(showtime_id), time.monotonic()
        room = door.room if door is not None and now - door.read_at < settings.WAITING.every else None
    number = _arrive(showtime_id, actor.key) if room is not None and room.is_open else None
    if room is None or number is None:
        return _read(showtime_id, actor, is_coming=True)
    with _turn:
        _door(showtime_id, now).numbers[actor.key] = number
    return places.standing(room, Place(number))


def forget() -> None:
    """Start over (tests)."""
    with _turn:
        _doors.clear()


def _read(showtime_id: uuid.UUID, actor: Actor, *, is_coming: bool) -> Standing:
    room, place = rooms.look(showtime_id=showtime_id, actor=actor)
    if room.is_open and place is None:
        if not is_coming:
            _remember(showtime_id, actor.key, room, place)
            raise rooms.NoPlace(_("You have no place in this waiting room."))
        given = _arrive(showtime_id, actor.key)
        place = Place(given) if given else rooms.look(showtime_id=showtime_id, actor=actor)[1]
    _remember(showtime_id, actor.key, room, place)
    return places.standing(room, place)


def _arrive(showtime_id: uuid.UUID, owner: str) -> int | None:
    """Their number; None: they have one. Those who come at the same moment get theirs together, in their order, so
    that nobody waits for more than the ones before and their own: the threads of a process, each in turn for the row of
    one room, would else all be there while everybody else waits for a thread.
    """
    if connection.in_atomic_block:  # somebody else's numbers must not hang on the end of this transaction
        return rooms.arrive(showtime_id=showtime_id, owners=[owner]).get(owner)
    with _gate:
        batch = _coming.setdefault(showtime_id, _Batch())
        batch.owners.append(owner)
        if len(batch.owners) > 1:
            _gate.wait_for(lambda: batch.is_over, timeout=_PATIENCE)
            if batch.given is None:
                raise Busy(_("Others were quicker each time. Please try again."))
            return batch.given.get(owner)
        _gate.wait_for(lambda: showtime_id not in _going, timeout=_PATIENCE)
        _going.add(showtime_id)
        del _coming[showtime_id]
    try:
        batch.given = rooms.arrive(showtime_id=showtime_id, owners=list(dict.fromkeys(batch.owners)))
        return batch.given.get(owner)
    finally:
        with _gate:
            batch.is_over = True
            _going.discard(showtime_id)
            _gate.notify_all()


def _is_rush(showtime_id: uuid.UUID) -> bool:
    with _turn:
        door = _doors.get(showtime_id)
        is_open = door is not None and door.room is not None and door.room.is_open
        return is_open and time.monotonic() - door.read_at < _RUSH_LASTS  # type: ignore[union-attr]


def _recall(showtime_id: uuid.UUID, owner: str) -> Standing | None:
    """What this process can say by itself. None: ask the database."""
    with _turn:
        door, now = _doors.get(showtime_id), time.monotonic()
        if door is None or door.room is None or now - door.read_at >= settings.WAITING.every:
            return None
        if not door.room.is_open:
            return places.standing(door.room, None)
        number = door.numbers.get(owner)
        if number is None or number <= door.room.front:
            return None
        told, room = _hear(door, owner, now), door.room
    _tell(showtime_id, told)
    return places.standing(room, Place(number))


def _remember(showtime_id: uuid.UUID, owner: str, room: Room, place: Place | None) -> None:
    told: set[str] = set()
    with _turn:
        now = time.monotonic()
        door = _door(showtime_id, now)
        door.room, door.read_at = room, now
        if room.is_open and place is not None and place.until is None:
            door.numbers[owner] = place.number
            told = _hear(door, owner, now)
        else:
            door.numbers.pop(owner, None)
        if not room.is_open:
            door.numbers.clear()
    _tell(showtime_id, told)


def _hear(door: _Door, owner: str, now: float) -> set[str]:
    """Those the database is to be told of now; usually none."""
    door.heard.add(owner)
    if now - door.told_at < settings.WAITING.unseen / 5:
        return set()
    told, door.heard, door.told_at = door.heard, set(), now
    return told


def _tell(showtime_id: uuid.UUID, told: set[str]) -> None:
    """What it says to that corrects what is kept here."""
    if not told:
        return
    waiting = rooms.hear(showtime_id=showtime_id, owners=told)
    with _turn:
        door = _doors.get(showtime_id)
        for owner in told - waiting.keys() if door is not None else ():
            door.numbers.pop(owner, None)  # type: ignore[union-attr]
        if door is not None:
            door.numbers |= waiting


def _note(showtime_id: uuid.UUID, owner: str) -> list[str]:
    """Those to be told now, with this one; usually none."""
    door = _door(showtime_id, time.monotonic())
    if owner in door.known:
        return []
    door.known.add(owner)
    door.untold.append(owner)
    if len(door.untold) < settings.WAITING.limit / _PART:
        return []
    told, door.untold = door.untold, []
    return told


def _door(showtime_id: uuid.UUID, now: float) -> _Door:
    """Made anew after a turn, for who was here then may be gone."""
    door = _doors.get(showtime_id)
    if door is None or now - door.since > settings.WAITING.turn:
        if len(_doors) >= _MOST_SHOWS:
            _doors.clear()
        door = _doors[showtime_id] = _Door(now, now)
    return door
