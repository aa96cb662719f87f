"""Telephone numbers as people write them. Pure."""

import re
import unicodedata

_DECORATION = re.compile(r"[\s().\-/]")
_NUMBER = re.compile(r"\+?[0-9]{7,15}")


def normal(text: str) -> str:
    """Digits with an optional plus; Nepali digits are digits too. Raises: ValueError when it is no number."""
    latin = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
    number = _DECORATION.sub("", latin)
    if not _NUMBER.fullmatch(number):
        raise ValueError(text)
    return number


def tail(text: str) -> str:
    """Its last ten digits: the same whether written with the country's code or without; "" for less than seven."""
    digits = "".join(str(unicodedata.decimal(sign)) for sign in text if sign.isdecimal())
    return digits[-10:] if len(digits) >= 7 else ""
