"""Seats sold twice: what policy decides, what the channel that lost answers, what a customer may refuse."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bookings import dispatch, selectors
from bookings.models import Booking, Notice, Ticket
from payments import audit
from payments.models import Refund
from seatsync.models import Conflict, ManagerNotice, ShowSeat
from tests import cast, purchase
from tests.cast import Stage
from tests.conflict_cases import platform_against_pos, pos_against_platform, pos_against_web, report, ring, told
from tests.conftest import Api
from venues.models import Cinema, Showtime

pytestmark = pytest.mark.django_db


@pytest.fixture
def till(stage: Stage) -> str:
    return cast.till(stage)


@pytest.fixture
def moviepass(stage: Stage) -> str:
    return cast.moviepass(stage)


def test_who_sold_in_the_hall_wins_and_the_web_customer_sits_elsewhere(api: Api, stage: Stage, till: str) -> None:
    bought, conflict = pos_against_web(api, stage, till=till)
    old = Ticket.objects.get(label="A1")

    assert ring() == 1

    conflict.refresh_from_db()
    assert (conflict.status, conflict.winner, conflict.resolution) == ("SOLVED", "REPORTER", "REBOOKED")
    new = Ticket.objects.get(booking=bought["bookingId"], released_at=None)
    old.refresh_from_db()
    assert old.released_at is not None
    assert (new.label, new.price) == ("A2", old.price)
    assert new.pk != old.pk  # another ticket, so another code
    booking = purchase.row(bought)
    assert (booking.status, booking.seat_labels, booking.total) == ("CONFIRMED", ["A2"], Decimal(450))
    winner = Booking.objects.get(external_reference="POS-1")
    assert ShowSeat.objects.get(label="A1").claim == winner.pk
    assert audit.violations() == []
    assert not Refund.objects.exists()


def test_the_moved_customer_is_told_which_seat_instead_of_which_and_may_refuse(
    api: Api, stage: Stage, till: str, mailoutbox: list[Any]
) -> None:
    bought, _conflict = pos_against_web(api, stage, till=till)
    ring()

    notices = Notice.objects.filter(kind=Notice.Kind.SEATS_CHANGED)
    assert {notice.medium for notice in notices} == {"EMAIL", "SMS"}
    dispatch.send(notices.get(medium="EMAIL"))

    [mail] = mailoutbox
    assert mail.subject.startswith("Your seat has changed to A2")
    assert "You have seat A2 instead of A1" in mail.body
    assert "sold twice" in mail.body
    assert f"/bookings/{bought['bookingId']}/other-seat/?key=" in mail.body
    assert len([part for part in mail.attachments if part.get_content_type() == "image/png"]) == 1


def test_both_channels_hear_how_it_ended_each_by_its_own_reference(api: Api, stage: Stage, till: str) -> None:
    bought, conflict = pos_against_web(api, stage, till=till)

    ring()

    assert told("conflict.solved") == [
        (
            "Till",
            {
                "conflictId": str(conflict.pk), "showtimeId": stage.path, "seatNumber": "A1",
                "bookingReference": "POS-1", "hasSeat": True, "resolution": "REBOOKED",
            },
        )
    ]  # fmt: skip
    assert bought["bookingReference"] not in str(told("conflict.solved"))


def test_the_journal_tells_both_moves(api: Api, stage: Stage, till: str) -> None:
    pos_against_web(api, stage, till=till)

    ring()

    rows = [(row.action, row.changes) for row in stage.journal()[-2:]]
    assert rows == [("MOVE", [["A1", "BOOKED", "BOOKED"]]), ("BOOK", [["A2", "AVAILABLE", "BOOKED"]])] or rows == [
        ("BOOK", [["A2", "AVAILABLE", "BOOKED"]]),
        ("MOVE", [["A1", "BOOKED", "BOOKED"]]),
    ]


def test_the_one_who_moves_stays_beside_the_party(api: Api, stage: Stage, till: str) -> None:
    report(till, stage, "B2", reference="POS-0", source="WALK_IN")
    bought, _conflict = pos_against_web(api, stage, till=till, seats=("B3", "B4"))

    ring()

    assert purchase.row(bought).seat_labels == ["B5", "B4"]
    assert audit.violations() == []


def test_by_first_commit_the_web_customer_keeps_the_seat_and_the_channel_is_asked(
    api: Api, stage: Stage, till: str
) -> None:
    Cinema.objects.filter(pk=stage.cinema.pk).update(conflict_policy="FIRST_COMMIT")
    bought, conflict = pos_against_web(api, stage, till=till)

    assert ring() == 0

    conflict.refresh_from_db()
    assert (conflict.status, conflict.winner) == ("OPEN", "HOLDER")
    assert conflict.asked_at is not None
    assert purchase.row(bought).seat_labels == ["A1"]
    [(name, data)] = told("seat.conflict")
    assert (name, data["bookingReference"], data["seatNumber"]) == ("Till", "POS-1", "A1")
    assert data["deadline"].endswith("Z")


def test_within_the_last_hour_nobody_is_moved_without_a_person(api: Api, stage: Stage, till: str) -> None:
    bought, conflict = pos_against_web(api, stage, till=till)
    soon = timezone.now() + timedelta(minutes=59)
    Showtime.objects.filter(pk=stage.showtime.pk).update(starts_at=soon)

    assert ring() == 0

    conflict.refresh_from_db()
    assert (conflict.status, purchase.row(bought).seat_labels) == ("OPEN", ["A1"])
    assert conflict.tried_at is not None
    assert ManagerNotice.objects.get().due_at == conflict.deadline_at
    assert ring() == 0  # tried once: it is staff's now


def test_without_a_seat_as_good_it_stays_open(api: Api, stage: Stage, till: str) -> None:
    _bought, conflict = pos_against_web(api, stage, till=till)
    rest = [label for label, status in stage.states().items() if status == "AVAILABLE"]
    report(till, stage, *rest, reference="POS-2", source="WALK_IN")

    assert ring() == 0

    conflict.refresh_from_db()
    assert (conflict.status, conflict.winner, conflict.asked_at) == ("OPEN", "", None)


def test_a_refused_seat_is_paid_back_once_whoever_clicks_twice(api: Api, stage: Stage, till: str) -> None:
    bought, conflict = pos_against_web(api, stage, till=till, seats=("A1", "A2"))
    ring()
    path = _other_seat(bought)
    page = Client().get(path).content.decode()
    assert "Seat A3 instead of A1" in page

    for _click in range(2):
        assert Client().post(path, {"conflict": str(conflict.pk)}).status_code == 302

    [refund] = Refund.objects.all()
    assert (refund.amount, refund.reason) == (Decimal(450), "SEAT_LOST")
    booking = purchase.row(bought)
    assert (booking.seat_labels, booking.total) == (["A2"], Decimal(450))
    assert stage.states()["A3"] == "AVAILABLE"
    conflict.refresh_from_db()
    assert conflict.resolution == "REFUNDED"
    assert audit.violations() == []


def test_refusing_the_only_seat_ends_the_booking_with_all_its_money(api: Api, stage: Stage, till: str) -> None:
    bought, conflict = pos_against_web(api, stage, till=till)
    ring()

    Client().post(_other_seat(bought), {"conflict": str(conflict.pk)})

    booking = purchase.row(bought)
    assert (booking.status, booking.ending) == ("CANCELLED", "SEAT_LOST")
    assert Refund.objects.get().amount == 450
    assert Notice.objects.filter(booking=booking, kind="CANCELLATION").exists()
    assert audit.violations() == []


def test_a_stranger_or_a_guess_refuses_nothing(api: Api, stage: Stage, till: str) -> None:
    bought, conflict = pos_against_web(api, stage, till=till)
    ring()
    path = _other_seat(bought)

    assert Client().post(path.partition("?")[0], {"conflict": str(conflict.pk)}).status_code == 404
    assert Client().post(path, {"conflict": "nonsense"}).status_code == 404
    Client().post(path, {"conflict": str(bought["bookingId"])})

    assert not Refund.objects.exists()
    assert purchase.row(bought).status == "CONFIRMED"


def test_a_platform_that_lost_is_asked_and_accepts_so_the_seat_moves(stage: Stage, till: str, moviepass: str) -> None:
    conflict = pos_against_platform(stage, till=till, moviepass=moviepass, seats=("A1", "A2"))
    ring()
    [(name, data)] = told("seat.conflict")
    assert (name, data["bookingReference"]) == ("Moviepass", "MP-1")
    assert "POS-1" not in str(data)

    answer = _answer(moviepass, conflict, "accepted", note="Moved our customer to B4.")

    assert answer.status_code == 200, answer.content
    assert answer.json()["resolution"] == "ACCEPTED"
    loser = Booking.objects.get(external_reference="MP-1")
    assert (loser.seat_labels, loser.total) == (["A2"], Decimal(450))
    assert ShowSeat.objects.get(label="A1").claim == Booking.objects.get(external_reference="POS-1").pk
    assert [name for name, _data in told("conflict.solved")] == ["Moviepass", "Till"]
    assert told("booking.changed")[0][1]["seats"] == ["A2"]
    assert audit.violations() == []
    again = _answer(moviepass, conflict, "accepted")
    assert again.status_code == 200
    assert len(told("conflict.solved")) == 2
    assert _answer(moviepass, conflict, "rejected").json()["code"] == "ALREADY_SOLVED"


def test_a_platform_that_loses_its_only_seat_loses_the_booking(stage: Stage, till: str, moviepass: str) -> None:
    conflict = pos_against_platform(stage, till=till, moviepass=moviepass)
    ring()

    _answer(moviepass, conflict, "accepted")

    assert Booking.objects.get(external_reference="MP-1").ending == "SEAT_LOST"
    assert [name for name, _data in told("booking.cancelled")] == ["Moviepass"]
    assert audit.violations() == []


def test_a_reporter_that_lost_accepts_and_no_seat_moves(stage: Stage, till: str, moviepass: str) -> None:
    conflict = platform_against_pos(stage, till=till, moviepass=moviepass)
    ring()
    before = stage.journal()

    assert _answer(moviepass, conflict, "accepted").status_code == 200

    conflict.refresh_from_db()
    assert (conflict.status, conflict.winner, conflict.resolution) == ("SOLVED", "HOLDER", "ACCEPTED")
    assert stage.journal() == before
    assert audit.violations() == []


def test_a_platform_that_says_no_leaves_it_to_staff(stage: Stage, till: str, moviepass: str) -> None:
    conflict = pos_against_platform(stage, till=till, moviepass=moviepass)
    ring()

    answer = _answer(moviepass, conflict, "rejected", note="Our customer paid as well.")

    assert (answer.json()["status"], answer.json()["answer"]) == ("OPEN", "rejected")
    conflict.refresh_from_db()
    assert "Our customer paid as well." in conflict.note
    assert Booking.objects.get(external_reference="MP-1").seat_labels == ["A1"]


def test_only_the_channel_that_lost_may_answer(api: Api, stage: Stage, till: str, moviepass: str) -> None:
    conflict = pos_against_platform(stage, till=till, moviepass=moviepass)
    assert _answer(moviepass, conflict, "accepted").status_code == 404  # nobody has asked yet
    ring()
    _channel, unscoped = cast.make_channel(
        "Reader", kind="PLATFORM", sources=["OTHER_PLATFORM"], cinemas=(stage.cinema,), scopes=["inventory:read"]
    )
    third = cast.make_channel("Third", kind="PLATFORM", sources=["OTHER_PLATFORM"], cinemas=(stage.cinema,))[1]

    assert _answer(till, conflict, "accepted").status_code == 404
    assert _answer(third, conflict, "accepted").status_code == 404
    assert _answer(unscoped, conflict, "accepted").status_code == 403
    assert api.post(f"/seat-sync/conflicts/{conflict.pk}/answer", {"answer": "accepted"}).status_code == 401
    assert _answer(moviepass, conflict, "perhaps").status_code == 422
    assert _answer(moviepass, conflict, "accepted").status_code == 200


def test_an_answer_repeated_under_its_key_is_replayed(stage: Stage, till: str, moviepass: str) -> None:
    conflict = pos_against_platform(stage, till=till, moviepass=moviepass)
    ring()
    path, body = f"/seat-sync/conflicts/{conflict.pk}/answer", {"answer": "accepted"}

    first = Api(moviepass).post(path, body, Idempotency_Key="one")
    second = Api(moviepass).post(path, body, Idempotency_Key="one")

    assert first.json() == second.json()
    assert second["Idempotency-Replayed"] == "true"


def test_both_channels_read_the_conflict_each_with_its_own_reference_only(
    stage: Stage, till: str, moviepass: str
) -> None:
    pos_against_platform(stage, till=till, moviepass=moviepass)
    ring()

    [holders] = Api(moviepass).get("/seat-sync/conflicts").json()["items"]
    [reporters] = Api(till).get("/seat-sync/conflicts").json()["items"]

    assert (holders["role"], holders["bookingReference"], holders["isAsked"]) == ("HOLDER", "MP-1", True)
    assert (reporters["role"], reporters["bookingReference"], reporters["isAsked"]) == ("REPORTER", "POS-1", False)
    assert "POS-1" not in str(holders)
    assert "MP-1" not in str(reporters)
    assert holders["deadline"] == reporters["deadline"]


def test_when_the_holder_cancels_the_reporter_gets_the_seat(api: Api, stage: Stage, till: str) -> None:
    Cinema.objects.filter(pk=stage.cinema.pk).update(conflict_policy="FIRST_COMMIT")
    bought, conflict = pos_against_web(api, stage, till=till)
    ring()
    api.post(f"/bookings/{bought['bookingId']}/cancel", {}, **purchase.AS_ASHA)

    assert ring() == 1

    conflict.refresh_from_db()
    assert (conflict.winner, conflict.resolution) == ("REPORTER", "GONE")
    assert Booking.objects.get(external_reference="POS-1").seat_labels == ["A1"]
    assert audit.violations() == []


def test_a_third_claim_is_decided_against_who_has_the_seat_by_then(
    api: Api, stage: Stage, till: str, moviepass: str
) -> None:
    _bought, first = pos_against_web(api, stage, till=till)
    report(moviepass, stage, "A1", reference="MP-1", source="OTHER_PLATFORM")

    ring()  # the till wins; the platform lost against the web customer, who is gone from there
    ring()
    ring()

    third = Conflict.objects.exclude(pk=first.pk).get()
    assert (third.holder_reference, third.winner, third.status) == ("POS-1", "HOLDER", "OPEN")
    assert [name for name, _data in told("seat.conflict")][-1] == "Moviepass"
    assert audit.violations() == []


def test_the_oracle_sees_an_open_conflict_past_its_deadline_and_a_winner_without_the_seat(
    api: Api, stage: Stage, till: str
) -> None:
    bought, conflict = pos_against_web(api, stage, till=till)
    assert audit.violations() == []
    an_hour_ago = timezone.now() - timedelta(hours=1)

    Conflict.objects.filter(pk=conflict.pk).update(deadline_at=an_hour_ago, created_at=an_hour_ago)
    assert [found.rule[:3] for found in audit.violations()] == ["I12"]

    Conflict.objects.filter(pk=conflict.pk).update(
        status="SOLVED", winner="REPORTER", resolution="REBOOKED", solved_at=timezone.now()
    )
    assert [found.rule[:3] for found in audit.violations()] == ["I12"]
    assert purchase.row(bought).seat_labels == ["A1"]


def _other_seat(bought: dict[str, Any]) -> str:
    key = selectors.link_key(purchase.row(bought).pk)
    return f"/bookings/{bought['bookingId']}/other-seat/?key={key}"


def _answer(token: str, conflict: Conflict, word: str, **more: str) -> Any:
    return Api(token).post(f"/seat-sync/conflicts/{conflict.pk}/answer", {"answer": word} | more)
