"""Writing a review, and hiding one."""

import uuid
from datetime import datetime

from django.utils.translation import gettext as _

from bookings import reviews
from bookings.models import Booking, HelpfulVote, Review
from bookings.reviews import Item
from showsewa.actors import Actor
from showsewa.refusals import Forbidden, Invalid, NotFound
from showsewa.transactions import use_case


class NotAttended(Forbidden):
    """Only somebody who was there may review: a confirmed booking of a show that is over."""

    code = "NOT_ATTENDED"


class SignInFirst(Forbidden):
    """Votes are counted by accounts: a browser without one could vote again and again."""

    code = "SIGN_IN_FIRST"


class OwnReview(Forbidden):
    """One's own review is helpful to others or not; that is theirs to say."""

    code = "OWN_REVIEW"


@use_case
def write(
    *,
    actor: Actor,
    item: Item,
    rating: int,
    text: str,
    now: datetime,
    booking_id: uuid.UUID | None = None,
    key: str = "",
) -> tuple[Review, bool]:
    """Say how it was, or say it anew; returns the review and whether it is the first. One that was hidden stays so.

    booking_id, key: of a ticket link, for who has nothing else. Locks: the review. Refuses: NotAttended.
    """
    booking = reviews.attended(actor, item, now=now, booking_id=booking_id, key=key)
    if booking is None:
        raise NotAttended(_("Only somebody who was there may review it: after the show, with a booking of their own."))
    author, said = reviews.author_of(booking), {"rating": rating, "text": text, "updated_at": now}
    rows = Review.objects.select_for_update(no_key=True).filter(author=author, **item.columns)
    known = rows.order_by("pk").first()
    if known is None:
        made = Review.objects.create(booking=booking, author=author, name=_name(booking), **item.columns, **said)
        return made, True
    for name, value in said.items():
        setattr(known, name, value)
    known.save(update_fields=list(said))
    return known, False


@use_case
def hide(*, review_id: uuid.UUID, reason: str, now: datetime) -> Review:
    """Take a review off the pages. Locks: the review. Refuses: NotFound, Invalid without a reason."""
    reason = reason.strip()
    if not reason:
        raise Invalid(_("Say why."))
    review = _locked(review_id)
    review.hidden_at, review.hidden_reason = now, reason
    review.save(update_fields=["hidden_at", "hidden_reason"])
    return review


@use_case
def show_again(*, review_id: uuid.UUID) -> Review:
    """Locks: the review. Refuses: NotFound."""
    review = _locked(review_id)
    review.hidden_at, review.hidden_reason = None, ""
    review.save(update_fields=["hidden_at", "hidden_reason"])
    return review


@use_case
def vote(*, review_id: uuid.UUID, actor: Actor, is_helpful: bool) -> Review:
    """Say that it helped, or take that back; twice is once. Refuses: NotFound, SignInFirst, OwnReview."""
    review = Review.objects.select_related("booking").filter(pk=review_id, hidden_at=None).first()
    if review is None:
        raise NotFound(_("There is no such review."))
    if actor.user_id is None:
        raise SignInFirst(_("Sign in to say that a review helped you: every person counts once."))
    if reviews.is_own(actor, review):
        raise OwnReview(_("This review is your own."))
    if is_helpful:
        # Two clicks at once are one row: the constraint decides, and the second is no error.
        HelpfulVote.objects.bulk_create([HelpfulVote(review=review, user_id=actor.user_id)], ignore_conflicts=True)
    else:
        HelpfulVote.objects.filter(review=review, user=actor.user_id).delete()
    return review


def _locked(review_id: uuid.UUID) -> Review:
    review = Review.objects.select_for_update(no_key=True).filter(pk=review_id).order_by("pk").first()
    if review is None:
        raise NotFound(_("There is no such review."))
    return review


def _name(booking: Booking) -> str:
    """A first name is enough for the world."""
    return (booking.name.split() or [""])[0][:40]
