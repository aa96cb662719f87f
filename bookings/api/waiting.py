"""Waiting over HTTP: a place in a rush (waiting room), and on the list of a show that is sold out."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response

from bookings import crowds
from bookings.api import access, schemas
from bookings.models import Standby
from bookings.places import Standing
from bookings.services import rooms, standbys
from showsewa import apiview, limits, numerals, rendering
from showsewa.actors import Actor
from showsewa.apiview import ApiView, Read
from showsewa.fields import AwareDateTime
from showsewa.idempotency import once
from showsewa.parsing import OptionalText, parse

OPEN, WAITING, ADMITTED, SOLD_OUT = "OPEN", "WAITING", "ADMITTED", "SOLD_OUT"


class ComeIn(s.Serializer):
    sessionToken = OptionalText(max_length=200)


class PlaceOut(s.Serializer):
    status = s.ChoiceField(
        [OPEN, WAITING, ADMITTED, SOLD_OUT], help_text="OPEN: nobody has to wait. ADMITTED: hold until admittedUntil."
    )
    place = s.IntegerField(allow_null=True, help_text="1 is the next one.")
    estimateSeconds = s.IntegerField(allow_null=True, help_text="A guess; null while nobody can say.")
    admittedUntil = s.DateTimeField(allow_null=True)
    seatsFree = s.IntegerField(allow_null=True, help_text="As of a moment ago; null where nobody waits.")
    seatsHeld = s.IntegerField(allow_null=True, help_text="Those may come back.")
    pollAfterSeconds = s.FloatField(allow_null=True, help_text="Not sooner; also Retry-After.")
    serverTime = s.DateTimeField()


class LeftOut(s.Serializer):
    left = s.BooleanField()


_WAITS = {
    "status": WAITING,
    "place": 412,
    "estimateSeconds": 260,
    "admittedUntil": None,
    "seatsFree": 96,
    "seatsHeld": 140,
    "pollAfterSeconds": 17.3,
    "serverTime": "2026-11-21T12:45:00Z",
}
_WAITING_EXAMPLE = OpenApiExample("Waiting", value=_WAITS, response_only=True, status_codes=["200"])


@extend_schema_view(
    get=extend_schema(
        operation_id="lookAtWaitingRoom",
        tags=["waiting"],
        description=(
            "Where you stand. Looking keeps your place, and lets the next ones in; without a place, 404 in a rush."
        ),
        responses={200: PlaceOut},
        examples=[_WAITING_EXAMPLE],
    )
)
class WaitingRoom(Read):
    """People only: keys have lanes of their own, and sell without waiting."""

    is_personal = True

    def read(self, request: HttpRequest, actor: Actor, **named: Any) -> HttpResponse:
        standing = crowds.standing(showtime_id=named["showtime_id"], actor=access.holder(actor, {}))
        response = apiview.personal(rendering.dumps(_place(standing)))
        if standing.look_in is not None:
            response["Retry-After"] = _seconds(standing.look_in)
        return response

    @extend_schema(
        operation_id="comeToWaitingRoom",
        tags=["waiting"],
        request=ComeIn,
        responses={200: PlaceOut},
        examples=[_WAITING_EXAMPLE],
    )
    @once
    def post(self, request: Request, showtime_id: uuid.UUID) -> Response:
        """Take a place; coming again keeps it. Where nobody has to wait you are told so, and simply hold."""
        body = parse(ComeIn, request)
        actor = access.holder(self.actor, body)
        limits.check(actor, limits.address_of(request._request))
        standing = crowds.join(showtime_id=showtime_id, actor=actor)
        response = Response(_place(standing), headers={"Cache-Control": "private, no-store"})
        if standing.look_in is not None:
            response["Retry-After"] = _seconds(standing.look_in)
        return response

    @extend_schema(operation_id="leaveWaitingRoom", tags=["waiting"], request=None, responses={200: LeftOut})
    @once
    def delete(self, request: Request, showtime_id: uuid.UUID) -> Response:
        """Give your place up, for the one behind you."""
        return Response({"left": rooms.leave(showtime_id=showtime_id, actor=access.holder(self.actor, {}))})


def _place(standing: Standing) -> dict[str, Any]:
    return {
        "status": _word(standing),
        "place": standing.place,
        "estimateSeconds": standing.seconds,
        "admittedUntil": standing.until,
        "seatsFree": standing.free,
        "seatsHeld": standing.held,
        "pollAfterSeconds": standing.look_in,
        "serverTime": timezone.now(),
    }


def _seconds(look_in: float) -> str:
    return str(round(look_in))


def _word(standing: Standing) -> str:
    if standing.is_sold_out:
        return SOLD_OUT
    if standing.place is not None:
        return WAITING
    return ADMITTED if standing.until else OPEN


class StandbyIn(s.Serializer):
    partySize = s.IntegerField(min_value=1)
    zone = OptionalText(max_length=80, help_text="One of the seat map's zones; left out: anywhere.")
    email = schemas.Email(required=False, allow_blank=True, allow_null=True, max_length=254)
    phone = OptionalText(max_length=40)
    until = AwareDateTime(required=False, allow_null=True, help_text="Left out: until the show begins.")
    sessionToken = OptionalText(max_length=200)


class StandbyOfferOut(s.Serializer):
    holdId = s.UUIDField()
    seats = s.ListField(child=s.CharField())
    expiresAt = s.DateTimeField()


class StandbyOut(s.Serializer):
    id = s.UUIDField()
    showtimeId = s.UUIDField()
    status = s.ChoiceField(Standby.Status.choices)
    partySize = s.IntegerField()
    zone = s.CharField(allow_null=True)
    place = s.IntegerField(allow_null=True, help_text="Among all who wait; smaller parties may be served before.")
    until = s.DateTimeField()
    offer = StandbyOfferOut(allow_null=True)
    createdAt = s.DateTimeField()


_ON_LIST = {
    "id": "019ab1f0-6666-7000-8000-000000000006",
    "showtimeId": "019ab1f0-1111-7000-8000-000000000001",
    "status": "WAITING",
    "partySize": 2,
    "zone": None,
    "place": 3,
    "until": "2026-11-21T18:00:00Z",
    "offer": None,
    "createdAt": "2026-11-21T12:45:00Z",
}


class WaitingList(ApiView):
    """People only; a channel tells its customers itself."""

    is_public = True
    is_booking = True

    @extend_schema(operation_id="getWaitingListEntry", tags=["waiting"], responses={200: StandbyOut})
    def get(self, request: Request, showtime_id: uuid.UUID) -> Response:
        """Your entry, with the seats held for you when some came free."""
        return Response(_entry(standbys.entry_of(access.holder(self.actor, {}), showtime_id)))

    @extend_schema(
        operation_id="joinWaitingList",
        tags=["waiting"],
        request=StandbyIn,
        responses={201: StandbyOut},
        examples=[
            OpenApiExample("Two", value={"partySize": 2, "email": "asha@example.com"}, request_only=True),
            OpenApiExample("On the list", value=_ON_LIST, response_only=True, status_codes=["201"]),
        ],
    )
    @once
    def post(self, request: Request, showtime_id: uuid.UUID) -> Response:
        """Be told when seats come free: they are held for the first who fits, and a link to them is sent."""
        body = parse(StandbyIn, request)
        actor = access.holder(self.actor, body)
        entry = standbys.join(
            showtime_id=showtime_id,
            actor=actor,
            wish=standbys.Wish(body["partySize"], body.get("zone", ""), body.get("until")),
            email=body.get("email") or "",
            phone=body.get("phone", ""),
            language=numerals.tag(),
            now=self.now,
        )
        return Response(_entry(entry), status=201)

    @extend_schema(operation_id="leaveWaitingList", tags=["waiting"], request=None, responses={200: LeftOut})
    @once
    def delete(self, request: Request, showtime_id: uuid.UUID) -> Response:
        """Leave the list; seats held for you by it are let go."""
        return Response({"left": _leave(access.holder(self.actor, {}), showtime_id)})


def _leave(actor: Actor, showtime_id: uuid.UUID) -> bool:
    entry = standbys.entry_of(actor, showtime_id)
    return standbys.leave(standby_id=entry.pk, actor=actor)


def _entry(entry: Standby) -> dict[str, Any]:
    offer = entry.offer if entry.status == Standby.Status.OFFERED else None
    return {
        "id": entry.pk,
        "showtimeId": entry.showtime_id,
        "status": entry.status,
        "partySize": entry.party,
        "zone": entry.zone or None,
        "place": standbys.place_of(entry),
        "until": entry.until,
        "offer": {"holdId": offer.pk, "seats": offer.seat_labels, "expiresAt": offer.expires_at} if offer else None,
        "createdAt": entry.created_at,
    }
