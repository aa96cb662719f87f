"""What a chair is, by its key. Layouts are immutable, so a process reads each of them once."""

from collections.abc import Sequence
from dataclasses import dataclass

from venues.models import Seat

MOST = 500_000  # about 100 MB; a chain has fewer chairs than that

_known: dict[int, "Chair"] = {}


@dataclass(frozen=True, slots=True)
class Chair:
    row: str
    number: int
    seat_type: str
    zone: str


def find(keys: Sequence[int]) -> list[Chair]:
    """The chairs with these keys, in their order. No query once the process has met their layout."""
    found = {key: _known[key] for key in keys if key in _known}
    if len(found) < len(keys):
        read = _read([key for key in keys if key not in found])
        found |= read
        if len(_known) < MOST:
            _known.update(read)
    return [found[key] for key in keys]


def _read(keys: Sequence[int]) -> dict[int, Chair]:
    """All chairs of the layouts these keys belong to."""
    layouts = Seat.objects.filter(pk__in=keys).values("layout")
    columns = ("pk", "row_label", "number", "seat_type", "zone")
    rows = Seat.objects.filter(layout__in=layouts).values_list(*columns)
    return {key: Chair(*rest) for key, *rest in rows}
