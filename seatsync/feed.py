"""Telling everyone: the state of a showtime as one short string, and each change pushed after its commit."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import orjson
from channels.layers import channel_layers
from django.db import connection, transaction

from seatsync import on_sale
from seatsync.models import OWN_WEB, SeatEvent, SeatStatus, ShowInventory
from showsewa import hints, ids

CODES = {SeatStatus.AVAILABLE: "A", SeatStatus.HELD: "H", SeatStatus.BOOKED: "B", SeatStatus.BLOCKED: "X"}
WORDS = {code: status.value for status, code in CODES.items()}

# A lapsed hold reads as free at once, though its row changes only when it is swept or taken over. `lapsed` is part of
# the map's identity, so that a reader who has "version 7, one lapsed" is not told that nothing has changed.
_LETTER = """CASE WHEN status = 'BOOKED' THEN 'B' WHEN status = 'BLOCKED' THEN 'X'
            WHEN status = 'HELD' AND held_until > statement_timestamp() THEN 'H'
            WHEN allotted_to_id IS NULL OR allotted_to_id = %(viewer)s THEN 'A' ELSE 'X' END"""
_SNAPSHOT = f"""
    SELECT i.version, i.price_version, s.first_id, s.state, s.lapsed, statement_timestamp(), i.is_crowded
    FROM seatsync_showinventory i, LATERAL (
        SELECT min(id) AS first_id, count(*) FILTER (WHERE status = 'HELD' AND held_until <= statement_timestamp())
            AS lapsed, string_agg({_LETTER}, '' ORDER BY id) AS state
        FROM seatsync_showseat WHERE showtime_id = i.showtime_id
    ) s
    WHERE i.showtime_id = %(showtime)s"""  # noqa: S608 - a constant of this module

# The journal says which seats changed; what they are now is read with it, for a seat that came free may be allotted.
_CHANGED = f"""
    WITH recent AS (
        SELECT version, changes FROM seatsync_seatevent WHERE showtime_id = %(showtime)s AND version > %(since)s
        ORDER BY version LIMIT %(limit)s
    ), changed AS (
        SELECT DISTINCT change ->> 0 AS label FROM recent, jsonb_array_elements(changes) change
    )
    SELECT i.version, (SELECT count(*) FROM recent), (
        SELECT json_agg(json_build_array(id, label, {_LETTER}) ORDER BY id)::text
        FROM seatsync_showseat JOIN changed USING (label) WHERE showtime_id = i.showtime_id
    ) FROM seatsync_showinventory i WHERE i.showtime_id = %(showtime)s"""  # noqa: S608 - a constant of this module

_MARK = """
    SELECT version, price_version, (
        SELECT count(*) FROM seatsync_showseat s
        WHERE s.showtime_id = i.showtime_id AND status = 'HELD' AND held_until <= statement_timestamp()
    ), statement_timestamp() FROM seatsync_showinventory i WHERE i.showtime_id = %s"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """state: one letter a seat in layout order (CODES). Seat n of the layout has the key first_id + n.

    is_crowded: people wait for their turn. `current` may say so late, for no version tells of it.
    """

    showtime_id: uuid.UUID
    version: int
    price_version: int
    first_id: int
    state: str
    lapsed: int
    taken_at: datetime
    is_crowded: bool = False

    @property
    def mark(self) -> str:
        return _mark(self.version, self.price_version, self.lapsed)


# What this process read last of each showtime. A thread that writes an older one over a newer costs a statement.
_MOST_KEPT = 1000
_last: dict[uuid.UUID, Snapshot] = {}


def seen(status: str, allotted_to: uuid.UUID | None, *, viewer: uuid.UUID = OWN_WEB) -> str:
    """A seat's status as one channel sees it: what is kept for another is blocked to it. _SNAPSHOT says the same."""
    is_kept = status == SeatStatus.AVAILABLE and allotted_to is not None and allotted_to != viewer
    return SeatStatus.BLOCKED.value if is_kept else status


def snapshot(showtime_id: uuid.UUID, *, viewer: uuid.UUID = OWN_WEB) -> Snapshot:
    """The seats as they are, in one statement and so of one moment. viewer: the channel that looks; seats allotted to
    another are blocked to it. Refuses: NotFound until sales are open.
    """
    return Snapshot(showtime_id, *on_sale.read(_SNAPSHOT, {"showtime": showtime_id, "viewer": viewer}))


def current(showtime_id: uuid.UUID) -> Snapshot:
    """The same for a crowd of readers. The database is asked each time, but for the mark alone while it is the mark of
    the last snapshot here: between two versions holds only lapse, in the order of their deadlines, so version and
    number of lapsed ones name one state and no other.
    """
    known = _last.get(showtime_id)
    if known is not None:
        version, price_version, lapsed, now = _read_mark(showtime_id)
        if (version, price_version, lapsed) == (known.version, known.price_version, known.lapsed):
            return replace(known, taken_at=now)
    fresh = snapshot(showtime_id)
    if len(_last) >= _MOST_KEPT:
        _last.clear()
    _last[showtime_id] = fresh
    return fresh


