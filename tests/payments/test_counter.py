"""Selling at the counter, as the clerk's page does it."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bookings.models import Booking
from payments import audit
from payments.models import Payment
from seatsync.models import SeatEvent
from showsewa.models import User
from tests import cast


class Clerk:
    """Somebody signed in at the counter page."""

    def __init__(self, user: User) -> None:
        self.client = Client(raise_request_exception=False)
        self.client.force_login(user)

    def sell(self, stage: cast.Stage, *seats: str, tender: str = "CASH", key: str = "", **more: Any) -> Any:
        body = {"showtimeId": stage.path, "seats": list(seats), "tender": tender} | more
        headers = {"Idempotency-Key": key} if key else {}
        return self.client.post("/counter/sell", body, content_type="application/json", headers=headers)

    def get(self, path: str) -> Any:
        return self.client.get(path)


@pytest.fixture
def clerk(chandra: User) -> Clerk:
    return Clerk(chandra)


def test_a_sale_is_seats_money_and_tickets_at_once(stage: cast.Stage, clerk: Clerk, chandra: User) -> None:
    answer = clerk.sell(stage, "B2", "B3")

    assert answer.status_code == 201
    sold = answer.json()
    assert (sold["seats"], sold["total"], sold["currency"]) == (["B2", "B3"], 900, "NPR")
    booking = Booking.objects.get(reference=sold["bookingReference"])
    assert (booking.status, booking.source, booking.total) == ("CONFIRMED", "WALK_IN", Decimal(900))
    assert (stage.states()["B2"], stage.states()["B3"], stage.states()["B4"]) == ("BOOKED", "BOOKED", "AVAILABLE")
    payment = Payment.objects.get(booking=booking)
    assert (payment.gateway, payment.status, payment.amount) == ("cash", "SUCCESS", Decimal(900))
    assert payment.gateway_reference == f"user:{chandra.pk}"
    assert audit.violations() == []


def test_the_journal_names_the_clerk_the_source_and_the_sale(stage: cast.Stage, clerk: Clerk, chandra: User) -> None:
    sold = clerk.sell(stage, "A1", tender="CARD").json()

    event = SeatEvent.objects.get(showtime=stage.showtime.pk)
    assert (event.actor, event.source) == (f"user:{chandra.pk}", "WALK_IN")
    assert event.reference == sold["bookingReference"]
    assert Payment.objects.get().gateway == "terminal"


def test_the_price_is_ours_whatever_the_page_says(stage: cast.Stage, clerk: Clerk) -> None:
    answer = clerk.sell(stage, "A1", total=1, price=1, given=5000, change=4999)

    assert answer.json()["total"] == 450


def test_a_repeated_request_sells_once(stage: cast.Stage, clerk: Clerk) -> None:
    first = clerk.sell(stage, "A1", "A2", key="the-same-sale")
    again = clerk.sell(stage, "A1", "A2", key="the-same-sale")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert Booking.objects.count() == 1
    assert Payment.objects.count() == 1


def test_a_key_of_one_sale_is_no_key_of_another(stage: cast.Stage, clerk: Clerk) -> None:
    assert clerk.sell(stage, "A1", key="the-same-sale").status_code == 201

    assert clerk.sell(stage, "A2", key="the-same-sale").status_code == 422
    assert stage.states()["A2"] == "AVAILABLE"


def test_a_taken_seat_is_a_plain_no_that_names_it_and_sells_nothing(stage: cast.Stage, clerk: Clerk) -> None:
    assert clerk.sell(stage, "C3").status_code == 201

    answer = clerk.sell(stage, "C2", "C3")

    assert answer.status_code == 409
    assert answer.json()["code"] == "SEAT_UNAVAILABLE"
    assert [(seat["label"], seat["status"]) for seat in answer.json()["conflicts"]] == [("C3", "BOOKED")]
    assert stage.states()["C2"] == "AVAILABLE"
    assert Payment.objects.count() == 1


def test_a_show_that_runs_is_sold_and_one_that_is_over_is_not(stage: cast.Stage, clerk: Clerk) -> None:
    now = timezone.now()
    late = cast.make_showtime(stage.hall, stage.movie, starts_at=now - timedelta(minutes=100))
    over = cast.make_showtime(stage.hall, stage.movie, starts_at=now - timedelta(minutes=300))

    assert clerk.sell(stage, "A1", showtimeId=str(late.pk)).status_code == 201
    answer = clerk.sell(stage, "A1", showtimeId=str(over.pk))

    assert (answer.status_code, answer.json()["code"]) == (422, "SHOW_OVER")


def test_another_cinemas_show_is_not_there(stage: cast.Stage, clerk: Clerk) -> None:
    other = cast.make_stage(name="Other House")

    assert clerk.get(f"/counter/shows/{stage.path}").status_code == 200
    assert clerk.get(f"/counter/shows/{other.path}").status_code == 404
    assert clerk.sell(other, "A1").status_code == 404
    assert other.states()["A1"] == "AVAILABLE"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"seats": ["A1", "A1"]}, 422),
        ({"seats": []}, 422),
        ({"seats": [f"A{n}" for n in range(51)]}, 422),
        ({"seats": ["Z9"]}, 404),
        ({"seats": ["A1\0"]}, 400),
        ({"tender": "CREDIT"}, 422),
        ({"showtimeId": "tonight"}, 422),
        ({"showtimeId": "01a1fc96-abe0-762b-99c2-3fbce5d166dc"}, 404),
    ],
)
def test_nonsense_sells_nothing(stage: cast.Stage, clerk: Clerk, change: dict[str, Any], status: int) -> None:
    answer = clerk.sell(stage, "A1", **change)

    assert answer.status_code == status
    assert set(stage.states().values()) == {"AVAILABLE"}
    assert Booking.objects.count() == 0


def test_only_people_of_the_box_office_sell(stage: cast.Stage, clerk: Clerk, asha: User) -> None:
    visitor, buyer = Client(raise_request_exception=False), Clerk(asha)
    body = {"showtimeId": stage.path, "seats": ["A1"], "tender": "CASH"}

    assert visitor.post("/counter/sell", body, content_type="application/json").status_code == 401
    assert buyer.sell(stage, "A1").status_code == 403
    assert buyer.get("/counter/shows").status_code == 403
    assert buyer.get(f"/counter/shows/{stage.path}").status_code == 403
    assert stage.states()["A1"] == "AVAILABLE"
    assert clerk.sell(stage, "A1").status_code == 201


def test_the_page_leads_strangers_to_the_door_and_tells_buyers_why(stage: cast.Stage, clerk: Clerk, asha: User) -> None:
    assert clerk.get("/counter/").status_code == 200
    assert Client().get("/counter/")["Location"] == "/login/?next=/counter/"

    refused = Clerk(asha).get("/counter/")

    assert refused.status_code == 403
    assert "The counter is for people who sell there" in refused.content.decode()


def test_a_sale_needs_the_pages_own_token(stage: cast.Stage, chandra: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(chandra)
    body = {"showtimeId": stage.path, "seats": ["A1"], "tender": "CASH"}

    assert strict.post("/counter/sell", body, content_type="application/json").status_code == 403
    strict.get("/counter/")
    token = strict.cookies["csrftoken"].value
    headers = {"X-CSRFToken": token}
    assert strict.post("/counter/sell", body, content_type="application/json", headers=headers).status_code == 201


def test_the_list_has_what_can_be_sold_here_the_next_shows_first(stage: cast.Stage, clerk: Clerk) -> None:
    cast.make_stage(name="Other House")
    now = timezone.now()
    running = cast.make_showtime(stage.hall, stage.movie, starts_at=now - timedelta(minutes=70))
    over = cast.make_showtime(stage.hall, stage.movie, starts_at=now - timedelta(minutes=300))
    next_week = cast.make_showtime(stage.hall, stage.movie, starts_at=now + timedelta(days=7))
    clerk.sell(stage, "A1")

    shows = clerk.get("/counter/shows").json()["shows"]

    assert [show["id"] for show in shows] == [stage.path, str(running.pk)]
    assert str(over.pk) not in str(shows)
    assert str(next_week.pk) not in str(shows)
    assert (shows[0]["available"], shows[0]["total"], shows[0]["hall"]) == (14, 15, "Hall 1")


def test_a_show_comes_with_its_chairs_their_places_and_states(stage: cast.Stage, clerk: Clerk) -> None:
    clerk.sell(stage, "A2")

    shown = clerk.get(f"/counter/shows/{stage.path}").json()

    assert shown["state"] == "AB" + "A" * 13
    first, second, sixth = shown["seats"][0], shown["seats"][1], shown["seats"][5]
    assert (first["label"], first["row"], first["number"], first["price"]) == ("A1", "A", "1", 450)
    assert (second["x"] - first["x"], second["y"] - first["y"]) == (40, 0)
    assert first["line"] == second["line"] != sixth["line"]
    assert clerk.get(shown["stateUrl"]).json()["version"] == 1


def test_the_receipt_has_a_code_for_every_ticket(stage: cast.Stage, clerk: Clerk) -> None:
    booking_id = clerk.sell(stage, "A1", "A2", "A3").json()["bookingId"]

    receipt = clerk.get(f"/counter/tickets/{booking_id}/")

    text = receipt.content.decode()
    assert receipt.status_code == 200
    assert text.count('class="qr"') == 3
    assert re.findall(r'stub__seat">(\w+)<', text) == ["A1", "A2", "A3"]


def test_another_cinemas_receipt_is_not_there(stage: cast.Stage, clerk: Clerk) -> None:
    other = cast.make_stage(name="Other House")
    eshan = cast.make_user("eshan@example.com", role="counter", cinemas=(other.cinema,))
    booking_id = Clerk(eshan).sell(other, "A1").json()["bookingId"]

    assert Clerk(eshan).get(f"/counter/tickets/{booking_id}/").status_code == 200
    assert clerk.get(f"/counter/tickets/{booking_id}/").status_code == 404
