"""OP40: reviews by people who were there."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_view, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from bookings import reviews
from bookings.api.access import link_key
from bookings.models import Review
from bookings.reviews import Item
from bookings.services import reviews as writing
from showsewa import idempotency
from showsewa.actors import Actor
from showsewa.apiview import ApiView
from showsewa.parsing import Text, asked, parse
from venues import catalogue

MOVIE, THEATRE = "movie", "theatre"


class ReviewedItem(serializers.Serializer):
    itemType = serializers.ChoiceField(choices=[MOVIE, THEATRE])
    itemId = serializers.UUIDField()


class ReviewsAsked(ReviewedItem):
    limit = serializers.IntegerField(min_value=1, max_value=200, default=50)
    cursor = serializers.CharField(max_length=60, required=False)
    sort = serializers.ChoiceField(choices=reviews.Sort.values, default=reviews.Sort.HELPFUL)

    def validate_cursor(self, text: str) -> reviews.Place:
        try:
            return reviews.Place.read(text)
        except ValueError as error:
            raise serializers.ValidationError(_("This is no cursor of ours.")) from error


class NewReview(ReviewedItem):
    rating = serializers.IntegerField(min_value=1, max_value=5)
    review = Text(max_length=2000, allow_blank=True, default="")
    bookingId = serializers.UUIDField(required=False, help_text="With `?key=` of its ticket link, for who has no more.")


_ONE: dict[str, Any] = {
    "id": serializers.UUIDField(),
    "itemType": serializers.ChoiceField(choices=[MOVIE, THEATRE]),
    "itemId": serializers.UUIDField(),
    "rating": serializers.IntegerField(),
    "review": serializers.CharField(),
    "author": serializers.CharField(help_text="A first name, or nothing."),
    "helpful": serializers.IntegerField(help_text="How many people found it so."),
    "createdAt": serializers.DateTimeField(),
    "updatedAt": serializers.DateTimeField(),
}
_WRITTEN = inline_serializer("Review", dict(_ONE))
_PAGE: dict[str, Any] = {
    "average": serializers.FloatField(allow_null=True),
    "count": serializers.IntegerField(),
    "items": inline_serializer("ReviewRow", dict(_ONE), many=True),
    "nextCursor": serializers.CharField(allow_null=True),
}
_SENT = {"itemType": "movie", "itemId": "019ab1f0-2222-7000-8000-000000000002", "rating": 5, "review": "Wonderful."}


@extend_schema_view(
    get=extend_schema(
        operation_id="listReviews",
        summary="What people thought of a movie or theatre",
        tags=["reviews"],
        parameters=[
            OpenApiParameter("itemType", str, required=True, enum=[MOVIE, THEATRE]),
            OpenApiParameter("itemId", str, required=True),
            OpenApiParameter("limit", int, description="1 to 200, 50 if not given."),
            OpenApiParameter("cursor", str, description="`nextCursor` of the page before."),
            OpenApiParameter("sort", str, enum=reviews.Sort.values, description="`helpful` if not given."),
        ],
        responses={200: inline_serializer("ReviewPage", _PAGE)},
    ),
    post=extend_schema(
        operation_id="writeReview",
        summary="Say how it was, or say it anew",
        description=(
            "For somebody who was there: a confirmed booking of their own, of a show that is over, else 403 "
            "`NOT_ATTENDED`. One a person and thing; the second replaces the first (200 instead of 201)."
        ),
        tags=["reviews"],
        parameters=[OpenApiParameter("key", str, description="Of a ticket link, with `bookingId`.")],
        request=NewReview,
        responses=dict.fromkeys((200, 201), _WRITTEN),
        examples=[OpenApiExample("Request", value=_SENT, request_only=True)],
    ),
)
class Reviews(ApiView):
    """A key reads; people write."""

    is_public = True
    is_booking = True

    @property
    def scope(self) -> str:  # type: ignore[override]
        return "" if self.request.method == "POST" else "inventory:read"

    def get(self, request: Request) -> Response:
        terms = asked(ReviewsAsked, request)
        item = _item(self.actor, terms)
        page = reviews.page(item, limit=terms["limit"], after=terms.get("cursor"), sort=reviews.Sort(terms["sort"]))
        standing = reviews.standing(item)
        return Response(
            {
                "average": standing.average,
                "count": standing.count,
                "items": [_shown(review) for review in page.items],
                "nextCursor": None if page.next is None else str(page.next),
            }
        )

    @idempotency.once
    def post(self, request: Request) -> Response:
        body = parse(NewReview, request)
        review, is_new = writing.write(
            actor=self.actor,
            item=_item(self.actor, body),
            rating=body["rating"],
            text=body["review"],
            now=self.now,
            booking_id=body.get("bookingId"),
            key=link_key(request),
        )
        return Response(_shown(review), status=201 if is_new else 200)


_VOTED = inline_serializer(
    "HelpfulVote",
    {"id": serializers.UUIDField(), "helpful": serializers.IntegerField(), "isHelpfulToMe": serializers.BooleanField()},
)


@extend_schema_view(
    post=extend_schema(
        operation_id="voteHelpful",
        summary="A review helped you",
        description="For people with an account, once a person and never for one's own; twice is once.",
        tags=["reviews"],
        request=None,
        responses={200: _VOTED},
    ),
    delete=extend_schema(
        operation_id="unvoteHelpful",
        summary="It did not, after all",
        tags=["reviews"],
        request=None,
        responses={200: _VOTED},
    ),
)
class Helpful(ApiView):
    """People alone; who of them, `services.reviews` says."""

    is_public = True
    is_booking = True

    @idempotency.once
    def post(self, request: Request, review_id: UUID) -> Response:
        return self._vote(review_id, is_helpful=True)

    @idempotency.once
    def delete(self, request: Request, review_id: UUID) -> Response:
        return self._vote(review_id, is_helpful=False)

    def _vote(self, review_id: UUID, *, is_helpful: bool) -> Response:
        review = writing.vote(review_id=review_id, actor=self.actor, is_helpful=is_helpful)
        return Response({"id": review.pk, "helpful": reviews.helpful(review), "isHelpfulToMe": is_helpful})


def _item(actor: Actor, named: dict[str, Any]) -> Item:
    """Refuses: NotFound for what the actor may not know of."""
    key: UUID = named["itemId"]
    if named["itemType"] == MOVIE:
        return Item(movie_id=catalogue.movie(actor, key).pk)
    return Item(cinema_id=catalogue.cinema(actor, key).pk)


def _shown(review: Review) -> dict[str, Any]:
    return {
        "id": review.pk,
        "itemType": MOVIE if review.movie_id else THEATRE,
        "itemId": review.movie_id or review.cinema_id,
        "rating": review.rating,
        "review": review.text,
        "author": review.name,
        "helpful": review.helpful if hasattr(review, "helpful") else reviews.helpful(review),
        "createdAt": review.created_at,
        "updatedAt": review.updated_at,
    }
