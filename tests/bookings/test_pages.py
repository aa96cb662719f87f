"""The bookings pages as a browser without JavaScript sees them: from hold to ticket, and back by the reference."""

import re
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from bookings import links, selectors
from bookings.models import Booking, PromoCode, Ticket
from bookings.services import checkout, endings, holds
from payments.models import FakeCheckout, Payment
from showsewa.authentication import GUEST_COOKIE
from tests import cast
from tests.conftest import Api
from tests.visitor import BUYER, Visitor, path


@pytest.fixture
def browser(db: None) -> Visitor:
    return Visitor()


def status(booking: Booking) -> str:
    return Booking.objects.get(pk=booking.pk).status


def test_a_whole_purchase_needs_no_javascript(browser: Visitor, stage: cast.Stage) -> None:
    booking = browser.hold(stage, "A1", "A2")

    details = browser.get(path(booking, "details/")).content.decode()
    bank = browser.go_to_bank(booking)
    hosted = browser.get(bank).content.decode()
    back = browser.post(bank, {"pressed": "pay"})
    shown = browser.get(back["Location"])
    ticket = browser.get(shown["Location"]).content.decode()

    assert "A1" in details and "NPR 900" in details and "50\N{NO-BREAK SPACE}% comes back" in details
    assert "NPR 900" in hosted and "No real money" in hosted
    assert back["Location"] == path(booking, "pay/")
    assert shown["Location"] == path(booking)
    assert ticket.count('class="qr"') == 2
    assert "UTC+05:45" in ticket
    assert stage.states()["A1"] == "BOOKED"
    booking.refresh_from_db()
    assert booking.phone == "+9779841234567"


def test_a_promo_code_shows_its_discount_before_paying(browser: Visitor, stage: cast.Stage) -> None:
    PromoCode.objects.create(code="SAVE20", percent=20)
    booking = browser.hold(stage, "A1", "A2")

    asked = browser.post(path(booking, "details/"), {"price": "1", "promo_code": "save20", "phone": "", "email": ""})
    browser.go_to_bank(booking, promo_code="save20")

    page = asked.content.decode()
    assert asked.status_code == 200
    assert "NPR 720" in page and "NPR 180 off" in page
    assert "Give a phone number" not in page
    assert Payment.objects.get(booking=booking).amount == Decimal("720.00")


def test_an_unknown_promo_code_is_explained_and_nothing_is_lost(browser: Visitor, stage: cast.Stage) -> None:
    booking = browser.hold(stage, "A1")

    answer = browser.post(path(booking, "details/"), BUYER | {"promo_code": "MOMO", "email": "asha@example.com"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "We do not know this promo code." in page
    assert 'value="MOMO"' in page and 'value="asha@example.com"' in page
    assert status(booking) == "HELD"


def test_a_booking_that_costs_nothing_leads_straight_to_the_ticket(browser: Visitor, stage: cast.Stage) -> None:
    PromoCode.objects.create(code="GIFT", percent=100)
    booking = browser.hold(stage, "A1")

    assert browser.go_to_bank(booking, promo_code="GIFT") == path(booking)

    assert status(booking) == "CONFIRMED"
    assert not Payment.objects.filter(booking=booking).exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"phone": "", "email": ""}, "Give a phone number or an e-mail address"),
        ({"phone": "momo"}, "does not look like a phone number"),
        ({"phone": "", "email": "asha at example"}, "does not look like an e-mail address"),
        ({"gateway": ""}, "Please choose how to pay."),
        ({"gateway": "cash"}, "Select a valid choice"),
    ],
)
def test_what_is_missing_is_said_kindly_and_the_seats_stay(
    browser: Visitor, stage: cast.Stage, fields: dict[str, str], words: str
) -> None:
    booking = browser.hold(stage, "A1")

    answer = browser.post(path(booking, "details/"), BUYER | fields)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'value="Asha"' in answer.content.decode()
    assert status(booking) == "HELD"


