"""Gift vouchers on pages: used when paying, looked at by their holders, sold at the counter, kept in view by staff."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from payments import audit
from payments.books import shifts
from payments.models import GiftVoucher, Payment, VoucherEntry
from payments.services import vouchers
from showsewa import ids
from showsewa.models import User
from tests import cast, purchase
from tests.conftest import Api
from tests.payments import gifts
from venues.models import Showtime


def signed_in(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


@pytest.fixture
def buyer(asha: User) -> Client:
    return signed_in(asha)


def book(client: Client, stage: cast.Stage, *seats: str) -> str:
    api = Api(client=client)
    held = api.post("/bookings/hold", {"showtimeId": stage.path, "seatIds": list(seats)}).json()["holdId"]
    booked: str = purchase.confirm(api, held)["bookingId"]
    return reverse("pay", args=[booked])


def use(client: Client, page: str, code: str) -> Any:
    return client.post(page, {"voucher": "1", "code": code}, follow=True)


def test_a_voucher_pays_on_the_payment_page(stage: cast.Stage, buyer: Client) -> None:
    gift, page = gifts.sell(stage, 300), book(buyer, stage, "A1")
    assert "Pay with a gift voucher" in buyer.get(page).content.decode()

    part = use(buyer, page, gift.code).content.decode()

    assert "Still to pay" in part
    assert "Pay NPR 150" in part
    paid = use(buyer, page, gifts.sell(stage, 150).code)
    assert paid.redirect_chain[-1][0].startswith(page.replace("pay/", ""))
    assert audit.violations() == []


@pytest.mark.parametrize(
    ("worth", "said", "afterwards"),
    [
        (900, ["It goes back onto your gift voucher at once"], ["Back on your gift voucher since"]),
        (
            300,
            ["NPR 300 of it goes back onto your gift voucher", "your bank may take up to"],
            ["Back on your gift voucher since", "Your bank may take some days"],
        ),
    ],
)
def test_money_back_onto_a_voucher_is_not_said_to_go_to_a_bank(
    stage: cast.Stage, buyer: Client, worth: int, said: list[str], afterwards: list[str]
) -> None:
    Showtime.objects.filter(pk=stage.showtime.pk).update(
        starts_at=timezone.now() + timedelta(days=3),
        ends_at=timezone.now() + timedelta(days=3, hours=2),
        busy_until=timezone.now() + timedelta(days=3, hours=3),
    )
    page = book(buyer, stage, "A1", "A2")
    use(buyer, page, gifts.sell(stage, worth).code)
    if worth < 900:
        bank = buyer.post(page, {"gateway": "fake"})["Location"]
        buyer.post(bank, {"pressed": "pay"})
    cancel = page.replace("pay/", "cancel/")

    terms = buyer.get(cancel).content.decode()
    done = buyer.post(cancel, follow=True)
    gifts.send_refunds()
    ended = buyer.get(done.redirect_chain[-1][0]).content.decode()

    assert [one for one in said if one not in terms] == [] and ("bank" in terms) == (worth < 900)
    assert [one for one in afterwards if one not in ended] == [] and ("bank" in ended) == (worth < 900)


def test_a_wrong_code_says_so_and_the_seats_stay(stage: cast.Stage, buyer: Client) -> None:
    page = book(buyer, stage, "A1")

    assert "There is no voucher with this code." in use(buyer, page, "NOSUCHCODE").content.decode()
    assert "Type the code of your voucher." in use(buyer, page, "").content.decode()
    assert stage.states()["A1"] == "HELD"


def test_a_holder_sees_what_it_is_worth_and_where_it_went(stage: cast.Stage, buyer: Client) -> None:
    gift, page = gifts.sell(stage, 700), book(buyer, stage, "A1")
    use(buyer, page, gift.code)

    seen = Client().post(reverse("voucher"), {"code": gift.code.lower()}).content.decode()

    assert "NPR 250" in seen
    assert "+NPR 700" in seen
    assert "−NPR 450" in seen
    spent = timezone.localtime(VoucherEntry.objects.latest("pk").at, ZoneInfo(stage.cinema.time_zone))
    assert f"{spent:%H:%M}" in seen  # by the cinema's clock
    assert gift.code not in seen
    assert "asha" not in seen


def test_guesses_get_one_answer_and_then_none(stage: cast.Stage, settings) -> None:
    settings.LOOKUP_MISSES_PER_MINUTE = 2
    gift, guesser = gifts.sell(stage), Client(raise_request_exception=False)

    said = [guesser.post(reverse("voucher"), {"code": code}) for code in ("AAAA", "BBBB", gift.code)]

    assert [answer.status_code for answer in said] == [404, 404, 429]
    plain = [re.sub(r'name="(csrf[^>]*)|nonce="[^"]*"', "", answer.content.decode()) for answer in said[:2]]
    plain = [re.sub(r"AAAA|BBBB|content=\"[^\"]*\"|value=\"[^\"]*\"", "", page) for page in plain]
    assert plain[0] == plain[1]


def sale(stage: cast.Stage, **changed: object) -> dict[str, Any]:
    said = {"voucher_id": ids.uuid7(), "amount": "1500", "way": "CASH", "cinema": stage.cinema.pk, "note": "Bibek"}
    return said | changed


def test_the_counter_sells_one_and_shows_its_code_once(stage: cast.Stage, chandra: User) -> None:
    clerk, said = signed_in(chandra), sale(stage)

    paper = clerk.post(reverse("sell-voucher"), said).content.decode()
    again = clerk.post(reverse("sell-voucher"), said)

    (code,) = re.findall(r"<p>((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})</p>", paper)
    assert "NPR 1,500" in paper
    assert "<svg" in paper
    assert (again.status_code, code in again.content.decode()) == (409, False)
    found = GiftVoucher.objects.get()
    assert (found.cinema, found.tender, found.issued_by) == (stage.cinema, "cash", f"user:{chandra.pk}")
    assert audit.violations() == []


def test_its_price_lies_in_the_till_of_the_shift(stage: cast.Stage, chandra: User) -> None:
    actor, now = cast.staff_actor(chandra), timezone.now()
    shift = shifts.open_shift(cinema_id=stage.cinema.pk, amount=Decimal(100), actor=actor, now=now)

    signed_in(chandra).post(reverse("sell-voucher"), sale(stage))
    signed_in(chandra).post(reverse("sell-voucher"), sale(stage, amount="200", way="CARD"))

    seen = shifts.report(shift, now=timezone.now())
    assert (seen.cash_sales, seen.card_sales) == (1500, 200)


@pytest.mark.parametrize(
    "wrong", [{"amount": "0"}, {"amount": "-5"}, {"amount": "50001"}, {"amount": "x"}, {"way": "GOODWILL"}]
)
def test_what_cannot_be_sold_is_refused(stage: cast.Stage, chandra: User, wrong: dict[str, str]) -> None:
    assert signed_in(chandra).post(reverse("sell-voucher"), sale(stage, **wrong)).status_code == 422
    assert VoucherEntry.objects.count() == 0


def test_only_who_sells_there_sells(stage: cast.Stage, asha: User, chandra: User) -> None:
    other = cast.make_stage(name="Rara Cinema")

    assert signed_in(asha).get(reverse("sell-voucher")).status_code == 403
    assert signed_in(chandra).post(reverse("sell-voucher"), sale(other)).status_code == 422
    assert signed_in(chandra).get(reverse("sell-voucher")).status_code == 200


def test_a_manager_gives_one_away_with_a_word_why(stage: cast.Stage, devi: User) -> None:
    manager = signed_in(devi)

    assert manager.post(reverse("sell-voucher"), sale(stage, way="GOODWILL", note="")).status_code == 422
    assert manager.post(reverse("sell-voucher"), sale(stage, way="GOODWILL", is_for_all="on")).status_code == 403
    assert manager.post(reverse("sell-voucher"), sale(stage, way="GOODWILL")).status_code == 200
    assert GiftVoucher.objects.get().reason == "GOODWILL"
    assert audit.violations() == []


def test_staff_cancel_what_is_left_and_see_what_is_owed(stage: cast.Stage, devi: User) -> None:
    gift, other = gifts.sell(stage, 700), gifts.sell(stage, 300, note="for Maya")
    desk, rows = signed_in(devi), reverse("admin:payments_giftvoucher_changelist")

    desk.post(rows, {"action": "cancel_rest", "_selected_action": [str(gift.voucher.pk)]})

    assert gifts.told(gift) == [("ISSUE", 700), ("CORRECT", -700)]
    owed = desk.get(reverse("admin:payments_giftvoucher_outstanding")).content.decode()
    assert f"…{other.voucher.last4}" in owed
    assert f"…{gift.voucher.last4}" not in owed
    assert "300.00" in owed
    assert audit.violations() == []


def test_clerks_cancel_none(stage: cast.Stage, chandra: User) -> None:
    gift = gifts.sell(stage, 700)

    with pytest.raises(vouchers.Forbidden):
        vouchers.cancel_rest(voucher_id=gift.voucher.pk, note="", actor=cast.staff_actor(chandra), now=timezone.now())


def counter_sale(stage: cast.Stage, *seats: str, code: str) -> dict[str, Any]:
    return {"showtimeId": stage.path, "seats": list(seats), "tender": "CASH", "voucherCode": code}


def test_the_counter_takes_a_voucher_first_and_cash_for_the_rest(stage: cast.Stage, chandra: User) -> None:
    gift, clerk = gifts.sell(stage, 500), signed_in(chandra)
    ask = {"content_type": "application/json"}

    seen = clerk.post("/counter/voucher", {"showtimeId": stage.path, "code": gift.code}, **ask).json()
    assert (seen["worth"], seen["last4"]) == (500, gift.voucher.last4)
    assert clerk.post("/counter/sell", counter_sale(stage, "A1", "A2", code=gift.code), **ask).status_code == 201

    paid = Payment.objects.order_by("-amount").values_list("gateway", "amount")
    assert list(paid) == [("voucher", Decimal(500)), ("cash", Decimal(400))]
    assert audit.violations() == []
    answer = clerk.post("/counter/sell", counter_sale(stage, "B1", code=gift.code), **ask)
    assert (answer.status_code, answer.json()["code"]) == (422, "VOUCHER_EMPTY")
    assert stage.states()["B1"] == "AVAILABLE"


def test_a_voucher_that_reaches_leaves_no_cash_to_take(stage: cast.Stage, chandra: User) -> None:
    gift = gifts.sell(stage, 500)

    signed_in(chandra).post("/counter/sell", counter_sale(stage, "A1", code=gift.code), content_type="application/json")

    assert [payment.gateway for payment in Payment.objects.all()] == ["voucher"]
    assert gifts.left(gift) == 50
