"""Asking to be told when tickets are on sale, saying no more, and waking those whose time has come."""

import uuid
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Exists
from django.utils.translation import gettext as _

from bookings import openings, phones
from seatsync.models import OpeningNotice
from seatsync.models.openings import NOT_YET
from showsewa.promises import OPEN
from showsewa.refusals import Invalid
from showsewa.transactions import use_case
from venues import listings

MOST_PER_ADDRESS = 30
KEPT_SENT, KEPT_WAITING = timedelta(days=30), timedelta(days=400)


@use_case
def ask(*, movie_id: uuid.UUID, city: str, address: str, language: str, now: datetime) -> OpeningNotice.Medium:
    """One promise an address, movie and city, however often it is asked for. address: an e-mail or a phone number.

    Refuses: NotFound; Invalid for what is no address, for a city without cinemas and where tickets are on sale.
    """
    movie = listings.movie(movie_id)
    if city not in {one.name for one in listings.cities()}:
        raise Invalid(_("There is no cinema in this city."))
    medium, plain = _read(address)
    if openings.on_sale(now=now, movie=movie, city=city).exists():
        raise Invalid(_("Tickets are on sale already."))
    if OpeningNotice.objects.filter(OPEN, address=plain).count() >= MOST_PER_ADDRESS:
        raise Invalid(_("This address waits for as many movies as one may wait for."))
    # One that was sent for an earlier run may wait once more.
    OpeningNotice.objects.filter(address=plain, movie=movie, city=city).exclude(OPEN).delete()
    row = OpeningNotice(movie=movie, city=city, medium=medium, address=plain, language=language, due_at=NOT_YET)
    OpeningNotice.objects.bulk_create([row], ignore_conflicts=True)
    return medium


@use_case
def stop(notice: OpeningNotice, *, all_of_address: bool = False) -> int:
    """Forget a notice, or all that its address waits for; returns how many."""
    rows = OpeningNotice.objects.filter(address=notice.address)
    return (rows if all_of_address else rows.filter(pk=notice.pk)).delete()[0]


def wake(*, now: datetime) -> int:
    """Let those fall due whose tickets are on sale now."""
    waiting = OpeningNotice.objects.filter(OPEN, due_at=NOT_YET)
    return waiting.filter(Exists(openings.on_sale_of_row(now=now))).update(due_at=now)


def purge(*, now: datetime) -> int:
    """Addresses are kept no longer than they are of use."""
    sent = OpeningNotice.objects.exclude(OPEN).filter(created_at__lt=now - KEPT_SENT)
    sent = sent.exclude(done_at__gte=now - KEPT_SENT).exclude(failed_at__gte=now - KEPT_SENT)
    old = OpeningNotice.objects.filter(OPEN, created_at__lt=now - KEPT_WAITING)
    return sent.delete()[0] + old.delete()[0]


def forget(*, email: str = "", phone: str = "") -> int:
    """Everything that waits for this person."""
    addresses = [email.strip().lower()] if email.strip() else []
    rows = OpeningNotice.objects.filter(medium=OpeningNotice.Medium.EMAIL, address__in=addresses)
    count = rows.delete()[0]
    if tail := phones.tail(phone):
        count += OpeningNotice.objects.filter(medium=OpeningNotice.Medium.SMS, address__endswith=tail).delete()[0]
    return count


def _read(address: str) -> tuple[OpeningNotice.Medium, str]:
    address = address.strip()
    try:
        if "@" in address:
            validate_email(address)
            return OpeningNotice.Medium.EMAIL, address.lower()
        return OpeningNotice.Medium.SMS, phones.normal(address)
    except (ValueError, ValidationError) as error:
        told = _("This is neither an e-mail address nor a phone number. Examples: asha@example.com, 9841234567")
        raise Invalid(told, errors=[{"pointer": "/address", "code": "INVALID", "detail": told}]) from error
