"""What a map shows beside the states: places, types, prices. Read rarely: none of it changes while sales are open."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from seatsync import on_sale
from seatsync.models import OWN_WEB, SeatStatus, ShowInventory, ShowSeat
from showsewa.refusals import NotFound

_PLAN = """
    SELECT l.seat_layout::text, c.currency, (
        SELECT json_agg(json_build_array(
            f.id, f.label, f.price::text, s.row_label, s.number, s.section, s.zone, s.seat_type
        ) ORDER BY f.id)::text
        FROM seatsync_showseat f JOIN venues_seat s ON s.id = f.seat_id WHERE f.showtime_id = t.id
    )
    FROM seatsync_showinventory i JOIN venues_showtime t ON t.id = i.showtime_id
    JOIN venues_cinema c ON c.id = t.cinema_id JOIN venues_halllayout l ON l.id = t.layout_id
    WHERE i.showtime_id = %s"""

# id + 0: of a bare min(id) the planner makes a walk along all seats of all showtimes until it meets one of this.
_GROUND = """
    SELECT t.layout_id, (SELECT min(id + 0) FROM seatsync_showseat WHERE showtime_id = i.showtime_id)
    FROM seatsync_showinventory i JOIN venues_showtime t ON t.id = i.showtime_id WHERE i.showtime_id = %s"""

_LAST_CHANGE = """
    SELECT coalesce((
        SELECT created_at FROM seatsync_seatevent WHERE showtime_id = i.showtime_id ORDER BY version DESC LIMIT 1
    ), opened_at) FROM seatsync_showinventory i WHERE i.showtime_id = %s"""

_FREE = """
    SELECT showtime_id, count(*), count(*) FILTER (
        WHERE (status = 'AVAILABLE' OR (status = 'HELD' AND held_until <= statement_timestamp()))
            AND (allotted_to_id IS NULL OR allotted_to_id = %s)
    ), min(price)
    FROM seatsync_showseat WHERE showtime_id = ANY(%s) GROUP BY showtime_id"""


@dataclass(frozen=True, slots=True)
class Place:
    """One seat of a showtime. number: its place in the row from the left. x, y: None in a layout without drawing."""

    id: int
    label: str
    price: Decimal
    row: str
    number: int
    section: str
    zone: str
    seat_type: str
    x: float | None = None
    y: float | None = None
    companion_of: str | None = None
    pair_with: str | None = None
    level: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """places: in layout order, which is the order of every state string. The rest is drawn around them."""

    showtime_id: uuid.UUID
    currency: str
    places: tuple[Place, ...]
    screen: dict[str, Any] | None
    aisles: Sequence[dict[str, Any]]
    facilities: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Free:
    """How full a showtime is; price_from is its cheapest seat, taken or not."""

    total: int
    available: int
    price_from: Decimal


def plan(showtime_id: uuid.UUID) -> Plan:
    """Refuses: NotFound until sales are open. Good for one price version; the caller remembers it."""
    found = on_sale.read(_PLAN, [showtime_id])
    document, currency, rows = json.loads(found[0]), found[1], json.loads(found[2])
    drawn = _drawn(document)
    places = tuple(
        Place(key, label, Decimal(price), *facts, **drawn.get(label, {})) for key, label, price, *facts in rows
    )
    around = (document.get("aisles", []), document.get("facilities", []))
    return Plan(showtime_id, currency, places, document.get("screen"), *around)


@lru_cache(maxsize=8192)
def ground(showtime_id: uuid.UUID) -> tuple[uuid.UUID, int]:
    """The layout, and the key of its first seat; seat n has that plus n. Fixed from the opening of sales on.

    Refuses: NotFound until then.
    """
    layout_id, first_id = on_sale.read(_GROUND, [showtime_id])
    return layout_id, first_id


@lru_cache(maxsize=512)
def keys_by_label(showtime_id: uuid.UUID) -> dict[str, int]:
    """Fixed from the opening of sales on."""
    return dict(ShowSeat.objects.filter(showtime_id=showtime_id).values_list("label", "id"))


def price_version(showtime_id: uuid.UUID) -> int:
    """Refuses: NotFound until sales are open."""
    found = ShowInventory.objects.filter(pk=showtime_id).values_list("price_version", flat=True).first()
    if found is None:
        raise NotFound(_("This showtime is not on sale."))
    return found


def last_change(showtime_id: uuid.UUID) -> datetime:
    """When a seat last changed, or sales opened. Refuses: NotFound until they are."""
    changed_at: datetime = on_sale.read(_LAST_CHANGE, [showtime_id])[0]
    return changed_at


def deadlines(showtime_id: uuid.UUID) -> dict[int, datetime]:
    """Seat key -> until when it is held, of those held right now."""
    live = ShowSeat.objects.filter(showtime_id=showtime_id, status=SeatStatus.HELD, held_until__gt=Now())
    return {key: until for key, until in live.values_list("id", "held_until") if until is not None}


def free(showtime_ids: Sequence[uuid.UUID], *, viewer: uuid.UUID = OWN_WEB) -> dict[uuid.UUID, Free]:
    """For lists of showtimes; those not on sale are missing. viewer: the channel whose allotments count as free."""
    if not showtime_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_FREE, [viewer, list(showtime_ids)])
        return {row[0]: Free(*row[1:]) for row in cursor.fetchall()}


def _drawn(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Label -> what only the drawing knows of a seat. Seats name each other by id there, by label here."""
    sections = document["sections"]
    seats = [(section, seat) for section in sections for row in section["rows"] for seat in row["seats"]]
    label_of = {seat["id"]: seat["label"] for _section, seat in seats}
    return {
        seat["label"]: {
            "x": seat["coordinates"]["x"],
            "y": seat["coordinates"]["y"],
            "companion_of": label_of.get(seat.get("companionOf")),
            "pair_with": label_of.get(seat.get("pairWith")),
            "level": section.get("level", ""),
        }
        for section, seat in seats
    }
