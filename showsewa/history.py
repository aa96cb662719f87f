"""Who changed what in the slow tables. pghistory's triggers write the rows; this signs them and reads them back.

pghistory's own context puts two commands into one statement, which prepared statements refuse.
"""

import json
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.core.exceptions import ObjectDoesNotExist
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


def changes(
    row: models.Model, *, parts: Sequence[tuple[type[models.Model], str]] = (), most: int = 100
) -> list[Changed]:
    """What happened to a tracked row, the newest first; nothing for a table that is not tracked.

    parts: (model, its key to the row) of rows that belong to it and are replaced rather than changed, like prices.
    """
    found = _told(events(type(row)).filter(pgh_obj_id=row.pk), most) if _is_tracked(type(row)) else []
    for model, key in parts:
        found += _told(events(model).filter(**{key: row.pk}), most)
    return sorted(found, key=lambda change: change.at, reverse=True)[:most]


def _is_tracked(model: type[models.Model]) -> bool:
    named = [relation.related_model for relation in model._meta.related_objects if relation.name == "events"]
    return any(hasattr(found, "pgh_tracked_model") for found in named)


def events(model: type[models.Model]) -> models.QuerySet[Any]:
    """What the database noted of a tracked model's rows."""
    return cast(Any, model._meta.get_field("events").related_model)._default_manager.all()


def _told(events: models.QuerySet[Any], most: int) -> list[Changed]:
    rows = list(events.select_related("pgh_context").order_by("-pgh_id")[: most + 1])
    earlier: dict[Any, Any] = {}
    told = []
    for event in reversed(rows):
        told.append(_changed(event, earlier.get(event.pgh_obj_id)))
        earlier[event.pgh_obj_id] = event
    return told[::-1][:most]


def _changed(event: Any, before: Any) -> Changed:
    is_new = event.pgh_label == "insert"
    told = []
    for field in event._meta.concrete_fields:
        now, then = getattr(event, field.attname), getattr(before, field.attname, None)
        if field.name == "id" or field.name.startswith("pgh_"):
            continue
        if now not in (None, "", [], {}) if is_new else now != then:
            told.append((capfirst(str(field.verbose_name)), _word(before, field), _word(event, field)))
    metadata = event.pgh_context.metadata if event.pgh_context else {}
    return Changed(event.pgh_created_at, metadata.get("who", ""), event.pgh_label, told)


def _word(event: Any, field: models.Field) -> Any:
    """The value as people know it: a key by the name of its row, while that exists."""
    if event is None:
        return None
    try:
        return getattr(event, field.name)
    except ObjectDoesNotExist:
        return getattr(event, field.attname)
