"""pretix's seating plan, as its editor (seats.pretix.eu) writes it.

Facts: pretix 2026.8.0, static/seating/seating-plan.schema.json and base/models/seating.py (iter_all_seats).

- zones > rows > seats, and zones > areas for what is drawn besides. A seat stands at the sum of the positions of its
  zone, its row (which may have none) and itself. seat_guid is unique in the plan.
- category names an entry of categories and is what products, hence prices, attach to: it is the price zone here. A
  pretix zone with seats of several categories becomes several sections.
- row_number and seat_number are what people read. They often begin anew in every zone.
- The schema knows no kinds of seat: they are told from the category's name, "STALLS (wheelchair accessible)". It
  allows no fields of our own either, so aisles, levels and pairs are not written; pairs come back by standing together.
- An area whose text says screen or stage is where the audience looks. If it is below the seats, the plan is turned.
"""

import re
from dataclasses import replace
from typing import Any, NamedTuple

from venues.formats import drawing, words
from venues.layout import Facility, Layout, Row, Screen, SeatType, Section, zone_of
from venues.layout.build import Names, RowDraft, SeatDraft, SectionDraft, Surroundings, build
from venues.layout.document import number
from venues.layout.faults import Faults, step
from venues.layout.parts import TYPE_OF, WORD_OF

_NAMES = Names(id="/seat_guid", label="/seat_number", spot="/position")
_SCREENS = re.compile(r"screen|stage|leinwand|b(ü|ue)hne|écran|scène|पर्दा|मञ्च", re.IGNORECASE)
_COLOURS = ["#4a7bd0", "#c9563c", "#4c9a5b", "#8a5bb5", "#c99a2e", "#3f9fa8", "#b0507f", "#6b6b6b"]
_DEPTH_OF_SCREEN = 12
_KINDS = {"exit", "entrance", "toilet", "toilets", "bar", "stairs", "lift"}

Spot = tuple[float, float]


class _Category(NamedTuple):
    zone: str
    seat_type: SeatType


def read(data: object) -> Layout:
    """Refuses: LayoutInvalid, with JSON pointers into this file."""
    return _Reader().layout(data)


class _Reader:
    def __init__(self) -> None:
        self.faults = Faults()
        self.categories: dict[str, _Category] = {}
        self.zone_ids: set[str] = set()
        self.screen: Screen | None = None
        self.facilities: list[Facility] = []

    def layout(self, data: object) -> Layout:
        fields = self.faults.fields(data, "", required=["zones", "categories"])
        for place, category in enumerate(self._items(fields, "categories", "")):
            self._category(category, f"/categories/{place}")
        zones = [
            self._zone(zone, f"/zones/{place}", place) for place, zone in enumerate(self._items(fields, "zones", ""))
        ]
        sections = [section for _, parts in zones for section in parts]
        around = self._draw(sections)
        drawing.part_namesakes(zones)
        for row in (row for section in sections for row in section.rows):
            drawing.pair_sofas(row)
            drawing.seat_companions(row)
        return drawing.ordered(build(sections, self.faults, names=_NAMES, around=around))

    def _items(self, fields: dict[str, Any], name: str, at: str) -> list[Any]:
        return self.faults.items(fields[name], at + step(name)) if name in fields else []

    def _category(self, data: object, at: str) -> None:
        fields = self.faults.fields(data, at, required=["name"])
        name = self.faults.text(fields["name"], at + "/name", most=190) if "name" in fields else None
        if name is None:
            return
        zone, _, word = name.removesuffix(")").rpartition(" (")
        said = TYPE_OF.get(word.lower()) if zone and name.endswith(")") else None
        seat_type = said or words.type_in(name) or SeatType.STANDARD
        self.categories[fields["name"]] = _Category(zone_of(zone if said else name), seat_type)

    def _zone(self, data: object, at: str, place: int) -> tuple[str, list[SectionDraft]]:
        fields = self.faults.fields(data, at, required=["rows"])
        name = words.plain(fields.get("name")) or f"Zone {place + 1}"
        id = words.plain(fields.get("zone_id"))[:54]
        id = f"zone-{place + 1}" if id in self.zone_ids or not id else id
        self.zone_ids.add(id)
        origin = self._spot(fields, at)
        rows: dict[tuple[str, str], RowDraft] = {}
        for index, row in enumerate(self._items(fields, "rows", at)):
            self._row(row, f"{at}/rows/{index}", index, origin, rows)
        for index, area in enumerate(self._items(fields, "areas", at)):
            self._area(area, f"{at}/areas/{index}", origin)
        prices = list(dict.fromkeys(zone for zone, _ in rows))
        sections = [
            SectionDraft(
                at=at,
                id=id if len(prices) == 1 else f"{id}-{index}",
                name=name if len(prices) == 1 else f"{name[:38]} {price}",
                zone=price,
                rows=[row for (zone, _), row in rows.items() if zone == price],
            )
            for index, price in enumerate(prices, start=1)
        ]
        return name, sections

    def _row(self, data: object, at: str, index: int, origin: Spot, rows: dict[tuple[str, str], RowDraft]) -> None:
        fields = self.faults.fields(data, at, required=["row_number", "seats"])
        named = words.label_from(words.plain(fields.get("row_number")))
        label = named or f"R{index + 1}"
        if len(label) > 12:
            self.faults.add(at + "/row_number", "BAD_LABEL", "At most 12 letters and digits.")
        x, y = self._spot(fields, at)
        origin = origin[0] + x, origin[1] + y
        for place, item in enumerate(self._items(fields, "seats", at)):
            seat, zone = self._seat(item, f"{at}/seats/{place}", named, origin)
            if seat is not None:
                rows.setdefault((zone, label), RowDraft(at, label)).seats.append(seat)

    def _seat(self, data: object, at: str, row: str, origin: Spot) -> tuple[SeatDraft | None, str]:
        fields = self.faults.fields(data, at, required=["seat_guid", "seat_number", "position", "category"])
        if not fields.keys() >= {"seat_guid", "seat_number", "category"}:
            return None, ""
        id = self.faults.text(fields["seat_guid"], at + "/seat_guid", most=64)
        seat_number = words.label_from(words.plain(fields["seat_number"]))
        if not seat_number:
            self.faults.add(at + "/seat_number", "MISSING", "A seat needs a number.")
        named = fields["category"]
        category = self.categories.get(named) if isinstance(named, str) else None
        if category is None:
            self.faults.add(at + "/category", "UNKNOWN_CATEGORY", "The plan's categories have none of this name.")
        x, y = self._spot(fields, at)
        if id is None or category is None or not seat_number:
            return None, ""
        label = words.compose(row, seat_number)
        return SeatDraft(at, id, label, origin[0] + x, origin[1] + y, category.seat_type), category.zone

    def _spot(self, fields: dict[str, Any], at: str) -> Spot:
        if "position" not in fields:
            return 0.0, 0.0
        spot = self.faults.fields(fields["position"], at + "/position", required=["x", "y"])
        found = [self.faults.number(spot[name], f"{at}/position/{name}") for name in ("x", "y") if name in spot]
        return (found[0] or 0.0, found[1] or 0.0) if len(found) == 2 else (0.0, 0.0)

    def _area(self, data: object, at: str, origin: Spot) -> None:
        fields = self.faults.fields(data, at)
        text = fields.get("text")
        said = words.plain(text.get("text") if isinstance(text, dict) else text)[:40]
        x, y = self._spot(fields, at)
        x, y = origin[0] + x, origin[1] + y
        # Plans of before 2020 have the width in the area itself.
        box = self.faults.fields(fields["rectangle"], at + "/rectangle") if "rectangle" in fields else fields
        width = self.faults.number(box["width"], at + "/width", least=1) if "width" in box else None
        if _SCREENS.search(said):
            self.screen = Screen(x, y, width or 200.0, "" if said.lower() == "screen" else said)
        elif said:
            kind = said.lower().split()[0]
            self.facilities.append(Facility(kind if kind in _KINDS else "area", x, y, said))

    def _draw(self, sections: list[SectionDraft]) -> Surroundings:
        seats = [seat for section in sections for seat in section.seats()]
        factor = drawing.scale_of([row for section in sections for row in section.rows])
        around = drawing.move(seats, Surroundings(self.screen, facilities=tuple(self.facilities)), scale=factor)
        if seats and (screen := around.screen):
            if screen.y >= max(seat.y for seat in seats):
                around = drawing.move(seats, around, scale=-1)
            elif screen.y > min(seat.y for seat in seats):
                around = replace(around, screen=None)
        return drawing.settle(seats, around)


