"""Reviews on the movie page: those that helped most, and a form for those who were there."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bookings import reviews
from bookings.reviews import Item
from bookings.services import reviews as writing
from showsewa import limits, numerals
from showsewa.authentication import from_cookies
from showsewa.refusals import Invalid, NotFound
from venues import listings
from venues.models import Movie

_MOST = 5


class ReviewForm(forms.Form):
    """booking, key: of a ticket link, carried along."""

    rating = forms.IntegerField(min_value=1, max_value=5)
    text = forms.CharField(max_length=2000, required=False)
    booking = forms.UUIDField(required=False)
    key = forms.CharField(max_length=200, required=False)


@require_POST
def review(request: HttpRequest, movie_id: uuid.UUID) -> HttpResponse:
    actor = from_cookies(request)
    limits.check(actor, limits.address_of(request))
    movie, form = listings.movie(movie_id), ReviewForm(request.POST)
    if not form.is_valid():
        raise Invalid(numerals.said(_("Choose one to five stars, and write at most 2,000 characters.")))
    given = form.cleaned_data
    writing.write(
        actor=actor,
        item=Item(movie_id=movie.pk),
        rating=given["rating"],
        text=given["text"].replace("\r\n", "\n"),
        now=timezone.now(),
        booking_id=given["booking"],
        key=given["key"],
    )
    messages.success(request, _("Thank you. Your review is on this page."))
    return redirect(reverse("movie", args=[movie.pk]) + "#reviews")


@require_POST
def helpful(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """ "That helped me", or not after all, and back to where it stands."""
    actor = from_cookies(request)
    limits.check(actor, limits.address_of(request))
    one = writing.vote(review_id=review_id, actor=actor, is_helpful="undo" not in request.POST)
    if one.movie_id is None:
        raise NotFound(_("There is no such review."))
    return redirect(reverse("movie", args=[one.movie_id]) + f"#review-{one.pk}")


def of(request: HttpRequest, movie: Movie) -> dict[str, Any]:
    """What the movie page says of reviews. may_review: whether this visitor was there."""
    item, key, actor = Item(movie_id=movie.pk), request.GET.get("key", "")[:200], from_cookies(request)
    found = reviews.page(item, limit=_MOST).items
    booking = reviews.attended(
        actor, item, now=timezone.now(), booking_id=_uuid(request.GET.get("booking", "")), key=key
    )
    return {
        "standing": reviews.standing(item),
        "reviews": found,
        "helpful_to_me": reviews.voted(actor, found),
        "own_reviews": {one.pk for one in found if one.author == actor.key},
        "may_review": booking is not None,
        "own_review": reviews.own(booking, item) if booking else None,
        "review_booking": booking.pk if booking and key else "",
        "review_key": key,
        "stars": range(5, 0, -1),
    }


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
