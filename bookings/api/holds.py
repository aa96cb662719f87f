"""Holding seats over HTTP (OP8, OP13). `Hold.post` is the hot path: it asks the database for nothing of its own."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from bookings import selectors
from bookings.api import access, schemas, shapes
from bookings.services import holds
from showsewa import numerals
from showsewa.apiview import ApiView
from showsewa.idempotency import once
from showsewa.parsing import parse


class Hold(ApiView):
    scope = "holds:write"
    is_public = True
    is_booking = True

    @extend_schema(tags=["bookings"], request=schemas.HoldIn, responses={201: schemas.HoldOut})
    @once
    def post(self, request: Request) -> Response:
        """Hold seats for a few minutes, all or none. Choosing again replaces your hold of the same showtime."""
        body = parse(schemas.HoldIn, request)
        held = holds.hold_seats(
            showtime_id=body["showtimeId"],
            seats=body["seatIds"],
            actor=access.holder(self.actor, body),
            seconds=body.get("holdTimeoutSeconds"),
            language=numerals.tag(),
        )
        return Response(shapes.hold(held), status=201)


class Extend(ApiView):
    scope = "holds:write"
    is_public = True
    is_booking = True

    @extend_schema(tags=["bookings"], request=schemas.ReleaseIn, responses=schemas.ExtendedOut)
    @once
    def post(self, request: Request, hold_id: uuid.UUID) -> Response:
        """Two more minutes, once."""
        now = self.now
        booking = selectors.booking_to_change(self.actor, hold_id, permission="bookings.cancel_booking")
        booking = holds.extend(booking_id=booking.pk, actor=self.actor, now=now)
        return Response(shapes.extended(booking, now=now))


class Release(ApiView):
    scope = "holds:write"
    is_public = True
    is_booking = True

    @extend_schema(tags=["bookings"], request=schemas.ReleaseIn, responses=schemas.ReleasedOut)
    @once
    def delete(self, request: Request, hold_id: uuid.UUID) -> Response:
        """Let a hold go; again, and nothing more happens."""
        booking = selectors.booking_to_change(self.actor, hold_id, permission="bookings.cancel_booking")
        return Response({"released": holds.release(booking_id=booking.pk, actor=self.actor)})


class ReleaseAll(ApiView):
    scope = "holds:write"
    is_public = True
    is_booking = True

    @extend_schema(tags=["bookings"], request=None, responses={200: schemas.ReleasedOut})
    @once
    def delete(self, request: Request, user_id: str) -> Response:
        """Let all your holds go. userId: "me", your own id, or the guest key you held them under."""
        return Response({"released": holds.release_all(actor=access.named(self.actor, user_id))})
