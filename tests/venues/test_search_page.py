"""The search box and its page: plain HTML, in either language, with everything escaped."""

import pytest
from django.test import Client

from tests.cast import Stage
from venues.models import Movie

pytestmark = pytest.mark.django_db


def test_the_home_page_has_a_search_box_and_the_page_finds(stage: Stage) -> None:
    home = Client().get("/").content.decode()
    assert 'action="/search/"' in home

    page = Client().get("/search/?q=dal+bhat").content.decode()

    assert "1 movie found in Kathmandu." in page
    assert f'href="/showtimes/{stage.path}/"' in page
    assert "from NPR 450" in page


def test_nepali_words_and_misspelt_ones_are_found(stage: Stage) -> None:
    assert stage.path in Client().get("/search/?q=दालभात").content.decode()
    near = Client().get("/search/?q=dal+baat").content.decode()
    assert stage.path in near
    assert "Nothing is called “baat”" in near


@pytest.mark.parametrize("query", ["", "zzqqzz", "%00", "' | ! \\", "x" * 5000, "%F0%9F%8D%BF"])
def test_nothing_and_nonsense_are_answered_kindly(stage: Stage, query: str) -> None:
    answer = Client().get(f"/search/?q={query}")

    assert answer.status_code == 200
    assert stage.path not in answer.content.decode()


def test_what_was_searched_for_is_shown_escaped(stage: Stage) -> None:
    Movie.objects.filter(pk=stage.movie.pk).update(title="<script>dal</script>")

    page = Client().get("/search/", {"q": '"><script>alert(1)</script> dal'}).content.decode()
    found = Client().get("/search/?q=dal").content.decode()

    assert "<script>alert" not in page
    assert "&quot;&gt;&lt;script&gt;" in page
    assert "<script>dal" not in found
    assert "&lt;script&gt;dal" in found


def test_without_a_cinema_there_is_a_page_too(db: None) -> None:
    assert Client().get("/search/?q=x").status_code == 200
