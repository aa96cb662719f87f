"""Fields of API bodies that are stricter than DRF's own: a number is not a text, and a time without zone is no time."""

import re
from datetime import UTC, datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

# Control characters and direction overrides: nobody means them, and lists and mails show them as something else.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class Text(serializers.CharField):
    default_error_messages = {"unprintable": _("Control characters are not allowed.")}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        text: str = super().to_internal_value(data)
        if _UNPRINTABLE.search(text):
            self.fail("unprintable")
        return text


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
