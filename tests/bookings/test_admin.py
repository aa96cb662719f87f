"""Bookings at the desk: found, told, cancelled, refunded, sent again, promises tried again."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking, Notice
from payments.models import Refund
from payments.services import counter
from showsewa.models import User
from tests import cast


@pytest.fixture
def desk(devi: User) -> Client:
    return _signed_in(devi)


@pytest.fixture
def sold(stage: cast.Stage, chandra: User) -> Booking:
    """Two seats at 450, paid in cash, five hours before the show: the policy gives half back."""
    booking = counter.sell(
        showtime_id=stage.showtime.pk, seats=["A1", "A2"], tender="CASH", actor=cast.staff_actor(chandra),
        now=timezone.now(), phone="9800000001",
    )  # fmt: skip
    Booking.objects.filter(pk=booking.pk).update(name="Asha Rai", email="asha@example.com", external_reference="EXT-7")
    return booking


@pytest.mark.parametrize("words", ["reference", "asha@example.com", "9800000001", "Asha", "EXT-7", "id"])
def test_a_booking_is_found_by_anything_a_customer_may_know(desk: Client, sold: Booking, words: str) -> None:
    term = {"reference": sold.reference, "id": str(sold.pk)}.get(words, words)

    found = desk.get(reverse("admin:bookings_booking_changelist"), {"q": term})

    assert found.context["cl"].result_count == 1


def test_a_bookings_page_tells_its_whole_story(desk: Client, sold: Booking, chandra: User) -> None:
    page = desk.get(_page("change", sold)).content.decode()

    for told in ("A1, A2 AVAILABLE → BOOKED", "Paid", "NPR 900", chandra.email):
        assert told in page, told


def test_the_counter_is_told_nothing_of_the_money(chandra: User, sold: Booking) -> None:
    story = _signed_in(chandra).get(_page("change", sold)).context["story"]

    assert {moment.kind for moment in story} == {"seats"}


def test_cancelling_shows_the_policy_first_and_gives_that_back(desk: Client, sold: Booking, stage: cast.Stage) -> None:
    asked = desk.get(_page("cancel", sold))
    assert "50 % = NPR 450" in asked.content.decode()
    assert asked.context["form"].initial["amount"] == Decimal("450.00")

    answer = desk.post(_page("cancel", sold), {"amount": "450", "reason": "ill"})

    sold.refresh_from_db()
    assert answer.status_code == 302
    assert (sold.status, sold.ending, sold.cancel_reason) == ("CANCELLED", "STAFF", "ill")
    assert Refund.objects.get().amount == 450
    assert stage.states()["A1"] == "AVAILABLE"


def test_staff_may_give_another_amount_but_never_more_than_was_paid(desk: Client, sold: Booking) -> None:
    refused = desk.post(_page("cancel", sold), {"amount": "901", "reason": "kindness"})
    assert refused.status_code == 422
    assert Booking.objects.get().status == "CONFIRMED"

    desk.post(_page("cancel", sold), {"amount": "900", "reason": "kindness"})

    refund = Refund.objects.get()
    assert (refund.amount, refund.reason) == (900, "STAFF")


def test_a_booking_is_cancelled_once(desk: Client, sold: Booking) -> None:
    for expected in (302, 422):
        assert desk.post(_page("cancel", sold), {"amount": "450", "reason": "ill"}).status_code == expected
    assert Refund.objects.count() == 1


def test_part_of_the_money_goes_back_and_the_seats_stay(desk: Client, sold: Booking) -> None:
    desk.post(_page("refund", sold), {"amount": "100", "reason": "no popcorn"})

    sold.refresh_from_db()
    assert sold.status == "CONFIRMED"
    assert Refund.objects.get().amount == 100


@pytest.mark.parametrize("page", ["refund", "cancel"])
def test_the_counter_can_neither_refund_nor_cancel(chandra: User, sold: Booking, page: str) -> None:
    client = _signed_in(chandra)

    assert client.get(_page(page, sold)).status_code == 403
    assert client.post(_page(page, sold), {"amount": "10", "reason": "x"}).status_code == 403
    assert not Refund.objects.exists()


def test_the_confirmation_is_sent_again_to_every_address(chandra: User, sold: Booking) -> None:
    Notice.objects.create(booking=sold, kind="CONFIRMATION", medium="EMAIL", done_at=timezone.now(), attempts=1)

    _signed_in(chandra).post(_page("resend", sold))

    notices = Notice.objects.filter(booking=sold, kind="CONFIRMATION")
    assert {notice.medium for notice in notices} == {"EMAIL", "SMS"}
    assert all(notice.is_open for notice in notices)


def test_a_booking_of_another_cinema_is_not_found(sold: Booking) -> None:
    other = cast.make_stage(name="Rara Cinema")
    client = _signed_in(cast.make_user("else@example.com", role="manager", cinemas=(other.cinema,)))

    for page in ("cancel", "refund", "resend"):
        assert client.post(_page(page, sold), {"amount": "1", "reason": "x"}).status_code == 404, page


def test_failed_promises_are_tried_again(desk: Client, sold: Booking) -> None:
    refund, notice = _failed(sold)
    listed = desk.get(reverse("failed-promises")).content.decode()
    assert "gateway says no" in listed

    desk.post(reverse("failed-promises"), {"kind": "refund", "row": [str(refund.pk)]})

    refund.refresh_from_db()
    notice.refresh_from_db()
    assert refund.is_open
    assert notice.failed_at is not None


def test_the_counter_tries_messages_again_but_no_refunds(chandra: User, sold: Booking) -> None:
    refund, notice = _failed(sold)
    client = _signed_in(chandra)

    assert client.post(reverse("failed-promises"), {"kind": "refund", "row": [str(refund.pk)]}).status_code == 403
    client.post(reverse("failed-promises"), {"kind": "notice", "row": [str(notice.pk), "no key"]})
    client.post(reverse("failed-promises"), {"kind": "notice", "row": [str(notice.pk)]})

    notice.refresh_from_db()
    assert notice.is_open


def test_failed_promises_of_another_cinema_stay_as_they_are(sold: Booking) -> None:
    refund, _notice = _failed(sold)
    other = cast.make_stage(name="Rara Cinema")
    client = _signed_in(cast.make_user("else@example.com", role="manager", cinemas=(other.cinema,)))

    client.post(reverse("failed-promises"), {"kind": "refund", "row": [str(refund.pk)]})

    refund.refresh_from_db()
    assert refund.failed_at is not None


@pytest.mark.parametrize(("rows", "pick"), [("payments_refund", 0), ("bookings_notice", 1)])
def test_failed_promises_are_tried_again_from_their_lists(desk: Client, sold: Booking, rows: str, pick: int) -> None:
    promise: Any = _failed(sold)[pick]

    desk.post(
        reverse(f"admin:{rows}_changelist"), {"action": "try_again", "_selected_action": [str(promise.pk)], "index": 0}
    )

    promise.refresh_from_db()
    assert promise.is_open


def _failed(sold: Booking) -> tuple[Refund, Notice]:
    gone = {"failed_at": timezone.now(), "last_error": "gateway says no"}
    refund = Refund.objects.create(payment=sold.payments.get(), amount=10, reason="STAFF", actor="user:x", **gone)
    return refund, Notice.objects.create(booking=sold, kind="CONFIRMATION", medium="EMAIL", **gone)


def _page(name: str, booking: Booking) -> str:
    return reverse(f"admin:bookings_booking_{name}", args=[booking.pk])


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
