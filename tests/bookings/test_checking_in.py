"""The door: who goes in, who does not and why, and that nobody goes in twice."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bookings import qr
from bookings.models import Booking, CheckIn, Ticket
from bookings.services import endings
from payments import timeline
from payments.services import giving_back
from seatsync.models import ShowSeat
from showsewa.models import User
from tests import cast, purchase
from tests.conftest import Api
from venues.models import Showtime


class Door:
    """Somebody of the staff, at the door of the stage's show."""

    def __init__(self, stage: cast.Stage, user: User) -> None:
        self.stage = stage
        self.api = Api(client=Client(raise_request_exception=False))
        self.api.client.force_login(user)

    def scan(self, code: str, *, show: Showtime | None = None) -> Any:
        return self._ask(show, code=code)

    def by_hand(self, ticket: Ticket) -> Any:
        return self._ask(None, ticketId=str(ticket.pk))

    def undo(self, ticket: Ticket, reason: str = "Scanned by mistake") -> Any:
        return self.api.post(f"/tickets/{ticket.pk}/check-in/undo", {"reason": reason})

    def manifest(self) -> Any:
        return self.api.get(f"/showtimes/{self.stage.path}/tickets")

    def _ask(self, show: Showtime | None, **what: str) -> Any:
        place = str((show or self.stage.showtime).pk)
        return self.api.post("/tickets/check-in", {"showtimeId": place} | what)


@pytest.fixture
def door(stage: cast.Stage, chandra: User) -> Door:
    return Door(stage, chandra)


@pytest.fixture
def bought(stage: cast.Stage) -> dict[str, Any]:
    """A1 and A2, paid by Asha."""
    return purchase.buy(Api(), stage, "A1", "A2")


def ticket(label: str, **more: Any) -> Ticket:
    return Ticket.objects.select_related("booking").filter(label=label, **more).latest("pk")


def code(label: str) -> str:
    return qr.sign(ticket(label))


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_good_ticket_opens_the_door_and_is_counted(door: Door, bought: dict[str, Any], chandra: User) -> None:
    answer = door.scan(code("A1"))

    assert answer.status_code == 200
    body = answer.json()
    assert (body["outcome"], body["seat"], body["name"]) == ("ADMITTED", "A1", "Asha Rai")
    assert (body["checkedIn"], body["sold"]) == (1, 2)
    assert ticket("A1").checked_in_at is not None
    assert CheckIn.objects.get().actor == f"user:{chandra.pk}"


def test_the_same_ticket_again_is_told_when_and_by_whom(door: Door, bought: dict[str, Any]) -> None:
    first = door.scan(code("A1")).json()

    again = door.scan(code("A1"))

    assert told(again) == (409, "ALREADY_CHECKED_IN")
    facts = again.json()
    assert (facts["seat"], facts["checkedInAt"], facts["checkedInBy"]) == (
        "A1",
        first["checkedInAt"],
        "chandra@example.com",
    )
    assert CheckIn.objects.count() == 1
    assert door.scan(code("A2")).status_code == 200


