"""What gateways tell us: duplicated, shuffled, forged, late (OP30; R11, R12, R13)."""

import json
import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from bookings.models import Booking, Notice
from payments.models import Case, Payment, Refund, WebhookEvent
from payments.services import inbox
from tests import cast, purchase
from tests.bookings.test_api_holds import code
from tests.conftest import Api
from tests.purchase import AS_ASHA
from venues.models import Showtime


def snapshot(booking: dict) -> tuple[object, ...]:
    """All that a message could change."""
    return (
        list(Payment.objects.order_by("pk").values()),
        list(Booking.objects.order_by("pk").values()),
        Refund.objects.count(),
        Notice.objects.count(),
        WebhookEvent.objects.count(),
    )


# --- R11: again, in any order


def test_a_signed_success_confirms_the_booking_and_says_processed(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")

    answer = purchase.send(api, purchase.event(purchase.session_of(booking)))

    assert (answer.status_code, answer.json()) == (200, {"status": "processed"})
    assert purchase.row(booking).status == "CONFIRMED"
    assert stage.states()["A1"] == "BOOKED"
    assert WebhookEvent.objects.get().processed_at is not None


def test_the_path_may_name_the_gateway(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")
    body = purchase.event(purchase.session_of(booking))

    assert code(purchase.send(api, body, path="/payments/webhook/nowhere")) == (404, "NOT_FOUND")
    assert code(purchase.send(api, body, path="/payments/webhook/cash")) == (400, "BAD_SIGNATURE")
    assert purchase.send(api, body, path="/payments/webhook/fake").status_code == 200
    assert purchase.row(booking).status == "CONFIRMED"


def test_events_duplicated_and_shuffled_confirm_each_booking_once(stage: cast.Stage, api: Api) -> None:
    dice = random.Random(11)
    bookings = [purchase.book(api, stage, seat, token=f"buyer {seat}") for seat in stage.states()]
    messages = []
    for booking in bookings:
        session = purchase.session_of(booking)
        kinds = ["payment.success", "payment.failed", "payment.disputed", "payment.success"]
        for body in [purchase.event(session, kind) for kind in kinds]:
            messages += [body] * dice.randint(1, 5)
    dice.shuffle(messages)

    answers = {purchase.send(api, body).status_code for body in messages}

    assert answers == {200}
    assert {purchase.row(booking).status for booking in bookings} == {"CONFIRMED"}
    assert {payment.status for payment in Payment.objects.all()} == {"SUCCESS"}
    assert Refund.objects.count() == 0
    assert Notice.objects.filter(kind="CONFIRMATION", medium="EMAIL").count() == len(bookings)
    assert WebhookEvent.objects.count() == 4 * len(bookings)


def test_a_failure_after_the_success_takes_nothing_back(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")
    session = purchase.session_of(booking)

    for kind in ("payment.success", "payment.failed", "payment.expired"):
        assert purchase.send(api, purchase.event(session, kind)).status_code == 200

    assert (purchase.row(booking).status, Payment.objects.get().status) == ("CONFIRMED", "SUCCESS")


def test_a_failure_leaves_time_for_another_try_once(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")
    Booking.objects.update(expires_at=timezone.now() + timedelta(seconds=30))

    purchase.send(api, purchase.event(purchase.session_of(booking), "payment.failed"))

    first = purchase.row(booking).expires_at
    assert first > timezone.now() + timedelta(minutes=4)
    second = api.post("/payments/initiate", {"bookingId": booking["bookingId"]}, **AS_ASHA).json()
    purchase.send(api, purchase.event(second["sessionId"], "payment.failed"))
    assert purchase.row(booking).expires_at == first


def test_an_expiry_ends_booking_and_payment(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")

    purchase.send(api, purchase.event(purchase.session_of(booking), "payment.expired"))

    assert (purchase.row(booking).status, Payment.objects.get().status) == ("EXPIRED", "EXPIRED")
    assert stage.states()["A1"] == "AVAILABLE"


@pytest.mark.parametrize(
    "body", [b'{"id": "evt_1", "type": "customer.created"}', purchase.event("sess_unknown", "payment.failed")]
)
def test_what_is_of_no_use_to_us_is_stored_and_left_alone(stage: cast.Stage, api: Api, body: bytes) -> None:
    answer = purchase.send(api, body)

    assert (answer.status_code, answer.json()) == (200, {"status": "processed"})
    assert WebhookEvent.objects.get().outcome.startswith("ignored")


def test_an_event_whose_processing_was_cut_short_is_processed_later(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")
    body = purchase.event(purchase.session_of(booking), event_id="evt_cut")
    received_at = timezone.now() - timedelta(minutes=1)
    event = WebhookEvent.objects.create(gateway="fake", event_id="evt_cut", body=body.decode())
    WebhookEvent.objects.filter(pk=event.pk).update(received_at=received_at)

    assert inbox.process_waiting(now=timezone.now()) == 1
    assert purchase.row(booking).status == "CONFIRMED"


# --- R12: forged

FORGERIES: dict[str, Callable[[bytes], tuple[bytes, str]]] = {
    "no header": lambda body: (body, ""),
    "bad mac": lambda body: (body, purchase.signature(body)[:-4] + "0000"),
    "other key": lambda body: (body, purchase.signature(body, secret="another-secret-of-at-least-32-characters")),
    "one byte changed": lambda body: (body.replace(b"450.00", b"450.01"), purchase.signature(body)),
    "one blank added": lambda body: (body + b" ", purchase.signature(body)),
    "301 s old": lambda body: (body, purchase.signature(body, age=301)),
    "301 s ahead": lambda body: (body, purchase.signature(body, age=-302)),
    "time changed": lambda body: (body, "t=1," + purchase.signature(body).partition(",")[2]),
    "two times": lambda body: (body, purchase.signature(body) + ",t=1"),
    "mac of nothing": lambda body: (body, purchase.signature(b"")),
    "no time": lambda body: (body, purchase.signature(body).partition(",")[2]),
    "odd digits": lambda body: (body, "t=१२३," + purchase.signature(body).partition(",")[2]),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_or_stale_message_changes_nothing(stage: cast.Stage, api: Api, forgery: str) -> None:
    booking = purchase.book(api, stage, "A1")
    good = purchase.event(purchase.session_of(booking))
    body, header = FORGERIES[forgery](good)
    before = snapshot(booking)

    refused = purchase.send(api, body, header.encode().decode("latin-1"))

    assert code(refused) == (400, "BAD_SIGNATURE")
    assert snapshot(booking) == before
    assert purchase.send(api, good).status_code == 200  # it was the forgery that was refused


@pytest.mark.parametrize("age", [299, -299])
def test_a_clock_some_minutes_off_is_forgiven(stage: cast.Stage, api: Api, age: int) -> None:
    body = purchase.event(purchase.session_of(purchase.book(api, stage, "A1")))

    assert purchase.send(api, body, purchase.signature(body, age=age)).status_code == 200


def test_both_secrets_pass_while_one_is_being_changed(stage: cast.Stage, api: Api) -> None:
    old = "the-old-secret-of-at-least-thirty-two-characters"
    body = purchase.event(purchase.session_of(purchase.book(api, stage, "A1")))
    signed_by_old = purchase.signature(body, secret=old)

    assert purchase.send(api, body, signed_by_old).status_code == 400
    with override_settings(PAYMENT_WEBHOOK_SECRET_OLD=old):
        assert purchase.send(api, body, signed_by_old).status_code == 200
        assert (
            purchase.send(api, body, f"{signed_by_old},{purchase.signature(body).partition(',')[2]}").status_code == 200
        )


def test_a_replay_within_the_five_minutes_has_no_effect(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")
    body = purchase.event(purchase.session_of(booking))
    header = purchase.signature(body)
    purchase.send(api, body, header)
    before = snapshot(booking)

    assert purchase.send(api, body, header).json() == {"status": "processed"}
    assert snapshot(booking) == before


def test_no_other_credential_lets_a_message_in(stage: cast.Stage, api: Api) -> None:
    body = purchase.event(purchase.session_of(purchase.book(api, stage, "A1")))

    for token in (cast.till(stage), "ssk_test_made_up"):
        assert code(purchase.send(Api(token), body, "t=1,v1=0")) == (400, "BAD_SIGNATURE")
        assert code(Api(token).post("/payments/webhook", {})) == (400, "BAD_SIGNATURE")


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"{", b'{"id": 1, "type": "payment.success", "data": {}}', b'{"id": ""}', b"\xff",
        '{"id": "evt"}'.encode("utf-16"), b'{"id": "\\ud800", "type": "x"}',
        b'{"id": "' + b"x" * 121 + b'", "type": "x"}', purchase.event("sess", amount="NaN"),
        purchase.event("sess", amount="1e400"), purchase.event("sess", amount="-1"),
        purchase.event("sess", amount=None), purchase.event("sess", amount=[]), purchase.event("sess", amount="0"),
        json.dumps({"id": "evt", "type": ["payment.success"], "data": 1}).encode(),
    ],
    ids=range(17),
)  # fmt: skip
def test_signed_nonsense_is_refused_like_a_forgery(stage: cast.Stage, api: Api, body: bytes) -> None:
    assert purchase.send(api, body).status_code == 400
    assert WebhookEvent.objects.count() == 0


# --- R13: the money comes too late, or is not what was asked for


def refunds() -> list[tuple[str, float]]:
    return [(refund.reason, float(refund.amount)) for refund in Refund.objects.order_by("pk")]


def test_late_money_takes_the_same_seats_again_when_they_are_free(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")
    purchase.expire(stage)
    assert purchase.row(booking).status == "EXPIRED"

    purchase.send(api, purchase.event(purchase.session_of(booking)))

    assert purchase.row(booking).status == "CONFIRMED"
    assert stage.states()["A1"] == "BOOKED"
    assert refunds() == []


def test_late_money_for_seats_that_are_gone_goes_back_with_a_mail(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")
    purchase.expire(stage)
    winner = purchase.buy(api, stage, "A1", token=cast.BIKASH_TOKEN)

    purchase.send(api, purchase.event(purchase.session_of(booking)))

    assert (purchase.row(booking).status, purchase.row(winner).status) == ("EXPIRED", "CONFIRMED")
    assert refunds() == [("LATE", 450)]
    assert Notice.objects.filter(booking_id=booking["bookingId"], kind="LATE_PAYMENT", medium="EMAIL").exists()
    assert code(purchase.pay(api, booking)) == (409, "SEAT_UNAVAILABLE")


def test_late_money_for_a_show_that_has_begun_goes_back(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")
    purchase.expire(stage)
    Showtime.objects.filter(pk=stage.showtime.pk).update(starts_at=timezone.now() - timedelta(minutes=1))

    purchase.send(api, purchase.event(purchase.session_of(booking)))

    assert purchase.row(booking).status == "EXPIRED"
    assert refunds() == [("LATE", 450)]


@pytest.mark.parametrize("wrong", [{"amount": "449.99"}, {"amount": "450.01"}, {"currency": "USD"}, {"amount": "1"}])
def test_another_sum_or_currency_never_confirms(stage: cast.Stage, api: Api, wrong: dict[str, str]) -> None:
    booking = purchase.book(api, stage, "A1")

    purchase.send(api, purchase.event(purchase.session_of(booking), **wrong))

    assert purchase.row(booking).status == "PENDING"
    assert stage.states()["A1"] == "HELD"
    assert Payment.objects.get().trouble.startswith("asked for 450")
    assert refunds() == []
    case = Case.objects.get()
    assert (case.kind, float(case.amount)) == ("WRONG_AMOUNT", float(wrong.get("amount", "450")))


def test_a_session_paid_twice_gives_the_second_payment_back(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")
    session = purchase.session_of(booking)

    for reference in ("ch_1", "ch_2", "ch_2", "ch_1"):
        purchase.send(api, purchase.event(session, reference=reference))

    assert purchase.row(booking).status == "CONFIRMED"
    assert refunds() == [("DOUBLE", 450)]
    status = api.get(f"/payments/status/{booking['bookingId']}", **AS_ASHA).json()
    assert [len(payment["refunds"]) for payment in status["payments"]] == [1, 0]


def test_a_second_session_paid_as_well_is_given_back(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")
    first = purchase.session_of(booking)
    purchase.send(api, purchase.event(first, "payment.failed"))
    second = api.post("/payments/initiate", {"bookingId": booking["bookingId"]}, **AS_ASHA).json()["sessionId"]

    purchase.send(api, purchase.event(second))
    purchase.send(api, purchase.event(first))

    assert purchase.row(booking).status == "CONFIRMED"
    assert refunds() == [("DOUBLE", 450)]


def test_money_for_a_cancelled_booking_goes_back(stage: cast.Stage, api: Api) -> None:
    booking = purchase.book(api, stage, "A1")
    api.post(f"/bookings/{booking['bookingId']}/cancel", {}, **AS_ASHA)

    purchase.send(api, purchase.event(purchase.session_of(booking)))

    assert purchase.row(booking).status == "CANCELLED"
    assert stage.states()["A1"] == "AVAILABLE"
    assert refunds() == [("LATE", 450)]
