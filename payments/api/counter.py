"""The counter page and the JSON it lives on: parse, one call, render. For staff who may sell, at their cinemas."""

import uuid

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
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
from seatsync import feed, seatmaps
from showsewa import idempotency, money
from showsewa.apiview import ApiView
from showsewa.authentication import from_cookies
from venues import listings

SELL = "bookings.sell_at_counter"


@login_required
@ensure_csrf_cookie
def page(request: HttpRequest) -> HttpResponse:
    """Everything happens on this one page, by keyboard, scanner or finger."""
    actor = from_cookies(request)
    if SELL not in actor.permissions:
        raise PermissionDenied
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
        counter_list.require(self.actor, listings.showtime(showtime_id))
        plan, snapshot = seatmaps.plan(showtime_id), feed.snapshot(showtime_id)
        seats = [
            {"label": p.label, "row": p.row, "x": p.x, "y": p.y, "type": p.seat_type, "price": p.price}
            for p in plan.places
        ]
        return Response(
            {
                "showtimeId": showtime_id,
                "version": snapshot.version,
                "state": snapshot.state,
                "firstId": snapshot.first_id,
                "currency": plan.currency,
                "seats": seats,
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
        "hint_show": _("Choose a show: 1 to 9, or click."),
        "hint_seats": _("How many? 1 to 9. Arrows move them, Enter takes them; or click seats."),
        "hint_pay": _("C exact cash, or type the sum and Enter. K for card."),
        "hint_done": _("Enter prints and starts the next sale."),
        "just_sold": _("Just taken by somebody else: %s. Please choose again."),
        "not_together": _("There are no %s free seats side by side. Click single seats."),
        "sold": _("Sold. %s"),
        "change": _("Change"),
        "too_little": _("That is less than the total."),
        "failed": _("That did not work. Please try again."),
        "slow": _("Live changes are interrupted: the map refreshes every ten seconds."),
        "running": _("running"),
        "in_minutes": _("in %s min"),
        "in_hours": _("in %s h"),
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
        "priceFrom": show.free.price_from,
    }
