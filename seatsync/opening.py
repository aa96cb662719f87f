"""Opening sales: the seats of a showtime come into being, in one statement, and with them its inventory."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from seatsync import showtimes
from seatsync.models import ShowInventory, Topic
from showsewa.refusals import NotFound
from showsewa.transactions import use_case
from venues import services
from venues.models import Showtime

# A seat costs what the most specific price row says: zone and type, zone, type, anything. A showtime with a seat
# that no row prices is not opened: it stays PENDING and staff see why.
_OPEN = """
    WITH wanted AS (
        SELECT t.id, t.layout_id, l.seat_count FROM venues_showtime t JOIN venues_halllayout l ON l.id = t.layout_id
        WHERE t.id = ANY(%(showtimes)s) AND t.cancelled_at IS NULL
    ), class AS (
        SELECT DISTINCT layout_id, zone, seat_type FROM venues_seat
        WHERE layout_id IN (SELECT layout_id FROM wanted)
    ), priced AS MATERIALIZED (
        SELECT w.id AS showtime_id, w.layout_id, c.zone, c.seat_type, (
            SELECT p.amount FROM venues_price p
            WHERE p.showtime_id = w.id AND p.zone IN (c.zone, '') AND p.seat_type IN (c.seat_type, '')
            ORDER BY p.zone <> '' DESC, p.seat_type <> '' DESC LIMIT 1
        ) AS amount
        FROM wanted w JOIN class c USING (layout_id)
    ), opened AS (
        INSERT INTO seatsync_showinventory (showtime_id, version, price_version, seat_count, opened_at)
        SELECT w.id, 0, 1, w.seat_count, statement_timestamp() FROM wanted w
        WHERE NOT EXISTS (SELECT 1 FROM priced p WHERE p.showtime_id = w.id AND p.amount IS NULL)
        ON CONFLICT DO NOTHING RETURNING showtime_id
    )
    INSERT INTO seatsync_showseat (showtime_id, seat_id, label, price, status)
    SELECT o.showtime_id, s.id, s.label, p.amount, 'AVAILABLE'
    FROM opened o JOIN priced p USING (showtime_id)
    JOIN venues_seat s ON s.layout_id = p.layout_id AND s.zone = p.zone AND s.seat_type = p.seat_type
    ORDER BY o.showtime_id, s.ordinal"""

# Any number no other advisory lock has. Two openings at once would draw their seats' keys from the sequence in turn,
# and the n-th seat of a showtime must have the key first_id + n.
_TURN = 2_026_112_100


@use_case
def open_sales(showtime_ids: Sequence[uuid.UUID]) -> int:
    """Put showtimes on sale and return how many seats that made. One already open, or lacking a price, is left.

    Locks: other openings, until the commit.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])
        wanted = ShowInventory.objects.filter(pk__in=showtime_ids)
        were_open = set(wanted.values_list("pk", flat=True))
        cursor.execute(_OPEN, {"showtimes": list(showtime_ids)})
        made = cursor.rowcount
    showtimes.tell(Topic.SHOWTIME_OPENED, list(wanted.exclude(pk__in=were_open).values_list("pk", flat=True)))
    return made


def unopened(*, now: datetime, limit: int = 100) -> list[uuid.UUID]:
    """Coming showtimes that are not on sale yet, the next one first."""
    waiting = Showtime.objects.filter(inventory=None, cancelled_at=None, starts_at__gt=now)
    return list(waiting.order_by("starts_at").values_list("id", flat=True)[:limit])


def set_crowded(showtime_id: uuid.UUID, is_crowded: bool) -> None:
    """Whether people wait for their turn at a showtime. Caller holds the transaction and the waiting room's lock."""
    ShowInventory.objects.filter(pk=showtime_id).exclude(is_crowded=is_crowded).update(is_crowded=is_crowded)


@use_case
def reprice(showtime_id: uuid.UUID) -> int:
    """Give unsold seats the showtime's prices as they are now; holds and sales keep theirs. Locks: the seats by id."""
    return _reprice(showtime_id)


@use_case
def change_prices(*, showtime_id: uuid.UUID, lines: Sequence[services.PriceLine]) -> int:
    """Replace a showtime's prices and give them to its unsold seats; returns how many seats that changed.

    Refuses: NotFound; Invalid when a seat would have no price. Locks: the showtime, the seats by id.
    """
    rows = Showtime.objects.select_for_update(no_key=True, of=("self",)).select_related("layout")
    showtime = rows.filter(pk=showtime_id).order_by("pk").first()
    if showtime is None:
        raise NotFound(_("There is no such showtime."))
    services.set_prices(showtime, lines)
    return _reprice(showtime_id)


def _reprice(showtime_id: uuid.UUID) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_REPRICE, {"showtime": showtime_id})
        changed = cursor.rowcount
        if changed:
            cursor.execute(
                "UPDATE seatsync_showinventory SET price_version = price_version + 1 WHERE showtime_id = %s",
                [showtime_id],
            )
            showtimes.tell(Topic.SHOWTIME_CHANGED, [showtime_id])
    return changed


_REPRICE = """
    WITH free AS (
        SELECT f.id, s.zone, s.seat_type, f.showtime_id FROM seatsync_showseat f JOIN venues_seat s ON s.id = f.seat_id
        WHERE f.showtime_id = %(showtime)s AND f.status IN ('AVAILABLE', 'BLOCKED')
        ORDER BY f.id FOR NO KEY UPDATE OF f
    ), priced AS (
        SELECT f.id, (
            SELECT p.amount FROM venues_price p
            WHERE p.showtime_id = f.showtime_id AND p.zone IN (f.zone, '') AND p.seat_type IN (f.seat_type, '')
            ORDER BY p.zone <> '' DESC, p.seat_type <> '' DESC LIMIT 1
        ) AS amount FROM free f
    )
    UPDATE seatsync_showseat t SET price = p.amount FROM priced p
    WHERE t.id = p.id AND p.amount IS NOT NULL AND t.price <> p.amount"""
