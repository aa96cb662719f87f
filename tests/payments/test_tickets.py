"""Tickets to take along: what each says has become of it, the link to one seat, PDF, and the copy for offline."""

import re
import uuid
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from bookings import passes, qr, selectors
from bookings.models import Booking, Ticket
from payments.services import giving_back
from showsewa.models import User
from tests import cast, purchase
from tests.cast import Stage
from tests.conftest import Api
from tests.visitor import Visitor, path
from venues.models import Showtime

pytestmark = pytest.mark.django_db


@pytest.fixture
def asha_browses(stage: Stage) -> Visitor:
    return Visitor()


@pytest.fixture
def sold(asha_browses: Visitor, stage: Stage) -> Booking:
    return asha_browses.buy(stage, "A1", "A2")


def ticket(booking: Booking, label: str) -> Ticket:
    return Ticket.objects.get(booking=booking, label=label)


def seat_page(booking: Booking, label: str, page: str = "") -> str:
    return f"/bookings/seat/{passes.code(ticket(booking, label))}/{page}"


def states(html: str) -> list[str]:
    return re.findall(r'data-pass="(\w+)"', html)


def names(text: str, word: str) -> bool:
    """As a word: two letters stand by chance in a token."""
    return re.search(rf"\b{re.escape(word)}\b", text) is not None


def move(booking: Booking, old: str, new: str) -> None:
    """As solving a conflict and an exchange do it."""
    Ticket.objects.filter(booking=booking, label=old).update(
        released_at=timezone.now(), moved_to=ticket(booking, new).pk
    )


class TestStates:
    def test_each_ticket_says_whether_it_is_good(self, asha_browses: Visitor, sold: Booking) -> None:
        page = asha_browses.get(path(sold)).content.decode()

        assert states(page) == ["valid", "valid"]
        assert page.count('class="qr"') == 2

    def test_a_used_one_says_when(self, asha_browses: Visitor, sold: Booking) -> None:
        used_at = timezone.now().replace(hour=13, minute=7)  # 18:52 in Kathmandu
        Ticket.objects.filter(label="A1").update(checked_in_at=used_at)

        page = asha_browses.get(path(sold)).content.decode()

        assert states(page) == ["used", "valid"]
        assert "Used at 18:52" in page

    def test_one_given_back_has_no_code_any_more(self, asha_browses: Visitor, sold: Booking) -> None:
        giving_back.cancel(booking_id=sold.pk, seats=["A1"], actor=cast.ASHA, now=timezone.now())

        page = asha_browses.get(path(sold)).content.decode()

        assert states(page) == ["valid", "refunded"]
        assert page.count('class="qr"') == 1

    def test_a_moved_one_says_where_to(self, asha_browses: Visitor, sold: Booking) -> None:
        move(sold, "A1", "A2")

        page = asha_browses.get(path(sold)).content.decode()

        assert states(page) == ["valid", "moved"]
        assert "Moved to seat A2" in page

    def test_a_cancelled_booking_says_so_of_every_ticket(self, asha_browses: Visitor, sold: Booking) -> None:
        giving_back.cancel(booking_id=sold.pk, actor=cast.ASHA, now=timezone.now())

        page = asha_browses.get(path(sold)).content.decode()

        assert page.count("pass-state--refunded") == 2
        assert 'class="qr"' not in page

    def test_an_open_page_learns_of_it(self, asha_browses: Visitor, sold: Booking) -> None:
        page = asha_browses.get(path(sold)).content.decode()
        before = asha_browses.get(path(sold, "tickets/state")).json()["state"]
        Ticket.objects.filter(label="A1").update(checked_in_at=timezone.now())
        after = asha_browses.get(path(sold, "tickets/state")).json()["state"]

        assert f'data-passes="{before}"' in page
        assert before != after

    def test_seats_of_a_hold_that_were_changed_before_paying_are_no_tickets(
        self, asha_browses: Visitor, stage: Stage
    ) -> None:
        asha_browses.hold(stage, "B1")
        booking = asha_browses.buy(stage, "B2")

        assert states(asha_browses.get(path(booking)).content.decode()) == ["valid"]


