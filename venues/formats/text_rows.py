"""One row of the text plan: which rows it stands for, and the words after the colon."""

import re
from dataclasses import dataclass, field

from venues.layout import MOST_SEATS, SeatType
from venues.layout.faults import FARTHEST, Faults, is_label

LETTER_OF = {seat_type: seat_type[0] for seat_type in SeatType} | {SeatType.STANDARD: "N"}
_TYPE_OF_LETTER = {letter: seat_type for seat_type, letter in LETTER_OF.items()}
_HEAD = re.compile(r'\s*(?:"([^"]*)"|([^\s":]+))\s*:')
_RANGE = re.compile(r"([A-Za-z]*)([A-Za-z]|\d{1,3})-([A-Za-z]*)([A-Za-z]|\d{1,3})")
_GAP = re.compile(r"_(\d*\.?\d*)")
_SEATS = re.compile(
    r"""(?P<letter>[NPVWCRS])?
        (?: "(?P<label>[^"]*)" | (?P<first>\d{1,6}) (?: -(?P<last>\d{1,6}) (?: /(?P<step>\d{1,3}) )? )? )
        (?: @(?P<x>-?\d+(?:\.\d+)?),(?P<y>-?\d+(?:\.\d+)?) )?""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)


@dataclass(slots=True)
class Item:
    """One word: a gap of so many seats, or seats of one kind. is_label: its number is the whole label."""

    column: int
    gap: float = 0
    numbers: list[str] = field(default_factory=list)
    is_label: bool = False
    seat_type: SeatType | None = None
    spot: tuple[float, float] | None = None


@dataclass(slots=True)
class Head:
    """end: where the row's words begin."""

    labels: list[str]
    column: int
    end: int


def read_head(line: str, skipped: set[str]) -> Head | None:
    """The rows this line is about; None when it is not about rows."""
    match = _HEAD.match(line)
    if match is None:
        return None
    quoted, plain = match.groups()
    labels = [quoted] if plain is None else rows_in(plain, skipped)
    return Head(labels, len(line) - len(line.lstrip()) + 1, match.end())


def rows_in(head: str, skipped: set[str]) -> list[str]:
    """ "A-C" is A, B and C, "12-10" is 12, 11 and 10; anything else is a row of that name."""
    match = _RANGE.fullmatch(head)
    if match is None or match[1] != match[3] or match[2].isdigit() != match[4].isdigit():
        return [head]
    prefix = match[1]
    if match[2].isdigit():
        return [f"{prefix}{row}" for row in _between(int(match[2]), int(match[4]), 1)]
    letters = [chr(code) for code in _between(ord(match[2]), ord(match[4]), 1)]
    return [prefix + letter for letter in letters if letter.isalpha() and letter.upper() not in skipped]


def read_items(line: str, start: int, at: str, faults: Faults) -> list[Item]:
    """The words of a row. at: the line, for faults."""
    items = []
    for word in re.finditer(r'(?:[^\s"]|"[^"]*"?)+', line[start:]):
        column = start + word.start() + 1
        if word[0].startswith("#"):
            break
        gap = _GAP.fullmatch(word[0])
        seats = _SEATS.fullmatch(word[0])
        if gap:
            size = float(gap[1]) if gap[1].strip(".") else 1.0
            items.append(Item(column, gap=min(size, FARTHEST)))
        elif seats and (item := _seats(seats, column, f"{at}, column {column}", faults)):
            items.append(item)
        elif not seats:
            detail = f'"{word[0][:40]}" is no seat, no run of seats and no gap.'
            faults.add(f"{at}, column {column}", "UNKNOWN_WORD", detail)
    return items


def _seats(match: re.Match[str], column: int, at: str, faults: Faults) -> Item | None:
    seat_type = _TYPE_OF_LETTER[match["letter"].upper()] if match["letter"] else None
    spot = (float(match["x"]), float(match["y"])) if match["x"] else None
    if match["label"] is not None:
        if not is_label(match["label"]):
            faults.add(at, "BAD_LABEL", "1 to 12 letters, digits, '-' or '.', beginning with a letter or digit.")
            return None
        return Item(column, numbers=[match["label"]], is_label=True, seat_type=seat_type, spot=spot)
    first, last, step = match["first"], match["last"] or match["first"], int(match["step"] or 1)
    if step == 0 or abs(int(last) - int(first)) // step >= MOST_SEATS:
        faults.add(at, "OUT_OF_RANGE", f"A run has 1 to {MOST_SEATS} seats, in steps of 1 or more.")
        return None
    if spot and first != last:
        faults.add(at, "OUT_OF_RANGE", "Only a single seat can be put at a place.")
        return None
    digits = len(first) if first.startswith("0") else 1
    numbers = [f"{number:0{digits}}" for number in _between(int(first), int(last), step)]
    return Item(column, numbers=numbers, seat_type=seat_type, spot=spot)


def _between(first: int, last: int, step: int) -> range:
    return range(first, last + 1, step) if first <= last else range(first, last - 1, -step)
