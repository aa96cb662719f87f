"""What a hall layout may say, and how each fault is told with its place."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from venues import layout
from venues.layout import LayoutInvalid, SeatType

HALLS = Path(__file__).parent / "halls"
SEED = json.loads((HALLS / "seed.json").read_text())


def seat_of(id: str, x: float = 0, y: float = 0, **more: Any) -> dict[str, Any]:
    return {"id": id, "label": id, "coordinates": {"x": x, "y": y}, "seatType": "standard", **more}


def hall(*seats: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"sections": [{"id": "s", "name": "Stalls", "rows": [{"label": "A", "seats": list(seats)}]}], **more}


def faults_of(data: object) -> list[tuple[str, str]]:
    with pytest.raises(LayoutInvalid) as refused:
        layout.parse(data)
    return [(error["pointer"], error["code"]) for error in refused.value.facts["errors"]]


def test_the_seeds_own_example_is_read_and_written_back_to_the_letter() -> None:
    read = layout.parse(SEED)

    assert read.seat_count == 6
    assert [place.seat.label for place in read.seats()] == ["A1", "A2", "B1", "B2", "C1", "C2"]
    assert [section.zone for section in read.sections] == ["PREMIUM", "REGULAR"]
    assert layout.dump(read) == SEED


def test_everything_a_hall_may_have_besides_survives() -> None:
    data = hall(
        seat_of("A1", seatType="wheelchair accessible"),
        seat_of("A2", 36.5, seatType="companion", companionOf="A1"),
        seat_of("A3", 72, seatType="sofa", pairWith="A4"),
        seat_of("A4", 108, -40.25, seatType="sofa", pairWith="A3"),
        screen={"x": 0, "y": -80, "width": 120, "label": "Stage"},
        aisles=[{"x": 50, "y": 0, "width": 10, "height": 80}],
        facilities=[{"kind": "exit", "x": 1, "y": 2, "label": "Exit 1"}, {"kind": "bar", "x": 3, "y": 4}],
    )
    data["sections"][0] |= {"zone": "FRONT", "level": "Balcony"}

    assert layout.dump(layout.parse(data)) == data


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("premium", SeatType.PREMIUM),
        ("Standard", SeatType.STANDARD),
        ("REGULAR", SeatType.STANDARD),
        ("Wheelchair Accessible", SeatType.WHEELCHAIR),
        ("WHEELCHAIR", SeatType.WHEELCHAIR),
        ("wheelchair_accessible", SeatType.WHEELCHAIR),
        ("vip", SeatType.VIP),
        ("Sofa", SeatType.SOFA),
        ("recliner", SeatType.RECLINER),
        ("companion", SeatType.COMPANION),
    ],
)
def test_seat_types_are_read_in_any_case_and_kept_in_one(word: str, meant: SeatType) -> None:
    (place,) = layout.parse(hall(seat_of("A1", seatType=word))).seats()

    assert place.seat.seat_type is meant


def test_a_seat_is_numbered_from_the_left_end_of_its_row_wherever_it_is_listed() -> None:
    read = layout.parse(hall(seat_of("A3", 72), seat_of("A1", 0), seat_of("A2", 36)))

    assert [(place.seat.label, place.number) for place in read.seats()] == [("A3", 3), ("A1", 1), ("A2", 2)]


def test_a_zone_that_is_not_named_is_the_sections_name_and_its_own_zone() -> None:
    assert layout.zone_of("Front stalls (left)") == "FRONT_STALLS_LEFT"
    assert layout.zone_of(layout.zone_of("बालकोनी सिट")) == layout.zone_of("बालकोनी सिट")


def test_labels_may_be_in_any_script_and_are_composed() -> None:
    read = layout.parse(hall(seat_of("क१"), seat_of("E\u0301-1.b", 36)))

    assert [place.seat.label for place in read.seats()] == ["क१", "\u00c9-1.b"]


def at(*path: str | int) -> Callable[[dict[str, Any], Any], None]:
    """Sets, or with `...` removes, what is found along the path."""

    def put(data: Any, value: Any) -> None:
        for key in path[:-1]:
            data = data[key]
        if value is ...:
            del data[path[-1]]
        else:
            data[path[-1]] = value

    return put


ROW = ("sections", 0, "rows", 1)
SEAT = (*ROW, "seats", 0)
HERE = "/sections/0/rows/1/seats/0"


@pytest.mark.parametrize(
    ("path", "value", "pointer", "code"),
    [
        (("sections",), ..., "/sections", "MISSING"),
        (("sections",), {}, "/sections", "WRONG_TYPE"),
        (("sections",), [], "/sections", "EMPTY_LAYOUT"),
        (("sections", 1), None, "/sections/1", "WRONG_TYPE"),
        (("sections", 1, "rows"), [], "/sections/1/rows", "EMPTY_SECTION"),
        (("sections", 1, "id"), "premium-section-1", "/sections/1", "DUPLICATE_ID"),
        (("sections", 1, "name"), "n" * 81, "/sections/1/name", "TOO_LONG"),
        (("sections", 1, "name"), "  ", "/sections/1/name", "EMPTY"),
        (("sections", 1, "colour"), "red", "/sections/1/colour", "UNKNOWN_KEY"),
        (("sections", 1, "a/b~c"), "red", "/sections/1/a~1b~0c", "UNKNOWN_KEY"),
        ((*ROW, "label"), "A", "/sections/0/rows/1", "DUPLICATE_LABEL"),
        ((*ROW, "label"), 7, "/sections/0/rows/1/label", "WRONG_TYPE"),
        ((*ROW, "seats"), [], "/sections/0/rows/1/seats", "EMPTY_ROW"),
        ((*SEAT, "id"), "A2", HERE + "/id", "DUPLICATE_ID"),
        ((*SEAT, "id"), ..., HERE + "/id", "MISSING"),
        ((*SEAT, "id"), "\ud800", HERE + "/id", "BAD_TEXT"),
        ((*SEAT, "id"), "a\u0000", HERE + "/id", "BAD_TEXT"),
        ((*SEAT, "label"), "C2", "/sections/1/rows/0/seats/1/label", "DUPLICATE_LABEL"),
        ((*SEAT, "label"), "seat_9", HERE + "/label", "BAD_LABEL"),
        ((*SEAT, "label"), "B 1", HERE + "/label", "BAD_LABEL"),
        ((*SEAT, "label"), "-1", HERE + "/label", "BAD_LABEL"),
        ((*SEAT, "label"), "B234567890123", HERE + "/label", "BAD_LABEL"),
        ((*SEAT, "coordinates"), [1, 2], HERE + "/coordinates", "WRONG_TYPE"),
        ((*SEAT, "coordinates", "y"), ..., HERE + "/coordinates/y", "MISSING"),
        ((*SEAT, "coordinates", "x"), True, HERE + "/coordinates/x", "WRONG_TYPE"),
        ((*SEAT, "coordinates", "x"), "10", HERE + "/coordinates/x", "WRONG_TYPE"),
        ((*SEAT, "coordinates", "x"), float("nan"), HERE + "/coordinates/x", "OUT_OF_RANGE"),
        ((*SEAT, "coordinates", "x"), float("-inf"), HERE + "/coordinates/x", "OUT_OF_RANGE"),
        ((*SEAT, "coordinates", "x"), 10**400, HERE + "/coordinates/x", "OUT_OF_RANGE"),
        ((*SEAT, "coordinates"), {"x": 30, "y": 20.001}, HERE + "/coordinates", "SAME_SPOT"),
        ((*SEAT, "seatType"), "bench", HERE + "/seatType", "UNKNOWN_SEAT_TYPE"),
        ((*SEAT, "companionOf"), "Z9", HERE + "/companionOf", "POINTS_NOWHERE"),
        ((*SEAT, "companionOf"), "B1", HERE + "/companionOf", "POINTS_TO_ITSELF"),
        ((*SEAT, "pairWith"), "Z9", HERE + "/pairWith", "POINTS_NOWHERE"),
        ((*SEAT, "pairWith"), "B2", HERE + "/pairWith", "NOT_MUTUAL"),
        (("screen",), {"x": 0, "y": 0, "width": 0}, "/screen/width", "OUT_OF_RANGE"),
        (("screen",), None, "/screen", "WRONG_TYPE"),
        (("aisles",), [{"x": 0, "y": 0, "width": 9}], "/aisles/0/height", "MISSING"),
        (("facilities",), [{"x": 0, "y": 0, "kind": 9}], "/facilities/0/kind", "WRONG_TYPE"),
    ],
)
def test_a_fault_is_told_with_its_place(path: tuple[str | int, ...], value: Any, pointer: str, code: str) -> None:
    layout.parse(SEED)
    data = copy.deepcopy(SEED)
    at(*path)(data, value)

    assert faults_of(data) == [(pointer, code)]


def test_all_faults_are_told_at_once() -> None:
    data = hall(seat_of("A1"), seat_of("A1"), {"id": "A2"}, seat_of("A3", 1, seatType="bench"), seat_of("A4", 2))
    data["sections"][0]["rows"][0]["seats"][4]["companionOf"] = "A3"

    assert faults_of(data) == [
        ("/sections/0/rows/0/seats/2/label", "MISSING"),
        ("/sections/0/rows/0/seats/2/coordinates", "MISSING"),
        ("/sections/0/rows/0/seats/2/seatType", "MISSING"),
        ("/sections/0/rows/0/seats/3/seatType", "UNKNOWN_SEAT_TYPE"),
        ("/sections/0/rows/0/seats/1/id", "DUPLICATE_ID"),
        ("/sections/0/rows/0/seats/1/label", "DUPLICATE_LABEL"),
        ("/sections/0/rows/0/seats/1/coordinates", "SAME_SPOT"),
    ]


def test_a_long_report_is_cut_and_says_so() -> None:
    with pytest.raises(LayoutInvalid) as refused:
        layout.parse(hall(*(seat_of(f"A{place}", place, seatType="?") for place in range(150))))

    assert (refused.value.code, refused.value.status) == ("LAYOUT_INVALID", 422)
    assert len(refused.value.facts["errors"]) == 100
    assert refused.value.facts["total"] == 150
    assert refused.value.facts["note"] == "Only the first 100 of 150 faults are listed."


def hall_of(count: int) -> dict[str, Any]:
    rows = [
        {"label": f"R{row}", "seats": [seat_of(f"R{row}-{place}", place * 36, row * 40) for place in range(100)]}
        for row in range(count // 100)
    ]
    return {"sections": [{"id": "s", "name": "Stalls", "rows": rows}]}


def test_thirty_thousand_seats_are_a_hall_and_more_are_not() -> None:
    assert layout.parse(hall_of(30_000)).seat_count == 30_000
    assert faults_of(hall_of(30_100)) == [("/sections/0/rows/300", "TOO_MANY_SEATS")]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["A", "sections", "x"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        | st.fixed_dictionaries({}, optional={"sections": inner, "screen": inner, "aisles": inner, "facilities": inner})
        | st.fixed_dictionaries({"id": inner, "name": inner, "rows": inner}, optional={"zone": inner, "level": inner})
        | st.fixed_dictionaries({"label": inner, "seats": inner})
        | st.fixed_dictionaries({"id": inner, "label": inner, "coordinates": inner, "seatType": inner})
        | st.fixed_dictionaries({"x": inner, "y": inner})
    ),
    max_leaves=30,
)


@settings(max_examples=300, deadline=None)
@given(anything)
def test_no_json_value_whatever_does_more_than_be_refused(data: object) -> None:
    try:
        read = layout.parse(data)
    except LayoutInvalid as refused:
        assert refused.facts["errors"]
        json.dumps(refused.facts).encode()
    else:
        assert layout.parse(layout.dump(read)) == read


def test_neither_depth_nor_strange_keys_upset_the_report() -> None:
    deep: object = []
    for _ in range(100_000):
        deep = [deep]

    assert faults_of(deep) == [("", "WRONG_TYPE")]
    assert faults_of({"sections": [deep]}) == [("/sections/0", "WRONG_TYPE")]
    assert faults_of({7: 1, "\ud800": 2, "sections": SEED["sections"]}) == [
        ("/7", "UNKNOWN_KEY"),
        ("/?", "UNKNOWN_KEY"),
    ]