def test_nepali_digits_are_a_phone_number(browser: Visitor, stage: cast.Stage) -> None:
    booking = browser.hold(stage, "A1")

    browser.go_to_bank(booking, phone="९८४१२३४५६७")

    booking.refresh_from_db()
    assert booking.phone == "9841234567"


def test_more_time_is_given_once(browser: Visitor, stage: cast.Stage) -> None:
    booking = browser.hold(stage, "A1")
    before = booking.expires_at

    first = browser.post(path(booking, "extend/"), follow=True).content.decode()
    second = browser.post(path(booking, "extend/"), follow=True).content.decode()

    booking.refresh_from_db()
    assert booking.expires_at == before + timedelta(minutes=2)
    assert "You have more time" in first and path(booking, "extend/") not in first
    assert "extended once already" in second


def test_seats_can_be_given_up(browser: Visitor, stage: cast.Stage) -> None:
    booking = browser.hold(stage, "A1")

    page = browser.post(path(booking, "release/"), follow=True).content.decode()

    assert "Your seats are free again" in page and "Nothing was charged" in page
    assert stage.states()["A1"] == "AVAILABLE"


def test_an_expired_hold_gets_a_friendly_page_and_keeps_its_money(browser: Visitor, stage: cast.Stage) -> None:
    booking = browser.hold(stage, "A1")
    assert browser.get(path(booking, "details/")).status_code == 200
    Booking.objects.filter(pk=booking.pk).update(expires_at=timezone.now() - timedelta(seconds=1))

    seen = browser.get(path(booking, "details/"))
    pressed = browser.post(path(booking, "details/"), BUYER)
    extended = browser.post(path(booking, "extend/"))

    assert [seen.status_code, pressed.status_code, extended.status_code] == [410, 410, 410]
    assert "Time is up" in seen.content.decode() and "Nothing was charged" in seen.content.decode()
    assert not Payment.objects.exists()


def test_a_swept_hold_is_shown_as_ended(browser: Visitor, stage: cast.Stage) -> None:
    booking = browser.hold(stage, "A1")
    endings.expire_due(now=timezone.now() + timedelta(hours=1))

    page = browser.get(path(booking, "details/"), follow=True).content.decode()

    assert "Time is up" in page


@pytest.mark.parametrize("page", ["details/", "", "pay/", "cancel/", "state", "calendar.ics"])
def test_a_stranger_gets_404(browser: Visitor, stage: cast.Stage, page: str) -> None:
    booking = browser.hold(stage, "A1")
    stranger = Visitor()

    if page != "calendar.ics":
        assert browser.get(path(booking, page), follow=True).status_code == 200
    assert stranger.get(path(booking, page)).status_code == 404
    assert stranger.get(path(booking, page) + "?key=guess").status_code == 404


@pytest.mark.parametrize("page", ["details/", "extend/", "release/", "pay/", "cancel/"])
def test_a_stranger_changes_nothing(browser: Visitor, stage: cast.Stage, page: str) -> None:
    booking = browser.hold(stage, "A1")

    answer = Visitor().post(path(booking, page), BUYER)

    assert answer.status_code == 404
    assert status(booking) == "HELD"


def test_a_manager_may_look_but_is_given_no_key(browser: Visitor, stage: cast.Stage, devi) -> None:
    booking = browser.buy(stage, "A1")
    staff = Client()
    staff.force_login(devi)

    page = staff.get(path(booking))

    assert page.status_code == 200
    assert selectors.link_key(booking.pk) not in page.content.decode()
    assert selectors.link_key(booking.pk) in browser.get(path(booking)).content.decode()


def test_a_clerk_without_that_right_cannot_cancel_a_guests_tickets(
    browser: Visitor, stage: cast.Stage, chandra
) -> None:
    booking = browser.buy(stage, "A1")
    clerk = Client()
    clerk.force_login(chandra)

    assert clerk.get(path(booking)).status_code == 200
    assert clerk.post(path(booking, "cancel/")).status_code == 403
    assert status(booking) == "CONFIRMED"


