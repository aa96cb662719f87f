"""Money no rule places: a person decides, or time does; never twice, and never without the books adding up (R13d)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings import selectors
from bookings.models import Notice
from payments import audit
from payments.gateways import GatewayError, fake, register
from payments.models import Case, FakeRefund, Payment, Refund, WebhookEvent
from payments.services import deciding, refunding, starting
from showsewa import promises
from showsewa.models import User
from tests import cast, purchase
from tests.bookings.test_api_holds import code
from tests.conftest import Api
from tests.purchase import AS_ASHA
from venues.models import Showtime

ACCEPT, BACK, BY_HAND, AGAIN = "ACCEPTED", "REFUNDED", "BY_HAND", "AGAIN"


@pytest.fixture
def desk(devi: User) -> Client:
    client = Client()
    client.force_login(devi)
    return client


def press(desk: Client, case: Case, deed: str, **fields: str) -> Any:
    return desk.post(reverse("admin:payments_case_decide", args=[case.pk]), {"deed": deed} | fields)


def overpay(api: Api, stage: cast.Stage, seat: str = "A1", amount: str = "500.00", **more: str) -> dict[str, Any]:
    booking = purchase.book(api, stage, seat)
    purchase.send(api, purchase.event(purchase.session_of(booking), amount=amount, **more))
    return booking


def refunds() -> list[tuple[str, float]]:
    return [(refund.reason, float(refund.amount)) for refund in Refund.objects.order_by("pk")]


def page(booking: dict[str, Any], name: str = "pay/") -> str:
    key = selectors.link_key(purchase.row(booking).pk)
    return Client().get(f"/bookings/{booking['bookingId']}/{name}?key={key}", follow=True).content.decode()


def content() -> None:
    """The oracle, which also adds all money up."""
    assert audit.violations() == []


# --- another sum than was asked for


def test_a_wrong_sum_is_a_case_that_keeps_it_from_paying_for_anything(stage: cast.Stage, api: Api) -> None:
    booking = overpay(api, stage)

    case = Case.objects.get()
    assert (case.kind, case.status, case.amount) == ("WRONG_AMOUNT", "OPEN", 500)
    assert (case.payment, case.gateway) == (Payment.objects.get(), "fake")
    assert purchase.row(booking).status == "PENDING"
    assert refunds() == []
    assert code(api.post(f"/bookings/{booking['bookingId']}/confirm", {}, **AS_ASHA))[0] != 200
    assert code(purchase.pay(api, booking)) == (409, "PAYMENT_UNDER_REVIEW")
    status = api.get(f"/payments/status/{booking['bookingId']}", **AS_ASHA).json()
    assert [payment["underReview"] for payment in status["payments"]] == [True]
    content()


def test_accepting_gives_the_seats_and_the_rest_back(stage: cast.Stage, api: Api, desk: Client, devi: User) -> None:
    booking = overpay(api, stage)

    assert press(desk, Case.objects.get(), ACCEPT, note="rang him").status_code == 302

    assert purchase.row(booking).status == "CONFIRMED"
    assert stage.states()["A1"] == "BOOKED"
    assert refunds() == [("MISMATCH", 50)]
    case = Case.objects.get()
    assert (case.status, case.resolution, case.note) == ("SOLVED", "ACCEPTED", "rang him")
    assert case.decided_by == cast.staff_actor(devi).key
    assert Notice.objects.filter(kind="CONFIRMATION", medium="EMAIL").count() == 1
    content()


def test_an_expired_booking_is_accepted_while_its_seats_are_free(stage: cast.Stage, api: Api, desk: Client) -> None:
    booking = overpay(api, stage)
    purchase.expire(stage)

    press(desk, Case.objects.get(), ACCEPT)

    assert purchase.row(booking).status == "CONFIRMED"
    content()


def test_with_the_seats_gone_accepting_is_refused_and_giving_back_is_left(
    stage: cast.Stage, api: Api, desk: Client
) -> None:
    booking = overpay(api, stage)
    purchase.expire(stage)
    purchase.buy(api, stage, "A1", token=cast.BIKASH_TOKEN)
    case = Case.objects.get()

    assert press(desk, case, ACCEPT).status_code == 422
    assert (Case.objects.get().status, refunds()) == ("OPEN", [])
    assert press(desk, case, BACK).status_code == 302

    assert purchase.row(booking).status == "EXPIRED"
    assert refunds() == [("MISMATCH", 500)]
    assert Notice.objects.filter(kind="LATE_PAYMENT", medium="EMAIL").count() == 1
    content()


@pytest.mark.parametrize("wrong", [{"amount": "449.99"}, {"currency": "USD"}])
def test_too_little_or_another_currency_cannot_be_accepted(
    stage: cast.Stage, api: Api, desk: Client, wrong: dict[str, str]
) -> None:
    booking = overpay(api, stage, **wrong)

    assert press(desk, Case.objects.get(), ACCEPT).status_code == 422
    assert purchase.row(booking).status == "PENDING"
    assert press(desk, Case.objects.get(), BACK).status_code == 302
    content()


def test_a_case_is_decided_once(stage: cast.Stage, api: Api, desk: Client) -> None:
    overpay(api, stage)
    case = Case.objects.get()

    press(desk, case, BACK)
    again = press(desk, case, ACCEPT)

    assert again.status_code == 422
    assert "Somebody has decided this case meanwhile." in again.content.decode()
    assert refunds() == [("MISMATCH", 500)]


def test_nobody_decides_so_it_goes_back_by_itself_after_a_day(stage: cast.Stage, api: Api) -> None:
    overpay(api, stage)
    later = {name: timezone.now() + timedelta(days=days) for days, name in enumerate(("starts_at", "ends_at"), 3)}
    Showtime.objects.update(**later, busy_until=later["ends_at"])
    now = timezone.now()

    assert deciding.care(now=now + timedelta(hours=23)) == 0
    assert deciding.care(now=now + timedelta(hours=25)) == 1

    assert refunds() == [("MISMATCH", 500)]
    assert Case.objects.get().decided_by == "system"
    content()


def test_the_right_sum_paid_after_all_sends_the_wrong_one_back(stage: cast.Stage, api: Api) -> None:
    booking = overpay(api, stage)
    opened = api.post("/payments/initiate", {"bookingId": booking["bookingId"]}, **AS_ASHA).json()
    purchase.send(api, purchase.event(opened["sessionId"]))
    assert purchase.row(booking).status == "CONFIRMED"
    content()

    assert deciding.care(now=timezone.now()) == 1

    assert refunds() == [("MISMATCH", 500)]
    content()


def test_the_right_sum_charged_in_the_same_session_buys_the_seats(stage: cast.Stage, api: Api) -> None:
    booking = overpay(api, stage, reference="ch_wrong")

    purchase.send(api, purchase.event(purchase.session_of(booking), reference="ch_right"))

    assert purchase.row(booking).status == "CONFIRMED"
    content()


def test_giving_the_booking_up_or_missing_the_show_sends_it_back_at_once(stage: cast.Stage, api: Api) -> None:
    booking = overpay(api, stage)
    api.post(f"/bookings/{booking['bookingId']}/cancel", {}, **AS_ASHA)
    assert refunds() == []

    deciding.care(now=timezone.now())

    assert refunds() == [("MISMATCH", 500)]
    content()


def test_cancelling_pays_back_the_sale_and_leaves_the_case_alone(stage: cast.Stage, api: Api) -> None:
    booking = overpay(api, stage)
    opened = api.post("/payments/initiate", {"bookingId": booking["bookingId"]}, **AS_ASHA).json()
    purchase.send(api, purchase.event(opened["sessionId"]))

    api.post(f"/bookings/{booking['bookingId']}/cancel", {}, **AS_ASHA)

    assert refunds() == [("CANCELLED", 225)]
    assert Refund.objects.get().payment.session == opened["sessionId"]
    content()


def test_a_wrong_sum_for_a_sale_that_is_paid_goes_back_without_asking_anybody(stage: cast.Stage, api: Api) -> None:
    booking = purchase.buy(api, stage, "A1")

    purchase.send(api, purchase.event(purchase.session_of(booking), reference="ch_2", amount="10.00"))

    assert Case.objects.count() == 0
    assert refunds() == [("DOUBLE", 10)]
    content()


def test_the_buyers_page_says_what_becomes_of_the_money(stage: cast.Stage, api: Api) -> None:
    booking = overpay(api, stage)

    waiting = page(booking)
    purchase.expire(stage)
    ended = page(booking, "")

    for text in (waiting, ended):
        assert "500" in text and "came in" in text and "all of it goes back by itself" in text
    assert "You can pay the right sum now" in waiting
    assert "Nothing was charged" not in ended


# --- money for no payment of ours


def test_money_for_an_unknown_session_is_a_case_with_the_message(stage: cast.Stage, api: Api) -> None:
    body = purchase.event("sess_unknown", event_id="evt_lost")

    assert purchase.send(api, body).status_code == 200
    assert purchase.send(api, body).status_code == 200

    case = Case.objects.get()
    assert (case.kind, case.amount, case.message) == ("UNPLACED", 450, WebhookEvent.objects.get())
    assert WebhookEvent.objects.get().outcome.startswith("case")
    content()


def test_a_failure_of_an_unknown_session_is_nobodys_case(stage: cast.Stage, api: Api) -> None:
    purchase.send(api, purchase.event("sess_unknown", "payment.failed"))

    assert Case.objects.count() == 0


def test_unplaced_money_is_for_who_sees_all_cinemas_and_needs_a_note(stage: cast.Stage, api: Api, desk: Client) -> None:
    purchase.send(api, purchase.event("sess_unknown"))
    case, boss = Case.objects.get(), Client()
    boss.force_login(User.objects.create_superuser("boss@example.com", cast.PASSWORD))

    assert press(desk, case, BY_HAND, note="x").status_code in (302, 404)
    assert Case.objects.get().status == "OPEN"
    assert press(boss, case, BY_HAND).status_code == 422
    assert press(boss, case, BACK).status_code == 422
    assert press(boss, case, BY_HAND, note="sent back from the merchant's page").status_code == 302
    assert Case.objects.get().status == "SOLVED"


# --- a refund the gateway does not make


class Refusing(fake.Fake):
    """Takes money and gives none back."""

    def refund(self, *_args: Any, **_more: Any) -> str:
        raise GatewayError("refunds are made by hand", permanent=True)


@pytest.fixture
def given_up(stage: cast.Stage, api: Api) -> Any:
    """A refund its gateway refused, become a case."""
    booking = purchase.buy(api, stage, "A1")
    api.post(f"/bookings/{booking['bookingId']}/cancel", {}, **AS_ASHA)
    register(Refusing())
    promises.keep(Refund, refunding.send_refund, now=timezone.now())
    register(fake.Fake())
    assert deciding.care(now=timezone.now()) == 1
    return booking


def test_a_refund_given_up_is_one_case_however_often_one_looks(given_up: Any) -> None:
    assert deciding.care(now=timezone.now()) == 0

    case = Case.objects.get()
    assert (case.kind, case.refund, case.amount) == ("REFUND_BY_HAND", Refund.objects.get(), 225)
    assert "by hand" in case.detail


def test_done_by_hand_closes_the_refund_and_tells_the_buyer(given_up: Any, desk: Client) -> None:
    case = Case.objects.get()
    assert press(desk, case, BY_HAND).status_code == 422

    assert press(desk, case, BY_HAND, reference="eSewa 0007X").status_code == 302

    refund = Refund.objects.get()
    assert (refund.gateway_reference, refund.failed_at, refund.is_open) == ("eSewa 0007X", None, False)
    assert Notice.objects.filter(kind="REFUND", medium="EMAIL", about=str(refund.pk)).count() == 1
    assert FakeRefund.objects.count() == 0
    content()


def test_tried_again_and_gone_out_ends_the_case(given_up: Any, desk: Client) -> None:
    case = Case.objects.get()

    assert press(desk, case, AGAIN).status_code == 302
    assert press(desk, case, BY_HAND, reference="too").status_code == 422  # it may be going out this moment
    promises.keep(Refund, refunding.send_refund, now=timezone.now())
    assert deciding.care(now=timezone.now()) == 1

    assert (Case.objects.get().status, Case.objects.get().resolution) == ("SOLVED", "REFUNDED")
    assert FakeRefund.objects.count() == 1
    content()


def test_the_oracle_sees_cases_nobody_cares_for(given_up: Any, stage: cast.Stage, api: Api) -> None:
    long_ago = timezone.now() - timedelta(days=4)
    rules: Callable[[], set[str]] = lambda: {found.rule[:3] for found in audit.violations()}  # noqa: E731
    assert rules() == set()

    Case.objects.update(created_at=long_ago)
    assert rules() == {"I13"}
    Case.objects.all().delete()
    Refund.objects.update(failed_at=long_ago)
    assert rules() == {"I13"}


def test_the_oracle_sees_an_open_payment_nobody_asks_about(stage: cast.Stage, api: Api) -> None:
    purchase.book(api, stage, "A1")
    now = timezone.now()
    Payment.objects.update(created_at=now - timedelta(minutes=6), poll_at=now + starting.FIRST_LOOK)
    assert audit.violations() == []

    for poll_at in (None, now - timedelta(minutes=6)):
        Payment.objects.update(poll_at=poll_at)
        assert [found.rule[:3] for found in audit.violations()] == ["I15"]


# --- the desk


def test_the_queue_has_open_cases_first_with_a_badge_and_each_its_history(
    stage: cast.Stage, api: Api, desk: Client
) -> None:
    overpay(api, stage, "A1")
    press(desk, Case.objects.get(), BACK)
    overpay(api, stage, "A2", "600.00")
    case = Case.objects.get(status="OPEN")

    queue = desk.get(reverse("admin:payments_case_changelist"))
    detail = desk.get(reverse("admin:payments_case_change", args=[case.pk])).content.decode()

    assert [row.status for row in queue.context["cl"].result_list] == ["OPEN", "SOLVED"]
    money = next(group for group in queue.context["sidebar_navigation"] if str(group["title"]) == "Money")
    assert next(item["badge"] for item in money["items"] if str(item["title"]) == "Cases") == 1
    assert "asked for 450.00 NPR, got 600.00 NPR" in detail
    assert "Case: Another amount than asked" in detail and 'value="ACCEPTED"' in detail


def test_cases_are_for_managers_of_the_cinema(stage: cast.Stage, api: Api, chandra: User) -> None:
    overpay(api, stage)
    case = Case.objects.get()
    other = cast.make_stage(name="Rara Cinema")
    stranger = cast.make_user("rara@example.com", role="manager", cinemas=(other.cinema,))

    for user in (chandra, stranger):
        client = Client()
        client.force_login(user)
        press(client, case, BACK)

    assert (Case.objects.get().status, refunds()) == ("OPEN", [])
