"""The counter page: parse, one call, render. What it lives on is `payments.api.counter`."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.csrf import ensure_csrf_cookie

from bookings import qr, selectors
from payments.services.counter import PERMISSION
from showsewa.authentication import from_cookies
from showsewa.refusals import Forbidden


@login_required
@ensure_csrf_cookie
def counter(request: HttpRequest) -> HttpResponse:
    """Everything happens on this one page, by keyboard, scanner or finger."""
    actor = from_cookies(request)
    if PERMISSION not in actor.permissions:
        raise Forbidden(_("The counter is for people who sell there. Sign in with an account of the box office."))
    return render(request, "counter/page.html", {"clerk": actor.name, "words": _words()})


@login_required
def counter_tickets(request: HttpRequest, booking_id: uuid.UUID) -> HttpResponse:
    """The tickets of a sale as a fragment for the receipt printer."""
    booking = selectors.booking_for(from_cookies(request), booking_id)
    printed = [(ticket, qr.svg(qr.sign(ticket))) for ticket in selectors.tickets(booking)]
    return render(request, "counter/tickets.html", {"booking": booking, "tickets": printed})


def _words() -> dict[str, str]:
    """What the page's script says, in the clerk's language."""
    return {
        "no_show": _("No show chosen"),
        "no_shows": _("No show of yours is on sale here."),
        "free": _("free"),
        "sold_out": _("sold out"),
        "running": _("running"),
        "in_minutes": _("in %s min"),
        "in_hours": _("in %s h"),
        "hint_show": _("Which show? Press 1 to 9, or / to find it by name."),
        "hint_seats": _("How many seats? Press 1 to 9. Arrows move them, Enter takes them."),
        "hint_pay": _("C takes exact cash, K the card. For change, type what was given and press Enter."),
        "hint_done": _("Enter prints the tickets and starts the next sale. P prints again."),
        "hint_unsure": _("Enter asks again. It never sells twice."),
        "not_together": _("There are no %s free seats side by side. Click single seats."),
        "just_sold": _("Just taken by somebody else: %s. Please choose again."),
        "too_little": _("That is less than the total."),
        "voucher_worth": _("Voucher …%s pays up to %s first."),
        "selling": _("Selling …"),
        "sold": _("Sold: %s"),
        "no_tickets": _("Sold, but the tickets did not come to be printed. Enter tries once more."),
        "unsure": _("No answer came. The seats may be sold already."),
        "failed": _("That did not work. Please try again."),
        "slow": _("Live changes are interrupted; the map is refreshed every 10 seconds."),
        "print": _("Print"),
        "ask_again": _("Ask again"),
        "change": pgettext("money", "Change"),
        "short": _("Still missing"),
        "waiting_none": _("Nothing waits for its money under this. Has it been paid, or is its time over?"),
        "waiting_paid": _("This is paid. Enter prints the tickets."),
        "waiting_over": _("Nothing to pay here any more: %s."),
        "waiting_until": _("kept until %s"),
        "waiting_difference": _("The difference for other seats of booking %s"),
        "waiting_gift": _("Voucher …%s has paid %s."),
        "waiting_unsure": _("No answer came. Press the same key again: it never takes the money twice."),
    } | _shift_words()


def _shift_words() -> dict[str, str]:
    return {
        "shift_none": _("No shift is open. What lies in the till now?"),
        "shift_since": _("Open since %s. Count what lies in the till; what should be there is told afterwards."),
        "shift_float": _("Float"),
        "shift_count": _("Counted in cash"),
        "shift_begin": _("Open the shift"),
        "shift_close": _("Close the shift"),
        "till": _("Till"),
        "shift_closed": _("From – to"),
        "cash_sales": _("Cash sales"),
        "cash_refunds": _("Cash given back"),
        "card_sales": _("Card sales"),
        "expected": _("Should be"),
        "counted": _("Counted"),
        "difference": _("Difference"),
        "note": _("Note"),
    }
