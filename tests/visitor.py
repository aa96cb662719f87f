"""Somebody at a browser without JavaScript and without an account, buying as the pages lead."""

from django.http import HttpRequest, HttpResponse
from django.test import Client

from bookings.models import Booking
from bookings.services import holds
from showsewa.authentication import GUEST_COOKIE, ensure_guest, from_cookies
from tests import cast

BUYER = {"name": "Asha", "phone": "+977 984-1234567", "email": "", "gateway": "fake", "promo_code": ""}


class Visitor(Client):
    """A browser that has our guest cookie, and follows redirects when told to."""

    def __init__(self) -> None:
        super().__init__(raise_request_exception=False)
        self.request_seen: HttpRequest = self.get("/me/").wsgi_request
        answer = HttpResponse()
        ensure_guest(self.request_seen, answer)
        self.cookies[GUEST_COOKIE] = answer.cookies[GUEST_COOKIE].value
        self.request_seen.COOKIES[GUEST_COOKIE] = answer.cookies[GUEST_COOKIE].value

    def hold(self, stage: cast.Stage, *seats: str) -> Booking:
        actor = from_cookies(self.request_seen)
        return holds.hold_seats(showtime_id=stage.showtime.pk, seats=list(seats), actor=actor).booking

    def go_to_bank(self, booking: Booking, **fields: str) -> str:
        """Fill in the details and press pay; where that leads."""
        answer = self.post(path(booking, "details/"), BUYER | fields)
        assert answer.status_code == 302, answer.content.decode()
        return answer["Location"]

    def buy(self, stage: cast.Stage, *seats: str) -> Booking:
        booking = self.hold(stage, *seats)
        self.post(self.go_to_bank(booking), {"pressed": "pay"})
        booking.refresh_from_db()
        assert booking.status == Booking.Status.CONFIRMED
        return booking


def path(booking: Booking, page: str = "") -> str:
    return f"/bookings/{booking.pk}/{page}"
