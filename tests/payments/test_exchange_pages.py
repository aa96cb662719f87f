"""The pages on which people change their plans: other seats, another show, single tickets back."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from bookings import selectors
from bookings.models import Booking
from payments import audit
from tests import cast, purchase
from tests.conftest import Api
from tests.payments.test_exchanges import cost, pay
from venues.models import Showtime


@pytest.fixture
def bought(stage: cast.Stage, api: Api) -> dict[str, Any]:
    """A1 and A2 for 450 each, paid; the show is in five hours."""
    return purchase.buy(api, stage, "A1", "A2")


@pytest.fixture
def tomorrow(stage: cast.Stage) -> Showtime:
    return cast.make_showtime(stage.hall, stage.movie, starts_at=stage.showtime.starts_at + timedelta(days=1))


def test_the_page_shows_what_it_means_before_anything_changes(
    stage: cast.Stage, client: Client, api: Api, bought: dict[str, Any], tomorrow: Showtime
) -> None:
    cost(tomorrow, 300)
    page = f"/bookings/{bought['bookingId']}/exchange/?key={selectors.link_key(uuid.UUID(bought['bookingId']))}"
    assert b"A1" in client.get(page).content
    form = {"show": str(tomorrow.pk), "seat": ["B1", "B2"]}

    terms = client.post(page, form)

    assert terms.status_code == 200 and b"-300.00" in terms.content
    assert purchase.row(bought).seat_labels == ["A1", "A2"]
    done = client.post(page, form | {"agreed": "-300.00"})
    assert (done.status_code, purchase.row(bought).seat_labels) == (302, ["B1", "B2"])
    assert client.get(done["Location"]).status_code == 200
    assert audit.violations() == []


def test_the_page_leads_to_the_payment_and_from_there_back_to_the_tickets(
    stage: cast.Stage, client: Client, api: Api, bought: dict[str, Any]
) -> None:
    cost(stage.showtime, 600, "C1", "C2")
    page = f"/bookings/{bought['bookingId']}/exchange/?key={selectors.link_key(uuid.UUID(bought['bookingId']))}"

    asked = client.post(page, {"show": stage.path, "seat": ["C1", "C2"], "agreed": "300.00"})

    assert asked.status_code == 302 and "/pay/" in asked["Location"]
    assert b"300" in client.get(asked["Location"]).content
    waiting = Booking.objects.get(exchange_of=bought["bookingId"])
    pay(api, str(waiting.pk))
    back = client.get(asked["Location"], follow=True)
    assert back.redirect_chain[-1][0].startswith(f"/bookings/{bought['bookingId']}/")
    assert b"C1" in back.content


def test_the_page_that_cancels_gives_single_tickets_back_as_well(
    stage: cast.Stage, client: Client, api: Api, bought: dict[str, Any]
) -> None:
    page = f"/bookings/{bought['bookingId']}/cancel/?key={selectors.link_key(uuid.UUID(bought['bookingId']))}"

    assert b"225" in client.get(page + "&seat=A1").content
    client.post(page, {"seat": ["A1"]})

    row = purchase.row(bought)
    assert (row.status, row.seat_labels) == ("CONFIRMED", ["A2"])
    assert client.get(page + "&seat=Z9").status_code == 404
    assert audit.violations() == []