def write(layout: Layout) -> dict[str, Any]:
    places = list(layout.seats())
    names = dict.fromkeys(_category_name(place.section.zone, place.seat.seat_type) for place in places)
    zones = [_zone(section) for section in layout.sections]
    zones[0]["areas"] = _areas(layout)
    return {
        "name": "Hall",
        "categories": [{"name": name, "color": _COLOURS[place % len(_COLOURS)]} for place, name in enumerate(names)],
        "zones": zones,
        "size": {
            "width": max(1, int(max(place.seat.x for place in places)) + 40),
            "height": max(1, int(max(place.seat.y for place in places)) + 40),
        },
    }


def _category_name(zone: str, seat_type: SeatType) -> str:
    usual = words.type_in(zone) or SeatType.STANDARD
    return zone if usual is seat_type else f"{zone} ({WORD_OF[seat_type]})"


def _position(x: float, y: float) -> dict[str, int | float]:
    return {"x": number(round(x, 2)), "y": number(round(y, 2))}


def _zone(section: Section) -> dict[str, Any]:
    return {
        "name": section.name,
        "zone_id": section.id,
        "position": _position(0, 0),
        "rows": [_row(row, section.zone) for row in section.rows],
        "areas": [],
    }


def _row(row: Row, zone: str) -> dict[str, Any]:
    numbers = [words.number_of(row.label, seat.label) for seat in row.seats]
    is_named = None not in numbers
    first = row.seats[0]
    return {
        "row_number": row.label if is_named else "",
        "position": _position(first.x, first.y),
        "seats": [
            {
                # The schema wants two characters at least.
                "seat_guid": seat.id if len(seat.id) > 1 else f"seat-{seat.id}",
                "seat_number": seat_number if is_named else seat.label,
                "position": _position(seat.x - first.x, seat.y - first.y),
                "category": _category_name(zone, seat.seat_type),
            }
            for seat, seat_number in zip(row.seats, numbers, strict=True)
        ],
    }


def _areas(layout: Layout) -> list[dict[str, Any]]:
    areas: list[dict[str, Any]] = [
        {
            "shape": "text",
            "position": _position(facility.x, facility.y),
            "text": {"text": facility.label or facility.kind, "position": _position(0, 0)},
        }
        for facility in layout.facilities
    ]
    if screen := layout.screen:
        said = screen.label if _SCREENS.search(screen.label) else f"Screen {screen.label}".strip()
        areas.append(
            {
                "shape": "rectangle",
                "position": _position(screen.x, screen.y),
                "rectangle": {"width": number(screen.width), "height": _DEPTH_OF_SCREEN},
                "text": {"text": said, "position": _position(screen.width / 2, _DEPTH_OF_SCREEN / 2)},
            }
        )
    return areas
