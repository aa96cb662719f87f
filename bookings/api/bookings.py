"""From a hold to a booking and back over HTTP (OP9, OP10, OP12, OP24-OP26)."""

import uuid
from datetime import datetime
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from bookings import guesses, selectors
from bookings.api import access, schemas, shapes
from bookings.models import Booking
from bookings.services import checkout
from payments import selectors as payment_selectors
from payments.services import buying, charging, giving_back
from showsewa import limits
from showsewa.actors import Kind
from showsewa.apiview import ApiView
from showsewa.idempotency import once, once_apart
from showsewa.parsing import parse

LINK_KEY = OpenApiParameter("key", str, description="The key of a signed ticket link.")


class Price(ApiView):
    scope = "holds:write"
    is_public = True
    is_booking = True

    @extend_schema(tags=["bookings"], request=schemas.PriceIn, responses=schemas.PriceOut)
    @once
    def post(self, request: Request) -> Response:
        """What a hold costs, with a promo code or without; the hold remembers the code."""
        body, now = parse(schemas.PriceIn, request), self.now
        booking = selectors.booking_for(self.actor, body["holdId"], is_fresh_hold_enough=True)
        code = body.get("promoCode") or ""
        with guesses.promo_code(self.actor, limits.address_of(request), code):
            quote = checkout.price(booking_id=booking.pk, promo_code=code, now=now)
        return Response(shapes.price(booking, quote, promo_code=code, now=now))


class Confirm(ApiView):
    scope = "bookings:write"
    is_public = True
    is_booking = True

    @extend_schema(
        tags=["bookings"], request=schemas.ConfirmIn, responses={201: schemas.ConfirmOut, 200: schemas.ConfirmOut}
    )
    @once_apart
    def post(self, request: Request) -> Response:
        """Turn a hold into a booking that waits for its money, and open its payment. The same hold again: the same."""
        body, now, actor = parse(schemas.ConfirmIn, request), self.now, self.actor
        access.check_user_id(actor, body.get("userId", ""))
        booking = selectors.booking_for(actor, body["holdId"], is_fresh_hold_enough=True)
        with guesses.promo_code(actor, limits.address_of(request), body.get("promoCode")):
            bought = buying.buy(
                booking_id=booking.pk,
                buyer=access.reachable_buyer(request, body.get("userDetails") or {}, actor),
                payment_method=body["paymentMethod"],
                promo_code=body.get("promoCode"),
                return_path=shapes.return_path(booking),
                actor=actor,
                now=now,
            )
        answer = shapes.bought(bought, with_ticket=bought.is_new or actor.kind != Kind.NOBODY, now=now)
        return Response(answer, status=201 if bought.is_new else 200)


class Bookings(ApiView):
    scope = "bookings:write"
    is_public = True
    is_booking = True

    @extend_schema(
        tags=["bookings"], request=schemas.BookingIn, responses={201: schemas.OpenedOut, 200: schemas.OpenedOut}
    )
    @once
    def post(self, request: Request) -> Response:
        """Book seats, held before or not; they wait 15 minutes for their money."""
        body, now = parse(schemas.BookingIn, request), self.now
        with guesses.promo_code(self.actor, limits.address_of(request), body.get("promoCode")):
            make = self._from_hold if "holdId" in body else self._at_once
            booking, is_new = make(request, body, now)
        return Response(shapes.opened(booking, now=now), status=201 if is_new else 200)

    def _from_hold(self, request: Request, body: dict[str, Any], now: datetime) -> tuple[Booking, bool]:
        access.check_user_id(self.actor, body.get("userId", ""))
        held = selectors.booking_for(self.actor, body["holdId"], is_fresh_hold_enough=True)
        return checkout.open_payment(
            booking_id=held.pk,
            buyer=access.buyer(request, body.get("userDetails") or {}),
            payment_method="",
            promo_code=body.get("promoCode"),
            actor=self.actor,
            now=now,
        )

    def _at_once(self, request: Request, body: dict[str, Any], now: datetime) -> tuple[Booking, bool]:
        booking = checkout.book(
            showtime_id=body["showId"],
            seats=body["showSeatIds"],
            buyer=access.buyer(request, body.get("userDetails") or {}),
            promo_code=body.get("promoCode") or "",
            actor=access.holder(self.actor, body),
            now=now,
        )
        return booking, True


class Detail(ApiView):
    scope = "bookings:read"
    is_public = True

    @extend_schema(tags=["bookings"], parameters=[LINK_KEY], responses=schemas.BookingOut)
    def get(self, request: Request, booking_id: uuid.UUID) -> Response:
        """A booking of yours, with its tickets once it is confirmed."""
        booking = selectors.booking_for(self.actor, booking_id, key=access.link_key(request))
        payment = payment_selectors.deciding_payment(booking)
        answer = shapes.detail(booking, payment, now=self.now)
        return Response(answer, headers={"Cache-Control": "private, no-store"})


class Cancel(ApiView):
    scope = "bookings:write"
    is_public = True
    is_booking = True

    @extend_schema(tags=["bookings"], parameters=[LINK_KEY], request=schemas.CancelIn, responses=schemas.CancelledOut)
    @once
    def post(self, request: Request, booking_id: uuid.UUID) -> Response:
        """Cancel a booking, or only the seats named: they are free again, and their money comes back as the policy at
        the sale said."""
        body, actor = parse(schemas.CancelIn, request), self.actor
        access.check_user_id(actor, body.get("userId", ""))
        booking = selectors.booking_to_change(
            actor, booking_id, permission="bookings.cancel_booking", key=access.link_key(request)
        )
        names_sum = actor.may("payments:refund") or selectors.is_staff_for(actor, booking, "payments.refund_booking")
        done = giving_back.cancel(
            booking_id=booking.pk,
            seats=body.get("seatIds") or (),
            actor=actor,
            now=self.now,
            reason=body.get("reason", ""),
            amount=body.get("refundAmount") if names_sum else None,
            by_staff=selectors.is_staff_for(actor, booking, "bookings.cancel_booking"),
        )
        return Response(shapes.cancelled(done))

    put = patch = post


class Finish(ApiView):
    scope = "bookings:write"
    is_public = True
    is_booking = True

    @extend_schema(tags=["bookings"], request=schemas.FinishIn, responses=schemas.BookingOut)
    @once_apart
    def put(self, request: Request, booking_id: uuid.UUID) -> Response:
        """Confirm a booking that has been paid. What the body says of a payment is no evidence of one."""
        parse(schemas.FinishIn, request)
        booking = selectors.booking_for(self.actor, booking_id, key=access.link_key(request))
        charging.confirm_paid(booking_id=booking.pk, actor=self.actor, now=self.now)
        booking = selectors.booking_for(self.actor, booking_id, key=access.link_key(request))
        payment = payment_selectors.deciding_payment(booking)
        return Response(shapes.detail(booking, payment, now=self.now))
