"""OP36-OP39: movies, theatres, shows and screens, read by anyone and kept by those whose they are."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bookings.services import holds
from seatsync.models import Announcement
from showsewa.models import User
from tests import cast
from tests.cast import Stage
from tests.conftest import Api
from venues.models import Cinema, Movie, Showtime

pytestmark = pytest.mark.django_db

MOVIE = {"title": "Khukuri Protocol", "titleNe": "खुकुरी प्रोटोकल", "genres": ["Action"], "durationMin": 100}
THEATRE = {
    "name": "Rara Hall", "address": {"city": "Jumla"}, "location": {"lat": 29.27, "lon": 82.18},
    "phone": "+977 87520000",
}  # fmt: skip


@pytest.fixture
def till(stage: Stage) -> Api:
    return Api(cast.till(stage))


@pytest.fixture
def moviepass(stage: Stage) -> Api:
    return Api(cast.moviepass(stage))


def show(stage: Stage, **more: Any) -> dict[str, Any]:
    start = (timezone.now() + timedelta(days=3)).replace(microsecond=0)
    prices = [{"amount": 400}]
    return {
        "movieId": str(stage.movie.pk), "screenId": str(stage.hall.pk), "startTime": start.isoformat(),
        "prices": prices,
    } | more  # fmt: skip


def test_a_movie_is_made_read_changed_and_taken_off(till: Api, api: Api) -> None:
    made = till.post("/movies", MOVIE)
    path = f"/movies/{made.json()['id']}"

    assert made.status_code == 201
    assert api.get(path).json() == made.json()
    assert {name: made.json()[name] for name in MOVIE} == MOVIE
    changed = till.send("PATCH", path, {"rating": "U", "releaseDate": "2026-12-01"})
    assert (changed.status_code, changed.json()["rating"], changed.json()["title"]) == (200, "U", MOVIE["title"])
    replaced = till.send("PUT", path, {"title": "Khukuri"}).json()
    assert (replaced["title"], replaced["rating"], replaced["titleNe"]) == ("Khukuri", "", "")
    assert till.send("DELETE", path).json() == {"id": made.json()["id"], "isActive": False}
    assert api.get(path).status_code == 404
    assert till.send("DELETE", path).status_code == 404


def test_what_is_on_beside_a_movie_keeps_its_own_address(stage: Stage, api: Api) -> None:
    cast.bring_to_today(stage.showtime)
    assert api.get("/movies/now-showing").json()["movies"][0]["id"] == str(stage.movie.pk)
    assert api.get(f"/movies/{stage.movie.pk}").json()["title"] == "Dal Bhat Power"
    assert api.get("/movies/yesterday").status_code == 404


def test_movies_are_narrowed_by_city_genre_language_and_day(stage: Stage, till: Api, api: Api) -> None:
    till.post("/movies", MOVIE)
    day = (stage.showtime.starts_at + timedelta(hours=5, minutes=45)).date()

    def titles(query: str = "") -> list[str]:
        return [item["title"] for item in api.get(f"/movies{query}").json()["items"]]

    assert titles() == ["Khukuri Protocol", "Dal Bhat Power"]
    assert titles("?genre=action") == ["Khukuri Protocol"]
    assert titles("?city=kathmandu") == ["Dal Bhat Power"]
    assert titles(f"?date={day}&language=nepali") == ["Dal Bhat Power"]
    assert titles(f"?date={day + timedelta(days=1)}") == []
    first = api.get("/movies?limit=1").json()
    second = api.get(f"/movies?limit=1&cursor={first['nextCursor']}").json()
    assert [page["items"][0]["title"] for page in (first, second)] == ["Khukuri Protocol", "Dal Bhat Power"]
    assert second["nextCursor"] is None


def test_a_movie_is_changed_by_its_maker_or_by_staff(stage: Stage, till: Api, moviepass: Api, devi: User) -> None:
    path = f"/movies/{till.post('/movies', MOVIE).json()['id']}"
    staff = Api()
    staff.client.force_login(devi)

    assert till.send("PATCH", path, {"rating": "U"}).status_code == 200
    for method in ("PATCH", "PUT", "DELETE"):
        assert moviepass.send(method, path, MOVIE).status_code == 403
        assert till.send(method, f"/movies/{stage.movie.pk}", MOVIE).status_code == 403
    assert staff.send("PATCH", path, {"rating": "PG"}).json()["rating"] == "PG"
    assert Movie.objects.get(pk=stage.movie.pk).title == "Dal Bhat Power"


def test_a_movie_or_theatre_with_shows_to_come_stays(stage: Stage, till: Api, api: Api) -> None:
    made = till.post("/movies", MOVIE).json()["id"]
    planned = till.post("/shows", show(stage, movieId=made)).json()["id"]

    for path in (f"/movies/{made}", f"/theatres/{stage.cinema.pk}"):
        refused = till.send("DELETE", path)
        assert (refused.status_code, refused.json()["code"]) == (409, "HAS_SHOWS")
    assert refused.json()["showtimes"] == 2
    assert till.send("DELETE", f"/shows/{planned}").status_code == 200
    assert till.send("DELETE", f"/movies/{made}").status_code == 200
    assert till.send("DELETE", f"/shows/{stage.path}").status_code == 200
    assert till.send("DELETE", f"/theatres/{stage.cinema.pk}").json()["isActive"] is False
    assert api.get(f"/theatres/{stage.cinema.pk}").status_code == 404


def test_a_theatre_is_made_read_and_changed(stage: Stage, till: Api, api: Api) -> None:
    made = till.post("/theatres", THEATRE)
    path = f"/theatres/{made.json()['id']}"

    assert made.status_code == 201
    assert (made.json()["address"]["city"], made.json()["screens"]) == ("Jumla", [])
    assert Cinema.objects.get(pk=made.json()["id"]).is_sandbox  # a test key makes nothing else
    changed = till.send("PATCH", path, {"nameNe": "रारा हल", "address": {"street": "Khalanga"}}).json()
    assert (changed["nameNe"], changed["address"]["street"], changed["address"]["city"]) == (
        "रारा हल",
        "Khalanga",
        "Jumla",
    )
    listed = api.get("/theatres?city=kathmandu").json()["items"]
    assert [item["name"] for item in listed] == ["Himal Cinema"]
    assert listed[0]["screens"] == [{"id": str(stage.hall.pk), "name": "Hall 1", "totalSeats": 15}]
    assert till.post("/theatres", THEATRE | {"name": "RARA HALL"}).json()["code"] == "VENUE_EXISTS"
    taken = till.send("PATCH", path, {"name": "Himal Cinema", "address": {"city": "Kathmandu"}})
    assert (taken.status_code, taken.json()["code"]) == (409, "VENUE_EXISTS")


def test_a_show_is_scheduled_moved_repriced_and_cancelled(stage: Stage, till: Api, api: Api) -> None:
    body = show(stage)
    made = till.post("/shows", body)
    path = f"/shows/{made.json()['id']}"
    later = (timezone.now() + timedelta(days=4)).replace(microsecond=0)

    assert made.status_code == 201
    assert made.json()["status"] == "SCHEDULED"
    assert made.json()["prices"] == [{"zone": "", "seatType": "", "amount": 400}]
    moved = till.send("PATCH", path, {"startTime": later.isoformat(), "prices": [{"amount": 350.5}], "format": "3D"})
    assert moved.status_code == 200
    assert (moved.json()["format"], moved.json()["prices"][0]["amount"]) == ("3D", 350.5)
    row = Showtime.objects.get(pk=made.json()["id"])
    assert (row.starts_at, row.ends_at - row.starts_at) == (later, timedelta(minutes=120))
    assert till.send("DELETE", path).json()["status"] == "CANCELLED"
    assert api.get(path).json()["status"] == "CANCELLED"
    assert till.send("DELETE", path).json()["code"] == "ALREADY_CANCELLED"
    topics = list(Announcement.objects.filter(showtime=row).order_by("created_at").values_list("topic", flat=True))
    assert topics == ["showtime.changed", "showtime.cancelled"]


def test_shows_are_listed_in_their_order(stage: Stage, till: Api, api: Api) -> None:
    planned = till.post("/shows", show(stage)).json()["id"]
    day = (timezone.now() + timedelta(days=3, hours=5, minutes=45)).date()

    def found(query: str = "") -> list[str]:
        return [item["id"] for item in api.get(f"/shows{query}").json()["items"]]

    assert found() == [stage.path, planned]
    assert found(f"?theatreId={stage.cinema.pk}&movieId={stage.movie.pk}&city=Kathmandu") == [stage.path, planned]
    assert found(f"?date={day}") == [planned]
    assert found(f"?movieId={uuid.uuid4()}") == []
    first = api.get("/shows?limit=1").json()
    assert first["items"][0]["availableSeats"] == 15
    assert (first["items"][0]["status"], first["items"][0]["priceFrom"]) == ("ON_SALE", 450)
    assert found(f"?limit=1&cursor={first['nextCursor']}") == [planned]


def test_a_hall_has_one_show_at_a_time_also_after_a_move(stage: Stage, till: Api) -> None:
    first = till.post("/shows", show(stage)).json()
    second = till.post("/shows", show(stage, startTime=(timezone.now() + timedelta(days=5)).isoformat())).json()

    refused = till.send("PATCH", f"/shows/{second['id']}", {"startTime": first["startTime"]})

    assert (refused.status_code, refused.json()["code"]) == (409, "OVERLAP")
    assert refused.json()["showtimeId"] == first["id"]
    assert till.get(f"/shows/{second['id']}").json()["startTime"] == second["startTime"]
    a_little = (timezone.now() + timedelta(days=5, minutes=20)).isoformat()
    assert till.send("PATCH", f"/shows/{second['id']}", {"startTime": a_little}).status_code == 200


def test_a_show_with_a_seat_taken_neither_moves_nor_goes(stage: Stage, till: Api) -> None:
    path, later = f"/shows/{stage.path}", (timezone.now() + timedelta(days=9)).isoformat()
    held = holds.hold_seats(showtime_id=stage.showtime.pk, seats=["A1", "A2"], actor=cast.ASHA)

    for refused in (till.send("DELETE", path), till.send("PATCH", path, {"startTime": later})):
        assert (refused.status_code, refused.json()["code"], refused.json()["seats"]) == (409, "SHOW_HAS_SALES", 2)
    assert till.send("PATCH", path, {"format": "IMAX", "prices": [{"amount": 500}]}).status_code == 200
    assert stage.states()["A1"] == "HELD"
    Api().send("DELETE", f"/bookings/hold/{held.booking.pk}", X_Session_Token=cast.ASHA_TOKEN)
    assert till.send("PATCH", path, {"startTime": later}).status_code == 200


def test_what_is_not_ones_own_is_not_found(stage: Stage, till: Api, devi: User) -> None:
    other = cast.make_stage(name="Other")
    staff = Api()
    staff.client.force_login(devi)

    for caller in (till, staff):
        assert caller.post("/shows", show(stage, startTime=_days(8 if caller is till else 9))).status_code == 201
        assert caller.post("/shows", show(other)).status_code == 404
        for method in ("PATCH", "DELETE"):
            assert caller.send(method, f"/shows/{other.path}", {}).status_code == 404
            assert caller.send(method, f"/theatres/{other.cinema.pk}", {"name": "Mine"}).status_code == 404
        assert caller.send("PATCH", f"/shows/{uuid.uuid4()}", {}).status_code == 404
    assert Cinema.objects.get(pk=other.cinema.pk).name == "Other"


def test_a_test_key_reaches_nothing_of_the_live_site(stage: Stage, till: Api, settings: Any) -> None:
    settings.IS_LIVE = True
    live = cast.make_stage(name="Live")
    Cinema.objects.filter(pk=live.cinema.pk).update(is_sandbox=False)
    made = till.post("/movies", MOVIE).json()["id"]

    assert till.get(f"/theatres/{live.cinema.pk}").status_code == 404
    assert till.get(f"/shows/{live.path}").status_code == 404
    assert till.get(f"/seats/screens/{live.hall.pk}").status_code == 404
    assert till.send("DELETE", f"/shows/{live.path}").status_code == 404
    assert till.get(f"/movies/{made}").status_code == 200
    assert Api().get(f"/movies/{made}").status_code == 404
    assert Api().get(f"/theatres/{live.cinema.pk}").status_code == 200
    assert Api().get(f"/theatres/{stage.cinema.pk}").status_code == 404


def _days(days: int) -> str:
    return (timezone.now() + timedelta(days=days)).isoformat()


def writes(stage: Stage) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        ("POST", "/movies", MOVIE), ("PATCH", f"/movies/{stage.movie.pk}", {}),
        ("DELETE", f"/movies/{stage.movie.pk}", {}),
        ("PUT", f"/movies/{stage.movie.pk}", MOVIE), ("POST", "/theatres", THEATRE),
        ("PATCH", f"/theatres/{stage.cinema.pk}", {}), ("PUT", f"/theatres/{stage.cinema.pk}", THEATRE),
        ("DELETE", f"/theatres/{stage.cinema.pk}", {}), ("POST", "/shows", show(stage)),
        ("PATCH", f"/shows/{stage.path}", {}),
        ("PUT", f"/shows/{stage.path}", {"startTime": _days(2)}), ("DELETE", f"/shows/{stage.path}", {}),
    ]  # fmt: skip


def test_who_may_not_keep_the_catalogue_is_refused(stage: Stage, api: Api, asha: User, chandra: User) -> None:
    _channel, reader = cast.make_channel(
        "Reader", kind="THEATRE", sources=[], cinemas=(stage.cinema,), scopes=["inventory:read"]
    )

    for method, path, body in writes(stage):
        assert Api().send(method, path, body).status_code == 401, path
        assert Api(reader).send(method, path, body).status_code == 403, path
        for person in (asha, chandra):
            api.client.force_login(person)
            assert api.send(method, path, body).status_code == 403, path
    assert Api(reader).get("/movies").status_code == 200


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("/movies", {"title": ""}), ("/movies", {"title": "a\u202eb"}), ("/movies", {"durationMin": 0}),
        ("/movies", {"genres": "Action"}), ("/movies", {"kind": "PLAY"}), ("/movies", {"releaseDate": "9999-01-01"}),
        ("/theatres", {"email": "not-mail"}), ("/theatres", {"location": {"lat": "x"}}), ("/theatres", {"address": {}}),
        ("/shows", {"startTime": "2020-01-01T00:00:00Z"}), ("/shows", {"startTime": "2026-12-01T10:00:00"}),
        ("/shows", {"prices": []}), ("/shows", {"screenId": "x"}),
    ],
)  # fmt: skip
def test_a_wrong_body_is_refused_by_its_place(stage: Stage, till: Api, path: str, wrong: dict[str, Any]) -> None:
    body = {"/movies": MOVIE, "/theatres": THEATRE, "/shows": show(stage)}[path]

    refused = till.post(path, body | wrong)

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"].startswith(f"/{next(iter(wrong))}")


def test_what_is_not_asked_for_is_not_taken(stage: Stage, till: Api) -> None:
    extra = {"id": str(uuid.uuid4()), "is_active": False, "isActive": False, "made_by": "user:1", "is_sandbox": False}

    movie = Movie.objects.get(pk=till.post("/movies", MOVIE | extra).json()["id"])
    cinema = Cinema.objects.get(pk=till.post("/theatres", THEATRE | extra | {"currency": "USD"}).json()["id"])
    till.send("PATCH", f"/shows/{stage.path}", extra | {"cinema": str(cinema.pk), "cancelled_at": _days(0)})

    assert (movie.is_active, movie.is_sandbox, cinema.is_active, cinema.currency) == (True, True, True, "NPR")
    assert movie.made_by.startswith("channel:")
    stage.showtime.refresh_from_db()
    assert (stage.showtime.cinema_id, stage.showtime.cancelled_at) == (stage.cinema.pk, None)


@pytest.mark.parametrize("path", ["/movies", "/theatres", "/shows"])
@pytest.mark.parametrize("name", ["ordering", "id__in", "cinema__staff__password__startswith"])
def test_a_filter_that_is_not_offered_is_refused(stage: Stage, api: Api, path: str, name: str) -> None:
    assert api.get(path).status_code == 200
    assert (api.get(f"{path}?{name}=x").status_code, api.get(f"{path}?{name}=x").json()["code"]) == (400, "MALFORMED")
    assert api.get(f"{path}?limit=201").status_code == 422
    assert api.get(f"{path}?cursor=x").status_code == 422


@pytest.mark.parametrize(("path", "most"), [("/movies", 1), ("/theatres", 3), ("/shows", 2)])
def test_lists_take_as_many_statements_for_many_rows_as_for_one(stage: Stage, api: Api, path: str, most: int) -> None:
    for n in range(4):
        cast.make_stage(name=f"Cinema {n}")

    with CaptureQueriesContext(connection) as queries:
        assert len(api.get(path).json()["items"]) == 5

    assert len(queries) <= most, [query["sql"][:90] for query in queries]


def test_a_repeated_request_makes_one_movie(till: Api) -> None:
    first = till.post("/movies", MOVIE, Idempotency_Key="m-1")
    again = till.post("/movies", MOVIE, Idempotency_Key="m-1")

    assert (again.json(), again["Idempotency-Replayed"]) == (first.json(), "true")
    assert Movie.objects.filter(title=MOVIE["title"]).count() == 1


def test_a_screen_shows_its_seats_and_stays_the_same_under_its_tag(stage: Stage, api: Api) -> None:
    path = f"/seats/screens/{stage.hall.pk}"
    answer = api.get(path)
    body = answer.json()

    assert (body["screenId"], body["totalSeats"], len(body["rows"])) == (str(stage.hall.pk), 15, 3)
    assert body["rows"][0]["seats"][0] == {"number": 1, "label": "A1", "type": "STANDARD"}
    assert (body["rows"][2]["row"], body["rows"][2]["tier"]) == ("C", "MAIN")
    assert body["layout"]["sections"][0]["id"] == "main"
    assert api.get(path, If_None_Match=answer["ETag"]).status_code == 304
    stage.hall.layout = cast.make_layout(stage.hall, rows="AB", seats=4)
    stage.hall.save(update_fields=["layout"])
    newer = api.get(path, If_None_Match=answer["ETag"])
    assert (newer.status_code, newer.json()["totalSeats"]) == (200, 8)
    assert api.get(f"/seats/screens/{uuid.uuid4()}").status_code == 404