class TestSeatLink:
    def test_it_shows_one_seat_and_nothing_else(self, stage: Stage, sold: Booking) -> None:
        answer = Client().get(seat_page(sold, "A1"))

        page = answer.content.decode()
        assert states(page) == ["valid"]
        assert qr.svg(qr.sign(ticket(sold, "A1"))) in page
        for secret in ("A2", sold.reference, "Asha", "9841234567", "NPR 450", "cancel", str(sold.pk)):
            assert not names(page, secret), secret
        assert answer["X-Robots-Tag"] == "noindex"
        assert "no-store" in answer["Cache-Control"]

    def test_its_papers_show_no_more(self, sold: Booking) -> None:
        copy = Client().get(seat_page(sold, "A1", "offline/")).content.decode()

        assert not names(copy, "A2") and sold.reference not in copy and "Asha" not in copy
        assert Client().get(seat_page(sold, "A1", "ticket.pdf")).content.startswith(b"%PDF")
        assert Client().get(seat_page(sold, "A1", "state")).status_code == 200
        entry = Client().get(seat_page(sold, "A1", "calendar.ics")).content.decode()
        assert "DESCRIPTION:Seat A1\\, Hall 1." in entry
        assert not names(entry, "A2") and sold.reference not in entry and str(sold.pk) not in entry

    @pytest.mark.parametrize(
        "page", ["", "offline/", "state", "ticket.pdf", "calendar.ics", "ticket.pkpass", "google/"]
    )
    def test_a_guess_opens_nothing(self, sold: Booking, page: str) -> None:
        good = passes.code(ticket(sold, "A1"))
        other = passes.code(Ticket(pk=uuid.uuid4()))

        forged = good[:30] + ("B" if good[30] == "A" else "A") + good[31:]
        for code in (forged, good[:-1], other, "x", "%00", "A" * 38):
            assert Client().get(f"/bookings/seat/{code}/{page}").status_code == 404, code

    def test_its_owner_takes_it_back(self, asha_browses: Visitor, sold: Booking) -> None:
        old, other = seat_page(sold, "A1"), seat_page(sold, "A2")

        pressed = asha_browses.post(path(sold, f"tickets/{ticket(sold, 'A1').pk}/take-back/"))

        assert pressed.status_code == 302
        assert Client().get(old).status_code == 404
        assert Client().get(other).status_code == 200
        assert Client().get(seat_page(sold, "A1")).status_code == 200  # the new one

    def test_nobody_else_takes_it_back(self, sold: Booking, stage: Stage, bikash: User, chandra: User) -> None:
        stranger, clerk, one = Client(), Client(), ticket(sold, "A1")
        stranger.force_login(bikash)
        clerk.force_login(chandra)
        elsewhere = Visitor().buy(stage, "C1")

        assert stranger.post(path(sold, f"tickets/{one.pk}/take-back/")).status_code == 404
        assert Client().post(path(sold, f"tickets/{one.pk}/take-back/")).status_code == 404
        assert clerk.post(path(sold, f"tickets/{one.pk}/take-back/")).status_code == 403
        key = selectors.link_key(elsewhere.pk)
        assert Client().post(f"/bookings/{elsewhere.pk}/tickets/{one.pk}/take-back/?key={key}").status_code == 404
        assert ticket(sold, "A1").link_number == 0

    @pytest.mark.parametrize("how", ["given back", "cancelled", "moved"])
    def test_it_ends_with_the_ticket(self, sold: Booking, how: str) -> None:
        link = seat_page(sold, "A1")
        assert Client().get(link).status_code == 200

        if how == "moved":
            move(sold, "A1", "A2")
        else:
            seats = ["A1"] if how == "given back" else []
            giving_back.cancel(booking_id=sold.pk, seats=seats, actor=cast.ASHA, now=timezone.now())

        answer = Client().get(link)
        assert answer.status_code == 410
        assert 'class="qr"' not in answer.content.decode() and not names(answer.content.decode(), "A2")
        assert {Client().get(link + page).status_code for page in ("offline/", "ticket.pdf", "ticket.pkpass")} == {404}

    def test_a_seat_that_is_only_held_has_none(self, asha_browses: Visitor, stage: Stage) -> None:
        booking = asha_browses.hold(stage, "B1")

        assert Client().get(seat_page(booking, "B1")).status_code == 404

    def test_staff_who_only_look_are_given_none(self, sold: Booking, devi: User) -> None:
        manager = Client()
        manager.force_login(devi)

        page = manager.get(path(sold)).content.decode()

        assert "/bookings/seat/" not in page and "data-keep" not in page


