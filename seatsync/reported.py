"""Keeping what channels report: every line as it came, with its one outcome. Written once, never changed."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

# In the order of the report, which is the order of their keys: of two words on one seat the later one counts.
_KEEP = """
    INSERT INTO seatsync_seatreport (channel_id, showtime_id, is_backfill, seat_id, seat_name, status, source,
        reference, sold_at, outcome, code, conflict_id, received_at)
    SELECT %(channel)s, %(showtime)s, %(backfill)s, l.seat, l.name, l.status, l.source, l.reference, l.sold_at,
        l.outcome, l.code, l.conflict, statement_timestamp()
    FROM unnest(%(seats)s::bigint[], %(names)s::text[], %(statuses)s::text[], %(sources)s::text[],
        %(references)s::text[], %(times)s::timestamptz[], %(outcomes)s::text[], %(codes)s::text[],
        %(conflicts)s::uuid[]) WITH ORDINALITY
        AS l (seat, name, status, source, reference, sold_at, outcome, code, conflict, n)
    ORDER BY l.n"""


@dataclass(frozen=True, slots=True)
class Line:
    """name: of the seat, as the channel wrote it; seat: its key, None for one that is not there."""

    seat: int | None
    name: str
    status: str
    source: str
    reference: str
    sold_at: datetime | None
    outcome: str
    code: str
    conflict: uuid.UUID | None


def keep(lines: Sequence[Line], *, channel_id: uuid.UUID, showtime_id: uuid.UUID, backfill: bool) -> None:
    """Five hundred of them in one statement: through the ORM they would take longer than all else in a report."""
    given: dict[str, Any] = {
        "channel": channel_id,
        "showtime": showtime_id,
        "backfill": backfill,
        "seats": [line.seat for line in lines],
        "names": [line.name for line in lines],
        "statuses": [line.status for line in lines],
        "sources": [line.source for line in lines],
        "references": [line.reference for line in lines],
        "times": [line.sold_at for line in lines],
        "outcomes": [line.outcome for line in lines],
        "codes": [line.code for line in lines],
        "conflicts": [line.conflict for line in lines],
    }
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, given)
