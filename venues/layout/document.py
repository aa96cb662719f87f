"""The layout as JSON, in the shape of seed 003 and with the few fields a hall may have besides."""

from typing import Any

from venues.layout.build import MOST_SEATS, Names, RowDraft, SeatDraft, SectionDraft, Surroundings, build
from venues.layout.faults import Faults, step
from venues.layout.parts import TYPE_OF, WORD_OF, Aisle, Facility, Layout, Screen, Seat, SeatType, Section, zone_of

_NAMES = Names(id="/id", label="/label", spot="/coordinates", companion_of="/companionOf", pair_with="/pairWith")


def parse(data: object) -> Layout:
    """Read a layout from any JSON value. Refuses: LayoutInvalid, with a JSON pointer to each fault."""
    return _Reader().layout(data)


def dump(layout: Layout) -> dict[str, Any]:
    """What `parse` reads back to the same layout. Fields that say nothing new are left out."""
    document: dict[str, Any] = {"sections": [_dump_section(section) for section in layout.sections]}
    if layout.screen:
        document["screen"] = _numbers(layout.screen, "x", "y", "width") | _said(label=layout.screen.label)
    if layout.aisles:
        document["aisles"] = [_numbers(aisle, "x", "y", "width", "height") for aisle in layout.aisles]
    if layout.facilities:
        document["facilities"] = [
            {"kind": facility.kind} | _numbers(facility, "x", "y") | _said(label=facility.label)
            for facility in layout.facilities
        ]
    return document


def number(value: float) -> int | float:
    return int(value) if value == int(value) else value


def _numbers(part: object, *names: str) -> dict[str, Any]:
    return {name: number(getattr(part, name)) for name in names}


def _said(**texts: str | None) -> dict[str, Any]:
    return {name: text for name, text in texts.items() if text}


def _dump_section(section: Section) -> dict[str, Any]:
    zone = section.zone if section.zone != zone_of(section.name) else ""
    rows = [{"label": row.label, "seats": [_dump_seat(seat) for seat in row.seats]} for row in section.rows]
    return {"id": section.id, "name": section.name} | _said(zone=zone, level=section.level) | {"rows": rows}


def _dump_seat(seat: Seat) -> dict[str, Any]:
    return {
        "id": seat.id,
        "label": seat.label,
        "coordinates": {"x": number(seat.x), "y": number(seat.y)},
        "seatType": WORD_OF[seat.seat_type],
    } | _said(companionOf=seat.companion_of, pairWith=seat.pair_with)


