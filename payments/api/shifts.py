"""The JSON of the counter page's shift: parse, one call, render. What should be in the till is not in it while open."""

from decimal import Decimal
from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from payments.books import shifts
from payments.models import CashCount
from showsewa import idempotency, money
from showsewa.apiview import ApiView
from showsewa.parsing import parse


class ShiftView(ApiView):
    permission = shifts.PERMISSION


class Shift(ShiftView):
    """The clerk's own shift now, as an X report; and the last one closed, as its Z report."""

    def get(self, request: Request) -> Response:
        return Response(_standing(self))


class _Opening(serializers.Serializer):
    amount = serializers.DecimalField(max_digits=12, decimal_places=2, min_value=Decimal(0))
    cinemaId = serializers.UUIDField(required=False, allow_null=True, default=None)


class Open(ShiftView):
    @idempotency.once
    def post(self, request: Request) -> Response:
        body = parse(_Opening, request)
        shifts.open_shift(cinema_id=body["cinemaId"], amount=body["amount"], actor=self.actor, now=timezone.now())
        return Response(_standing(self), status=201)


class _Closing(serializers.Serializer):
    counted = serializers.DecimalField(max_digits=12, decimal_places=2, min_value=Decimal(0))
    note = serializers.CharField(max_length=255, required=False, allow_blank=True, default="")


class Close(ShiftView):
    @idempotency.once
    def post(self, request: Request) -> Response:
        body = parse(_Closing, request)
        shifts.close_shift(counted=body["counted"], note=body["note"], actor=self.actor, now=timezone.now())
        return Response(_standing(self))


def _standing(view: ShiftView) -> dict[str, Any]:
    now = timezone.now()
    shift, last = shifts.current(view.actor), shifts.last_closed(view.actor)
    return {
        "serverTime": now,
        "shift": _x_report(shift, shifts.report(shift, now=now)) if shift else None,
        "last": _z_report(last) if last else None,
        "tills": [{"cinemaId": one.pk, "name": one.name, "currency": one.currency} for one in shifts.tills(view.actor)],
    }


def _x_report(shift: CashCount, seen: shifts.Report) -> dict[str, Any]:
    """No sum of cash: it would tell what to count."""
    return _head(shift) | {
        "sales": seen.cash_count + seen.card_count,
        "cashSales": seen.cash_count,
        "card": money.number(seen.card_sales),
        "cardSales": seen.card_count,
        "cashRefunds": seen.refund_count,
    }


def _z_report(shift: CashCount) -> dict[str, Any]:
    said, difference = shift.report, shifts.difference(shift)
    assert shift.counted is not None and shift.expected is not None and difference is not None
    return _head(shift) | {
        "closedAt": shift.closed_at,
        "cash": money.number(Decimal(said["cash_sales"])),
        "cashSales": said["cash_count"],
        "card": money.number(Decimal(said["card_sales"])),
        "cardSales": said["card_count"],
        "refunded": money.number(Decimal(said["cash_refunds"])),
        "expected": money.number(shift.expected),
        "counted": money.number(shift.counted),
        "difference": money.number(difference),
        "note": shift.note,
    }


def _head(shift: CashCount) -> dict[str, Any]:
    return {
        "id": shift.pk,
        "cinema": shift.cinema.name,
        "currency": shift.currency,
        "float": money.number(shift.float_amount),
        "openedAt": shift.opened_at,
        "timeZone": shift.cinema.time_zone,
    }
