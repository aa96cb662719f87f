"""The best seats, and the seats a choice leaves alone: properties over random halls, and small halls by hand."""

import random
import time
from itertools import pairwise
from typing import Any

import pytest

from venues import seating
from venues.layout import Layout, Row, Seat, SeatType, Section
from venues.seating import gaps


def row(label: str, y: float, pattern: str) -> Row:
    """pattern: a letter a chair: s standard, v VIP, f half a sofa, w wheelchair, c its companion; a space: an aisle."""
    kinds = {"s": SeatType.STANDARD, "v": SeatType.VIP, "f": SeatType.SOFA, "w": SeatType.WHEELCHAIR}
    seats: list[Seat] = []
    for x, letter in enumerate(pattern):
        name = f"{label}{len(seats) + 1}"
        more: dict[str, Any] = {"companion_of": seats[-1].id} if letter == "c" else {}
        if letter == "f":
            is_left = sum(seat.seat_type == SeatType.SOFA for seat in seats) % 2 == 0
            more = {"pair_with": f"{label}{len(seats) + (2 if is_left else 0)}"}
        if letter != " ":
            seats.append(Seat(name, name, x * 20.0, y, kinds.get(letter, SeatType.COMPANION), **more))
    return Row(label, tuple(seats))


def layout(*patterns: str, zones: str = "") -> Layout:
    rows = [row(chr(65 + n), n * 24.0, pattern) for n, pattern in enumerate(patterns)]
    if not zones:
        return Layout((Section("main", "Main", "MAIN", tuple(rows)),))
    return Layout(
        tuple(Section(f"s{n}", zone, zone, (one,)) for n, (zone, one) in enumerate(zip(zones, rows, strict=True)))
    )


def best(hall: seating.Hall, state: str, count: int, **wish: Any) -> list[str]:
    choice = seating.best(hall, state, count, **wish)
    return [hall.spots[n].label for n in choice.seats] if choice else []


def random_hall(dice: random.Random, most: int = 400) -> tuple[seating.Hall, str]:
    patterns: list[str] = []
    size = 0
    while size < most:
        width = dice.randint(4, 40)
        pattern = "".join(dice.choices(["s", "ss", " ", "v", "ff", "wc"], [50, 20, 6, 4, 2, 1], k=width))
        if pattern.replace(" ", ""):
            patterns.append(pattern)
            size += len(pattern)
        if len(patterns) > 25:
            break
    hall = seating.hall(layout(*patterns))
    full = dice.random()
    state = "".join(dice.choices("AHBX", [1.05 - full, full / 3, full / 2, full / 6], k=len(hall.spots)))
    return hall, state


SEEDS = range(120)


@pytest.mark.parametrize("seed", SEEDS)
def test_best_seats_are_free_together_and_leave_nobody_alone_where_that_can_be(seed: int) -> None:
    dice = random.Random(seed)
    hall, state = random_hall(dice)
    count = dice.randint(1, 8)

    choice = seating.best(hall, state, count)

    blocks = [run[i : i + count] for run in gaps.runs(hall, state) for i in range(len(run) - count + 1)]
    blocks = [block for block in blocks if not hall.reserved.intersection(block)]
    if choice is None:
        assert sum(letter == "A" and n not in hall.reserved for n, letter in enumerate(state)) < count
        return
    assert len(set(choice.seats)) == count and all(state[n] == "A" for n in choice.seats)
    assert not hall.reserved.intersection(choice.seats)
    assert choice.is_together == bool(blocks) or count == 1
    if blocks:
        assert all(hall.is_beside(a, b) for a, b in pairwise(choice.seats))
        usual = [block for block in blocks if not any(hall.dear[n] for n in block)]
        if not all(seating.lonely(hall, state, block) for block in usual or blocks):
            assert choice.lonely == ()
    assert seating.best(hall, state, count) == choice


