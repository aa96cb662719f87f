"""The hall as it is drawn."""

import re

from venues import drawing, posters
from venues.layout import Layout, Row, Screen, Seat, SeatType, Section


def row(label: str, y: float, count: int = 4, **facts: object) -> Row:
    return Row(label, tuple(Seat(f"{label}{n}", f"{label}{n}", n * 10.0, y, **facts) for n in range(1, count + 1)))


def hall(*rows: Row, **around: object) -> Layout:
    return Layout((Section("main", "Main", "MAIN", rows),), **around)


def test_seats_are_a_chair_apart_whatever_the_layouts_unit() -> None:
    drawn = drawing.svg(hall(row("A", 0), row("B", 10)))

    spots = [tuple(map(float, spot.split())) for spot in re.findall(r"translate\(([^)]+)\)", drawn)]

    assert spots[:2] == [(0, 0), (40, 0)]
    assert spots[4] == (0, 40)


def test_the_two_halves_of_a_sofa_turn_to_each_other() -> None:
    sofa = Row(
        "A",
        (
            Seat("r", "A2", 20, 0, SeatType.SOFA, pair_with="l"),
            Seat("l", "A1", 10, 0, SeatType.SOFA, pair_with="r"),
        ),
    )

    drawn = drawing.svg(hall(sofa))

    assert re.search(r'data-l="A2"[^>]*data-p="1"[^>]*><use href="#kFR"', drawn)
    assert re.search(r'data-l="A1"[^>]*data-p="0"[^>]*><use href="#kFL"', drawn)


def test_names_in_a_layout_cannot_leave_their_place() -> None:
    nasty = Layout((Section("s", '"><script>', "S", (row("A", 0),)), Section("t", "T", "T", (row("B", 10),))))

    drawn = drawing.svg(nasty)

    assert "<script>" not in drawn
    assert drawing.svg(hall(row("A", 0), screen=Screen(0, -20, 40, "<Stage>"))).count("&lt;Stage&gt;") == 1


def test_a_row_is_listed_as_people_find_it_with_its_place_in_the_state() -> None:
    backwards = Row("A", tuple(reversed(row("A", 0).seats)))

    ((_section, _row, seats),) = drawing.rows(hall(backwards))

    assert [(n, seat.label) for n, seat in seats] == [(3, "A1"), (2, "A2"), (1, "A3"), (0, "A4")]


def test_a_poster_is_drawn_from_its_words_alone() -> None:
    poster = posters.Poster("Night & <Day>", "रात", ("Horror",))

    assert posters.draw(poster) == posters.draw(posters.Poster("Night & <Day>", "रात", ("Horror",)))
    assert "&lt;Day&gt;" in posters.draw(poster)
    assert poster.mark != posters.Poster("Night & <Day>", "रात", ("Comedy",)).mark
