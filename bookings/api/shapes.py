"""Answers of the bookings API as plain dictionaries: quicker than output serializers, which only describe them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone

from bookings import links, losses, pricing, qr, selectors
from bookings.models import Booking, Ticket
from bookings.services.holds import Held
from payments.models import Payment, Refund
from payments.services import refunding
from payments.services.buying import Bought
from showsewa import ids
from venues import chairs

# Seed 001 says what is being waited for.
STATUS_001 = {Booking.Status.PENDING.value: "PENDING_PAYMENT"}
_PAID_003 = {
    Payment.Status.SUCCESS: "paid",
    Payment.Status.REFUNDED: "refunded",
    Payment.Status.FAILED: "failed",
    Payment.Status.EXPIRED: "failed",
}


def hold(held: Held) -> dict[str, Any]:
    booking = held.booking
    found = chairs.find([seat.layout_seat for seat in held.seats])
    return {
        "holdId": booking.pk,
        "showtimeId": booking.showtime_id,
        "expiresAt": booking.expires_at,
        "serverTime": held.now,
        "seats": [
            {
                "id": ids.seat_id(seat.id),
                "seatNumber": seat.label,
                "row": chair.row,
                "number": chair.number,
                "type": chair.seat_type,
                "price": seat.price,
            }
            for seat, chair in zip(held.seats, found, strict=True)
        ],
        **additions(*pricing.lines(booking)),
        "totalAmount": booking.total,
        "currency": booking.currency,
    }


def additions(fees: Sequence[pricing.Line], taxes: Sequence[pricing.Line]) -> dict[str, Any]:
    """What a total holds beside its seats."""
    return {
        "fees": [{"name": line.name, "nameNe": line.name_ne, "amount": line.amount} for line in fees],
        "taxes": [
            {"name": line.name, "nameNe": line.name_ne, "percent": line.percent, "amount": line.amount}
            for line in taxes
        ],
    }


def extended(booking: Booking, *, now: datetime) -> dict[str, Any]:
    return {"holdId": booking.pk, "expiresAt": booking.expires_at, "serverTime": now}


def price(booking: Booking, quote: pricing.Quote, *, promo_code: str, now: datetime) -> dict[str, Any]:
    return {
        "holdId": booking.pk,
        "subtotal": quote.subtotal,
        "discount": quote.discount,
        "finalAmount": quote.total,
        **additions(quote.fees, quote.taxes),
        "currency": booking.currency,
        "promoCode": promo_code or None,
        "expiresAt": booking.expires_at,
        "serverTime": now,
    }


def bought(bought: Bought, *, with_ticket: bool, now: datetime) -> dict[str, Any]:
    booking, payment = bought.booking, bought.payment
    body = {
        "bookingId": booking.pk,
        "bookingReference": booking.reference,
        "status": STATUS_001.get(booking.status, booking.status),
        "paymentIntentId": payment.intent if payment else None,
        "paymentUrl": payment.url if payment else None,
        "amount": booking.total,
        "currency": booking.currency,
        "expiresAt": booking.expires_at,
        "serverTime": now,
    }
    is_sold = booking.status == Booking.Status.CONFIRMED
    return body | ({"ticketUrl": links.ticket_url(booking)} if is_sold and with_ticket else {})


def opened(booking: Booking, *, now: datetime) -> dict[str, Any]:
    return {
        "id": booking.pk,
        "status": booking.status,
        "totalAmount": booking.total,
        "currency": booking.currency,
        "expiresAt": booking.expires_at,
        "serverTime": now,
        "bookingReference": booking.reference,
    }


def detail(booking: Booking, payment: Payment | None, *, now: datetime) -> dict[str, Any]:
    """Seed 004's fields and seed 003's."""
    is_sold = booking.status == Booking.Status.CONFIRMED
    tickets, loss = selectors.seats_of(booking), losses.of(booking)
    body = {
        "id": booking.pk,
        "bookingId": booking.pk,
        "bookingReference": booking.reference,
        "status": booking.status,
        "source": booking.source,
        "showtimeId": booking.showtime_id,
        "userId": booking.user_id,
        "bookedSeats": booking.seat_labels,
        "seats": _seats(booking, tickets),
        "subtotal": booking.subtotal,
        "discount": booking.discount,
        **additions(*pricing.lines(booking)),
        "totalAmount": booking.total,
        "currency": booking.currency,
        "payment": {"status": payment.status, "amount": payment.amount} if payment else None,
        "paymentStatus": _payment_status(booking, payment),
        "show": _show(booking),
        "tickets": [{"seat": ticket.label, "qr": qr.sign(ticket)} for ticket in tickets] if is_sold else [],
        "lostSeats": loss.lost,
        "soldAtCounter": loss.is_at_counter,
        "offer": losses.offer(loss),
        "expiresAt": booking.expires_at,
        "timestamp": booking.confirmed_at or booking.created_at,
        "serverTime": now,
    }
    return body | ({"ticketUrl": links.ticket_url(booking)} if is_sold else {})


def listed(booking: Booking) -> dict[str, Any]:
    """One of a list: what no further question to the database is needed for."""
    return {
        "id": booking.pk,
        "bookingReference": booking.reference,
        "status": booking.status,
        "showtimeId": booking.showtime_id,
        "bookedSeats": booking.seat_labels,
        "totalAmount": booking.total,
        "currency": booking.currency,
        "show": _show(booking),
        "expiresAt": booking.expires_at,
        "timestamp": booking.confirmed_at or booking.created_at,
    }


def cancelled(done: refunding.Cancelled) -> dict[str, Any]:
    return {
        "bookingId": done.booking.pk,
        "status": done.booking.status,
        "cancelledSeats": list(done.dropped or done.booking.seat_labels),
        "bookedSeats": done.booking.seat_labels if done.dropped else [],
        "refund": {
            "amount": refund_sum(done.refunds),
            "percent": refund_percent(done),
            "status": refund_status(done.refunds),
            "expectedBy": timezone.now() + refunding.EXPECTED_WITHIN if done.refunds else None,
        },
    }


def refund_sum(refunds: Sequence[Refund]) -> Decimal:
    return sum((refund.amount for refund in refunds), Decimal(0))


def refund_percent(done: refunding.Cancelled) -> Decimal:
    """Of what was paid."""
    return round(refund_sum(done.refunds) / done.terms.paid * 100, 2) if done.terms.paid else Decimal(0)


def refund_status(refunds: Sequence[Refund]) -> str:
    if not refunds:
        return "NONE"
    if any(refund.failed_at for refund in refunds):
        return "FAILED"
    return "PENDING" if any(refund.is_open for refund in refunds) else "SENT"


def return_path(booking: Booking) -> str:
    """Where a gateway's page sends the buyer back to: the ticket link, on this site."""
    return links.ticket_url(booking).removeprefix(settings.BASE_URL)


