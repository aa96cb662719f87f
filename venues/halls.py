"""Halls as they are drawn and sat in. Layouts are immutable, so a process reads each of them once."""

import uuid
from functools import lru_cache

from venues import seating
from venues.layout import Layout, parse
from venues.models import HallLayout


@lru_cache(maxsize=256)
def layout(layout_id: uuid.UUID) -> Layout:
    return parse(HallLayout.objects.values_list("seat_layout", flat=True).get(pk=layout_id))


@lru_cache(maxsize=256)
def seats(layout_id: uuid.UUID, *, is_released: bool = False) -> seating.Hall:
    """is_released: whether companions' seats are anybody's by now."""
    return seating.hall(layout(layout_id), is_released=is_released)
