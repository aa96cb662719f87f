"""A channel's file of sales, read: bytes to lines, and lines by chosen columns to sales. Pure; keeps no file.

Whatever a spreadsheet saves is understood: UTF-8 and UTF-16 with or without a mark, commas, semicolons or tabs. A line
that cannot be read is told with its number and never guessed.
"""

import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from showsewa.refusals import Invalid

MOST_BYTES, MOST_LINES, MOST_COLUMNS, LONGEST_CELL = 5_000_000, 20_000, 100, 200

ENCODINGS = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}
DELIMITERS = {",": gettext_lazy("comma"), ";": gettext_lazy("semicolon"), "\t": gettext_lazy("tab"), "|": "|"}
DATES = {"ymd": "2026-11-21", "dmy": "21/11/2026", "mdy": "11/21/2026"}
_ORDERS = {"ymd": ("%Y-%m-%d",), "dmy": ("%d-%m-%Y", "%d-%m-%y"), "mdy": ("%m-%d-%Y", "%m-%d-%y")}
_CLOCKS = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p", "%I:%M%p")

SOLD_WORDS = ("sold", "booked", "confirmed", "paid", "active", "ok", "yes", "1")


@dataclass(frozen=True, slots=True)
class Table:
    """lines: [(its number in the file, its cells)], without the header and without empty ones."""

    header: list[str]
    lines: list[tuple[int, list[str]]]


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column means what: its place, or None where the file has none. zone: "" for each cinema's own."""

    reference: int
    showtime: int | None = None
    cinema: int | None = None
    hall: int | None = None
    date: int | None = None
    time: int | None = None
    seat: int | None = None
    row: int | None = None
    number: int | None = None
    status: int | None = None
    sold_at: int | None = None
    sold_words: Sequence[str] = SOLD_WORDS
    dates: str = "ymd"
    zone: str = ""
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """One line by its columns. The show is named by its id, or by hall and local start. sold_at: local, if naive."""

    number: int
    seat: str
    reference: str
    is_sold: bool
    showtime: str = ""
    cinema: str = ""
    hall: str = ""
    starts_at: datetime | None = None
    sold_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    number: int
    reason: str


@dataclass(slots=True)
class Sheet:
    """left_out: how many lines had which status that does not mean sold."""

    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


class _Unreadable(Exception):
    """Why one line is left out."""


def read(raw: bytes, *, encoding: str = "", delimiter: str = "") -> Table:
    """Refuses: Invalid for what is no table of at most 20,000 lines. Empty encoding or delimiter: find it out."""
    if len(raw) > MOST_BYTES:
        raise Invalid(_("The file is larger than %(most)d MB.") % {"most": MOST_BYTES // 1_000_000})
    text = _decoded(raw, encoding)
    if "\0" in text:
        raise Invalid(_("This is not a text file."))
    rows = _rows(text, delimiter or _delimiter_of(text))
    if not rows:
        raise Invalid(_("The file is empty."))
    header = [cell or _("Column %(n)d") % {"n": place} for place, cell in enumerate(rows[0][1], 1)]
    if len(header) < 2:
        raise Invalid(_("Only one column was found. Choose what separates the columns."))
    if len(header) > MOST_COLUMNS:
        raise Invalid(_("The file has too many columns."))
    if len(rows) - 1 > MOST_LINES:
        raise Invalid(_("The file has more than %(most)d lines.") % {"most": MOST_LINES})
    return Table(header, rows[1:])


def sheet(lines: Sequence[tuple[int, Sequence[str]]], columns: Columns) -> Sheet:
    """Take from each line what the columns say; faulty ones are told, the others stand."""
    found = Sheet()
    sold = {word.strip().casefold() for word in columns.sold_words}
    for number, cells in lines:
        try:
            line = _line(number, cells, columns, sold)
        except _Unreadable as reason:
            found.faults.append(Fault(number, str(reason)))
            continue
        found.lines.append(line)
        if not line.is_sold:
            found.left_out[_cell(cells, columns.status)] += 1
    return found


def seat_key(name: str) -> str:
    """Seats as people write them: "a-01", "A 1" and "A1" are one."""
    plain = "".join(sign for sign in name.upper() if sign.isalnum())
    digits = len(plain) - len(plain.rstrip("0123456789"))
    row, number = plain[: len(plain) - digits], plain[len(plain) - digits :]
    return row + (number.lstrip("0") or number)


def localized(moment: datetime, zone: str) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(zone))


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding or _encoding_of(raw)).removeprefix("\ufeff")
    except (UnicodeDecodeError, UnicodeError):
        raise Invalid(_("The file is not in this encoding. Choose another, or save it as UTF-8.")) from None


def _encoding_of(raw: bytes) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    # UTF-16 without its mark: every other byte of an ASCII header is zero.
    if raw[1:8:2].count(0) >= 3:
        return "utf-16-le"
    return "utf-16-be" if raw[0:8:2].count(0) >= 3 else "utf-8-sig"


def _delimiter_of(text: str) -> str:
    """The one that cuts the first lines into the same number of columns, and into the most."""
    sample = [line for line in text[:20_000].splitlines() if line.strip()][:30]
    widths = {sign: Counter(len(cells) for cells in csv.reader(sample, delimiter=sign)) for sign in DELIMITERS}
    return max(widths, key=lambda sign: _evenness(widths[sign]))


