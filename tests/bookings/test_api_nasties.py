"""R24 for the bodies of bookings and payments: whatever is sent, the answer is a problem and never a fault of ours."""

import json
import time
import uuid
from typing import Any

import pytest

from tests import cast, purchase
from tests.conftest import Api
from tests.purchase import AS_ASHA

NASTY: list[Any] = [
    None, True, -1, -0.0, 0.001, "1e3", 10**20, 10**4000, [], {}, [[]], {"a": {"b": 1}}, "", " ", "\u202eA1",
    "x" * 10_000, ["A1", "A1"], ["A1"] * 10_000, [None], [True], [{}], ["x" * 5000], "' OR 1=1 --", "<img onerror=x>",
    "../../etc", "NaN", "Infinity", "१२३", "seat_9999999999999999999999",
]  # fmt: skip

RAW = [
    b'{"a": NaN}', b'{"a": 1e400}', b'{"a": -Infinity}', b'{"a": "\\ud800"}', b'{"a": "\\u0000"}', b'{"a": "\x00"}',
    b'{"a": "\xff\xfe"}', b"[]", b'"text"', b"1", b"null", b"", b"{", b"[" * 100_000, b'{"a":' * 5000, b'{"a": 1,}',
    b"\xef\xbb\xbf{}", b'{"holdId": 1, "holdId": 2, "bookingId": 3}',
]  # fmt: skip


def bodies(stage: cast.Stage, booking: dict[str, Any]) -> dict[str, tuple[str, dict[str, Any]]]:
    """path -> a body in which each field is spoilt in turn."""
    booking_id = booking["bookingId"]
    hold = {"showtimeId": stage.path, "seatIds": ["A1"], "sessionToken": "t", "userId": "u", "holdTimeoutSeconds": 60}
    at_once = {"showId": stage.path, "showSeatIds": ["B1"], "userId": "u", "promoCode": "X", "userDetails": {}}
    details = {"email": "a@example.com", "name": "A", "phone": "98000000"}
    confirm = {"holdId": booking_id, "userDetails": details, "paymentMethod": "CARD", "promoCode": ""}
    process = {"bookingId": booking_id, "paymentIntentId": "pi", "paymentMethod": {"type": "card", "token": "tok_ok"}}
    initiate = {"bookingId": booking_id, "userId": "u", "provider": "fake"}
    return {
        "/bookings/hold": ("POST", hold),
        "/bookings": ("POST", at_once),
        "/pricing/calculate": ("POST", {"holdId": booking_id, "promoCode": "X"}),
        "/bookings/confirm": ("POST", confirm),
        "/payments/process": ("POST", process),
        "/payments/initiate": ("POST", initiate),
        f"/bookings/{booking_id}/cancel": ("PATCH", {"reason": "x", "refundAmount": 1, "seatIds": []}),
        f"/bookings/{booking_id}/confirm": ("PUT", {"paymentStatus": "paid"}),
        f"/payments/refund/{booking_id}": ("POST", {"amount": 1, "reason": "x"}),
        f"/payments/simulate/{purchase.session_of(booking)}": ("POST", {"result": "success", "delaySeconds": 1}),
    }


def spoilt(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Each field, also of the objects inside, replaced by each nasty value."""
    made = [body | {name: value} for name in body for value in NASTY]
    for name, inner in body.items():
        if isinstance(inner, dict):
            made += [body | {name: other} for other in spoilt(inner)]
    return made


def test_no_field_takes_a_nasty_value_badly(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "C1")
    faults = []
    for path, (method, body) in bodies(stage, booking).items():
        for nasty in spoilt(body):
            text = json.dumps(nasty).encode()
            began = time.monotonic()
            answer = api.send(method, path, text, X_Session_Token=uuid.uuid4().hex)
            if answer.status_code >= 500 or time.monotonic() - began > 1:
                faults.append((method, path, text[:200], answer.status_code))

    assert faults == []


@pytest.mark.parametrize("raw", RAW, ids=range(len(RAW)))
def test_a_body_that_is_no_json_object_is_refused_everywhere(stage: cast.Stage, api: Api, raw: bytes) -> None:
    booking = purchase.book(api, stage, "C1")

    for path, (method, _body) in bodies(stage, booking).items():
        if path.startswith("/payments/simulate") and raw in (b"", RAW[-1]):
            continue  # needs no body, and overlooks what it has no use for
        answer = api.send(method, path, raw, X_Session_Token="t")
        assert 400 <= answer.status_code < 500, (path, raw[:50], answer.content)
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["success"] is False


def test_a_body_too_large_or_packed_is_refused_before_it_is_read(stage: cast.Stage, api: Api) -> None:
    assert api.send("POST", "/bookings/hold", b" " * (256 * 1024 + 1)).status_code == 413
    assert api.send("POST", "/bookings/hold", b"\x1f\x8b", Content_Encoding="gzip").status_code == 415


def test_ids_in_the_path_that_are_none_are_not_found(stage: cast.Stage, api: Api) -> None:
    for name in ("1", "x" * 300, "%00", "..%2f", "०", "00000000-0000-0000-0000-00000000000g"):
        assert api.get(f"/bookings/{name}", **AS_ASHA).status_code == 404
        assert api.get(f"/payments/status/{name}", **AS_ASHA).status_code == 404
        assert api.post(f"/payments/simulate/{name}", {"result": "success"}).status_code == 404
    assert api.send("DELETE", "/bookings/holds/%00", **AS_ASHA).status_code == 403
