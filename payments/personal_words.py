"""What is handed out beside bookings and money: where somebody waits, what they liked, their vouchers and invoices."""

import uuid
from collections.abc import Collection
from typing import Any

from django.db.models import Q

from bookings import phones
from bookings.models import Exchange, HelpfulVote, Standby
from payments.models import Invoice, VoucherEntry
from seatsync.models import OpeningNotice
from showsewa.models import User


def of_bookings(keys: Collection[uuid.UUID]) -> dict[str, Any]:
    """keys: of the bookings."""
    exchanges = Exchange.objects.filter(booking__in=keys).order_by("created_at")
    of_them = Q(payment__booking__in=keys) | Q(refund__payment__booking__in=keys)
    entries = VoucherEntry.objects.filter(of_them).select_related("voucher").order_by("pk")
    invoices = Invoice.objects.filter(booking__in=keys).prefetch_related("buyers").order_by("issued_at")
    return {
        "exchanges": [_exchange(one) for one in exchanges],
        "vouchers": [_entry(one) for one in entries],
        "invoices": [_invoice(one) for one in invoices],
    }


def of_person(
    *, email: str, phone: str, account: User | None, cinema_ids: Collection[uuid.UUID] | None
) -> dict[str, Any]:
    """email, phone: theirs for sure. cinema_ids: where staff work, who ask; None for everywhere."""
    waiting = Standby.objects.filter(_waits(email, phone, account))
    if cinema_ids is not None:
        waiting = waiting.filter(showtime__cinema__in=cinema_ids)
    asked = OpeningNotice.objects.filter(_asked(email, phone)).select_related("movie").order_by("created_at")
    votes = HelpfulVote.objects.filter(user=account) if account else HelpfulVote.objects.none()
    return {
        "waitingLists": [_standby(one) for one in waiting.select_related("showtime__movie").order_by("created_at")],
        "openingNotices": [_opening(one) for one in asked],
        "helpfulVotes": [
            {"review": str(vote.review), "at": vote.created_at}
            for vote in votes.select_related("review__movie", "review__cinema").order_by("pk")
        ],
    }


def _waits(email: str, phone: str, account: User | None) -> Q:
    asked = Q(owner=f"user:{account.pk}") if account else Q(pk=None)
    if email.strip():
        asked |= Q(email__iexact=email.strip())
    if tail := phones.tail(phone):
        asked |= Q(phone__endswith=tail)
    return asked


def _asked(email: str, phone: str) -> Q:
    asked = Q(pk=None)
    if email.strip():
        asked |= Q(medium=OpeningNotice.Medium.EMAIL, address=email.strip().lower())
    if tail := phones.tail(phone):
        asked |= Q(medium=OpeningNotice.Medium.SMS, address__endswith=tail)
    return asked


def _exchange(one: Exchange) -> dict[str, Any]:
    return {
        "bookingId": str(one.booking_id),
        "oldSeats": one.old_seats,
        "newSeats": one.new_seats,
        "difference": str(one.difference),
        "currency": one.currency,
        "askedAt": one.created_at,
        "doneAt": one.done_at,
    }


def _entry(entry: VoucherEntry) -> dict[str, Any]:
    """Of the code nothing but its end is known to us either."""
    return {
        "voucher": str(entry.voucher),
        "kind": entry.kind,
        "amount": str(entry.amount),
        "currency": entry.voucher.currency,
        "goodUntil": entry.voucher.expires_on,
        "at": entry.at,
    }


def _invoice(invoice: Invoice) -> dict[str, Any]:
    return {
        "number": str(invoice),
        "kind": invoice.kind,
        "bookingId": str(invoice.booking_id),
        "buyer": invoice.buyer,
        "laterBuyers": [{"name": row.name, "pan": row.pan} for row in invoice.buyers.all()],
        "total": str(invoice.total),
        "currency": invoice.currency,
        "issuedAt": invoice.issued_at,
    }


def _standby(entry: Standby) -> dict[str, Any]:
    return {
        "movie": entry.showtime.movie.title,
        "startsAt": entry.showtime.starts_at,
        "people": entry.party,
        "partOfTheHall": entry.zone,
        "status": entry.status,
        "email": entry.email,
        "phone": entry.phone,
        "language": entry.language,
        "since": entry.created_at,
        "waitsUntil": entry.until,
        "endedAt": entry.ended_at,
    }


def _opening(notice: OpeningNotice) -> dict[str, Any]:
    return {
        "movie": notice.movie.title,
        "city": notice.city,
        "medium": notice.medium,
        "address": notice.address,
        "language": notice.language,
        "askedAt": notice.created_at,
        "sentAt": notice.done_at,
    }
