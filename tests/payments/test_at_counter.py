"""Booked on the website, paid at the counter before the show: the buyer's side, the clerk's, and the clock's."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from bookings import dispatch
from bookings.models import Booking, Notice
from bookings.services import endings
from payments import audit
from payments.models import Payment, Refund
from payments.services import refunding
from showsewa import promises
from showsewa.models import User
from tests import cast, purchase
from tests.conftest import Api
from tests.payments import gifts
from tests.visitor import BUYER, Visitor, path


@pytest.fixture
def stage(db: None) -> cast.Stage:
    return allow(cast.make_stage())


def allow(stage: cast.Stage, **more: Any) -> cast.Stage:
    for name, value in ({"pays_at_counter": True} | more).items():
        setattr(stage.cinema, name, value)
    stage.cinema.save(update_fields=["pays_at_counter", *more])
    return stage


@pytest.fixture
def browser(db: None) -> Visitor:
    return Visitor()


@pytest.fixture
def clerk(chandra: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(chandra)
    return client


def book(browser: Visitor, stage: cast.Stage, *seats: str, **fields: str) -> Booking:
    booking = browser.hold(stage, *seats)
    browser.go_to_bank(booking, gateway="COUNTER", **fields)
    booking.refresh_from_db()
    return booking


def find(clerk: Client, text: str) -> list[dict[str, Any]]:
    answer = clerk.get("/counter/waiting", {"q": text})
    assert answer.status_code == 200, answer.content
    return list(answer.json()["bookings"])


def collect(clerk: Client, booking: Booking, tender: str = "CASH", **headers: str) -> Any:
    body = {"bookingId": str(booking.pk), "tender": tender}
    return clerk.post("/counter/collect", body, content_type="application/json", headers=headers)


def give_voucher(clerk: Client, booking: Booking, code: str) -> Any:
    body = {"bookingId": str(booking.pk), "code": code}
    return clerk.post("/counter/collect/voucher", body, content_type="application/json")


def lapse(stage: cast.Stage) -> None:
    endings.expire_at_showtime(showtime_id=stage.showtime.pk, now=timezone.now() + timedelta(hours=5))


def told() -> list[str]:
    """Send what is due by the deadline, and the subjects of the mails."""
    promises.keep(Notice, dispatch.send, now=timezone.now() + timedelta(hours=5))
    return [message.subject for message in mail.outbox]


class TestTheBuyer:
    def test_is_kept_the_seats_until_half_an_hour_before_the_show(self, browser: Visitor, stage: cast.Stage) -> None:
        booking = book(browser, stage, "A1", "A2", email="asha@example.com")

        assert (booking.status, booking.payment_method) == ("PENDING", "COUNTER")
        assert booking.expires_at == stage.showtime.starts_at - timedelta(minutes=30)
        assert stage.states()["A1"] == "HELD"
        assert not Payment.objects.exists()
        assert audit.violations() == []

    def test_reads_what_to_pay_where_and_by_when(self, browser: Visitor, stage: cast.Stage) -> None:
        booking = book(browser, stage, "A1")

        page = browser.get(path(booking, "pay/")).content.decode()

        assert str(booking.reference) in page and 'class="qr"' in page
        assert "NPR 450" in page and "Himal Cinema" in page and "Pay by" in page

    def test_gets_a_mail_with_the_code_and_one_more_before_the_deadline(self, browser: Visitor, stage: cast.Stage):
        booking = book(browser, stage, "A1", email="asha@example.com")
        reminder = Notice.objects.get(kind="PAY_REMINDER", medium="EMAIL")

        subjects = told()

        assert len(subjects) == 2 and all(str(booking.reference) in subject for subject in subjects)
        assert f"Content-ID: <{booking.reference}@" in mail.outbox[0].message().as_string()
        assert booking.expires_at is not None and reminder.due_at == booking.expires_at - timedelta(hours=2)

    def test_is_told_when_the_time_is_over_and_the_seats_are_free(self, browser: Visitor, stage: cast.Stage) -> None:
        booking = book(browser, stage, "A1", email="asha@example.com")

        lapse(stage)
        subjects = told()

        booking.refresh_from_db()
        assert (booking.status, stage.states()["A1"]) == ("EXPIRED", "AVAILABLE")
        assert [subject.partition(":")[0] for subject in subjects] == ["Not paid in time"]
        assert audit.violations() == []

    def test_may_pay_online_after_all(self, browser: Visitor, stage: cast.Stage) -> None:
        booking = book(browser, stage, "A1")

        bank = browser.post(path(booking, "pay/"), {"gateway": "fake"})["Location"]
        waiting = browser.get(path(booking, "pay/")).content.decode()
        browser.post(bank, {"pressed": "pay"})

        booking.refresh_from_db()
        assert "A payment online is open" in waiting
        assert booking.status == "CONFIRMED"
        assert Payment.objects.get().gateway == "fake"

    def test_keeps_the_seats_when_a_session_online_ends(self, browser: Visitor, stage: cast.Stage) -> None:
        booking = book(browser, stage, "A1")
        bank = browser.post(path(booking, "pay/"), {"gateway": "fake"})["Location"]

        browser.post(bank, {"pressed": "expire"})

        booking.refresh_from_db()
        assert (booking.status, stage.states()["A1"]) == ("PENDING", "HELD")
        assert Payment.objects.get().status == "EXPIRED"

    def test_may_give_it_up(self, browser: Visitor, stage: cast.Stage) -> None:
        booking = book(browser, stage, "A1", email="asha@example.com")

        browser.post(path(booking, "cancel/"))

        booking.refresh_from_db()
        assert (booking.status, stage.states()["A1"]) == ("CANCELLED", "AVAILABLE")
        assert told() == []

    def test_gets_cash_back_at_the_counter_only(
        self, browser: Visitor, stage: cast.Stage, clerk: Client, devi: User
    ) -> None:
        booking = book(browser, stage, "A1")
        assert collect(clerk, booking).status_code == 200

        page = browser.get(path(booking, "cancel/")).content.decode()
        browser.post(path(booking, "cancel/"))

        booking.refresh_from_db()
        assert booking.status == "CONFIRMED" and not Refund.objects.exists()
        assert "Please cancel at the counter" in page
        done = refunding.cancel_booking(
            booking_id=booking.pk, actor=cast.staff_actor(devi), now=timezone.now(), by_staff=True
        )
        assert [refund.amount for refund in done.refunds] == [booking.total / 2]


class TestTheApi:
    def test_books_for_the_counter_and_opens_no_payment(self, api: Api, stage: cast.Stage) -> None:
        booking = purchase.book(api, stage, "A1", paymentMethod="COUNTER")

        assert (booking["status"], booking["paymentIntentId"], booking["paymentUrl"]) == ("PENDING_PAYMENT", None, None)
        assert purchase.row(booking).expires_at == stage.showtime.starts_at - timedelta(minutes=30)

    def test_the_same_hold_again_is_the_same_booking(self, api: Api, stage: cast.Stage) -> None:
        held = purchase.hold(api, stage, "A1")

        first = purchase.confirm(api, held["holdId"], paymentMethod="COUNTER")
        again = purchase.confirm(api, held["holdId"], paymentMethod="COUNTER")

        assert first["bookingReference"] == again["bookingReference"]
        assert Notice.objects.filter(kind="PAY_LATER", medium="EMAIL").count() == 1

    def test_opens_a_payment_online_when_asked(self, api: Api, stage: cast.Stage) -> None:
        booking = purchase.book(api, stage, "A1", paymentMethod="COUNTER")

        answer = api.post("/payments/initiate", {"bookingId": booking["bookingId"]}, **purchase.AS_ASHA)

        assert answer.status_code == 201

    def test_a_platform_cannot(self, stage: cast.Stage) -> None:
        platform = Api(cast.moviepass(stage))
        held = purchase.hold(platform, stage, "A1")

        answer = platform.post("/bookings/confirm", {"holdId": held["holdId"], "paymentMethod": "COUNTER"})

        assert (answer.status_code, answer.json()["code"]) == (409, "COUNTER_NOT_OFFERED")


class TestLimits:
    def refusal(self, api: Api, stage: cast.Stage, *seats: str, token: str = cast.ASHA_TOKEN, **details: str) -> str:
        held = purchase.hold(api, stage, *seats, token=token)
        details = details or {"email": f"{token}@example.com"}
        body = {"holdId": held["holdId"], "userDetails": details, "paymentMethod": "COUNTER"}
        answer = api.post("/bookings/confirm", body)
        return "" if answer.status_code == 201 else f"{answer.status_code} {answer.json()['code']}"

    def test_a_cinema_that_does_not_offer_it_takes_none(self, api: Api, browser: Visitor, stage: cast.Stage) -> None:
        assert (
            "at the cinema&#x27;s counter" in browser.get(path(browser.hold(stage, "B1"), "details/")).content.decode()
        )
        allow(stage, pays_at_counter=False)

        assert self.refusal(api, stage, "A1") == "409 COUNTER_NOT_OFFERED"
        assert "counter" not in browser.get(path(browser.hold(stage, "B1"), "details/")).content.decode()

    def test_too_near_the_show_it_is_not_offered(self, api: Api, db: None) -> None:
        near = allow(cast.make_stage(starts_in=timedelta(minutes=44)))
        far = allow(cast.make_stage(name="Far", starts_in=timedelta(minutes=46)))

        assert self.refusal(api, near, "A1") == "409 COUNTER_NOT_OFFERED"
        assert self.refusal(api, far, "A1") == ""

    def test_more_seats_than_allowed_are_paid_online(self, api: Api, browser: Visitor, stage: cast.Stage) -> None:
        assert self.refusal(api, stage, "A1", "A2", "A3", "A4", "A5") == "422 COUNTER_LIMIT"
        assert self.refusal(api, stage, "A1", "A2", "A3", "A4") == ""
        assert (
            "data-later"
            not in browser.get(path(browser.hold(stage, "B1", "B2", "B3", "B4", "B5"), "details/")).content.decode()
        )

    def test_a_person_has_one_such_booking_a_show_by_name_phone_or_mail(self, api: Api, stage: cast.Stage) -> None:
        assert self.refusal(api, stage, "A1", token="first", phone="+977 984-1234567", email="a@example.com") == ""

        assert self.refusal(api, stage, "A2", token="first") == "422 COUNTER_LIMIT"
        assert self.refusal(api, stage, "A3", token="second", phone="9841234567") == "422 COUNTER_LIMIT"
        assert self.refusal(api, stage, "A4", token="third", email="A@example.com") == "422 COUNTER_LIMIT"
        assert self.refusal(api, stage, "A5", token="fourth", phone="9841234568") == ""

    def test_and_as_many_in_all_as_one_may_hold(self, api: Api, stage: cast.Stage) -> None:
        for days in (1, 2):
            starts_at = stage.showtime.starts_at + timedelta(days=days)
            stage.showtime = cast.make_showtime(stage.hall, stage.movie, starts_at=starts_at)
            assert self.refusal(api, stage, "A1", token=f"day {days}", phone="9841234567") == ""
        starts_at = stage.showtime.starts_at + timedelta(days=3)
        stage.showtime = cast.make_showtime(stage.hall, stage.movie, starts_at=starts_at)

        assert self.refusal(api, stage, "A1", token="day 3", phone="9841234567") == "422 COUNTER_LIMIT"

    def test_a_refusal_on_the_page_keeps_the_hold(self, browser: Visitor, stage: cast.Stage) -> None:
        book(Visitor(), stage, "A1", phone="9841234567")
        held = browser.hold(stage, "B1")

        answer = browser.post(path(held, "details/"), BUYER | {"gateway": "COUNTER", "phone": "9841234567"})

        assert answer.status_code == 422
        assert "a booking for this show to be paid at the counter already" in answer.content.decode()
        assert stage.states()["B1"] == "HELD"


class TestTheClerk:
    def test_finds_it_by_reference_by_its_end_and_by_phone(
        self, browser: Visitor, stage: cast.Stage, clerk: Client
    ) -> None:
        booking = book(browser, stage, "A1", "A2", phone="+977 984-1234567")
        reference = str(booking.reference)

        for text in (reference, reference.lower(), reference[1:], reference[-6:], "9841234567", "984-123 4567"):
            found = find(clerk, text)
            assert [one["bookingReference"] for one in found] == [reference], text
        assert (found[0]["due"], found[0]["seats"], found[0]["status"]) == (900, ["A1", "A2"], "PENDING")
        assert find(clerk, "9841234568") == find(clerk, "") == find(clerk, "ZZZZZZ") == []

    @pytest.mark.parametrize(("tender", "gateway"), [("CASH", "cash"), ("CARD", "terminal")])
    def test_takes_the_money_and_prints(
        self, browser: Visitor, stage: cast.Stage, clerk: Client, chandra: User, tender: str, gateway: str
    ) -> None:
        booking = book(browser, stage, "A1", "A2", email="asha@example.com")

        answer = collect(clerk, booking, tender)

        assert (answer.status_code, answer.json()["total"]) == (200, 900)
        booking.refresh_from_db()
        assert (booking.status, stage.states()["A1"]) == ("CONFIRMED", "BOOKED")
        payment = Payment.objects.get()
        assert (payment.gateway, payment.status, payment.amount) == (gateway, "SUCCESS", 900)
        assert payment.gateway_reference == f"user:{chandra.pk}"
        assert clerk.get(f"/counter/tickets/{booking.pk}/").content.decode().count('class="qr"') == 2
        assert Notice.objects.filter(kind="CONFIRMATION").exists()
        assert audit.violations() == []

    def test_takes_a_gift_voucher_and_then_what_is_left(
        self, browser: Visitor, stage: cast.Stage, clerk: Client
    ) -> None:
        small, large = gifts.sell(stage, 300), gifts.sell(stage, 1000)
        booking = book(browser, stage, "A1", "A2")

        first = give_voucher(clerk, booking, small.code).json()
        assert (first["status"], first["paid"], first["due"]) == ("PENDING", 300, 600)
        assert give_voucher(clerk, booking, "no-such-code").status_code == 404
        last = give_voucher(clerk, booking, large.code).json()

        assert (last["status"], last["paid"], last["due"]) == ("CONFIRMED", 600, 0)
        assert (gifts.left(small), gifts.left(large)) == (0, 400)
        assert give_voucher(clerk, booking, large.code).status_code == 409
        assert audit.violations() == []

    def test_takes_cash_for_what_a_voucher_leaves(self, browser: Visitor, stage: cast.Stage, clerk: Client) -> None:
        booking = book(browser, stage, "A1")
        give_voucher(clerk, booking, gifts.sell(stage, 300).code)

        assert collect(clerk, booking).status_code == 200
        assert sorted(Payment.objects.values_list("gateway", "amount")) == [("cash", 150), ("voucher", 300)]

    def test_is_told_that_it_was_paid_already(self, browser: Visitor, stage: cast.Stage, clerk: Client) -> None:
        booking = book(browser, stage, "A1")
        assert collect(clerk, booking).status_code == 200

        again = collect(clerk, booking, "CARD")

        assert (again.status_code, again.json()["code"]) == (409, "INVALID_STATE")
        assert [one["status"] for one in find(clerk, str(booking.reference))] == ["CONFIRMED"]
        assert Payment.objects.count() == 1

    def test_a_lost_answer_takes_no_second_payment(self, browser: Visitor, stage: cast.Stage, clerk: Client) -> None:
        booking = book(browser, stage, "A1")

        first = collect(clerk, booking, Idempotency_Key="once")
        again = collect(clerk, booking, Idempotency_Key="once")

        assert (first.status_code, again.status_code) == (200, 200)
        assert Payment.objects.count() == 1

    def test_cannot_take_money_for_what_is_over(self, browser: Visitor, stage: cast.Stage, clerk: Client) -> None:
        booking = book(browser, stage, "A1")
        lapse(stage)

        assert (collect(clerk, booking).status_code, Payment.objects.count()) == (409, 0)

    def test_of_another_cinema_neither_finds_nor_takes(self, browser: Visitor, stage: cast.Stage) -> None:
        other = cast.make_stage(name="Other House")
        stranger = Client(raise_request_exception=False)
        stranger.force_login(cast.make_user("e@example.com", role="counter", cinemas=(other.cinema,)))
        booking = book(browser, stage, "A1")

        assert find(stranger, str(booking.reference)) == []
        assert collect(stranger, booking).status_code == 404
        assert give_voucher(stranger, booking, gifts.sell(stage).code).status_code == 404
        assert stage.states()["A1"] == "HELD"

    def test_nobody_else_does(self, browser: Visitor, stage: cast.Stage, asha: User) -> None:
        booking, buyer = book(browser, stage, "A1"), Client(raise_request_exception=False)
        buyer.force_login(asha)

        assert buyer.get("/counter/waiting", {"q": booking.reference}).status_code == 403
        assert collect(buyer, booking).status_code == 403
        assert give_voucher(buyer, booking, gifts.sell(stage).code).status_code == 403
        assert collect(Client(raise_request_exception=False), booking).status_code == 401

    def test_asks_the_bank_before_taking_cash(self, browser: Visitor, stage: cast.Stage, clerk: Client) -> None:
        """Paid a moment ago, and the bank's message is not here yet."""
        booking = book(browser, stage, "A1")
        bank = browser.post(path(booking, "pay/"), {"gateway": "fake"})["Location"]
        purchase_session = bank.rstrip("/").rpartition("/")[2]
        purchase.pay_silently(purchase_session)

        answer = collect(clerk, booking)

        assert answer.status_code == 409
        booking.refresh_from_db()
        assert booking.status == "CONFIRMED"
        assert Payment.objects.get().gateway == "fake"

    def test_money_online_that_comes_after_the_cash_goes_back(
        self, browser: Visitor, stage: cast.Stage, clerk: Client
    ) -> None:
        booking = book(browser, stage, "A1")
        bank = browser.post(path(booking, "pay/"), {"gateway": "fake"})["Location"]
        assert collect(clerk, booking).status_code == 200

        browser.post(bank, {"pressed": "pay"})

        assert {(one.gateway, one.status) for one in Payment.objects.all()} == {
            ("cash", "SUCCESS"),
            ("fake", "SUCCESS"),
        }
        refund = Refund.objects.get()
        assert (refund.payment.gateway, refund.reason, refund.amount) == ("fake", "DOUBLE", 450)
        assert audit.violations() == []
