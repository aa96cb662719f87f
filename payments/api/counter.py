"""The JSON the counter page lives on: parse, one call, render. For staff who may sell, at their cinemas."""

import uuid
from contextlib import nullcontext

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from bookings import best, charges, selectors
from bookings.models import Booking
from bookings.services import at_counter
from payments import counter_list
from payments.gateways.counter import TENDERS
from payments.services import counter, refunding, vouchers
from seatsync import feed
from seatsync.models import OWN_COUNTER
from showsewa import idempotency, limits, money
from showsewa.apiview import ApiView
from showsewa.parsing import parse
from venues.models import Showtime


class CounterView(ApiView):
    permission = counter.PERMISSION


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
        now = feed.snapshot(showtime_id, viewer=OWN_COUNTER)
        chairs = counter_list.chairs(showtime_id, now.price_version)
        return Response(
            {
                "showtimeId": showtime_id,
                "version": now.version,
                "state": now.state,
                "stateUrl": f"/counter/shows/{showtime_id}/state",
                "charges": charges.for_page(selectors.charges_at(showtime_id, charges.AT_COUNTER)),
                "seats": [_chair(chair) for chair in chairs],
            }
        )


class State(CounterView):
    """The states alone, as the counter may have them: what is allotted to it is free here and blocked elsewhere."""

    def get(self, request: Request, showtime_id: uuid.UUID) -> Response:
        counter_list.require(self.actor, showtime_id)
        now = feed.snapshot(showtime_id, viewer=OWN_COUNTER)
        return Response({"showtimeId": showtime_id, "version": now.version, "state": now.state})


class Party(serializers.Serializer):
    count = serializers.IntegerField(min_value=1, max_value=50)
    beside = serializers.CharField(required=False, allow_blank=True, default="", max_length=800)


class Best(CounterView):
    """The best seats side by side, by the choice that buyers are offered; none when there are none. beside: labels."""

    def get(self, request: Request, showtime_id: uuid.UUID) -> Response:
        counter_list.require(self.actor, showtime_id)
        party = Party().run_validation(request.query_params)
        beside = [label for label in party["beside"].split(",") if label]
        return Response({"seats": best.at_counter(showtime_id, party["count"], beside=beside)})


class Sale(serializers.Serializer):
    showtimeId = serializers.UUIDField()
    seats = serializers.ListField(child=serializers.CharField(max_length=32), min_length=1, max_length=50)
    tender = serializers.ChoiceField(choices=sorted(TENDERS))
    phone = serializers.CharField(max_length=24, required=False, allow_blank=True, default="")
    voucherCode = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")


class Sell(CounterView):
    @idempotency.once
    def post(self, request: Request) -> Response:
        sale = parse(Sale, request)
        with limits.guessing(limits.address_of(request._request)) if sale["voucherCode"] else nullcontext():
            booking = counter.sell(
                showtime_id=sale["showtimeId"],
                seats=sale["seats"],
                tender=sale["tender"],
                actor=self.actor,
                now=timezone.now(),
                phone=sale["phone"],
                voucher_code=sale["voucherCode"],
            )
        return Response(_sold(booking), status=201)


class Gift(serializers.Serializer):
    showtimeId = serializers.UUIDField()
    code = serializers.CharField(max_length=40)


class Voucher(CounterView):
    """What a gift voucher is worth for this show, before it is used."""

    def post(self, request: Request) -> Response:
        asked = parse(Gift, request)
        counter_list.require(self.actor, asked["showtimeId"])
        with limits.guessing(limits.address_of(request._request)):
            found, worth = vouchers.worth_at(asked["showtimeId"], asked["code"], now=timezone.now())
        return Response({"last4": found.last4, "worth": money.number(worth), "currency": found.currency})


class Waiting(CounterView):
    """Bookings of the website whose buyer stands here: by reference, its last six letters, or phone."""

    def get(self, request: Request) -> Response:
        found = at_counter.find(request.query_params.get("q", "")[:40], actor=self.actor)
        return Response({"bookings": [_booking(booking) for booking in found]})


class Collecting(serializers.Serializer):
    bookingId = serializers.UUIDField()
    tender = serializers.ChoiceField(choices=sorted(TENDERS))


class Collect(CounterView):
    @idempotency.once_apart
    def post(self, request: Request) -> Response:
        body = parse(Collecting, request)
        booking = counter.collect(
            booking_id=body["bookingId"], tender=body["tender"], actor=self.actor, now=timezone.now()
        )
        return Response(_sold(booking))


class Redeeming(serializers.Serializer):
    bookingId = serializers.UUIDField()
    code = serializers.CharField(max_length=40)


class CollectByVoucher(CounterView):
    """A gift voucher for a booking that waits: paid by it, or less left to pay."""

    @idempotency.once_apart
    def post(self, request: Request) -> Response:
        body = parse(Redeeming, request)
        with limits.guessing(limits.address_of(request._request)):
            spent = counter.take_voucher(
                booking_id=body["bookingId"], code=body["code"], actor=self.actor, now=timezone.now()
            )
        return Response(
            _booking(spent.booking) | {"last4": spent.voucher.last4, "paid": money.number(spent.payment.amount)}
        )


def _sold(booking: Booking) -> dict[str, object]:
    return {
        "bookingId": booking.pk,
        "bookingReference": booking.reference,
        "seats": booking.seat_labels,
        "total": money.number(booking.total),
        "currency": booking.currency,
    }


def _booking(booking: Booking) -> dict[str, object]:
    show = _place(booking.showtime)
    due = refunding.due(booking) if booking.status == Booking.Status.PENDING else money.ZERO
    facts: dict[str, object] = {
        "status": booking.status,
        "statusText": booking.get_status_display(),
        "name": booking.name,
    }
    facts |= {"exchangeOf": booking.exchange_of.reference if booking.exchange_of else None}
    return _sold(booking) | facts | {"due": money.number(due), "payBy": booking.expires_at, "show": show}


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
    return _place(showtime) | {
        "format": showtime.format,
        "language": showtime.language,
        "available": show.free.available,
        "total": show.free.total,
        "currency": showtime.cinema.currency,
    }


def _place(showtime: Showtime) -> dict[str, object]:
    return {
        "id": showtime.pk,
        "title": showtime.movie.title,
        "cinema": showtime.cinema.name,
        "hall": showtime.hall.name,
        "startsAt": showtime.starts_at,
        "timeZone": showtime.cinema.time_zone,
    }
