"""What a browser's guest has becomes the person's who signs in; their place in a rush goes along both ways."""

import uuid
from collections.abc import Collection

from django.db.models import Q
from django.db.models.functions import Lower

from bookings.models import Booking
from bookings.services import rooms
from seatsync.models import Source
from showsewa.actors import NOBODY, Actor, Kind
from showsewa.transactions import use_case

_GUESTS = Q(owner__startswith=f"{Kind.GUEST}:") | Q(owner__startswith=f"{Kind.SESSION}:")


@use_case
def join(*, user_id: uuid.UUID, emails: Collection[str], browser: Actor = NOBODY) -> int:
    """Returns how many bookings came. emails: proved to be this person's. browser: the guest they were until now.

    The browser that bought keeps its bookings too: it may be a friend's who typed this address. Its live holds go over
    whole, so that nobody loses their seats by signing in, nor their place in a rush; bookings under another address
    stay, browsers are shared.
    """
    if browser.kind == Kind.GUEST:
        person = _person(user_id)
        rooms.hand_over(giver=browser, taker=person)
        held = Booking.objects.filter(owner=browser.key, status=Booking.Status.HELD)
        held.update(owner=person.key, user=user_id)
    rows = Booking.objects.filter(_GUESTS, user=None, source=Source.SHOWSEWA, reference__isnull=False)
    rows = rows.exclude(email="").alias(address=Lower("email"))
    return rows.filter(address__in=[email.lower() for email in emails]).update(user=user_id)


@use_case
def part(*, user_id: uuid.UUID, browser: Actor) -> int:
    """Who signs out waits on in this browser, at the same place; everything else stays the account's.

    Moved and not copied, so that signing in and out makes no second place. Returns how many places went.
    """
    return rooms.hand_over(giver=_person(user_id), taker=browser)


def _person(user_id: uuid.UUID) -> Actor:
    return Actor(Kind.USER, str(user_id), user_id=user_id)
