"""What the operations on movies, theatres and shows share: read by anyone, written by keys and staff, paged alike."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from showsewa.apiview import ApiView
from showsewa.parsing import Text

_READING = ("GET", "HEAD", "OPTIONS")


class Catalogue(ApiView):
    """model: whose add and change permissions staff need."""

    model: ClassVar[str]

    @property
    def is_public(self) -> bool:  # type: ignore[override]
        return self.request.method in _READING

    @property
    def scope(self) -> str:  # type: ignore[override]
        return "inventory:read" if self.is_public else "catalog:write"

    @property
    def permission(self) -> str:  # type: ignore[override]
        deed = "add" if self.request.method == "POST" else "change"
        return "" if self.is_public else f"venues.{deed}_{self.model}"


class Page(serializers.Serializer):
    limit = serializers.IntegerField(min_value=1, max_value=200, default=50)


class NewestFirst(Page):
    city = Text(max_length=80, default="")
    cursor = serializers.UUIDField(required=False)


def newest_first(rows: QuerySet, asked: dict[str, Any], shown: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """One page of rows in descending order of their ids."""
    if "cursor" in asked:
        rows = rows.filter(id__lt=asked["cursor"])
    found = list(rows[: asked["limit"] + 1])
    items = found[: asked["limit"]]
    more: UUID | None = items[-1].pk if len(found) > len(items) else None
    return {"items": [shown(row) for row in items], "nextCursor": more}
