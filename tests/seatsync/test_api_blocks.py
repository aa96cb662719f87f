"""OP3: keeping seats back, over one or several showtimes, never over somebody's seat."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bookings.services import holds
from seatsync import blocking
from seatsync.models import SeatEvent
from showsewa.models import User
from tests import cast
from tests.cast import Stage
from tests.conftest import Api

pytestmark = pytest.mark.django_db


@pytest.fixture
def till(stage: Stage) -> Api:
    return Api(cast.till(stage))


def ids_of(api: Api, showtime_id: object) -> dict[str, str]:
    rows = api.get(f"/showtimes/{showtime_id}/seats").json()["layout"]["rows"]
    return {seat["label"]: seat["id"] for row in rows for seat in row["seats"]}


def block(api: Api, seats: list[str], *, path: str = "block", **more: Any) -> Any:
    return api.post(f"/seat-sync/{path}", {"seatIds": seats, "reason": "Maintenance"} | more)


def test_seats_are_blocked_by_id_as_seed_000_says(stage: Stage, till: Api) -> None:
    ids = ids_of(till, stage.path)

    answer = block(till, [ids["A1"], ids["B2"]])

    assert answer.status_code == 200
    body = answer.json()
    assert (body["success"], body["message"]) == (True, "2 seats blocked.")
    assert (body["data"]["blockedCount"], body["data"]["reason"]) == (2, "Maintenance")
    assert body["data"]["showtimes"] == [{"showtimeId": stage.path, "version": 1}]
    assert (stage.states()["A1"], stage.states()["B2"]) == ("BLOCKED", "BLOCKED")
    assert stage.journal()[0].reason == "Maintenance"


def test_labels_need_their_showtime(stage: Stage, till: Api) -> None:
    assert block(till, ["A1"]).status_code == 422
    assert block(till, ["A1"], showtimeId=stage.path).status_code == 200


def test_seats_of_several_showtimes_are_blocked_together_or_not_at_all(stage: Stage, till: Api) -> None:
    later = cast.make_showtime(stage.hall, stage.movie, starts_at=stage.showtime.starts_at + timedelta(hours=5))
    seats = [ids_of(till, stage.path)["A1"], ids_of(till, later.pk)["A1"]]
    held = holds.hold_seats(showtime_id=later.pk, seats=["A1"], actor=cast.ASHA)

    refused = block(till, seats)
    holds.release(booking_id=held.booking.pk, actor=cast.ASHA)
    answer = block(till, seats)

    assert refused.status_code == 409
    assert refused.json()["conflicts"] == [{"seatId": seats[1], "label": "A1", "status": "HELD"}]
    assert answer.json()["data"]["blockedCount"] == 2
    assert len(answer.json()["data"]["showtimes"]) == 2


def test_a_block_is_never_over_a_hold_a_sale_or_a_block(stage: Stage, till: Api) -> None:
    holds.hold_seats(showtime_id=stage.showtime.pk, seats=["A1"], actor=cast.ASHA)
    sale = {"seatNumber": "A2", "status": "BOOKED", "bookingSource": "WALK_IN", "bookingReference": "POS-1"}
    till.post("/seat-sync/bulk-update", {"showtimeId": stage.path, "seatUpdates": [sale]})
    block(till, ["A3"], showtimeId=stage.path)

    refused = block(till, ["A1", "A2", "A3", "A4"], showtimeId=stage.path)

    assert (refused.status_code, refused.json()["code"]) == (409, "SEAT_UNAVAILABLE")
    assert [row["status"] for row in refused.json()["conflicts"]] == ["HELD", "BOOKED", "BLOCKED"]
    assert stage.states()["A4"] == "AVAILABLE"


def test_blocked_seats_come_back_on_sale(stage: Stage, till: Api) -> None:
    block(till, ["A1", "A2"], showtimeId=stage.path)

    answer = till.post("/seat-sync/unblock", {"seatIds": ["A1"], "showtimeId": stage.path})
    refused = till.post("/seat-sync/unblock", {"seatIds": ["A1"], "showtimeId": stage.path})

    assert (answer.status_code, answer.json()["data"]["unblockedCount"]) == (200, 1)
    assert (stage.states()["A1"], stage.states()["A2"]) == ("AVAILABLE", "BLOCKED")
    assert refused.status_code == 409


def test_a_reason_is_needed(stage: Stage, till: Api) -> None:
    refused = block(till, ["A1"], showtimeId=stage.path, reason=" ")

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/reason")


def test_a_block_may_end_by_itself(stage: Stage, till: Api) -> None:
    until = (timezone.now() + timedelta(hours=1)).replace(microsecond=0)

    answer = block(till, ["A1", "A2"], showtimeId=stage.path, until=until.isoformat())
    block(till, ["B1"], showtimeId=stage.path, until=None)

    assert (answer.status_code, answer.json()["data"]["until"]) == (200, f"{until:%Y-%m-%dT%H:%M:%SZ}")
    assert blocking.end_due(now=until - timedelta(seconds=1)) == 0
    assert stage.states()["A1"] == "BLOCKED"
    assert blocking.end_due(now=until) == 2
    states = stage.states()
    assert (states["A1"], states["A2"], states["B1"]) == ("AVAILABLE", "AVAILABLE", "BLOCKED")
    assert (stage.journal()[-1].action, stage.journal()[-1].actor) == ("UNBLOCK", "system")
    assert blocking.end_due(now=until + timedelta(days=1)) == 0


def test_an_end_counts_for_its_own_block_only(stage: Stage, till: Api) -> None:
    """Blocked until later, freed or sold meanwhile, and blocked anew for good."""
    until = timezone.now() + timedelta(hours=1)
    block(till, ["A1", "A2"], showtimeId=stage.path, until=until.isoformat())
    block(till, ["A1"], showtimeId=stage.path, path="unblock")
    line = {"seatNumber": "A2", "bookingSource": "WALK_IN", "bookingReference": "POS-1"}
    for status in ("BOOKED", "AVAILABLE"):
        till.post("/seat-sync/bulk-update", {"showtimeId": stage.path, "seatUpdates": [line | {"status": status}]})
    block(till, ["A1", "A2"], showtimeId=stage.path)

    assert blocking.end_due(now=until) == 0
    assert (stage.states()["A1"], stage.states()["A2"]) == ("BLOCKED", "BLOCKED")


@pytest.mark.parametrize("until", ["2020-01-01T00:00:00Z", "2099-01-01T00:00:00", "tomorrow", 7, ["x"], True])
def test_a_block_ends_at_a_time_to_come_with_its_zone(stage: Stage, till: Api, until: Any) -> None:
    refused = block(till, ["A1"], showtimeId=stage.path, until=until)

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/until")
    assert stage.states()["A1"] == "AVAILABLE"


def test_unknown_and_repeated_seats_are_refused(stage: Stage, till: Api) -> None:
    seat = ids_of(till, stage.path)["A1"]

    assert block(till, ["seat_999999999"]).json()["unknownSeats"] == ["seat_999999999"]
    assert block(till, ["Z9"], showtimeId=stage.path).status_code == 404
    assert block(till, [seat, seat]).status_code == 422
    assert block(till, [seat, "A1"], showtimeId=stage.path).status_code == 404
    assert block(till, []).status_code == 422
    assert SeatEvent.objects.count() == 0


def test_a_key_brings_the_first_answer_again(stage: Stage, till: Api) -> None:
    body = {"seatIds": ["A1"], "showtimeId": stage.path, "reason": "Broken"}

    first = till.post("/seat-sync/block", body, Idempotency_Key="b-1")
    again = till.post("/seat-sync/block", body, Idempotency_Key="b-1")

    assert (again.status_code, again.json()) == (200, first.json())


def test_managers_block_at_their_own_cinemas(stage: Stage, api: Api, devi: User) -> None:
    elsewhere = cast.make_stage(name="Other")
    api.client.force_login(devi)
    api.client.handler.enforce_csrf_checks = False

    assert block(api, ["A1"], showtimeId=stage.path).status_code == 200
    assert block(api, ["A1"], showtimeId=elsewhere.path).status_code == 404
    assert block(api, [ids_of(api, elsewhere.path)["A1"]]).status_code == 404


@pytest.mark.parametrize("path", ["block", "unblock"])
def test_who_may_not_block_is_refused(stage: Stage, api: Api, asha: User, chandra: User, path: str) -> None:
    elsewhere = cast.make_stage(name="Other")
    _channel, unscoped = cast.make_channel(
        "Reader", kind="THEATRE", sources=["WALK_IN"], cinemas=(stage.cinema,), scopes=["inventory:read"]
    )

    assert block(api, ["A1"], showtimeId=stage.path, path=path).status_code == 401
    assert block(Api("ssk_test_x"), ["A1"], showtimeId=stage.path, path=path).status_code == 401
    assert block(Api(unscoped), ["A1"], showtimeId=stage.path, path=path).status_code == 403
    assert block(Api(cast.till(elsewhere)), ["A1"], showtimeId=stage.path, path=path).status_code == 404
    for person in (asha, chandra):
        api.client.force_login(person)
        assert block(api, ["A1"], showtimeId=stage.path, path=path).status_code == 403
    assert SeatEvent.objects.count() == 0


def test_a_cookie_without_its_csrf_token_is_refused(stage: Stage, devi: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(devi)

    refused = block(Api(client=client), ["A1"], showtimeId=stage.path)

    assert refused.status_code == 403
    assert stage.states()["A1"] == "AVAILABLE"