class _Reader:
    def __init__(self) -> None:
        self.faults = Faults()
        self.unread: set[str] = set()
        self.seat_count = 0

    def layout(self, data: object) -> Layout:
        fields = self.faults.fields(data, "", required=["sections"], optional=["screen", "aisles", "facilities"])
        sections = self._filled(fields, "sections", "", "EMPTY_LAYOUT")
        drafts = [self._section(section, f"/sections/{place}") for place, section in enumerate(sections)]
        around = Surroundings(
            screen=self._screen(fields["screen"]) if "screen" in fields else None,
            aisles=tuple(filter(None, [self._aisle(*item) for item in self._listed(fields, "aisles")])),
            facilities=tuple(filter(None, [self._facility(*item) for item in self._listed(fields, "facilities")])),
        )
        whole = [draft for draft in drafts if draft is not None]
        return build(whole, self.faults, names=_NAMES, around=around, unread=self.unread)

    def _filled(self, fields: dict[str, Any], key: str, at: str, code: str) -> list[Any]:
        if key not in fields:
            return []
        items = self.faults.items(fields[key], at + step(key))
        if fields[key] == []:
            self.faults.add(at + step(key), code, "This list must not be empty.")
        return items

    def _listed(self, fields: dict[str, Any], key: str) -> list[tuple[object, str]]:
        items = self.faults.items(fields[key], step(key)) if key in fields else []
        return [(item, f"/{key}/{place}") for place, item in enumerate(items)]

    def _text(self, fields: dict[str, Any], key: str, at: str, most: int) -> str | None:
        return self.faults.text(fields[key], at + step(key), most=most) if key in fields else None

    def _number(self, fields: dict[str, Any], key: str, at: str, least: float | None = None) -> float | None:
        if key not in fields:
            return None
        if least is None:
            return self.faults.number(fields[key], at + step(key))
        return self.faults.number(fields[key], at + step(key), least=least)

    def _section(self, data: object, at: str) -> SectionDraft | None:
        fields = self.faults.fields(data, at, required=["id", "name", "rows"], optional=["zone", "level"])
        id, name = self._text(fields, "id", at, 64), self._text(fields, "name", at, 80)
        zone, level = self._text(fields, "zone", at, 40), self._text(fields, "level", at, 40)
        rows = self._filled(fields, "rows", at, "EMPTY_SECTION")
        drafts = [self._row(row, f"{at}/rows/{place}") for place, row in enumerate(rows)]
        whole = [draft for draft in drafts if draft is not None]
        if id is None or name is None:
            self.unread.update(seat.id for row in whole for seat in row.seats)
            return None
        return SectionDraft(at, id, name, zone_of(zone or name), level or "", whole)

    def _row(self, data: object, at: str) -> RowDraft | None:
        fields = self.faults.fields(data, at, required=["label", "seats"], optional=[])
        label = self.faults.label(fields["label"], at + "/label") if "label" in fields else None
        seats = self._filled(fields, "seats", at, "EMPTY_ROW")
        if self._is_full(len(seats), at):
            return None
        drafts = [self._seat(seat, f"{at}/seats/{place}") for place, seat in enumerate(seats)]
        whole = [draft for draft in drafts if draft is not None]
        if label is None:
            self.unread.update(seat.id for seat in whole)
            return None
        return RowDraft(at, label, whole)

    def _is_full(self, more: int, at: str) -> bool:
        was_full = self.seat_count > MOST_SEATS
        self.seat_count += more
        if self.seat_count > MOST_SEATS and not was_full:
            self.faults.add(at, "TOO_MANY_SEATS", f"A hall has at most {MOST_SEATS} seats; none is read from here on.")
        return self.seat_count > MOST_SEATS

    def _seat(self, data: object, at: str) -> SeatDraft | None:
        fields = self.faults.fields(
            data, at, required=["id", "label", "coordinates", "seatType"], optional=["companionOf", "pairWith"]
        )
        id = self._text(fields, "id", at, 64)
        label = self.faults.label(fields["label"], at + "/label") if "label" in fields else None
        spot = self._spot(fields["coordinates"], at + "/coordinates") if "coordinates" in fields else None
        seat_type = self._seat_type(fields["seatType"], at + "/seatType") if "seatType" in fields else None
        companion_of, pair_with = self._text(fields, "companionOf", at, 64), self._text(fields, "pairWith", at, 64)
        if id is None or label is None or spot is None or seat_type is None:
            self.unread.add(id or "")
            return None
        return SeatDraft(at, id, label, *spot, seat_type, companion_of, pair_with)

    def _seat_type(self, value: object, at: str) -> SeatType | None:
        word = self.faults.text(value, at, most=40)
        seat_type = TYPE_OF.get(" ".join(word.lower().replace("_", " ").replace("-", " ").split())) if word else None
        if word and seat_type is None:
            self.faults.add(at, "UNKNOWN_SEAT_TYPE", "Expected one of: " + ", ".join(WORD_OF.values()) + ".")
        return seat_type

    def _spot(self, data: object, at: str) -> tuple[float, float] | None:
        fields = self.faults.fields(data, at, required=["x", "y"], optional=[])
        x, y = self._number(fields, "x", at), self._number(fields, "y", at)
        return None if x is None or y is None else (x, y)

    def _screen(self, data: object) -> Screen | None:
        fields = self.faults.fields(data, "/screen", required=["x", "y", "width"], optional=["label"])
        x, y = self._number(fields, "x", "/screen"), self._number(fields, "y", "/screen")
        width, label = self._number(fields, "width", "/screen", 1), self._text(fields, "label", "/screen", 40)
        return None if x is None or y is None or width is None else Screen(x, y, width, label or "")

    def _aisle(self, data: object, at: str) -> Aisle | None:
        fields = self.faults.fields(data, at, required=["x", "y", "width", "height"], optional=[])
        x, y = self._number(fields, "x", at), self._number(fields, "y", at)
        width, height = self._number(fields, "width", at, 0), self._number(fields, "height", at, 0)
        return None if x is None or y is None or width is None or height is None else Aisle(x, y, width, height)

    def _facility(self, data: object, at: str) -> Facility | None:
        fields = self.faults.fields(data, at, required=["kind", "x", "y"], optional=["label"])
        kind, label = self._text(fields, "kind", at, 40), self._text(fields, "label", at, 40)
        x, y = self._number(fields, "x", at), self._number(fields, "y", at)
        return None if kind is None or x is None or y is None else Facility(kind, x, y, label or "")
