"""Pages that few people see are no less fit for everybody than those of test_every_page: codes by mail, links in
mails, what goes wrong, ways to pay, and the API's own page.
"""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404
from django.utils import timezone
from playwright.sync_api import expect

from bookings import openings, selectors
from bookings.models import Booking, Standby
from bookings.services import holds, standbys
from payments.services import conflicts
from seatsync.models import OpeningNotice
from showsewa.actors import SYSTEM
from showsewa.authentication import from_session_token
from showsewa.limits import TooManyRequests
from showsewa.models import User
from showsewa.refusals import Busy
from tests import cast, letters, purchase, stripe_stand_in
from tests.browser import axe, routes, steps
from tests.browser.conftest import Open, Site
from tests.browser.walk import LONG, SIZES, Walk
from tests.conflict_cases import pos_against_web
from tests.conftest import Api
from tests.gateways import esewa_company, setting_up
from tests.payments import gifts
from venues import listings

pytestmark = [pytest.mark.browser, pytest.mark.slow, LONG, pytest.mark.parametrize("options", SIZES)]


@pytest.fixture
def walk(windows: Open, screenshots: Path, options: dict[str, Any], request: pytest.FixtureRequest) -> Iterator[Walk]:
    page = windows(allow="status of [45]|^50[03] ", **options)
    made = Walk(page, screenshots, request.node.callspec.id, axe.GOOD_PRACTICE)
    yield made
    assert made.faults == []


def give(walk: Walk, field: str, text: str) -> None:
    """Type it and press Enter, and wait for what that leads to."""
    walk.page.locator(f"[name={field}]").fill(text)
    with walk.page.expect_navigation():
        walk.page.locator(f"[name={field}]").press("Enter")


def test_the_ways_into_an_account(site: Site, walk: Walk) -> None:
    asha = cast.make_user("asha@example.com", first_name="Asha")
    walk.go("/account-closed/", "account-closed")
    anew(walk, "/register/")
    give(walk, "email", "bikash@example.com")
    walk.look("register-code")
    anew(walk, "/login/code/")
    walk.look("login-code")
    give(walk, "username", asha.email)
    give(walk, "code", "BBBB-BBBB")
    walk.look("login-code-wrong")
    anew(walk, "/password/")
    walk.look("password")
    give(walk, "email", asha.email)
    walk.look("password-code")
    give(walk, "code", letters.code())
    walk.look("password-new")

    anew(walk, "/")
    steps.sign_in(walk.page, asha, to="/me/account/email/")
    walk.look("account-email")
    walk.go("/me/account/password/", "account-password")
    walk.go("/login/again/", "login-again")
    walk.go("/logout/", "logout")
    User.objects.update(password="!nobody-knows-it")
    anew(walk, "/login/code/")
    give(walk, "username", asha.email)
    give(walk, "code", letters.code())
    walk.go("/me/account/password/new/", "account-password-new")

    assert routes.ACCOUNT - walk.seen == set()


def anew(walk: Walk, path: str) -> None:
    """As somebody who was never here: while a code is awaited, every way in leads to it."""
    walk.page.context.clear_cookies()
    walk.page.goto(path)


def test_links_in_mails(site: Site, walk: Walk) -> None:
    stage = site.stage
    _bought, conflict = pos_against_web(Api(), stage, till=cast.till(stage), seats=("A1", "A2"))
    assert conflicts.solve_waiting(now=timezone.now()) == 1
    key = selectors.link_key(conflict.holder_claim)
    walk.go(f"/bookings/{conflict.holder_claim}/other-seat/?key={key}", "other-seat")

    notice = OpeningNotice.objects.create(movie=stage.movie, city="Kathmandu", medium="EMAIL", address="a@example.com")
    walk.go(openings.link(notice), "opening-notice")
    OpeningNotice.objects.update(done_at=timezone.now())
    walk.go(openings.link(notice), "opening-notice-done")

    for label, status in stage.states().items():
        if status == "AVAILABLE":
            holds.hold_seats(showtime_id=stage.showtime.pk, seats=[label], actor=from_session_token(label))
    walk.go(f"/showtimes/{stage.path}/", "sold-out")
    walk.page.goto(f"/showtimes/{stage.path}/waiting-list/")
    walk.page.locator("[name=party]").select_option("1")
    give(walk, "email", "asha@example.com")
    walk.look("waiting-list-joined")
    entry = Standby.objects.get()
    walk.go(standbys.leave_path(entry.pk), "leave-list")
    holds.release(booking_id=Booking.objects.filter(status="HELD").latest("created_at").pk, actor=SYSTEM)
    standbys.offer_seats(now=timezone.now())
    walk.go(f"/showtimes/{stage.path}/waiting-list/", "waiting-list-offered")

    assert routes.IN_MAILS - walk.seen == set()


