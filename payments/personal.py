"""What we know of a person, read: found by an address or an account, and told as JSON (`personal_map` lists it all)."""

import uuid
from collections.abc import Collection
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import CharField, Exists, F, Func, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Right

from bookings import favourites, phones
from bookings.models import Booking, Notice, Review
from payments import personal_words
from payments.models import Case, Payment, Refund
from showsewa import money
from showsewa.actors import Actor
from showsewa.models import User

MOST = 500
PERSONAL = ~Q(name="", email="", phone="")


def of_address(*, email: str, phone: str, actor: Actor) -> list[Booking]:
    """Bookings under this e-mail or this phone number (or an account of this e-mail) at the actor's cinemas."""
    asked, rows = Q(), Booking.objects.all()
    if email.strip():
        asked |= Q(email__iexact=email.strip()) | Q(user__email=email.strip().lower())
    if tail := phones.tail(phone):
        digits = Func(F("phone"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace")
        rows = rows.alias(tail=Right(digits, 10, output_field=CharField()))
        asked |= Q(tail=tail)
    if not asked:
        return []
    if actor.cinema_ids is not None:
        rows = rows.filter(showtime__cinema__in=actor.cinema_ids)
    return _told(rows.filter(asked))


def of_user(user_id: uuid.UUID) -> list[Booking]:
    return _told(Booking.objects.filter(user=user_id))


def needed() -> Q:
    """Whose address we cannot do without yet: money is on its way, or somebody has to decide on it."""
    payments = Payment.objects.filter(booking=OuterRef("pk"))
    under_way = payments.filter(status=Payment.Status.INITIATED)
    owed = Refund.objects.filter(payment__booking=OuterRef("pk"), done_at=None)
    disputed = Case.objects.filter(payment__booking=OuterRef("pk"), status=Case.Status.OPEN)
    unpaid = Q(status__in=[Booking.Status.HELD, Booking.Status.PENDING])
    return unpaid | Q(Exists(under_way)) | Q(Exists(owed)) | Q(Exists(disputed))


def export_of_address(*, email: str, phone: str, actor: Actor) -> dict[str, Any]:
    """All at the actor's cinemas that stands under this e-mail or this phone number."""
    found = of_address(email=email, phone=phone, actor=actor)
    others = personal_words.of_person(email=email, phone=phone, account=None, cinema_ids=actor.cinema_ids)
    return _export(found) | others


def export_of_account(user_id: uuid.UUID) -> dict[str, Any]:
    """Beside its bookings only what stands under the address it has proved: a phone number anybody may type."""
    account = User.objects.get(pk=user_id)
    others = personal_words.of_person(email=account.email, phone="", account=account, cinema_ids=None)
    return {"account": _account(account)} | _export(of_user(account.pk)) | others


def _export(bookings: Collection[Booking]) -> dict[str, Any]:
    """As JSON: times in UTC, sums as text."""
    keys = [booking.pk for booking in bookings]
    reviews = Review.objects.filter(booking__in=keys).select_related("movie", "cinema").order_by("created_at")
    payments = Payment.objects.filter(booking__in=keys).prefetch_related("refunds").order_by("pk")
    return {
        "bookings": [_booking(booking) for booking in bookings],
        "payments": [_payment(payment) for payment in payments],
        "notices": [_notice(one) for one in Notice.objects.filter(booking__in=keys).order_by("due_at")],
        "reviews": [_review(review) for review in reviews],
    } | personal_words.of_bookings(keys)


def _told(rows: QuerySet[Booking]) -> list[Booking]:
    related = rows.select_related("showtime__movie", "showtime__cinema", "showtime__hall")
    return list(related.filter(PERSONAL | Q(user__isnull=False)).order_by("-pk")[:MOST])


def _account(user: User) -> dict[str, Any]:
    return {
        "email": user.email,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "phone": user.phone,
        "language": user.language,
        "since": user.date_joined,
        "lastLogin": user.last_login,
        "emailAddresses": [
            {"email": row.email, "isConfirmed": row.verified}
            for row in EmailAddress.objects.filter(user=user).order_by("pk")
        ],
        "city": user.city,
        "party": user.party,
        "digits": user.digits,
        "wantsReminders": user.wants_reminders,
        "wantsSms": user.wants_sms,
        "wantsOpenings": user.wants_openings,
        "favourites": [str(row.movie or row.cinema) for row in favourites.of(user.pk)],
    }


def _booking(booking: Booking) -> dict[str, Any]:
    show = booking.showtime
    return {
        "id": str(booking.pk),
        "reference": booking.reference,
        "status": booking.status,
        "name": booking.name,
        "email": booking.email,
        "phone": booking.phone,
        "language": booking.language,
        "movie": show.movie.title,
        "cinema": str(show.cinema),
        "hall": show.hall.name,
        "startsAt": show.starts_at,
        "seats": booking.seat_labels,
        "subtotal": str(booking.subtotal),
        "discount": str(booking.discount),
        "fees": str(booking.fee),
        "taxesOnTop": str(booking.tax),
        "total": str(booking.total),
        "currency": booking.currency,
        "source": booking.source,
        "reasonGiven": booking.cancel_reason,
        "createdAt": booking.created_at,
        "confirmedAt": booking.confirmed_at,
        "cancelledAt": booking.cancelled_at,
    }


def _payment(payment: Payment) -> dict[str, Any]:
    return {
        "bookingId": str(payment.booking_id),
        "gateway": payment.gateway,
        "status": payment.status,
        "amount": str(payment.amount),
        "currency": payment.currency,
        "createdAt": payment.created_at,
        "settledAt": payment.settled_at,
        "refunds": [
            {"amount": str(money.amount(refund.amount)), "promisedAt": refund.created_at, "sentAt": refund.done_at}
            for refund in payment.refunds.all()
        ],
    }


def _notice(notice: Notice) -> dict[str, Any]:
    return {
        "bookingId": str(notice.booking_id),
        "kind": notice.kind,
        "medium": notice.medium,
        "sentAt": notice.done_at,
        "said": notice.facts,
    }


def _review(review: Review) -> dict[str, Any]:
    return {
        "of": str(review.movie or review.cinema),
        "name": review.name,
        "rating": review.rating,
        "text": review.text,
        "writtenAt": review.created_at,
    }
