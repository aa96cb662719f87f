"""The steps of a purchase as an API caller makes them, for tests that are about what comes before or after."""

import json
import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from bookings.models import Booking
from bookings.services import endings
from payments.gateways import fake
from payments.models import FakeCheckout, Payment
from showsewa import signatures
from tests import cast
from tests.conftest import Api

DETAILS = {"email": "asha@example.com", "name": "Asha Rai", "phone": "+977 9800000000"}
AS_ASHA = {"X_Session_Token": cast.ASHA_TOKEN}
AS_BIKASH = {"X_Session_Token": cast.BIKASH_TOKEN}


def hold(api: Api, stage: cast.Stage, *seats: str, token: str = cast.ASHA_TOKEN) -> dict[str, Any]:
    body = {"showtimeId": stage.path, "seatIds": list(seats), "sessionToken": token}
    return _ok(api.post("/bookings/hold", body))


def confirm(api: Api, hold_id: str, **more: Any) -> dict[str, Any]:
    body = {"holdId": hold_id, "userDetails": DETAILS, "paymentMethod": "CARD"} | more
    return _ok(api.post("/bookings/confirm", body))


def book(api: Api, stage: cast.Stage, *seats: str, token: str = cast.ASHA_TOKEN, **more: Any) -> dict[str, Any]:
    """A booking that waits for its money."""
    return confirm(api, hold(api, stage, *seats, token=token)["holdId"], **more)


def pay(api: Api, booking: dict[str, Any], token: str = "tok_ok") -> Any:
    method = {"type": "card", "token": token}
    body = {"bookingId": booking["bookingId"], "paymentIntentId": booking["paymentIntentId"], "paymentMethod": method}
    return api.post("/payments/process", body)


def buy(api: Api, stage: cast.Stage, *seats: str, token: str = cast.ASHA_TOKEN) -> dict[str, Any]:
    """A confirmed booking."""
    booking = book(api, stage, *seats, token=token)
    _ok(pay(api, booking))
    return booking


def session_of(booking: dict[str, Any]) -> str:
    return Payment.objects.filter(booking_id=booking["bookingId"]).latest("created_at").session


def pay_silently(session: str) -> None:
    """At the test gateway's page, which does not get round to telling us."""
    fake.finish(session, FakeCheckout.Outcome.PAID)


def row(booking: dict[str, Any]) -> Booking:
    return Booking.objects.get(pk=booking.get("bookingId") or booking.get("holdId") or booking["id"])


def expire(stage: cast.Stage) -> None:
    """Let the time of everything unpaid run out, as the sweep does it."""
    endings.expire_at_showtime(showtime_id=stage.showtime.pk, now=timezone.now() + timedelta(hours=1))


def event(session: str, kind: str = "payment.success", *, event_id: str = "", **data: Any) -> bytes:
    """The body of a webhook. data: instead of a payment of 450 NPR for one seat."""
    usual = {"sessionId": session, "amount": "450.00", "currency": "NPR", "reference": f"ch_{session[5:25]}"}
    return json.dumps({"id": event_id or f"evt_{uuid.uuid4().hex}", "type": kind, "data": usual | data}).encode()


def signature(body: bytes, *, secret: str = "", age: int = 0) -> str:
    at = int(timezone.now().timestamp()) - age
    return signatures.sign(body, secrets=[secret or settings.PAYMENT_WEBHOOK_SECRET], at=at)


def send(api: Api, body: bytes, header: str | None = None, path: str = "/payments/webhook") -> Any:
    """Post a webhook, signed as it should be unless a header is given."""
    return api.send("POST", path, body, X_Signature=signature(body) if header is None else header)


def _ok(response: Any) -> Any:
    assert response.status_code in (200, 201, 202), response.content
    return response.json()
