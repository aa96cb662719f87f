"""The text plan: every word of its grammar, and the place of every fault."""

import pytest

from tests.venues.plans import by_label, faults_of, raw
from venues import formats
from venues.layout import SeatType


def test_a_text_plan_means_what_it_says() -> None:
    hall = formats.load(raw("text"))

    seats = by_label(hall)
    assert [section.level for section in hall.sections] == ["Ground floor", ""]
    assert [row.label for row in hall.sections[0].rows] == ["A", "H", "J"]
    assert (seats["A1"].seat.seat_type, seats["A2"].seat.companion_of) == (SeatType.WHEELCHAIR, "A1")
    assert seats["H5"].seat.x - seats["H4"].seat.x == 2.5 * 36
    assert seats["K1"].seat.y - seats["J1"].seat.y == 2.5 * 40
    assert seats["K1"].seat.x > seats["K4"].seat.x
    assert seats["K1"].seat.pair_with == "K2"
    assert {"L01", "L02", "L-X", "L7", "L9"} <= set(seats)
    assert (seats["L01"].seat.seat_type, seats["L7"].seat.seat_type) == (SeatType.STANDARD, SeatType.RECLINER)
    assert hall.screen and (hall.screen.label, hall.screen.width) == ("Stage", 300)


def test_rows_of_a_text_plan_stand_in_the_middle_and_bow() -> None:
    seats = by_label(formats.load("curve 40\nA: 1-21\nB: 1-5"))

    assert seats["A11"].seat.x == seats["B3"].seat.x
    assert seats["A11"].seat.y - seats["A1"].seat.y == 40


def test_a_text_plan_puts_rows_and_seats_wherever_it_likes() -> None:
    hall = formats.load('screen 100 40 600\nsection Box\nat 100 200\nA: 1 2\n"B-C": 1\nD: 1@40,300 V2@76,310.5\n')

    seats = by_label(hall)
    assert [(seat.x, seat.y) for seat in (seats["A2"].seat, seats["B-C1"].seat)] == [(136, 200), (100, 240)]
    assert [(seat.x, seat.y) for seat in (seats["D1"].seat, seats["D2"].seat)] == [(40, 300), (76, 310.5)]
    assert seats["D2"].seat.seat_type is SeatType.VIP


@pytest.mark.parametrize(
    ("plan", "pointer", "code"),
    [
        ("A: 1-4\nfloor 2", "line 2, column 1", "UNKNOWN_WORD"),
        ("A: 1-4 foo", "line 1, column 8", "UNKNOWN_WORD"),
        ("A: 1-4\n  A: 5", "line 2, column 3", "DUPLICATE_LABEL"),
        ("A: 1-4 3", "line 1, column 8", "DUPLICATE_LABEL"),
        ('A: 1 "A 2"', "line 1, column 6", "BAD_LABEL"),
        ("A_B: 1", "line 1, column 1", "BAD_LABEL"),
        ("A:", "line 1, column 3", "EMPTY_ROW"),
        ("A: 1-99999", "line 1, column 4", "OUT_OF_RANGE"),
        ("A: 1-9/0", "line 1, column 4", "OUT_OF_RANGE"),
        ("A-Z: 1-2000", "line 1", "TOO_MANY_SEATS"),
        ("A: 1 2@0,0", "line 1, column 6", "SAME_SPOT"),
        ("type bench\nA: 1", "line 1, column 6", "UNKNOWN_SEAT_TYPE"),
        ("gap x\nA: 1", "line 1, column 5", "WRONG_TYPE"),
        ("section\nA: 1", "line 1, column 8", "EMPTY"),
        ("# nothing but a comment", "", "NO_SEATS"),
        ("", "", "NO_SEATS"),
    ],
)
def test_a_faulty_text_plan_is_refused_with_line_and_column(plan: str, pointer: str, code: str) -> None:
    assert (pointer, code) in faults_of(plan)
