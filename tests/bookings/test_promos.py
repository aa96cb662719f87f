"""Promo codes as buyers meet them: whom and what a code is for, its limits, codes good once, guessing."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookings import pricing, promos
from bookings.models import Booking, PromoCode
from bookings.models.promos import PromoBatchCode, PromoUse
from bookings.services import batches
from payments import audit
from payments.services import forgetting
from showsewa.actors import SYSTEM
from showsewa.models import User
from tests import cast, purchase
from tests.bookings.test_api_holds import code
from tests.conftest import Api
from tests.purchase import DETAILS
from tests.visitor import Visitor, path
from venues.models import Movie, Showtime

ELSE = {"email": "else@example.com", "name": "", "phone": "+977 9811111111"}
Ask = Callable[..., Any]


@pytest.fixture
def ask(stage: cast.Stage, api: Api) -> Ask:
    """The price of a seat with a code."""

    def price(promo_code: str, seat: str = "A1") -> Any:
        held = purchase.hold(api, stage, seat, token=f"token-{seat}-of-a-guest")
        return api.post("/pricing/calculate", {"holdId": held["holdId"], "promoCode": promo_code})

    return price


@pytest.fixture
def once(stage: cast.Stage) -> PromoCode:
    return PromoCode.objects.create(code="ONCE", percent=20, max_uses_person=1)


def try_to_book(api: Api, stage: cast.Stage, seat: str, *, details: dict[str, str] = DETAILS, **more: Any) -> Any:
    held = purchase.hold(api, stage, seat, token=f"token-{seat}-of-a-guest")
    body = {"holdId": held["holdId"], "userDetails": details, "paymentMethod": "CARD"} | more
    return api.post("/bookings/confirm", body)


def weekday_here(stage: cast.Stage) -> int:
    starts_at = Showtime.objects.get(pk=stage.showtime.pk).starts_at
    return starts_at.astimezone(ZoneInfo(stage.cinema.time_zone)).isoweekday()


class TestRules:
    def test_a_percentage_takes_no_more_than_its_cap(self, ask: Ask) -> None:
        PromoCode.objects.create(code="HALF", percent=50, max_discount=100)

        assert ask("HALF").json()["discount"] == 100

    def test_a_fixed_sum_takes_no_more_than_the_seats_cost(self, ask: Ask) -> None:
        PromoCode.objects.create(code="BIG", amount=1000)

        assert ask("BIG").json()["finalAmount"] == 0

    def test_a_code_for_other_movies_says_which(self, stage: cast.Stage, ask: Ask) -> None:
        promo = PromoCode.objects.create(code="MOVIE", percent=20)
        promo.movies.add(stage.movie)
        assert ask("MOVIE").status_code == 200

        promo.movies.set([Movie.objects.create(title="Kabaddi", runtime_minutes=90)])

        refused = ask("MOVIE")
        assert code(refused) == (422, "PROMO_MOVIE")
        assert "Kabaddi" in refused.json()["message"]

    def test_a_code_for_other_cinemas_says_which(self, stage: cast.Stage, ask: Ask) -> None:
        promo = PromoCode.objects.create(code="HERE", percent=20)
        promo.cinemas.add(stage.cinema)
        assert ask("HERE").status_code == 200

        promo.cinemas.set([cast.make_stage(name="Rara Cinema").cinema])

        refused = ask("HERE")
        assert code(refused) == (422, "PROMO_ELSEWHERE")
        assert "Rara Cinema" in refused.json()["message"]

    def test_the_weekday_is_the_shows_by_the_clock_of_its_cinema(self, stage: cast.Stage, ask: Ask) -> None:
        # 19:00 UTC is a quarter to one of the next day in Kathmandu.
        starts_at = (timezone.now() + timedelta(days=2)).replace(hour=19, minute=0)
        times = {"ends_at": starts_at + timedelta(hours=2), "busy_until": starts_at + timedelta(hours=3)}
        Showtime.objects.filter(pk=stage.showtime.pk).update(starts_at=starts_at, **times)
        promo = PromoCode.objects.create(code="DAY", percent=20, weekdays=[weekday_here(stage)])
        assert starts_at.isoweekday() not in promo.weekdays

        assert ask("DAY").status_code == 200

    def test_a_code_for_other_weekdays_says_which(self, stage: cast.Stage, ask: Ask) -> None:
        other = weekday_here(stage) % 7 + 1
        PromoCode.objects.create(code="DAY", percent=20, weekdays=[other])

        refused = ask("DAY")

        assert code(refused) == (422, "PROMO_WEEKDAY")
        assert refused.json()["message"].endswith("day.")

    def test_a_purchase_too_small_is_told_how_much_is_wanted(self, ask: Ask) -> None:
        PromoCode.objects.create(code="MORE", percent=20, minimum=900)

        refused = ask("MORE")

        assert code(refused) == (422, "PROMO_MINIMUM")
        assert "NPR 900" in refused.json()["message"] and "NPR 450" in refused.json()["message"]


class TestPerson:
    @pytest.mark.parametrize(
        "same",
        [
            {"email": "ASHA@example.com", "phone": "+977 9822222222"},
            {"email": "asha+again@example.com", "phone": "+977 9822222222"},
            {"email": "new@example.com", "phone": "9800000000"},
        ],
    )
    def test_the_same_person_is_refused_by_any_of_their_names(
        self, stage: cast.Stage, api: Api, once: PromoCode, same: dict[str, str]
    ) -> None:
        assert try_to_book(api, stage, "A1", promoCode="ONCE").json()["amount"] == 360

        assert code(try_to_book(api, stage, "A2", details=same, promoCode="ONCE")) == (422, "PROMO_PERSON_LIMIT")
        assert try_to_book(api, stage, "A3", details=ELSE, promoCode="ONCE").json()["amount"] == 360
        assert audit.violations() == []

    def test_somebody_signed_in_is_told_when_asking_the_price(
        self, stage: cast.Stage, api: Api, once: PromoCode, asha: User
    ) -> None:
        api.client.force_login(asha)
        body = {"showtimeId": stage.path, "seatIds": ["A1"]}
        first = api.post("/bookings/hold", body).json()
        purchase.confirm(api, first["holdId"], promoCode="ONCE", userDetails=ELSE)

        second = api.post("/bookings/hold", body | {"seatIds": ["A2"]}).json()
        refused = api.post("/pricing/calculate", {"holdId": second["holdId"], "promoCode": "ONCE"})

        assert code(refused) == (422, "PROMO_PERSON_LIMIT")

    def test_a_booking_that_expires_gives_its_use_back(self, stage: cast.Stage, api: Api, once: PromoCode) -> None:
        try_to_book(api, stage, "A1", promoCode="ONCE")

        purchase.expire(stage)

        once.refresh_from_db()
        assert once.used == 0
        assert try_to_book(api, stage, "A2", promoCode="ONCE").json()["amount"] == 360
        assert audit.violations() == []

    def test_late_money_keeps_its_discount_when_the_use_is_gone(
        self, stage: cast.Stage, api: Api, once: PromoCode
    ) -> None:
        late = try_to_book(api, stage, "A1", promoCode="ONCE").json()
        purchase.expire(stage)
        try_to_book(api, stage, "A2", promoCode="ONCE")

        body = purchase.event(purchase.session_of(late), amount="360.00")
        assert purchase.send(api, body).status_code == 200

        booking = purchase.row(late)
        assert (booking.status, booking.total, booking.promo) == ("CONFIRMED", 360, None)
        assert PromoUse.objects.filter(returned_at=None).count() == 1
        assert audit.violations() == []

    def test_a_limit_a_person_needs_to_know_the_person(self, stage: cast.Stage, api: Api, once: PromoCode) -> None:
        held = purchase.hold(api, stage, "A1")

        refused = api.post("/bookings", {"holdId": held["holdId"], "promoCode": "ONCE"})

        assert code(refused) == (422, "PROMO_PERSON_UNKNOWN")

    def test_who_is_forgotten_is_forgotten_here_too(self, stage: cast.Stage, api: Api, once: PromoCode) -> None:
        booking = purchase.row(try_to_book(api, stage, "A1", promoCode="ONCE").json())
        assert PromoUse.objects.get().persons == ["email:asha@example.com", "phone:9800000000"]
        purchase.expire(stage)
        long_ago = timezone.now() - timedelta(days=1)
        Showtime.objects.update(starts_at=long_ago - timedelta(hours=3), ends_at=long_ago, busy_until=long_ago)
        booking.payments.update(status="EXPIRED")

        forgetting.forget([purchase.row({"id": booking.pk})], now=timezone.now())

        assert PromoUse.objects.get().persons == []


class TestSingleUse:
    @pytest.fixture
    def single(self, stage: cast.Stage) -> str:
        promo = PromoCode.objects.create(code="DASHAIN", amount=100, is_single_use=True)
        batches.make(promo=promo, size=3, note="", actor=SYSTEM)
        return str(PromoBatchCode.objects.order_by("pk").first())

    def test_one_is_good_for_one_booking(self, stage: cast.Stage, api: Api, single: str) -> None:
        assert try_to_book(api, stage, "A1", promoCode=single).json()["amount"] == 350

        assert code(try_to_book(api, stage, "A2", promoCode=single)) == (422, "PROMO_USED")
        assert audit.violations() == []

    def test_it_is_known_however_it_is_typed_and_remembered(self, stage: cast.Stage, api: Api, single: str) -> None:
        held = purchase.hold(api, stage, "A1")
        typed = single.lower().replace("-", " ").replace("0", "o").replace("1", "l")

        priced = api.post("/pricing/calculate", {"holdId": held["holdId"], "promoCode": typed}).json()

        assert priced["finalAmount"] == 350
        assert purchase.confirm(api, held["holdId"])["amount"] == 350
        assert str(Booking.objects.get().single_code) == single

    def test_the_name_of_its_rule_opens_nothing(self, ask: Ask, single: str) -> None:
        assert code(ask("DASHAIN")) == (422, "PROMO_UNKNOWN")

    def test_it_is_free_again_when_its_booking_ends(self, stage: cast.Stage, api: Api, single: str) -> None:
        try_to_book(api, stage, "A1", promoCode=single)

        purchase.expire(stage)

        assert try_to_book(api, stage, "A2", promoCode=single).json()["amount"] == 350


class TestGuessing:
    def test_guesses_are_few_and_right_codes_free(self, ask: Ask, settings: Any) -> None:
        settings.LOOKUP_MISSES_PER_MINUTE = 3
        PromoCode.objects.create(code="SAVE20", percent=20)
        PromoCode.objects.create(code="MORE", percent=20, minimum=900)

        wanted = ["SAVE20", "MORE"] * 4 + ["SAVE1", "SAVE2", "SAVE3"]
        assert {code(ask(one))[1] for one in wanted if one != "SAVE20"} == {"PROMO_MINIMUM", "PROMO_UNKNOWN"}
        assert ask("SAVE20").status_code == 429

    def test_a_channel_speaks_for_many(self, stage: cast.Stage, settings: Any) -> None:
        settings.LOOKUP_MISSES_PER_MINUTE = 1
        api = Api(cast.moviepass(stage))
        held = api.post("/bookings/hold", {"showtimeId": stage.path, "seatIds": ["A1"]}).json()["holdId"]

        tried = [api.post("/pricing/calculate", {"holdId": held, "promoCode": f"X{n}"}) for n in range(3)]

        assert {code(one) for one in tried} == {(422, "PROMO_UNKNOWN")}


class TestPages:
    def test_who_has_used_a_code_is_asked_again_without_it(self, stage: cast.Stage, api: Api, once: PromoCode) -> None:
        try_to_book(api, stage, "A1", promoCode="ONCE")
        browser, who = Visitor(), {"email": "asha@example.com"}
        booking = browser.hold(stage, "B1")
        fields = {"name": "", "phone": "", "gateway": "fake", "promo_code": "once"} | who

        answer = browser.post(path(booking, "details/"), fields)

        page = answer.content.decode()
        assert answer.status_code == 422
        assert "as often as one person may" in page and "Without it you pay NPR 450." in page
        assert "Pay NPR 450" in page and 'value="once"' not in page
        assert browser.go_to_bank(booking, promo_code="", **who)
        booking.refresh_from_db()
        assert (booking.status, booking.total, booking.promo) == ("PENDING", 450, None)

    def test_guessing_at_the_page_is_slowed_and_nothing_is_lost(self, stage: cast.Stage, settings: Any) -> None:
        settings.LOOKUP_MISSES_PER_MINUTE = 1
        browser = Visitor()
        booking = browser.hold(stage, "A1")
        asking = {"price": "1", "promo_code": "MOMO", "phone": "", "email": "asha@example.com"}

        pages = [browser.post(path(booking, "details/"), asking) for _twice in range(2)]

        assert [page.status_code for page in pages] == [422, 422]
        assert "Too many requests" in pages[1].content.decode()
        assert 'value="asha@example.com"' in pages[1].content.decode()


sums = st.integers(0, 10_000_000).map(lambda paisa: Decimal(paisa) / 100)
some_sum = st.integers(1, 10_000_000).map(lambda paisa: Decimal(paisa) / 100)
rules = st.one_of(
    st.builds(PromoCode, percent=st.integers(1, 100), max_discount=st.none() | some_sum),
    st.builds(PromoCode, amount=some_sum),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(prices=st.lists(sums, min_size=1, max_size=10), rule=rules)
def test_any_discount_is_within_its_cap_and_split_to_the_paisa(prices: list[Decimal], rule: PromoCode) -> None:
    subtotal = sum(prices, Decimal(0))

    off = promos.off(rule, subtotal)

    assert 0 <= off <= subtotal
    assert rule.max_discount is None or off <= rule.max_discount
    assert rule.amount is None or off == min(rule.amount, subtotal)
    exact = subtotal * rule.percent / 100 if rule.percent else None
    assert exact is None or off == rule.max_discount or abs(off - exact) <= Decimal("0.005")
    quote = pricing.quote(prices, rule)
    assert quote.discount == off == sum(share.discount for share in quote.shares)
    assert all(0 <= share.discount <= share.price for share in quote.shares)
