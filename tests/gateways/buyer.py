"""Somebody who buys by eSewa or Khalti with a browser that runs no scripts."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from bookings.models import Booking
from payments.models import Payment
from tests import cast
from tests.visitor import Visitor


class Buyer(Visitor):
    def choose(self, stage: cast.Stage, gateway: str, *seats: str) -> Booking:
        """As far as our page that hands over; the session is open there, as far as we do that."""
        self.booking = self.hold(stage, *(seats or ("A1",)))
        self.hand_over = self.go_to_bank(self.booking, gateway=gateway)
        assert self.hand_over.startswith("/payments/go/")
        return self.booking

    @property
    def payment(self) -> Payment:
        return Payment.objects.filter(booking=self.booking).latest("created_at")

    def cross_over(self) -> httpx.Response:
        """Press the button of that page: by our form, or by our link."""
        seen = self.get(self.hand_over)
        assert seen.status_code == 200
        action, fields, link = read(seen.content.decode())
        answer = httpx.post(action, data=fields) if action else httpx.get(link)
        assert answer.status_code == 200, answer.text
        return answer

    def press(self, there: httpx.Response, what: str) -> str:
        """Press a button at the company's page; where it sends us back to, as a path of this site."""
        _action, fields, _link = read(there.text)
        url = there.url.copy_with(path="/press", query=None)
        sent_to = httpx.post(url, data=fields | {"press": what}).headers["Location"]
        assert sent_to.startswith(settings.BASE_URL + "/payments/return/")
        parts = urlsplit(sent_to)
        return f"{parts.path}?{parts.query}"

    def come_back(self, address: str) -> Any:
        """Follow the way back to the page it ends at."""
        return self.get(address, follow=True)

    def buy(self, stage: cast.Stage, gateway: str = "", *seats: str) -> Booking:
        self.choose(stage, gateway, *seats)
        self.come_back(self.press(self.cross_over(), "pay"))
        self.booking.refresh_from_db()
        assert self.booking.status == Booking.Status.CONFIRMED
        return self.booking


def read(page: str) -> tuple[str, dict[str, str], str]:
    """(the form's action, its hidden fields, else the link) of a page."""
    body = page.partition("<main")[2] or page
    form = re.search(r'<form method="?post"? action=["\'](http[^"\']*|/press)["\'].*?</form>', body, re.DOTALL)
    inside = form[0] if form else ""
    found = re.findall(r'<input type="?hidden"? name="?(\w+)"? value=["\']([^"\']*)["\']', inside)
    link = re.search(r'href="([^"]*)"[^>]*data-hand-over', body)
    return (
        unescape(form[1]) if form else "",
        {name: unescape(value) for name, value in found},
        unescape(link[1]) if link else "",
    )


def status(booking: Booking) -> str:
    return Booking.objects.get(pk=booking.pk).status
