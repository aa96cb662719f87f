"""Seed 004: seats with their holds, hold-seats, a PENDING booking, its payment, webhook, refund and list."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from bookings.models import Booking
from bookings.services import endings
from payments import audit
from payments.models import Payment, Refund
from payments.services import refunding
from tests import cast, purchase
from tests.bookings.test_api_bookings import starts_in
from tests.walks.conftest import Mounted

pytestmark = pytest.mark.django_db

USER, OTHER = "0198c5f2-0000-4000-8000-000000000001", "0198c5f2-0000-4000-8000-000000000002"
AS_USER = {"X_Session_Token": USER}
WORDS = {"available", "held", "held_by_me", "booked", "blocked"}


def refusal(answer: Any) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def seats(api: Mounted, stage: cast.Stage, user: str = USER) -> dict[str, Any]:
    body: dict[str, Any] = api.get(f"/seats/shows/{stage.path}?userId={user}").json()
    return body


def states(api: Mounted, stage: cast.Stage, user: str = USER) -> list[str]:
    return [seat["status"] for seat in seats(api, stage, user)["seats"][:3]]


def chosen(api: Mounted, stage: cast.Stage, count: int = 2) -> list[str]:
    return [seat["id"] for seat in seats(api, stage)["seats"][:count]]


def book(api: Mounted, stage: cast.Stage, *ids: str, user: str = USER) -> Any:
    return api.post("/bookings", {"userId": user, "showId": stage.path, "showSeatIds": list(ids)})


def initiate(api: Mounted, booking: str, user: str = USER) -> Any:
    return api.post("/payments/initiate", {"bookingId": booking, "userId": user})


def tell(api: Mounted, session: str, kind: str, header: str = "X_Payment_Signature", **more: Any) -> Any:
    body = json.dumps({"eventType": kind, "sessionId": session, "gatewayRef": "gw_1", "timestamp": 1} | more).encode()
    return api.send("POST", "/payments/webhook", body, **{header: purchase.signature(body)})


def test_seats_hold_booking_payment_confirmation(stage: cast.Stage, api: Mounted) -> None:
    before = seats(api, stage)
    assert {"id", "row", "number", "price", "tier", "status"} <= set(before["seats"][0])
    assert (before["seats"][0]["row"], before["seats"][0]["number"], before["seats"][0]["price"]) == ("A", 1, 450)
    assert {"available": 15, "booked": 0, "held": 0}.items() <= before["summary"].items()
    ids = chosen(api, stage)

    held = api.post("/bookings/hold-seats", {"showId": stage.path, "userId": USER, "showSeatIds": ids})
    assert held.status_code == 201
    assert (held.json()["success"], held.json()["expiresIn"]) == (True, 300)
    assert [hold["seatId"] for hold in held.json()["holds"]] == ids
    assert {"seatId", "expiresAt"} == set(held.json()["holds"][0])
    assert states(api, stage) == ["held_by_me", "held_by_me", "available"]
    assert states(api, stage, OTHER) == ["held", "held", "available"]
    mine = seats(api, stage)
    assert (mine["summary"]["held"], mine["summary"]["heldByMe"], mine["holdExpiresAt"]) == (
        2, 2, held.json()["holds"][0]["expiresAt"],
    )  # fmt: skip

    opened = book(api, stage, *ids)
    booking = opened.json()
    assert (opened.status_code, booking["status"], booking["totalAmount"]) == (201, "PENDING", 900)
    minutes = (datetime.fromisoformat(booking["expiresAt"]) - timezone.now()).total_seconds() / 60
    assert 14 < minutes <= 15
    assert not Booking.objects.filter(status="HELD").exists()

    session = initiate(api, booking["id"])
    assert session.status_code == 201
    assert session.json()["sessionId"].startswith("sess_")
    assert session.json()["paymentUrl"] == f"/payments/fake-checkout/{session.json()['sessionId']}"
    assert session.json()["expiresAt"]
    assert api.client.get(session.json()["paymentUrl"]).status_code == 200

    told = tell(api, session.json()["sessionId"], "payment.success", amount=900, bookingId=booking["id"])
    assert (told.status_code, told.json()) == (200, {"status": "processed"})

    shown = api.get(f"/bookings/{booking['id']}", **AS_USER).json()
    assert (shown["id"], shown["status"], shown["totalAmount"]) == (booking["id"], "CONFIRMED", 900)
    assert {"row": "A", "number": 1, "tier": "MAIN"}.items() <= shown["seats"][0].items()
    assert shown["payment"] == {"status": "SUCCESS", "amount": 900}
    assert {"movie", "theatre", "startTime"} <= set(shown["show"])
    status = api.get(f"/payments/status/{booking['id']}", **AS_USER).json()
    assert (status["bookingId"], status["bookingStatus"]) == (booking["id"], "CONFIRMED")
    assert status["payments"][0]["status"] == "SUCCESS"
    assert states(api, stage) == ["booked", "booked", "available"]
    assert audit.violations() == []


def test_free_seats_are_listed_alone(stage: cast.Stage, api: Mounted) -> None:
    book(api, stage, *chosen(api, stage))

    free = api.get(f"/seats/shows/{stage.path}/available").json()

    assert (free["showId"], free["availableCount"], len(free["seats"])) == (stage.path, 13, 13)
    assert {seat["status"] for seat in free["seats"]} == {"available"}
    assert free["seats"][0]["label"] == "A3"


def test_the_hold_is_optional_and_released_at_will(stage: cast.Stage, api: Mounted) -> None:
    body = {"showId": stage.path, "userId": USER, "showSeatIds": chosen(api, stage)}
    api.post("/bookings/hold-seats", body)

    assert api.send("DELETE", f"/bookings/holds/{USER}").json() == {"released": 2}
    assert api.send("DELETE", f"/bookings/holds/{USER}").json() == {"released": 0}
    assert states(api, stage) == ["available"] * 3
    assert book(api, stage, *chosen(api, stage), user=OTHER).json()["status"] == "PENDING"


def test_a_held_or_booked_seat_is_refused(stage: cast.Stage, api: Mounted) -> None:
    ids = chosen(api, stage)
    api.post("/bookings/hold-seats", {"showId": stage.path, "userId": USER, "showSeatIds": ids[:1]})
    body = {"showId": stage.path, "userId": OTHER, "showSeatIds": ids}

    refused = api.post("/bookings/hold-seats", body)

    assert refusal(refused) == (409, "SEAT_UNAVAILABLE")
    assert refused.json()["conflicts"][0]["seatId"] == ids[0]
    assert refusal(book(api, stage, *ids, user=OTHER)) == (409, "SEAT_UNAVAILABLE")
    assert states(api, stage, OTHER) == ["held", "available", "available"]
    assert refusal(book(api, stage, "seat_99999999")) == (404, "NOT_FOUND")
    starts_in(stage, minutes=-1)
    assert refusal(book(api, stage, *ids)) == (422, "SHOW_STARTED")


def test_a_payment_is_simulated_without_a_word(stage: cast.Stage, api: Mounted, settings: Any) -> None:
    booking = book(api, stage, *chosen(api, stage)).json()["id"]
    session = initiate(api, booking).json()["sessionId"]

    assert api.post(f"/payments/simulate/{session}").json()["status"] == "processed"
    assert Booking.objects.get().status == "CONFIRMED"
    settings.GATEWAYS = []
    assert refusal(api.post(f"/payments/simulate/{session}")) == (404, "NOT_FOUND")


def test_a_failed_payment_leaves_time_to_try_again(stage: cast.Stage, api: Mounted) -> None:
    booking = book(api, stage, *chosen(api, stage)).json()["id"]
    session = initiate(api, booking).json()["sessionId"]
    Booking.objects.update(expires_at=timezone.now() + timedelta(minutes=1))

    tell(api, session, "payment.failed", amount=900)

    row = Booking.objects.get()
    assert row.expires_at is not None
    assert row.expires_at > timezone.now() + timedelta(minutes=4)
    assert Payment.objects.get().status == "FAILED"
    again = initiate(api, booking).json()["sessionId"]
    tell(api, again, "payment.success", amount=900)
    assert Booking.objects.get().status == "CONFIRMED"


def test_an_expired_payment_ends_the_booking_and_frees_its_seats(stage: cast.Stage, api: Mounted) -> None:
    booking = book(api, stage, *chosen(api, stage)).json()["id"]
    session = initiate(api, booking).json()["sessionId"]

    tell(api, session, "payment.expired", amount=900)

    assert (Booking.objects.get().status, Payment.objects.get().status) == ("EXPIRED", "EXPIRED")
    assert set(stage.states().values()) == {"AVAILABLE"}
    assert refusal(initiate(api, booking)) == (410, "HOLD_EXPIRED")


def test_webhooks_are_signed_known_ones_are_answered_alike_and_strange_ones_left(
    stage: cast.Stage, api: Mounted
) -> None:
    booking = book(api, stage, *chosen(api, stage)).json()["id"]
    session = initiate(api, booking).json()["sessionId"]
    body = json.dumps({"eventType": "payment.success", "sessionId": session, "amount": 900}).encode()

    assert refusal(api.send("POST", "/payments/webhook", body, X_Payment_Signature="t=1,v1=0")) == (
        400,
        "BAD_SIGNATURE",
    )
    assert refusal(api.send("POST", "/payments/webhook", body)) == (400, "BAD_SIGNATURE")
    assert tell(api, session, "payment.puzzled").json() == {"status": "processed"}
    assert Booking.objects.get().status == "PENDING"
    for header in ("X_Signature", "X_Payment_Signature", "X_Signature"):
        assert tell(api, session, "payment.success", header, amount=900).json() == {"status": "processed"}
    assert Payment.objects.get().status == "SUCCESS"
    assert not Refund.objects.exists()


def test_a_pending_booking_that_nobody_pays_runs_out(stage: cast.Stage, api: Mounted) -> None:
    booking = book(api, stage, *chosen(api, stage)).json()["id"]

    endings.expire_due(now=timezone.now() + timedelta(minutes=18))

    assert api.get(f"/bookings/{booking}", **AS_USER).json()["status"] == "EXPIRED"
    assert set(stage.states().values()) == {"AVAILABLE"}


def test_a_pending_booking_is_cancelled_by_patch(stage: cast.Stage, api: Mounted) -> None:
    booking = book(api, stage, *chosen(api, stage)).json()["id"]

    answer = api.send("PATCH", f"/bookings/{booking}/cancel", {"userId": USER})

    assert (answer.status_code, answer.json()["status"]) == (200, "CANCELLED")
    assert set(stage.states().values()) == {"AVAILABLE"}
    assert refusal(api.send("PATCH", f"/bookings/{booking}/cancel", {"userId": USER})) == (409, "ALREADY_CANCELLED")


@pytest.mark.parametrize(("hours", "percent"), [(25, 100), (5, 50)])
def test_a_refund_goes_by_the_time_that_is_left(stage: cast.Stage, api: Mounted, hours: int, percent: int) -> None:
    starts_in(stage, hours=hours)
    booking = book(api, stage, *chosen(api, stage)).json()["id"]
    api.post(f"/payments/simulate/{initiate(api, booking).json()['sessionId']}", {"result": "success"})

    answer = api.post(f"/payments/refund/{booking}", {"userId": USER})

    assert (answer.status_code, answer.json()["refundPercentage"]) == (202, percent)
    assert answer.json()["refundAmount"] == 9 * percent
    refunding.send_refund(Refund.objects.get())
    assert audit.violations() == []


def test_bookings_of_a_user_are_listed_to_that_user(stage: cast.Stage, api: Mounted, asha: Any, bikash: Any) -> None:
    ids = chosen(api, stage, 3)
    first = book(api, stage, ids[0]).json()["id"]
    second = book(api, stage, ids[1]).json()["id"]
    book(api, stage, ids[2], user=OTHER)

    page = api.get(f"/bookings/user/{USER}?limit=1", **AS_USER).json()
    assert [item["id"] for item in page["items"]] == [second]
    rest = api.get(f"/bookings/user/me?limit=1&cursor={page['nextCursor']}", **AS_USER).json()
    assert ([item["id"] for item in rest["items"]], rest["nextCursor"]) == ([first], None)
    assert {"status", "totalAmount", "bookedSeats", "show"} <= set(rest["items"][0])
    assert refusal(api.get(f"/bookings/user/{USER}")) == (401, "UNAUTHORIZED")
    assert refusal(api.get(f"/bookings/user/{OTHER}", **AS_USER)) == (403, "FORBIDDEN")
    api.client.force_login(asha)
    assert api.get(f"/bookings/user/{asha.pk}").json()["items"] == []
    assert refusal(api.get(f"/bookings/user/{bikash.pk}")) == (403, "FORBIDDEN")
    assert refusal(api.get(f"/seats/shows/{stage.path}?userId={bikash.pk}")) == (403, "FORBIDDEN")


def test_a_guest_who_names_an_account_sees_none_of_its_seats(stage: cast.Stage, api: Mounted, asha: Any) -> None:
    signed_in = Mounted(api.mount)
    signed_in.client.force_login(asha)
    api_seats = chosen(api, stage)
    signed_in.post("/bookings/hold-seats", {"showId": stage.path, "showSeatIds": api_seats})

    assert states(signed_in, stage, str(asha.pk)) == ["held_by_me", "held_by_me", "available"]
    assert states(api, stage, str(asha.pk)) == ["held", "held", "available"]
    assert api.send("DELETE", f"/bookings/holds/{asha.pk}").json() == {"released": 0}


def test_the_ways_in_and_the_documents_are_there(api: Mounted) -> None:
    assert api.get("/health").json()["db"] == "ok"
    for page in ("/docs", "/api/docs", "/api/redoc"):
        assert api.client.get(page).status_code == 200


def test_what_is_looked_up_has_its_index() -> None:
    """userId, showId, status, expiresAt: a partial index carries the status its question asks for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'bookings_booking'")
        found = " ".join(row[0] for row in cursor.fetchall())

    for part in ("(user_id)", "(showtime_id)", "(owner, showtime_id)", "(expires_at) WHERE", "'HELD'", "'PENDING'"):
        assert part in found


def test_the_settings_of_the_seed_have_its_defaults() -> None:
    text = (Path(settings.BASE_DIR) / "showsewa" / "settings.py").read_text()

    for name, default in (("BOOKING_EXPIRY_MINUTES", 15), ("SEAT_HOLD_MINUTES", 5)):
        assert getattr(settings, name) == default
        assert f'"{name}"' in text
    for name in ("PAYMENT_WEBHOOK_SECRET", "DATABASE_URL"):
        assert f'"{name}"' in text
