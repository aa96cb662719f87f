"""Writing the journal: one row per operation and showtime, with versions that leave no gap. For `inventory` alone."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from showsewa.actors import Actor

# The counter is the last row a seat transaction touches, so that it is locked for little more than the commit.
_WRITE = """
    WITH counter AS (
        UPDATE seatsync_showinventory SET version = version + %(count)s WHERE showtime_id = %(showtime)s
        RETURNING version
    ), event AS (
        INSERT INTO seatsync_seatevent
            (showtime_id, version, action, changes, claim, actor, source, reference, reason, created_at)
        SELECT %(showtime)s, c.version - %(count)s + e.n, e.action, e.changes::jsonb, e.claim, e.actor, e.source,
            e.reference, e.reason, statement_timestamp()
        FROM counter c, unnest(%(actions)s::text[], %(changes)s::text[], %(claims)s::uuid[], %(actors)s::text[],
            %(sources)s::text[], %(references)s::text[], %(reasons)s::text[]) WITH ORDINALITY
            AS e (action, changes, claim, actor, source, reference, reason, n)
        ORDER BY e.n
        RETURNING id, version
    ), queued AS (
        INSERT INTO seatsync_unannounced (event_id) SELECT id FROM event
    )
    SELECT max(version) FROM event"""


@dataclass(frozen=True, slots=True)
class Entry:
    """changes: (seat label, from, to)."""

    action: str
    changes: Sequence[tuple[str, str, str]]
    claim: uuid.UUID | None
    actor: Actor
    source: str
    reference: str
    reason: str


def write(showtime_id: uuid.UUID, entries: Sequence[Entry]) -> int:
    """Write these down one after the other, in one statement; returns the last one's version."""
    row: dict[str, Any] = {
        "showtime": showtime_id,
        "count": len(entries),
        "actions": [entry.action for entry in entries],
        "changes": [json.dumps(entry.changes) for entry in entries],
        "claims": [entry.claim for entry in entries],
        "actors": [entry.actor.key for entry in entries],
        "sources": [entry.source for entry in entries],
        "references": [entry.reference for entry in entries],
        "reasons": [entry.reason[:255] for entry in entries],
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, row)
        return int(cursor.fetchone()[0])
