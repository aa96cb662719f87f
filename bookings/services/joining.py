"""Bookings made as a guest come to the account of the person whose address they were sold to, once it is proved."""

import uuid
from collections.abc import Collection

from django.db.models import Q
from django.db.models.functions import Lower

from bookings.models import Booking
from seatsync.models import Source
from showsewa.actors import NOBODY, Actor, Kind
from showsewa.transactions import use_case

_GUESTS = Q(owner__startswith=f"{Kind.GUEST}:") | Q(owner__startswith=f"{Kind.SESSION}:")


@use_case
def join(*, user_id: uuid.UUID, emails: Collection[str], browser: Actor = NOBODY) -> int:
    """Returns how many came. emails: proved to be this person's. browser: the guest they were until now.

    The browser that bought keeps its bookings too: it may be a friend's who typed this address. Its live holds go over
    whole, so that nobody loses their seats by signing in; bookings under another address stay, browsers are shared.
    """
    if browser.kind == Kind.GUEST:
        held = Booking.objects.filter(owner=browser.key, status=Booking.Status.HELD)
        held.update(owner=f"{Kind.USER}:{user_id}", user=user_id)
    rows = Booking.objects.filter(_GUESTS, user=None, source=Source.SHOWSEWA, reference__isnull=False)
    rows = rows.exclude(email="").alias(address=Lower("email"))
    return rows.filter(address__in=[email.lower() for email in emails]).update(user=user_id)
