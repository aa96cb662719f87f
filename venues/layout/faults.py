"""What is wrong with a hall plan, and where: collected over the whole file, refused once."""

import math
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from showsewa.refusals import Invalid

MOST_FAULTS = 100
FARTHEST = 100_000  # of a coordinate, from the origin

_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9.\-]{0,11}")
# Control characters, halves of surrogate pairs and direction overrides: unstorable, or invisible in a list of seats.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class LayoutInvalid(Invalid):
    """facts: errors=[{pointer, code, detail}] (at most 100), total, and a note when there were more.

    A pointer is a JSON pointer into the file that was read, or "line 3, column 5" of a text plan.
    """

    code = "LAYOUT_INVALID"


def step(key: object) -> str:
    """One step of a JSON pointer (RFC 6901), printable and short whatever the key was."""
    shown = key if isinstance(key, str) else type(key).__name__ if not isinstance(key, int) else str(key)
    return "/" + _UNPRINTABLE.sub("?", shown[:60]).replace("~", "~0").replace("/", "~1")


def is_label(text: str) -> bool:
    """1 to 12 letters of any script, digits, '-' and '.', the first a letter or digit. So never "seat_...", an id."""
    if _LABEL.fullmatch(text):
        return True
    if not 1 <= len(text) <= 12 or not text[0].isalnum():
        return False
    return all(char in "-." or unicodedata.category(char)[0] in "LM" or char.isdecimal() for char in text)


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number" if isinstance(value, int | float) else "something else")


class Faults:
    """Reads values out of foreign data. A reader answers None, and notes why, when the value will not do."""

    def __init__(self) -> None:
        self.total = 0
        self._errors: list[dict[str, str]] = []

    def add(self, at: str, code: str, detail: str) -> None:
        self.total += 1
        if len(self._errors) < MOST_FAULTS:
            self._errors.append({"pointer": at, "code": code, "detail": detail})

    def settle(self) -> None:
        """Refuses: LayoutInvalid, when anything was noted."""
        if not self.total:
            return
        facts: dict[str, Any] = {"errors": self._errors, "total": self.total}
        if self.total > len(self._errors):
            facts["note"] = f"Only the first {MOST_FAULTS} of {self.total} faults are listed."
        raise LayoutInvalid("The hall layout has faults.", **facts)

    def fields(
        self, value: object, at: str, *, required: Iterable[str] = (), optional: Iterable[str] | None = None
    ) -> dict[str, Any]:
        """The object's fields, {} when it is none. optional: what else may be there; None lets everything pass."""
        if not isinstance(value, dict):
            self.add(at, "WRONG_TYPE", f"Expected an object, found {_kind(value)}.")
            return {}
        required = tuple(required)
        for key in required:
            if key not in value:
                self.add(at + step(key), "MISSING", f'"{key}" is missing.')
        if optional is not None and len(value) > len(required):
            known = {*required, *optional}
            for key in value:
                if key not in known:
                    self.add(at + step(key), "UNKNOWN_KEY", "A layout has no such field here.")
        return value

    def items(self, value: object, at: str) -> list[Any]:
        if isinstance(value, list):
            return value
        self.add(at, "WRONG_TYPE", f"Expected a list, found {_kind(value)}.")
        return []

    def text(self, value: object, at: str, *, most: int) -> str | None:
        """Composed (NFC) and without blanks around it, because two seats must not differ by bytes nobody sees."""
        if not isinstance(value, str):
            self.add(at, "WRONG_TYPE", f"Expected a text, found {_kind(value)}.")
            return None
        if len(value) > most:
            self.add(at, "TOO_LONG", f"At most {most} characters, found {len(value)}.")
            return None
        text = value if value.isascii() else unicodedata.normalize("NFC", value)
        text = text.strip()
        if not text:
            self.add(at, "EMPTY", "This must not be empty.")
            return None
        if _UNPRINTABLE.search(text):
            self.add(at, "BAD_TEXT", "Control characters and broken characters are not allowed.")
            return None
        return text

    def label(self, value: object, at: str) -> str | None:
        text = self.text(value, at, most=64)
        if text is None or is_label(text):
            return text
        self.add(at, "BAD_LABEL", "1 to 12 letters, digits, '-' or '.', beginning with a letter or digit.")
        return None

    def number(self, value: object, at: str, *, least: float = -FARTHEST) -> float | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.add(at, "WRONG_TYPE", f"Expected a number, found {_kind(value)}.")
            return None
        if not least <= value <= FARTHEST or math.isnan(value):
            self.add(at, "OUT_OF_RANGE", f"Expected a number from {least} to {FARTHEST}.")
            return None
        return float(value)
