"""A layout as Vista's Connect API would answer it: one grid of the hall, which every area's rectangle covers."""

from typing import Any

from venues.formats import grid, vista, words
from venues.layout import Layout, Seat, SeatType, Section
from venues.layout.parts import WORD_OF

_RIGHT_END, _LEFT_END = 3, 1  # of a sofa, as the audience sees it; the right end has the lower column


def write(layout: Layout) -> dict[str, Any]:
    return _Writer(layout).document()


class _Writer:
    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.grid = grid.cells(layout)
        self.lines: dict[int, list[grid.Line]] = {}
        self.position: dict[str, dict[str, int]] = {}
        area_of = {id(row): area for area, section in enumerate(layout.sections, start=1) for row in section.rows}
        for line in self.grid.lines:
            area = area_of[id(line.row)]
            self.lines.setdefault(area, []).append(line)
            for seat in line.seats:
                self.position[seat.id] = {
                    "AreaNumber": area,
                    "ColumnIndex": self.grid.columns - 1 - self.grid.column[seat.id],
                    "RowIndex": self.grid.rows - 1 - line.index,
                }

    def document(self) -> dict[str, Any]:
        zones = list(dict.fromkeys(section.zone for section in self.layout.sections))
        codes = {zone: f"{place:010}" for place, zone in enumerate(zones, start=1)}
        start, width = self._screen()
        return {
            "ResponseCode": 0,
            "ErrorDescription": None,
            "SeatLayoutData": {
                "AreaCategories": [{"AreaCategoryCode": code, "Name": zone} for zone, code in codes.items()],
                "Areas": [
                    self._area(section, area, codes[section.zone])
                    for area, section in enumerate(self.layout.sections, start=1)
                ],
                "BoundaryLeft": 0,
                "BoundaryRight": 100,
                "BoundaryTop": 10,
                "ScreenStart": start,
                "ScreenWidth": width,
            },
        }

    def _screen(self) -> tuple[float, float]:
        across = [place.seat.x for place in self.layout.seats()]
        screen, left, breadth = self.layout.screen, min(across), max(across) - min(across)
        if screen is None or breadth <= 0:
            return 0, 100
        start = min(max((screen.x - left) / breadth, 0), 1)
        end = min(max((screen.x + screen.width - left) / breadth, start), 1)
        return round(100 * (1 - end), 4), round(100 * (end - start), 4)

    def _area(self, section: Section, number: int, code: str) -> dict[str, Any]:
        rows: list[dict[str, Any]] = [{"PhysicalName": None, "Seats": []} for _ in range(self.grid.rows)]
        usual = words.type_in(section.name) or SeatType.STANDARD
        for line in self.lines[number]:
            row = {
                "PhysicalName": line.row.label,
                "Seats": [self._seat(seat, line, usual) for seat in line.seats[::-1]],
            }
            index = self.grid.rows - 1 - line.index
            if rows[index]["Seats"]:
                rows.append(row)
            else:
                rows[index] = row
        return {
            "Number": number,
            "AreaCategoryCode": code,
            "Description": section.name,
            "DescriptionAlt": "",
            "NumberOfSeats": sum(len(row.seats) for row in section.rows),
            "IsAllocatedSeating": True,
            "HasSofaSeatingEnabled": False,
            "Left": 0,
            "Top": 10,
            "Width": 100,
            "Height": 80,
            "RowCount": self.grid.rows,
            "ColumnCount": self.grid.columns,
            "Rows": rows,
        }

    def _seat(self, seat: Seat, line: grid.Line, usual: SeatType) -> dict[str, Any]:
        number = words.number_of(line.row.label, seat.label)
        status = vista.STATUS_OF.get(seat.seat_type, 0)
        pair = sorted(
            (self.position[id] for id in (seat.id, seat.pair_with) if id), key=lambda position: position["ColumnIndex"]
        )
        told = seat.seat_type if status else SeatType.SOFA if len(pair) > 1 else usual
        style = 0 if len(pair) == 1 else _RIGHT_END if pair[0] == self.position[seat.id] else _LEFT_END
        written = {
            "Id": number or seat.label,
            "OriginalStatus": status,
            "Position": self.position[seat.id],
            "Priority": 1,
            "SeatStyle": style,
            "SeatsInGroup": pair if len(pair) > 1 else None,
            "Status": status,
        }
        if told is not seat.seat_type:
            written["SeatType"] = WORD_OF[seat.seat_type]
        if number is None:
            written["Label"] = seat.label
        return written
