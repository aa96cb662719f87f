"""pretix's seating plans: where their seats stand and what their categories mean."""

import json
from typing import Any

import pytest

from tests.venues.plans import by_label, changed, faults_of, raw
from venues import formats
from venues.layout import SeatType


def test_a_pretix_seat_stands_where_zone_row_and_seat_add_up_to() -> None:
    hall = by_label(formats.load(raw("pretix")))

    scale = 36 / 25
    assert hall["2-1"].seat.y - hall["1-1"].seat.y == pytest.approx(30 * scale, abs=0.02)
    assert hall["R-1-1"].seat.x - hall["1-1"].seat.x == pytest.approx((110 - 120) * scale, abs=0.02)
    assert hall["R-1-1"].seat.y - hall["1-1"].seat.y == pytest.approx((220 - 80) * scale, abs=0.02)


def test_pretix_categories_are_zones_and_part_a_zone_of_several() -> None:
    hall = formats.load(raw("pretix"))

    assert [(section.name, section.zone) for section in hall.sections] == [
        ("Parkett KATEGORIE_A", "KATEGORIE_A"),
        ("Parkett ROLLSTUHL", "ROLLSTUHL"),
        ("Parkett KATEGORIE_B", "KATEGORIE_B"),
        ("Rang", "KATEGORIE_B"),
    ]
    assert by_label(hall)["3-1"].seat.seat_type is SeatType.WHEELCHAIR


def test_pretix_zones_that_number_anew_are_told_apart() -> None:
    hall = by_label(formats.load(raw("pretix")))

    assert {"1-1", "R-1-1", "2-5", "R-2-5", "3-4"} <= set(hall)


def test_a_pretix_plan_with_the_stage_below_is_turned() -> None:
    data = json.loads(raw("pretix"))
    data["zones"][0]["areas"][0]["position"]["y"] = 400

    turned, upright = by_label(formats.load(json.dumps(data))), by_label(formats.load(raw("pretix")))

    assert turned["1-1"].seat.y > turned["2-1"].seat.y > turned["R-1-1"].seat.y
    assert turned["1-1"].seat.x > turned["1-6"].seat.x
    assert upright["1-1"].seat.y < upright["2-1"].seat.y < upright["R-1-1"].seat.y


def test_an_area_that_says_stage_is_the_screen() -> None:
    hall = formats.load(raw("pretix"))

    assert hall.screen is not None
    assert (hall.screen.label, hall.screen.width) == ("Bühne", 150 * 36 / 25)


ROW_3 = "/zones/0/rows/2"


@pytest.mark.parametrize(
    ("path", "value", "pointer", "code"),
    [
        (("categories",), {}, "/categories", "WRONG_TYPE"),
        (("zones", 1, "rows"), None, "/zones/1/rows", "WRONG_TYPE"),
        (("zones", 0, "rows", 2, "seats", 1, "category"), "VIP", ROW_3 + "/seats/1/category", "UNKNOWN_CATEGORY"),
        (("zones", 0, "rows", 2, "seats", 1, "category"), [], ROW_3 + "/seats/1/category", "UNKNOWN_CATEGORY"),
        (("zones", 0, "rows", 2, "seats", 1, "position"), {"x": "a"}, ROW_3 + "/seats/1/position/y", "MISSING"),
        (("zones", 0, "rows", 2, "seats", 1, "seat_guid"), "3-20-90-1", ROW_3 + "/seats/1/seat_guid", "DUPLICATE_ID"),
        (("zones", 0, "rows", 2, "seats", 1, "seat_number"), "1", ROW_3 + "/seats/1/seat_number", "DUPLICATE_LABEL"),
        (("zones", 0, "rows", 2, "seats", 1), 7, ROW_3 + "/seats/1", "WRONG_TYPE"),
        (("zones", 0, "areas", 0, "rectangle"), [], "/zones/0/areas/0/rectangle", "WRONG_TYPE"),
    ],
)
def test_a_faulty_pretix_file_is_refused_with_places_in_it(
    path: tuple[str | int, ...], value: Any, pointer: str, code: str
) -> None:
    assert (pointer, code) in faults_of(json.dumps(changed("pretix", path, value)), "pretix")
