"""The counter page and the JSON it lives on: parse, one call, render. For staff who may sell, at their cinemas."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from bookings import qr, selectors
from payments import counter_list
from payments.services import counter
from seatsync import feed
from showsewa import idempotency, money
from showsewa.apiview import ApiView
from showsewa.authentication import from_cookies
from showsewa.refusals import Forbidden

SELL = "bookings.sell_at_counter"


@login_required
@ensure_csrf_cookie
def page(request: HttpRequest) -> HttpResponse:
    """Everything happens on this one page, by keyboard, scanner or finger."""
    actor = from_cookies(request)
    if SELL not in actor.permissions:
        raise Forbidden(_("The counter is for people who sell there. Sign in with an account of the box office."))
    return render(request, "counter/page.html", {"clerk": actor.name, "words": _words()})


@login_required
def tickets(request: HttpRequest, booking_id: uuid.UUID) -> HttpResponse:
    """The tickets of a sale as a fragment for the receipt printer."""
    booking = selectors.booking_for(from_cookies(request), booking_id)
    printed = [(ticket, qr.svg(qr.sign(ticket))) for ticket in selectors.tickets(booking)]
    return render(request, "counter/tickets.html", {"booking": booking, "tickets": printed})


class CounterView(ApiView):
    permission = SELL


class Shows(CounterView):
    """What can be sold here now: shows that have not ended, the next ones first."""

    def get(self, request: Request) -> Response:
        now = timezone.now()
        shows = counter_list.shows(self.actor, now=now)
        return Response({"serverTime": now, "shows": [_show(show) for show in shows]})


class Seats(CounterView):
    """One show's chairs and their states."""

    def get(self, request: Request, showtime_id: uuid.UUID) -> Response:
        counter_list.require(self.actor, showtime_id)
        now = feed.snapshot(showtime_id)
        chairs = counter_list.chairs(showtime_id, now.price_version)
        return Response(
            {
                "showtimeId": showtime_id,
                "version": now.version,
                "state": now.state,
                "stateUrl": f"/api/v1/showtimes/{showtime_id}/state",
                "seats": [_chair(chair) for chair in chairs],
            }
        )


class Sale(serializers.Serializer):
    showtimeId = serializers.UUIDField()
    seats = serializers.ListField(child=serializers.CharField(max_length=32), min_length=1, max_length=50)
    tender = serializers.ChoiceField(choices=sorted(counter.TENDERS))
    phone = serializers.CharField(max_length=24, required=False, allow_blank=True, default="")


class Sell(CounterView):
    @idempotency.once
    def post(self, request: Request) -> Response:
        given = Sale(data=request.data)
        given.is_valid(raise_exception=True)
        sale = given.validated_data
        booking = counter.sell(
            showtime_id=sale["showtimeId"],
            seats=sale["seats"],
            tender=sale["tender"],
            actor=self.actor,
            now=timezone.now(),
            phone=sale["phone"],
        )
        return Response(
            {
                "bookingId": booking.pk,
                "bookingReference": booking.reference,
                "seats": booking.seat_labels,
                "total": money.number(booking.total),
                "currency": booking.currency,
            },
            status=201,
        )


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
        "selling": _("Selling …"),
        "sold": _("Sold: %s"),
        "no_tickets": _("Sold, but the tickets did not come to be printed. Enter tries once more."),
        "unsure": _("No answer came. The seats may be sold already."),
        "failed": _("That did not work. Please try again."),
        "slow": _("Live changes are interrupted; the map is refreshed every 10 seconds."),
        "print": _("Print"),
        "ask_again": _("Ask again"),
        "change": _("Change"),
        "short": _("Still missing"),
    }


def _chair(chair: counter_list.Chair) -> dict[str, object]:
    return {
        "label": chair.label,
        "line": chair.line,
        "row": chair.row,
        "number": chair.number,
        "x": chair.x,
        "y": chair.y,
        "type": chair.seat_type,
        "price": chair.price,
        "pair": chair.pair,
    }


def _show(show: counter_list.Show) -> dict[str, object]:
    showtime = show.showtime
    return {
        "id": showtime.pk,
        "title": showtime.movie.title,
        "cinema": showtime.cinema.name,
        "hall": showtime.hall.name,
        "startsAt": showtime.starts_at,
        "timeZone": showtime.cinema.time_zone,
        "format": showtime.format,
        "language": showtime.language,
        "available": show.free.available,
        "total": show.free.total,
        "currency": showtime.cinema.currency,
    }
