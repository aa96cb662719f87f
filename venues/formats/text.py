"""The text plan: a hall as a person writes it down, first row nearest the screen.

    # Lines that begin with # are comments.
    section Stalls            begins a section; its name, and unless said otherwise its zone and kind of seat
    zone REGULAR              what the section's seats cost, as prices name it
    level Ground floor        the floor it is on
    type recliner             kind of seat from here on: standard, premium, vip, wheelchair, companion, recliner, sofa
    A: 1-8 _ 9-20 _ 21-28     row A: seats 1 to 8, a gap of one seat, seats 9 to 20 ...
    B-H: 1-8 _ 9-20 _ 21-28   the same for rows B to H, each behind the other
    J: W1 C2 _2.5 3-10 S11-14 W1 is a wheelchair place, C2 a companion's seat, S11-14 two sofas; a gap of 2.5 seats
    K: 19-1/2 2-20/2          numbers 19, 17 ... 1, 2, 4 ... 20
    L: 01-08 "L-X" V9         leading zeros stay; a label in quotes is the whole label; V9 is a VIP seat
    gap 1.5                   leaves room for so many rows
    curve 12                  rows bow: ten seats from the middle a seat stands 12 units nearer the screen
    numbers right             rows are written from the right end from here on; "numbers left" as before
    skip I O                  letters that row ranges leave out
    screen 600 Stage          width and name of the screen, both optional
    at 40 500                 from here to the next section, rows begin at x 40, the next one at y 500
    screen 100 40 600 Stage   the same with its left end at 100, 40
    aisle 300 100 40 400      left, top, width, height
    facility exit 20 300 Exit 2

Kinds before a number: N(ormal, standard), P(remium), V(IP), W(heelchair), C(ompanion), R(ecliner), S(ofa). Seats are 36
units apart, rows 40; rows stand in the middle, x is 0 there and y in the first row, and in the end all is moved to
begin at 40, 40. A seat written 7@120,300 stands just there. Sofas are paired two by two; a companion belongs to the
nearest wheelchair place.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from venues.formats import drawing, words
from venues.formats.drawing import ROW_PITCH, SEAT_PITCH
from venues.formats.text_rows import Head, Item, read_head, read_items
from venues.layout import MOST_SEATS, Aisle, Facility, Layout, Screen, SeatType, zone_of
from venues.layout.build import RowDraft, SeatDraft, SectionDraft, Surroundings, build
from venues.layout.faults import FARTHEST, Faults
from venues.layout.parts import TYPE_OF

_BOW_AT = 10 * SEAT_PITCH


@dataclass(frozen=True, slots=True)
class _Words:
    """What follows the first word of a line. at: where it stands, for faults."""

    text: str
    at: str


def read(text: str) -> Layout:
    """Refuses: LayoutInvalid, with the line and column of each fault."""
    return _Reader().layout(text)


class _Reader:
    def __init__(self) -> None:
        self.faults = Faults()
        self.sections: list[SectionDraft] = []
        self.around = Surroundings()
        self.screen_width = 0.0
        self.screen_label = ""
        self.seat_type = SeatType.STANDARD
        self.skipped: set[str] = set()
        self.is_from_right = False
        self.curve = 0.0
        self.y = 0.0
        self.origin: tuple[float, float] | None = None
        self.seat_count = 0
        self.verbs: dict[str, Callable[[_Words], None]] = {
            "section": self._section,
            "zone": self._zone,
            "level": self._level,
            "type": self._type,
            "gap": self._gap,
            "curve": self._curve,
            "numbers": self._numbers,
            "skip": self._skip,
            "screen": self._screen,
            "at": self._at,
            "aisle": self._aisle,
            "facility": self._facility,
        }

    def layout(self, text: str) -> Layout:
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip() and not line.lstrip().startswith("#"):
                self._line(line, f"line {number}")
        sections = [section for section in self.sections if section.rows]
        seats = [seat for section in sections for seat in section.seats()]
        around = drawing.settle(seats, self._with_screen(seats))
        for row in (row for section in sections for row in section.rows):
            drawing.pair_sofas(row)
            drawing.seat_companions(row)
        return drawing.ordered(build(sections, self.faults, around=around))

    def _line(self, line: str, at: str) -> None:
        head = read_head(line, self.skipped)
        if head is not None:
            self._rows(head, read_items(line, head.end, at, self.faults), at)
            return
        word = line.split()[0]
        start = line.index(word)
        rest = line[start + len(word) :]
        argument = _Words(rest.strip(), f"{at}, column {len(line) - len(rest.lstrip()) + 1}")
        verb = self.verbs.get(word.lower())
        if verb is None:
            known = ", ".join(self.verbs)
            detail = f'"{word[:40]}" begins no line. A row is written "A: 1-12"; the other words are {known}.'
            self.faults.add(f"{at}, column {start + 1}", "UNKNOWN_WORD", detail)
        else:
            verb(argument)

    def _with_screen(self, seats: list[SeatDraft]) -> Surroundings:
        if self.around.screen or not seats or not (self.screen_width or self.screen_label):
            return self.around
        breadth = max(max(seat.x for seat in seats) - min(seat.x for seat in seats), 2 * SEAT_PITCH)
        width = self.screen_width / breadth if self.screen_width else 0.7
        screen = drawing.screen_before(seats, start=(1 - width) / 2, width=width)
        return replace(self.around, screen=replace(screen, label=self.screen_label))

    def _rows(self, head: Head, items: list[Item], at: str) -> None:
        if not any(item.numbers for item in items):
            self.faults.add(f"{at}, column {head.end + 1}", "EMPTY_ROW", "A row needs seats, as in 1-12.")
            return
        section = self._current()
        for label in head.labels:
            self.seat_count += sum(len(item.numbers) for item in items)
            if self.seat_count > MOST_SEATS:
                self.faults.add(at, "TOO_MANY_SEATS", f"A hall has at most {MOST_SEATS} seats.")
                return
            if not self.faults.label(label, f"{at}, column {head.column}"):
                return
            section.rows.append(RowDraft(f"{at}, column {head.column}", label, self._seats(label, items, at)))

    def _seats(self, row: str, items: list[Item], at: str) -> list[SeatDraft]:
        length = sum(item.gap + (0 if item.spot else len(item.numbers)) for item in items)
        seats: list[SeatDraft] = []
        passed = 0.0
        for item in items:
            passed += item.gap
            for number in item.numbers:
                label = number if item.is_label else words.compose(row, number)
                x, y = item.spot or self._spot(passed, length)
                passed += 0 if item.spot else 1
                place = f"{at}, column {item.column}"
                seats.append(SeatDraft(place, label, label, x, y, item.seat_type or self.seat_type))
        if self.origin:
            self.origin = self.origin[0], self.origin[1] + ROW_PITCH
        elif any(item.numbers and not item.spot for item in items):
            self.y += ROW_PITCH
        return seats

    def _spot(self, passed: float, length: float) -> tuple[float, float]:
        place = length - 1 - passed if self.is_from_right else passed
        if self.origin:
            return self.origin[0] + place * SEAT_PITCH, self.origin[1]
        x = (place - (length - 1) / 2) * SEAT_PITCH
        return x, self.y - self.curve * (x / _BOW_AT) ** 2

    def _current(self) -> SectionDraft:
        if not self.sections:
            self._section(_Words("Standard", "line 1"))
        return self.sections[-1]

    def _section(self, rest: _Words) -> None:
        name = self.faults.text(rest.text, rest.at, most=80) or "Section"
        id = zone_of(name).lower().replace("_", "-")
        ids = {section.id for section in self.sections}
        names = (id, *(f"{id}-{place}" for place in range(2, len(ids) + 3)))
        id = next(each for each in names if each not in ids)
        self.sections.append(SectionDraft(rest.at, id, name, zone_of(name)))
        self.seat_type = words.type_in(name) or SeatType.STANDARD
        self.origin = None

    def _zone(self, rest: _Words) -> None:
        if zone := self.faults.text(rest.text, rest.at, most=40):
            self._current().zone = zone_of(zone)

    def _level(self, rest: _Words) -> None:
        self._current().level = self.faults.text(rest.text, rest.at, most=40) or ""

    def _type(self, rest: _Words) -> None:
        seat_type = TYPE_OF.get(rest.text.lower())
        if seat_type is None:
            self.faults.add(rest.at, "UNKNOWN_SEAT_TYPE", "Expected one of: " + ", ".join(TYPE_OF) + ".")
        self.seat_type = seat_type or self.seat_type

    def _gap(self, rest: _Words) -> None:
        if numbers := self._measures(replace(rest, text=rest.text or "1"), 1):
            self.y += numbers[0] * ROW_PITCH

    def _curve(self, rest: _Words) -> None:
        if numbers := self._measures(rest, 1):
            self.curve = numbers[0]

    def _numbers(self, rest: _Words) -> None:
        if rest.text.lower() not in ("left", "right"):
            self.faults.add(rest.at, "UNKNOWN_WORD", "Seats are numbered from the left or from the right.")
        self.is_from_right = rest.text.lower() == "right"

    def _skip(self, rest: _Words) -> None:
        self.skipped = {letter.strip(",").upper() for letter in rest.text.split()}

    def _screen(self, rest: _Words) -> None:
        parts = rest.text.split()
        count = 3 if all(_is_number(part) for part in parts[:3]) and len(parts) > 2 else 1
        if not parts or not _is_number(parts[0]):
            self.screen_label = self._label(rest, 0)
        elif numbers := self._measures(rest, count, open_end=True):
            self.screen_label = self._label(rest, count)
            self.screen_width = max(1, numbers[-1])
            if count == 3:
                self.around = replace(
                    self.around, screen=Screen(numbers[0], numbers[1], self.screen_width, self.screen_label)
                )

    def _at(self, rest: _Words) -> None:
        if numbers := self._measures(rest, 2):
            self.origin = numbers[0], numbers[1]

    def _aisle(self, rest: _Words) -> None:
        if numbers := self._measures(rest, 4):
            self.around = replace(self.around, aisles=(*self.around.aisles, Aisle(*numbers)))

    def _facility(self, rest: _Words) -> None:
        kind, _, place = rest.text.partition(" ")
        if numbers := self._measures(replace(rest, text=place), 2, open_end=True):
            facility = Facility(kind[:40], numbers[0], numbers[1], self._label(replace(rest, text=place), 2))
            self.around = replace(self.around, facilities=(*self.around.facilities, facility))

    def _label(self, rest: _Words, after: int) -> str:
        parts = rest.text.split(maxsplit=after)
        return words.plain(parts[after])[:40] if len(parts) > after else ""

    def _measures(self, rest: _Words, count: int, *, open_end: bool = False) -> list[float]:
        parts = rest.text.split()
        parts = parts[:count] if open_end else parts
        if len(parts) == count and all(_is_number(part) for part in parts):
            return [float(part) for part in parts]
        self.faults.add(rest.at, "WRONG_TYPE", f"Expected {count} number{'s'[: count > 1]} up to {FARTHEST}.")
        return []


def _is_number(text: str) -> bool:
    digits = text.removeprefix("-").replace(".", "", 1)
    return digits.isascii() and digits.isdigit() and abs(float(text)) <= FARTHEST
