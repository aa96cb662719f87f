"""Fields of API bodies that are stricter than DRF's own: a time without its zone is no time."""

from datetime import UTC, datetime
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
