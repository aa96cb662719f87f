"""OP4, OP5: what is on, by the cinema's own day."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from bookings.services import holds
from tests import cast
from tests.cast import Stage
from tests.conftest import Api
from venues.models import Cinema, Movie, Price, Showtime

pytestmark = pytest.mark.django_db

KATHMANDU = ZoneInfo("Asia/Kathmandu")


def at(days: int, hour: int, minute: int = 0) -> datetime:
    """A time of day in Kathmandu, some days from now."""
    day = timezone.now().astimezone(KATHMANDU) + timedelta(days=days)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


def day_of(showtime: Showtime) -> str:
    return f"{showtime.starts_at.astimezone(KATHMANDU):%Y-%m-%d}"


def ids(body: dict[str, Any]) -> list[str]:
    return [showtime["id"] for movie in body["movies"] for showtime in movie["showtimes"]]


def test_what_is_on_has_the_shape_of_seed_001(stage: Stage, api: Api) -> None:
    holds.hold_seats(showtime_id=stage.showtime.pk, seats=["A1"], actor=cast.ASHA)

    answer = api.get(f"/movies/now-showing?cinema={stage.cinema.pk}&date={day_of(stage.showtime)}")

    assert answer.status_code == 200
    [movie] = answer.json()["movies"]
    assert (movie["title"], movie["titleNe"], movie["durationMin"]) == ("Dal Bhat Power", "दालभात पावर", 120)
    assert (movie["language"], movie["genres"], movie["rating"]) == ("Nepali", ["Comedy"], "")
    assert api.client.get(movie["posterUrl"])["Content-Type"] == "image/svg+xml"
    [showtime] = movie["showtimes"]
    assert showtime["id"] == stage.path
    assert showtime["startTime"].endswith("Z")
    assert (showtime["hall"], showtime["format"], showtime["availableSeats"]) == ("Hall 1", "2D", 14)
    assert (showtime["totalSeats"], showtime["priceFrom"], showtime["currency"]) == (15, 450, "NPR")


def test_a_cinema_may_be_named_by_its_slug(stage: Stage, api: Api) -> None:
    elsewhere = cast.make_stage(name="Other")
    query = f"date={day_of(stage.showtime)}"

    assert ids(api.get(f"/movies/now-showing?cinema={stage.cinema.slug}&{query}").json()) == [stage.path]
    assert set(ids(api.get(f"/movies/now-showing?{query}").json())) == {stage.path, elsewhere.path}


def test_a_day_is_the_cinemas_own(stage: Stage, api: Api) -> None:
    late = cast.make_showtime(stage.hall, stage.movie, starts_at=at(3, 23, 50))
    early = cast.make_showtime(stage.hall, stage.movie, starts_at=at(5, 0, 10))

    assert ids(api.get(f"/movies/now-showing?date={day_of(late)}").json()) == [str(late.pk)]
    assert ids(api.get(f"/movies/now-showing?date={day_of(early)}").json()) == [str(early.pk)]


def test_each_cinema_has_its_own_day(stage: Stage, api: Api) -> None:
    berlin = cast.make_stage(name="Kino")
    Cinema.objects.filter(pk=berlin.cinema.pk).update(time_zone="Europe/Berlin")
    noon = at(4, 12)
    night = cast.make_showtime(berlin.hall, berlin.movie, starts_at=noon.replace(hour=1).astimezone(ZoneInfo("UTC")))
    day = noon.replace(hour=1).astimezone(ZoneInfo("Europe/Berlin"))

    assert ids(api.get(f"/movies/now-showing?date={day:%Y-%m-%d}").json()) == [str(night.pk)]
    assert f"{day:%Y-%m-%d}" != f"{noon:%Y-%m-%d}"


def test_today_is_the_default(stage: Stage, api: Api) -> None:
    today = api.get("/movies/now-showing").json()

    is_today = day_of(stage.showtime) == f"{timezone.now().astimezone(KATHMANDU):%Y-%m-%d}"
    assert (stage.path in ids(today)) == is_today


def test_only_what_can_be_bought_is_listed(stage: Stage, api: Api) -> None:
    day = day_of(stage.showtime)
    unopened = cast.make_hall(stage.cinema, name="Hall 2")
    cast.make_showtime(unopened, stage.movie, starts_at=stage.showtime.starts_at, is_open=False)
    assert ids(api.get(f"/movies/now-showing?date={day}").json()) == [stage.path]

    Showtime.objects.filter(pk=stage.showtime.pk).update(cancelled_at=timezone.now())

    assert api.get(f"/movies/now-showing?date={day}").json() == {"movies": []}


def test_a_show_that_has_begun_is_not_listed(stage: Stage, api: Api) -> None:
    begun = timezone.now() - timedelta(minutes=1)
    Showtime.objects.filter(pk=stage.showtime.pk).update(starts_at=begun)

    assert api.get(f"/movies/now-showing?date={begun.astimezone(KATHMANDU):%Y-%m-%d}").json() == {"movies": []}


def test_price_from_is_the_cheapest_seat(stage: Stage, api: Api) -> None:
    hall = cast.make_hall(stage.cinema, name="Hall 2")
    showtime = cast.make_showtime(hall, stage.movie, starts_at=at(2, 12), is_open=False)
    Price.objects.filter(showtime=showtime).update(amount="349.50")
    cast.opening.open_sales([showtime.pk])

    body = api.get(f"/showtimes/movie/{stage.movie.pk}?date={day_of(showtime)}").json()

    assert body["showtimes"][0]["priceFrom"] == 349.5


def test_showtimes_of_a_movie_are_its_own(stage: Stage, api: Api) -> None:
    other = Movie.objects.create(title="Something Else")
    cast.make_showtime(cast.make_hall(stage.cinema, name="Hall 2"), other, starts_at=stage.showtime.starts_at)

    body = api.get(f"/showtimes/movie/{stage.movie.pk}?date={day_of(stage.showtime)}&cinema={stage.cinema.slug}").json()

    assert body["movieId"] == str(stage.movie.pk)
    assert [showtime["id"] for showtime in body["showtimes"]] == [stage.path]
    assert body["showtimes"][0]["cinema"]["name"] == "Himal Cinema"


def test_an_unknown_movie_is_not_found(stage: Stage, api: Api) -> None:
    assert api.get(f"/showtimes/movie/{stage.cinema.pk}").status_code == 404
    assert api.get("/showtimes/movie/7").status_code == 404


NONSENSE = [
    "date=2026-02-30", "date=tonight", "date=0001-01-01", "date=9999-12-31", "date=2026-11-21T10:00:00",
    "date=%00", "cinema=nowhere", "cinema=019ab1f0-0000-7000-8000-000000000000", "cinema=%00",
    "cinema=" + "x" * 300, "date=" + "9" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("query", NONSENSE)
def test_nonsense_is_refused(stage: Stage, api: Api, query: str) -> None:
    assert api.get(f"/movies/now-showing?{query}").status_code == 422
    assert api.get(f"/showtimes/movie/{stage.movie.pk}?{query}").status_code == 422


@pytest.mark.parametrize("path", ["/movies/now-showing", "/showtimes/movie/{}"])
def test_keys_are_checked(stage: Stage, path: str) -> None:
    path = path.format(stage.movie.pk)
    _channel, unscoped = cast.make_channel(
        "Holder", kind="PLATFORM", sources=["OTHER_PLATFORM"], cinemas=(stage.cinema,), scopes=["holds:write"]
    )

    assert Api(cast.till(stage)).get(path).status_code == 200
    assert Api("ssk_test_x").get(path).status_code == 401
    assert Api(unscoped).get(path).status_code == 403
