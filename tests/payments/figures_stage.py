"""A small cinema week, reckoned by hand: who sold what, and the clients that ask for figures."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from bookings.models import Booking
from payments.figures import board
from payments.services import counter, refunding
from showsewa.models import User
from tests import cast, purchase
from tests.conftest import Api


def signed_in(user: User) -> Api:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return Api(client=client)


def sell(stage: cast.Stage, clerk: User, *seats: str, showtime: Any = None) -> Booking:
    """At the counter, for cash."""
    showtime_id = (showtime or stage.showtime).pk
    actor = cast.staff_actor(clerk)
    return counter.sell(showtime_id=showtime_id, seats=list(seats), tender="CASH", actor=actor, now=timezone.now())


def report(token: str, stage: cast.Stage, reference: str, *seats: str, **more: Any) -> dict[str, Any]:
    """What a channel says it sold."""
    line = {"status": "BOOKED", "bookingSource": "OTHER_PLATFORM", "bookingReference": reference}
    line |= {"timestamp": timezone.now().isoformat()} | more
    body = {"showtimeId": stage.path, "seatUpdates": [{"seatNumber": seat} | line for seat in seats]}
    answer = Api(token).post("/seat-sync/bulk-update", body)
    assert answer.status_code in (200, 207), answer.content
    return dict(answer.json())


def confirmed_at(moment: datetime, *bookings: Booking) -> None:
    Booking.objects.filter(pk__in=[booking.pk for booking in bookings]).update(confirmed_at=moment)


def a_day_of_sales(stage: cast.Stage, clerk: User) -> str:
    """Counter A1 A2 (900), web B1 (450), Moviepass C1 C2 C3 (1350), and C5 (450) sold and given back whole.

    Standing: 3 bookings, 6 tickets, 2700. Returns Moviepass's token.
    """
    token = cast.moviepass(stage)
    sell(stage, clerk, "A1", "A2")
    purchase.buy(Api(), stage, "B1")
    report(token, stage, "MP-1", "C1", "C2", "C3")
    regretted = sell(stage, clerk, "C5")
    refunding.cancel_booking(
        booking_id=regretted.pk,
        actor=cast.staff_actor(clerk),
        now=timezone.now(),
        amount=regretted.total,
        by_staff=True,
    )
    return token


def stay_up(patch: pytest.MonkeyPatch) -> None:
    """Tonight's shows are those of the next hours, whatever the time: the board's night ends half a day from now."""
    patch.setattr(board, "NIGHT_ENDS", time((datetime.now(ZoneInfo("Asia/Kathmandu")).hour + 12) % 24))
