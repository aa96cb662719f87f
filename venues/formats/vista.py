"""Vista Cinema's seat plan, as its Connect API (RESTData.svc .../seat-plan) answers it: {"SeatLayoutData": {...}}.

There seems to be no public schema. What follows was read in public code that consumes the API and in two whole plans
of a Vietnamese chain kept there (GitHub, linhduy0304/projects: jjreactnative/app/api/mockData.js and a screen nearby):

- An area is a rectangle in a field of 100 x 100 (Left, Top, Width, Height); its seats lie on a grid of RowCount x
  ColumnCount. Areas with the same rectangle share one grid. Some hosts count Position through the whole hall instead.
- Rows lists grid rows; those without seats have PhysicalName null. A seat is called PhysicalName + Id.
- RowIndex 0 is the back row (in both plans couples sit there, and row A has the highest index) and ColumnIndex 0 is
  the audience's right end: the plan is drawn with the screen at the bottom. So it is turned by half a circle here.
- AreaCategoryCode is what ticket types, hence prices, attach to. AreaCategories may carry its Name.
- SeatsInGroup lists the positions of one sofa, the seat itself included. SeatStyle: 0 normal, 1 and 3 the ends of a
  sofa, 2 its middle; newer hosts write words (Normal, SofaLeft, Wheelchair, Companion).
- OriginalStatus and Status: 3 is a wheelchair place, 7 a companion's seat; the others (0 free, 1 sold, 2 and 5 kept
  back ...) tell of a showtime, not of the hall.

Written besides, for the way back only: SeatType where neither status, style nor area tells it, Label where
PhysicalName + Id does not.
"""

from dataclasses import dataclass, field
from typing import Any

from venues.formats import drawing, grid, words
from venues.layout import Layout, SeatType, zone_of
from venues.layout.build import Names, RowDraft, SeatDraft, SectionDraft, Surroundings, build
from venues.layout.faults import Faults, step
from venues.layout.parts import TYPE_OF

STATUS_OF = {SeatType.WHEELCHAIR: 3, SeatType.COMPANION: 7}
_TYPE_OF_STATUS = {status: seat_type for seat_type, status in STATUS_OF.items()}
_TYPE_OF_STYLE = {
    "wheelchair": SeatType.WHEELCHAIR,
    "companion": SeatType.COMPANION,
    "sofaleft": SeatType.SOFA,
    "sofamiddle": SeatType.SOFA,
    "sofaright": SeatType.SOFA,
    "1": SeatType.SOFA,
    "2": SeatType.SOFA,
    "3": SeatType.SOFA,
}
_NAMES = Names(id="/Id", label="/Id", spot="/Position", pair_with="/SeatsInGroup")
_HIGHEST_INDEX = 2_000

Position = tuple[int, int, int]


@dataclass(slots=True)
class _Seat:
    draft: SeatDraft
    position: Position
    group: list[Position]


@dataclass(slots=True)
class _Area:
    draft: SectionDraft
    number: int
    box: grid.Box
    usual: SeatType | None
    seats: list[_Seat] = field(default_factory=list)
    rows: dict[str, RowDraft] = field(default_factory=dict)


def read(data: object) -> Layout:
    """Refuses: LayoutInvalid, with JSON pointers into this file."""
    return _Reader().layout(data)


def value_of(data: dict[str, Any], name: str) -> Any:
    """A field in Vista's spelling, or with a small first letter as proxies of the API write it."""
    return data.get(name, data.get(name[0].lower() + name[1:]))


