"""The cinema cancels a show that was sold: everybody's money comes back, all of it, without a page for each of them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings import dispatch, selectors
from bookings.models import FeeRule, Notice
from payments import audit
from payments.models import Refund
from payments.services import cancelled_shows, refunding
from showsewa.models import User
from tests import cast, purchase
from tests.conftest import Api
from tests.purchase import AS_ASHA
from venues import services
from venues.models import Cinema, Showtime


@pytest.fixture
def desk(devi: User) -> Client:
    client = Client()
    client.force_login(devi)
    return client


@pytest.fixture
def sold(stage: cast.Stage, api: Api, chandra: User) -> dict[str, Any]:
    """Two seats online with a fee that else stays ours, one over the counter; it is too late to cancel."""
    FeeRule.objects.create(name="Booking fee", amount=25, starts_on="2024-07-16", is_returned=False)
    bought = purchase.buy(api, stage, "A1", "A2")
    counter = Client()
    counter.force_login(chandra)
    sale = {"showtimeId": stage.path, "seats": ["B1"], "tender": "CASH"}
    assert counter.post("/counter/sell", sale, content_type="application/json").status_code == 201
    Showtime.objects.update(starts_at=timezone.now() + timedelta(minutes=30))
    return bought


def page(stage: cast.Stage) -> str:
    return reverse("admin:venues_showtime_give_back", args=[stage.showtime.pk])


def test_one_click_gives_all_of_it_back_and_tells_everybody(
    stage: cast.Stage, desk: Client, sold: dict[str, Any]
) -> None:
    asked = desk.post(reverse("admin:venues_showtime_cancel", args=[stage.showtime.pk]), follow=True)
    assert "1 booking · NPR 950" in asked.content.decode()

    done = desk.post(page(stage), follow=True).content.decode()

    assert "The money of 1 booking is on its way back." in done
    booking = purchase.row(sold)
    assert (booking.status, booking.ending) == ("CANCELLED", "SHOW_CANCELLED")
    assert Refund.objects.get().amount == 950
    states = stage.states()
    assert (states["A1"], states["B1"]) == ("AVAILABLE", "BOOKED")
    dispatch.send(Notice.objects.get(kind=Notice.Kind.CANCELLATION, medium=Notice.Medium.EMAIL))
    assert "The cinema has cancelled this show." in mail.outbox[-1].body
    assert audit.violations() == []
    assert "Cancel these bookings" not in desk.get(page(stage)).content.decode()
    assert "The money of 0 bookings" in desk.post(page(stage), follow=True).content.decode()


def test_a_show_that_goes_on_gives_nothing_back(stage: cast.Stage, desk: Client, sold: dict[str, Any]) -> None:
    refused = desk.post(page(stage))

    assert refused.status_code == 422 and "Cancel the showtime first." in refused.content.decode()
    assert not Refund.objects.exists()


def test_a_sum_above_the_limit_is_left_for_a_second_factor(
    stage: cast.Stage, desk: Client, sold: dict[str, Any]
) -> None:
    services.cancel_showtime(showtime_id=stage.showtime.pk, now=timezone.now())
    stage.cinema.second_factor_above = 500
    stage.cinema.save(update_fields=["second_factor_above"])

    assert "1 asks for your second factor" in desk.post(page(stage), follow=True).content.decode()

    assert purchase.row(sold).status == "CONFIRMED"


def test_what_staff_gave_back_before_is_not_counted_again(
    stage: cast.Stage, desk: Client, sold: dict[str, Any], devi: User
) -> None:
    refunding.refund_booking(
        booking_id=purchase.row(sold).pk, actor=cast.staff_actor(devi), now=timezone.now(), amount=Decimal(100)
    )

    asked = desk.post(reverse("admin:venues_showtime_cancel", args=[stage.showtime.pk]), follow=True)

    assert "1 booking · NPR 850" in asked.content.decode()


def test_sums_above_the_limit_keep_nobody_elses_money(
    stage: cast.Stage, desk: Client, api: Api, sold: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cancelled_shows, "MOST", 1)
    small = purchase.buy(api, stage, "C1", token=cast.BIKASH_TOKEN)
    services.cancel_showtime(showtime_id=stage.showtime.pk, now=timezone.now())
    Cinema.objects.update(second_factor_above=500)

    desk.post(page(stage))

    assert (purchase.row(sold).status, purchase.row(small).status) == ("CONFIRMED", "CANCELLED")


def test_a_buyer_need_not_wait_for_that(stage: cast.Stage, api: Api, sold: dict[str, Any]) -> None:
    services.cancel_showtime(showtime_id=stage.showtime.pk, now=timezone.now())
    ticket = api.client.get(f"/bookings/{sold['bookingId']}/", {"key": selectors.link_key(purchase.row(sold).pk)})
    assert "All that you paid comes back to you." in ticket.content.decode()

    first = api.post(f"/bookings/{sold['bookingId']}/cancel", {"seatIds": ["A1"]}, **AS_ASHA)
    rest = api.post(f"/bookings/{sold['bookingId']}/cancel", {}, **AS_ASHA)

    assert (first.json()["refund"]["amount"], rest.json()["refund"]["amount"]) == (475, 475)
    assert audit.violations() == []


def test_only_who_may_refund_gives_it_back(stage: cast.Stage, chandra: User) -> None:
    clerk = Client()
    clerk.force_login(chandra)

    assert clerk.post(page(stage)).status_code == 403
    assert not Refund.objects.exists()
