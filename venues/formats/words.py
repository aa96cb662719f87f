"""How the formats put a row and a number into one seat label, and which words mean which kind of seat."""

import re
import unicodedata

from venues.layout import SeatType
from venues.layout.faults import is_label
from venues.layout.parts import TYPE_OF

_WORDS = {
    "accessible": SeatType.WHEELCHAIR,
    "rollstuhl": SeatType.WHEELCHAIR,
    "carer": SeatType.COMPANION,
    "begleitperson": SeatType.COMPANION,
    "recliners": SeatType.RECLINER,
    "sofas": SeatType.SOFA,
    "couple": SeatType.SOFA,
    "couples": SeatType.SOFA,
    "loveseat": SeatType.SOFA,
    "normal": SeatType.STANDARD,
    "sweetbox": SeatType.SOFA,
} | {word: seat_type for word, seat_type in TYPE_OF.items() if " " not in word}
# A "premium sofa" is a sofa, a "VIP wheelchair" a wheelchair: what one sits in tells more than what it costs.
_STRONGEST = [
    SeatType.COMPANION,
    SeatType.WHEELCHAIR,
    SeatType.SOFA,
    SeatType.RECLINER,
    SeatType.VIP,
    SeatType.PREMIUM,
    SeatType.STANDARD,
]


def type_in(text: str) -> SeatType | None:
    """The kind of seat a name speaks of: SOFA for "Couple seats", None for "Stalls"."""
    found = {_WORDS[word] for word in re.findall(r"[^\W\d_]+", text.lower()) if word in _WORDS}
    return next((seat_type for seat_type in _STRONGEST if seat_type in found), None)


def compose(row: str, number: str) -> str:
    """The label of a seat: "A" and "12" make "A12", "1" and "12" make "1-12". A number that names its row stays."""
    rest = number[len(row) :]
    separated = rest[:1] in ("-", ".") and len(rest) > 1
    if not row or (number.startswith(row) and (separated or (row.isalpha() and rest[:1].isdecimal()))):
        return number
    between = "-" if row[-1].isdecimal() and number[:1].isdecimal() else ""
    return row + between + number


def number_of(row: str, label: str) -> str | None:
    """What `compose` needs beside the row to make this label; None when nothing does."""
    rest = label.removeprefix(row)
    parts = (part for part in (rest.removeprefix("-"), label) if is_label(part))
    return next((part for part in parts if compose(row, part) == label), None)


def plain(value: object) -> str:
    """A foreign file's text or whole number as one tidy line of at most 80 characters; "" for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = unicodedata.normalize("NFC", value[:200]) if isinstance(value, str) else str(value)[:80]
    printable = "".join(" " if unicodedata.category(char)[0] == "C" else char for char in text)
    return " ".join(printable.split())[:80].strip()


def label_from(text: str) -> str:
    """The text as a label, with nothing in it that a label may not have: "Table 1" becomes "Table-1"."""
    if is_label(text):
        return text
    allowed = (char == "." or char.isdecimal() or unicodedata.category(char)[0] in "LM" for char in text)
    kept = "".join(char if is_allowed else " " for char, is_allowed in zip(text, allowed, strict=True))
    return "-".join(kept.split()).lstrip(".")


def initials(name: str) -> str:
    """ "Balcony left" becomes "BL"."""
    return "".join(word[0] for word in re.findall(r"[^\W_]+", name))[:3].upper()