def _seats(booking: Booking, tickets: Sequence[Ticket]) -> list[dict[str, Any]]:
    if not tickets:  # archived: their labels stay on the booking
        nothing = dict.fromkeys(("id", "row", "number", "tier", "type", "price"))
        return [nothing | {"label": label} for label in booking.seat_labels]
    return [
        {
            "id": ids.seat_id(ticket.show_seat_id),
            "label": ticket.label,
            "row": ticket.show_seat.seat.row_label,
            "number": ticket.show_seat.seat.number,
            "tier": ticket.show_seat.seat.zone,
            "type": ticket.show_seat.seat.seat_type,
            "price": ticket.price,
        }
        for ticket in tickets
    ]


def _show(booking: Booking) -> dict[str, Any]:
    showtime = booking.showtime
    return {
        "movie": showtime.movie.title,
        "theatre": showtime.cinema.name,
        "hall": showtime.hall.name,
        "startTime": showtime.starts_at,
        "timeZone": showtime.cinema.time_zone,
    }


def _payment_status(booking: Booking, payment: Payment | None) -> str:
    if booking.status == Booking.Status.REFUNDED:
        return "refunded"
    if payment is None:
        return "paid" if booking.status == Booking.Status.CONFIRMED else "pending"
    return _PAID_003.get(Payment.Status(payment.status), "pending")
