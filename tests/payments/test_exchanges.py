"""Exchanging seats: other ones of the show, or another show; cheaper, dearer or the same."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bookings import emails, qr, selectors, sms
from bookings.models import Booking, Exchange, FeeRule, Notice, PromoCode, Ticket
from payments import audit, invoices
from payments.models import Invoice, Payment, Refund
from payments.services import expiring, invoicing, refunding
from seatsync import opening
from seatsync.models import ShowSeat
from showsewa.models import User
from tests import cast, purchase
from tests.conftest import Api
from tests.payments import gifts
from tests.purchase import AS_ASHA, AS_BIKASH
from venues.models import Showtime


@pytest.fixture
def bought(stage: cast.Stage, api: Api) -> dict[str, Any]:
    """A1 and A2 for 450 each, paid; the show is in five hours."""
    return purchase.buy(api, stage, "A1", "A2")


@pytest.fixture
def tomorrow(stage: cast.Stage) -> Showtime:
    """The same movie a day later."""
    return cast.make_showtime(stage.hall, stage.movie, starts_at=stage.showtime.starts_at + timedelta(days=1))


def cost(showtime: Showtime, price: int, *seats: str) -> None:
    """Let these seats cost something else."""
    rows = ShowSeat.objects.filter(showtime_id=showtime.pk)
    (rows.filter(label__in=seats) if seats else rows).update(price=price)


def exchange(api: Api, bought: dict[str, Any], *seats: str, **more: Any) -> Any:
    headers = {name: more.pop(name) for name in list(more) if name.startswith("X_")} or AS_ASHA
    return api.post(f"/bookings/{bought['bookingId']}/exchange", {"seatIds": list(seats)} | more, **headers)


def pay(api: Api, waiting: str, token: str = "tok_ok") -> Any:
    begun = api.post("/payments/initiate", {"bookingId": waiting}, **AS_ASHA).json()
    return purchase.pay(api, {"bookingId": waiting, "paymentIntentId": begun["paymentIntentId"]}, token)


def test_other_seats_at_the_same_price_are_theirs_at_once(stage: cast.Stage, api: Api, bought: dict[str, Any]) -> None:
    old = {ticket.label: ticket for ticket in Ticket.objects.filter(booking=bought["bookingId"])}

    answer = exchange(api, bought, "A2", "A3", amount=0)

    said = answer.json()
    assert (answer.status_code, said["status"], said["difference"]) == (200, "EXCHANGED", 0)
    assert (said["oldSeats"], said["newSeats"]) == (["A1", "A2"], ["A2", "A3"])
    states = stage.states()
    assert (states["A1"], states["A2"], states["A3"]) == ("AVAILABLE", "BOOKED", "BOOKED")
    row = purchase.row(bought)
    assert (row.status, row.seat_labels, row.total) == ("CONFIRMED", ["A2", "A3"], 900)
    new = {ticket.label: ticket for ticket in selectors.tickets(row)}
    assert new["A2"].pk == old["A2"].pk
    old["A1"].refresh_from_db()
    assert old["A1"].released_at is not None
    assert old["A1"].moved_to == new["A3"]
    assert audit.violations() == []


def test_another_show_takes_the_booking_with_it(
    stage: cast.Stage, api: Api, bought: dict[str, Any], tomorrow: Showtime
) -> None:
    before = {qr.sign(ticket) for ticket in selectors.tickets(purchase.row(bought))}

    answer = exchange(api, bought, "B1", "B2", showtimeId=str(tomorrow.pk))

    assert answer.json()["status"] == "EXCHANGED"
    row = purchase.row(bought)
    assert (row.showtime_id, row.seat_labels) == (tomorrow.pk, ["B1", "B2"])
    assert set(stage.states().values()) == {"AVAILABLE"}
    assert stage.states(tomorrow)["B1"] == "BOOKED"
    assert not before & {qr.sign(ticket) for ticket in selectors.tickets(row)}
    shown = api.get(f"/bookings/{bought['bookingId']}", **AS_ASHA).json()
    assert [ticket["seat"] for ticket in shown["tickets"]] == ["B1", "B2"]
    assert audit.violations() == []


def test_cheaper_seats_give_the_whole_difference_back_though_it_is_late_to_cancel(
    stage: cast.Stage, api: Api, bought: dict[str, Any]
) -> None:
    cost(stage.showtime, 300, "C1", "C2")

    answer = exchange(api, bought, "C1", "C2", amount=-300).json()

    assert (answer["status"], answer["refundAmount"], answer["difference"]) == ("EXCHANGED", 300, -300)
    refund = Refund.objects.get()
    assert (refund.amount, refund.reason) == (300, Refund.Reason.EXCHANGED)
    assert purchase.row(bought).total == 600
    assert audit.violations() == []


def test_dearer_seats_are_kept_until_the_difference_is_paid_and_then_theirs(
    stage: cast.Stage, api: Api, bought: dict[str, Any]
) -> None:
    cost(stage.showtime, 600, "C1", "C2")

    answer = exchange(api, bought, "C1", "C2", amount=300)

    said = answer.json()
    assert (answer.status_code, said["status"], said["amountDue"]) == (202, "PAYMENT_DUE", 300)
    states = stage.states()
    assert (states["A1"], states["A2"], states["C1"], states["C2"]) == ("BOOKED", "BOOKED", "HELD", "HELD")
    assert purchase.row(bought).seat_labels == ["A1", "A2"]
    assert audit.violations() == []
    paid = pay(api, said["paymentBookingId"])
    assert (paid.status_code, paid.json()["status"]) == (200, "CONFIRMED"), paid.json()
    row = purchase.row(bought)
    assert (row.status, row.seat_labels, row.total) == ("CONFIRMED", ["C1", "C2"], 1200)
    states = stage.states()
    assert (states["A1"], states["A2"], states["C1"], states["C2"]) == ("AVAILABLE", "AVAILABLE", "BOOKED", "BOOKED")
    assert sorted(Payment.objects.values_list("amount", "booking")) == [(300, row.pk), (900, row.pk)]
    ended = Booking.objects.get(pk=said["paymentBookingId"])
    assert (ended.status, ended.ending) == ("CANCELLED", "EXCHANGED")
    assert Exchange.objects.get().done_at is not None
    assert audit.violations() == []


def test_one_dearer_seat_is_changed_and_the_other_kept(stage: cast.Stage, api: Api, bought: dict[str, Any]) -> None:
    cost(stage.showtime, 600, "C1")
    kept = Ticket.objects.get(booking=bought["bookingId"], label="A2")

    waiting = exchange(api, bought, "A2", "C1").json()["paymentBookingId"]
    pay(api, waiting)

    row = purchase.row(bought)
    assert (row.seat_labels, row.total) == (["A2", "C1"], 1050)
    assert kept in selectors.tickets(row)
    assert audit.violations() == []


def test_a_dearer_show_is_paid_and_every_paper_adds_up_to_the_money(
    stage: cast.Stage, api: Api, bought: dict[str, Any], tomorrow: Showtime
) -> None:
    cost(tomorrow, 500)
    now = timezone.now()
    invoicing.issue_due()

    pay(api, exchange(api, bought, "B1", "B2", showtimeId=str(tomorrow.pk)).json()["paymentBookingId"])
    invoicing.issue_due()

    row = purchase.row(bought)
    assert (row.showtime_id, row.total) == (tomorrow.pk, 1000)
    assert [(paper.invoice.kind, paper.invoice.total) for paper in invoices.papers(row)] == [
        ("INVOICE", 900),
        ("INVOICE", 100),
    ]
    assert audit.violations() == []
    done = refunding.cancel_booking(booking_id=row.pk, actor=cast.ASHA, now=now)
    assert sum(refund.amount for refund in done.refunds) == 500  # half, as it would have been before the exchange
    Refund.objects.update(done_at=now)
    invoicing.issue_due()
    assert sorted(Invoice.objects.filter(kind="CREDIT").values_list("total", "original__total")) == [
        (Decimal(100), Decimal(100)),
        (Decimal(400), Decimal(900)),
    ]
    assert audit.violations() == []


def test_invoiced_after_the_exchange_the_difference_still_has_its_own_paper(
    stage: cast.Stage, api: Api, bought: dict[str, Any]
) -> None:
    cost(stage.showtime, 600, "C1", "C2")
    pay(api, exchange(api, bought, "C1", "C2").json()["paymentBookingId"])

    invoicing.issue_due()

    assert sorted(Invoice.objects.values_list("total", flat=True)) == [300, 900]
    assert audit.violations() == []


def test_a_difference_nobody_pays_changes_nothing(stage: cast.Stage, api: Api, bought: dict[str, Any]) -> None:
    cost(stage.showtime, 600, "C1", "C2")
    waiting = exchange(api, bought, "C1", "C2").json()["paymentBookingId"]

    purchase.expire(stage)

    row = purchase.row(bought)
    assert (row.status, row.seat_labels, row.total) == ("CONFIRMED", ["A1", "A2"], 900)
    assert Booking.objects.get(pk=waiting).status == "EXPIRED"
    assert stage.states()["C1"] == "AVAILABLE"
    assert exchange(api, bought, "A2", "A3").status_code == 200
    assert audit.violations() == []


def test_a_difference_paid_too_late_goes_back(stage: cast.Stage, api: Api, bought: dict[str, Any]) -> None:
    cost(stage.showtime, 600, "C1", "C2")
    waiting = exchange(api, bought, "C1", "C2").json()["paymentBookingId"]
    api.post("/payments/initiate", {"bookingId": waiting}, **AS_ASHA)
    session = Payment.objects.get(booking=waiting).session
    purchase.expire(stage)

    answer = purchase.send(api, purchase.event(session, amount="300.00"))

    assert answer.status_code == 200
    refund = Refund.objects.get()
    assert (refund.amount, refund.reason) == (300, Refund.Reason.LATE)
    assert purchase.row(bought).seat_labels == ["A1", "A2"]
    assert audit.violations() == []


def test_a_sale_cancelled_while_its_difference_is_paid_takes_that_money_no_more(
    stage: cast.Stage, api: Api, bought: dict[str, Any]
) -> None:
    cost(stage.showtime, 600, "C1", "C2")
    waiting = exchange(api, bought, "C1", "C2").json()["paymentBookingId"]
    api.post(f"/bookings/{bought['bookingId']}/cancel", {}, **AS_ASHA)

    pay(api, waiting)

    assert purchase.row(bought).status == "CANCELLED"
    assert Refund.objects.get(reason=Refund.Reason.LATE).amount == 300
    assert set(stage.states().values()) == {"AVAILABLE"}
    assert audit.violations() == []


@pytest.mark.parametrize(
    ("seats", "more", "status", "code"),
    [
        (["A3"], {}, 422, "EXCHANGE_SEAT_COUNT"),
        (["A1", "A2"], {}, 409, "NOTHING_TO_EXCHANGE"),
        (["A1", "Z9"], {}, 404, "NOT_FOUND"),
        (["A2", "A3"], {"amount": 50}, 409, "AMOUNT_CHANGED"),
        (["A2", "A3"], {"amount": 0, "currency": "USD"}, 409, "AMOUNT_CHANGED"),
        (["A2", "A3"], {"showtimeId": "019d2f7c-3a4e-7d4b-9a51-0c2b5a6f1e77"}, 404, "NOT_FOUND"),
        (["A2", "A3"], AS_BIKASH, 404, "NOT_FOUND"),
    ],
)
def test_what_is_no_exchange_is_refused_and_changes_nothing(
    stage: cast.Stage, api: Api, bought: dict[str, Any], seats: list[str], more: dict[str, Any], status: int, code: str
) -> None:
    answer = exchange(api, bought, *seats, **more)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert purchase.row(bought).seat_labels == ["A1", "A2"]
    assert not Exchange.objects.exists()


def test_a_seat_of_somebody_else_is_refused_by_name(stage: cast.Stage, api: Api, bought: dict[str, Any]) -> None:
    purchase.hold(api, stage, "A3", token=cast.BIKASH_TOKEN)

    answer = exchange(api, bought, "A2", "A3")

    assert (answer.status_code, answer.json()["code"]) == (409, "SEAT_UNAVAILABLE")
    assert [seat["label"] for seat in answer.json()["conflicts"]] == ["A3"]
    assert stage.states()["A1"] == "BOOKED"
    assert audit.violations() == []


def test_after_the_closing_time_a_used_ticket_and_a_third_time_there_is_no_exchange(
    stage: cast.Stage, api: Api, bought: dict[str, Any]
) -> None:
    for seats in (("A2", "A3"), ("A3", "A4"), ("A4", "A5")):
        assert exchange(api, bought, *seats).json()["status"] == "EXCHANGED"
    assert exchange(api, bought, "A1", "A2").json()["code"] == "EXCHANGE_LIMIT"
    Exchange.objects.all().delete()
    Ticket.objects.filter(label="A5", released_at=None).update(checked_in_at=timezone.now())
    assert exchange(api, bought, "A1", "A2").json()["code"] == "TICKET_USED"
    Ticket.objects.update(checked_in_at=None)
    Showtime.objects.update(starts_at=timezone.now() + timedelta(minutes=90))
    assert exchange(api, bought, "A1", "A2").json()["code"] == "CANCEL_WINDOW_CLOSED"


def test_while_a_difference_waits_there_is_no_second_exchange(
    stage: cast.Stage, api: Api, bought: dict[str, Any]
) -> None:
    cost(stage.showtime, 600, "C1", "C2")
    waiting = exchange(api, bought, "C1", "C2").json()["paymentBookingId"]

    answer = exchange(api, bought, "A2", "A3")

    assert (answer.status_code, answer.json()["code"], answer.json()["bookingId"]) == (409, "EXCHANGE_OPEN", waiting)
    api.post(f"/bookings/{waiting}/cancel", {}, **AS_ASHA)
    assert exchange(api, bought, "A2", "A3").status_code == 200
    assert audit.violations() == []


def test_a_trial_says_what_it_would_cost_and_changes_nothing(
    stage: cast.Stage, api: Api, bought: dict[str, Any], tomorrow: Showtime
) -> None:
    cost(tomorrow, 500)

    said = exchange(api, bought, "B1", "B2", showtimeId=str(tomorrow.pk), isTrial=True).json()

    assert (said["status"], said["amountDue"], said["refundPercentLater"]) == ("TRIAL", 100, 50)
    assert set(stage.states(tomorrow).values()) == {"AVAILABLE"}
    listed = api.get(f"/bookings/{bought['bookingId']}/exchange", **AS_ASHA).json()
    assert [(one["isYours"], one["priceFrom"]) for one in listed["showtimes"]] == [(True, 450), (False, 500)]


def test_one_mail_tells_the_new_seats_and_the_reminder_moves_along(
    stage: cast.Stage, api: Api, bought: dict[str, Any], tomorrow: Showtime
) -> None:
    cost(tomorrow, 300)
    exchange(api, bought, "B1", "B2", showtimeId=str(tomorrow.pk))

    told = Notice.objects.filter(booking=bought["bookingId"], kind="EXCHANGED")
    letter = emails.render(told.get(medium="EMAIL"))
    assert "B1, B2" in letter.text and "300" in letter.text
    assert len(letter.images) == 2
    assert "B1, B2" in sms.render(told.get(medium="SMS"))
    left = Notice.objects.filter(booking=bought["bookingId"], kind="REMINDER", medium="EMAIL", done_at=None)
    assert left.get().due_at == tomorrow.starts_at - timedelta(hours=3)


def test_a_gift_voucher_pays_a_part_of_the_difference_and_the_bank_the_rest(
    stage: cast.Stage, api: Api, bought: dict[str, Any]
) -> None:
    cost(stage.showtime, 600, "C1", "C2")
    gift = gifts.sell(stage, 200)
    waiting = exchange(api, bought, "C1", "C2").json()["paymentBookingId"]

    spent = api.post(f"/bookings/{waiting}/voucher", {"code": gift.code}, **AS_ASHA).json()

    assert (spent["paidAmount"], spent["dueAmount"]) == (200, 100)
    assert purchase.row(bought).seat_labels == ["A1", "A2"]
    assert audit.violations() == []
    pay(api, waiting)
    assert purchase.row(bought).seat_labels == ["C1", "C2"]
    assert Payment.objects.filter(booking=bought["bookingId"], status="SUCCESS").count() == 3
    assert audit.violations() == []


def test_a_gift_voucher_that_pays_all_of_it_confirms_the_exchange(
    stage: cast.Stage, api: Api, bought: dict[str, Any]
) -> None:
    cost(stage.showtime, 600, "C1", "C2")
    gift = gifts.sell(stage, 500)
    waiting = exchange(api, bought, "C1", "C2").json()["paymentBookingId"]

    spent = api.post(f"/bookings/{waiting}/voucher", {"code": gift.code}, **AS_ASHA).json()

    assert (spent["bookingStatus"], spent["dueAmount"], spent["voucherBalance"]) == ("CONFIRMED", 0, 200)
    assert purchase.row(bought).seat_labels == ["C1", "C2"]
    assert audit.violations() == []


def test_what_was_paid_as_a_difference_by_voucher_lapses_back_onto_it(
    stage: cast.Stage, api: Api, bought: dict[str, Any]
) -> None:
    cost(stage.showtime, 600, "C1", "C2")
    gift = gifts.sell(stage, 200)
    waiting = exchange(api, bought, "C1", "C2").json()["paymentBookingId"]
    api.post(f"/bookings/{waiting}/voucher", {"code": gift.code}, **AS_ASHA)

    expiring.expire_due(now=timezone.now() + timedelta(hours=1))

    assert Refund.objects.get(payment__booking=waiting).amount == 200
    assert purchase.row(bought).seat_labels == ["A1", "A2"]
    assert audit.violations() == []


def test_staff_exchange_when_buyers_no_more_may_and_code_and_fee_stay_those_of_the_sale(
    stage: cast.Stage, api: Api, devi: User
) -> None:
    PromoCode.objects.create(code="SAVE20", percent=20)
    FeeRule.objects.create(name="Booking fee", amount=25, starts_on="2024-07-16", is_returned=False)
    bought = purchase.book(api, stage, "A1", "A2", promoCode="SAVE20")
    purchase.pay(api, bought)
    FeeRule.objects.update(amount=99)
    Showtime.objects.update(starts_at=timezone.now() + timedelta(minutes=90))
    cost(stage.showtime, 300, "C1", "C2")
    staff = Client()
    staff.force_login(devi)

    answer = Api(client=staff).post(f"/bookings/{bought['bookingId']}/exchange", {"seatIds": ["C1", "C2"]})

    assert answer.json()["status"] == "EXCHANGED", answer.json()
    row = purchase.row(bought)
    assert (row.subtotal, row.discount, row.fee, row.total) == (600, 120, 50, 530)
    assert answer.json()["refundAmount"] == 240
    assert audit.violations() == []


def test_a_rush_for_the_other_show_is_no_reason_to_pass_those_who_wait(
    stage: cast.Stage, api: Api, bought: dict[str, Any], tomorrow: Showtime
) -> None:
    opening.set_crowded(tomorrow.pk, True)

    answer = exchange(api, bought, "B1", "B2", showtimeId=str(tomorrow.pk))

    assert (answer.status_code, "waitingUrl" in answer.json()) == (429, True)
    assert exchange(api, bought, "A2", "A3").status_code == 200
