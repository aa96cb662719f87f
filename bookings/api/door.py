"""The door over HTTP: the manifest of a show, letting people in, taking a mistake back. For staff at their cinemas."""

import uuid
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from bookings import manifest
from bookings.models import Booking, Ticket
from bookings.services import checking_in
from payments import selectors as payments
from showsewa.apiview import ApiView
from showsewa.idempotency import once
from showsewa.parsing import Text, parse

ADMITTED = "ADMITTED"
PERMISSION = "bookings.check_in"


class CheckInIn(serializers.Serializer):
    showtimeId = serializers.UUIDField(help_text="Whose door this is.")
    code = Text(required=False, max_length=400, help_text="What the ticket's QR says.")
    ticketId = serializers.UUIDField(required=False, help_text="Instead of code: of the manifest, chosen by hand.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("code" in attrs) == ("ticketId" in attrs):
            raise serializers.ValidationError(_("Send either code or ticketId."))
        return attrs


class UndoIn(serializers.Serializer):
    reason = Text(max_length=checking_in.LONGEST_REASON)


class TallyOut(serializers.Serializer):
    showtimeId = serializers.UUIDField()
    checkedIn = serializers.IntegerField()
    sold = serializers.IntegerField()


class CheckInOut(TallyOut):
    outcome = serializers.ChoiceField([ADMITTED])
    ticketId = serializers.UUIDField()
    seat = serializers.CharField()
    reference = serializers.CharField()
    name = serializers.CharField()
    checkedInAt = serializers.DateTimeField()


class UndoneOut(TallyOut):
    ticketId = serializers.UUIDField()
    seat = serializers.CharField()


class ManifestTicketOut(serializers.Serializer):
    ticketId = serializers.UUIDField()
    seat = serializers.CharField()
    reference = serializers.CharField()
    externalReference = serializers.CharField(help_text='What the channel that sold it calls the sale; else "".')
    name = serializers.CharField()
    checkedInAt = serializers.DateTimeField(allow_null=True)


class ManifestOut(TallyOut):
    serverTime = serializers.DateTimeField()
    tickets = ManifestTicketOut(many=True)


_SHOWTIME, _TICKET = "019ab1f0-1111-7000-8000-000000000001", "019ab1f0-7777-7000-8000-000000000007"
_LET_IN = {
    "showtimeId": _SHOWTIME,
    "checkedIn": 87,
    "sold": 120,
    "outcome": ADMITTED,
    "ticketId": _TICKET,
    "seat": "A12",
    "reference": "BK20261121K7Q2MX",
    "name": "Asha Rai",
    "checkedInAt": "2026-11-21T12:31:51Z",
}
_USED = {
    "type": "/docs/problems#ALREADY_CHECKED_IN",
    "title": "Conflict",
    "status": 409,
    "code": "ALREADY_CHECKED_IN",
    "detail": "Somebody is in already with the ticket for seat A12.",
    "ticketId": _TICKET,
    "seat": "A12",
    "checkedInAt": "2026-11-21T12:31:51Z",
    "checkedInBy": "chandra@example.com",
}


class Manifest(ApiView):
    permission = PERMISSION

    @extend_schema(operation_id="getManifest", tags=["door"], responses={200: ManifestOut})
    def get(self, request: Request, showtime_id: uuid.UUID) -> Response:
        """Every ticket that opens this door, by seat, and who is in already. A device may keep it for when it has no
        network, and check signatures by the keys of /tickets/public-key.
        """
        show = manifest.show(self.actor, showtime_id)
        tickets = [_listed(ticket) for ticket in manifest.tickets(show.pk)]
        body = _tally(show.pk) | {"serverTime": timezone.now(), "tickets": tickets}
        return Response(body, headers={"Cache-Control": "private, no-store"})


class CheckIn(ApiView):
    permission = PERMISSION

    @extend_schema(
        operation_id="checkIn",
        tags=["door"],
        request=CheckInIn,
        responses={200: CheckInOut, 409: OpenApiResponse(dict, description="Not let in: `code` says why.")},
        examples=[
            OpenApiExample("By its code", value={"showtimeId": _SHOWTIME, "code": "AQGasfB3…"}, request_only=True),
            OpenApiExample("By hand", value={"showtimeId": _SHOWTIME, "ticketId": _TICKET}, request_only=True),
            OpenApiExample("Let in", value=_LET_IN, response_only=True, status_codes=["200"]),
            OpenApiExample("Used", value=_USED, response_only=True, status_codes=["409"]),
        ],
    )
    @once
    def post(self, request: Request) -> Response:
        """Let the holder of one ticket in, once. Anything but 200 means: not with this ticket, and `code` says why."""
        asked = parse(CheckInIn, request)
        ticket = checking_in.check_in(
            showtime_id=asked["showtimeId"],
            code=asked.get("code", ""),
            ticket_id=asked.get("ticketId"),
            actor=self.actor,
            now=timezone.now(),
            is_paid_back=_is_paid_back,
        )
        listed = _listed(ticket)
        del listed["externalReference"]
        return Response({"outcome": ADMITTED} | listed | _tally(asked["showtimeId"]))


class UndoCheckIn(ApiView):
    permission = PERMISSION

    @extend_schema(operation_id="undoCheckIn", tags=["door"], request=UndoIn, responses={200: UndoneOut})
    @once
    def post(self, request: Request, ticket_id: uuid.UUID) -> Response:
        """Take a mistaken check-in back: the ticket opens the door again, and the booking's story keeps the reason."""
        reason = parse(UndoIn, request)["reason"]
        ticket = checking_in.undo(ticket_id=ticket_id, reason=reason, actor=self.actor, now=timezone.now())
        told = {"ticketId": ticket.pk, "seat": ticket.label}
        return Response(told | _tally(ticket.show_seat.showtime_id))


def _is_paid_back(booking: Booking) -> bool:
    return bool(payments.standing(booking).refunds)


def _listed(ticket: Ticket) -> dict[str, Any]:
    booking = ticket.booking
    return {
        "ticketId": ticket.pk,
        "seat": ticket.label,
        "reference": booking.reference or "",
        "externalReference": booking.external_reference,
        "name": booking.name,
        "checkedInAt": ticket.checked_in_at,
    }


def _tally(showtime_id: uuid.UUID) -> dict[str, Any]:
    tally = manifest.tally(showtime_id)
    return {"showtimeId": showtime_id, "checkedIn": tally.checked_in, "sold": tally.sold}
