"""The payment pages and the test bank's own: declined, late, twice, expired, cancelled, and where the money went."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from bookings.models import Booking, Notice
from bookings.services import endings
from payments import audit
from payments.models import FakeCheckout, FakeMessage, FakeRefund, Payment, Refund, WebhookEvent
from payments.services import refunding, testing
from showsewa import promises
from tests import cast
from tests.visitor import Visitor, path


@pytest.fixture
def browser(db: None) -> Visitor:
    return Visitor()


def status(booking: Booking) -> str:
    return Booking.objects.get(pk=booking.pk).status


def send_refunds() -> int:
    return promises.keep(Refund, refunding.send_refund, now=timezone.now())


def show_starts_in(stage: cast.Stage, **distance: float) -> None:
    starts_at = timezone.now() + timedelta(**distance)
    stage.showtime.starts_at, stage.showtime.ends_at = starts_at, starts_at + timedelta(hours=2)
    stage.showtime.busy_until = starts_at + timedelta(hours=3)
    stage.showtime.save(update_fields=["starts_at", "ends_at", "busy_until"])


class TestPaying:
    def test_the_bank_tells_us_by_a_signed_message_of_its_own(self, browser: Visitor, stage: cast.Stage) -> None:
        booking = browser.buy(stage, "A1")

        event = WebhookEvent.objects.get()
        assert event.outcome == "SUCCESS"
        assert FakeMessage.objects.get().done_at is not None
        assert Payment.objects.get(booking=booking).status == Payment.Status.SUCCESS

    def test_a_declined_card_may_try_again(self, browser: Visitor, stage: cast.Stage) -> None:
        booking = browser.hold(stage, "A1")
        bank = browser.go_to_bank(booking)

        back = browser.post(bank, {"pressed": "decline"}, follow=True).content.decode()
        again = browser.post(path(booking, "pay/"), {"gateway": "fake"})
        browser.post(again["Location"], {"pressed": "pay"})

        assert "The payment was declined" in back and "Nothing was charged" in back
        assert again["Location"] != bank
        assert status(booking) == "CONFIRMED"
        assert sorted(Payment.objects.values_list("status", flat=True)) == ["FAILED", "SUCCESS"]
        assert not Refund.objects.exists()

    def test_coming_back_without_paying_waits_and_resumes_the_same_session(self, browser: Visitor, stage: cast.Stage):
        booking = browser.hold(stage, "A1")
        bank = browser.go_to_bank(booking)

        page = browser.get(path(booking, "pay/")).content.decode()
        again = browser.post(path(booking, "pay/"))

        assert "Waiting for your bank" in page and 'http-equiv="refresh"' in page
        assert again["Location"] == bank
        assert Payment.objects.count() == 1

    def test_pressing_pay_twice_in_the_details_leads_to_one_session(self, browser: Visitor, stage: cast.Stage) -> None:
        booking = browser.hold(stage, "A1")
        browser.go_to_bank(booking)

        second = browser.post(path(booking, "details/"), {"phone": "9841234567", "gateway": "fake"})

        assert second["Location"] == path(booking, "pay/")
        assert Payment.objects.count() == 1

    def test_an_expired_session_ends_the_booking(self, browser: Visitor, stage: cast.Stage) -> None:
        booking = browser.hold(stage, "A1")

        page = browser.post(browser.go_to_bank(booking), {"pressed": "expire"}, follow=True).content.decode()

        assert "Time is up" in page and "Nothing was charged" in page
        assert status(booking) == "EXPIRED"
        assert stage.states()["A1"] == "AVAILABLE"

    def test_a_waiting_page_is_told_when_something_changed(self, browser: Visitor, stage: cast.Stage) -> None:
        booking = browser.hold(stage, "A1")
        bank = browser.go_to_bank(booking)

        before = browser.get(path(booking, "state")).json()["state"]
        browser.post(bank, {"pressed": "pay"})
        after = browser.get(path(booking, "state")).json()["state"]

        assert before == "PENDING|INITIATED|"
        assert after == "CONFIRMED|SUCCESS|"
        assert f'data-state="{before}"' not in browser.get(path(booking)).content.decode()

    def test_past_the_deadline_the_page_waits_for_money_under_way(self, browser: Visitor, stage: cast.Stage) -> None:
        booking = browser.hold(stage, "A1")
        browser.go_to_bank(booking)
        Booking.objects.filter(pk=booking.pk).update(expires_at=timezone.now() - timedelta(seconds=5))

        page = browser.get(path(booking, "pay/")).content.decode()
        pressed = browser.post(path(booking, "pay/"))

        assert "Time to pay is up" in page and '<button class="button button--primary' not in page
        assert pressed["Location"] == path(booking, "pay/")

    def test_a_gateway_that_is_not_offered_is_refused(self, browser: Visitor, stage: cast.Stage, settings) -> None:
        booking = browser.hold(stage, "A1")
        browser.go_to_bank(booking)
        Payment.objects.update(status=Payment.Status.FAILED)

        assert browser.post(path(booking, "pay/"), {"gateway": "cash"}).status_code == 404
        assert browser.post(path(booking, "pay/"), {"gateway": "fake"}).status_code == 302


class TestMoneyThatGoesBack:
    def test_late_money_for_seats_that_are_gone_is_refunded_and_said(self, browser: Visitor, stage: cast.Stage) -> None:
        booking = browser.hold(stage, "A1", "A2")
        browser.post(browser.go_to_bank(booking), {"pressed": "late", "seconds": "1200"})
        endings.expire_due(now=timezone.now() + timedelta(minutes=18))
        while_waiting = browser.get(path(booking), follow=True).content.decode()
        Visitor().buy(stage, "A2")

        testing.deliver_due(now=timezone.now() + timedelta(seconds=1201))
        promised = browser.get(path(booking)).content.decode()
        send_refunds()
        sent = browser.get(path(booking)).content.decode()

        assert "your money is not lost" in while_waiting
        assert "NPR 900 back to you" in promised and "on its way" in promised
        assert "Sent back on" in sent
        assert status(booking) == "EXPIRED"
        assert FakeRefund.objects.get().amount == Decimal("900.00")
        assert Notice.objects.filter(booking=booking, kind=Notice.Kind.LATE_PAYMENT).exists()
        assert audit.violations() == []

    def test_late_money_for_seats_still_free_buys_them(self, browser: Visitor, stage: cast.Stage) -> None:
        booking = browser.hold(stage, "A1")
        browser.post(browser.go_to_bank(booking), {"pressed": "late", "seconds": "1200"})
        endings.expire_due(now=timezone.now() + timedelta(minutes=18))

        testing.deliver_due(now=timezone.now() + timedelta(seconds=1201))

        assert status(booking) == "CONFIRMED"
        assert 'class="qr"' in browser.get(path(booking)).content.decode()

    def test_until_a_late_message_goes_out_the_bank_itself_knows_nothing(self, browser: Visitor, stage: cast.Stage):
        booking = browser.hold(stage, "A1")

        browser.post(browser.go_to_bank(booking), {"pressed": "late", "seconds": "30"})

        assert FakeCheckout.objects.get().outcome == FakeCheckout.Outcome.OPEN
        assert testing.deliver_due(now=timezone.now()) == 0
        assert testing.deliver_due(now=timezone.now() + timedelta(seconds=31)) == 1
        assert FakeCheckout.objects.get().outcome == FakeCheckout.Outcome.PAID
        assert status(booking) == "CONFIRMED"

    def test_a_card_charged_twice_gets_one_charge_back(self, browser: Visitor, stage: cast.Stage) -> None:
        booking = browser.hold(stage, "A1")

        ticket = browser.post(browser.go_to_bank(booking), {"pressed": "twice"}, follow=True).content.decode()

        assert status(booking) == "CONFIRMED"
        assert 'class="qr"' in ticket
        assert "NPR 450 back to you" in ticket and "Paid twice" in ticket
        assert Refund.objects.get().amount == Decimal("450.00")
        assert audit.violations() == []


class TestCancelling:
    def test_what_comes_back_is_shown_before_anybody_agrees(self, browser: Visitor, stage: cast.Stage) -> None:
        show_starts_in(stage, hours=30)
        booking = browser.buy(stage, "A1", "A2")

        asked = browser.get(path(booking, "cancel/")).content.decode()
        assert status(booking) == "CONFIRMED"
        done = browser.post(path(booking, "cancel/"), {"reason": "rain"}, follow=True).content.decode()
        send_refunds()

        assert "100 %" in asked and "Cancel and get NPR 900 back" in asked
        assert "Your booking is cancelled" in done and "NPR 900 back to you" in done
        assert stage.states()["A1"] == "AVAILABLE"
        assert FakeRefund.objects.get().amount == Decimal("900.00")
        assert Booking.objects.get(pk=booking.pk).cancel_reason == "rain"

    def test_later_half_of_it_comes_back(self, browser: Visitor, stage: cast.Stage) -> None:
        booking = browser.buy(stage, "A1")

        asked = browser.get(path(booking, "cancel/")).content.decode()
        browser.post(path(booking, "cancel/"))

        assert "50 %" in asked and "NPR 225" in asked
        assert Refund.objects.get().amount == Decimal("225.00")

    def test_too_late_is_explained_and_refused(self, browser: Visitor, stage: cast.Stage) -> None:
        booking = browser.buy(stage, "A1")
        show_starts_in(stage, hours=1)

        asked = browser.get(path(booking, "cancel/")).content.decode()
        pressed = browser.post(path(booking, "cancel/"), follow=True).content.decode()

        assert "Too late to cancel" in asked and '<button class="button button--danger' not in asked
        assert "It is too late to cancel" in pressed
        assert status(booking) == "CONFIRMED"

    def test_cancelling_twice_refunds_once(self, browser: Visitor, stage: cast.Stage) -> None:
        booking = browser.buy(stage, "A1")

        browser.post(path(booking, "cancel/"))
        browser.post(path(booking, "cancel/"))

        assert Refund.objects.count() == 1

    def test_an_unpaid_booking_is_given_up_for_nothing(self, browser: Visitor, stage: cast.Stage) -> None:
        booking = browser.hold(stage, "A1")
        browser.go_to_bank(booking)

        asked = browser.get(path(booking, "cancel/")).content.decode()
        browser.post(path(booking, "cancel/"))

        assert "not paid yet" in asked
        assert status(booking) == "CANCELLED"
        assert stage.states()["A1"] == "AVAILABLE"


class TestTheTestBank:
    def test_it_does_not_exist_in_live_mode(self, browser: Visitor, stage: cast.Stage, settings) -> None:
        bank = browser.go_to_bank(browser.hold(stage, "A1"))
        assert browser.get(bank).status_code == 200

        settings.GATEWAYS = []

        assert browser.get(bank).status_code == 404
        assert browser.post(bank, {"pressed": "pay"}).status_code == 404

    def test_who_goes_back_without_paying_chooses_again_how_to_pay(self, browser: Visitor, stage: cast.Stage) -> None:
        booking = browser.hold(stage, "A1")
        bank = browser.go_to_bank(booking)
        back = re.findall(r'href="(/payments/return/[^"]+)"', browser.get(bank).content.decode())

        page = browser.get(back[0], follow=True)
        again = browser.post(path(booking, "pay/"), {"gateway": "fake"})["Location"]
        browser.post(bank, {"pressed": "pay"})  # the page of the first session still lay open

        assert page.redirect_chain[-1][0] == path(booking, "pay/")
        assert "You came back without paying" in page.content.decode()
        assert again != bank
        assert status(booking) == "CONFIRMED" and audit.violations() == []

    def test_an_unknown_session_is_404(self, db: None) -> None:
        client = Client(raise_request_exception=False)

        assert client.get("/payments/fake-checkout/sess_nobody").status_code == 404
        assert client.post("/payments/fake-checkout/sess_nobody", {"pressed": "pay"}).status_code == 404

    @pytest.mark.parametrize(
        "back", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
    )
    def test_it_leads_back_to_our_own_pages_only(self, browser: Visitor, stage: cast.Stage, back: str) -> None:
        bank = browser.go_to_bank(browser.hold(stage, "A1"))
        FakeCheckout.objects.update(return_path=back)

        page = browser.get(bank).content.decode()
        pressed = browser.post(bank, {"pressed": "pay"})

        assert "evil" not in page and "alert" not in page
        assert pressed["Location"] == "/"

    @pytest.mark.parametrize(
        "pressed", [{}, {"pressed": "rob"}, {"pressed": "late"}, {"pressed": "late", "seconds": "-1"},
                    {"pressed": "late", "seconds": "999999"}]
    )  # fmt: skip
    def test_nonsense_changes_nothing(self, browser: Visitor, stage: cast.Stage, pressed: dict[str, str]) -> None:
        bank = browser.go_to_bank(browser.hold(stage, "A1"))

        assert browser.post(bank, pressed).status_code == 422

        assert FakeCheckout.objects.get().outcome == FakeCheckout.Outcome.OPEN
        assert not FakeMessage.objects.exists()

    def test_a_paid_session_offers_nothing_more(self, browser: Visitor, stage: cast.Stage) -> None:
        bank = browser.go_to_bank(browser.hold(stage, "A1"))
        browser.post(bank, {"pressed": "pay"})

        page = browser.get(bank).content.decode()

        assert "This has been paid." in page and "Pay now" not in page
