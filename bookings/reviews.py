"""Reading reviews: what people who were there thought, and who may say so."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Avg, Count, Q, QuerySet
from django.db.models.enums import TextChoices

from bookings import selectors
from bookings.models import Booking, HelpfulVote, Review
from seatsync.models import Source
from showsewa.actors import Actor
from showsewa.refusals import NotFound


@dataclass(frozen=True, slots=True)
class Item:
    """What a review is about: a movie or a cinema. The other is None."""

    movie_id: uuid.UUID | None = None
    cinema_id: uuid.UUID | None = None

    @property
    def as_shown(self) -> Q:
        """The showtimes at which one has seen it."""
        return Q(showtime__movie=self.movie_id) if self.movie_id else Q(showtime__cinema=self.cinema_id)

    @property
    def columns(self) -> dict[str, uuid.UUID | None]:
        return {"movie_id": self.movie_id} if self.movie_id else {"cinema_id": self.cinema_id}


@dataclass(frozen=True, slots=True)
class Standing:
    """average: with one decimal, None without reviews."""

    average: Decimal | None
    count: int


class Sort(TextChoices):
    """HELPFUL: what most found so comes first, and among equals the newest."""

    HELPFUL = "helpful"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Place:
    """The last review of a page, where the next begins. As text it is a cursor."""

    helpful: int
    review_id: uuid.UUID

    def __str__(self) -> str:
        return f"{self.helpful}.{self.review_id}"

    @classmethod
    def read(cls, text: str) -> "Place":
        """Raises: ValueError."""
        helpful, _dot, key = text.partition(".")
        return cls(int(helpful), uuid.UUID(key))


@dataclass(frozen=True, slots=True)
class Page:
    items: Sequence[Review]
    next: Place | None


def standing(item: Item) -> Standing:
    found = shown(item).order_by().aggregate(average=Avg("rating"), count=Count("pk"))
    average = None if found["average"] is None else round(Decimal(found["average"]), 1)
    return Standing(average, found["count"])


def shown(item: Item) -> QuerySet[Review]:
    """Those that nobody hid, the newest first."""
    return Review.objects.filter(hidden_at=None, **item.columns).order_by("-id")


def page(item: Item, *, limit: int, after: Place | None = None, sort: Sort = Sort.HELPFUL) -> Page:
    """Each with `helpful`, how many found it so."""
    rows = shown(item).annotate(helpful=Count("votes"))
    if sort == Sort.HELPFUL:
        rows = rows.order_by("-helpful", "-id")
    if after is not None:
        further = Q(id__lt=after.review_id)
        if sort == Sort.HELPFUL:
            further = Q(helpful__lt=after.helpful) | Q(helpful=after.helpful) & further
        rows = rows.filter(further)
    found = list(rows[: limit + 1])
    items = found[:limit]
    is_more = len(found) > limit
    return Page(items, Place(_helpful(items[-1]), items[-1].pk) if is_more else None)


def helpful(review: Review) -> int:
    """How many found it so."""
    return HelpfulVote.objects.filter(review=review).count()


def voted(actor: Actor, items: Sequence[Review]) -> frozenset[uuid.UUID]:
    """Those of them the actor found helpful."""
    if actor.user_id is None:
        return frozenset()
    votes = HelpfulVote.objects.filter(user=actor.user_id, review__in=items)
    return frozenset(votes.values_list("review_id", flat=True))


def is_own(actor: Actor, review: Review) -> bool:
    """Written by this person, as a guest too, where their account has that booking. Needs the review's booking."""
    return review.author == actor.key or (actor.user_id is not None and review.booking.user_id == actor.user_id)


def _helpful(review: Review) -> int:
    counted: int = review.helpful  # type: ignore[attr-defined]
    return counted


def attended(
    actor: Actor, item: Item, *, now: datetime, booking_id: uuid.UUID | None = None, key: str = ""
) -> Booking | None:
    """A confirmed booking of a show of it that is over: the actor's own, or the one whose ticket link they hold."""
    over = Booking.objects.filter(
        item.as_shown, status=Booking.Status.CONFIRMED, showtime__ends_at__lte=now, showtime__cancelled_at=None
    )
    if booking_id is not None and key:
        try:
            by_link = selectors.booking_for(actor, booking_id, key=key)
        except NotFound:
            return None
        return over.filter(pk=by_link.pk).first()
    if not actor.id:
        return None
    return over.filter(owner=actor.key, source=Source.SHOWSEWA).order_by("-confirmed_at").first()


def own(booking: Booking, item: Item) -> Review | None:
    """What its owner wrote before."""
    return Review.objects.filter(author=author_of(booking), **item.columns).first()


def author_of(booking: Booking) -> str:
    """Sold at a counter or by a platform, a booking's owner is whoever sold it; then the ticket itself speaks."""
    return booking.owner if booking.source == Source.SHOWSEWA else f"booking:{booking.pk}"
