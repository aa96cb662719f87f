"""Gift vouchers pay for bookings, wholly or in part, and whatever goes wrong, their money comes back to them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from bookings.models import Booking
from payments import audit
from payments.books import counting, days, equation
from payments.gateways import Report, Word
from payments.models import GiftVoucher, Payment, Refund, VoucherEntry
from payments.services import expiring, refunding, settling, vouchers
from showsewa.actors import SYSTEM
from tests import cast, conflict_cases, purchase
from tests.bookings.test_api_holds import code
from tests.conftest import Api
from tests.payments import gifts
from tests.purchase import AS_ASHA, AS_BIKASH


def pay_rest(api: Api, booking: dict) -> dict:
    """Open a session for what is due, and pay it."""
    opened = api.post("/payments/initiate", {"bookingId": booking["bookingId"]}, **AS_ASHA).json()
    assert purchase.pay(api, opened | {"bookingId": booking["bookingId"]}).status_code == 200
    return opened


def test_a_voucher_that_reaches_pays_the_whole_booking(stage: cast.Stage, api: Api) -> None:
    gift = gifts.sell(stage, 500)
    booking = purchase.book(api, stage, "A1")

    spent = gifts.use(api, booking, gift)

    assert spent.status_code == 200
    assert (spent.json()["bookingStatus"], spent.json()["dueAmount"], spent.json()["voucherBalance"]) == (
        "CONFIRMED",
        0,
        50,
    )
    assert gifts.told(gift) == [("ISSUE", 500), ("SPEND", -450)]
    assert stage.states()["A1"] == "BOOKED"
    assert audit.violations() == []


def test_a_voucher_pays_a_part_and_a_gateway_the_rest(stage: cast.Stage, api: Api) -> None:
    gift = gifts.sell(stage, 500)
    booking = purchase.book(api, stage, "A1", "A2")

    spent = gifts.use(api, booking, gift).json()
    assert (spent["bookingStatus"], spent["paidAmount"], spent["dueAmount"]) == ("PENDING", 500, 400)
    assert audit.violations() == []
    opened = pay_rest(api, booking)

    assert opened["amount"] == 400
    assert purchase.row(booking).status == "CONFIRMED"
    assert sorted(Payment.objects.filter(status="SUCCESS").values_list("gateway", "amount")) == [
        ("fake", Decimal(400)), ("voucher", Decimal(500)),
    ]  # fmt: skip
    assert audit.violations() == []


def test_two_vouchers_pay_one_booking(stage: cast.Stage, api: Api) -> None:
    first, second = gifts.sell(stage, 300), gifts.sell(stage, 300)
    booking = purchase.book(api, stage, "A1")

    assert gifts.use(api, booking, first).json()["dueAmount"] == 150
    assert gifts.use(api, booking, second).json()["bookingStatus"] == "CONFIRMED"
    assert (gifts.left(first), gifts.left(second)) == (0, 150)


def test_the_code_is_read_as_people_type_it(stage: cast.Stage, api: Api) -> None:
    gift = gifts.sell(stage, 500)

    typed = f" {gift.code.lower().replace('-', ' ').replace('0', 'o')} "

    assert gifts.use(api, purchase.book(api, stage, "A1"), typed).status_code == 200
    assert gift.code not in str(GiftVoucher.objects.values().get())


def test_a_voucher_whose_rest_is_not_paid_in_time_gets_its_money_back(stage: cast.Stage, api: Api) -> None:
    gift = gifts.sell(stage, 500)
    booking = purchase.book(api, stage, "A1", "A2")
    gifts.use(api, booking, gift)
    opened = api.post("/payments/initiate", {"bookingId": booking["bookingId"]}, **AS_ASHA).json()

    expiring.expire_due(now=timezone.now() + timedelta(minutes=30))
    assert gifts.refunds() == [("voucher", "UNPAID", 500)]
    assert audit.violations() == []
    gifts.send_refunds()

    assert gifts.told(gift) == [("ISSUE", 500), ("SPEND", -500), ("RETURN", 500)]
    assert purchase.row(booking).status == "EXPIRED"
    # And the rest, should it come after all, goes back as well: nothing is sold for a part of its price.
    settling.settle(
        Report(opened["sessionId"], Word.PAID, Decimal(400), "NPR", "late"), gateway="fake", now=timezone.now()
    )
    assert gifts.refunds()[-1] == ("fake", "LATE", 400)
    assert audit.violations() == []


def test_a_gateway_that_gives_the_session_up_sends_the_voucher_back(stage: cast.Stage, api: Api) -> None:
    gift = gifts.sell(stage, 500)
    booking = purchase.book(api, stage, "A1", "A2")
    gifts.use(api, booking, gift)
    opened = api.post("/payments/initiate", {"bookingId": booking["bookingId"]}, **AS_ASHA).json()

    settling.settle(Report(opened["sessionId"], Word.EXPIRED), gateway="fake", now=timezone.now())

    assert purchase.row(booking).status == "EXPIRED"
    assert gifts.refunds() == [("voucher", "UNPAID", 500)]


def test_the_whole_price_paid_in_a_session_left_for_the_voucher_comes_back_in_part(stage: cast.Stage, api: Api) -> None:
    gift = gifts.sell(stage, 200)
    booking = purchase.book(api, stage, "A1")
    session = purchase.session_of(booking)
    gifts.use(api, booking, gift)

    settling.settle(Report(session, Word.PAID, Decimal(450), "NPR", "c1"), gateway="fake", now=timezone.now())

    assert purchase.row(booking).status == "CONFIRMED"
    assert gifts.refunds() == [("fake", "DOUBLE", 200)]
    assert audit.violations() == []


def test_the_whole_price_coming_after_the_rest_is_paid_goes_back_whole(stage: cast.Stage, api: Api) -> None:
    gift = gifts.sell(stage, 200)
    booking = purchase.book(api, stage, "A1")
    session = purchase.session_of(booking)
    gifts.use(api, booking, gift)
    pay_rest(api, booking)

    settling.settle(Report(session, Word.PAID, Decimal(450), "NPR", "c1"), gateway="fake", now=timezone.now())

    assert gifts.refunds() == [("fake", "DOUBLE", 450)]
    assert audit.violations() == []


def test_seats_lost_while_the_rest_is_paid_send_all_of_it_back(stage: cast.Stage, api: Api) -> None:
    gift = gifts.sell(stage, 500)
    booking = purchase.book(api, stage, "A1", "A2")
    gifts.use(api, booking, gift)
    opened = api.post("/payments/initiate", {"bookingId": booking["bookingId"]}, **AS_ASHA).json()
    stage.showtime.__class__.objects.filter(pk=stage.showtime.pk).update(cancelled_at=timezone.now())

    settling.settle(
        Report(opened["sessionId"], Word.PAID, Decimal(400), "NPR", "c"), gateway="fake", now=timezone.now()
    )

    assert sorted(gifts.refunds()) == [("fake", "LATE", 400), ("voucher", "LATE", 500)]
    gifts.send_refunds()
    assert gifts.left(gift) == 500
    assert audit.violations() == []


def test_what_a_seat_sold_elsewhere_left_behind_comes_back(stage: cast.Stage, api: Api) -> None:
    """The report ends the booking below the money; the sweep after it finds what was paid."""
    gift = gifts.sell(stage, 200)
    booking = purchase.book(api, stage, "A1")
    gifts.use(api, booking, gift)
    conflict_cases.report(cast.till(stage), stage, "A1", reference="W1", source="WALK_IN")

    expiring.expire_due(now=timezone.now())
    gifts.send_refunds()

    assert purchase.row(booking).status == "CANCELLED"
    assert gifts.left(gift) == 200
    assert audit.violations() == []


@pytest.mark.parametrize(("way", "days"), [("CARD", 0), ("COUNTER", 40)])
def test_what_was_paid_of_a_booking_that_ran_out_comes_back(stage: cast.Stage, api: Api, way: str, days: int) -> None:
    gift = gifts.sell(stage, 200)
    booking = purchase.book(api, stage, "A1")
    gifts.use(api, booking, gift)
    Booking.objects.update(payment_method=way, created_at=timezone.now() - timedelta(days=days))
    purchase.expire(stage)

    expiring.give_back_stranded(now=timezone.now())
    gifts.send_refunds()

    assert (purchase.row(booking).status, gifts.left(gift)) == ("EXPIRED", 200)
    assert expiring.give_back_stranded(now=timezone.now()) == 0


def test_a_part_that_was_paid_comes_back_whole_when_its_buyer_gives_up(stage: cast.Stage, api: Api) -> None:
    gift = gifts.sell(stage, 200)
    booking = purchase.book(api, stage, "A1")
    gifts.use(api, booking, gift)

    answer = api.post(f"/bookings/{booking['bookingId']}/cancel", {}, **AS_ASHA)
    gifts.send_refunds()

    assert (answer.status_code, gifts.left(gift)) == (200, 200)
    assert audit.violations() == []


def test_a_refund_goes_to_the_card_before_the_voucher(stage: cast.Stage, api: Api) -> None:
    gift = gifts.sell(stage, 700)
    booking = purchase.book(api, stage, "A1", "A2")
    gifts.use(api, booking, gift)
    pay_rest(api, booking)

    # Five hours before the show half comes back: 450 of 900, of which 200 were paid by card.
    api.post(f"/bookings/{booking['bookingId']}/cancel", {}, **AS_ASHA)
    gifts.send_refunds()

    assert gifts.refunds() == [("fake", "CANCELLED", 200), ("voucher", "CANCELLED", 250)]
    assert gifts.left(gift) == 250
    assert audit.violations() == []


def test_a_refund_returns_once_however_often_it_is_sent(stage: cast.Stage, api: Api) -> None:
    gift = gifts.sell(stage, 450)
    booking = purchase.book(api, stage, "A1")
    gifts.use(api, booking, gift)
    refunding.cancel_booking(booking_id=purchase.row(booking).pk, actor=SYSTEM, now=timezone.now())
    refund = Refund.objects.get()

    for _time in range(3):
        refunding.send_refund(refund)

    assert gifts.told(gift) == [("ISSUE", 450), ("SPEND", -450), ("RETURN", 225)]


def test_money_that_comes_back_lives_at_least_a_month(stage: cast.Stage, api: Api) -> None:
    gift = gifts.sell(stage, 450)
    booking = purchase.book(api, stage, "A1")
    gifts.use(api, booking, gift)
    yesterday = days.today(timezone.now()) - timedelta(days=1)
    GiftVoucher.objects.update(expires_on=yesterday)
    refunding.refund_booking(booking_id=purchase.row(booking).pk, actor=SYSTEM, now=timezone.now())

    gifts.send_refunds()

    assert gifts.of(gift).expires_on == yesterday + timedelta(days=31)
    assert gifts.use(api, purchase.book(api, stage, "B1"), gift).status_code == 200


def test_an_expired_voucher_is_written_off_once(stage: cast.Stage) -> None:
    gift = gifts.sell(stage, 450)
    later = timezone.now() + timedelta(days=366)

    assert (vouchers.expire_due(now=later), vouchers.expire_due(now=later)) == (1, 0)

    assert gifts.told(gift) == [("ISSUE", 450), ("EXPIRE", -450)]
    assert audit.violations() == []


def test_the_ledger_refuses_to_be_changed_and_to_fall_below_nothing(stage: cast.Stage) -> None:
    gift = gifts.sell(stage, 100)

    with pytest.raises(ProgrammingError), transaction.atomic():
        VoucherEntry.objects.update(amount=1000)
    with pytest.raises(ProgrammingError), transaction.atomic():
        VoucherEntry.objects.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        VoucherEntry.objects.create(voucher=gift.voucher, kind="CORRECT", amount=-101, actor="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        VoucherEntry.objects.create(voucher=gift.voucher, kind="ISSUE", amount=100, actor="x")
    assert gifts.left(gift) == 100


def test_each_refusal_says_why(stage: cast.Stage, api: Api) -> None:
    booking, gift = purchase.book(api, stage, "A1"), gifts.sell(stage, 100)
    today, other = days.today(timezone.now()), cast.make_stage(name="Rara Cinema")

    def refused(**changed: object) -> tuple[int, str]:
        before = GiftVoucher.objects.values(*changed).get()
        GiftVoucher.objects.update(**changed)
        said = code(gifts.use(api, booking, gift))
        GiftVoucher.objects.update(**before)
        return said

    assert refused(expires_on=today - timedelta(days=1)) == (422, "VOUCHER_EXPIRED")
    assert refused(cinema=other.cinema) == (422, "VOUCHER_ELSEWHERE")
    assert refused(currency="USD") == (422, "VOUCHER_CURRENCY")
    assert refused(blocked_at=timezone.now()) == (422, "VOUCHER_BLOCKED")
    assert code(gifts.use(api, booking, "AAAA-BBBB-CCCC-DDDD")) == (404, "VOUCHER_UNKNOWN")
    assert gifts.use(api, booking, gift).status_code == 200
    assert code(gifts.use(api, booking, gift)) == (422, "VOUCHER_EMPTY")
    assert gifts.told(gift) == [("ISSUE", 100), ("SPEND", -100)]


def test_a_stranger_and_a_booking_that_waits_for_nothing_are_refused(stage: cast.Stage, api: Api) -> None:
    booking, gift = purchase.book(api, stage, "A1"), gifts.sell(stage, 1000)
    path = f"/bookings/{booking['bookingId']}/voucher"

    assert code(api.post(path, {"code": gift.code}, **AS_BIKASH)) == (404, "NOT_FOUND")
    assert gifts.use(api, booking, gift).status_code == 200
    assert code(gifts.use(api, booking, gift)) == (409, "INVALID_STATE")
    Booking.objects.update(status="EXPIRED")
    assert code(gifts.use(api, booking, gift)) == (410, "HOLD_EXPIRED")
    assert gifts.left(gift) == 550


def test_guessing_codes_is_limited(stage: cast.Stage, api: Api, settings) -> None:
    settings.LOOKUP_MISSES_PER_MINUTE = 3
    booking, gift = purchase.book(api, stage, "A1"), gifts.sell(stage, 1000)

    said = [code(gifts.use(api, booking, f"GUESS{number}")) for number in range(4)]

    assert said == [(404, "VOUCHER_UNKNOWN")] * 3 + [(429, "RATE_LIMITED")]
    assert code(gifts.use(api, booking, gift)) == (429, "RATE_LIMITED")
    assert gifts.left(gift) == 1000


def test_a_repeated_request_spends_once(stage: cast.Stage, api: Api) -> None:
    gift, booking = gifts.sell(stage, 100), purchase.book(api, stage, "A1")
    path, said = f"/bookings/{booking['bookingId']}/voucher", {"code": gift.code}

    first, again = (api.post(path, said, **AS_ASHA, Idempotency_Key="gift-1") for _time in range(2))

    assert (first.status_code, again.json()) == (200, first.json())
    assert gifts.told(gift) == [("ISSUE", 100), ("SPEND", -100)]


def sums(gateway: str) -> dict[str, int]:
    (one,) = [one for one in equation.sums(equation.Bounds()) if one.gateway == gateway]
    return {name: int(getattr(one, name)) for name in equation.PARTS if getattr(one, name)}


def test_money_of_a_voucher_is_counted_once(stage: cast.Stage, api: Api) -> None:
    gift = gifts.sell(stage, 1000)
    booking = purchase.book(api, stage, "A1", "A2")
    assert sums("cash") == {"money_in": 1000, "vouchers": 1000}

    gifts.use(api, booking, gift)

    assert sums("cash") == {"money_in": 1000, "vouchers": 1000}
    assert sums("voucher") == {"bought": 900, "vouchers": -900}
    refunding.cancel_booking(booking_id=purchase.row(booking).pk, actor=SYSTEM, now=timezone.now())
    assert sums("voucher") == {"kept": 450, "back": 450, "vouchers": -900}
    gifts.send_refunds()
    assert sums("voucher") == {"kept": 450, "vouchers": -450}
    assert audit.violations() == []


def test_a_part_that_waits_stands_in_the_equation_as_such(stage: cast.Stage, api: Api) -> None:
    gift = gifts.sell(stage, 300)

    gifts.use(api, purchase.book(api, stage, "A1"), gift)

    assert sums("voucher") == {"waits": 300, "vouchers": -300}


def test_the_ledger_settles_like_any_gateway(stage: cast.Stage, api: Api) -> None:
    gift, now = gifts.sell(stage, 450, tender="CARD"), timezone.now()
    booking = purchase.book(api, stage, "A1")
    gifts.use(api, booking, gift)
    refunding.refund_booking(booking_id=purchase.row(booking).pk, actor=SYSTEM, now=now, amount=Decimal(50))
    gifts.send_refunds()

    (row,) = counting.count(gateway="voucher", day=days.today(now), now=now)
    assert (row.our_payments, row.their_payments, row.our_refunds, row.their_refunds) == (450, 450, 50, 50)
    assert row.is_balanced
    (till,) = counting.count(gateway="terminal", day=days.today(now), now=now)
    assert till.our_payments == 450
