"""Answers of the payments API as plain dictionaries."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from bookings import links
from bookings.api import shapes as booking_shapes
from bookings.models import Booking
from payments import selectors
from payments.models import Payment, Refund
from payments.services import refunding


def processed(payment: Payment) -> dict[str, Any]:
    """Seed 001, and where to go on when the money is still under way."""
    booking = payment.booking
    body = {"bookingId": booking.pk, "bookingReference": booking.reference}
    if payment.status == Payment.Status.INITIATED:
        after = {"paymentUrl": payment.url, "statusUrl": f"/api/v1/payments/status/{booking.pk}"}
        return {"success": False} | body | {"status": "PENDING_PAYMENT", "next": after}
    link = {"ticketUrl": links.ticket_url(booking)}
    return {"success": True} | body | {"status": Booking.Status.CONFIRMED.value} | link


def initiated(booking: Booking, payment: Payment | None, *, now: datetime) -> dict[str, Any]:
    """payment: None for a booking that costs nothing and so is confirmed."""
    return {
        "bookingId": booking.pk,
        "paymentUrl": payment.url if payment else None,
        "sessionId": payment.session if payment else None,
        "paymentIntentId": payment.intent if payment else None,
        "amount": payment.amount if payment else booking.total,
        "currency": booking.currency,
        "expiresAt": payment.expires_at if payment else None,
        "serverTime": now,
    }


def refunded(done: refunding.Cancelled) -> dict[str, Any]:
    return {
        "refundId": done.refunds[0].pk,
        "refundAmount": booking_shapes.refund_sum(done.refunds),
        "refundPercentage": booking_shapes.refund_percent(done),
        "status": booking_shapes.refund_status(done.refunds),
        "currency": done.booking.currency,
        "bookingId": done.booking.pk,
        "bookingStatus": done.booking.status,
        "expectedBy": timezone.now() + refunding.EXPECTED_WITHIN,
    }


def status(booking: Booking, payments: list[Payment], *, now: datetime) -> dict[str, Any]:
    return {
        "bookingId": booking.pk,
        "bookingReference": booking.reference,
        "bookingStatus": booking.status,
        "totalAmount": booking.total,
        "currency": booking.currency,
        "payments": [_payment(payment) for payment in payments],
        "expiresAt": booking.expires_at,
        "serverTime": now,
    }


def _payment(payment: Payment) -> dict[str, Any]:
    return {
        "paymentId": payment.pk,
        "provider": payment.gateway,
        "sessionId": payment.session,
        "status": payment.status,
        "amount": payment.amount,
        "currency": payment.currency,
        "createdAt": payment.created_at,
        "settledAt": payment.settled_at,
        "underReview": selectors.under_review(payment) is not None,
        "refunds": [_refund(refund) for refund in payment.refunds.all()],
    }


def _refund(refund: Refund) -> dict[str, Any]:
    return {
        "refundId": refund.pk,
        "amount": refund.amount,
        "status": booking_shapes.refund_status([refund]),
        "reason": refund.reason,
    }
