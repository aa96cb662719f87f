"""OP2: what happens to each seat a channel reports (RELIABILITY E1), through HTTP."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from bookings.models import Booking, Ticket
from bookings.services import checkout, holds
from seatsync.models import Conflict, SeatEvent
from showsewa.models import User
from tests import cast
from tests.cast import Stage
from tests.conftest import Api
from venues.models import Showtime

pytestmark = pytest.mark.django_db

PATH = "/seat-sync/bulk-update"


@pytest.fixture
def till(stage: Stage) -> Api:
    return Api(cast.till(stage))


@pytest.fixture
def moviepass(stage: Stage) -> Api:
    return Api(cast.moviepass(stage))


def line(seat: str, status: str = "BOOKED", *, reference: str = "POS-1", source: str = "WALK_IN", **more: Any) -> Any:
    return {"seatNumber": seat, "status": status, "bookingSource": source, "bookingReference": reference} | more


def report(api: Api, stage: Stage, *lines: Any, **more: Any) -> Any:
    return api.post(PATH, {"showtimeId": stage.path, "seatUpdates": list(lines)} | more)


def outcomes(answer: Any) -> list[str]:
    return [result["outcome"] for result in answer.json()["data"]["results"]]


def test_a_walk_in_sale_of_three_seats_is_one_booking(stage: Stage, till: Api) -> None:
    answer = report(till, stage, line("A1", timestamp=timezone.now().isoformat()), line("A2"), line("A3"))

    assert answer.status_code == 200
    body = answer.json()
    assert (body["success"], body["version"]) == (True, 1)
    assert (body["data"]["updated"], body["data"]["failed"]) == (3, 0)
    assert body["data"]["results"][0] == {
        "seatNumber": "A1", "success": True, "status": "BOOKED", "outcome": "applied", "version": 1,
    }  # fmt: skip
    booking = Booking.objects.get()
    assert (booking.source, booking.external_reference, booking.status) == ("WALK_IN", "POS-1", "CONFIRMED")
    assert booking.seat_labels == ["A1", "A2", "A3"]


def test_seats_may_be_named_by_id(stage: Stage, till: Api, api: Api) -> None:
    seat = api.get(f"/showtimes/{stage.path}/seats").json()["layout"]["rows"][0]["seats"][1]

    answer = report(till, stage, line(seat["id"]))

    assert answer.json()["data"]["results"][0]["status"] == "BOOKED"
    assert stage.states()["A2"] == "BOOKED"


def test_the_same_sale_again_is_a_duplicate(stage: Stage, till: Api) -> None:
    report(till, stage, line("A1"))

    answer = report(till, stage, line("A1"))

    assert (answer.status_code, outcomes(answer)) == (200, ["duplicate"])
    assert Booking.objects.count() == 1
    assert len(stage.journal()) == 1


def test_a_seat_more_under_the_same_reference_joins_the_booking(stage: Stage, till: Api) -> None:
    report(till, stage, line("A1"))

    answer = report(till, stage, line("A2"))

    assert outcomes(answer) == ["applied"]
    assert Booking.objects.get().seat_labels == ["A1", "A2"]


def test_a_sale_wins_over_a_hold_which_keeps_its_other_seats(stage: Stage, till: Api) -> None:
    held = holds.hold_seats(showtime_id=stage.showtime.pk, seats=["A1", "A2"], actor=cast.ASHA)

    answer = report(till, stage, line("A1"))

    assert (answer.status_code, outcomes(answer)) == (200, ["applied_over_hold"])
    held.booking.refresh_from_db()
    assert (held.booking.status, held.booking.seat_labels) == ("HELD", ["A2"])
    assert held.booking.expires_at - timezone.now() > timedelta(minutes=2, seconds=50)
    assert (stage.states()["A1"], stage.states()["A2"]) == ("BOOKED", "HELD")


def test_a_hold_that_loses_its_only_seat_is_over(stage: Stage, till: Api) -> None:
    held = holds.hold_seats(showtime_id=stage.showtime.pk, seats=["A1"], actor=cast.ASHA)

    assert outcomes(report(till, stage, line("A1"))) == ["applied_over_hold"]

    held.booking.refresh_from_db()
    assert (held.booking.status, held.booking.ending) == ("CANCELLED", "SEAT_LOST")


def test_a_sale_wins_over_a_booking_in_payment(stage: Stage, till: Api) -> None:
    held = holds.hold_seats(showtime_id=stage.showtime.pk, seats=["A1", "A2"], actor=cast.ASHA)
    checkout.open_payment(
        booking_id=held.booking.pk, buyer=checkout.Buyer("Asha", "asha@example.com"), payment_method="CARD",
        actor=cast.ASHA, now=timezone.now(),
    )  # fmt: skip

    answer = report(till, stage, line("A1"))

    assert (answer.status_code, outcomes(answer)) == (200, ["applied_over_payment"])
    held.booking.refresh_from_db()
    assert (held.booking.status, held.booking.ending) == ("CANCELLED", "SEAT_LOST")
    assert (stage.states()["A1"], stage.states()["A2"]) == ("BOOKED", "AVAILABLE")


def test_a_sale_wins_over_a_block(stage: Stage, till: Api) -> None:
    till.post("/seat-sync/block", {"showtimeId": stage.path, "seatIds": ["A1"], "reason": "House seat"})

    assert outcomes(report(till, stage, line("A1"))) == ["applied_over_block"]
    assert stage.states()["A1"] == "BOOKED"


def test_a_seat_sold_twice_stays_with_the_first_and_becomes_a_conflict(stage: Stage, till: Api, moviepass: Api) -> None:
    report(till, stage, line("A1"))

    answer = report(
        moviepass, stage, line("A1", reference="MP-9", source="OTHER_PLATFORM"),
        line("A2", reference="MP-9", source="OTHER_PLATFORM"),
    )  # fmt: skip

    assert answer.status_code == 207
    body = answer.json()
    assert (body["success"], body["data"]["updated"], body["data"]["failed"]) == (False, 1, 1)
    lost = body["data"]["results"][0]
    conflict = Conflict.objects.get()
    assert lost == {
        "seatNumber": "A1", "success": False, "status": "BOOKED", "outcome": "conflict", "code": "SEAT_SOLD",
        "conflictId": str(conflict.pk), "holderSource": "WALK_IN", "version": body["version"],
    }  # fmt: skip
    assert "POS-1" not in answer.content.decode()  # another channel's reference is not theirs to know
    assert Ticket.objects.filter(released_at=None, label="A1").count() == 1


def test_a_conflict_reported_again_is_the_same_conflict(stage: Stage, till: Api, moviepass: Api) -> None:
    report(till, stage, line("A1"))
    claim = line("A1", reference="MP-9", source="OTHER_PLATFORM")

    answers = [report(moviepass, stage, claim) for _try in range(2)]

    assert [answer.status_code for answer in answers] == [207, 207]
    assert Conflict.objects.count() == 1


def test_only_its_seller_frees_a_sale(stage: Stage, till: Api, moviepass: Api) -> None:
    report(till, stage, line("A1"), line("A2"))

    foreign = report(moviepass, stage, line("A1", "AVAILABLE", source="OTHER_PLATFORM"))
    misnamed = report(till, stage, line("A1", "AVAILABLE", reference="POS-2"))
    own = report(till, stage, line("A1", "AVAILABLE"))
    again = report(till, stage, line("A1", "AVAILABLE"))

    assert (foreign.status_code, outcomes(foreign)) == (207, ["not_yours"])
    assert outcomes(misnamed) == ["not_yours"]
    assert (own.status_code, outcomes(own), outcomes(again)) == (200, ["applied"], ["duplicate"])
    assert (stage.states()["A1"], stage.states()["A2"]) == ("AVAILABLE", "BOOKED")
    assert Booking.objects.get().seat_labels == ["A2"]


def test_a_customers_hold_is_not_a_channels_to_free(stage: Stage, till: Api) -> None:
    holds.hold_seats(showtime_id=stage.showtime.pk, seats=["A1"], actor=cast.ASHA)

    assert outcomes(report(till, stage, line("A1", "AVAILABLE", reference=""))) == ["not_yours"]
    assert stage.states()["A1"] == "HELD"


def test_a_sale_freed_and_moved_in_one_report_is_a_live_booking(stage: Stage, till: Api) -> None:
    report(till, stage, line("A1"))

    answer = report(till, stage, line("A1", "AVAILABLE"), line("A2"))

    assert outcomes(answer) == ["applied", "applied"]
    live = Ticket.objects.select_related("booking").get(label="A2", released_at=None)
    assert live.booking.status == "CONFIRMED"


def test_a_seat_may_be_blocked_and_unblocked_by_report(stage: Stage, till: Api) -> None:
    answer = report(till, stage, line("A1", "BLOCKED", reference=""))
    twice = report(till, stage, line("A1", "BLOCKED", reference=""))
    freed = report(till, stage, line("A1", "AVAILABLE", reference=""))

    assert [outcomes(each) for each in (answer, twice, freed)] == [["applied"], ["duplicate"], ["applied"]]


def test_a_block_does_not_go_over_a_hold_or_a_sale(stage: Stage, till: Api) -> None:
    holds.hold_seats(showtime_id=stage.showtime.pk, seats=["A1"], actor=cast.ASHA)
    report(till, stage, line("A2"))

    answer = report(till, stage, line("A1", "BLOCKED"), line("A2", "BLOCKED"))

    assert (answer.status_code, outcomes(answer)) == (207, ["rejected", "rejected"])


def test_unknown_seats_are_rejected_one_by_one_and_repeated_ones_known(stage: Stage, till: Api) -> None:
    answer = report(till, stage, line("Z9"), line("A1"), line("A1"), line("seat_999999999999"))

    assert answer.status_code == 207
    results = answer.json()["data"]["results"]
    assert [result["outcome"] for result in results] == ["rejected", "applied", "duplicate", "rejected"]
    assert [result.get("code") for result in results] == ["UNKNOWN_SEAT", None, None, "UNKNOWN_SEAT"]
    assert [result["status"] for result in results] == [None, "BOOKED", "BOOKED", None]


def test_a_show_that_is_over_takes_no_sale(stage: Stage, till: Api) -> None:
    past = timezone.now() - timedelta(hours=4)
    Showtime.objects.filter(pk=stage.showtime.pk).update(
        starts_at=past, ends_at=past + timedelta(hours=2), busy_until=past + timedelta(hours=2)
    )

    answer = report(till, stage, line("A1"))

    assert (answer.status_code, outcomes(answer)) == (207, ["rejected"])
    assert answer.json()["data"]["results"][0]["code"] == "SHOW_OVER"


@pytest.mark.parametrize("how", [{"atomic": True}, {"mode": "all_or_nothing"}])
def test_all_or_nothing_changes_nothing_when_one_seat_is_gone(
    stage: Stage, till: Api, moviepass: Api, how: dict[str, Any]
) -> None:
    report(till, stage, line("A1"))
    wanted = [line(seat, reference="MP-1", source="OTHER_PLATFORM") for seat in ("A1", "A2")]

    refused = report(moviepass, stage, *wanted, **how)
    alone = report(moviepass, stage, wanted[1], **how)

    assert refused.status_code == 409
    body = refused.json()
    assert body["code"] == "SEAT_UNAVAILABLE"
    assert (body["data"]["updated"], body["data"]["failed"]) == (0, 2)
    assert [result["outcome"] for result in body["data"]["results"]] == ["conflict", "rejected"]
    assert [result["code"] for result in body["data"]["results"]] == ["SEAT_SOLD", "NOT_ALL"]
    assert [result["status"] for result in body["data"]["results"]] == ["BOOKED", "AVAILABLE"]
    assert "conflictId" not in body["data"]["results"][0]
    assert body["conflicts"] == [{"label": "A1", "status": "BOOKED"}]
    assert (alone.status_code, stage.states()["A2"]) == (200, "BOOKED")
    assert Conflict.objects.count() == 0


def test_a_key_brings_the_first_answer_again(stage: Stage, till: Api) -> None:
    body = {"showtimeId": stage.path, "seatUpdates": [line("A1")]}

    first = till.post(PATH, body, Idempotency_Key="report-1")
    again = till.post(PATH, body, Idempotency_Key="report-1")
    other = till.post(PATH, body | {"seatUpdates": [line("A2")]}, Idempotency_Key="report-1")

    assert first.json() == again.json()
    assert outcomes(again) == ["applied"]
    assert again["Idempotency-Replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")


def test_the_answer_of_a_conflict_is_kept_as_well(stage: Stage, till: Api, moviepass: Api) -> None:
    report(till, stage, line("A1"))
    body = {"showtimeId": stage.path, "seatUpdates": [line("A1", reference="MP-1", source="OTHER_PLATFORM")]}

    answers = [moviepass.post(PATH, body, Idempotency_Key="k-1") for _try in range(2)]

    assert [answer.status_code for answer in answers] == [207, 207]
    assert answers[0].json() == answers[1].json()


def test_a_source_that_is_not_its_own_is_forbidden(stage: Stage, till: Api) -> None:
    refused = report(till, stage, line("A1", source="SHOWSEWA"))

    assert (refused.status_code, refused.json()["code"]) == (403, "FORBIDDEN")
    assert stage.states()["A1"] == "AVAILABLE"


def test_another_cinemas_showtime_is_not_found(stage: Stage, till: Api) -> None:
    elsewhere = cast.make_stage(name="Other")

    assert report(till, elsewhere, line("A1")).status_code == 404
    assert report(till, stage, line("A1")).status_code == 200


def test_only_channels_that_may_report_do(stage: Stage, api: Api, asha: User, devi: User) -> None:
    assert report(api, stage, line("A1")).status_code == 401
    assert report(Api("ssk_test_gone"), stage, line("A1")).status_code == 401
    for person in (asha, devi):
        api.client.force_login(person)
        assert report(api, stage, line("A1")).status_code == 403
    _channel, token = cast.make_channel(
        "Reader", kind="THEATRE", sources=["WALK_IN"], cinemas=(stage.cinema,), scopes=["inventory:read"]
    )
    assert report(Api(token), stage, line("A1")).status_code == 403
    assert SeatEvent.objects.count() == 0


def test_a_time_needs_its_zone_and_may_not_lie_ahead(stage: Stage, till: Api) -> None:
    ahead = (timezone.now() + timedelta(minutes=6)).isoformat()
    nearly = (timezone.now() + timedelta(minutes=4)).isoformat()

    for wrong in ("2026-01-15T10:30:00", ahead, "yesterday", "2026-02-30T10:00:00Z", 5, "0001-01-01T00:00:00+05:45"):
        refused = report(till, stage, line("A1", timestamp=wrong))
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"] == "/seatUpdates/0/timestamp"
    assert report(till, stage, line("A1", timestamp=nearly)).status_code == 200
    old = line("A2", reference="POS-0", timestamp="2024-01-15T10:30:00+05:45")
    refused = report(till, stage, old)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "BACKFILL_REQUIRED")
    assert report(till, stage, old, backfill=True).status_code == 200


def test_faults_are_named_by_their_place(stage: Stage, till: Api) -> None:
    refused = report(till, stage, line("A1"), line("A2", "SOLD"), line("A3", reference=""))

    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [
        "/seatUpdates/1/status",
        "/seatUpdates/2/bookingReference",
    ]


def test_five_hundred_lines_are_enough(stage: Stage, till: Api) -> None:
    assert report(till, stage, *[line(f"Q{n}") for n in range(500)]).status_code == 207
    assert report(till, stage, *[line(f"Q{n}") for n in range(501)]).status_code == 422
    assert report(till, stage).status_code == 422