def _evenness(widths: Counter[int]) -> tuple[int, int]:
    if not widths:
        return (0, 0)
    width, lines = max(widths.items(), key=lambda item: (item[0] > 1, item[1], item[0]))
    return (lines if width > 1 else 0, width)


def _rows(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows, number = [], 1
    try:
        for cells in reader:
            cleaned = [_clean(cell) for cell in cells]
            if any(cleaned):
                rows.append((number, cleaned))
            number = reader.line_num + 1
    except csv.Error:
        place = {"n": number}
        raise Invalid(_("Line %(n)d cannot be read: a quotation mark is not closed.") % place) from None
    return rows


def _clean(cell: str) -> str:
    """What can be shown and kept; an over-long cell is cut, and its line is refused later if it is one we need."""
    shown = "".join(" " if unicodedata.category(sign)[0] == "C" else sign for sign in cell[: LONGEST_CELL + 1])
    return shown.strip()


def _line(number: int, cells: Sequence[str], columns: Columns, sold_words: set[str]) -> Line:
    seat = _cell(cells, columns.seat) or _cell(cells, columns.row) + _cell(cells, columns.number)
    if not seat or (columns.seat is None and not _cell(cells, columns.number)):
        raise _Unreadable(_("No seat."))
    status = _cell(cells, columns.status)
    is_sold = columns.status is None or status.casefold() in sold_words
    reference = _cell(cells, columns.reference)
    if is_sold and not reference:
        raise _Unreadable(_("No reference."))
    if len(reference) > 120 or len(seat) > 40:
        raise _Unreadable(_("A cell is too long."))
    showtime = _cell(cells, columns.showtime)
    hall = _cell(cells, columns.hall)
    if (columns.showtime is not None and not showtime) or (columns.showtime is None and not hall):
        raise _Unreadable(_("No showtime."))
    return Line(
        number,
        seat,
        reference,
        is_sold,
        showtime=showtime,
        cinema=_cell(cells, columns.cinema),
        hall=hall,
        starts_at=None if columns.showtime is not None else _start(cells, columns),
        sold_at=_moment(_cell(cells, columns.sold_at), columns.dates) if _cell(cells, columns.sold_at) else None,
    )


def _cell(cells: Sequence[str], place: int | None) -> str:
    return cells[place] if place is not None and place < len(cells) else ""


def _start(cells: Sequence[str], columns: Columns) -> datetime:
    """Date and time stand in two columns, or together in the date's."""
    text = f"{_cell(cells, columns.date)} {_cell(cells, columns.time)}".strip()
    return _moment(text, columns.dates)


def _moment(text: str, dates: str) -> datetime:
    """Naive unless the text names its zone."""
    for found in _moments(text.strip(), dates):
        return found
    raise _Unreadable(_("“%(text)s” is no date and time in the chosen form.") % {"text": text})


def _moments(text: str, dates: str) -> Iterator[datetime]:
    try:
        if len(text) >= 16 and text[4:5] == "-":  # ISO 8601, with or without a zone
            yield datetime.fromisoformat(text)
    except ValueError:
        pass
    day, _space, clock = text.partition(" ")
    on, at = _day(day, _ORDERS[dates]), _clock(clock.strip().upper())
    if on is not None and at is not None:
        yield datetime.combine(on, at)


def _day(text: str, orders: Sequence[str]) -> date | None:
    for order in orders:
        try:
            return datetime.strptime(text.replace("/", "-").replace(".", "-"), order).date()
        except ValueError:
            continue
    return None


def _clock(text: str) -> time | None:
    for form in _CLOCKS:
        try:
            return datetime.strptime(text, form).time()
        except ValueError:
            continue
    return None


def remembered(columns: Columns, header: Sequence[str]) -> dict[str, object]:
    """For the next import: columns by their names, since their places may change."""
    kept: dict[str, object] = {"zone": columns.zone, "dates": columns.dates, "sold_words": list(columns.sold_words)}
    for name in PLACES:
        place = getattr(columns, name)
        if place is not None:
            kept[name] = header[place]
    return kept


def recalled(kept: Mapping[str, object], header: Sequence[str]) -> dict[str, int]:
    """Column -> its place in this file, for those that are remembered and are there; else guessed by their names."""
    places = {name.casefold(): place for place, name in reversed(list(enumerate(header)))}
    found = {}
    for column in PLACES:
        wanted = [str(kept[column])] if column in kept else ([] if kept else _USUAL.get(column, []))
        at = [places[name.casefold()] for name in wanted if name.casefold() in places]
        if at:
            found[column] = at[0]
    return found


PLACES = (
    "showtime", "cinema", "hall", "date", "time", "seat", "row", "number", "reference", "status", "sold_at",
)  # fmt: skip

_USUAL = {
    "showtime": ["showtimeId", "showtime id", "showtime"],
    "cinema": ["cinema", "theatre", "theater", "venue"],
    "hall": ["hall", "screen", "audi", "auditorium"],
    "date": ["date", "show date"],
    "time": ["time", "show time"],
    "seat": ["seat", "seatNumber", "seat number", "seat no"],
    "row": ["row"],
    "number": ["number", "seat column", "column"],
    "reference": ["reference", "bookingReference", "booking reference", "booking id", "booking"],
    "status": ["status", "state"],
    "sold_at": ["sold at", "soldAt", "booked at", "timestamp"],
}
