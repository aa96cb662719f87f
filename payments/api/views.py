"""Paying and paying back over HTTP (OP11, OP28-OP32). Card numbers never come here."""

import uuid
from datetime import timedelta

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from bookings import selectors as booking_selectors
from bookings.api import access
from bookings.api import shapes as booking_shapes
from bookings.api.bookings import LINK_KEY
from payments import gateways, selectors
from payments.api import schemas, shapes
from payments.models import Payment
from payments.services import charging, inbox, polling, refunding, starting, testing
from showsewa.actors import NOBODY, Kind
from showsewa.apiview import ApiView
from showsewa.authentication import Unauthorized
from showsewa.idempotency import once, once_apart
from showsewa.parsing import parse

_ASK_AFTER = timedelta(seconds=3)  # until then the gateway's own word is most likely on its way


class Process(ApiView):
    scope = "bookings:write"
    is_public = True
    is_booking = True

    @extend_schema(
        tags=["payments"], request=schemas.ProcessIn, responses={200: schemas.ProcessOut, 202: schemas.ProcessOut}
    )
    @once_apart
    def post(self, request: Request) -> Response:
        """Pay by the token of a card form. 202: the money is under way, or has to be paid at `next.paymentUrl`."""
        body, actor = parse(schemas.ProcessIn, request), self.actor
        if actor.kind == Kind.CHANNEL:  # a person pays by knowing the intent, a channel for its own bookings only
            booking_selectors.booking_for(actor, body["bookingId"])
        payment = charging.charge(
            booking_id=body["bookingId"],
            intent=body["paymentIntentId"],
            token=testing.TOO_LATE if self.sky.is_payment_late else body["paymentMethod"]["token"],
            now=self.now,
        )
        return Response(shapes.processed(payment), status=202 if payment.status == Payment.Status.INITIATED else 200)


class Initiate(ApiView):
    scope = "bookings:write"
    is_public = True
    is_booking = True

    @extend_schema(tags=["payments"], request=schemas.InitiateIn, responses={201: schemas.InitiateOut})
    @once_apart
    def post(self, request: Request) -> Response:
        """Open a payment session for a booking of yours, or find the one that is open."""
        body, now, actor = parse(schemas.InitiateIn, request), self.now, self.actor
        access.check_user_id(actor, body.get("userId", ""))
        booking = booking_selectors.booking_for(actor, body["bookingId"], key=access.link_key(request))
        payment, _started = starting.start(
            booking_id=booking.pk,
            return_path=booking_shapes.return_path(booking),
            actor=actor,
            now=now,
            gateway=body.get("provider", ""),
        )
        return Response(shapes.initiated(booking, payment, now=now), status=201)


class Simulate(ApiView):
    scope = "bookings:write"
    is_public = True
    is_booking = True

    @extend_schema(tags=["payments"], request=schemas.SimulateIn, responses=schemas.SimulateOut)
    @once_apart
    def post(self, request: Request, session: str) -> Response:
        """What the buyer does at the test gateway's page. There is no such thing in live mode."""
        testing.checkout(session)
        body = parse(schemas.SimulateIn, request)
        testing.simulate(session, body["result"], body["delaySeconds"], now=self.now)
        done = "scheduled" if body["delaySeconds"] else "processed"
        return Response({"sessionId": session, "result": body["result"], "status": done})


class Webhook(ApiView):
    """A gateway proves who it is by its signature over the raw body; no other credential is looked at."""

    authentication_classes = []
    is_public = True

    @extend_schema(tags=["payments"], request=None, responses=schemas.WebhookOut, auth=[])
    def post(self, request: Request, gateway: str = "") -> Response:
        """What a gateway tells us, signed. Known already: answered alike, and nothing happens."""
        inbox.receive(
            gateway=gateways.of_message(gateway).code,
            body=request._request.body,
            headers=request.headers,
            now=self.now,
        )
        return Response({"status": "processed"})


class RefundBooking(ApiView):
    scope = "payments:refund"
    is_public = True
    is_booking = True

    @extend_schema(
        tags=["payments"], parameters=[LINK_KEY], request=schemas.RefundIn, responses={202: schemas.RefundOut}
    )
    @once
    def post(self, request: Request, booking_id: uuid.UUID) -> Response:
        """Give a booking back for its money, by the policy of its sale. Staff and keys that may refund name the sum."""
        body, now, actor, key = parse(schemas.RefundIn, request), self.now, self.actor, access.link_key(request)
        if actor is NOBODY and not key:
            raise Unauthorized(_("Sign in, or send your sessionToken or the key of your ticket link."))
        access.check_user_id(actor, body.get("userId", ""))
        permission = "payments.refund_booking"
        booking = booking_selectors.booking_to_change(actor, booking_id, permission=permission, key=key)
        said = {"booking_id": booking.pk, "actor": actor, "now": now, "reason": body.get("reason", "")}
        if actor.kind == Kind.CHANNEL or booking_selectors.is_staff_for(actor, booking, permission):
            done = refunding.refund_booking(**said, amount=body.get("amount"))
        else:
            done = refunding.cancel_booking(**said, only_for_money=True)
        return Response(shapes.refunded(done), status=202)


class Status(ApiView):
    scope = "bookings:read"
    is_public = True

    @extend_schema(tags=["payments"], parameters=[LINK_KEY], responses=schemas.StatusOut)
    def get(self, request: Request, booking_id: uuid.UUID) -> Response:
        """How the payments of a booking of yours stand. Asked while one is open, we ask the gateway."""
        now, key = self.now, access.link_key(request)
        booking = booking_selectors.booking_for(self.actor, booking_id, key=key)
        polling.ask(booking_id=booking.pk, now=now, min_age=_ASK_AFTER)
        booking = booking_selectors.booking_for(self.actor, booking_id, key=key)
        answer = shapes.status(booking, selectors.payments_of(booking), now=now)
        return Response(answer, headers={"Cache-Control": "private, no-store"})
