"""What comes back when: each cinema's own rules, as its manager writes them and as its buyers are told."""

import pytest
from django.test import Client
from django.urls import reverse

from bookings.models import Booking
from showsewa.models import User
from tests import cast, purchase
from tests.bookings.test_api_bookings import starts_in
from tests.conftest import Api
from tests.purchase import AS_ASHA
from venues import refund_rules
from venues.models import Cinema


def own_rules(stage: cast.Stage, tiers: list | None) -> None:
    Cinema.objects.filter(pk=stage.cinema.pk).update(refund_tiers=tiers)


def test_a_sale_keeps_the_rules_of_its_cinema_whatever_they_become(stage: cast.Stage, api: Api) -> None:
    own_rules(stage, [[4, 80]])
    bought = purchase.buy(api, stage, "A1")
    own_rules(stage, None)

    assert purchase.row(bought).refund_policy["tiers"] == [[4, 80]]
    done = api.post(f"/payments/refund/{bought['bookingId']}", {}, **AS_ASHA).json()
    assert (done["refundAmount"], done["refundPercentage"]) == (360, 80)


def test_a_cinema_that_gives_nothing_back_says_so_and_gives_nothing(stage: cast.Stage, api: Api) -> None:
    own_rules(stage, [])
    bought = purchase.buy(api, stage, "A1")

    answer = api.post(f"/payments/refund/{bought['bookingId']}", {}, **AS_ASHA)

    assert (answer.status_code, answer.json()["code"]) == (422, "NOTHING_TO_REFUND")


def test_every_way_to_sell_keeps_the_cinemas_rules(stage: cast.Stage, api: Api, chandra: User) -> None:
    own_rules(stage, [[48, 90], [24, 10]])
    counter = Client()
    counter.force_login(chandra)
    purchase.buy(api, stage, "A1")
    till, moviepass = Api(cast.till(stage)), Api(cast.moviepass(stage))
    line = {"seatNumber": "B1", "status": "BOOKED", "bookingSource": "POS_SYSTEM", "bookingReference": "P-1"}
    till.post("/seat-sync/bulk-update", {"showtimeId": stage.path, "seatUpdates": [line]})
    purchase.buy(moviepass, stage, "C1", token="customer-1")
    sold = counter.post(
        "/counter/sell",
        {"showtimeId": stage.path, "seats": ["B5"], "tender": "CASH"},
        content_type="application/json",
    )

    assert sold.status_code in (200, 201), sold.content
    kept = Booking.objects.order_by("created_at").values_list("refund_policy__tiers", flat=True)
    assert list(kept) == [[[48, 90], [24, 10]]] * 4


def test_the_rules_are_told_before_buying_before_paying_and_before_cancelling(stage: cast.Stage, asha: User) -> None:
    own_rules(stage, [[4, 80]])
    page = Client()
    page.force_login(asha)
    api = Api(client=page)
    hold_id = api.post("/bookings/hold", {"showtimeId": stage.path, "seatIds": ["A1"]}).json()["holdId"]

    details = page.get(reverse("details", args=[hold_id])).content.decode()
    booking = purchase.confirm(api, hold_id)
    paying = page.get(reverse("pay", args=[hold_id])).content.decode()
    purchase.pay(api, booking)
    cancelling = page.get(reverse("cancel", args=[hold_id])).content.decode()

    assert "80\N{NO-BREAK SPACE}% comes back (NPR 360)" in details
    assert "80\N{NO-BREAK SPACE}% comes back (NPR 360)" in paying
    assert "80 %" in cancelling and "NPR 360" in cancelling


def test_after_the_last_step_nothing_comes_back_though_cancelling_is_still_open(stage: cast.Stage, api: Api) -> None:
    own_rules(stage, [[4, 80]])
    bought = purchase.buy(api, stage, "A1")
    starts_in(stage, minutes=180)

    done = api.post(f"/bookings/{bought['bookingId']}/cancel", {}, **AS_ASHA)

    assert (done.status_code, done.json()["refund"]["amount"]) == (200, 0)


@pytest.fixture
def desk(devi: User) -> Client:
    client = Client()
    client.force_login(devi)
    return client


def form(stage: cast.Stage, rules: str) -> dict:
    cinema = stage.cinema
    return {
        "name": cinema.name, "name_ne": "", "slug": cinema.slug, "city": cinema.city, "latitude": cinema.latitude,
        "longitude": cinema.longitude, "time_zone": cinema.time_zone, "currency": "NPR", "is_active": "on",
        "conflict_policy": cinema.conflict_policy, "refund_tiers": rules, "second_factor_above": "",
        "lonely_seats": cinema.lonely_seats, "counter_minutes": 30, "counter_seats": 4,
        "price_cards-TOTAL_FORMS": 0, "price_cards-INITIAL_FORMS": 0,
        "pricecard_set-TOTAL_FORMS": 0, "pricecard_set-INITIAL_FORMS": 0,
    }  # fmt: skip


def test_a_manager_writes_the_rules_in_words(desk: Client, stage: cast.Stage) -> None:
    page = reverse("admin:venues_cinema_change", args=[stage.cinema.pk])
    assert "24 h: 100 %, 2 h: 50 %" in desk.get(page).content.decode()

    for written, kept in [("2h: 25%\n48 h: 90 %", [[48, 90], [2, 25]]), ("24 100\n\n6: 0", [[24, 100], [6, 0]])]:
        assert desk.post(page, form(stage, written)).status_code == 302
        assert Cinema.objects.get(pk=stage.cinema.pk).refund_tiers == kept

    assert "24 h: 100 %\n6 h: 0 %" in desk.get(page).content.decode()
    assert desk.post(page, form(stage, "")).status_code == 302
    assert Cinema.objects.get(pk=stage.cinema.pk).refund_tiers is None


def test_faults_in_the_rules_are_told_line_by_line_and_nothing_is_saved(desk: Client, stage: cast.Stage) -> None:
    page = reverse("admin:venues_cinema_change", args=[stage.cinema.pk])

    answer = desk.post(page, form(stage, "24 h: 100 %\na day: half\n6 h: 120 %\n1 h: 10 %"))

    told = answer.content.decode()
    assert answer.status_code == 200
    assert "Line 2: write hours and percent" in told
    assert "Line 3: at most 100 % can come back." in told
    assert "Line 4: customers may cancel until 2 hours before the start" in told
    assert Cinema.objects.get(pk=stage.cinema.pk).refund_tiers is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("24 50\n12 80", "would get more"),
        ("24 50\n24 40", "named twice"),
        ("24:-5", "Line 1"),
        ("24.5: 10", "Line 1"),
        ("99999 h: 1 %", "Line 1"),
        ("2000 h: 1 %", "at most 1440 hours"),
        ("\n".join(f"{hours} 10" for hours in range(3, 14)), "At most 10 lines"),
    ],
)
def test_rules_that_make_no_sense_are_faulty(text: str, fault: str) -> None:
    with pytest.raises(refund_rules.Faulty, match=fault):
        refund_rules.read(text, closing_hours=2)


def test_what_is_written_reads_the_same() -> None:
    tiers = [[48, 90], [24, 50], [2, 0]]

    assert refund_rules.read(refund_rules.write(tiers), closing_hours=2) == tiers
    assert refund_rules.read(refund_rules.write(None), closing_hours=2) is None
