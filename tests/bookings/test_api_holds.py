"""Holding seats over HTTP: OP8 and OP13."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from bookings.api import schemas
from bookings.models import Booking
from seatsync.models import ShowSeat
from tests import cast, purchase
from tests.conftest import Api
from tests.purchase import AS_ASHA, AS_BIKASH
from venues.models import Showtime


def code(response) -> tuple[int, str]:
    return response.status_code, response.json().get("code", "")


def test_a_hold_answers_with_seats_sum_and_deadline(stage: cast.Stage, api: Api) -> None:
    held = purchase.hold(api, stage, "A1", "A2")

    assert set(held) == set(schemas.HoldOut().fields)
    assert held["totalAmount"] == 900 and held["currency"] == "NPR"
    seat = ShowSeat.objects.get(showtime_id=stage.showtime.pk, label="A1")
    first = {"id": f"seat_{seat.pk}", "seatNumber": "A1", "row": "A", "number": 1, "type": "STANDARD", "price": 450}
    assert held["seats"][0] == first
    kept = parse_datetime(held["expiresAt"]) - parse_datetime(held["serverTime"])
    assert kept == timedelta(minutes=5)
    assert stage.states()["A1"] == stage.states()["A2"] == "HELD"


def test_a_hold_takes_at_most_eight_statements_whatever_the_number_of_seats(stage: cast.Stage, api: Api) -> None:
    purchase.hold(api, stage, "C5", token="the-first-of-this-process-reads-the-layout")

    counts = []
    for token, seats in (("one", ["A1"]), ("ten", [f"{row}{n}" for row in "AB" for n in range(1, 6)][1:])):
        with CaptureQueriesContext(connection) as queries:
            purchase.hold(api, stage, *seats, token=token)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 8, queries.captured_queries


def test_seats_are_named_by_id_or_label(stage: cast.Stage, api: Api) -> None:
    ids = [seat["id"] for seat in purchase.hold(api, stage, "B1", "B2")["seats"]]

    again = purchase.hold(api, stage, ids[1], "B3")

    assert [seat["seatNumber"] for seat in again["seats"]] == ["B2", "B3"]


def test_choosing_again_replaces_the_set_under_the_same_hold(stage: cast.Stage, api: Api) -> None:
    first = purchase.hold(api, stage, "A1", "A2")

    second = purchase.hold(api, stage, "A2", "A3")

    assert second["holdId"] == first["holdId"]
    assert [label for label, status in stage.states().items() if status == "HELD"] == ["A2", "A3"]


def test_a_second_buyer_is_refused_and_told_which_seats(stage: cast.Stage, api: Api) -> None:
    purchase.hold(api, stage, "A1", "A2")

    body = {"showtimeId": stage.path, "seatIds": ["A2", "A3"], "sessionToken": cast.BIKASH_TOKEN}
    refused = api.post("/bookings/hold", body)

    assert code(refused) == (409, "SEAT_UNAVAILABLE")
    assert refused["Content-Type"] == "application/problem+json"
    assert [(seat["label"], seat["status"]) for seat in refused.json()["conflicts"]] == [("A2", "HELD")]
    assert stage.states()["A3"] == "AVAILABLE"


def test_a_caller_without_any_name_is_told_to_bring_one(stage: cast.Stage, api: Api) -> None:
    refused = api.post("/bookings/hold", {"showtimeId": stage.path, "seatIds": ["A1"]})

    assert code(refused) == (422, "SESSION_TOKEN_REQUIRED")
    assert refused.json()["errors"][0]["pointer"] == "/sessionToken"
    assert api.post("/bookings/hold", {"showtimeId": stage.path, "seatIds": ["A1"]}, **AS_ASHA).status_code == 201


def test_a_user_id_from_a_stranger_is_a_guest_key_and_never_reaches_the_account(
    stage: cast.Stage, api: Api, asha
) -> None:
    body = {"showtimeId": stage.path, "seatIds": ["A1"], "userId": str(asha.pk)}

    held = api.post("/bookings/hold", body).json()

    booking = Booking.objects.get(pk=held["holdId"])
    assert booking.user_id is None
    assert booking.owner.startswith("session:")


def test_somebody_signed_in_may_name_no_other_user(stage: cast.Stage, asha, bikash) -> None:
    client = Client()
    client.force_login(asha)
    as_asha = Api(client=client)

    def body(user_id: object) -> dict[str, object]:
        return {"showtimeId": stage.path, "seatIds": ["A1"], "userId": str(user_id)}

    assert code(as_asha.post("/bookings/hold", body(bikash.pk))) == (403, "FORBIDDEN")
    assert as_asha.post("/bookings/hold", body(asha.pk)).status_code == 201
    assert Booking.objects.get().user_id == asha.pk


def test_a_platforms_customers_hold_apart(stage: cast.Stage) -> None:
    platform = Api(cast.moviepass(stage))

    first = purchase.hold(platform, stage, "A1", token="customer-1")
    second = purchase.hold(platform, stage, "A2", token="customer-2")
    changed = purchase.hold(platform, stage, "A3", token="customer-1")

    assert first["holdId"] == changed["holdId"] != second["holdId"]
    assert [label for label, status in stage.states().items() if status == "HELD"] == ["A2", "A3"]
    booking = Booking.objects.get(pk=second["holdId"])
    assert booking.channel is not None and booking.source == "OTHER_PLATFORM"


def test_holds_of_a_platform_that_names_no_customer_do_not_replace_each_other(stage: cast.Stage) -> None:
    platform = Api(cast.moviepass(stage))

    for seat in ("A1", "A2", "A3"):
        assert platform.post("/bookings/hold", {"showtimeId": stage.path, "seatIds": [seat]}).status_code == 201

    assert list(stage.states().values()).count("HELD") == 3


@pytest.mark.parametrize(
    ("seats", "answer"),
    [
        ([], (422, "SEAT_LIMIT")),
        (["A1", "A1"], (422, "VALIDATION_FAILED")),
        ([f"{row}{n}" for row in "ABC" for n in range(1, 5)], (422, "SEAT_LIMIT")),
        (["A1"] * 10_000, (422, "VALIDATION_FAILED")),
        (["Z9"], (404, "NOT_FOUND")),
        (["seat_999999999"], (404, "NOT_FOUND")),
    ],
)
def test_seats_that_cannot_be_meant_are_refused(stage: cast.Stage, api: Api, seats: list[str], answer) -> None:
    body = {"showtimeId": stage.path, "seatIds": seats, "sessionToken": "t"}

    assert code(api.post("/bookings/hold", body)) == answer
    assert set(stage.states().values()) == {"AVAILABLE"}


def test_seats_of_another_show_are_not_found(stage: cast.Stage, api: Api) -> None:
    other = cast.make_stage(name="Rara Cinema")
    foreign = ShowSeat.objects.filter(showtime_id=other.showtime.pk).first()

    refused = api.post(
        "/bookings/hold", {"showtimeId": stage.path, "seatIds": [f"seat_{foreign.pk}"], "sessionToken": "t"}
    )

    assert code(refused) == (404, "NOT_FOUND")
    assert refused.json()["unknownSeats"] == [f"seat_{foreign.pk}"]


def test_a_show_that_is_unknown_over_or_not_on_sale_is_refused(stage: cast.Stage, api: Api) -> None:
    def answer(showtime_id: object) -> tuple[int, str]:
        return code(
            api.post("/bookings/hold", {"showtimeId": str(showtime_id), "seatIds": ["A1"], "sessionToken": "t"})
        )

    closed = cast.make_showtime(stage.hall, stage.movie, starts_at=timezone.now() + timedelta(days=2), is_open=False)
    assert answer(uuid.uuid4()) == (404, "NOT_FOUND")
    assert answer(closed.pk) == (409, "NOT_ON_SALE")
    Showtime.objects.filter(pk=stage.showtime.pk).update(starts_at=timezone.now() - timedelta(minutes=1))
    assert answer(stage.showtime.pk) == (422, "SHOW_STARTED")


def test_a_wish_for_more_time_is_kept_within_bounds(stage: cast.Stage, api: Api) -> None:
    def kept(seconds: int, token: str, seat: str) -> float:
        body = {"showtimeId": stage.path, "seatIds": [seat], "sessionToken": token, "holdTimeoutSeconds": seconds}
        held = api.post("/bookings/hold", body).json()
        return (parse_datetime(held["expiresAt"]) - parse_datetime(held["serverTime"])).total_seconds()

    assert kept(1, "a", "A1") == 60
    assert kept(400, "b", "A2") == 400
    assert kept(10**9, "c", "A3") == 600


def test_nobody_holds_seats_of_a_third_show(stage: cast.Stage, api: Api) -> None:
    shows = [
        cast.make_showtime(stage.hall, stage.movie, starts_at=timezone.now() + timedelta(days=day)) for day in (1, 2)
    ]
    purchase.hold(api, stage, "A1")
    body = {"seatIds": ["A1"], "sessionToken": cast.ASHA_TOKEN}
    assert api.post("/bookings/hold", body | {"showtimeId": str(shows[0].pk)}).status_code == 201

    assert code(api.post("/bookings/hold", body | {"showtimeId": str(shows[1].pk)})) == (422, "HOLD_LIMIT")


def test_a_hold_is_extended_once_by_its_owner(stage: cast.Stage, api: Api) -> None:
    held = purchase.hold(api, stage, "A1")
    path = f"/bookings/hold/{held['holdId']}/extend"

    assert code(api.post(path)) == (404, "NOT_FOUND")
    assert code(api.post(path, {"sessionToken": cast.BIKASH_TOKEN})) == (404, "NOT_FOUND")
    longer = api.post(path, {"sessionToken": cast.ASHA_TOKEN})
    assert set(longer.json()) == set(schemas.ExtendedOut().fields)
    assert parse_datetime(longer.json()["expiresAt"]) - parse_datetime(held["expiresAt"]) == timedelta(minutes=2)
    assert code(api.post(path, **AS_ASHA)) == (409, "ALREADY_EXTENDED")


def test_a_lapsed_hold_is_not_extended(stage: cast.Stage, api: Api) -> None:
    held = purchase.hold(api, stage, "A1")
    Booking.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert code(api.post(f"/bookings/hold/{held['holdId']}/extend", **AS_ASHA)) == (410, "HOLD_EXPIRED")


def test_only_its_owner_lets_a_hold_go_and_once_more_changes_nothing(stage: cast.Stage, api: Api) -> None:
    path = f"/bookings/hold/{purchase.hold(api, stage, 'A1', 'A2')['holdId']}"

    assert code(api.send("DELETE", path)) == (404, "NOT_FOUND")
    assert code(api.send("DELETE", path, **AS_BIKASH)) == (404, "NOT_FOUND")
    assert api.send("DELETE", path, **AS_ASHA).json() == {"released": 2}
    assert set(stage.states().values()) == {"AVAILABLE"}
    assert api.send("DELETE", path, **AS_ASHA).json() == {"released": 0}


def test_all_holds_of_a_guest_go_by_the_guests_own_key(stage: cast.Stage, api: Api) -> None:
    purchase.hold(api, stage, "A1", "A2")
    purchase.hold(api, stage, "B1", token=cast.BIKASH_TOKEN)

    assert api.send("DELETE", "/bookings/holds/somebody").json() == {"released": 0}
    assert code(api.send("DELETE", f"/bookings/holds/{cast.ASHA_TOKEN}", **AS_BIKASH)) == (403, "FORBIDDEN")
    assert api.send("DELETE", f"/bookings/holds/{cast.ASHA_TOKEN}").json() == {"released": 2}
    assert api.send("DELETE", "/bookings/holds/me", **AS_BIKASH).json() == {"released": 1}


def test_an_account_is_not_reached_by_its_id(stage: cast.Stage, api: Api, asha) -> None:
    client = Client()
    client.force_login(asha)
    as_asha = Api(client=client)
    as_asha.post("/bookings/hold", {"showtimeId": stage.path, "seatIds": ["A1"]})

    assert api.send("DELETE", f"/bookings/holds/{asha.pk}").json() == {"released": 0}
    assert code(as_asha.send("DELETE", f"/bookings/holds/{uuid.uuid4()}")) == (403, "FORBIDDEN")
    assert as_asha.send("DELETE", f"/bookings/holds/{asha.pk}").json() == {"released": 1}