def _size(data: dict[str, Any], name: str) -> float:
    value = value_of(data, name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _HIGHEST_INDEX:
        return 0.0
    return float(value)


class _Reader:
    def __init__(self) -> None:
        self.faults = Faults()
        self.zones: dict[str, str] = {}

    def layout(self, data: object) -> Layout:
        body, at = self._body(self.faults.fields(data, ""))
        self._read_categories(value_of(body, "AreaCategories"))
        found = [self._area(item, f"{at}/Areas/{place}", place) for place, item in enumerate(self._areas(body, at))]
        areas = [area for area in found if area.seats]
        self._place(areas)
        self._join(areas)
        sections = [area.draft for area in areas]
        drawing.part_namesakes([(section.name, [section]) for section in sections])
        around = self._around(body, areas)
        return drawing.ordered(build(sections, self.faults, names=_NAMES, around=around))

    def _body(self, data: dict[str, Any]) -> tuple[dict[str, Any], str]:
        if value_of(data, "Areas") is not None:
            return data, ""
        body = value_of(data, "SeatLayoutData")
        if isinstance(body, dict):
            return body, "/SeatLayoutData"
        self.faults.add("/SeatLayoutData", "MISSING", "There is no seat layout in this answer of the API.")
        return {"Areas": []}, "/SeatLayoutData"

    def _areas(self, body: dict[str, Any], at: str) -> list[Any]:
        return self.faults.items(value_of(body, "Areas"), at + "/Areas")

    def _read_categories(self, categories: object) -> None:
        for category in categories if isinstance(categories, list) else []:
            if isinstance(category, dict) and (name := words.plain(value_of(category, "Name"))):
                self.zones[words.plain(value_of(category, "AreaCategoryCode"))] = zone_of(name)

    def _area(self, data: object, at: str, place: int) -> _Area:
        fields = self.faults.fields(data, at)
        number = self._index(fields, "Number", at, instead=place + 1)
        name = words.plain(value_of(fields, "Description")) or words.plain(value_of(fields, "DescriptionAlt"))
        name = name or f"Area {number}"
        zone = self.zones.setdefault(words.plain(value_of(fields, "AreaCategoryCode")) or name, zone_of(name))
        left, top, width, height = (_size(fields, side) for side in ("Left", "Top", "Width", "Height"))
        box = grid.Box(left, top, width, height, int(_size(fields, "RowCount")), int(_size(fields, "ColumnCount")))
        area = _Area(SectionDraft(at, f"area-{number}", name, zone), number, box, words.type_in(name))
        rows = self.faults.items(value_of(fields, "Rows"), at + "/Rows") if fields else []
        for index, row in enumerate(rows):
            self._row(row, f"{at}/Rows/{index}", index, area)
        area.draft.rows = list(area.rows.values())
        return area

    def _row(self, data: object, at: str, index: int, area: _Area) -> None:
        fields = self.faults.fields(data, at)
        items = value_of(fields, "Seats")
        if not items or not self.faults.items(items, at + "/Seats"):
            return
        label = words.label_from(words.plain(value_of(fields, "PhysicalName")))
        if not label or len(label) > 12:
            self.faults.add(at + "/PhysicalName", "BAD_LABEL", "A row with seats needs a name of 1 to 12 characters.")
            return
        row = area.rows.setdefault(label, RowDraft(at, label))
        index = self._index(fields, "RowIndexZeroBased", at, instead=index)
        for place, item in enumerate(items):
            seat = self._seat(item, f"{at}/Seats/{place}", row.label, (area.number, index), area.usual)
            if seat is not None:
                row.seats.append(seat.draft)
                area.seats.append(seat)

    def _seat(
        self, data: object, at: str, row: str, usual_place: tuple[int, int], usual: SeatType | None
    ) -> _Seat | None:
        fields = self.faults.fields(data, at)
        number = words.label_from(words.plain(value_of(fields, "Id")))
        label = words.label_from(words.plain(value_of(fields, "Label"))) or (number and words.compose(row, number))
        if not label:
            self.faults.add(at + "/Id", "MISSING", "A seat needs a number.")
            return None
        position = self._position(value_of(fields, "Position"), at + "/Position", usual_place)
        group = value_of(fields, "SeatsInGroup") or []
        group = self.faults.items(group, at + "/SeatsInGroup")
        sofa = [self._position(each, f"{at}/SeatsInGroup/{place}", usual_place) for place, each in enumerate(group)]
        seat_type = self._seat_type(fields, len(sofa) > 1) or usual or SeatType.STANDARD
        return _Seat(SeatDraft(at, label, label, 0.0, 0.0, seat_type), position, sofa)

    def _seat_type(self, fields: dict[str, Any], grouped: bool) -> SeatType | None:
        said = TYPE_OF.get(words.plain(value_of(fields, "SeatType")))
        statuses = (value_of(fields, "OriginalStatus"), value_of(fields, "Status"))
        special = [_TYPE_OF_STATUS[each] for each in statuses if isinstance(each, int) and each in _TYPE_OF_STATUS]
        style = _TYPE_OF_STYLE.get(words.plain(value_of(fields, "SeatStyle")).lower())
        return said or (special[0] if special else None) or style or (SeatType.SOFA if grouped else None)

    def _position(self, data: object, at: str, usual: tuple[int, int]) -> Position:
        fields = self.faults.fields(data, at)
        area = self._index(fields, "AreaNumber", at, instead=usual[0])
        row = self._index(fields, "RowIndex", at, instead=usual[1])
        return area, row, self._index(fields, "ColumnIndex", at)

    def _index(self, fields: dict[str, Any], name: str, at: str, instead: int | None = None) -> int:
        value = value_of(fields, name)
        if value is None and (instead is not None or not fields):
            return instead or 0
        if isinstance(value, str) and value.isdecimal() and len(value) < 9:
            value = int(value)
        index = self.faults.number(value, at + step(name), least=0)
        if index is not None and (not index.is_integer() or index > _HIGHEST_INDEX):
            self.faults.add(at + step(name), "OUT_OF_RANGE", f"Expected a whole number up to {_HIGHEST_INDEX}.")
            return 0
        return int(index or 0)

    def _place(self, areas: list[_Area]) -> None:
        grids = [grid.Grid(area.box, [seat.position[1:] for seat in area.seats]) for area in areas]
        for area, spots in zip(areas, grid.spread(grids) if grids else [], strict=True):
            for seat, (x, y) in zip(area.seats, spots, strict=True):
                seat.draft.x, seat.draft.y = -x, -y

    def _join(self, areas: list[_Area]) -> None:
        by_position = {seat.position: seat.draft for area in areas for seat in area.seats}
        for seat in (seat for area in areas for seat in area.seats):
            partners = [position for position in seat.group if position != seat.position]
            for place in (partner for partner in partners if partner not in by_position):
                detail = "There is no seat at area {}, row {}, column {}.".format(*place)
                self.faults.add(seat.draft.at + "/SeatsInGroup", "POINTS_NOWHERE", detail)
            if len(partners) == 1 and partners[0] in by_position:
                seat.draft.pair_with = by_position[partners[0]].id
        for area in areas:
            for row in area.draft.rows:
                drawing.seat_companions(row)

    def _around(self, body: dict[str, Any], areas: list[_Area]) -> Surroundings:
        seats = [seat.draft for area in areas for seat in area.seats]
        left, right = _size(body, "BoundaryLeft"), _size(body, "BoundaryRight")
        start, width = _size(body, "ScreenStart"), _size(body, "ScreenWidth")
        if not seats or width <= 0 or start < left or start + width > right:
            return drawing.settle(seats, Surroundings())
        breadth = right - left
        screen = drawing.screen_before(seats, start=(right - start - width) / breadth, width=width / breadth)
        return drawing.settle(seats, Surroundings(screen=screen))
