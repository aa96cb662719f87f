"""The best seats over HTTP (OP8): shown, and held in one call."""

import uuid
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from bookings import best
from bookings.api import access, schemas, shapes
from bookings.services import best as holding
from showsewa import limits, numerals
from showsewa.apiview import ApiView
from showsewa.idempotency import once
from showsewa.parsing import OptionalText, asked, parse
from venues import seating

_WHY = [reason.value for reason in seating.Reason]
_ZONE = _("Only there, as the map names zones; left out: anywhere, but no VIP chair, recliner or sofa if it can be.")
_ACCESSIBLE = _("One of you comes with a wheelchair: its place, and the seat of who comes along.")
_VIEW = _("0 to 100: how near these are to the best spot of the hall, two thirds back on the axis of the screen.")


class BestIn(serializers.Serializer):
    showtimeId = serializers.UUIDField()
    count = serializers.IntegerField(min_value=1, max_value=500)
    accessible = serializers.BooleanField(default=False, help_text=_ACCESSIBLE)
    zone = OptionalText(max_length=80, help_text=_ZONE)
    sessionToken = OptionalText(max_length=200)
    userId = OptionalText(max_length=200)
    holdTimeoutSeconds = serializers.IntegerField(
        required=False, allow_null=True, help_text=_("A wish, kept within 60 to 600.")
    )


class BestAsked(serializers.Serializer):
    count = serializers.IntegerField(min_value=1, max_value=500, default=best.USUAL)
    accessible = serializers.BooleanField(default=False, help_text=_ACCESSIBLE)
    zone = OptionalText(max_length=80, help_text=_ZONE)


class BestSeatOut(serializers.Serializer):
    id = serializers.CharField()
    seatNumber = serializers.CharField()
    zone = serializers.CharField()
    type = serializers.CharField()
    price = serializers.FloatField()
    viewHint = serializers.ChoiceField([hint.name for hint in seating.Hint])


class BestOut(serializers.Serializer):
    showtimeId = serializers.UUIDField()
    version = serializers.IntegerField()
    serverTime = serializers.DateTimeField()
    together = serializers.BooleanField()
    view = serializers.IntegerField(help_text=_VIEW)
    why = serializers.ListField(child=serializers.ChoiceField(_WHY))
    lonely = serializers.ListField(child=serializers.CharField(), help_text=_("Seats left alone, where it must be."))
    seats = BestSeatOut(many=True)
    fees = schemas.FeeOut(many=True)
    taxes = schemas.TaxOut(many=True)
    totalAmount = serializers.FloatField()
    currency = serializers.CharField()


class BestHoldOut(schemas.HoldOut):
    view = serializers.IntegerField(help_text=_VIEW)
    why = serializers.ListField(child=serializers.ChoiceField(_WHY))


_NONE_TOGETHER = OpenApiExample(
    "No so many together",
    value={
        "type": "/docs/problems#SEAT_UNAVAILABLE",
        "title": "Conflict",
        "status": 409,
        "code": "SEAT_UNAVAILABLE",
        "detail": "No 3 seats are left side by side. The best that are left: A1, A2, B3.",
        "conflicts": [],
        "bestLeft": {"seatIds": ["seat_101", "seat_102", "seat_108"], "seats": ["A1", "A2", "B3"]},
    },
    response_only=True,
    status_codes=["409"],
)


class BestSeats(ApiView):
    scope = "inventory:read"
    is_public = True

    @extend_schema(
        summary="The best seats for a party", tags=["seats"], parameters=[BestAsked], responses={200: BestOut}
    )
    def get(self, request: Request, showtime_id: uuid.UUID) -> Response:
        """The best seats for a party as they are now, and why these. None left: no seats, and nothing is held."""
        proposal = best.propose(self.actor, showtime_id, _party(asked(BestAsked, request)))
        response = Response(_proposal(proposal))
        response["Cache-Control"] = "private, no-store"
        return response


class HoldBest(ApiView):
    scope = "holds:write"
    is_public = True
    is_booking = True

    @extend_schema(
        summary="Hold the best seats",
        tags=["bookings"],
        request=BestIn,
        responses={201: BestHoldOut, 409: OpenApiResponse(dict, description="None together, or others were quicker.")},
        examples=[_NONE_TOGETHER],
    )
    @once
    def post(self, request: Request) -> Response:
        """Look, choose and hold the best seats side by side in one call. Replaces your hold of the same showtime."""
        body = parse(BestIn, request)
        actor = access.holder(self.actor, body)
        limits.check_hoard(self.actor, limits.address_of(request._request), body["showtimeId"])
        held = holding.hold_best(
            showtime_id=body["showtimeId"],
            party=_party(body),
            actor=actor,
            seconds=body.get("holdTimeoutSeconds"),
            language=numerals.tag(),
        )
        choice = held.proposal.choice
        said = {"view": choice.view if choice else 0, "why": held.proposal.why}
        return Response(shapes.hold(held.held) | said, status=201)


def _party(terms: dict[str, Any]) -> best.Party:
    return best.Party(terms["count"], terms.get("zone") or "", terms["accessible"])


def _proposal(found: best.Proposal) -> dict[str, Any]:
    choice, quote = found.choice, found.quote
    return {
        "showtimeId": found.now.showtime_id,
        "version": found.now.version,
        "serverTime": found.now.taken_at,
        "together": choice is not None and choice.is_together,
        "view": choice.view if choice else 0,
        "why": found.why,
        "lonely": found.lonely,
        "seats": [
            {
                "id": seat.public_id,
                "seatNumber": seat.label,
                "zone": seat.zone,
                "type": seat.seat_type,
                "price": seat.price,
                "viewHint": seat.hint.name,
            }
            for seat in found.seats
        ],
        **shapes.additions(quote.fees, quote.taxes),
        "totalAmount": quote.total,
        "currency": found.currency,
    }
