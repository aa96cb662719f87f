"""The desk of conflicts: who sees it, what each button does, and that the second who presses one is told so."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking, Notice, Ticket
from payments import audit
from payments.models import Refund
from payments.services import conflicts as deciding
from seatsync import overdue
from seatsync.models import Conflict, ManagerNotice, ShowSeat
from showsewa import promises
from showsewa.models import User
from tests import cast, purchase
from tests.cast import Stage
from tests.conflict_cases import platform_against_pos, pos_against_platform, pos_against_web, report, ring, told
from tests.conftest import Api

pytestmark = pytest.mark.django_db


@pytest.fixture
def till(stage: Stage) -> str:
    return cast.till(stage)


@pytest.fixture
def moviepass(stage: Stage) -> str:
    return cast.moviepass(stage)


@pytest.fixture
def desk(devi: User) -> Client:
    return _signed_in(devi)


def test_the_page_shows_both_claims_the_hall_and_the_best_seat_chosen(
    api: Api, stage: Stage, till: str, desk: Client
) -> None:
    bought, conflict = pos_against_web(api, stage, till=till)

    page = desk.get(_page(conflict, "decide"))
    text = page.content.decode()

    assert page.status_code == 200
    assert all(
        word in text for word in (bought["bookingReference"], "POS-1", "Till", "Asha Rai", 'data-contested="A1"')
    )
    assert page.context["decide_form"].fields["new_seat"].choices[0][0] == "A2"
    assert [claim.is_favoured for _letter, claim, _ways in page.context["sides"]] == [False, True]
    assert 'form="decide"' in desk.get(_page(conflict)).content.decode()


def test_open_ones_come_first_and_say_how_long_is_left(api: Api, stage: Stage, till: str, desk: Client) -> None:
    pos_against_web(api, stage, till=till)

    page = desk.get(reverse("admin:seatsync_conflict_changelist")).content.decode()

    assert "in 4" in page  # hours: the show is in five, to be solved half an hour before
    assert "POS-1 (Till)" in page


def test_rebooking_the_customer_from_the_desk(api: Api, stage: Stage, till: str, desk: Client, devi: User) -> None:
    bought, conflict = pos_against_web(api, stage, till=till)

    answer = desk.post(_page(conflict, "decide"), {"deed": "REPORTER-REBOOKED", "new_seat": "B3", "note": "called"})

    assert answer.status_code == 302
    conflict.refresh_from_db()
    assert (conflict.resolution, conflict.new_seat.label) == ("REBOOKED", "B3")  # type: ignore[union-attr]
    assert conflict.decided_by == f"user:{devi.pk}"
    assert "called" in conflict.note
    assert purchase.row(bought).seat_labels == ["B3"]
    assert Notice.objects.filter(kind="SEATS_CHANGED").exists()
    assert audit.violations() == []


def test_refunding_one_of_two_seats_from_the_desk(api: Api, stage: Stage, till: str, desk: Client) -> None:
    bought, conflict = pos_against_web(api, stage, till=till, seats=("A1", "A2"))

    desk.post(_page(conflict, "decide"), {"deed": "REPORTER-REFUNDED"})

    [refund] = Refund.objects.all()
    booking = purchase.row(bought)
    assert (refund.amount, booking.status, booking.seat_labels, booking.total) == (450, "CONFIRMED", ["A2"], 450)
    [notice] = Notice.objects.filter(kind="SEATS_CHANGED", medium="EMAIL")
    assert (notice.facts["old"], notice.facts["new"], notice.facts["amount"]) == ("A1", "", "450.00")
    assert ShowSeat.objects.get(label="A1").claim == Booking.objects.get(external_reference="POS-1").pk
    assert audit.violations() == []


def test_refunding_the_only_seat_ends_the_booking(api: Api, stage: Stage, till: str, desk: Client) -> None:
    bought, conflict = pos_against_web(api, stage, till=till)

    desk.post(_page(conflict, "decide"), {"deed": "REPORTER-REFUNDED"})

    assert (purchase.row(bought).status, purchase.row(bought).ending) == ("CANCELLED", "SEAT_LOST")
    assert Refund.objects.get().amount == 450
    assert audit.violations() == []


@pytest.mark.parametrize(
    ("deed", "winner", "resolution"),
    [("HOLDER-ACCEPTED", "HOLDER", "ACCEPTED"), ("REPORTER-ACCEPTED", "REPORTER", "ACCEPTED")],
)
def test_a_channel_that_was_told_sees_to_its_customer(
    stage: Stage, till: str, moviepass: str, desk: Client, deed: str, winner: str, resolution: str
) -> None:
    conflict = pos_against_platform(stage, till=till, moviepass=moviepass)

    desk.post(_page(conflict, "decide"), {"deed": deed})

    conflict.refresh_from_db()
    assert (conflict.winner, conflict.resolution) == (winner, resolution)
    assert audit.violations() == []


def test_a_platforms_customer_is_moved_and_the_platform_told(
    stage: Stage, till: str, moviepass: str, desk: Client
) -> None:
    conflict = platform_against_pos(stage, till=till, moviepass=moviepass)

    desk.post(_page(conflict, "decide"), {"deed": "HOLDER-REBOOKED", "new_seat": "C3"})

    moved = Booking.objects.get(external_reference="MP-1")
    assert (moved.seat_labels, moved.total) == (["C3"], 450)
    assert told("booking.changed")[-1][1]["seats"] == ["C3"]
    solved = dict(told("conflict.solved"))
    assert (solved["Moviepass"]["newSeatNumber"], solved["Moviepass"]["hasSeat"]) == ("C3", False)
    assert "newSeatNumber" not in solved["Till"]
    assert audit.violations() == []


def test_who_comes_second_is_told_that_it_is_solved(api: Api, stage: Stage, till: str, desk: Client) -> None:
    bought, conflict = pos_against_web(api, stage, till=till, seats=("A1", "A2"))
    desk.post(_page(conflict, "decide"), {"deed": "REPORTER-REFUNDED"})

    for deed in ("REPORTER-REFUNDED", "REPORTER-REBOOKED", "HOLDER-ACCEPTED"):
        again = desk.post(_page(conflict, "decide"), {"deed": deed, "new_seat": "B3"})
        assert again.status_code in (200, 422)
        assert Refund.objects.count() == 1

    with pytest.raises(deciding.conflicts.AlreadySolved):
        deciding.decide(
            conflict_id=conflict.pk, winner="REPORTER", loser_gets="REFUNDED",
            actor=cast.staff_actor(User.objects.get(email="devi@example.com")), now=timezone.now(),
        )  # fmt: skip
    assert purchase.row(bought).seat_labels == ["A2"]


def test_a_chosen_seat_that_was_taken_meanwhile_changes_nothing(api: Api, stage: Stage, till: str, devi: User) -> None:
    bought, conflict = pos_against_web(api, stage, till=till)
    report(till, stage, "B3", reference="POS-2", source="WALK_IN")

    with pytest.raises(deciding.seats.inventory.SeatsUnavailable):
        deciding.decide(
            conflict_id=conflict.pk, winner="REPORTER", loser_gets="REBOOKED", new_seat="B3",
            actor=cast.staff_actor(devi), now=timezone.now(),
        )  # fmt: skip

    assert purchase.row(bought).seat_labels == ["A1"]
    assert audit.violations() == []


@pytest.mark.parametrize("sent", [{"deed": ""}, {"deed": "REPORTER-NOTHING"}, {"deed": "BY_HAND", "note": " "}])
def test_no_button_or_no_note_is_an_error(
    api: Api, stage: Stage, till: str, desk: Client, sent: dict[str, Any]
) -> None:
    _bought, conflict = pos_against_web(api, stage, till=till)

    assert desk.post(_page(conflict, "decide"), sent).context["form"].errors

    conflict.refresh_from_db()
    assert conflict.status == "OPEN"


def test_money_of_a_platform_is_not_ours_to_give_back(stage: Stage, till: str, moviepass: str, desk: Client) -> None:
    conflict = pos_against_platform(stage, till=till, moviepass=moviepass)

    answer = desk.post(_page(conflict, "decide"), {"deed": "REPORTER-REFUNDED"})

    assert answer.status_code == 422
    assert not Refund.objects.exists()


def test_the_counter_looks_and_does_not_decide_and_another_cinema_sees_nothing(
    api: Api, stage: Stage, till: str, chandra: User
) -> None:
    _bought, conflict = pos_against_web(api, stage, till=till)
    other = cast.make_stage(name="Rara Cinema")
    stranger = _signed_in(cast.make_user("eve@example.com", role="manager", cinemas=(other.cinema,)))
    clerk = _signed_in(chandra)

    assert clerk.get(_page(conflict)).status_code == 200
    assert clerk.post(_page(conflict, "decide"), {"deed": "REPORTER-REFUNDED"}).status_code == 403
    assert stranger.get(_page(conflict)).status_code in (302, 404)
    assert stranger.post(_page(conflict, "decide"), {"deed": "HOLDER-ACCEPTED"}).status_code == 404
    assert (clerk.get(ALARM).json()["open"], stranger.get(ALARM).json()["open"]) == (1, 0)
    conflict.refresh_from_db()
    assert conflict.status == "OPEN"


def test_screens_ask_how_many_are_open_and_which_is_the_newest(
    api: Api, stage: Stage, till: str, chandra: User, asha: User
) -> None:
    clerk = _signed_in(chandra)
    assert clerk.get(ALARM).json()["newest"] is None
    _bought, conflict = pos_against_web(api, stage, till=till)

    now = clerk.get(ALARM).json()

    assert (now["open"], now["newest"]["id"]) == (1, str(conflict.pk))
    assert now["newest"]["text"].startswith("Seat A1 is sold twice")
    assert "conflict-alarm.js" in clerk.get(reverse("counter")).content.decode()
    assert "conflict-alarm.js" in clerk.get(reverse("admin:index")).content.decode()
    assert _signed_in(asha).get(ALARM).status_code == 403
    assert Client().get(ALARM).status_code == 401


def test_managers_get_one_mail_when_the_deadline_is_over_and_none_for_a_solved_one(
    api: Api, stage: Stage, till: str, devi: User, mailoutbox: list[Any]
) -> None:
    _bought, conflict = pos_against_web(api, stage, till=till)
    Conflict.objects.filter(pk=conflict.pk).update(deadline_at=timezone.now())
    rest = [label for label, status in stage.states().items() if status == "AVAILABLE"]
    report(till, stage, *rest, reference="POS-2", source="WALK_IN")
    ring()

    for _time in range(2):
        promises.keep(ManagerNotice, overdue.send, now=timezone.now())

    [mail] = mailoutbox
    assert mail.to == [devi.email]
    assert mail.subject.startswith("Seat A1 is sold twice")
    assert _page(conflict) in mail.body

    ManagerNotice.objects.update(done_at=None)
    Conflict.objects.update(status="SOLVED")
    promises.keep(ManagerNotice, overdue.send, now=timezone.now())
    assert len(mailoutbox) == 1


def test_a_seat_that_costs_less_is_no_amends(api: Api, stage: Stage, till: str, desk: Client) -> None:
    bought, conflict = pos_against_web(api, stage, till=till)
    ShowSeat.objects.filter(label="B3").update(price=300)

    answer = desk.post(_page(conflict, "decide"), {"deed": "REPORTER-REBOOKED", "new_seat": "B3"})

    assert answer.status_code in (200, 422)
    assert Ticket.objects.get(booking=bought["bookingId"], released_at=None).label == "A1"


ALARM = "/desk/conflicts"


def _page(conflict: Conflict, page: str = "change") -> str:
    return reverse(f"admin:seatsync_conflict_{page}", args=[conflict.pk])


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