@pytest.mark.parametrize("seed", SEEDS)
def test_a_mended_choice_is_free_of_the_same_kinds_and_leaves_nobody_alone(seed: int) -> None:
    dice = random.Random(seed)
    hall, state = random_hall(dice, most=150)
    free = [n for n, letter in enumerate(state) if letter == "A"]
    for _try in range(10):
        chosen = dice.sample(free, min(len(free), dice.randint(1, 4)))
        if not chosen or not seating.lonely(hall, state, chosen):
            continue
        found = seating.mended(hall, state, chosen, anywhere=True)
        if found is not None:
            assert len(set(found)) == len(chosen) and all(state[n] == "A" for n in found)
            assert sorted(hall.spots[n].kind for n in found) == sorted(hall.spots[n].kind for n in chosen)
            assert seating.lonely(hall, state, found) == []


def test_of_two_thousand_seats_the_best_are_found_within_ten_milliseconds() -> None:
    """Said, not asserted tightly: the machine is shared. 50 ms would be a fault of the algorithm."""
    hall = seating.hall(layout(*["s" * 20 + " " + "s" * 20 + " " + "s" * 10] * 40))
    assert len(hall.spots) == 2000
    states = {
        "empty": "A" * 2000,
        "half": "".join(random.Random(1).choices("AB", k=2000)),
        "singles": "AB" * 1000,
    }
    took = {}
    for name, state in states.items():
        for count in (2, 10):
            times = []
            for _try in range(5):
                before = time.process_time()
                assert seating.best(hall, state, count) is not None
                times.append(time.process_time() - before)
            took[f"{name} {count}"] = min(times) * 1000
    print({name: f"{ms:.1f} ms" for name, ms in took.items()})  # shown by pytest -rP
    assert max(took.values()) < 50


def test_two_sit_in_the_best_row_beside_the_axis_and_leave_no_gap() -> None:
    hall = seating.hall(layout("sssss", "sssss", "sssss"))

    assert best(hall, "A" * 15, 2) == ["B1", "B2"]  # B2 and B3 would leave B1 alone
    assert best(hall, "A" * 15, 1) == ["B3"]
    assert best(hall, "A" * 15, 5) == ["B1", "B2", "B3", "B4", "B5"]
    choice = seating.best(hall, "A" * 15, 2)
    assert choice is not None
    assert seating.reasons(hall, choice) == ["TOGETHER", "BEST_ROW", "MIDDLE", "NOBODY_ALONE"]


def test_an_aisle_keeps_people_apart_and_is_a_wall() -> None:
    hall = seating.hall(layout("sss ss"))

    assert best(hall, "AAAAA", 2) == ["A4", "A5"]
    assert best(hall, "AAAAA", 3) == ["A1", "A2", "A3"]
    assert seating.lonely(hall, "AAAAA", [1, 2]) == [0]
    assert seating.lonely(hall, "AAAAA", [0, 1]) == [2]  # the aisle behind it
    assert seating.lonely(hall, "AXAAA", [2]) == []  # what is alone already was not left by this choice


def test_who_cannot_sit_together_sits_near() -> None:
    hall = seating.hall(layout("ssss", "ssss"))

    choice = seating.best(hall, "AABBBBAB", 3)

    assert choice is not None and not choice.is_together
    assert sorted(hall.spots[n].label for n in choice.seats) == ["A1", "A2", "B3"]
    assert seating.best(hall, "AABBBBAB", 4) is None


def test_who_sits_apart_on_dear_chairs_is_not_sent_to_a_far_corner_for_a_cheap_one() -> None:
    hall = seating.hall(layout("s        ", "         ", "         ", "vv ff ff "))

    assert "A1" not in best(hall, "A" * 7, 4)
    assert best(hall, "A" * 7, 7) == ["A1", "D1", "D2", "D3", "D4", "D5", "D6"]


def test_who_sits_apart_has_whole_sofas() -> None:
    hall = seating.hall(layout("ff v ff"))

    assert best(hall, "AAAAA", 3) in (["A1", "A2", "A3"], ["A3", "A4", "A5"])
    assert len(best(hall, "AAABA", 4)) == 4  # half of one, where there is nothing else


def test_seats_in_two_corners_are_not_called_the_middle() -> None:
    hall = seating.hall(layout("ssss ssss"))

    choice = seating.best(hall, "AABBBBAA", 4)

    assert choice is not None
    assert seating.reasons(hall, choice) == ["NEAR", "BEST_ROW", "NOBODY_ALONE"]


