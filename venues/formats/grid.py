"""Between rows and columns, as ticketing machines count seats, and places in a drawing."""

from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from venues.formats.drawing import ROW_PITCH, SEAT_PITCH
from venues.layout import Layout, Row, Seat

Spots = list[tuple[float, float]]
_MOST = 500  # rows or columns of a grid with gaps; beyond, the gaps are given up and only the order is kept
_WIDEST = 20_000


@dataclass(frozen=True, slots=True)
class Box:
    """Where a grid lies in the hall, in per cent, and how many cells it has."""

    left: float
    top: float
    width: float
    height: float
    rows: int
    columns: int

    def is_real(self) -> bool:
        return min(self.width, self.height, self.rows, self.columns) > 0

    def spot(self, row: int, column: int, across: float, down: float) -> tuple[float, float]:
        """The middle of a cell. across, down: units to the per cent."""
        x = self.left + (column + 0.5) * self.width / self.columns
        y = self.top + (row + 0.5) * self.height / self.rows
        return x * across, y * down


@dataclass(frozen=True, slots=True)
class Grid:
    """cells: (row, column) of each seat, counted from the top left corner of the box."""

    box: Box
    cells: list[tuple[int, int]]

    def fits(self) -> bool:
        return self.box.is_real() and all(row < self.box.rows and col < self.box.columns for row, col in self.cells)


def spread(grids: list[Grid]) -> list[Spots]:
    """Places for the seats of all grids: by their boxes; else as one grid of the hall; else one behind the other."""
    by_box = _by_boxes(grids) if all(grid.fits() for grid in grids) else None
    if by_box is not None and not _clashes(by_box):
        return by_box
    as_one = [[(float(col * SEAT_PITCH), float(row * ROW_PITCH)) for row, col in grid.cells] for grid in grids]
    return as_one if not _clashes(as_one) else _behind_each_other(grids)


def _by_boxes(grids: list[Grid]) -> list[Spots] | None:
    """None when the boxes would make a hall of absurd size."""
    across = SEAT_PITCH / median(grid.box.width / grid.box.columns for grid in grids for _ in grid.cells)
    down = ROW_PITCH / median(grid.box.height / grid.box.rows for grid in grids for _ in grid.cells)
    if max((grid.box.left + grid.box.width) * across for grid in grids) > _WIDEST:
        return None
    if max((grid.box.top + grid.box.height) * down for grid in grids) > _WIDEST:
        return None
    return [[grid.box.spot(row, col, across, down) for row, col in grid.cells] for grid in grids]


def _clashes(spots: list[Spots]) -> bool:
    taken: set[tuple[int, int]] = set()
    for x, y in (spot for part in spots for spot in part):
        cell = (round(x / SEAT_PITCH * 1.5), round(y / ROW_PITCH * 1.5))
        if cell in taken:
            return True
        taken.add(cell)
    return False


def _behind_each_other(grids: list[Grid]) -> list[Spots]:
    spots: list[Spots] = [[] for _ in grids]
    used = 0
    for place in sorted(range(len(grids)), key=lambda place: grids[place].box.top):
        rows = [row for row, _ in grids[place].cells]
        first = min(rows, default=0)
        spots[place] = [
            (float(col * SEAT_PITCH), float((row - first + used) * ROW_PITCH)) for row, col in grids[place].cells
        ]
        used += max(rows, default=0) - first + 2
    return spots


@dataclass(frozen=True, slots=True)
class Line:
    """Seats of one row that stand side by side, and the grid row they fall into."""

    row: Row
    index: int
    seats: tuple[Seat, ...]


@dataclass(frozen=True, slots=True)
class Cells:
    lines: list[Line]
    column: dict[str, int]
    rows: int
    columns: int


def cells(layout: Layout) -> Cells:
    """The layout as one grid, screen at row 0: order from left to right and front to back is kept, and gaps if few."""
    raw = [(row, line) for section in layout.sections for row in section.rows for line in _lines(row)]
    depth = [sum(seat.y for seat in line) / len(line) for _, line in raw]
    rows = _steps(depth, [gap for gap in _gaps(depth) if gap > ROW_PITCH / 8])
    across = [gap for _, line in raw for gap in _gaps([seat.x for seat in line])]
    seats = [seat for _, line in raw for seat in line]
    columns = _steps([seat.x for seat in seats], across)
    column = {seat.id: columns[place] for place, seat in enumerate(seats)}
    lines = [Line(row, rows[place], line) for place, (row, line) in enumerate(raw)]
    if len({(line.index, column[seat.id]) for line in lines for seat in line.seats}) < len(seats):
        order = sorted(range(len(lines)), key=lambda place: (depth[place], lines[place].seats[0].x))
        rank = {place: position for position, place in enumerate(order)}
        lines = [Line(line.row, rank[place], line.seats) for place, line in enumerate(lines)]
    return Cells(lines, column, max(line.index for line in lines) + 1, max(columns) + 1)


def _lines(row: Row) -> list[tuple[Seat, ...]]:
    """The row as it stands; a row with seats behind each other, as around a table, falls into several lines."""
    lines: list[list[Seat]] = []
    for seat in sorted(row.seats, key=lambda seat: (seat.x, seat.y)):
        line = next((line for line in lines if seat.x - line[-1].x >= SEAT_PITCH / 2), None)
        if line is None:
            lines.append([seat])
        else:
            line.append(seat)
    return [tuple(line) for line in lines]


def _gaps(values: list[float]) -> list[float]:
    return [after - before for before, after in pairwise(sorted(values))]


def _steps(values: list[float], gaps: list[float]) -> list[int]:
    """Whole numbers in the same order: multiples of the smallest gap, or mere ranks when those run too high."""
    least = min(values)
    unit = min(gaps, default=1.0)
    if (max(values) - least) / unit < _MOST:
        return [int((value - least) / unit + 0.5) for value in values]
    rank = {value: place for place, value in enumerate(sorted(set(values)))}
    return [rank[value] for value in values]
