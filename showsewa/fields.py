"""Fields of API bodies that are stricter than DRF's own: a time without its zone is no time."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers


class AwareDateTime(serializers.DateTimeField):
    """RFC 3339 with Z or an offset."""

    default_error_messages = {"naive": _("Say the zone of this time: end it in Z or an offset such as +05:45.")}

    def to_internal_value(self, value: Any) -> datetime:
        try:
            moment = parse_datetime(value) if isinstance(value, str) and len(value) <= 40 else None
            moment = moment.astimezone(UTC) if moment is not None and moment.tzinfo is not None else moment
        except (ValueError, OverflowError):
            moment = None
        if moment is None:
            self.fail("invalid", format="2026-11-21T18:30:00+05:45")
        if moment.tzinfo is None:
            self.fail("naive")
        return moment


class Flag(serializers.BooleanField):
    """true or false, nothing that sounds like it."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class NearDate(serializers.DateField):
    """A day that a calendar can compute with."""

    default_error_messages = {"far": _("This day is too far away.")}

    def to_internal_value(self, value: Any) -> date:
        day: date = super().to_internal_value(value)
        if not 2000 <= day.year <= 2100:
            self.fail("far")
        return day


class Cursor(serializers.CharField):
    """Where a page of a list begins: the last row's place in its order, packed so that nobody builds on its form."""

    default_error_messages = {"cursor": _("Take the cursor as it came in nextCursor.")}

    def __init__(self, *kinds: Callable[[str], Any], **given: Any) -> None:
        super().__init__(required=False, **given)
        self.kinds = kinds

    def to_internal_value(self, data: Any) -> tuple[Any, ...]:  # type: ignore[override]
        try:
            if len(data) > 200:
                raise ValueError(data)
            parts = base64.urlsafe_b64decode(str(data).encode()).decode().split("|")
            return tuple(kind(part) for kind, part in zip(self.kinds, parts, strict=True))
        except (ValueError, binascii.Error):
            self.fail("cursor")


def cursor(place: Sequence[Any] | None) -> str | None:
    """The other way round; None on the last page."""
    if place is None:
        return None
    parts = [part.isoformat() if isinstance(part, datetime) else str(part) for part in place]
    return base64.urlsafe_b64encode("|".join(parts).encode()).decode()


def instant(text: str) -> datetime:
    """A kind of `Cursor` part."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def whole(text: str) -> int:
    """Another: as much as a column of the database holds."""
    number = int(text)
    if abs(number) >= 2**31:
        raise ValueError(text)
    return number