def test_a_zone_is_kept_to_and_dear_chairs_are_for_who_asks() -> None:
    hall = seating.hall(layout("ssss", "vvvv", zones="AB"))

    assert best(hall, "A" * 8, 2) == ["A1", "A2"]
    assert best(hall, "A" * 8, 2, zone="B") == ["B1", "B2"]
    assert best(hall, "BBBBAAAA", 2) == ["B1", "B2"]
    assert best(hall, "BBBBAAAA", 2, zone="A") == []


def test_a_sofa_is_not_cut_in_two() -> None:
    hall = seating.hall(layout("ffffff"))

    assert best(hall, "A" * 6, 2) in (["A1", "A2"], ["A3", "A4"], ["A5", "A6"])
    assert seating.lonely(hall, "A" * 6, [1, 2]) == [0, 3]
    assert seating.mended(hall, "A" * 6, [1, 2], anywhere=False) in ([0, 1], [2, 3])


def test_a_wheelchairs_place_comes_with_its_companion_and_to_nobody_else() -> None:
    hall = seating.hall(layout("sswcss", "ssssss"))

    assert best(hall, "A" * 12, 1, is_accessible=True) == ["A3"]
    assert best(hall, "A" * 12, 2, is_accessible=True) == ["A3", "A4"]
    assert len(best(hall, "A" * 12, 4, is_accessible=True)) == 4
    assert best(hall, "AAAABBBBBBBB", 4) == []
    assert best(hall, "AABAAAAAAAAA", 2, is_accessible=True) == []


def test_companions_seats_are_anybodys_when_their_time_is_over() -> None:
    hall = seating.hall(layout("sswcss"), is_released=True)

    assert best(hall, "BBBAAB", 2) == ["A4", "A5"]


def test_those_who_come_at_once_are_sent_to_different_blocks() -> None:
    hall = seating.hall(layout(*["s" * 20] * 10))

    found = [seating.best(hall, "A" * 200, 2, turn=turn) for turn in range(50)]

    seats = [n for choice in found if choice for n in choice.seats]
    assert len(seats) == len(set(seats)) == 100


def test_a_mended_choice_is_the_nearest_and_may_move_one_part_of_a_party() -> None:
    hall = seating.hall(layout("ssssss", "ssss"))

    assert seating.mended(hall, "A" * 10, [1, 2], anywhere=False) == [0, 1]
    assert seating.mended(hall, "A" * 10, [0, 2], anywhere=False) == [0, 1]
    assert seating.mended(hall, "AAABBBAAAA", [0, 1], anywhere=False) is None
    assert seating.mended(hall, "AAABBBAAAA", [0, 1], anywhere=True) == [6, 7]


def test_the_nearest_seats_lie_beside_the_lost_one_and_the_party() -> None:
    hall = seating.hall(layout("ssss", "ssss"))

    def near(state: str, lost: int, *kept: int) -> list[str]:
        return [hall.spots[n].label for n in seating.near(hall, state, [lost], kept=kept)]

    assert near("AAAAAAAA", 1) == ["A1", "A3", "B2"]
    assert near("AABAAAAA", 1, 3) == ["A1", "B2", "B3"]
    assert near("BBBBBBBB", 1) == []


def test_a_wheelchairs_place_is_no_alternative_to_a_chair() -> None:
    hall = seating.hall(layout("wwww", "s"))

    assert seating.near(hall, "AAAAB", [4]) == []


def test_in_place_of_lost_seats_come_others_of_their_kind_together() -> None:
    hall = seating.hall(layout("ssssss", "vvvvvv"))

    assert seating.alike(hall, "AABBAA" + "A" * 6, lost=[2, 3], kept=[]) in ([0, 1], [4, 5])
    assert seating.alike(hall, "ABBBBB" + "A" * 6, lost=[2, 3], kept=[]) == [0]
    assert seating.alike(hall, "AAABBA" + "B" * 6, lost=[4], kept=[3]) == [2]  # beside the rest of the party
