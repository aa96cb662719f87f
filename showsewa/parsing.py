"""Bodies of the API: read by serializers that are built once, because building one costs more than using it."""

import unicodedata
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.fields import empty
from rest_framework.request import Request

# Cc and Cs have no business in a name; Cf would let a text show in another order than it is stored (RTL override).
_UNWANTED = frozenset({"Cc", "Cs", "Cf"})
_JOINERS = "\u200c\u200d"  # Cf as well, but Nepali is spelt with them


class Text(serializers.CharField):
    """A JSON string and nothing that only looks like one, without control characters."""

    default_error_messages = {"unwanted": _("This text has characters that cannot be shown.")}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        value: str = super().to_internal_value(data)
        if not can_be_shown(value):
            self.fail("unwanted")
        return value


def can_be_shown(text: str) -> bool:
    return not any(unicodedata.category(sign) in _UNWANTED and sign not in _JOINERS for sign in text)


class OptionalText(Text):
    """May be left out, empty or null, which all say the same."""

    def __init__(self, **given: Any) -> None:
        super().__init__(required=False, allow_blank=True, allow_null=True, **given)

    def run_validation(self, data: Any = empty) -> str:
        value: str | None = super().run_validation(data)
        return value or ""


class SeatNames(serializers.ListField):
    """Seats by id or label. How many a caller may have is the service's to say; this only keeps absurd lists away."""

    MOST = 500
    default_error_messages = {"name": _("Name each seat by its id or its label.")}
    child = serializers.CharField(max_length=40)

    def to_internal_value(self, data: Any) -> list[str]:
        if not isinstance(data, list):
            self.fail("not_a_list", input_type=type(data).__name__)
        if not data and not self.allow_empty:  # where none named means all of them, an empty list is a mistake
            self.fail("empty")
        if len(data) > self.MOST:
            self.fail("max_length", max_length=self.MOST)
        if not all(isinstance(name, str) and 0 < len(name) <= 40 for name in data):
            self.fail("name")
        return data


def parse(kind: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    """The body, checked and converted. Raises DRF's ValidationError, which becomes a 422 with JSON pointers."""
    body: dict[str, Any] = _ready(kind).run_validation(request.data or {})
    return body


def parse_part(kind: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    """The same for a change (PATCH): only what was sent, nothing filled in."""
    body: dict[str, Any] = kind(partial=True).run_validation(request.data or {})
    return body


def asked(kind: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    """What a list is asked for. A name it does not know is refused with 400: a misspelt filter must not show all."""
    ready, given = _ready(kind), request.query_params
    unknown = sorted(set(given) - set(ready.fields))
    if unknown:
        told = _("Unknown: %(names)s. Known are: %(known)s.")
        raise ParseError(told % {"names": ", ".join(unknown)[:200], "known": ", ".join(ready.fields)})
    terms: dict[str, Any] = ready.run_validation(given)
    return terms


@cache
def _ready(kind: type[serializers.Serializer]) -> serializers.Serializer:
    return kind()
