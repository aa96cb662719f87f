"""The waiting list of a sold-out show: what comes free is held for the first in line whom it fits."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from bookings import dispatch
from bookings.models import Booking, Notice, Standby
from bookings.services import endings, holds, standbys
from showsewa.actors import SYSTEM
from showsewa.authentication import from_session_token
from tests import cast
from tests.conftest import Api
from venues import layout as layouts
from venues import services
from venues.models import HallLayout


@pytest.fixture
def sold_out(stage: cast.Stage) -> cast.Stage:
    """Everything is held, five by five, by people in the rows."""
    for row in "ABC":
        seats = [f"{row}{number}" for number in range(1, 6)]
        holds.hold_seats(showtime_id=stage.showtime.pk, seats=seats, actor=from_session_token(row))
    return stage


def join(stage: cast.Stage, name: str, party: int) -> Any:
    body = {"partySize": party, "email": f"{name}@example.com", "sessionToken": name}
    return Api().post(f"/showtimes/{stage.path}/waiting-list", body)


def entry(stage: cast.Stage, name: str) -> dict[str, Any]:
    return Api().get(f"/showtimes/{stage.path}/waiting-list", X_Session_Token=name).json()


def come_free(stage: cast.Stage, row: str) -> None:
    booking = Booking.objects.get(owner=from_session_token(row).key)
    holds.release(booking_id=booking.pk, actor=SYSTEM)
    standbys.offer_seats(now=timezone.now())


def test_nobody_waits_where_seats_are_free(stage: cast.Stage) -> None:
    answer = join(stage, "asha", 2)

    assert (answer.status_code, answer.json()["code"]) == (409, "SEATS_FREE")


def test_seats_that_come_free_are_held_for_the_first_whom_they_fit(sold_out: cast.Stage) -> None:
    assert [join(sold_out, name, party).status_code for name, party in (("group", 6), ("asha", 2), ("bikash", 3))] == [
        201, 201, 201,
    ]  # fmt: skip
    assert [entry(sold_out, name)["place"] for name in ("group", "asha", "bikash")] == [1, 2, 3]

    come_free(sold_out, "B")

    asha, bikash = entry(sold_out, "asha")["offer"], entry(sold_out, "bikash")["offer"]
    assert len(asha["seats"]) == 2 and len(bikash["seats"]) == 3
    assert not {*asha["seats"]} & {*bikash["seats"]}
    assert entry(sold_out, "group")["status"] == "WAITING"
    assert set(sold_out.states().values()) == {"HELD"}


def test_an_offer_is_told_by_mail_with_a_link_to_it(sold_out: cast.Stage) -> None:
    join(sold_out, "asha", 2)
    come_free(sold_out, "A")

    dispatch.send(Notice.objects.get(kind=Notice.Kind.SEATS_OFFERED))

    hold_id = entry(sold_out, "asha")["offer"]["holdId"]
    assert mail.outbox[0].to == ["asha@example.com"]
    assert f"/bookings/{hold_id}/details/?key=" in mail.outbox[0].body
    assert "/leave/?key=" in mail.outbox[0].body
    assert "because you asked for these seats" in mail.outbox[0].body
    assert "None" not in mail.outbox[0].body


def test_the_page_names_the_parts_of_a_hall_as_the_seat_page_does(stage: cast.Stage) -> None:
    hall = cast.make_hall(stage.cinema, name="Hall 2", rows="AB", seats=2)
    (main,) = HallLayout.objects.get(hall=hall).seat_layout["sections"]
    upper = {"id": "up", "name": "Balcony", "zone": "UPPER", "rows": [main["rows"].pop()]}
    services.change_layout(hall_id=hall.pk, layout=layouts.parse({"sections": [main, upper]}))
    hall.refresh_from_db()
    showtime = cast.make_showtime(hall, stage.movie, starts_at=stage.showtime.starts_at)

    page = Client().get(f"/showtimes/{showtime.pk}/waiting-list/").content.decode()

    assert '<option value="UPPER">Balcony</option>' in page


def test_what_is_not_taken_in_time_goes_to_the_next(sold_out: cast.Stage) -> None:
    join(sold_out, "asha", 5)
    join(sold_out, "bikash", 5)
    come_free(sold_out, "A")
    late = timezone.now() + timedelta(minutes=16)
    first = Booking.objects.get(standby__isnull=False)
    Booking.objects.filter(pk=first.pk).update(expires_at=timezone.now())

    endings.expire_due(now=timezone.now())
    standbys.offer_seats(now=timezone.now())

    ended = Standby.objects.get(owner=from_session_token("asha").key)
    assert (ended.status, ended.email) == ("LAPSED", "")
    offer = Booking.objects.get(pk=entry(sold_out, "bikash")["offer"]["holdId"])
    assert offer.expires_at is not None and timezone.now() < offer.expires_at < late
    assert set(sold_out.states().values()) == {"HELD"}


def test_who_leaves_lets_the_offer_go(sold_out: cast.Stage) -> None:
    join(sold_out, "asha", 5)
    come_free(sold_out, "A")

    left = Api().send("DELETE", f"/showtimes/{sold_out.path}/waiting-list", X_Session_Token="asha")

    assert left.json() == {"left": True}
    assert sold_out.states()["A1"] == "AVAILABLE"
    assert not Standby.objects.filter(email="asha@example.com").exists()
