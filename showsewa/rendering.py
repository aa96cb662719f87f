"""JSON in and out: orjson, which refuses NaN and broken Unicode, with money as numbers and times in UTC with a Z."""

from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

import orjson
from django.utils.functional import Promise
from rest_framework import parsers, renderers
from rest_framework.exceptions import ParseError

from showsewa import money


def dumps(data: Any) -> bytes:
    return orjson.dumps(data, default=_default, option=orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS)


class Json(renderers.BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        return data if isinstance(data, bytes) else b"" if data is None else dumps(data)


class Csv(renderers.BaseRenderer):
    """A table that a view has written; a refusal stays JSON, whatever was asked for."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        return data.encode() if isinstance(data, str) else dumps(data)


class JsonParser(parsers.BaseParser):
    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        try:
            data = orjson.loads(stream.read() or b"{}")
        except orjson.JSONDecodeError as error:
            raise ParseError(f"This is not valid JSON: {error}") from error
        if not isinstance(data, dict):
            raise ParseError("The body must be a JSON object.")
        return data


class PlainJsonParser(JsonParser):
    """JSON from whoever leaves fetch() to name the type of a string: seed 000's platform example does."""

    media_type = "text/plain"


def _default(value: Any) -> Any:
    if isinstance(value, Decimal):
        return money.number(value)
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(type(value))
