"""Looking at the nearest of the best first finds what looking everywhere finds, page after page."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from tests import cast
from venues import search
from venues.models import Cinema, Movie

pytestmark = pytest.mark.django_db

HERE = (27.7172, 85.3240)
ASKED = {
    "everything near": search.Asked(point=HERE, metres=50_000),
    "everything in a city": search.Asked(city="Kathmandu"),
    "a word of films": search.Asked(point=HERE, metres=50_000, query="comedy"),
    "a word of cinemas": search.Asked(point=HERE, metres=50_000, query="screens"),
    "a word of both": search.Asked(point=HERE, metres=50_000, query="himal"),
    "two words": search.Asked(point=HERE, metres=50_000, query="comedy screens"),
    "a genre": search.Asked(point=HERE, metres=50_000, genre="Comedy"),
    "a genre and a place": search.Asked(city="Kathmandu", genre="Drama", query="kathmandu"),
}


@pytest.fixture
def crowd(stage: cast.Stage) -> None:
    """Seven cinemas, two of them at one distance, and films of several relevances in each."""
    films = [
        Movie.objects.create(title=title, genres=genres, runtime_minutes=60)
        for title, genres in (
            ("Comedy of Errors", ["Drama"]), ("Himal Express", ["Comedy"]), ("Quiet", ["Comedy"]), ("Storm", ["Drama"])
        )
    ]  # fmt: skip
    start = stage.showtime.starts_at + timedelta(hours=3)
    for n, away in enumerate((0, 2, 2, 5, 7, 11)):
        cinema = Cinema.objects.create(
            name=f"{'Screens' if n % 2 else 'Himal'} {n}", slug=f"at-{n}", city="Kathmandu", is_sandbox=True,
            latitude=Decimal("27.7172") + Decimal(away) / 100, longitude=Decimal("85.3240"),
        )  # fmt: skip
        hall = cast.make_hall(cinema, rows="A", seats=1)
        for turn in range(5):
            at = start + timedelta(hours=13 * turn + n)
            cast.make_showtime(hall, films[(n + turn) % 4], starts_at=at, is_open=False)


@pytest.mark.parametrize("name", ASKED)
def test_the_nearest_of_the_best_are_the_first_of_all(crowd: None, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_NEAREST_FIRST", 2)
    monkeypatch.setattr(search, "_FEW_FILMS", 0)
    stepwise = [pages(ASKED[name], limit) for limit in (2, 7)]
    monkeypatch.setattr(search, "_best", lambda *_given: None)

    whole = pages(ASKED[name], 200)

    assert len(whole) > 3
    assert stepwise == [whole, whole]


def pages(asked: search.Asked, limit: int) -> list[str]:
    found: list[str] = []
    after = None
    while True:
        page = search.shows(asked, now=timezone.now(), limit=limit, after=after)
        found += [str(hit.showtime.pk) for hit in page.hits]
        after = page.next
        if after is None:
            return found