class TestPaper:
    @pytest.mark.parametrize(("query", "size"), [("", b"297.64 419.53"), ("?paper=a4", b"595.28 841.89")])
    def test_one_page_a_seat(self, asha_browses: Visitor, sold: Booking, query: str, size: bytes) -> None:
        answer = asha_browses.get(path(sold, "tickets.pdf") + query)

        assert answer["Content-Type"] == "application/pdf"
        assert len(re.findall(rb"/Type /Page\b(?!s)", answer.content)) == 2
        assert size in answer.content

    def test_in_nepali_too(self, asha_browses: Visitor, sold: Booking) -> None:
        answer = asha_browses.get(path(sold, "tickets.pdf"), headers={"accept-language": "ne"})

        assert b"/Lang (ne)" in answer.content

    def test_tickets_that_are_none_are_not_printed(self, asha_browses: Visitor, sold: Booking) -> None:
        giving_back.cancel(booking_id=sold.pk, seats=["A1"], actor=cast.ASHA, now=timezone.now())

        assert len(re.findall(rb"/Type /Page\b(?!s)", asha_browses.get(path(sold, "tickets.pdf")).content)) == 1


class TestCopy:
    def test_it_names_nobody_and_says_its_age(self, asha_browses: Visitor, sold: Booking) -> None:
        answer = asha_browses.get(path(sold, "offline/"))

        page = answer.content.decode()
        assert page.count('class="qr"') == 2
        assert "Offline, as of" in page
        for secret in ("Asha", "9841234567", "csrf", "key=", "<script"):
            assert secret not in page, secret
        assert '<link rel="stylesheet"' not in page  # nothing that a device without a network would miss

    def test_another_person_at_the_same_browser_is_another(self, stage: Stage, asha: User, bikash: User) -> None:
        whose = {passes.kept_for(cast.staff_actor(one)) for one in (asha, bikash)}

        assert len(whose) == 2
        assert not any(one.pk.hex in tag for one in (asha, bikash) for tag in whose)

    def test_the_worker_sees_ticket_pages_alone(self, db: None) -> None:
        answer = Client().get("/bookings/offline.js")

        assert answer["Content-Type"].startswith("text/javascript")
        assert answer["Service-Worker-Allowed"] == "/bookings/"
        assert answer["Cache-Control"] == "no-cache"

    def test_signing_out_clears_what_pages_stored(self, db: None, asha: User) -> None:
        client = Client()
        client.force_login(asha)

        assert "Clear-Site-Data" not in client.get("/me/")
        assert client.post("/logout/")["Clear-Site-Data"] == '"storage"'


@pytest.mark.parametrize("page", ["offline/", "tickets/state", "tickets.pdf"])
def test_a_stranger_gets_404(asha_browses: Visitor, sold: Booking, page: str) -> None:
    assert asha_browses.get(path(sold, page)).status_code == 200
    assert Client().get(path(sold, page) + f"?key={selectors.link_key(sold.pk)}").status_code == 200

    assert Visitor().get(path(sold, page)).status_code == 404
    assert Client().get(path(sold, page) + "?key=guess").status_code == 404


def test_after_the_show_nothing_is_offered_to_hand_on(asha_browses: Visitor, sold: Booking, stage: Stage) -> None:
    past = timezone.now() - timedelta(hours=3)
    ends: dict[str, Any] = {"ends_at": past + timedelta(hours=2), "busy_until": past + timedelta(hours=2)}
    type(stage.showtime).objects.filter(pk=stage.showtime.pk).update(starts_at=past, **ends)

    page = asha_browses.get(path(sold)).content.decode()

    assert states(page) == ["over", "over"]
    assert "take-back" not in page


def test_a_ticket_moved_to_another_show_still_says_of_which_it_was(stage: Stage, api: Api) -> None:
    sale = purchase.buy(api, stage, "A1", "A2")
    old = Ticket.objects.get(booking=sale["bookingId"], label="A1")
    tomorrow = cast.make_showtime(stage.hall, stage.movie, starts_at=stage.showtime.starts_at + timedelta(days=1))
    wish = {"seatIds": ["B1", "B2"], "showtimeId": str(tomorrow.pk)}
    assert api.post(f"/bookings/{sale['bookingId']}/exchange", wish, **purchase.AS_ASHA).status_code == 200

    page = Client().get(f"/bookings/seat/{passes.code(old)}/").content.decode()

    assert "Moved to another seat" in page
    assert f'datetime="{_local(stage.showtime)}"' in page
    assert _local(tomorrow) not in page


def _local(show: Showtime) -> str:
    return show.starts_at.astimezone(ZoneInfo(show.cinema.time_zone)).isoformat()
