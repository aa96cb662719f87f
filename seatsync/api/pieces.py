"""Maps as bytes with a hole for each seat's status: everything else is rendered once and kept in the process.

Nothing here can be stale. A seat's row, type and place never change; its price only together with the price version,
which is part of the key. What is slow data all the same (a cinema's currency) is as old as the process at most.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from typing import Any

from bookings import pricing
from seatsync import seatmaps
from seatsync.seatmaps import Place, Plan
from showsewa import ids, rendering

LIST = Decimal(1)


class Pieces:
    """The fixed parts around the statuses. A word that fills a hole brings its own closing quote."""

    __slots__ = ("fixed", "index")

    def __init__(self, fixed: Sequence[bytes], places: Sequence[Place]) -> None:
        self.fixed = fixed
        self.index = {place.id: number for number, place in enumerate(places)}

    def fill(self, words: Sequence[bytes]) -> bytes:
        parts = [b""] * (2 * len(words) + 1)
        parts[::2] = self.fixed
        parts[1::2] = words
        return b"".join(parts)


@lru_cache(maxsize=256)
def seat_map(showtime_id: uuid.UUID, price_version: int, *, with_prices: bool, factor: Decimal = LIST) -> Pieces:
    """Seed 001: rows of seats. It goes on from `serverTime`. factor: what a channel's prices are of the list's."""
    plan = _priced(showtime_id, factor)
    fixed = _Holes(b'"currency":' + rendering.dumps(plan.currency) + b',"layout":{"rows":[')
    rows = [list(row) for _key, row in groupby(plan.places, key=lambda place: (place.level, place.section, place.row))]
    for number, row in enumerate(rows):
        head = {"label": row[0].row, "section": row[0].section, "zone": row[0].zone} | _said(level=row[0].level)
        fixed.write((b"," if number else b"") + rendering.dumps(head)[:-1] + b',"seats":[')
        fixed.seats(row, lambda place: _seat(place, with_prices))
        fixed.write(b"]}")
    around = {"screen": plan.screen, "aisles": plan.aisles, "facilities": plan.facilities}
    fixed.write(b"]}," + rendering.dumps(around)[1:])
    return fixed.pieces(plan)


@lru_cache(maxsize=128)
def inventory(showtime_id: uuid.UUID) -> Pieces:
    """Seed 003: who holds or bought a seat is nobody else's business, so those fields are there and empty."""
    fixed = _Holes(b'"seatMap":{"seats":[')
    plan = seatmaps.plan(showtime_id)
    after = b',"holderId":null,"heldUntil":null,"bookingId":null}'
    fixed.seats(plan.places, lambda place: {"seatId": place.label, "id": ids.seat_id(place.id)}, after=after)
    fixed.write(b"]}}")
    return fixed.pieces(plan)


@lru_cache(maxsize=128)
def availability(showtime_id: uuid.UUID, price_version: int, *, factor: Decimal = LIST) -> Pieces:
    """Seed 000: a flat list."""
    fixed = _Holes(b'"seats":[')
    plan = _priced(showtime_id, factor)
    fixed.seats(plan.places, _listed)
    fixed.write(b"]}}")
    return fixed.pieces(plan)


@lru_cache(maxsize=128)
def prices(showtime_id: uuid.UUID, price_version: int, *, factor: Decimal = LIST) -> bytes:
    plan = _priced(showtime_id, factor)
    seats = [{"id": ids.seat_id(place.id), "label": place.label, "price": place.price} for place in plan.places]
    head = {"showtimeId": showtime_id, "currency": plan.currency, "priceVersion": price_version}
    return rendering.dumps(head | {"seats": seats})


@lru_cache(maxsize=128)
def rows_of_004(showtime_id: uuid.UUID, price_version: int, *, factor: Decimal = LIST) -> tuple[bytes, ...]:
    """Seed 004: each seat up to its status, in layout order."""
    return tuple(rendering.dumps(_with_tier(place))[:-1] for place in _priced(showtime_id, factor).places)


def _priced(showtime_id: uuid.UUID, factor: Decimal) -> Plan:
    plan = seatmaps.plan(showtime_id)
    if factor == LIST:
        return plan
    return replace(plan, places=tuple(replace(one, price=pricing.at(one.price, factor)) for one in plan.places))


class _Holes:
    def __init__(self, head: bytes) -> None:
        self._done: list[bytes] = []
        self._open = bytearray(head)

    def write(self, text: bytes) -> None:
        self._open += text

    def seats(self, places: Iterable[Place], facts: Callable[[Place], dict[str, Any]], *, after: bytes = b"}") -> None:
        for number, place in enumerate(places):
            self._open += (b"," if number else b"") + rendering.dumps(facts(place))[:-1] + b',"status":"'
            self._done.append(bytes(self._open))
            self._open = bytearray(after)

    def pieces(self, plan: Plan) -> Pieces:
        return Pieces([*self._done, bytes(self._open)], plan.places)


def _seat(place: Place, with_price: bool) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "id": ids.seat_id(place.id),
        "seatNumber": place.number,
        "label": place.label,
        "type": place.seat_type,
        "x": place.x,
        "y": place.y,
    } | _said(companionOf=place.companion_of, pairWith=place.pair_with)
    return facts | {"price": place.price} if with_price else facts


def _listed(place: Place) -> dict[str, Any]:
    return {
        "id": ids.seat_id(place.id),
        "seatNumber": place.label,
        "row": place.row,
        "column": place.number,
        "type": place.seat_type,
        "price": place.price,
    }


def _with_tier(place: Place) -> dict[str, Any]:
    return {
        "id": ids.seat_id(place.id),
        "label": place.label,
        "row": place.row,
        "number": place.number,
        "price": place.price,
        "tier": place.zone,
        "type": place.seat_type,
    }


def _said(**texts: str | None) -> dict[str, Any]:
    return {name: text for name, text in texts.items() if text}
