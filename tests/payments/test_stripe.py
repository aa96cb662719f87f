"""Stripe, end to end against localstripe: what a buyer pays there becomes a sale here, and goes back from here."""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, override_settings
from django.utils import timezone

from bookings.models import Booking, Notice
from payments import accounts, audit, gateways
from payments.gateways import stripe
from payments.models import GatewayAccount, Payment, Refund, WebhookEvent
from payments.services import inbox, polling, refunding, starting
from showsewa import gateway_settings, promises
from tests import cast, purchase
from tests import stripe_stand_in as stand_in
from tests.bookings.test_api_holds import code
from tests.conftest import Api
from tests.purchase import AS_ASHA
from tests.receiver import receiving
from tests.stripe_stand_in import StandIn
from venues.models import Showtime


@pytest.fixture(scope="module")
def stripes_side(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    with stand_in.running(tmp_path_factory.mktemp("localstripe")) as made:
        yield made


@pytest.fixture(autouse=True)
def bank(stripes_side: StandIn) -> Iterator[StandIn]:
    """Stripe is the only way to pay."""
    with override_settings(**stand_in.settings_for(stripes_side)):
        yield stripes_side


def send(api: Api, event: dict[str, Any], **changes: Any) -> Any:
    """Post an event as Stripe would. changes: to how it is signed."""
    body, headers = stand_in.message(event, **changes)
    return api.send("POST", "/payments/webhook/stripe", body, **headers)


def bought(api: Api, stage: cast.Stage, bank: StandIn, *seats: str) -> dict[str, Any]:
    """A booking paid at Stripe, which we were told of."""
    booking = purchase.book(api, stage, *seats)
    bank.pay(purchase.session_of(booking))
    [event] = bank.events(purchase.session_of(booking))
    assert send(api, event).status_code == 200
    assert purchase.row(booking).status == "CONFIRMED"
    return booking


def send_refunds(*, later: timedelta = timedelta(0)) -> None:
    promises.keep(Refund, refunding.send_refund, now=timezone.now() + later)


def at_stripe(bank: StandIn, booking: dict[str, Any]) -> list[tuple[str, Decimal]]:
    """Every refund there: our refund's id, and the sum."""
    given = [refund for payment in payments(booking) for refund in bank.refunds(payment.session)]
    return sorted((refund["metadata"][stripe.REFUND_MARK], Decimal(refund["amount"]) / 100) for refund in given)


def here(booking: dict[str, Any]) -> list[tuple[str, Decimal]]:
    rows = Refund.objects.filter(payment__booking=booking["bookingId"])
    return sorted((str(refund.pk), refund.amount) for refund in rows)


def payments(booking: dict[str, Any]) -> list[Payment]:
    return list(Payment.objects.filter(booking=booking["bookingId"]).order_by("pk"))


# --- buying


def test_what_is_paid_at_stripe_becomes_a_sale_by_its_webhook(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    booking = purchase.book(api, stage, "A1", "A2")
    intent = bank.intent(purchase.session_of(booking))
    assert (intent["amount"], intent["currency"]) == (90_000, "npr")
    assert intent["metadata"] == {"payment": str(payments(booking)[0].pk), "booking": booking["bookingId"]}

    with receiving() as receiver:
        bank.send_webhooks_to(receiver.url)
        bank.pay(intent["id"])
        deadline = time.monotonic() + 10
        while not receiver.bodies and time.monotonic() < deadline:
            time.sleep(0.05)
    body, header = receiver.bodies[0], receiver.headers[0]["Stripe-Signature"]
    answer = api.send("POST", "/payments/webhook/stripe", body, Stripe_Signature=header)

    assert (answer.status_code, answer.json()) == (200, {"status": "processed"})
    assert purchase.row(booking).status == "CONFIRMED"
    assert stage.states()["A1"] == "BOOKED"
    [payment] = payments(booking)
    assert (payment.status, payment.gateway_reference) == ("SUCCESS", intent["id"])
    assert audit.violations() == []


def test_a_declined_card_leaves_the_seats_and_another_try(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    booking = purchase.book(api, stage, "A1")
    first = purchase.session_of(booking)

    assert bank.pay(first, stand_in.DECLINED)["status"] == "requires_payment_method"
    send(api, bank.events(first)[0])

    assert (purchase.row(booking).status, payments(booking)[0].status) == ("PENDING", "FAILED")
    second = api.post("/payments/initiate", {"bookingId": booking["bookingId"]}, **AS_ASHA).json()["sessionId"]
    bank.pay(second)
    send(api, bank.events(second)[0])
    assert purchase.row(booking).status == "CONFIRMED"


def test_a_good_card_after_a_declined_one_pays_the_same_intent(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    booking = purchase.book(api, stage, "A1")
    [payment] = payments(booking)
    failed = {"id": "evt_1", "type": "payment_intent.payment_failed", "data": {"object": bank.intent(payment.session)}}
    send(api, failed)
    bank.pay(payment.session)

    polling.poll_due(now=timezone.now() + timedelta(minutes=2))

    assert purchase.row(booking).status == "CONFIRMED"


def test_money_nobody_told_us_of_is_found_by_asking(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    booking = purchase.book(api, stage, "A1")
    bank.pay(purchase.session_of(booking))

    polling.poll_due(now=timezone.now() + starting.FIRST_LOOK + timedelta(seconds=1))

    assert purchase.row(booking).status == "CONFIRMED"
    assert audit.violations() == []


def test_an_intent_nobody_paid_stays_open(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    booking = purchase.book(api, stage, "A1")

    polling.poll_due(now=timezone.now() + starting.FIRST_LOOK + timedelta(seconds=1))

    assert (purchase.row(booking).status, payments(booking)[0].status) == ("PENDING", "INITIATED")


def test_an_intent_cancelled_at_stripe_ends_the_booking(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    booking = purchase.book(api, stage, "A1")
    bank.call("POST", f"payment_intents/{purchase.session_of(booking)}/cancel")

    polling.poll_due(now=timezone.now() + starting.FIRST_LOOK + timedelta(seconds=1))

    assert (purchase.row(booking).status, stage.states()["A1"]) == ("EXPIRED", "AVAILABLE")


def test_a_payment_is_opened_under_its_own_id(
    stage: cast.Stage, api: Api, bank: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = stand_in.watch_keys(monkeypatch)

    booking = purchase.book(api, stage, "A1")

    assert sent == [("/v1/payment_intents", str(payments(booking)[0].pk))]


def test_a_silent_stripe_leaves_the_booking_as_it_is(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    held = purchase.hold(api, stage, "A1")
    body = {"holdId": held["holdId"], "userDetails": purchase.DETAILS, "paymentMethod": "CARD"}

    with override_settings(**stand_in.settings_for(None)):
        assert code(api.post("/bookings/confirm", body)) == (503, "GATEWAY_UNAVAILABLE")

    assert Booking.objects.get().status == "PENDING"
    assert purchase.confirm(api, held["holdId"])["paymentIntentId"].startswith("pi_")


# --- R11, R12: again, in any order, forged


def test_the_same_event_again_changes_nothing(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    booking = bought(api, stage, bank, "A1")
    [event] = bank.events(purchase.session_of(booking))

    assert {send(api, event).status_code for _time in range(3)} == {200}

    assert WebhookEvent.objects.count() == 1
    assert Notice.objects.filter(kind="CONFIRMATION", medium="EMAIL").count() == 1
    assert here(booking) == []


def test_a_failure_told_after_the_success_takes_nothing_back(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    booking = purchase.book(api, stage, "A1")
    intent = purchase.session_of(booking)
    bank.pay(intent, stand_in.DECLINED)
    [declined] = bank.events(intent)
    bank.pay(purchase.session_of(booking))
    success = {"id": "evt_good", "type": "payment_intent.succeeded", "data": {"object": _paid(bank, intent)}}
    cancelled = success | {"id": "evt_cancelled", "type": "payment_intent.canceled"}

    for event in (success, declined, cancelled, success | {"id": "evt_again"}):
        assert send(api, event).status_code == 200

    assert (purchase.row(booking).status, payments(booking)[0].status) == ("CONFIRMED", "SUCCESS")
    assert here(booking) == []


def _paid(bank: StandIn, intent: str) -> dict[str, Any]:
    return bank.intent(intent) | {"status": "succeeded", "amount_received": 45_000, "latest_charge": "ch_1"}


@pytest.mark.parametrize("received", [44_999, 45_001])
def test_another_sum_never_confirms(stage: cast.Stage, api: Api, bank: StandIn, received: int) -> None:
    booking = purchase.book(api, stage, "A1")
    intent = _paid(bank, purchase.session_of(booking)) | {"amount_received": received}

    send(api, {"id": "evt_1", "type": "payment_intent.succeeded", "data": {"object": intent}})

    assert purchase.row(booking).status == "PENDING"
    assert payments(booking)[0].trouble == f"asked for 450.00 NPR, got {Decimal(received) / 100} NPR"


def test_what_is_of_no_use_to_us_is_stored_and_left_alone(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    unknown = {"id": "evt_2", "type": "payment_intent.succeeded", "data": {"object": {}}}
    unknown["data"] = {"object": {"id": "pi_of_others", "amount": 100, "currency": "usd"}}

    assert send(api, {"id": "evt_1", "type": "customer.created", "data": {"object": {}}}).status_code == 200
    assert send(api, unknown).status_code == 200

    outcomes = dict(WebhookEvent.objects.values_list("event_id", "outcome"))
    assert outcomes["evt_1"] == "ignored: of no use to us"
    assert "no payment has this session" in outcomes["evt_2"]


def test_an_event_whose_processing_was_cut_short_is_processed_later(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    booking = purchase.book(api, stage, "A1")
    bank.pay(purchase.session_of(booking))
    [event] = bank.events(purchase.session_of(booking))
    body, _headers = stand_in.message(event)
    stored = WebhookEvent.objects.create(gateway="stripe", event_id=event["id"], body=body.decode())
    WebhookEvent.objects.filter(pk=stored.pk).update(received_at=timezone.now() - timedelta(minutes=1))

    inbox.process_waiting(now=timezone.now())

    assert purchase.row(booking).status == "CONFIRMED"


FORGERIES: dict[str, Callable[[bytes, str], tuple[bytes, str]]] = {
    "no header": lambda body, _header: (body, ""),
    "bad mac": lambda body, header: (body, header[:-4] + "0000"),
    "one byte changed": lambda body, header: (body.replace(b'"amount": 45000', b'"amount": 45001'), header),
    "one blank added": lambda body, header: (body + b" ", header),
    "other key": lambda body, _header: (body, _sign(body, secret="whsec_of_somebody_else")),
    "301 s old": lambda body, _header: (body, _sign(body, age=301)),
    "301 s ahead": lambda body, _header: (body, _sign(body, age=-302)),
    "time changed": lambda body, header: (body, "t=1," + header.partition(",")[2]),
    "no time": lambda body, header: (body, header.partition(",")[2]),
    "not ASCII": lambda body, header: (body, header.partition(",")[0] + ",v1=é"),
    "not UTF-8": lambda _body, header: (b"\xff", header),
    "old scheme": lambda body, header: (body, header.replace("v1=", "v0=")),
}


def _sign(body: bytes, **how: Any) -> str:
    return stand_in.sign(body, **how)


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_or_stale_message_changes_nothing(stage: cast.Stage, api: Api, bank: StandIn, forgery: str) -> None:
    booking = purchase.book(api, stage, "A1")
    event = {"id": "evt_1", "type": "payment_intent.succeeded"}
    event["data"] = {"object": bank.intent(purchase.session_of(booking)) | {"status": "succeeded"}}
    good, headers = stand_in.message(event)
    body, header = FORGERIES[forgery](good, headers["Stripe_Signature"])

    refused = api.send("POST", "/payments/webhook/stripe", body, Stripe_Signature=header.encode().decode("latin-1"))

    assert code(refused) == (400, "BAD_SIGNATURE")
    assert (purchase.row(booking).status, WebhookEvent.objects.count()) == ("PENDING", 0)
    assert send(api, event).status_code == 200  # it was the forgery that was refused


_NOTHING = b'{"object": {"id": "pi", "currency": "npr", "amount": 0}}'
NONSENSE = [
    b"null", b"[]", b"{", b'{"id": 1, "type": "x"}', b'{"id": "", "type": "x"}',
    b'{"id": "evt", "type": "payment_intent.succeeded", "data": null}',
    b'{"id": "evt", "type": "payment_intent.succeeded", "data": ' + _NOTHING + b"}",
]  # fmt: skip


@pytest.mark.parametrize("body", NONSENSE, ids=range(len(NONSENSE)))
def test_signed_nonsense_is_refused_like_a_forgery(db: None, api: Api, body: bytes) -> None:
    refused = api.send("POST", "/payments/webhook/stripe", body, Stripe_Signature=_sign(body))

    assert code(refused) == (400, "BAD_SIGNATURE")
    assert WebhookEvent.objects.count() == 0


def test_both_secrets_pass_while_one_is_being_changed(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    event = {"id": "evt_1", "type": "customer.created", "data": {}}

    assert send(api, event, secret=stand_in.OLD_WEBHOOK_SECRET).status_code == 400
    with override_settings(**stand_in.settings_for(bank, old_secret=stand_in.OLD_WEBHOOK_SECRET)):
        assert send(api, event, secret=stand_in.OLD_WEBHOOK_SECRET).status_code == 200
        assert send(api, event | {"id": "evt_2"}).status_code == 200
    with override_settings(GATEWAY_KEYS={}):
        body, _headers = stand_in.message(event)
        assert api.send("POST", "/payments/webhook/stripe", body, Stripe_Signature="t=1,v1=0").status_code == 400


# --- settings


def _env(**given: str) -> Any:
    return lambda name, default="": given.get(name, default)


@pytest.mark.parametrize(
    "given",
    [
        {"STRIPE_SECRET_KEY": "sk_test_1"},
        {"STRIPE_SECRET_KEY": "rk_test_1"},
        {"STRIPE_API_BASE": "http://127.0.0.1:8420"},
        {"STRIPE_JS_URL": "http://127.0.0.1:8420/js.stripe.com/v3/"},
    ],
)
def test_live_mode_refuses_play_money_and_plain_http(given: dict[str, str]) -> None:
    with pytest.raises(ImproperlyConfigured, match="STRIPE"):
        gateway_settings.read(_env(**given), is_live=True)
    gateway_settings.read(_env(**given), is_live=False)
    gateway_settings.read(_env(STRIPE_SECRET_KEY="sk_live_1"), is_live=True)


# --- a cinema's own account


def test_a_cinemas_own_account_takes_its_money_and_alone_may_speak_of_it(
    stage: cast.Stage, api: Api, bank: StandIn, browser: Client
) -> None:
    own = {"secret_key": "sk_test_of_one_cinema", "webhook_secret": "whsec_of_one_cinema"}
    GatewayAccount.objects.create(
        cinema=stage.cinema, gateway="stripe", merchant="pk_test_of_one_cinema", secrets=accounts.sealed(own)
    )
    booking = purchase.book(api, stage, "A1")
    url, _pay = card_page(api, booking)
    assert "pk_test_of_one_cinema" in browser.get(url).content.decode()
    bank.pay(purchase.session_of(booking))
    [event] = bank.events(purchase.session_of(booking))

    assert send(api, event).status_code == 400  # by the site's own secret
    assert purchase.row(booking).status == "PENDING"
    assert send(api, event, secret="whsec_of_one_cinema").status_code == 200
    assert purchase.row(booking).status == "CONFIRMED"


def test_an_account_without_keys_is_not_offered(stage: cast.Stage, api: Api) -> None:
    held = purchase.hold(api, stage, "A1")
    body = {"holdId": held["holdId"], "userDetails": purchase.DETAILS, "paymentMethod": "CARD"}

    with override_settings(GATEWAY_KEYS={}):
        assert code(api.post("/bookings/confirm", body)) == (404, "NOT_FOUND")


# --- giving back


def test_a_cancelled_booking_is_refunded_in_full(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    booking = bought(api, stage, bank, "A1", "A2")
    Booking.objects.update(refund_policy={"tiers": [[0, 100]], "cancelUntilHours": 0})
    assert api.post(f"/bookings/{booking['bookingId']}/cancel", {}, **AS_ASHA).status_code == 200

    send_refunds()

    assert at_stripe(bank, booking) == here(booking)
    assert sum(amount for _id, amount in here(booking)) == 900
    assert Refund.objects.get().gateway_reference.startswith("re_")
    assert payments(booking)[0].status == "REFUNDED"


def test_parts_go_back_one_by_one(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    booking = bought(api, stage, bank, "A1", "A2")
    for amount in ("100.50", "0.01"):
        refunding.refund_booking(
            booking_id=purchase.row(booking).pk, actor=cast.ASHA, now=timezone.now(), amount=Decimal(amount)
        )
        send_refunds()

    assert at_stripe(bank, booking) == here(booking)
    assert sorted(amount for _id, amount in at_stripe(bank, booking)) == [Decimal("0.01"), Decimal("100.50")]


def test_of_two_successes_the_second_goes_back(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    booking = purchase.book(api, stage, "A1")
    first = purchase.session_of(booking)
    bank.pay(first, stand_in.DECLINED)
    send(api, bank.events(first)[0])
    second = api.post("/payments/initiate", {"bookingId": booking["bookingId"]}, **AS_ASHA).json()["sessionId"]
    bank.pay(second)
    send(api, bank.events(second)[0])
    # The buyer had the first page open as well, and gave it a good card.
    twice = {"id": "evt_twice", "type": "payment_intent.succeeded", "data": {"object": _paid(bank, first)}}
    send(api, twice)

    [refund] = Refund.objects.all()
    assert (refund.reason, refund.payment.session, refund.amount) == ("DOUBLE", first, 450)
    assert purchase.row(booking).status == "CONFIRMED"


@pytest.mark.parametrize("case", ["free", "resold", "begun"])
def test_money_that_comes_after_the_expiry_becomes_the_sale_or_goes_back(
    stage: cast.Stage, api: Api, bank: StandIn, case: str
) -> None:
    booking = purchase.book(api, stage, "A1")
    purchase.expire(stage)
    if case == "resold":
        purchase.hold(api, stage, "A1", token=cast.BIKASH_TOKEN)
    if case == "begun":
        Showtime.objects.filter(pk=stage.showtime.pk).update(starts_at=timezone.now() - timedelta(minutes=1))
    bank.pay(purchase.session_of(booking))

    for _twice in range(2):
        polling.poll_due(now=timezone.now() + timedelta(minutes=2))
        send(api, bank.events(purchase.session_of(booking))[0])
    send_refunds(later=timedelta(minutes=2))

    assert purchase.row(booking).status == ("CONFIRMED" if case == "free" else "EXPIRED")
    assert at_stripe(bank, booking) == here(booking)
    assert [amount for _id, amount in here(booking)] == ([] if case == "free" else [450])


class Killed(BaseException):
    """What kill -9 leaves behind: nothing runs any more."""


def _kill(*_given: Any, **_named: Any) -> None:
    raise Killed


@pytest.mark.parametrize("moment", ["before the call", "after the call", "after the commit"])
def test_a_refund_survives_its_keepers_death(
    stage: cast.Stage, api: Api, bank: StandIn, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """localstripe has no idempotency keys: one made twice would be there twice."""
    booking = bought(api, stage, bank, "A1")
    refunding.refund_booking(booking_id=purchase.row(booking).pk, actor=cast.ASHA, now=timezone.now())
    place = {
        "before the call": (stripe.Stripe, "refund"),
        "after the call": (refunding, "_note_sent"),
        "after the commit": (promises, "_close"),
    }[moment]
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(*place, _kill)
        send_refunds()
    assert len(at_stripe(bank, booking)) == (0 if moment == "before the call" else 1)

    send_refunds()  # under the dead one's lease nobody touches it
    assert Refund.objects.get().done_at is None
    for _again in range(2):
        send_refunds(later=promises.lease() + timedelta(seconds=1))

    assert at_stripe(bank, booking) == here(booking)
    assert Refund.objects.get().done_at is not None
    assert Refund.objects.get().gateway_reference == bank.refunds(payments(booking)[0].session)[0]["id"]
    assert Notice.objects.filter(kind="REFUND", medium="EMAIL").count() == 1


@pytest.mark.parametrize("times", [1, 3])
def test_a_refund_whose_answer_was_lost_is_found_again(
    stage: cast.Stage, api: Api, bank: StandIn, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    booking = bought(api, stage, bank, "A1")
    refunding.refund_booking(booking_id=purchase.row(booking).pk, actor=cast.ASHA, now=timezone.now())
    with monkeypatch.context() as patch:
        stand_in.lose_answers(patch, "/v1/refunds")
        for hours in range(times):
            send_refunds(later=timedelta(hours=hours))
    assert Refund.objects.get().done_at is None
    assert Refund.objects.get().failed_at is None

    send_refunds(later=timedelta(days=2))

    assert at_stripe(bank, booking) == here(booking)
    assert Refund.objects.get().done_at is not None


def test_without_the_look_back_a_refund_would_be_made_twice(
    stage: cast.Stage, api: Api, bank: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = bought(api, stage, bank, "A1")
    monkeypatch.setattr(stripe.Stripe, "find_refund", lambda *_given, **_named: None)
    gateway, [payment] = gateways.get("stripe"), payments(booking)

    for _try in range(2):
        gateway.refund(payment, Decimal(450), key="one")

    assert len(bank.refunds(payment.session)) == 2


def test_a_refund_is_made_under_its_own_id(
    stage: cast.Stage, api: Api, bank: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = bought(api, stage, bank, "A1")
    refunding.refund_booking(booking_id=purchase.row(booking).pk, actor=cast.ASHA, now=timezone.now())
    sent = stand_in.watch_keys(monkeypatch)

    send_refunds()

    assert sent == [("/v1/refunds", str(Refund.objects.get().pk))]


def test_a_refund_stripe_refuses_is_given_to_a_person(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    booking = purchase.book(api, stage, "A1")
    intent = purchase.session_of(booking)
    bank.pay(intent, stand_in.DECLINED)
    success = {"id": "evt_1", "type": "payment_intent.succeeded", "data": {"object": _paid(bank, intent)}}
    send(api, success)
    refunding.refund_booking(booking_id=purchase.row(booking).pk, actor=cast.ASHA, now=timezone.now())

    send_refunds()

    assert Refund.objects.get().failed_at is not None
    assert "Cannot refund a failed payment" in Refund.objects.get().last_error


def test_a_silent_stripe_is_asked_for_a_refund_again(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    booking = bought(api, stage, bank, "A1")
    refunding.refund_booking(booking_id=purchase.row(booking).pk, actor=cast.ASHA, now=timezone.now())

    with override_settings(**stand_in.settings_for(None)):
        send_refunds()
    assert Refund.objects.get().is_open
    send_refunds(later=timedelta(minutes=1))

    assert at_stripe(bank, booking) == here(booking)


# --- sums


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("450.00", "NPR", 45_000), ("0.01", "NPR", 1), ("500.00", "JPY", 500), ("5.12", "KWD", 5120), ("5", "UGX", 500)],
)
def test_sums_are_written_in_the_currencys_smallest_unit(amount: str, currency: str, minor: int) -> None:
    assert stripe.to_minor(Decimal(amount), currency) == minor
    assert stripe.from_minor(minor, currency) == Decimal(amount)


def test_what_a_currency_cannot_say_is_refused_for_good() -> None:
    with pytest.raises(gateways.GatewayError) as refused:
        stripe.to_minor(Decimal("1.50"), "JPY")

    assert refused.value.permanent


# --- the page with the card element, and what must never be on it


@pytest.fixture
def browser(stage: cast.Stage) -> Client:
    return Client()


def card_page(api: Api, booking: dict[str, Any]) -> tuple[str, str]:
    """Where the buyer is sent, with the key of their link, and the way on."""
    started = api.post("/payments/initiate", {"bookingId": booking["bookingId"]}, **AS_ASHA).json()
    return started["paymentUrl"], f"/bookings/{booking['bookingId']}/pay/"


def test_the_card_page_is_stripes_but_for_the_frame(
    stage: cast.Stage, api: Api, bank: StandIn, browser: Client
) -> None:
    booking = purchase.book(api, stage, "A1")
    url, _pay = card_page(api, booking)

    page = browser.get(url)

    text = page.content.decode()
    assert page.status_code == 200
    assert f'src="{bank.js_url}"' in text and stand_in.PUBLISHABLE_KEY in text
    assert stand_in.SECRET_KEY not in text and stand_in.WEBHOOK_SECRET not in text
    assert "no-store" in page["Cache-Control"]
    form = text[text.index("data-card") : text.index("</form>", text.index("data-card"))]
    assert "<input" not in form
    for word in ("cardnumber", "cc-number", "cc-csc", "cvc"):
        assert word not in text.lower()
    policy = dict(part.strip().partition(" ")[::2] for part in page["Content-Security-Policy"].split(";"))
    assert [bank.url in policy[name] for name in ("script-src", "frame-src", "connect-src")] == [True] * 3
    assert bank.url not in browser.get("/")["Content-Security-Policy"]


def test_with_the_real_stripe_the_page_may_load_from_its_hosts_alone(
    stage: cast.Stage, api: Api, bank: StandIn, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, _pay = card_page(api, purchase.book(api, stage, "A1"))
    monkeypatch.setattr(stripe.Stripe, "_client", lambda self, payment: stripe.client(stand_in.SECRET_KEY, bank.url))
    real = {"stripe": "https://api.stripe.com", "stripe_js": "https://js.stripe.com/v3/"}

    with override_settings(GATEWAY_URLS=real):
        policy = browser.get(url)["Content-Security-Policy"]

    assert "frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com" in policy
    assert "https://api.stripe.com" in policy and "127.0.0.1:" not in policy.replace(bank.url, "")


def test_the_card_page_asks_stripe_and_goes_where_the_booking_belongs(
    stage: cast.Stage, api: Api, bank: StandIn, browser: Client
) -> None:
    booking = purchase.book(api, stage, "A1")
    url, pay = card_page(api, booking)
    bank.pay(purchase.session_of(booking))

    page = browser.get(url)

    assert (page.status_code, page["Location"].partition("?")[0]) == (302, pay)
    assert purchase.row(booking).status == "CONFIRMED"
    assert browser.get(url).status_code == 302


def test_the_card_page_is_nobody_elses(stage: cast.Stage, api: Api, bank: StandIn, browser: Client) -> None:
    url, _pay = card_page(api, purchase.book(api, stage, "A1"))

    assert browser.get(url.partition("?")[0]).status_code == 404
    assert browser.post(url).status_code == 405


@pytest.mark.parametrize("case", ["declined", "silent", "late"])
def test_the_card_page_gives_way_where_no_card_is_awaited(
    stage: cast.Stage, api: Api, bank: StandIn, browser: Client, case: str
) -> None:
    booking = purchase.book(api, stage, "A1")
    url, pay = card_page(api, booking)
    if case == "declined":
        bank.pay(purchase.session_of(booking), stand_in.DECLINED)
    if case == "late":
        Booking.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    silent = stand_in.settings_for(None) if case == "silent" else {}

    with override_settings(**silent):
        page = browser.get(url)

    assert (page.status_code, page["Location"].partition("?")[0]) == (302, pay)
    assert purchase.row(booking).status == "PENDING"


def test_no_card_data_stays_anywhere(
    stage: cast.Stage, api: Api, bank: StandIn, browser: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """S13, S15: pages, logs, error pages and every row of payments, after a declined and a good card."""
    with caplog.at_level(logging.INFO):
        booking = purchase.book(api, stage, "A1")
        url, _pay = card_page(api, booking)
        seen = [browser.get(url).content]
        bank.pay(purchase.session_of(booking), stand_in.DECLINED)
        seen += [browser.get(url, follow=True).content]
        second, _pay = card_page(api, booking)
        bank.pay(purchase.session_of(booking))
        seen += [browser.get(second, follow=True).content]
        refunding.refund_booking(booking_id=purchase.row(booking).pk, actor=cast.ASHA, now=timezone.now())
        with override_settings(**stand_in.settings_for(None)):
            send_refunds()
        seen += [api.get(f"/payments/status/{booking['bookingId']}", **AS_ASHA).content]
    rows = [str(list(model.objects.values())) for model in (Payment, Refund, WebhookEvent, Booking, Notice)]
    everything = caplog.text + "".join(rows) + b"".join(seen).decode()

    for secret in (stand_in.GOOD, stand_in.DECLINED, stand_in.SECRET_KEY, "whsec_"):
        assert secret not in everything
    assert stand_in.PUBLISHABLE_KEY in everything  # the pages were seen
    assert purchase.row(booking).status in ("CONFIRMED", "REFUNDED")