def test_a_repeated_request_gets_its_first_answer(door: Door, bought: dict[str, Any]) -> None:
    body = {"showtimeId": door.stage.path, "code": code("A1")}

    answers = [door.api.post("/tickets/check-in", body, Idempotency_Key="scan-1") for _try in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[1]["Idempotency-Replayed"] == "true"


def test_a_ticket_of_another_show_is_told_where_it_leads_even_when_used(
    door: Door, stage: cast.Stage, bought: dict[str, Any]
) -> None:
    later = cast.make_showtime(stage.hall, stage.movie, starts_at=stage.showtime.starts_at + timedelta(hours=4))
    door.scan(code("A1"))

    answer = door.scan(code("A1"), show=later)

    assert told(answer) == (409, "WRONG_SHOW")
    show = answer.json()["show"]
    assert (show["id"], show["hall"], show["cinema"]) == (stage.path, "Hall 1", "Himal Cinema")
    assert "Dal Bhat Power" in answer.json()["detail"]


def test_a_ticket_of_another_cinema_is_told_which(door: Door, stage: cast.Stage) -> None:
    elsewhere = cast.make_stage(name="Rara Cinema")
    purchase.buy(Api(), elsewhere, "B1")

    answer = door.scan(code("B1"))

    assert told(answer) == (409, "WRONG_SHOW")
    assert answer.json()["show"]["cinema"] == "Rara Cinema"


def test_what_we_did_not_sign_is_not_ours(door: Door, bought: dict[str, Any]) -> None:
    good = code("A1")
    forged = good[:-4] + ("AAAA" if good[-4:] != "AAAA" else "BBBB")

    assert [told(door.scan(text))[1] for text in (forged, "https://example.com/menu")] == ["TICKET_INVALID"] * 2
    assert CheckIn.objects.count() == 0
    assert door.scan(good).status_code == 200


def test_a_signed_ticket_that_is_gone_is_not_found(door: Door, stage: cast.Stage) -> None:
    ghost = Ticket(id=uuid.uuid4(), label="A1", booking=Booking(showtime_id=stage.showtime.pk))

    assert told(door.scan(qr.sign(ghost))) == (404, "NOT_FOUND")


def test_a_ticket_given_back_does_not_open_the_door_whether_or_not_its_seat_was_sold_again(
    door: Door, stage: cast.Stage, bought: dict[str, Any]
) -> None:
    old = {label: code(label) for label in ("A1", "A2")}
    giving_back.cancel(booking_id=uuid.UUID(bought["bookingId"]), actor=cast.ASHA, now=timezone.now())
    purchase.buy(Api(), stage, "A2", token=cast.BIKASH_TOKEN)

    assert told(door.scan(old["A1"])) == (409, "TICKET_REFUNDED")
    assert told(door.scan(old["A2"])) == (409, "TICKET_SOLD_AGAIN")
    assert door.scan(code("A2")).status_code == 200


def test_what_was_cancelled_without_money_is_cancelled(door: Door, stage: cast.Stage) -> None:
    ShowSeat.objects.filter(label="C1").update(price=0)
    free = purchase.confirm(Api(), purchase.hold(Api(), stage, "C1")["holdId"])
    old = code("C1")
    giving_back.cancel(booking_id=uuid.UUID(free["bookingId"]), actor=cast.ASHA, now=timezone.now())

    assert told(door.scan(old)) == (409, "TICKET_CANCELLED")


def test_an_exchanged_ticket_names_the_new_seat(door: Door, stage: cast.Stage, bought: dict[str, Any]) -> None:
    old = code("A1")
    body = {"seatIds": ["B1", "B2"]}
    assert Api().post(f"/bookings/{bought['bookingId']}/exchange", body, **purchase.AS_ASHA).status_code == 200

    answer = door.scan(old)

    assert told(answer) == (409, "TICKET_MOVED")
    assert (answer.json()["newSeat"], answer.json()["show"]["id"]) == ("B1", stage.path)
    assert door.scan(code("B1")).status_code == 200


def test_what_is_not_paid_does_not_open_the_door(door: Door, stage: cast.Stage) -> None:
    booking = purchase.book(Api(), stage, "A1")

    assert told(door.by_hand(ticket("A1"))) == (409, "TICKET_NOT_PAID")
    purchase.pay(Api(), booking)
    assert door.by_hand(ticket("A1")).status_code == 200


def test_after_the_show_nobody_is_let_in(door: Door, stage: cast.Stage, bought: dict[str, Any]) -> None:
    past = timezone.now() - timedelta(hours=3)
    Showtime.objects.filter(pk=stage.showtime.pk).update(
        starts_at=past, ends_at=past + timedelta(hours=2), busy_until=past + timedelta(hours=2)
    )

    assert told(door.scan(code("A1"))) == (422, "SHOW_OVER")


def test_a_show_the_cinema_cancelled_has_no_door(door: Door, stage: cast.Stage, bought: dict[str, Any]) -> None:
    Showtime.objects.filter(pk=stage.showtime.pk).update(cancelled_at=timezone.now())

    assert told(door.scan(code("A1"))) == (409, "TICKET_CANCELLED")


def test_a_mistake_is_undone_with_a_reason_and_the_story_keeps_both(door: Door, bought: dict[str, Any]) -> None:
    door.scan(code("A1"))

    undone = door.undo(ticket("A1"), "Wrong phone")

    assert (undone.status_code, undone.json()["checkedIn"]) == (200, 0)
    assert told(door.undo(ticket("A1"))) == (409, "NOT_CHECKED_IN")
    assert door.scan(code("A1")).status_code == 200
    story = [(one.what, one.detail, one.who) for one in timeline.of(purchase.row(bought)) if "heck" in one.what]
    who = "chandra@example.com"
    assert story == [
        ("Checked in", "A1", who), ("Check-in undone", "A1 · Wrong phone", who), ("Checked in", "A1", who)
    ]  # fmt: skip


def test_an_undo_without_a_reason_is_refused(door: Door, bought: dict[str, Any]) -> None:
    door.scan(code("A1"))

    assert told(door.undo(ticket("A1"), " ")) == (422, "VALIDATION_FAILED")
    assert ticket("A1").checked_in_at is not None


def test_the_manifest_lists_good_tickets_of_every_seller_by_seat(
    door: Door, stage: cast.Stage, bought: dict[str, Any]
) -> None:
    line = {"seatNumber": "C3", "status": "BOOKED", "bookingSource": "WALK_IN", "bookingReference": "POS-7"}
    Api(cast.till(stage)).post("/seat-sync/bulk-update", {"showtimeId": stage.path, "seatUpdates": [line]})
    purchase.book(Api(), stage, "B1", token=cast.BIKASH_TOKEN)
    door.scan(code("A2"))

    body = door.manifest().json()

    assert [(one["seat"], one["checkedInAt"] is not None) for one in body["tickets"]] == [
        ("A1", False), ("A2", True), ("C3", False)
    ]  # fmt: skip
    assert body["tickets"][2]["externalReference"] == "POS-7"
    assert (body["checkedIn"], body["sold"]) == (1, 3)


def test_only_staff_who_may_and_only_at_their_own_cinema(
    door: Door, stage: cast.Stage, asha: User, bought: dict[str, Any]
) -> None:
    elsewhere = cast.make_stage(name="Rara Cinema")
    far = Door(stage, cast.make_user("sunita@example.com", role="counter", cinemas=(elsewhere.cinema,)))
    mine = ticket("A1")

    assert [told(far.scan(code("A1"))), told(far.manifest())] == [(404, "NOT_FOUND")] * 2
    assert told(
        Door(elsewhere, cast.make_user("g@example.com", role="counter", cinemas=(elsewhere.cinema,))).by_hand(mine)
    ) == (404, "NOT_FOUND")
    assert told(Door(stage, asha).scan(code("A1"))) == (403, "FORBIDDEN")
    body = {"showtimeId": stage.path, "code": code("A1")}
    assert told(Api(cast.till(stage)).post("/tickets/check-in", body)) == (403, "FORBIDDEN")
    assert told(Api().post("/tickets/check-in", body)) == (401, "UNAUTHORIZED")
    assert door.scan(code("A1")).status_code == 200
    assert told(far.undo(mine)) == (404, "NOT_FOUND")


def test_either_a_code_or_a_ticket(door: Door, bought: dict[str, Any]) -> None:
    both = {"showtimeId": door.stage.path, "code": code("A1"), "ticketId": str(ticket("A1").pk)}

    for body in (both, {"showtimeId": door.stage.path}):
        assert told(door.api.post("/tickets/check-in", body)) == (422, "VALIDATION_FAILED")


def test_a_ticket_somebody_went_in_with_stays_out_of_the_archive(door: Door, bought: dict[str, Any]) -> None:
    door.scan(code("A1"))
    door.undo(ticket("A1"))
    giving_back.cancel(booking_id=uuid.UUID(bought["bookingId"]), actor=cast.ASHA, now=timezone.now())

    assert endings.archive_tickets(now=timezone.now() + timedelta(days=31)) == 1
    assert list(Ticket.objects.values_list("label", flat=True)) == ["A1"]
