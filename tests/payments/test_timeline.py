"""One list tells a booking's whole story at the desk, and a shorter one tells its buyer where the money is."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from payments.models import Case, Payment, Refund
from showsewa import nepali
from showsewa.models import User
from tests import cast, purchase
from tests.conftest import Api


def story(user: User, booking: dict) -> list:
    client = Client()
    client.force_login(user)
    return client.get(reverse("admin:bookings_booking_change", args=[booking["bookingId"]])).context["story"]


def test_failed_tries_payments_refunds_cases_and_notices_stand_in_one_list(
    stage: cast.Stage, api: Api, devi: User
) -> None:
    booking = purchase.book(api, stage, "A1")
    purchase.pay(api, booking, "tok_declined")
    again = api.post("/payments/initiate", {"bookingId": booking["bookingId"]}, **purchase.AS_ASHA).json()
    purchase.pay(api, booking | {"paymentIntentId": again["paymentIntentId"]})
    api.post(f"/payments/refund/{booking['bookingId']}", {"reason": "Ill"}, **purchase.AS_ASHA)
    refund = Refund.objects.get()
    Refund.objects.update(failed_at=timezone.now(), attempts=3, last_error="The bank says no.")
    Case.objects.create(
        kind=Case.Kind.REFUND_BY_HAND, gateway="fake", payment=refund.payment, refund=refund, amount=225, currency="NPR"
    )

    told = [(moment.kind, moment.what, moment.detail) for moment in story(devi, booking)]

    assert {"seats", "payment", "refund", "notice"} <= {kind for kind, _what, _detail in told}
    assert ("payment", "Failed") in {(kind, what) for kind, what, _detail in told}
    assert ("payment", "Paid") in {(kind, what) for kind, what, _detail in told}
    given_up = next(detail for kind, what, detail in told if what == "Refund NPR 225: given up")
    assert "3 tries" in given_up and "expected by" in given_up and "The bank says no." in given_up
    assert "Case: Refund to be made by hand" in {what for _kind, what, _detail in told}


def test_who_may_not_see_money_sees_none_of_it(stage: cast.Stage, api: Api, chandra: User) -> None:
    booking = purchase.buy(api, stage, "A1")

    assert {moment.kind for moment in story(chandra, booking)} == {"seats", "notice"}


def test_the_buyer_reads_each_try_and_until_when_the_money_is_back(stage: cast.Stage, asha: User) -> None:
    client = Client()
    client.force_login(asha)
    api = Api(client=client)
    held = api.post("/bookings/hold", {"showtimeId": stage.path, "seatIds": ["A1"]}).json()
    booking = purchase.confirm(api, held["holdId"])
    purchase.pay(api, booking)
    page = reverse("ticket", args=[booking["bookingId"]])
    assert "paid" in client.get(page).content.decode().partition("How the money went")[2]

    api.post(f"/payments/refund/{booking['bookingId']}", {})
    told = client.get(page).content.decode()

    back = timezone.localtime(Refund.objects.get().created_at + timedelta(days=7), ZoneInfo(stage.cinema.time_zone))
    day = nepali.both(back, "j F Y")
    assert f"It is with you by {day} at the latest." in told.replace("\N{NO-BREAK SPACE}", " ")
    assert "on its way back, with you by" in told
    Refund.objects.update(done_at=timezone.now())
    Payment.objects.update(status=Payment.Status.REFUNDED)
    assert "sent back on" in client.get(page).content.decode()
