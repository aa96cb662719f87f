"""Forgetting people: names and addresses go, from every table that has them; seats, tickets and money stay.

On request or by itself so long after the show. Invoices keep who they were written to, as the law wants of them.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db.models import F, Func, IntegerField, Model, Q, Value

from bookings.models import Booking, Favourite, HelpfulVote, Notice, Review
from bookings.models.promos import PromoUse
from bookings.services import openings
from payments import personal
from payments.models import Case, Payment, Refund, WebhookEvent
from showsewa import history
from showsewa.actors import Actor
from showsewa.models import StoredAnswer, User
from showsewa.promises import OPEN
from showsewa.transactions import use_case

BATCH, MOST_BATCHES = 200, 100


@dataclass(frozen=True, slots=True)
class Forgotten:
    """kept: bookings whose show is not over yet, or whose money is on its way."""

    erased: int
    kept: list[Booking]


def forget(bookings: Collection[Booking], *, now: datetime) -> Forgotten:
    """Erase who these bookings were for, as far as they are over, and the name under their reviews."""
    keys = sorted(booking.pk for booking in bookings)
    erased: set[uuid.UUID] = set()
    for start in range(0, len(keys), BATCH):
        erased |= _forget(keys[start : start + BATCH], before=now, now=now, asked=True)
    return Forgotten(len(erased), [booking for booking in bookings if booking.pk not in erased])


def forget_old(*, now: datetime) -> int:
    """The same by itself, for shows over so long ago (KEEP_PERSONAL_DAYS); reviews keep the name chosen for them."""
    before, done = now - timedelta(days=settings.KEEP_PERSONAL_DAYS), _forget_messages(now=now)
    for _batch in range(MOST_BATCHES):
        # Oldest first by their ids, which grow with time: nobody books after the show.
        rows = Booking.objects.filter(personal.PERSONAL, created_at__lt=before, showtime__ends_at__lt=before)
        keys = list(rows.exclude(personal.needed()).order_by("pk").values_list("pk", flat=True)[:BATCH])
        count = len(_forget(keys, before=before, now=now, asked=False)) if keys else 0
        done += count
        if count < BATCH:
            break
    return done


def close_account_of(email: str, *, actor: Actor) -> bool:
    """The same by its address, if it has bought nowhere but where the actor works."""
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None or not email.strip():
        return False
    elsewhere = Booking.objects.filter(user=user)
    if actor.cinema_ids is not None and elsewhere.exclude(showtime__cinema__in=actor.cinema_ids).exists():
        return False
    return close_account(user_id=user.pk)


@use_case
def close_account(*, user_id: uuid.UUID) -> bool:
    """Take an account of a customer out of use, under a name that is none. False for staff: their manager does it."""
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id, is_staff=False).order_by("pk").first()
    if user is None:
        return False
    openings.forget(email=user.email, phone=user.phone)
    EmailAddress.objects.filter(user=user).delete()
    Favourite.objects.filter(user=user).delete()
    HelpfulVote.objects.filter(user=user).delete()
    user.set_unusable_password()
    blank = {"email": f"erased-{user.pk}@erased.invalid", "first_name": "", "last_name": "", "phone": ""}
    tastes = {"city": "", "party": None, "digits": ""}
    User.objects.filter(pk=user.pk).update(**blank, **tastes, password=user.password, is_active=False)
    history.events(User).filter(pgh_obj_id=user.pk).update(**blank)
    LogEntry.objects.filter(object_id=str(user.pk)).update(object_repr=str(user.pk), change_message="")
    return True


@use_case
def _forget(keys: Collection[uuid.UUID], *, before: datetime, now: datetime, asked: bool) -> set[uuid.UUID]:
    """before: of shows that were over then. asked: somebody asked for it. Locks: the bookings by id."""
    rows = Booking.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=keys)
    rows = rows.filter(showtime__ends_at__lt=before).exclude(personal.needed())
    found = list(rows.order_by("pk").values_list("pk", flat=True))
    Booking.objects.filter(pk__in=found).update(name="", party_name="", email="", phone="", cancel_reason="")
    PromoUse.objects.filter(booking__in=found).update(persons=[])
    Notice.objects.filter(OPEN, booking__in=found).update(done_at=now)
    Notice.objects.filter(booking__in=found).update(facts={}, last_error="")
    refunds = Refund.objects.filter(payment__booking__in=found)
    _blank_with_history(Refund, list(refunds.values_list("pk", flat=True)), note="", last_error="")
    Case.objects.filter(Q(payment__booking__in=found) | Q(refund__in=refunds)).update(note="")
    if asked:  # what is old has no answers any more, and its messages are emptied by their age
        reviews = Review.objects.filter(booking__in=found)
        _blank_with_history(Review, list(reviews.values_list("pk", flat=True)), name="")
        for payment in Payment.objects.filter(booking__in=found).order_by("pk"):
            _forget_messages_of(payment)
        _forget_answers(found)
    return set(found)


def _blank_with_history(model: type[Model], keys: Collection[Any], **blank: str) -> None:
    """In the rows, and then in what the history keeps of them, this change included."""
    model._default_manager.filter(pk__in=keys).update(**blank)
    history.events(model).filter(pgh_obj_id__in=keys).update(**blank)


def _forget_answers(keys: Collection[uuid.UUID]) -> None:
    """What was answered to an Idempotency-Key and names one of these bookings."""
    for key in keys:
        place = Func(Value(str(key).encode()), F("body"), template="position(%(expressions)s)", arg_joiner=" in ")
        place.output_field = IntegerField()
        StoredAnswer.objects.alias(place=place).filter(place__gt=0).update(body=b"null")


def _forget_messages_of(payment: Payment) -> None:
    """Gateways write names and addresses into what they send: the settled messages of this payment are emptied."""
    named = Q(body__contains=payment.session)
    if payment.intent:
        named |= Q(body__contains=payment.intent)
    settled = WebhookEvent.objects.filter(
        named, gateway=payment.gateway, received_at__gte=payment.created_at, processed_at__isnull=False
    )
    settled.update(body="")


@use_case
def _forget_messages(*, now: datetime) -> int:
    """Settled messages so old are emptied whoever they speak of; that they came, and what became of it, stays."""
    old = now - timedelta(days=settings.KEEP_PERSONAL_DAYS)
    rows = WebhookEvent.objects.filter(received_at__lt=old, processed_at__isnull=False).exclude(body="")
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[: BATCH * MOST_BATCHES])
    return WebhookEvent.objects.filter(pk__in=keys).update(body="")