def test_the_ticket_link_opens_the_ticket_anywhere(browser: Visitor, stage: cast.Stage) -> None:
    booking = browser.buy(stage, "A1")
    key = selectors.link_key(booking.pk)

    page = Client().get(path(booking) + f"?key={key}")

    assert page.status_code == 200
    assert f"/cancel/?key={key}" in page.content.decode()


def test_a_ticket_goes_into_a_calendar(browser: Visitor, stage: cast.Stage) -> None:
    booking = browser.buy(stage, "A1")

    answer = browser.get(path(booking, "calendar.ics"))
    entry = answer.content.decode()

    assert answer["Content-Type"].startswith("text/calendar")
    assert f"DTSTART:{stage.showtime.starts_at:%Y%m%dT%H%M%SZ}\r\n" in entry
    assert "SUMMARY:Dal Bhat Power\r\n" in entry
    assert all(len(line.encode()) <= 75 for line in entry.split("\r\n"))


def test_the_entry_in_a_calendar_opens_the_ticket_in_any_browser(browser: Visitor, stage: cast.Stage) -> None:
    booking = browser.buy(stage, "A1")
    by_mail = links.ticket_url(booking, "calendar")

    for answer in (browser.get(path(booking, "calendar.ics")), Client().get(by_mail)):
        entry = answer.content.decode().replace("\r\n ", "")
        url = next(line for line in entry.split("\r\n") if line.startswith("URL:")).removeprefix("URL:")
        assert "A1" in Client().get(url).content.decode()


def test_pages_of_a_booking_are_never_cached(browser: Visitor, stage: cast.Stage) -> None:
    booking = browser.buy(stage, "A1")

    assert "no-store" in browser.get(path(booking))["Cache-Control"]


class TestFind:
    def test_reference_and_phone_lead_to_the_ticket(self, browser: Visitor, stage: cast.Stage) -> None:
        booking = browser.buy(stage, "A1")

        answer = Client().post("/find/", {"reference": f" {booking.reference.lower()} ", "contact": "984 123 4567"})

        assert answer.status_code == 302
        assert answer["Location"] == path(booking) + f"?key={selectors.link_key(booking.pk)}"

    def test_reference_and_email_lead_to_the_ticket(self, browser: Visitor, stage: cast.Stage) -> None:
        booking = browser.hold(stage, "A1")
        browser.go_to_bank(booking, phone="", email="Asha@example.com")
        booking.refresh_from_db()

        answer = Client().post("/find/", {"reference": booking.reference, "contact": "asha@EXAMPLE.com"})

        assert answer.status_code == 302

    @pytest.mark.parametrize("contact", ["", "9800000000", "bikash@example.com", "4567", "@"])
    def test_the_reference_alone_opens_nothing(self, browser: Visitor, stage: cast.Stage, contact: str) -> None:
        booking = browser.buy(stage, "A1")

        answer = Client().post("/find/", {"reference": booking.reference, "contact": contact})

        assert answer.status_code in (404, 422)
        assert selectors.link_key(booking.pk) not in answer.content.decode()

    def test_a_wrong_reference_and_a_wrong_phone_read_alike(self, browser: Visitor, stage: cast.Stage) -> None:
        booking = browser.buy(stage, "A1")

        unknown = Client().post("/find/", {"reference": "BK20000101AAAAAA", "contact": "9841234567"})
        wrong = Client().post("/find/", {"reference": booking.reference, "contact": "9800000000"})

        words = [re.search(r'alert__title">([^<]*)<', answer.content.decode())[1] for answer in (unknown, wrong)]
        assert words == ["We found no booking with this reference and address."] * 2

    def test_guessing_ends_after_ten_misses_while_finding_is_free(self, browser: Visitor, stage: cast.Stage, settings):
        settings.LOOKUP_MISSES_PER_MINUTE = 10
        booking = browser.buy(stage, "A1")
        known = {"reference": booking.reference, "contact": "9841234567"}
        guess = {"reference": booking.reference, "contact": "9800000000"}
        client = Client(REMOTE_ADDR=f"2001:db8::{uuid.uuid4().hex[:4]}:{uuid.uuid4().hex[:4]}")

        found = [client.post("/find/", known).status_code for _ in range(12)]
        missed = [client.post("/find/", guess).status_code for _ in range(11)]

        assert found == [302] * 12
        assert missed == [404] * 10 + [429]
        assert client.post("/find/", known).status_code == 429