def test_what_goes_wrong(site: Site, walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, error in {
        "400": BadRequest(),
        "403": PermissionDenied(),
        "404": Http404(),
        "429": TooManyRequests("Too many requests."),
        "500": RuntimeError(),
        "503": Busy("The service is away for a moment."),
    }.items():
        monkeypatch.setattr(listings, "showing", _raising(error))
        answer = walk.page.goto(site.seats_url)
        assert answer is not None and answer.status == int(name)
        expect(walk.page.get_by_role("heading", level=1)).to_be_visible()
        walk.look(name)
    walk.page.goto("/find/")
    walk.page.context.clear_cookies()
    walk.page.locator("main form button").click()
    walk.look("csrf")
    walk.go("/n/no-such-code/", "no-such-notice")


def _raising(error: Exception) -> Any:
    def fail(*_given: object) -> None:
        raise error

    return fail


def test_ways_to_pay(site: Site, walk: Walk, settings: Any, tmp_path: Path) -> None:
    stage, api = site.stage, Api()
    stage.cinema.pays_at_counter = True
    stage.cinema.save(update_fields=["pays_at_counter"])
    voucher = gifts.sell(stage, 300)
    waiting = purchase.book(api, stage, "A1", "A2")
    gifts.use(api, waiting, voucher)
    walk.go(_path(waiting, "pay"), "pay-rest-of-voucher")
    walk.go(_path(waiting, "cancel"), "give-up")
    walk.page.goto("/voucher/")
    give(walk, "code", voucher.code)
    walk.look("voucher-looked-at")
    bought = purchase.buy(api, stage, "B1", "B2")
    walk.page.goto(_path(bought, "exchange"))
    steps_to_terms(walk)
    walk.look("exchange-terms")
    walk.go(_path(bought, ""), "ticket-by-link")

    with esewa_company.EsewaCompany().open() as company:
        setting_up.offer(settings, "esewa", {"esewa": company.url, "esewa_status": company.url})
        walk.page.route(f"{company.url}/**", lambda route: route.fulfill(status=204))  # so we stay
        details(walk, site, "C1")
        walk.look("details-many-ways")
        walk.page.locator("[value=COUNTER]").check(force=True)
        walk.page.locator(".checkout .button--primary").click()
        walk.page.wait_for_url("**/pay/**")
        walk.look("pay-at-counter")
        details(walk, site, "C2")
        walk.page.locator("[value=esewa]").check(force=True)
        walk.page.locator(".checkout .button--primary").click()
        walk.page.wait_for_url("**/payments/go/**", wait_until="commit")  # it is about to lead on
        expect(walk.page.locator("[data-hand-over]")).to_be_visible()
        walk.look("hand-over")
    with stripe_stand_in.running(tmp_path) as bank:
        for name, value in stripe_stand_in.settings_for(bank).items():
            setattr(settings, name, value)
        details(walk, site, "C3")
        walk.page.locator(".checkout .button--primary").click()
        walk.page.wait_for_url("**/card/**")
        expect(walk.page.locator("#card iframe, #card input").first).to_be_visible()
        walk.look("card")

    assert routes.PAYING - walk.seen == set()


def _path(booking: dict[str, Any], page: str) -> str:
    key = selectors.link_key(uuid.UUID(booking["bookingId"]))
    return f"/bookings/{booking['bookingId']}/{page + '/' if page else ''}?key={key}"


def steps_to_terms(walk: Walk) -> None:
    for label in ("B1", "B2"):
        walk.page.locator(f".spot [value={label}]").uncheck(force=True)
    for label in ("C3", "C4"):
        walk.page.locator(f".spot [value={label}]").check(force=True)
    walk.page.locator("main form .button--primary").click()
    expect(walk.page.locator("[name=agreed]")).to_be_attached()


def details(walk: Walk, site: Site, *seats: str) -> None:
    anew(walk, site.seats_url)
    steps.choose(walk.page, *seats)
    steps.hold(walk.page)
    walk.page.locator("#id_phone").fill(steps.PHONE_NUMBER)


def test_the_pages_of_the_api(site: Site, walk: Walk) -> None:
    walk.rules = axe.WCAG  # somebody else's script draws it
    walk.page.goto("/docs")
    expect(walk.page.locator(".opblock").first).to_be_visible()
    walk.look("docs")

    assert "docs" in walk.seen
