"""Parties over HTTP: a hold is shared, friends claim seats of it and pay for them as for any hold of their own."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response

from bookings import parties, selectors
from bookings.api import access
from bookings.models import Booking
from bookings.services import parties as sharing
from showsewa import limits, numerals
from showsewa.actors import Actor
from showsewa.apiview import ApiView
from showsewa.idempotency import once
from showsewa.parsing import OptionalText, SeatNames, Text, parse


class ShareIn(s.Serializer):
    name = OptionalText(max_length=40, help_text="What friends call you.")
    sessionToken = OptionalText(max_length=200)


class ClaimIn(s.Serializer):
    seats = SeatNames(help_text='Ids or labels ("A1") of free seats of the party.')
    name = Text(max_length=40, help_text="A first name: everybody who has the link sees it.")
    sessionToken = OptionalText(max_length=200)


class GiveBackIn(s.Serializer):
    seats = SeatNames(
        required=False, allow_empty=False, help_text="Left out: all you claimed and have not begun to pay."
    )
    sessionToken = OptionalText(max_length=200)


class PartySeatOut(s.Serializer):
    id = s.CharField(allow_null=True, help_text="Null once it dropped off.")
    label = s.CharField()  # type: ignore[assignment]
    state = s.ChoiceField(parties.State.choices)
    name = s.CharField(allow_null=True, help_text="The first name of who has it.")
    isYours = s.BooleanField()
    price = s.FloatField(allow_null=True, help_text="Of a free seat, without fees a booking; else null.")


class YoursOut(s.Serializer):
    holdId = s.UUIDField(help_text="Price, confirm and pay it like any hold.")
    status = s.ChoiceField(Booking.Status.choices)
    seats = s.ListField(child=s.CharField())
    totalAmount = s.FloatField()
    currency = s.CharField()
    expiresAt = s.DateTimeField(allow_null=True)


class PartyOut(s.Serializer):
    token = s.CharField()
    url = s.CharField(help_text="The page for people.")
    showtimeId = s.UUIDField()
    movie = s.CharField()
    theatre = s.CharField()
    hall = s.CharField()
    startTime = s.DateTimeField()
    hostName = s.CharField(allow_null=True)
    isOpen = s.BooleanField(help_text="Whether free seats may be claimed.")
    seats = PartySeatOut(many=True)
    yours = YoursOut(allow_null=True)
    expiresAt = s.DateTimeField()
    serverTime = s.DateTimeField()


_YOURS = {
    "holdId": "019aa6f0-5b1c-7f3e-9c1d-2f6f3a1b0c4d",
    "status": "HELD",
    "seats": ["B3"],
    "totalAmount": 450,
    "currency": "NPR",
    "expiresAt": "2026-11-21T13:15:00Z",
}
_SEATS = [
    {"id": "seat_7", "label": "B2", "state": "FREE", "name": None, "isYours": False, "price": 450},
    {"id": "seat_8", "label": "B3", "state": "TAKEN", "name": "Bikash", "isYours": True, "price": None},
]
_PARTY = {
    "token": "q0jv6mRZ3bqPZ0yV2m4h1A",
    "url": "https://showsewa.example/party/q0jv6mRZ3bqPZ0yV2m4h1A/",
    "showtimeId": "019ab1f0-1111-7000-8000-000000000001",
    "movie": "Dal Bhat Power",
    "theatre": "Himal Cinema",
    "hall": "Hall 1",
    "startTime": "2026-11-21T18:00:00Z",
    "hostName": "Asha",
    "isOpen": True,
    "seats": _SEATS,
    "yours": _YOURS,
    "expiresAt": "2026-11-21T13:15:00Z",
    "serverTime": "2026-11-21T12:45:00Z",
}
_EXAMPLES = [
    OpenApiExample(f"Shared, {status}", value=_PARTY, response_only=True, status_codes=[status])
    for status in ("200", "201")
]


class Share(ApiView):
    scope = "holds:write"
    is_public = True
    is_booking = True

    @extend_schema(
        operation_id="shareHold", tags=["parties"], request=ShareIn, responses={201: PartyOut}, examples=_EXAMPLES[1:]
    )
    @once
    def post(self, request: Request, hold_id: uuid.UUID) -> Response:
        """Let friends claim seats of your hold and pay for them: once, for a hold of two seats or more."""
        body = parse(ShareIn, request)
        booking = selectors.booking_to_change(self.actor, hold_id, permission="bookings.cancel_booking")
        party = sharing.open_party(booking_id=booking.pk, name=body.get("name", ""), actor=self.actor, now=self.now)
        return Response(_party(party.token, access.holder(self.actor, body), now=self.now), status=201)


class OneParty(ApiView):
    scope = "holds:write"
    is_public = True

    @extend_schema(operation_id="getParty", tags=["parties"], responses={200: PartyOut}, examples=_EXAMPLES[:1])
    def get(self, request: Request, token: str) -> Response:
        """The seats of a party and whose they are, by first names."""
        return Response(_party(token, self.actor, now=self.now), headers={"Cache-Control": "private, no-store"})


class Claim(ApiView):
    scope = "holds:write"
    is_public = True
    is_booking = True

    @extend_schema(
        operation_id="claimPartySeats",
        tags=["parties"],
        request=ClaimIn,
        responses={201: PartyOut},
        examples=[
            OpenApiExample("One seat", value={"seats": ["B3"], "name": "Bikash"}, request_only=True),
            *_EXAMPLES[1:],
        ],
    )
    @once
    def post(self, request: Request, token: str) -> Response:
        """Take free seats, all or none, into a hold of your own: see `yours`. Claiming again adds to it."""
        body = parse(ClaimIn, request)
        actor = access.holder(self.actor, body)
        found = parties.find(token, actor)
        limits.check_hoard(self.actor, limits.address_of(request._request), found.showtime_id)
        sharing.claim(
            token=token,
            seats=body["seats"],
            name=body["name"],
            actor=actor,
            now=self.now,
            language=numerals.tag(),
        )
        return Response(_party(token, actor, now=self.now), status=201)


class GiveBack(ApiView):
    scope = "holds:write"
    is_public = True
    is_booking = True

    @extend_schema(
        operation_id="giveBackPartySeats",
        tags=["parties"],
        request=GiveBackIn,
        responses={200: PartyOut},
        examples=_EXAMPLES[:1],
    )
    @once
    def post(self, request: Request, token: str) -> Response:
        """Return seats you claimed, before paying, to whoever shared them: others may claim them then."""
        body = parse(GiveBackIn, request)
        actor = access.holder(self.actor, body)
        sharing.give_back(token=token, seats=body.get("seats") or (), actor=actor, now=self.now)
        return Response(_party(token, actor, now=self.now))


def _party(token: str, actor: Actor, *, now: datetime) -> dict[str, Any]:
    party = parties.find(token, actor)
    standing = parties.look(party, actor, now=now)
    show = party.showtime
    return {
        "token": party.token,
        "url": settings.BASE_URL + parties.url_path(party),
        "showtimeId": show.pk,
        "movie": show.movie.title,
        "theatre": show.cinema.name,
        "hall": show.hall.name,
        "startTime": show.starts_at,
        "hostName": standing.host_name or None,
        "isOpen": standing.is_open,
        "seats": [_seat(seat) for seat in standing.seats],
        "yours": _yours(standing.own),
        "expiresAt": party.expires_at,
        "serverTime": standing.now,
    }


def _seat(seat: parties.PartySeat) -> dict[str, Any]:
    return {
        "id": seat.public_id,
        "label": seat.label,
        "state": seat.state,
        "name": seat.name or None,
        "isYours": seat.is_own,
        "price": seat.price,
    }


def _yours(own: Booking | None) -> dict[str, Any] | None:
    if own is None:
        return None
    return {
        "holdId": own.pk,
        "status": own.status,
        "seats": own.seat_labels,
        "totalAmount": own.total,
        "currency": own.currency,
        "expiresAt": own.expires_at,
    }
