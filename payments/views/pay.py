"""Paying and cancelling, and the test gateway's own page: parse, one call, render."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings import qr
from bookings.models import Booking, InvalidState
from bookings.services import at_counter, holds
from bookings.views import changed, link, query, refund_steps, state_of
from payments import gateways, returning, selectors
from payments.gateways import fake
from payments.models import FakeCheckout
from payments.services import coming_back, giving_back, refunding, starting, testing
from payments.views import vouchers
from showsewa.authentication import from_cookies
from showsewa.refusals import Invalid


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, booking_id: uuid.UUID) -> HttpResponse:
    """A booking that waits for its money: how it stands, how long it waits, and the way to the bank."""
    booking, key = changed(request, booking_id)
    if booking.status == Booking.Status.HELD:
        return redirect(link("details", booking, key))
    if booking.status != Booking.Status.PENDING:
        return redirect(link("ticket", booking, key))
    if request.method == "POST":
        if "voucher" in request.POST:
            return vouchers.use(request, booking, key)
        return _leave(booking, key) if "leave" in request.POST else _start(request, booking, key)
    now, standing = timezone.now(), selectors.standing(booking)
    facts = {
        "booking": booking,
        "query": query(key),
        "standing": standing,
        "state": state_of(booking, standing),
        "offered": gateways.offered(booking.showtime.cinema),
        "due": refunding.due(booking),
        "refund_steps": refund_steps(booking, booking.total - booking.fee_kept),
        "fee_kept": booking.fee_kept,
        "is_late": booking.expires_at is not None and booking.expires_at <= now,
        "minutes_of_grace": settings.PAYMENT_GRACE_MINUTES,
        "now": now,
    }
    if at_counter.is_chosen(booking) and not facts["is_late"]:
        facts |= {"code": qr.svg(booking.reference or ""), "due": refunding.due(booking)}
        return render(request, "payments/at_counter.html", facts)
    return render(request, "payments/pay.html", facts)


def _start(request: HttpRequest, booking: Booking, key: str) -> HttpResponse:
    try:
        payment, _started = starting.start(
            booking_id=booking.pk,
            return_path=link("pay", booking, key),
            actor=from_cookies(request),
            now=timezone.now(),
            gateway=request.POST.get("gateway", ""),
        )
    except (starting.GatewayDown, starting.BeingOpened) as refusal:
        messages.warning(request, refusal.message)
        return redirect(link("pay", booking, key))
    except (holds.HoldExpired, InvalidState):
        return redirect(link("pay", booking, key))  # which shows what it has become
    here = link("pay", booking, key)
    return redirect(returning.way_on(payment, here) if payment else link("ticket", booking, key))


def _leave(booking: Booking, key: str) -> HttpResponse:
    """Another way to pay is wanted, while a session is open in the one chosen before."""
    payment = selectors.open_payment(booking)
    if payment is not None:
        coming_back.leave(payment, now=timezone.now())
    return redirect(link("pay", booking, key))


_NOT_NOW = (
    refunding.WindowClosed, refunding.AlreadyCancelled, refunding.PaidAtCounter, giving_back.TicketUsed,
)  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, booking_id: uuid.UUID) -> HttpResponse:
    """What would come back, before anybody agrees; then the cancelling. seat: of a sale, only these."""
    booking, key = changed(request, booking_id)
    if booking.status not in (Booking.Status.PENDING, Booking.Status.CONFIRMED):
        return redirect(link("ticket", booking, key))
    asked = request.POST if request.method == "POST" else request.GET
    seats, now = list(dict.fromkeys(asked.getlist("seat")))[:50], timezone.now()
    try:
        if request.method == "POST":
            giving_back.cancel(
                booking_id=booking.pk, seats=seats, actor=from_cookies(request), now=now, reason=_reason(request)
            )
            return redirect(link("ticket", booking, key))
        terms = giving_back.terms(booking, seats, now=now)
    except _NOT_NOW as refusal:
        messages.warning(request, refusal.message)
        return redirect(link("cancel", booking, key))
    facts = {
        "booking": booking,
        "query": query(key),
        "key": key,
        "seats": seats or booking.seat_labels,
        "terms": terms,
        "within_days": refunding.EXPECTED_WITHIN.days,
        "onto_vouchers": refunding.onto_vouchers(booking, terms.amount),
        "is_by_hand": refunding.is_paid_by_hand(booking),
    }
    return render(request, "payments/cancel.html", facts)


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "").replace("\0", "").strip()[:255]


_PRESSED = {
    "pay": testing.Result.SUCCESS,
    "late": testing.Result.SUCCESS,
    "twice": testing.Result.TWICE,
    "decline": testing.Result.FAILED,
    "expire": testing.Result.EXPIRED,
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def fake_checkout(request: HttpRequest, session: str) -> HttpResponse:
    """The test gateway's hosted page: another company's site, so it knows a session and a way back, no more."""
    checkout = testing.checkout(session)
    pressed, now = request.POST.get("pressed", ""), timezone.now()
    if request.method != "POST":
        facts = {"checkout": checkout, "back": _unpaid(checkout), "now": now}
        facts["too_late_in"] = testing.too_late_in(session, now=now)
        return render(request, "payments/fake_checkout.html", facts)
    if pressed not in _PRESSED:
        raise Invalid("Press one of the buttons.")
    delay = _seconds(request.POST.get("seconds", "")) if pressed == "late" else 0
    checkout = testing.simulate(session, _PRESSED[pressed], delay, now=now)
    return redirect(_way_back(checkout.return_path))


def _seconds(text: str) -> float:
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise Invalid("Say how many seconds late, as a whole number.")
    return float(text)


def _unpaid(checkout: FakeCheckout) -> str:
    """The way back of whoever has not paid, by the address where every gateway says so."""
    path, payment = _way_back(checkout.return_path), selectors.payment_in_session(fake.Fake.code, checkout.session)
    if payment is None or path == "/" or checkout.outcome != FakeCheckout.Outcome.OPEN:
        return path
    return f"{returning.return_path(payment, path)}?{fake.LEFT}=1"


def _way_back(path: str) -> str:
    """Only to a page of ours: whoever opened the session may have asked for any address."""
    return path if path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None) else "/"
