"""Vista's seat plans: what their positions, areas and codes mean for the hall."""

import json
from typing import Any

import pytest

from tests.venues.plans import by_label, changed, faults_of, raw
from venues import formats
from venues.layout import SeatType


def test_vistas_back_row_is_at_the_back_and_its_left_end_is_the_audiences_right() -> None:
    hall = by_label(formats.load(raw("vista")))

    rows = [hall[label].seat.y for label in ("A1", "B1", "C1", "E1", "F1", "G1")]
    assert rows == sorted(rows)
    assert [label for label, place in sorted(hall.items(), key=lambda item: item[1].seat.x) if label[0] == "B"] == [
        f"B{number}" for number in range(1, 9)
    ]


def test_vistas_empty_row_and_empty_columns_stay_free() -> None:
    hall = by_label(formats.load(raw("vista")))

    assert hall["B1"].seat.y - hall["A1"].seat.y == 40
    assert hall["E1"].seat.y - hall["C1"].seat.y == 80
    assert hall["C6"].seat.x - hall["C3"].seat.x == 3 * 36


def test_vistas_areas_become_sections_and_zones_and_share_their_grid() -> None:
    hall = formats.load(raw("vista"))

    assert [(section.name, section.zone) for section in hall.sections] == [
        ("Standard", "STANDARD"),
        ("Couple", "COUPLE"),
        ("VIP", "VIP"),
    ]
    seats = by_label(hall)
    assert seats["F1"].seat.seat_type is SeatType.VIP
    assert seats["F1"].seat.x == seats["B1"].seat.x
    assert seats["G6"].seat.x == seats["F8"].seat.x


def test_vistas_couples_wheelchairs_and_companions_are_known_whether_sold_or_not() -> None:
    hall = by_label(formats.load(raw("vista")))

    assert [hall[label].seat.seat_type for label in ("A1", "A2", "A6", "A5")] == [
        SeatType.WHEELCHAIR,
        SeatType.COMPANION,
    ] * 2
    assert hall["A2"].seat.companion_of == "A1"
    assert hall["G1"].seat.seat_type is SeatType.SOFA
    assert (hall["G1"].seat.pair_with, hall["G2"].seat.pair_with) == ("G2", "G1")
    assert hall["B6"].seat.seat_type is SeatType.STANDARD


def vista_of(*areas: dict[str, Any]) -> str:
    return json.dumps({"SeatLayoutData": {"Areas": list(areas)}})


def area_of(number: int, row: str, index: int, columns: list[int], **more: Any) -> dict[str, Any]:
    seats = [{"Id": str(column + 1), "Position": {"ColumnIndex": column, "RowIndex": index}} for column in columns]
    return {"Number": number, "Description": f"Area {number}", "Rows": [{"PhysicalName": row, "Seats": seats}], **more}


def test_vistas_positions_may_count_through_the_whole_hall() -> None:
    box = {"Left": 0, "Top": 10, "Width": 100, "Height": 5, "RowCount": 1, "ColumnCount": 4}
    plan = vista_of(area_of(1, "B", 0, [0, 1], **box), area_of(2, "A", 3, [0, 1], **box | {"Top": 30}))

    hall = by_label(formats.load(plan))

    assert hall["B1"].seat.y - hall["A1"].seat.y == 120


def test_vistas_row_may_be_split_over_two_areas() -> None:
    hall = by_label(formats.load(vista_of(area_of(1, "A", 0, [0, 1]), area_of(2, "A", 0, [4, 5]))))

    assert set(hall) == {"A1", "A2", "A5", "A6"}
    assert len({place.seat.y for place in hall.values()}) == 1


def test_namesakes_of_two_areas_are_told_apart() -> None:
    plan = vista_of(area_of(1, "A", 0, [0, 1], Description="Stalls"), area_of(2, "A", 0, [0], Description="Balcony"))

    hall = by_label(formats.load(plan))

    assert set(hall) == {"A1", "A2", "B-A1"}
    assert hall["B-A1"].row.label == "B-A"
    assert hall["B-A1"].seat.y != hall["A1"].seat.y


def test_vistas_answer_is_read_through_proxies_that_change_the_case() -> None:
    def smaller(value: Any) -> Any:
        if isinstance(value, dict):
            return {key[0].lower() + key[1:]: smaller(item) for key, item in value.items()}
        return [smaller(item) for item in value] if isinstance(value, list) else value

    assert formats.load(json.dumps(smaller(json.loads(raw("vista"))))) == formats.load(raw("vista"))


AREA = "/SeatLayoutData/Areas/1/Rows/0"


@pytest.mark.parametrize(
    ("path", "value", "pointer", "code"),
    [
        (("SeatLayoutData",), None, "/SeatLayoutData", "MISSING"),
        (("SeatLayoutData", "Areas"), "none", "/SeatLayoutData/Areas", "WRONG_TYPE"),
        (("SeatLayoutData", "Areas", 1, "Rows"), None, "/SeatLayoutData/Areas/1/Rows", "WRONG_TYPE"),
        (("SeatLayoutData", "Areas", 1, "Rows", 0, "PhysicalName"), None, AREA + "/PhysicalName", "BAD_LABEL"),
        (("SeatLayoutData", "Areas", 1, "Rows", 0, "Seats", 2, "Id"), "", AREA + "/Seats/2/Id", "MISSING"),
        (("SeatLayoutData", "Areas", 1, "Rows", 0, "Seats", 2, "Id"), "6", AREA + "/Seats/2/Id", "DUPLICATE_ID"),
        (
            ("SeatLayoutData", "Areas", 1, "Rows", 0, "Seats", 2, "Position", "ColumnIndex"),
            -1,
            AREA + "/Seats/2/Position/ColumnIndex",
            "OUT_OF_RANGE",
        ),
        (
            ("SeatLayoutData", "Areas", 1, "Rows", 0, "Seats", 2, "SeatsInGroup", 1, "ColumnIndex"),
            9,
            AREA + "/Seats/2/SeatsInGroup",
            "POINTS_NOWHERE",
        ),
    ],
)
def test_a_faulty_vista_file_is_refused_with_places_in_it(
    path: tuple[str | int, ...], value: Any, pointer: str, code: str
) -> None:
    assert (pointer, code) in faults_of(json.dumps(changed("vista", path, value)), "vista")
