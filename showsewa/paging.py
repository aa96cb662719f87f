"""Lists of the API, page by page: `?limit&cursor` in, `{items, nextCursor}` out."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers


class Page(serializers.Serializer):
    limit = serializers.IntegerField(min_value=1, max_value=200, default=50)


class NewestFirst(Page):
    cursor = serializers.UUIDField(required=False)


def newest_first(rows: QuerySet, asked: dict[str, Any], shown: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """One page of rows that stand in descending order of their ids, as what `NewestFirst` read asks for it."""
    if "cursor" in asked:
        rows = rows.filter(id__lt=asked["cursor"])
    found = list(rows[: asked["limit"] + 1])
    items = found[: asked["limit"]]
    more: UUID | None = items[-1].pk if len(found) > len(items) else None
    return {"items": [shown(row) for row in items], "nextCursor": more}