class TestMine:
    def test_a_browser_finds_its_own_bookings_only(self, browser: Visitor, stage: cast.Stage) -> None:
        booking = browser.buy(stage, "A1")

        assert booking.reference in browser.get("/me/").content.decode()
        assert booking.reference not in Visitor().get("/me/").content.decode()

    def test_a_browser_without_a_cookie_has_none(self, stage: cast.Stage) -> None:
        client = Client()
        client.cookies.pop(GUEST_COOKIE, None)

        assert "No bookings in this browser" in client.get("/me/").content.decode()

    def test_a_signed_in_person_is_not_asked_for_their_address_again(self, stage: cast.Stage, asha) -> None:
        client = Client()
        client.force_login(asha)
        booking = holds.hold_seats(showtime_id=stage.showtime.pk, seats=["A1"], actor=cast.staff_actor(asha)).booking

        page = client.get(path(booking, "details/")).content.decode()

        assert 'value="asha@example.com"' in page

    def test_a_returning_browser_types_nothing(self, browser: Visitor, stage: cast.Stage) -> None:
        browser.buy(stage, "A1")

        page = browser.get(path(browser.hold(stage, "A2"), "details/")).content.decode()

        assert 'value="+9779841234567"' in page and 'value="Asha"' in page


def test_a_hold_that_lost_one_seat_says_so_and_keeps_the_others(browser: Visitor, stage: cast.Stage) -> None:
    booking = browser.hold(stage, "A1", "A2")
    update = {"seatNumber": "A1", "status": "BOOKED", "bookingSource": "WALK_IN", "bookingReference": "POS-1"}
    Api(cast.till(stage)).post("/seat-sync/bulk-update", {"showtimeId": stage.path, "seatUpdates": [update]})

    page = browser.get(path(booking, "details/")).content.decode()

    assert "A1 was just sold at the counter." in page
    assert "NPR 450" in page and "NPR 900" not in page


def test_a_seat_sold_elsewhere_is_explained(browser: Visitor, stage: cast.Stage) -> None:
    booking = browser.hold(stage, "A1", "A2")
    checkout.open_payment(
        booking_id=booking.pk, buyer=checkout.Buyer(phone="9841234567"), payment_method="FAKE", actor=cast.ASHA,
        now=timezone.now(),
    )  # fmt: skip
    update = {"seatNumber": "A1", "status": "BOOKED", "bookingSource": "WALK_IN", "bookingReference": "POS-1"}
    Api(cast.till(stage)).post("/seat-sync/bulk-update", {"showtimeId": stage.path, "seatUpdates": [update]})

    page = browser.get(path(booking, "pay/"), follow=True).content.decode()

    assert "Somebody was quicker" in page
    assert not Ticket.objects.filter(booking=booking, released_at=None).exists()
    assert not FakeCheckout.objects.exists()


def test_a_browser_whose_cookie_nobody_can_read_any_more_gets_another(stage: cast.Stage) -> None:
    client = Client()
    client.cookies[GUEST_COOKIE] = "signed-with:a-key-that-is-gone"
    client.get(f"/showtimes/{stage.path}/")

    assert client.post(f"/showtimes/{stage.path}/hold/", {"seat": ["B1", "B2"]}).status_code == 302
