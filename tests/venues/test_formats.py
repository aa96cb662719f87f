"""Halls in the trade's formats: told apart, written back without losing a seat, refused when they are no plans."""

import copy
import json
import math
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.venues.plans import FILES, HALLS, by_label, faults_of, raw
from venues import formats, layout
from venues.layout import Layout, LayoutInvalid, Place

PLANS = Path(formats.__file__).parent.parent / "plans"


def assert_same_hall(first: Layout, second: Layout) -> None:
    """The same seats, and every two of them in the same order from left to right and from front to back."""
    here, there = by_label(first), by_label(second)

    def sold(places: dict[str, Place]) -> set[tuple[str, str, str]]:
        return {(label, place.seat.seat_type, place.section.zone) for label, place in places.items()}

    assert sold(here) == sold(there)
    lines = [row.seats for section in first.sections for row in section.rows]
    for line in lines:
        across = [there[seat.label].seat.x for seat in sorted(line, key=lambda seat: seat.x)]
        assert all(left < right for left, right in pairwise(across)), [seat.label for seat in line]
    depths = sorted(
        (sum(seat.y for seat in line) / len(line), sum(there[seat.label].seat.y for seat in line) / len(line))
        for line in lines
    )
    for (front, new_front), (back, new_back) in pairwise(depths):
        assert new_front <= new_back + 1 if back - front < 6 else new_front < new_back


@pytest.mark.parametrize("fmt", FILES)
def test_a_file_is_told_by_its_content(fmt: str) -> None:
    assert formats.detect(raw(fmt)) == fmt
    assert formats.detect(("\ufeff" + raw(fmt)).encode("utf-16")) == fmt
    assert formats.load(raw(fmt)) == formats.load(raw(fmt).encode(), fmt)


@pytest.mark.parametrize("fmt", FILES)
@pytest.mark.parametrize("source", [*(HALLS / name for name in FILES.values()), *sorted(PLANS.glob("*.txt"))], ids=str)
def test_no_seat_is_lost_on_the_way_out_and_back(source: Path, fmt: str) -> None:
    hall = formats.load(source.read_bytes())

    written = formats.export(hall, fmt)

    assert formats.detect(written) == fmt
    assert_same_hall(hall, formats.load(written, fmt))


def test_what_pairs_and_accompanies_comes_back_too() -> None:
    hall = formats.load((PLANS / "family.txt").read_text())

    for fmt in FILES:
        back = by_label(formats.load(formats.export(hall, fmt), fmt))
        ids = {place.seat.id: label for label, place in back.items()}
        assert ids[back["J3"].seat.pair_with or ""] == "J4"
        assert ids[back["J4"].seat.pair_with or ""] == "J3"
        assert ids[back["A2"].seat.companion_of or ""] == "A1"


def test_our_own_plans_fill_their_houses_and_nobody_sits_on_anothers_lap() -> None:
    halls = {path.stem: formats.load(path.read_text()) for path in PLANS.glob("*.txt")}

    assert len(halls) == 10
    assert halls["concert-hall"].seat_count == 2000
    assert halls["grand"].seat_count > 300
    for hall in halls.values():
        assert hall.screen and hall.screen.y < min(place.seat.y for place in hall.seats())
        spots = [(place.seat.x, place.seat.y) for place in hall.seats()]
        assert min(math.dist(one, other) for one, other in combinations(spots, 2)) >= 30
        assert min(x for x, _ in spots) >= 40
        line = sorted(hall.sections[0].rows[0].seats, key=lambda seat: seat.x)
        assert min(right.x - left.x for left, right in pairwise(line)) >= 36


@pytest.mark.parametrize(
    ("plan", "pointer", "code"),
    [
        (b"\xff\x00\xfe", "", "NOT_TEXT"),
        (b"\xff\xfe\x00", "", "NOT_TEXT"),
        ('{"sections": [}', "line 1, column 15", "NOT_JSON"),
        ("[" * 100_000, "", "NOT_JSON"),
        ('{"sections": ' + "9" * 5000 + "}", "", "NOT_JSON"),
        ("[]", "", "WRONG_TYPE"),
        ("{}", "/sections", "MISSING"),
    ],
)
def test_what_is_no_plan_at_all_is_refused(plan: str | bytes, pointer: str, code: str) -> None:
    assert faults_of(plan) == [(pointer, code)]


