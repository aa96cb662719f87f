"""OP40: reviews by people who were there."""

from typing import Any
from uuid import UUID

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
    cursor = serializers.UUIDField(required=False)


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
        page, standing = reviews.page(item, limit=terms["limit"], after=terms.get("cursor")), reviews.standing(item)
        return Response(
            {
                "average": standing.average,
                "count": standing.count,
                "items": [_shown(review) for review in page.items],
                "nextCursor": page.next,
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
        "createdAt": review.created_at,
        "updatedAt": review.updated_at,
    }
