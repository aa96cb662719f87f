"""OP21: showtimes found by words, place and day; what is asked wrongly is refused by its place."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import cast
from tests.cast import Stage
from tests.conftest import Api
from venues import search_words
from venues.models import Cinema, Movie, Showtime

pytestmark = pytest.mark.django_db

HERE = {"lat": "27.7172", "lon": "85.3240"}


@pytest.fixture
def pokhara(stage: Stage) -> Stage:
    """Another cinema 140 km away, with another film."""
    other = cast.make_stage(name="Phewa Screens", starts_in=timedelta(hours=6))
    Cinema.objects.filter(pk=other.cinema.pk).update(
        city="Pokhara", city_ne="पोखरा", latitude=Decimal("28.2096"), longitude=Decimal("83.9856")
    )
    Movie.objects.filter(pk=other.movie.pk).update(
        title="The Last Tempo", title_ne="अन्तिम टेम्पो", genres=["Drama"], people="Sarita Maharjan", keywords=["safa"]
    )
    return other


def find(api: Api, **asked: Any) -> Any:
    return api.get(f"/search/shows?{urlencode(asked)}")


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [item["event"]["name"] for item in answer.json()["items"]]


def test_a_showtime_nearby_is_told_as_the_seed_tells_it(stage: Stage, api: Api) -> None:
    answer = find(api, **HERE, distance="10km", query="dal bhat").json()

    assert answer["nextCursor"] is None
    (hit,) = answer["items"]
    assert hit["showtimeId"] == stage.path
    assert hit["event"]["eventId"] == str(stage.movie.pk)
    assert (hit["event"]["name"], hit["event"]["category"], hit["event"]["keywords"]) == ("Dal Bhat Power", "Movie", [])
    assert hit["event"]["imageUrl"].startswith(f"/posters/{stage.movie.pk}.svg")
    assert hit["venue"] == {
        "venueId": str(stage.cinema.pk),
        "name": "Himal Cinema",
        "city": "Kathmandu",
        "address": {"street": "", "city": "Kathmandu", "district": "", "state": "", "zip": ""},
        "location": {"lat": 27.7172, "lon": 85.324},
    }
    assert hit["distanceKm"] == 0


@pytest.mark.parametrize(
    "query",
    [
        "dal bhat", "DAL", "bhat dal", "dal bha", "pow", "dal baat", "dhal bhat", "dal bhat pwoer", "comedy",
        "comedys",
        "himal", "dal himal cinema", "kathmandu", "dal kathmndu", "दालभात", "दालभा", "दालभातको", "हिमाल", "nepali",
        "Dál Bhàt", "dal-bhat!", "",
    ],
)  # fmt: skip
def test_words_are_found_in_any_order_begun_misspelt_or_nepali(pokhara: Stage, api: Api, query: str) -> None:
    assert names(find(api, **HERE, query=query)) == ["Dal Bhat Power"]


@pytest.mark.parametrize("query", ["tempo", "dal pokhara", "zzqqzz", "dal zzqqzz", "!!!", "' | ! & :* \\ (", "%"])
def test_what_is_not_there_is_not_found(pokhara: Stage, api: Api, query: str) -> None:
    assert names(find(api, **HERE, query=query)) == []


@pytest.mark.parametrize("query", ["tempo", "अन्तिम टेम्पो", "अन्तिम", "टेम्पोको", "sarita", "safa", "last tempo phewa"])
def test_titles_people_and_keywords_are_found_in_a_city(pokhara: Stage, api: Api, query: str) -> None:
    answer = find(api, city="pokhara", query=query)

    assert names(answer) == ["The Last Tempo"]
    assert answer.json()["items"][0]["distanceKm"] is None


def test_the_circle_is_as_wide_as_asked(pokhara: Stage, api: Api) -> None:
    assert names(find(api, **HERE)) == ["Dal Bhat Power"]
    assert names(find(api, **HERE, distance="142km")) == ["Dal Bhat Power"]
    far = find(api, **HERE, distance="143km")
    assert names(far) == ["Dal Bhat Power", "The Last Tempo"]
    assert 142 < far.json()["items"][1]["distanceKm"] < 143
    assert names(find(api, lat="27.72", lon="85.33", distance="500m")) == []
    assert names(find(api, lat="27.72", lon="85.33", distance="0.7")) == ["Dal Bhat Power"]


def test_it_can_be_narrowed_to_a_venue_a_genre_a_language_and_days(pokhara: Stage, stage: Stage, api: Api) -> None:
    tomorrow = stage.showtime.starts_at + timedelta(days=1)
    cast.make_showtime(stage.hall, pokhara.movie, starts_at=tomorrow)
    day, next_day = (
        (stage.showtime.starts_at + timedelta(days=n, hours=5, minutes=45)).date().isoformat() for n in (0, 1)
    )

    assert names(find(api, venueId=stage.cinema.pk)) == ["Dal Bhat Power", "The Last Tempo"]
    assert names(find(api, venueId=stage.cinema.pk, genre="drama")) == ["The Last Tempo"]
    assert names(find(api, **HERE, language="Hindi")) == []
    assert names(find(api, **HERE, language="nepali", endDate=day)) == ["Dal Bhat Power"]
    assert names(find(api, **HERE, startDate=next_day, endDate=next_day)) == ["The Last Tempo"]
    assert names(find(api, city="पोखरा")) == ["The Last Tempo"]


def test_the_better_match_comes_first_then_the_nearer_then_the_sooner(stage: Stage, api: Api) -> None:
    near = cast.make_hall(cast.make_stage(name="Near Cinema").cinema, name="Hall 2")
    Cinema.objects.filter(pk=near.cinema_id).update(latitude=Decimal("27.7272"))
    titled = Movie.objects.create(title="Comedy of Errors", runtime_minutes=90)
    start = stage.showtime.starts_at + timedelta(days=1)
    later = cast.make_showtime(stage.hall, titled, starts_at=start + timedelta(hours=3))
    soon = cast.make_showtime(stage.hall, titled, starts_at=start)
    far = cast.make_showtime(near, titled, starts_at=start)

    found = [item["showtimeId"] for item in find(api, **HERE, query="comedy").json()["items"]]

    assert found[:4] == [str(soon.pk), str(later.pk), str(far.pk), stage.path]


def test_only_what_is_still_to_come_and_on_is_found(stage: Stage, api: Api) -> None:
    def found() -> list[str]:
        return names(find(api, **HERE))

    assert found() == ["Dal Bhat Power"]
    for rows, change in (
        (Showtime.objects.filter(pk=stage.showtime.pk), {"cancelled_at": timezone.now()}),
        (Movie.objects.filter(pk=stage.movie.pk), {"is_active": False}),
        (Cinema.objects.filter(pk=stage.cinema.pk), {"is_active": False}),
        (Showtime.objects.filter(pk=stage.showtime.pk), {"starts_at": timezone.now() - timedelta(seconds=1)}),
    ):
        before = rows.values(*change).get()
        rows.update(**change)
        assert found() == [], change
        rows.update(**before)
    assert found() == ["Dal Bhat Power"]


def test_a_changed_title_is_found_at_once(stage: Stage, api: Api) -> None:
    Movie.objects.filter(pk=stage.movie.pk).update(title="Khukuri Protocol", title_ne="")

    assert names(find(api, **HERE, query="khukuri")) == ["Khukuri Protocol"]
    assert names(find(api, **HERE, query="dal")) == []


def test_pages_follow_each_other_without_gap_or_repetition(stage: Stage, api: Api) -> None:
    start = stage.showtime.starts_at + timedelta(days=1)
    for n in range(6):
        cast.make_showtime(stage.hall, stage.movie, starts_at=start + timedelta(hours=3 * n), is_open=False)
    whole = [item["showtimeId"] for item in find(api, **HERE, query="dal").json()["items"]]

    paged, cursor = [], ""
    while cursor is not None:
        page = find(api, **HERE, query="dal", limit=2, **({"cursor": cursor} if cursor else {})).json()
        paged += [item["showtimeId"] for item in page["items"]]
        cursor = page["nextCursor"]
        if len(paged) == 4:  # what was seen and goes away meanwhile moves nothing
            Showtime.objects.filter(pk=paged[0]).update(cancelled_at=timezone.now())

    assert len(whole) == 7
    assert paged == whole


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"lat": "27.7"}, "/lat"), ({"lat": "NaN", "lon": "85"}, "/lat"), ({"lat": "91", "lon": "85"}, "/lat"),
        (HERE | {"lon": "Infinity"}, "/lon"), (HERE | {"distance": "201km"}, "/distance"),
        (HERE | {"distance": "far"}, "/distance"), (HERE | {"distance": "-5km"}, "/distance"),
        (HERE | {"startDate": "2026-02-30"}, "/startDate"), (HERE | {"endDate": "9999-12-31"}, "/endDate"),
        (HERE | {"startDate": "2026-12-02", "endDate": "2026-12-01"}, "/endDate"), ({"venueId": "x"}, "/venueId"),
        (HERE | {"query": "x" * 101}, "/query"), (HERE | {"query": "a\x00b"}, "/query"),
        (HERE | {"limit": "201"}, "/limit"),
        (HERE | {"cursor": "x"}, "/cursor"), (HERE | {"cursor": "OXw5OTk5OTk5OTk5OXwyMDI2fHg="}, "/cursor"),
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_refused_by_its_place(
    stage: Stage, api: Api, asked: dict[str, str], pointer: str
) -> None:
    refused = find(api, **asked)

    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


def test_somewhere_must_be_named(stage: Stage, api: Api) -> None:
    refused = find(api, query="dal")

    assert (refused.status_code, refused.json()["code"]) == (422, "VALIDATION_FAILED")


@pytest.mark.parametrize("name", ["ordering", "movie__metadata", "venue__staff__password__startswith", "Query"])
def test_a_filter_that_is_not_offered_is_refused(stage: Stage, api: Api, name: str) -> None:
    refused = find(api, **HERE, **{name: "x"})

    assert (refused.status_code, refused.json()["code"]) == (400, "MALFORMED")


def test_a_key_finds_its_own_cinemas_and_people_none_of_the_sandbox(
    pokhara: Stage, stage: Stage, settings: Any
) -> None:
    till = Api(cast.till(stage))
    _channel, blind = cast.make_channel("Blind", kind="PLATFORM", sources=[], cinemas=(stage.cinema,), scopes=[])

    assert names(find(till, city="Kathmandu")) == ["Dal Bhat Power"]
    assert names(find(till, city="Pokhara")) == []
    assert find(Api(blind), city="Kathmandu").status_code == 403
    settings.IS_LIVE = True
    assert names(find(Api(), city="Kathmandu")) == []
    Cinema.objects.filter(pk=stage.cinema.pk).update(is_sandbox=False)
    assert names(find(Api(), city="Kathmandu")) == ["Dal Bhat Power"]
    assert names(find(till, city="Kathmandu")) == []  # its key is a test key


@pytest.mark.parametrize(("query", "most"), [("dal bhat", 9), ("dal baat", 10), ("", 7)])
def test_searching_takes_as_many_statements_for_many_showtimes_as_for_one(
    stage: Stage, api: Api, query: str, most: int
) -> None:
    start = stage.showtime.starts_at + timedelta(days=1)
    for n in range(8):
        cast.make_showtime(stage.hall, stage.movie, starts_at=start + timedelta(hours=3 * n), is_open=False)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(names(find(api, **HERE, query=query))) == 9

    assert len(queries) <= most, [query["sql"][:80] for query in queries]


def test_words_are_runs_of_letters_with_their_marks() -> None:
    assert search_words.split("Dal-Bhat, अन्तिम टेम्पो! 2:30") == ["Dal", "Bhat", "अन्तिम", "टेम्पो", "2", "30"]
    assert len(search_words.split("a " * 50)) == search_words.MOST_WORDS
    assert search_words.split("x" * 90) == ["x" * search_words.LONGEST_WORD]