def test_a_plan_is_not_read_when_it_is_too_big() -> None:
    assert faults_of(b"#" * (formats.MOST_BYTES + 1)) == [("", "TOO_LARGE")]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.sampled_from(["A", "1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["vista", "pretix", "seed"]), st.data())
def test_a_trade_file_damaged_anywhere_is_read_or_refused(fmt: str, data: st.DataObject) -> None:
    damaged = copy.deepcopy(json.loads(raw(fmt)))
    part: Any = damaged
    while True:
        key = data.draw(st.sampled_from(sorted(part) if isinstance(part, dict) else range(len(part))))
        if not isinstance(part[key], dict | list) or not part[key] or data.draw(st.integers(0, 9)) == 0:
            break
        part = part[key]
    part[key] = data.draw(anything)

    try:
        hall = formats.load(json.dumps(damaged), fmt)
    except LayoutInvalid as refused:
        assert all(error["pointer"] == "" or error["pointer"][0] == "/" for error in refused.facts["errors"])
    else:
        assert layout.parse(layout.dump(hall)) == hall


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='AB1-9_:@,./"# \nsVtypeganumbrcikl', max_size=80))
def test_any_text_is_read_or_refused(plan: str) -> None:
    try:
        hall = formats.load(plan, "text")
    except LayoutInvalid as refused:
        assert refused.facts["errors"]
    else:
        assert layout.parse(layout.dump(hall)) == hall


@st.composite
def halls(draw: st.DrawFn) -> Layout:
    """Halls as they are built: blocks behind or beside each other, aisles, kinds of seat, odd labels, bowed rows."""
    kinds = st.sampled_from(["standard", "premium", "vip", "wheelchair", "companion", "recliner", "sofa"])
    names = ["Stalls", "Premium", "VIP", "Loge links", "बालकोनी", "Sofa row"]
    sections, behind, start, letters = [], 120.0, 120.0, iter("ABCDEFGHJKLMNPQRSTUVWXYZ")
    for place in range(draw(st.integers(1, 3))):
        is_beside = draw(st.booleans())
        depth, left = (start, 40 + 2000 * place) if is_beside else (behind, 40 + draw(st.sampled_from([0, 0, 18])))
        rows, start = [], depth
        for _ in range(draw(st.integers(1, 3))):
            row = draw(st.sampled_from(["", "", "B-", "1", "क"])) + next(letters) + draw(st.sampled_from(["", "", "2"]))
            bow, x, seats = draw(st.sampled_from([0, 0, 0.0005])), float(left), []
            for number in range(1, draw(st.integers(1, 7)) + 1):
                label = draw(st.sampled_from([f"{row}{number}"] * 6 + [f"{row}-{number}", f"X{row}.{number}"]))
                y = round(depth - bow * (x - left - 100) ** 2 / 20, 2)
                spot = {"x": x, "y": y}
                seats.append({"id": label, "label": label, "coordinates": spot, "seatType": draw(kinds)})
                x += 36 * draw(st.sampled_from([1, 1, 1, 1.5, 2, 4.25]))
            rows.append({"label": row, "seats": seats[:: draw(st.sampled_from([1, -1]))]})
            depth += draw(st.sampled_from([40, 40, 64, 100]))
        behind = max(behind, depth)
        name = draw(st.sampled_from(names))
        zone = draw(st.sampled_from([name, "REGULAR", "VIP"]))
        sections.append({"id": f"s{place}", "name": name, "zone": zone, "rows": rows})
    return layout.parse({"sections": sections})


@pytest.mark.parametrize("fmt", FILES)
@settings(max_examples=100, deadline=None)
@given(hall=halls())
def test_any_hall_survives_any_format(fmt: str, hall: Layout) -> None:
    assert_same_hall(hall, formats.load(formats.export(hall, fmt), fmt))
