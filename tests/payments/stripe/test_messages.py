"""R11, R12: what Stripe says, again, in any order, or forged."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

from bookings.models import Notice
from payments.models import Case, WebhookEvent
from payments.services import inbox
from tests import cast, purchase
from tests import stripe_stand_in as stand_in
from tests.bookings.test_api_holds import code
from tests.conftest import Api
from tests.payments.stripe.steps import bought, here, paid, payments, send
from tests.stripe_stand_in import StandIn


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
    success = {"id": "evt_good", "type": "payment_intent.succeeded", "data": {"object": paid(bank, intent)}}
    cancelled = success | {"id": "evt_cancelled", "type": "payment_intent.canceled"}

    for event in (success, declined, cancelled, success | {"id": "evt_again"}):
        assert send(api, event).status_code == 200

    assert (purchase.row(booking).status, payments(booking)[0].status) == ("CONFIRMED", "SUCCESS")
    assert here(booking) == []


@pytest.mark.parametrize("received", [44_999, 45_001])
def test_another_sum_never_confirms(stage: cast.Stage, api: Api, bank: StandIn, received: int) -> None:
    booking = purchase.book(api, stage, "A1")
    intent = paid(bank, purchase.session_of(booking)) | {"amount_received": received}

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
    assert outcomes["evt_2"] == "ignored: of no use to us"
    assert not Case.objects.exists()


def test_money_of_ours_that_no_payment_knows_is_a_case(stage: cast.Stage, api: Api, bank: StandIn) -> None:
    """As after a restore from a backup: it bears our mark, and nobody else will see to it."""
    ours = {"id": "pi_lost", "amount": 100, "amount_received": 100, "currency": "usd", "metadata": {"payment": "lost"}}

    assert send(api, {"id": "evt_3", "type": "payment_intent.succeeded", "data": {"object": ours}}).status_code == 200

    assert WebhookEvent.objects.get().outcome == "case: no payment has this session"
    assert Case.objects.get().kind == Case.Kind.UNPLACED


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
