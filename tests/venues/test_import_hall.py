"""Halls come in from the trade's files by one command, go on sale, and go out again without losing a seat."""

import json
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from seatsync import opening
from tests import cast
from venues import formats, services
from venues.models import Hall, HallLayout
from venues.services import PriceLine

HALLS = Path(__file__).parent / "halls"


def run(command: str, *words: object, **options: object) -> str:
    out = StringIO()
    call_command(command, *[str(word) for word in words], stdout=out, **options)
    return out.getvalue()


def import_new(stage: cast.Stage, file: Path, name: str = "Hall 3") -> Hall:
    run("import_hall", file, "--cinema", stage.cinema.slug, "--name", name)
    return Hall.objects.select_related("layout").get(cinema=stage.cinema, name=name)


@pytest.mark.parametrize("file", ["vista.json", "pretix.json", "seed.json", "plan.txt"])
def test_a_hall_in_each_format_is_imported_and_goes_on_sale(stage: cast.Stage, file: str) -> None:
    hall = import_new(stage, HALLS / file)
    showtime = services.schedule(
        movie_id=stage.movie.pk,
        hall_id=hall.pk,
        starts_at=timezone.now() + timedelta(days=1),
        prices=[PriceLine(Decimal(400))],
    )
    opening.open_sales([showtime.pk])

    drawn = formats.load((HALLS / file).read_bytes())
    assert list(stage.states(showtime)) == [place.seat.label for place in drawn.seats()]
    assert set(stage.states(showtime).values()) == {"AVAILABLE"}


@pytest.mark.parametrize("file", ["vista.json", "pretix.json", "seed.json", "plan.txt"])
@pytest.mark.parametrize("format", formats.NAMES)
def test_an_exported_hall_has_all_its_seats(stage: cast.Stage, tmp_path: Path, file: str, format: str) -> None:
    hall = import_new(stage, HALLS / file)

    exported = tmp_path / "exported"
    exported.write_text(run("export_hall", hall.pk, "--format", format))

    again = import_new(stage, exported, "Hall 4")
    assert {seat.label for seat in again.layout.seats.all()} == {seat.label for seat in hall.layout.seats.all()}


def test_new_seats_are_a_new_version_and_leave_the_show_on_sale_alone(stage: cast.Stage) -> None:
    before = stage.states()

    said = run("import_hall", HALLS / "plan.txt", "--hall", stage.hall.pk)

    stage.hall.refresh_from_db()
    assert stage.hall.layout.version == 2
    assert "v2" in said
    assert stage.states() == before


def test_a_faulty_file_is_refused_with_the_place_of_each_fault(stage: cast.Stage, tmp_path: Path) -> None:
    drawn = json.loads((HALLS / "seed.json").read_text())
    seats = drawn["sections"][0]["rows"][0]["seats"]
    seats[0]["seatType"] = "throne"
    del seats[1]["coordinates"]
    faulty = tmp_path / "faulty.json"
    faulty.write_text(json.dumps(drawn))

    with pytest.raises(CommandError) as refusal:
        run("import_hall", faulty, "--cinema", stage.cinema.slug, "--name", "Hall 3")

    assert refusal.value.returncode == 1
    assert "/sections/0/rows/0/seats/0/seatType" in str(refusal.value)
    assert "/sections/0/rows/0/seats/1/coordinates" in str(refusal.value)
    assert not Hall.objects.filter(name="Hall 3").exists()


def test_a_faulty_plan_for_an_old_hall_changes_nothing(stage: cast.Stage, tmp_path: Path) -> None:
    faulty = tmp_path / "plan.txt"
    faulty.write_text("section Stalls\nA: 1-10\nA: 1-10\n")

    with pytest.raises(CommandError, match="line 3"):
        run("import_hall", faulty, "--hall", stage.hall.pk)

    assert HallLayout.objects.filter(hall=stage.hall).count() == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--cinema", "nowhere", "--name", "Hall 3"], "There is no cinema nowhere"),
        (["--cinema", "SLUG", "--name", "Hall 1"], "has a hall of this name"),
        (["--cinema", "SLUG"], "Give either"),
        (["--hall", "00000000-0000-0000-0000-000000000000"], "There is no such hall"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(stage: cast.Stage, words: list[str], told: str) -> None:
    words = [stage.cinema.slug if word == "SLUG" else word for word in words]

    with pytest.raises(CommandError, match=told):
        run("import_hall", HALLS / "plan.txt", *words)


def test_a_file_that_is_not_there_is_said_in_a_line(stage: cast.Stage) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        run("import_hall", HALLS / "none.txt", "--hall", stage.hall.pk)
