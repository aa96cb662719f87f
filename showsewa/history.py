"""Who changed what in the slow tables. pghistory's triggers write the rows; this signs them and reads them back.

pghistory's own context puts two commands into one statement, which prepared statements refuse.
"""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.utils.text import capfirst

from showsewa.transactions import joining

_SIGN = "SELECT set_config('pghistory.context_id', %s, true), set_config('pghistory.context_metadata', %s, true)"


@dataclass(frozen=True, slots=True)
class Changed:
    """One change of one row. fields: [(what, before, after)], where before is None for a new row."""

    at: datetime
    who: str
    what: str
    fields: list[tuple[str, Any, Any]]


def sign(who: str) -> None:
    """Write this name beside every tracked change of the current transaction. Caller holds it."""
    with connection.cursor() as cursor:
        cursor.execute(_SIGN, [str(uuid.uuid4()), json.dumps({"who": who})])


@contextmanager
def signed(who: str) -> Iterator[None]:
    """One transaction for one change by one person; a use case inside joins it."""
    with joining():
        sign(who)
        yield


def changes(row: models.Model, *, most: int = 100) -> list[Changed]:
    """What happened to a tracked row, the newest first; nothing for a table that is not tracked."""
    events = getattr(row, "events", None)
    if events is None or not hasattr(events.model, "pgh_tracked_model"):
        return []
    rows = list(events.select_related("pgh_context").order_by("-pgh_id")[: most + 1])
    names = [field for field in events.model._meta.concrete_fields if not field.name.startswith("pgh_")]
    older = [*rows[1:], None]
    return [_changed(event, before, names) for event, before in zip(rows, older, strict=True)][:most]


def _changed(event: Any, before: Any, fields: list[models.Field]) -> Changed:
    is_new = event.pgh_label == "insert"
    told = []
    for field in fields:
        now, then = getattr(event, field.attname), getattr(before, field.attname, None)
        if field.primary_key or (is_new and now in (None, "", [], {})) or (not is_new and now == then):
            continue
        told.append((capfirst(str(field.verbose_name)), None if is_new else then, now))
    metadata = event.pgh_context.metadata if event.pgh_context else {}
    return Changed(event.pgh_created_at, metadata.get("who", ""), event.pgh_label, told)
