"""Finding something to see: a cinema, a genre, a week, and the search page's filters and suggestions."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import cast
from tests.conftest import Api
from venues import listings, services
from venues.models import Cinema, Movie, Showtime

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def pokhara(stage: cast.Stage) -> cast.Stage:
    other = cast.make_stage(name="Phewa Screens", starts_in=timedelta(hours=6))
    Cinema.objects.filter(pk=other.cinema.pk).update(
        city="Pokhara", city_ne="पोखरा", latitude=Decimal("28.2096"), longitude=Decimal("83.9856")
    )
    Movie.objects.filter(pk=other.movie.pk).update(title="The Last Tempo", title_ne="अन्तिम टेम्पो", genres=["Drama"])
    return other


def html(visitor: Client, path: str, **asked: str) -> str:
    answer = visitor.get(path, asked)
    assert answer.status_code == 200, path
    return answer.content.decode()


def day_of(show: Showtime) -> str:
    return listings.cities()[0].today(show.starts_at).isoformat()


def suggested(visitor: Client, text: str) -> list[tuple[str, str]]:
    answer = visitor.get("/search/suggest/", {"q": text})
    assert answer.status_code == 200
    return [(item["kind"], item["label"]) for item in answer.json()["items"]]


def test_a_cinema_has_a_page_with_its_days(visitor: Client, pokhara: cast.Stage, stage: cast.Stage) -> None:
    page = html(visitor, f"/cinemas/{stage.cinema.slug}/", date=day_of(stage.showtime))

    assert "Himal Cinema" in page and "Dal Bhat Power" in page and stage.path in page
    assert "The Last Tempo" not in page
    assert f'href="/cinemas/{stage.cinema.slug}/"' in html(visitor, "/", date=day_of(stage.showtime))
    assert visitor.get("/cinemas/nowhere/").status_code == 404


def test_a_genre_has_a_page_in_each_city(visitor: Client, pokhara: cast.Stage, stage: cast.Stage) -> None:
    assert stage.path in html(visitor, "/genres/Comedy/", city="Kathmandu")
    assert "None of these plays in Pokhara now" in html(visitor, "/genres/Comedy/", city="Pokhara")
    assert visitor.get("/genres/Gossip/").status_code == 404
    Movie.objects.filter(pk=stage.movie.pk).update(genres=["Sci-fi / fantasy & <b>", "War"])
    assert "/genres/Sci-fi%20/%20fantasy%20&amp;%20%3Cb%3E/" in html(
        visitor, "/", city="Kathmandu", date=day_of(stage.showtime)
    )
    assert visitor.get("/genres/Sci-fi%20/%20fantasy%20&%20%3Cb%3E/").status_code == 200


def test_the_week_of_a_city_and_of_a_cinema(visitor: Client, pokhara: cast.Stage, stage: cast.Stage) -> None:
    later = cast.make_showtime(stage.hall, stage.movie, starts_at=stage.showtime.starts_at + timedelta(days=3))
    time = later.starts_at.astimezone(timezone.get_default_timezone()) + timedelta(hours=5, minutes=45)

    of_city, of_cinema = (
        html(visitor, "/week/", **asked) for asked in ({"city": "Kathmandu"}, {"cinema": pokhara.cinema.slug})
    )

    assert of_city.count("Dal Bhat Power") == 2 and "The Last Tempo" not in of_city
    assert f"{time:%H:%M}" in of_city
    assert "The week at Phewa Screens" in of_cinema and "The Last Tempo" in of_cinema
    assert "Dal Bhat Power" not in html(visitor, "/week/", date=day_of(later), city="Pokhara")
    assert visitor.get("/week/", {"cinema": "nowhere"}).status_code == 404
    assert visitor.get("/week/", {"date": "9999-12-31", "city": "\0"}).status_code == 200


def test_a_week_costs_the_same_queries_however_much_is_on(visitor: Client, stage: cast.Stage) -> None:
    with CaptureQueriesContext(connection) as for_one:
        html(visitor, "/week/")
    for number in range(2, 5):
        hall = cast.make_hall(stage.cinema, name=f"Hall {number}")
        cast.make_showtime(hall, stage.movie, starts_at=stage.showtime.starts_at + timedelta(days=1))

    with CaptureQueriesContext(connection) as for_four:
        html(visitor, "/week/")

    assert len(for_four) == len(for_one) <= 3


def test_searching_costs_the_same_queries_however_much_is_found(visitor: Client, stage: cast.Stage) -> None:
    with CaptureQueriesContext(connection) as for_one:
        html(visitor, "/search/", q="dal")
    for number in range(2, 6):
        other = Movie.objects.create(title=f"Dal {number}", runtime_minutes=90)
        hall = cast.make_hall(stage.cinema, name=f"Hall {number}")
        cast.make_showtime(hall, other, starts_at=stage.showtime.starts_at + timedelta(days=1))

    with CaptureQueriesContext(connection) as for_five:
        assert "5 movies found" in html(visitor, "/search/", q="dal")

    assert len(for_five) == len(for_one) <= 12


def test_the_search_page_is_narrowed_as_its_form_says(visitor: Client, pokhara: cast.Stage, stage: cast.Stage) -> None:
    day, next_day = day_of(stage.showtime), day_of(stage.showtime)
    next_day = (listings.cities()[0].today(stage.showtime.starts_at) + timedelta(days=1)).isoformat()
    is_found = lambda **asked: stage.path in html(visitor, "/search/", **({"city": "Kathmandu"} | asked))  # noqa: E731

    assert is_found(genre="Comedy") and not is_found(genre="Drama")
    assert is_found(language="Nepali", q="dal")
    assert is_found(**{"from": day, "to": day}) and not is_found(**{"from": next_day, "to": next_day})
    assert not is_found(city="Pokhara", genre="Comedy")
    # What makes no sense is not said: nothing is asked for, and nothing is shown.
    assert not is_found(genre="Gossip", language="x", within="10", **{"from": "tomorrow", "to": "1999-01-01"})


def test_a_circle_is_drawn_around_a_visitor_who_told_where(
    visitor: Client, pokhara: cast.Stage, stage: cast.Stage
) -> None:
    assert 'name="within"' not in html(visitor, "/search/")
    visitor.cookies["near"] = "27.72,85.33"

    assert 'name="within"' in html(visitor, "/search/")
    found = html(visitor, "/search/", city="Pokhara", within="2")
    assert "1 movie found within 2 km" in found and stage.path in found
    visitor.cookies["near"] = "28.00,85.33"
    assert "Nothing found within 2 km" in html(visitor, "/search/", within="2")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("dal b", [("movie", "Dal Bhat Power")]),
        ("dhal", [("movie", "Dal Bhat Power")]),
        ("दालभा", [("movie", "Dal Bhat Power")]),
        ("himal", [("cinema", "Himal Cinema")]),
        ("kathm", [("cinema", "Himal Cinema"), ("city", "Kathmandu")]),
        ("com", [("movie", "Dal Bhat Power"), ("genre", "Comedy")]),
        ("zzqqzz", []), ("", []), ("' | ! \\ %", []), ("x" * 3000, []), ("\0", []),
    ],
)  # fmt: skip
def test_the_box_suggests_while_somebody_types(
    visitor: Client, stage: cast.Stage, text: str, wanted: list[tuple[str, str]]
) -> None:
    assert suggested(visitor, text) == wanted


def test_suggestions_speak_the_readers_language_and_lead_to_pages(visitor: Client, pokhara: cast.Stage) -> None:
    visitor.cookies["django_language"] = "ne"

    items = visitor.get("/search/suggest/", {"q": "pokhara"}).json()["items"]

    assert [item["label"] for item in items] == ["Phewa Screens", "पोखरा"] or items[-1]["label"] == "पोखरा"
    for item in items:
        assert visitor.get(item["href"]).status_code == 200


def test_a_live_site_suggests_nothing_of_the_sandbox(visitor: Client, stage: cast.Stage, settings: Any) -> None:
    Movie.objects.filter(pk=stage.movie.pk).update(is_sandbox=True)
    settings.IS_LIVE = True

    assert suggested(visitor, "dal") == suggested(visitor, "himal") == []


def test_a_new_a_moved_and_a_cancelled_showtime_are_found_and_gone_at_once(
    visitor: Client, api: Api, stage: cast.Stage
) -> None:
    """Nothing is kept beside the rows: the very next search knows."""
    film = Movie.objects.create(title="Khukuri Protocol", runtime_minutes=100, genres=["Action"])
    tomorrow = listings.cities()[0].today(timezone.now()) + timedelta(days=1)
    start = listings.bounds(tomorrow, "Asia/Kathmandu", timezone.now())[0] + timedelta(hours=12)

    def found(query: str = "khukuri", days: int = 0) -> list[str]:
        day = (tomorrow + timedelta(days=days)).isoformat()
        answer = api.get(f"/search/shows?city=Kathmandu&query={query}&startDate={day}&endDate={day}")
        return [item["showtimeId"] for item in answer.json()["items"]]

    assert found() == []
    show = services.schedule(
        movie_id=film.pk, hall_id=stage.hall.pk, starts_at=start, prices=[services.PriceLine(Decimal(450))]
    )
    assert found() == [str(show.pk)]
    assert str(show.pk) in html(visitor, "/search/", q="khukuri", city="Kathmandu")
    Showtime.objects.filter(pk=show.pk).update(
        starts_at=start + timedelta(days=1),
        ends_at=start + timedelta(days=1, hours=2),
        busy_until=start + timedelta(days=1, hours=3),
    )
    assert (found(), found(days=1)) == ([], [str(show.pk)])
    Movie.objects.filter(pk=film.pk).update(title="Glass Rules", genres=["Drama"])
    assert (found("khukuri", 1), found("rules", 1)) == ([], [str(show.pk)])
    Showtime.objects.filter(pk=show.pk).update(cancelled_at=timezone.now())
    assert found("rules", 1) == []
    assert str(show.pk) not in html(visitor, "/search/", q="rules", city="Kathmandu")


def test_a_midnight_show_belongs_to_the_day_it_begins(api: Api, stage: cast.Stage) -> None:
    day = listings.cities()[0].today(timezone.now()) + timedelta(days=2)
    show = cast.make_showtime(
        stage.hall, stage.movie, starts_at=listings.bounds(day, "Asia/Kathmandu", timezone.now())[0], is_open=False
    )

    def found(on: Any) -> list[str]:
        answer = api.get(f"/search/shows?city=Kathmandu&startDate={on}&endDate={on}")
        return [item["showtimeId"] for item in answer.json()["items"]]

    assert found(day) == [str(show.pk)] and str(show.pk) not in found(day - timedelta(days=1))


def test_cinemas_in_other_zones_keep_their_own_days(api: Api, stage: cast.Stage) -> None:
    """Within one circle: five past midnight in Kathmandu is ten to midnight of the day before across the border."""
    other = cast.make_stage(name="Raxaul Talkies")
    Cinema.objects.filter(pk=other.cinema.pk).update(time_zone="Asia/Kolkata")
    day = listings.cities()[0].today(timezone.now()) + timedelta(days=2)
    midnight = listings.bounds(day, "Asia/Kathmandu", timezone.now())[0]
    ours, theirs = (
        cast.make_showtime(hall, stage.movie, starts_at=midnight + timedelta(minutes=5), is_open=False)
        for hall in (stage.hall, other.hall)
    )

    def found(on: Any) -> set[str]:
        answer = api.get(f"/search/shows?lat=27.7&lon=85.3&startDate={on}&endDate={on}")
        return {item["showtimeId"] for item in answer.json()["items"]}

    assert str(ours.pk) in found(day) and str(theirs.pk) not in found(day)
    assert str(theirs.pk) in found(day - timedelta(days=1))


def test_each_language_has_an_address(visitor: Client, stage: cast.Stage) -> None:
    english = html(visitor, "/")
    nepali = html(visitor, "/", lang="ne")

    assert 'hreflang="ne" href="http' in english and '?lang=ne"' in english
    assert '<html lang="ne">' in nepali and '<html lang="en">' in english
    assert 'name="next" value="/"' in nepali  # back to the usual address, where the other language can be chosen
    assert '<html lang="ne">' in html(visitor, "/")
    assert visitor.get("/", {"lang": "xx"}).status_code == 200


def test_home_shows_the_nearest_cinemas_of_a_movie_and_counts_the_others(
    visitor: Client, stage: cast.Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("venues.views.programme.MOST_CINEMAS", 1)
    far = cast.make_hall(
        Cinema.objects.create(
            name="Far Cinema", slug="far", city="Kathmandu", latitude=28, longitude=85, is_sandbox=True
        )
    )
    cast.make_showtime(far, stage.movie, starts_at=stage.showtime.starts_at)
    visitor.cookies["near"] = "27.72,85.32"

    page = html(visitor, "/", date=day_of(stage.showtime))

    assert "Himal Cinema" in page and "Far Cinema" not in page and "1 more cinema" in page
