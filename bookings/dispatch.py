"""Keeping a notice: choose its medium, and say nothing any more when it no longer applies."""

from django.utils import timezone

from bookings import emails, sms
from bookings.models import Booking, Notice

_SENDERS = {Notice.Medium.EMAIL: emails.send, Notice.Medium.SMS: sms.send}
_ROWS = ("booking__user", "booking__showtime__movie", "booking__showtime__cinema", "booking__showtime__hall")


def send(notice: Notice) -> None:
    """For `promises.keep`. Raises: Permanent for an address that is refused; anything else is tried again."""
    fresh = Notice.objects.select_related(*_ROWS).get(pk=notice.pk)
    if _is_wanted(fresh) and _applies(fresh):
        _SENDERS[Notice.Medium(fresh.medium)](fresh)


def _is_wanted(notice: Notice) -> bool:
    """What the owner of an account switched off; never the only message that brings a ticket."""
    booking, user = notice.booking, notice.booking.user
    if user is None:
        return True
    if notice.kind == Notice.Kind.REMINDER and not user.wants_reminders:
        return False
    return notice.medium != Notice.Medium.SMS or user.wants_sms or not booking.email


def _applies(notice: Notice) -> bool:
    booking = notice.booking
    if notice.kind == Notice.Kind.REMINDER:
        has_started = booking.showtime.starts_at <= timezone.now() or booking.showtime.cancelled_at is not None
        return booking.status == Booking.Status.CONFIRMED and not has_started
    if notice.kind in (Notice.Kind.PAY_LATER, Notice.Kind.PAY_REMINDER):
        return booking.status == Booking.Status.PENDING  # paid, given up or lapsed: then it is too late to ask
    if notice.kind == Notice.Kind.NOT_PAID:
        return booking.status == Booking.Status.EXPIRED
    if notice.kind == Notice.Kind.SEATS_CHANGED:
        is_current = notice.facts.get("new", "") in ("", *booking.seat_labels)  # else refused, or moved once more
        return booking.status == Booking.Status.CONFIRMED and is_current
    if notice.kind == Notice.Kind.SEATS_OFFERED:
        is_kept = booking.expires_at is not None and booking.expires_at > timezone.now()
        return booking.status == Booking.Status.HELD and is_kept
    if notice.kind == Notice.Kind.EXCHANGED:
        is_current = notice.facts["new"] == ", ".join(booking.seat_labels)  # else a later exchange tells it
        return booking.status == Booking.Status.CONFIRMED and is_current
    if notice.kind == Notice.Kind.CONFIRMATION:
        return booking.status == Booking.Status.CONFIRMED  # cancelled since: the cancellation is all there is to say
    if notice.kind == Notice.Kind.CANCELLATION and "seats" in notice.facts:
        return booking.status == Booking.Status.CONFIRMED  # some seats only, and the rest since: as above
    return True
