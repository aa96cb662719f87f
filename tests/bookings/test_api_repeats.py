"""The same request again, and too many of them: Idempotency-Key and rate limits on the booking paths."""

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client, override_settings
from django.utils import timezone

from bookings.models import Booking
from payments.models import Payment, Refund
from showsewa import answers, idempotency, urls
from showsewa.models import StoredAnswer
from tests import cast, purchase
from tests.bookings.test_api_holds import code
from tests.conftest import Api
from tests.purchase import AS_ASHA
from tests.races.threads import at_once

KEY = {"Idempotency_Key": "till-7/sale-1"}
HEADERS = {"Idempotency-Key": "till-7/sale-1"}


def test_a_repeated_hold_is_answered_from_memory(stage: cast.Stage, api: Api) -> None:
    body = {"showtimeId": stage.path, "seatIds": ["A1"], "sessionToken": cast.ASHA_TOKEN}

    first, again = api.post("/bookings/hold", body, **KEY), api.post("/bookings/hold", body, **KEY)

    assert (again.status_code, again.content) == (201, first.content)
    assert again["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first
    assert stage.journal()[-1].version == 1


def test_a_key_used_for_another_body_is_refused(stage: cast.Stage, api: Api) -> None:
    body = {"showtimeId": stage.path, "sessionToken": cast.ASHA_TOKEN}
    assert api.post("/bookings/hold", body | {"seatIds": ["A1"]}, **KEY).status_code == 201

    refused = api.post("/bookings/hold", body | {"seatIds": ["A2"]}, **KEY)

    assert code(refused) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert stage.states()["A2"] == "AVAILABLE"


def test_a_key_belongs_to_its_caller_and_route(stage: cast.Stage, api: Api) -> None:
    for token, seat in ((cast.ASHA_TOKEN, "A1"), (cast.BIKASH_TOKEN, "A2")):
        body = {"showtimeId": stage.path, "seatIds": [seat], "sessionToken": token}
        assert api.post("/bookings/hold", body, **KEY).status_code == 201

    held = Booking.objects.get(seat_labels=["A1"])
    assert api.send("DELETE", f"/bookings/hold/{held.pk}", **AS_ASHA, **KEY).json() == {"released": 1}


def test_strangers_without_a_name_do_not_share_a_key(stage: cast.Stage, api: Api) -> None:
    first = purchase.hold(api, stage, "A1")
    second = purchase.hold(api, stage, "A2", token=cast.BIKASH_TOKEN)

    for held in (first, second):
        body = {"holdId": held["holdId"], "userDetails": purchase.DETAILS}
        assert api.post("/bookings/confirm", body, **KEY).status_code == 201


def test_a_refused_request_may_be_tried_again_under_its_key(stage: cast.Stage, api: Api) -> None:
    rival = purchase.hold(api, stage, "A1", token=cast.BIKASH_TOKEN)
    body = {"showtimeId": stage.path, "seatIds": ["A1"], "sessionToken": cast.ASHA_TOKEN}
    assert api.post("/bookings/hold", body, **KEY).status_code == 409

    api.send("DELETE", f"/bookings/hold/{rival['holdId']}", **purchase.AS_BIKASH)

    assert api.post("/bookings/hold", body, **KEY).status_code == 201


def test_a_repeated_confirmation_payment_and_cancellation_have_one_effect(stage: cast.Stage, api: Api) -> None:
    held = purchase.hold(api, stage, "A1")
    body = {"holdId": held["holdId"], "userDetails": purchase.DETAILS}
    first, again = (api.post("/bookings/confirm", body, **KEY) for _time in range(2))
    assert (again.status_code, again.content) == (201, first.content)
    assert Payment.objects.count() == 1

    booking = first.json()
    for _time in range(2):
        method = {"token": "tok_ok"}
        paying = {"bookingId": booking["bookingId"], "paymentIntentId": booking["paymentIntentId"]}
        assert api.post("/payments/process", paying | {"paymentMethod": method}, **KEY).status_code == 200
        assert api.post(f"/bookings/{booking['bookingId']}/cancel", {}, **AS_ASHA, **KEY).status_code == 200
    assert Refund.objects.count() == 1


@contextmanager
def turn_taken(named: dict[str, str]) -> Iterator[None]:
    """Another connection is just working under this key."""
    taken, done = threading.Event(), threading.Event()

    def work() -> None:
        with transaction.atomic():
            idempotency._take_turn(named)
            taken.set()
            done.wait(10)
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    assert taken.wait(10)
    yield
    done.set()
    thread.join()


def test_a_hold_whose_first_request_is_still_running_is_told_to_wait(stage: cast.Stage, api: Api) -> None:
    body = {"showtimeId": stage.path, "seatIds": ["A1"], "sessionToken": cast.ASHA_TOKEN}
    named = {"actor": cast.ASHA.key, "key": KEY["Idempotency_Key"], "route": "POST bookings/hold"}

    with turn_taken(named):
        refused = api.post("/bookings/hold", body, **KEY)

    assert code(refused) == (409, "IDEMPOTENCY_IN_FLIGHT")
    assert refused["Retry-After"] == "1"
    assert api.post("/bookings/hold", body, **KEY).status_code == 201


def test_a_confirmation_in_flight_is_told_to_wait_until_its_owner_must_be_dead(stage: cast.Stage, api: Api) -> None:
    held = purchase.hold(api, stage, "A1")
    body = {"holdId": held["holdId"], "userDetails": purchase.DETAILS}
    StoredAnswer.objects.create(
        actor=cast.ASHA.key, key=KEY["Idempotency_Key"], route="POST bookings/confirm", body_hash=_hash_of(body)
    )

    refused = api.post("/bookings/confirm", body, **AS_ASHA, **KEY)
    assert code(refused) == (409, "IDEMPOTENCY_IN_FLIGHT")
    StoredAnswer.objects.update(created_at=timezone.now() - timedelta(seconds=21))
    assert api.post("/bookings/confirm", body, **AS_ASHA, **KEY).status_code == 201


def _hash_of(body: object) -> str:
    sent = Client()._encode_json(body, "application/json").encode()
    return hashlib.sha256(b"bookings/confirm\0" + sent).hexdigest()


def test_a_claim_whose_owner_died_is_not_taken_over_by_another_request(stage: cast.Stage, api: Api) -> None:
    held = purchase.hold(api, stage, "A1")
    body = {"holdId": held["holdId"], "userDetails": purchase.DETAILS}
    StoredAnswer.objects.create(
        actor=cast.ASHA.key, key=KEY["Idempotency_Key"], route="POST bookings/confirm", body_hash="x",
        created_at=timezone.now() - timedelta(seconds=21),
    )  # fmt: skip

    assert code(api.post("/bookings/confirm", body, **AS_ASHA, **KEY)) == (422, "IDEMPOTENCY_KEY_REUSED")


def test_the_two_mounts_share_their_keys(stage: cast.Stage, api: Api) -> None:
    body = {"showtimeId": stage.path, "seatIds": ["A1"], "sessionToken": cast.ASHA_TOKEN}

    first = api.post("/bookings/hold", body, **KEY)
    again = api.client.post(
        "/api/bookings/hold", body, "application/json", headers={"Idempotency-Key": "till-7/sale-1"}
    )

    assert (again.status_code, again.content) == (201, first.content)
    assert again["Idempotency-Replayed"] == "true"


def test_a_declined_payment_is_not_tried_twice_under_one_key(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")
    body = {"bookingId": booking["bookingId"], "paymentIntentId": booking["paymentIntentId"]}
    declined = body | {"paymentMethod": {"token": "tok_declined"}}

    first, again = (api.post("/payments/process", declined, **KEY) for _time in range(2))

    assert code(first) == code(again) == (402, "PAYMENT_DECLINED")
    assert again["Idempotency-Replayed"] == "true" and again["Content-Type"] == "application/problem+json"
    assert code(api.post("/payments/process", body | {"paymentMethod": {"token": "tok_ok"}}, **KEY))[0] == 422


def test_answers_are_kept_a_day_and_those_of_reports_and_refunds_a_week(stage: cast.Stage) -> None:
    routes = ["POST bookings/hold", "POST seat-sync/bulk-update", "POST payments/refund/<uuid:booking_id>"]
    for route in routes:
        StoredAnswer.objects.create(actor="a", key="k", route=route, body_hash="x", status=200)

    left = []
    for hours in (23, 25, 167, 169):
        answers.purge(now=timezone.now() + timedelta(hours=hours))
        left.append(StoredAnswer.objects.count())

    assert left == [3, 2, 2, 0]


# A gateway's message is known by its event, and what is simulated is the test gateway's own.
UNKEYED = {("post", "payments/webhook"), ("post", "payments/webhook/<slug:gateway>")}
# These heed it one step further in: what they add to the answer is not to be stored, or is told after a rollback.
INSIDE = {
    ("post", "webhooks"): "_create",
    ("post", "webhooks/<uuid:webhook_id>/rotate"): "_rotate",
    ("post", "seat-sync/bulk-update"): "_apply",
}


def test_every_write_heeds_the_key() -> None:
    deaf = set()
    for pattern in urls.api:
        view = getattr(pattern.callback, "cls", None) or getattr(pattern.callback, "view_class", None)
        for method in ("post", "put", "patch", "delete"):
            write = (method, str(pattern.pattern))
            handler = getattr(view, method, None) and getattr(view, INSIDE.get(write, method))
            if handler is not None and not idempotency.is_repeatable(handler):
                deaf.add(write)

    assert deaf == UNKEYED


@pytest.mark.slow
@pytest.mark.long
def test_a_hundred_repeats_have_one_effect(race_stage: cast.Stage) -> None:
    body = {"showtimeId": race_stage.path, "seatIds": ["A1", "A2"], "sessionToken": cast.ASHA_TOKEN}
    first: list[Any] = []

    def repeat() -> int:
        for _time in range(200):
            answer = Api().post("/bookings/hold", body, **KEY)
            if code(answer) != (409, "IDEMPOTENCY_IN_FLIGHT"):
                first.append(answer.content)
                return int(answer.status_code)
            time.sleep(0.05)
        return 0

    for _round in range(5):
        assert at_once([repeat for _thread in range(20)]) == 20 * [201]

    assert len(first) == 100 and len(set(first)) == 1
    assert Booking.objects.count() == 1
    assert [event.action for event in race_stage.journal()] == ["HOLD"]


def test_a_key_that_is_no_text_is_refused(stage: cast.Stage, api: Api) -> None:
    body = {"showtimeId": stage.path, "seatIds": ["A1"], "sessionToken": cast.ASHA_TOKEN}

    assert code(api.post("/bookings/hold", body, Idempotency_Key="x" * 256)) == (422, "VALIDATION_FAILED")


def test_booking_paths_have_a_limit_per_address_and_say_when_to_come_back(stage: cast.Stage) -> None:
    api = Api(client=Client(REMOTE_ADDR="203.0.113.7"))
    body = {"showtimeId": stage.path, "seatIds": ["A1"], "sessionToken": cast.ASHA_TOKEN}

    with override_settings(RATE_LIMIT_PER_MINUTE=3):
        # Within two minutes at most: the third of a minute may be the first of the next.
        answers = [api.post("/bookings/hold", body, X_Forwarded_For=f"198.51.100.{n}") for n in range(8)]

    refused = answers[-1]
    assert answers[0].status_code == 201
    assert answers[0]["RateLimit-Policy"] == '"booking";q=3;w=60'
    assert code(refused) == (429, "RATE_LIMITED")
    assert 0 < int(refused["Retry-After"]) <= 60


def test_reading_a_booking_costs_nothing_of_the_limit(stage: cast.Stage) -> None:
    api = Api(client=Client(REMOTE_ADDR="203.0.113.8"))
    held = purchase.hold(api, stage, "A1")

    with override_settings(RATE_LIMIT_PER_MINUTE=1):
        answers = {api.get(f"/bookings/{held['holdId']}", **AS_ASHA).status_code for _time in range(5)}

    assert answers == {200}