def mark(showtime_id: uuid.UUID) -> str:
    """What identifies the current map (its ETag), without reading the map."""
    version, price_version, lapsed, _now = _read_mark(showtime_id)
    return _mark(version, price_version, lapsed)


def since(showtime_id: uuid.UUID, version: int, *, limit: int = 200) -> list[SeatEvent]:
    """The journal after a version, oldest first. Gapless: versions are given out under the inventory row's lock."""
    return list(SeatEvent.objects.filter(showtime_id=showtime_id, version__gt=version).order_by("version")[:limit])


def changed(
    showtime_id: uuid.UUID, since: int, *, viewer: uuid.UUID = OWN_WEB, limit: int = 200
) -> tuple[int, list[tuple[int, str, str]] | None]:
    """The version now, and the seats that changed after another one as (key, label, letter), of one moment.

    None for the seats: there is more than `limit` versions between, or never was such a version. Refuses: NotFound.
    """
    given: dict[str, Any] = {"showtime": showtime_id, "since": since, "viewer": viewer, "limit": limit + 1}
    version, events, seats = on_sale.read(_CHANGED, given)
    if events > limit or version < since:
        return version, None
    return version, [(key, label, letter) for key, label, letter in orjson.loads(seats or "[]")]


def versions(showtime_ids: Sequence[str]) -> dict[str, int]:
    """The current version of each of these showtimes, in one query."""
    rows = ShowInventory.objects.filter(showtime_id__in=showtime_ids).values_list("showtime_id", "version")
    return {str(showtime_id): version for showtime_id, version in rows}


def publish_after_commit(
    showtime_id: uuid.UUID, version: int, seats: Sequence[tuple[int, str, str]], *, first: int = 0
) -> None:
    """seats: (key, label, status as the public sees it). first: of several versions told of at once.

    Robust: the sale is committed, so nothing that happens here may look like its failure. What one transaction changes
    at a showtime is one message, unless under different savepoints, of which one may be rolled back.
    """
    change = _Push(showtime_id, first or version, version, {key: (label, status) for key, label, status in seats})
    queue: list[tuple[set[str], Any, bool]] = connection.run_on_commit  # type: ignore[assignment]  # of three since 4.2
    for _savepoints, waiting, _is_robust in queue:
        if isinstance(waiting, _Push) and waiting.takes(change, set(_savepoints)):
            return
    transaction.on_commit(change, robust=True)


def tell_hold_after_commit(hold_id: uuid.UUID, facts: Callable[[], dict[str, Any]]) -> None:
    """Tell whoever watches this hold, and nobody else, what became of it. facts: read after the commit."""
    transaction.on_commit(partial(_tell_hold, hold_id, facts), robust=True)


def group_of_hold(hold_id: uuid.UUID | str) -> str:
    return f"hold.{hold_id}"


def group(showtime_id: uuid.UUID | str) -> str:
    return f"showtime.{showtime_id}"


def _read_mark(showtime_id: uuid.UUID) -> tuple[int, int, int, datetime]:
    version, price_version, lapsed, now = on_sale.read(_MARK, [showtime_id])
    return version, price_version, lapsed, now


@dataclass(slots=True)
class _Push:
    """What a transaction has changed at a showtime so far, to be told when it commits."""

    showtime_id: uuid.UUID
    first: int
    last: int
    seats: dict[int, tuple[str, str]]

    def takes(self, change: "_Push", savepoints: set[str]) -> bool:
        """Tell this as well. Not one of an outer savepoint: that may stand when we are rolled back."""
        is_next = self.showtime_id == change.showtime_id and savepoints == set(connection.savepoint_ids)
        if is_next:
            self.last = change.last
            self.seats |= change.seats
        return is_next

    def __call__(self) -> None:
        rows = [
            {"id": ids.seat_id(key), "label": label, "status": status} for key, (label, status) in self.seats.items()
        ]
        change = {
            "type": "seats:updated",
            "showtimeId": str(self.showtime_id),
            "version": self.last,
            "previousVersion": self.first - 1,
            "timestamp": _now(),
            "seatIds": [row["id"] for row in rows],
            "seats": rows,
        }
        _send(group(self.showtime_id), showtime=str(self.showtime_id), text=orjson.dumps(change).decode())


def _tell_hold(hold_id: uuid.UUID, facts: Callable[[], dict[str, Any]]) -> None:
    change = {"type": "hold:changed", "holdId": str(hold_id)} | facts() | {"serverTime": _now()}
    _send(group_of_hold(hold_id), hold=str(hold_id), text=orjson.dumps(change).decode())


def _send(name: str, **message: str) -> None:
    # The wire format of channels_redis's pubsub layer, written by a synchronous client: going through
    # async_to_sync(group_send) opens an event loop and a connection per sale. tests/seatsync/test_live.py watches it.
    envelope = channel_layers["default"].serialize({"type": "changed"} | message)
    hints.attempt(lambda redis: redis.publish(f"asgi__group__{name}", envelope), otherwise=0)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _mark(version: int, price_version: int, lapsed: int) -> str:
    return f"{version}.{price_version}.{lapsed}"
