"""Quotes with fees and taxes on top: the arithmetic for any numbers, then one sum from the first tap to the books."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookings import charges, emails, pricing, taxes
from bookings.charges import Charges, Fee
from bookings.models import Booking, FeeRule, Notice, PromoCode, TaxRule
from bookings.services import holds
from payments import audit
from payments.models import Invoice, Refund
from payments.services import counter, invoicing, refunding
from seatsync.models import OWN_WEB, Channel
from showsewa import money
from showsewa.authentication import from_session_token
from showsewa.models import User
from tests import cast, purchase
from tests.bookings.test_api_bookings import starts_in
from tests.bookings.test_offers import sell
from tests.conftest import Api
from tests.purchase import AS_ASHA
from tests.visitor import Visitor, path

SINCE = date(2024, 7, 16)

usual = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

paisa = st.integers(0, 200_000).map(lambda number: Decimal(number) / 100)
rate = st.integers(0, 3000).map(lambda number: Decimal(number) / 100)
prices = st.lists(paisa, min_size=1, max_size=10)
pers = st.sampled_from(list(FeeRule.Per))
fees = st.one_of(
    st.builds(Fee, st.just("Sum"), pers, amount=paisa, is_returned=st.booleans()),
    st.builds(Fee, st.just("Share"), pers, percent=rate, is_returned=st.booleans()),
)
rates = st.builds(taxes.Rate, st.just("Tax"), rate, st.just(""), st.booleans())
terms = st.builds(Charges, st.lists(fees, max_size=3).map(tuple), st.lists(rates, max_size=3).map(tuple))
codes = st.one_of(
    st.none(),
    st.builds(PromoCode, percent=st.integers(1, 100)),
    st.builds(PromoCode, amount=st.integers(1, 500_000).map(lambda number: Decimal(number) / 100)),
)


@usual
@given(prices, codes, terms)
def test_a_quote_and_what_each_ticket_carries_add_up_to_the_paisa(
    prices: list[Decimal], code: PromoCode | None, on: Charges
) -> None:
    quote = pricing.quote(prices, code, on)

    assert [share.price for share in quote.shares] == prices
    assert sum(share.paid for share in quote.shares) == quote.total
    assert quote.total == quote.subtotal - quote.discount + quote.fee + quote.tax
    assert sum(line.amount for line in quote.fees) == quote.fee
    assert sum(line.amount for line in quote.taxes) == quote.tax
    for share in quote.shares:
        assert 0 <= share.discount <= share.price
        assert share.fee >= 0 and share.tax >= 0 and 0 <= share.fee_kept <= share.fee + share.tax
        assert all(money.amount(part) == part for part in (share.discount, share.fee, share.tax, share.fee_kept))


@usual
@given(prices, codes, terms)
def test_a_code_takes_nothing_off_a_fee(prices: list[Decimal], code: PromoCode | None, on: Charges) -> None:
    assert pricing.quote(prices, code, on).fee == pricing.quote(prices, None, on).fee


@usual
@given(prices, st.lists(rates, max_size=4))
def test_taxes_inside_and_on_top_share_one_base(prices: list[Decimal], rates: list[taxes.Rate]) -> None:
    price = sum(prices, money.ZERO)

    tax = taxes.on_top(price, rates)
    parts = taxes.parts(price, tax, rates)

    if parts and (tax or not all(part.is_on_top for part in parts)):
        assert parts[0].base + sum(part.amount for part in parts) == price + tax
        assert len({part.base for part in parts}) == 1


@usual
@given(prices, codes, terms, st.randoms(), st.integers(0, 100))
def test_tickets_given_back_one_by_one_in_any_order_bring_what_the_policy_says_and_never_more_than_was_paid(
    prices: list[Decimal], code: PromoCode | None, on: Charges, chance: Any, percent: int
) -> None:
    shares = list(pricing.quote(prices, code, on).shares)
    booking = Booking(seat_labels=[])
    pricing.count_anew(booking, shares)
    paid, stays = booking.total, booking.fee_kept
    chance.shuffle(shares)

    back = money.ZERO
    for share in shares:
        back += money.percent(share.paid - share.fee_kept, percent)
        pricing.count(booking, [share], -1)

    assert (booking.total, booking.fee, booking.tax, booking.fee_kept) == (0, 0, 0, 0)
    assert back <= paid - stays
    assert abs(back - (paid - stays) * percent / 100) <= Decimal("0.005") * len(shares)


@usual
@given(terms)
def test_what_a_booking_keeps_of_its_terms_is_read_as_it_was_written(on: Charges) -> None:
    assert charges.of(charges.as_json(on)) == on


def rule(name: str = "Fee", starts_on: date = SINCE, **more: Any) -> FeeRule:
    return FeeRule(name=name, amount=more.pop("amount", Decimal(10)), starts_on=starts_on, **more)


@pytest.mark.parametrize(
    ("rules", "amounts"),
    [
        ([rule(), rule(amount=Decimal(20), starts_on=date(2026, 1, 1))], [20]),
        ([rule(ends_on=date(2025, 1, 1))], []),
        ([rule(starts_on=date(2027, 1, 1))], []),
        ([rule(), rule(name="Other", amount=Decimal(5))], [10, 5]),
        ([rule(cinema_id="c", amount=Decimal(3)), rule()], [3]),
        ([rule(channel_id="p", amount=Decimal(2)), rule(cinema_id="c", amount=Decimal(3))], [2]),
    ],
    ids=["newer", "over", "not yet", "two", "cinema's own", "channel's own"],
)
def test_the_fees_of_a_day(rules: list[FeeRule], amounts: list[int]) -> None:
    assert [fee.amount for fee in charges.fees_of_the_day(rules, day=date(2026, 11, 21))] == amounts


# --- through the edges


@pytest.fixture
def booking_fee(stage: cast.Stage) -> FeeRule:
    return FeeRule.objects.create(
        cinema=stage.cinema, name="Booking fee", name_ne="बुकिङ शुल्क", amount=25, starts_on=SINCE
    )


@pytest.fixture
def vat(db: None) -> TaxRule:
    return TaxRule.objects.create(name="VAT", percent=13, starts_on=SINCE, how=TaxRule.How.ON_TOP)


def test_one_sum_from_the_hold_to_the_invoice(stage: cast.Stage, api: Api, booking_fee: FeeRule, vat: TaxRule) -> None:
    held = purchase.hold(api, stage, "A1", "A2")
    priced = api.post("/pricing/calculate", {"holdId": held["holdId"]}).json()
    booking = purchase.confirm(api, held["holdId"])
    assert purchase.pay(api, booking).status_code == 200
    invoicing.issue_due()

    invoice = Invoice.objects.get()
    shown = api.get(f"/bookings/{booking['bookingId']}", **AS_ASHA).json()
    assert held["totalAmount"] == priced["finalAmount"] == booking["amount"] == shown["totalAmount"] == 1073.5
    assert held["fees"] == shown["fees"] == [{"name": "Booking fee", "nameNe": "बुकिङ शुल्क", "amount": 50}]
    assert shown["taxes"] == [{"name": "VAT", "nameNe": "", "percent": 13, "amount": 123.5}]
    assert (shown["subtotal"], shown["discount"]) == (900, 0)
    assert invoice.total == Decimal("1073.50")
    assert [(line["text"], line["amount"]) for line in invoice.lines[1:]] == [
        ("Booking fee", "50.00"), ("VAT 13 %", "123.50"),
    ]  # fmt: skip
    assert [(part["base"], part["amount"], part["isOnTop"]) for part in invoice.taxes] == [("950.00", "123.50", True)]
    assert audit.violations() == []


def test_a_code_is_taken_off_the_seats_and_the_tax_follows(
    stage: cast.Stage, api: Api, booking_fee: FeeRule, vat: TaxRule
) -> None:
    PromoCode.objects.create(code="SAVE20", percent=20)
    held = purchase.hold(api, stage, "A1", "A2")

    priced = api.post("/pricing/calculate", {"holdId": held["holdId"], "promoCode": "SAVE20"}).json()
    booking = purchase.confirm(api, held["holdId"])

    assert (priced["discount"], priced["fees"][0]["amount"], priced["taxes"][0]["amount"]) == (180, 50, 100.1)
    assert priced["finalAmount"] == booking["amount"] == 870.1
    assert purchase.pay(api, booking).status_code == 200
    assert audit.violations() == []


def test_fees_cost_a_hold_no_statement(stage: cast.Stage, booking_fee: FeeRule, vat: TaxRule) -> None:
    def statements(actor: Any, seat: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            holds.hold_seats(showtime_id=stage.showtime.pk, seats=[seat], actor=actor)
        return len(seen)

    statements(from_session_token("first"), "C1")  # what is read once and kept
    with_rules = statements(cast.ASHA, "A1")
    FeeRule.objects.all().delete()
    TaxRule.objects.all().delete()

    assert statements(cast.BIKASH, "A2") == with_rules


def test_terms_stay_those_of_when_the_seats_were_chosen(stage: cast.Stage, api: Api, booking_fee: FeeRule) -> None:
    held = purchase.hold(api, stage, "A1")
    FeeRule.objects.update(amount=400)

    assert purchase.confirm(api, held["holdId"])["amount"] == held["totalAmount"] == 475


def test_choosing_again_prices_anew(stage: cast.Stage, api: Api, booking_fee: FeeRule) -> None:
    purchase.hold(api, stage, "A1")
    FeeRule.objects.update(amount=30)

    assert purchase.hold(api, stage, "A1", "A2")["totalAmount"] == 960


def test_a_fee_of_the_website_is_not_the_counters_nor_a_platforms(
    stage: cast.Stage, api: Api, booking_fee: FeeRule, chandra: User
) -> None:
    platform = Channel.objects.create(name="Other", kind=Channel.Kind.PLATFORM, sources=["THIRD_PARTY"])
    by_key = {"sold_by": FeeRule.SoldBy.CHANNELS, "starts_on": SINCE, "name": "Key fee"}
    FeeRule.objects.create(**by_key, amount=5)
    FeeRule.objects.create(**by_key, amount=99, channel=platform)
    token = cast.moviepass(stage)

    sold = counter.sell(
        showtime_id=stage.showtime.pk, seats=["C1"], tender="CASH", actor=cast.staff_actor(chandra), now=timezone.now()
    )
    held = holds.hold_seats(showtime_id=stage.showtime.pk, seats=["B1"], actor=cast.channel_actor(token)).booking

    assert (sold.total, sold.fee) == (450, 0)
    assert (held.fee, held.charges["fees"][0]["name"]) == (5, "Key fee")


def test_a_counter_fee_is_asked_for_at_the_counter(stage: cast.Stage, chandra: User) -> None:
    FeeRule.objects.create(
        name="Glasses",
        amount=Decimal("40.01"),
        starts_on=SINCE,
        sold_by=FeeRule.SoldBy.COUNTER,
        per=FeeRule.Per.BOOKING,
    )

    sold = counter.sell(
        showtime_id=stage.showtime.pk, seats=["C1", "C2"], tender="CASH", actor=cast.staff_actor(chandra),
        now=timezone.now(),
    )  # fmt: skip

    assert sold.total == Decimal("940.01")
    assert sorted(sold.tickets.values_list("fee", flat=True)) == [Decimal("20.00"), Decimal("20.01")]
    assert sold.payments.get().amount == sold.total
    assert audit.violations() == []


def later(stage: cast.Stage, *, hours: int) -> None:
    Booking.objects.update(refund_policy={"tiers": [[24, 100], [2, 50]], "cancelUntilHours": 2})
    starts_in(stage, hours=hours)


def test_a_fee_stays_when_the_customer_cancels_and_the_page_says_so_before(
    stage: cast.Stage, api: Api, booking_fee: FeeRule, vat: TaxRule
) -> None:
    bought = purchase.buy(api, stage, "A1", "A2")
    later(stage, hours=48)

    answer = api.post(f"/bookings/{bought['bookingId']}/cancel", {}, **AS_ASHA).json()

    # 2 x (450 + 13 %); of the fee nothing: 50 and its tax of 6.50
    assert answer["refund"]["amount"] == 1017
    assert Refund.objects.get().amount == 1017
    assert audit.violations() == []


def test_a_fee_that_is_returned_comes_back_by_the_same_percentage(
    stage: cast.Stage, api: Api, booking_fee: FeeRule
) -> None:
    FeeRule.objects.update(is_returned=True)
    bought = purchase.buy(api, stage, "A1", "A2")
    later(stage, hours=5)

    assert api.post(f"/bookings/{bought['bookingId']}/cancel", {}, **AS_ASHA).json()["refund"]["amount"] == 475


@pytest.mark.parametrize("order", [("A1", "A3"), ("A3", "A1")])
def test_single_tickets_leave_their_part_of_a_fee_for_the_booking(
    stage: cast.Stage, api: Api, vat: TaxRule, order: tuple[str, ...]
) -> None:
    FeeRule.objects.create(name="Fee", amount=100, starts_on=SINCE, per=FeeRule.Per.BOOKING)
    bought = purchase.buy(api, stage, "A1", "A2", "A3")
    paid = purchase.row(bought).total
    later(stage, hours=48)

    back = [
        api.post(f"/bookings/{bought['bookingId']}/cancel", {"seatIds": [seat]}, **AS_ASHA).json()["refund"]["amount"]
        for seat in order
    ]

    row = purchase.row(bought)
    assert sorted(back) == [508.5, 508.51]  # 450 and its tax; a paisa of rounding sits on the first seat
    assert row.total + row.kept + sum(map(Decimal, map(str, back))) == paid
    assert audit.violations() == []


def test_staff_may_give_the_fee_back_as_well(stage: cast.Stage, api: Api, booking_fee: FeeRule, devi: User) -> None:
    bought = purchase.buy(api, stage, "A1")

    refunding.refund_booking(booking_id=bought["bookingId"], actor=cast.staff_actor(devi), now=timezone.now())

    assert Refund.objects.get().amount == 475
    assert purchase.row(bought).status == Booking.Status.REFUNDED
    assert audit.violations() == []


def test_pages_tell_the_fee_from_the_seat_map_to_the_ticket(stage: cast.Stage, booking_fee: FeeRule) -> None:
    browser = Visitor()
    seats = browser.get(f"/showtimes/{stage.path}/").content.decode()
    booking = browser.hold(stage, "A1", "A2")

    details = browser.get(path(booking, "details/")).content.decode()
    bank = browser.go_to_bank(booking)
    waiting = browser.get(path(booking, "pay/")).content.decode()
    ticket = browser.get(browser.get(browser.post(bank, {"pressed": "pay"})["Location"])["Location"]).content.decode()
    leaving = browser.get(path(booking, "cancel/")).content.decode()

    assert '"fees":[{"name":"Booking fee","isPerBooking":false,"amount":25,"percent":null}]' in seats
    for page in (details, waiting, ticket):
        assert "Booking fee" in page and "NPR 50" in page and "NPR 950" in page
    assert "A fee of NPR 50 stays with us" in details and "A fee of NPR 50 stays with us" in waiting
    assert "50\N{NO-BREAK SPACE}% comes back (NPR 450)" in details
    assert "Fee that stays" in leaving and "NPR 450" in leaving


def test_the_confirmation_names_the_fee(stage: cast.Stage, api: Api, booking_fee: FeeRule) -> None:
    purchase.buy(api, stage, "A1")

    letter = emails.render(Notice.objects.get(kind=Notice.Kind.CONFIRMATION, medium=Notice.Medium.EMAIL))

    assert "Booking fee: NPR 25" in letter.text and "Paid: NPR 475" in letter.text
    assert "Booking fee" in letter.html and "NPR 450" in letter.html


def test_a_hold_that_lost_a_seat_is_quoted_anew(stage: cast.Stage, api: Api) -> None:
    FeeRule.objects.create(name="Fee", amount=100, starts_on=SINCE, per=FeeRule.Per.BOOKING)
    held = purchase.hold(api, stage, "A1", "A2")
    till = Api(cast.till(stage))
    assert sell(till, stage, "A1").status_code in (200, 207)

    priced = api.post("/pricing/calculate", {"holdId": held["holdId"]}).json()

    assert priced["finalAmount"] == 550 == Booking.objects.get(pk=held["holdId"]).total


def test_rules_that_make_no_sense_are_refused_by_the_database(stage: cast.Stage) -> None:
    wrong: list[dict[str, Any]] = [
        {"amount": 5, "percent": 5},
        {},
        {"amount": -1},
        {"percent": 101},
        {"amount": 5, "channel": Channel.objects.get(pk=OWN_WEB)},
        {"amount": 5, "ends_on": SINCE - timedelta(days=1)},
    ]
    for facts in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            FeeRule.objects.create(name="Wrong", starts_on=SINCE, **facts)
