"""OP17-OP20: from nothing to a showtime on sale, over the API alone."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from seatsync import opening
from seatsync.models import Channel
from showsewa.models import User
from tests import cast
from tests.cast import Stage
from tests.conftest import Api
from venues.models import Cinema, Hall, Movie, Price, Showtime

pytestmark = pytest.mark.django_db

VENUE = {
    "name": "Cineplex 101",
    "address": {"street": "123 Main St", "city": "Pokhara", "district": "Kaski", "state": "Gandaki", "zip": "33700"},
    "location": {"lat": 28.2096, "lon": 83.9856},
    "imageUrls": ["venues/cineplex/front.jpg"],
}
LAYOUT = {
    "sections": [
        {
            "id": "premium-section-1",
            "name": "Premium",
            "rows": [
                {
                    "label": "A",
                    "seats": [
                        {"id": "A1", "label": "A1", "coordinates": {"x": 10, "y": 20}, "seatType": "premium"},
                        {"id": "A2", "label": "A2", "coordinates": {"x": 30, "y": 20}, "seatType": "premium"},
                    ],
                }
            ],
        },
        {
            "id": "regular-section-1",
            "name": "Regular",
            "rows": [
                {
                    "label": "C",
                    "seats": [
                        {"id": "C1", "label": "C1", "coordinates": {"x": 10, "y": 60}, "seatType": "standard"},
                        {
                            "id": "C2", "label": "C2", "coordinates": {"x": 30, "y": 60},
                            "seatType": "wheelchair accessible",
                        },
                    ],
                }
            ],
        },
    ]
}  # fmt: skip
EVENT = {
    "name": "The Dark Knight Rises",
    "imageUrl": "s3-key-123",
    "metadata": {"category": "Movie", "durationMin": 164},
}


@pytest.fixture
def till(stage: Stage) -> Api:
    return Api(cast.till(stage))


def showtime_body(stage: Stage, **more: Any) -> dict[str, Any]:
    starts_at = (timezone.now() + timedelta(days=3)).isoformat()
    prices = [{"amount": 450}]
    return {
        "venueId": str(stage.cinema.pk), "hallId": str(stage.hall.pk), "timestamp": starts_at, "prices": prices,
    } | more  # fmt: skip


def test_a_venue_a_hall_an_event_and_a_showtime_end_up_on_sale(till: Api, api: Api) -> None:
    venue = till.post("/venue", VENUE)
    hall = till.post(f"/venue/{venue.json()['venueId']}/hall", {"hallName": "Hall 1", "seatLayout": LAYOUT})
    event = till.post("/events", EVENT)
    showtime = till.post(
        f"/events/{event.json()['eventId']}/showtimes",
        {
            "venueId": venue.json()["venueId"],
            "hallId": hall.json()["hallId"],
            "timestamp": (timezone.now() + timedelta(days=2)).isoformat(),
            "prices": [
                {"zone": "PREMIUM", "amount": 600.5},
                {"seatType": "WHEELCHAIR", "amount": 200},
                {"amount": 450},
            ],
        },
    )

    assert [answer.status_code for answer in (venue, hall, event, showtime)] == [201] * 4
    assert venue.json()["address"] == VENUE["address"]
    assert venue.json()["location"] == VENUE["location"]
    assert (hall.json()["seatCount"], hall.json()["layoutVersion"]) == (4, 1)
    assert showtime.json()["inventoryStatus"] == "PENDING"
    opening.open_sales([uuid.UUID(showtime.json()["showtimeId"])])
    rows = api.get(f"/showtimes/{showtime.json()['showtimeId']}/seats").json()["layout"]["rows"]
    assert [(seat["type"], seat["price"]) for row in rows for seat in row["seats"]] == [
        ("PREMIUM", 600.5), ("PREMIUM", 600.5), ("STANDARD", 450), ("WHEELCHAIR", 200),
    ]  # fmt: skip
    movie = Movie.objects.get(pk=event.json()["eventId"])
    assert (movie.kind, movie.runtime_minutes, movie.poster_key) == ("MOVIE", 164, "s3-key-123")


def test_a_name_is_unique_in_its_city(till: Api) -> None:
    elsewhere = VENUE | {"address": {"city": "Biratnagar"}}

    assert till.post("/venue", VENUE).status_code == 201
    refused = till.post("/venue", VENUE | {"name": "CINEPLEX 101"})
    assert (refused.status_code, refused.json()["code"]) == (409, "VENUE_EXISTS")
    assert till.post("/venue", elsewhere).status_code == 201


def test_whoever_makes_a_venue_may_act_there(stage: Stage, till: Api, api: Api) -> None:
    made = till.post("/venue", VENUE).json()["venueId"]
    admin = cast.make_user("admin@example.com", role="admin", cinemas=(stage.cinema,))
    api.client.force_login(admin)
    own = api.post("/venue", VENUE | {"name": "Admin's"}).json()["venueId"]

    assert Channel.objects.get(name="Till").cinemas.filter(pk=made).exists()
    assert admin.cinemas.filter(pk=own).exists()
    assert api.post(f"/venue/{own}/hall", {"hallName": "1", "seatLayout": LAYOUT}).status_code == 201
    assert api.post(f"/venue/{made}/hall", {"hallName": "1", "seatLayout": LAYOUT}).status_code == 404


def test_a_faulty_layout_is_refused_with_the_place_of_each_fault(stage: Stage, till: Api) -> None:
    faulty = {"sections": [LAYOUT["sections"][0], {"id": "x", "name": "X", "rows": "none"}]}
    seats: Any = LAYOUT["sections"][0]["rows"]
    faulty["sections"][0] = faulty["sections"][0] | {"rows": [seats[0] | {"seats": [seats[0]["seats"][0]] * 2}]}

    refused = till.post(f"/venue/{stage.cinema.pk}/hall", {"hallName": "Hall 9", "seatLayout": faulty})

    assert (refused.status_code, refused.json()["code"]) == (422, "LAYOUT_INVALID")
    pointers = [error["pointer"] for error in refused.json()["errors"]]
    assert "/seatLayout/sections/1/rows" in pointers
    assert any(pointer.startswith("/seatLayout/sections/0/rows/0/seats/1") for pointer in pointers)
    assert not Hall.objects.filter(name="Hall 9").exists()


def test_a_hall_needs_a_venue_of_ones_own_and_a_new_name(stage: Stage, till: Api) -> None:
    elsewhere = cast.make_stage(name="Other")
    body = {"hallName": "Hall 2", "seatLayout": LAYOUT}

    assert till.post(f"/venue/{stage.cinema.pk}/hall", body).status_code == 201
    assert till.post(f"/venue/{elsewhere.cinema.pk}/hall", body).status_code == 404
    assert till.post(f"/venue/{uuid.uuid4()}/hall", body).status_code == 404
    refused = till.post(f"/venue/{stage.cinema.pk}/hall", body | {"hallName": "HALL 2"})
    assert (refused.status_code, refused.json()["code"]) == (409, "HALL_EXISTS")


def test_an_event_that_is_no_movie_says_so(till: Api) -> None:
    metadata = {"category": "Concert", "genres": ["Folk"], "stage": {"width": 12.5}, "titleNe": "गीत"}

    made = till.post("/events", {"name": "Songs of the Hills", "metadata": metadata})

    event = Movie.objects.get(pk=made.json()["eventId"])
    assert (event.kind, event.title_ne, event.genres) == ("EVENT", "गीत", ["Folk"])
    assert event.metadata == metadata
    assert till.post("/events", {"name": "Bare"}).status_code == 201


def test_a_hall_is_not_used_twice_at_a_time(stage: Stage, till: Api) -> None:
    body = showtime_body(stage)
    path = f"/events/{stage.movie.pk}/showtimes"
    soon_after = (timezone.now() + timedelta(days=3, minutes=130)).isoformat()

    first = till.post(path, body)
    refused = till.post(path, body | {"timestamp": soon_after})
    elsewhere = cast.make_hall(stage.cinema, name="Hall 2")

    assert first.status_code == 201
    assert (refused.status_code, refused.json()["code"]) == (409, "OVERLAP")
    assert refused.json()["showtimeId"] == first.json()["showtimeId"]
    assert till.post(path, body | {"hallId": str(elsewhere.pk)}).status_code == 201


def test_a_showtime_needs_a_future_time_with_a_zone(stage: Stage, till: Api) -> None:
    path = f"/events/{stage.movie.pk}/showtimes"
    past = (timezone.now() - timedelta(minutes=1)).isoformat()

    for wrong in ("2030-01-01T10:00:00", "soon", past, "9999-12-31T23:59:59Z", "2026-13-01T00:00:00Z", 1e9, None):
        refused = till.post(path, showtime_body(stage, timestamp=wrong))
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"] == "/timestamp"
    local = (timezone.now() + timedelta(days=9)).strftime("%Y-%m-%dT18:30:00+05:45")
    made = till.post(path, showtime_body(stage, timestamp=local))
    assert made.json()["timestamp"].endswith("T12:45:00Z")


def test_every_seat_needs_a_price(stage: Stage, till: Api) -> None:
    path = f"/events/{stage.movie.pk}/showtimes"
    body = showtime_body(stage)
    del body["prices"]

    for wrong in (body | {"prices": []}, body | {"prices": [{"zone": "BALCONY", "amount": 5}]}):
        assert till.post(path, wrong).status_code == 422
    twice = till.post(path, body | {"prices": [{"amount": 1}, {"amount": 2}]})
    assert twice.status_code == 422
    for amount in (-1, "NaN", "Infinity", 1e12, 1.001, True, None, "x", [], 10**20):
        refused = till.post(path, body | {"prices": [{"amount": amount}]})
        assert refused.status_code == 422, amount
    assert Showtime.objects.count() == 1
    assert Price.objects.count() == 1


def test_places_that_do_not_belong_together_are_not_found(stage: Stage, till: Api) -> None:
    elsewhere = cast.make_stage(name="Other")
    path = f"/events/{stage.movie.pk}/showtimes"

    assert till.post(path, showtime_body(stage)).status_code == 201
    assert till.post(path, showtime_body(stage, hallId=str(elsewhere.hall.pk))).status_code == 404
    assert till.post(path, showtime_body(elsewhere)).status_code == 404
    assert till.post(f"/events/{uuid.uuid4()}/showtimes", showtime_body(stage)).status_code == 404


def test_a_repeated_request_makes_one_venue(till: Api) -> None:
    first = till.post("/venue", VENUE, Idempotency_Key="v-1")
    again = till.post("/venue", VENUE, Idempotency_Key="v-1")

    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotency-Replayed"] == "true"
    assert Cinema.objects.filter(name="Cineplex 101").count() == 1
    refused = till.post("/venue", VENUE | {"name": "Other"}, Idempotency_Key="v-1")
    assert refused.status_code == 422


def test_a_refused_request_is_tried_again_under_its_key(till: Api) -> None:
    assert till.post("/events", {"name": ""}, Idempotency_Key="e-1").status_code == 422
    assert till.post("/events", {"name": "Good"}, Idempotency_Key="e-1").status_code == 201


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""}, {"name": 7}, {"name": "x" * 256}, {"name": "a\u202eb"}, {"name": None}, {"address": "Kathmandu"},
        {"address": {}}, {"location": {"lat": 91, "lon": 0}}, {"location": {"lat": True, "lon": 0}},
        {"location": {"lat": "27.7", "lon": 85}}, {"location": {"lat": 27.7}}, {"location": {"lat": 1e300, "lon": 0}},
        {"location": None}, {"imageUrls": "x"}, {"imageUrls": [1]}, {"imageUrls": ["x"] * 21},
    ],
)  # fmt: skip
def test_a_wrong_venue_is_refused_by_its_place(till: Api, wrong: dict[str, Any]) -> None:
    refused = till.post("/venue", VENUE | wrong)

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"].startswith(f"/{next(iter(wrong))}")


def test_what_is_not_asked_for_is_not_taken(stage: Stage, till: Api) -> None:
    made = till.post("/venue", VENUE | {"id": stage.path, "currency": "USD", "is_active": False, "slug": "mine"})

    cinema = Cinema.objects.get(pk=made.json()["venueId"])
    assert (cinema.currency, cinema.is_active) == ("NPR", True)
    assert cinema.slug != "mine"


def paths(stage: Stage) -> list[tuple[str, dict[str, Any]]]:
    return [
        ("/venue", VENUE),
        (f"/venue/{stage.cinema.pk}/hall", {"hallName": "Hall 7", "seatLayout": LAYOUT}),
        ("/events", EVENT),
        (f"/events/{stage.movie.pk}/showtimes", showtime_body(stage)),
    ]


def test_who_may_not_change_the_catalogue_is_refused(stage: Stage, api: Api, asha: User, chandra: User) -> None:
    _channel, unscoped = cast.make_channel(
        "Reader", kind="THEATRE", sources=["WALK_IN"], cinemas=(stage.cinema,), scopes=["seatsync:write"]
    )

    for path, body in paths(stage):
        assert Api().post(path, body).status_code == 401
        assert Api("ssk_test_x").post(path, body).status_code == 401
        assert Api(unscoped).post(path, body).status_code == 403
        for person in (asha, chandra):
            api.client.force_login(person)
            assert api.post(path, body).status_code == 403
    assert Cinema.objects.count() == 1


def test_managers_make_halls_events_and_showtimes_but_no_venues(stage: Stage, api: Api, devi: User) -> None:
    api.client.force_login(devi)

    assert [api.post(path, body).status_code for path, body in paths(stage)] == [403, 201, 201, 201]
