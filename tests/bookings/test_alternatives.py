"""Which seat is as good as a lost one: pure, over a small drawn hall."""

from decimal import Decimal

import pytest

from bookings.alternatives import rank
from venues import layout as layouts
from venues import seating

CHEAP, DEAR = Decimal(300), Decimal(500)


@pytest.fixture
def hall() -> seating.Hall:
    """Row A: 1 2 3 | aisle | 4 5, front; row B, dearer: 1 2 and a wheelchair's place 3."""

    def seat(label: str, x: int, y: int, kind: str = "standard") -> dict[str, object]:
        return {"id": label, "label": label, "coordinates": {"x": x, "y": y}, "seatType": kind}

    front = [seat(f"A{n}", x, 40) for n, x in enumerate((36, 72, 108, 216, 252), start=1)]
    back = [seat("B1", 36, 80, "premium"), seat("B2", 72, 80, "premium"), seat("B3", 108, 80, "wheelchair accessible")]
    sections = [
        {"id": "f", "name": "Front", "zone": "FRONT", "rows": [{"label": "A", "seats": front}]},
        {"id": "b", "name": "Back", "zone": "BACK", "rows": [{"label": "B", "seats": back}]},
    ]
    return seating.hall(layouts.parse({"sections": sections}))


PRICES = dict(enumerate([CHEAP] * 5 + [DEAR] * 3))


def ranked(hall: seating.Hall, state: str, lost: int, *kept: int) -> list[str]:
    return [hall.spots[n].label for n in rank(hall, state, lost, price=PRICES, kept=kept)]


def test_the_same_kind_comes_before_a_better_one_and_the_near_before_the_far(hall: seating.Hall) -> None:
    found = ranked(hall, "ABAAAAAA", 1)

    assert found[:4] == ["A1", "A3", "A4", "A5"]
    assert sorted(found[4:]) == ["B1", "B2"]


def test_a_cheaper_seat_is_no_amends(hall: seating.Hall) -> None:
    assert ranked(hall, "AAAAABAX", 5) == ["B2"]


def test_beside_the_party_comes_first_but_not_across_the_aisle(hall: seating.Hall) -> None:
    assert ranked(hall, "ABAABAAA", 1, 4)[0] == "A4"
    assert ranked(hall, "ABBAAAAA", 1, 2)[0] != "A4"


def test_who_needs_a_wheelchairs_place_gets_one_or_none_and_nobody_else_does(hall: seating.Hall) -> None:
    assert ranked(hall, "AAAAAAAB", 7) == []
    assert "B3" not in ranked(hall, "BAAAAAAA", 0)


def test_a_full_house_has_none(hall: seating.Hall) -> None:
    assert ranked(hall, "BBBBBBBB", 0) == []
