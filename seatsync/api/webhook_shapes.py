"""What OpenAPI says about webhooks and the feed, with examples from real runs."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers as s

from seatsync.api.shapes import list_of, object_of, operation
from seatsync.models import Topic
from seatsync.subscriptions import Outcome, State

_TAGS = ["webhooks"]
_LIMIT = OpenApiParameter("limit", int, description="1 to 200, 50 if not given.")
_SECRET = s.CharField(help_text="Shown here and never again.")
_WEBHOOK: dict[str, Any] = {
    "id": s.UUIDField(),
    "url": s.CharField(),
    "topics": s.ListField(child=s.ChoiceField(choices=Topic.choices), help_text="Empty: all."),
    "status": s.ChoiceField(choices=[state.value for state in State]),
    "disabledReason": s.CharField(allow_null=True),
    "failingSince": s.DateTimeField(allow_null=True),
    "nextTryAt": s.DateTimeField(allow_null=True, help_text="While it fails."),
    "waiting": s.IntegerField(help_text="Deliveries still to be made."),
    "isTest": s.BooleanField(),
    "secretNumber": s.IntegerField(),
    "oldSecretUntil": s.DateTimeField(allow_null=True, help_text="Until then both secrets sign."),
    "createdAt": s.DateTimeField(),
}
_ONE = object_of("Webhook", **_WEBHOOK)
_ONE_WITH_SECRET = object_of("WebhookWithSecret", **_WEBHOOK, secret=_SECRET)
_EVENT: dict[str, Any] = {
    "id": s.UUIDField(help_text="The same in each delivery of this event."),
    "type": s.ChoiceField(choices=Topic.choices),
    "createdAt": s.DateTimeField(),
    "sequence": s.IntegerField(),
    "data": s.JSONField(),
}
_DELIVERY: dict[str, Any] = {
    "id": s.UUIDField(),
    "eventId": s.UUIDField(),
    "type": s.ChoiceField(choices=Topic.choices),
    "sequence": s.IntegerField(),
    "status": s.ChoiceField(choices=[outcome.value for outcome in Outcome]),
    "isReplay": s.BooleanField(),
    "attempts": s.IntegerField(),
    "createdAt": s.DateTimeField(),
    "triedAt": s.DateTimeField(allow_null=True),
    "deliveredAt": s.DateTimeField(allow_null=True),
    "body": object_of("DeliveredEvent", **_EVENT),
    "answerStatus": s.IntegerField(allow_null=True),
    "answerBody": s.CharField(help_text="Its beginning."),
    "tookMs": s.IntegerField(allow_null=True),
    "error": s.CharField(allow_null=True),
}
_MADE = {
    "id": "019ab1f0-7777-7000-8000-000000000007",
    "url": "https://pos.example.com/showsewa",
    "topics": ["seat.changed"],
    "status": "live",
    "disabledReason": None,
    "failingSince": None,
    "nextTryAt": None,
    "waiting": 0,
    "isTest": True,
    "secretNumber": 1,
    "oldSecretUntil": None,
    "createdAt": "2026-11-21T08:12:31.505Z",
    "secret": "whsec_AVh2XlDk6RK0ZC4yJmYWEUZJjP4XbnM7ZlQvJt3m8jI=",
}
_CHANGE = {
    "id": "019ab1f0-8888-7000-8000-000000000008",
    "type": "seat.changed",
    "createdAt": "2026-11-21T08:12:40.112Z",
    "sequence": 4711,
    "data": {
        "showtimeId": "019ab1f0-1111-7000-8000-000000000001",
        "version": 8,
        "previousVersion": 7,
        "action": "HOLD",
        "timestamp": "2026-11-21T08:12:40.112Z",
        "seats": [{"id": "seat_1", "label": "A1", "status": "HELD"}],
    },
}


def webhooks(body: Any) -> Any:
    return extend_schema_view(
        get=extend_schema(
            operation_id="listWebhooks",
            summary="Your webhooks",
            tags=_TAGS,
            responses={
                200: object_of(
                    "Webhooks", items=list_of("WebhookItem", **_WEBHOOK), nextCursor=s.CharField(allow_null=True)
                )
            },
        ),
        post=extend_schema(
            operation_id="createWebhook",
            summary="Be told at an address of yours",
            description=(
                "The secret is in this answer and in no other. The address must be public and https; it is looked up "
                "now and at each call. A test key makes a webhook for sandbox cinemas."
            ),
            tags=_TAGS,
            request=body,
            responses={201: _ONE_WITH_SECRET},
            examples=[
                OpenApiExample(
                    "Seat changes only",
                    value={"url": _MADE["url"], "topics": ["seat.changed"]},
                    request_only=True,
                ),
                OpenApiExample("Made", value=_MADE, response_only=True, status_codes=["201"]),
            ],
        ),
    )


def webhook(body: Any) -> Any:
    return extend_schema_view(
        get=extend_schema(operation_id="getWebhook", summary="One webhook", tags=_TAGS, responses={200: _ONE}),
        patch=extend_schema(
            operation_id="changeWebhook",
            summary="Change, disable or enable a webhook",
            description=(
                "Enabled again it goes on where it stopped; what was announced while it was disabled is in the feed "
                "and can be replayed."
            ),
            tags=_TAGS,
            request=body,
            responses={200: _ONE},
        ),
        delete=extend_schema(
            operation_id="deleteWebhook",
            summary="Delete a webhook and its log",
            tags=_TAGS,
            responses={200: object_of("WebhookDeleted", deleted=s.BooleanField())},
        ),
    )


ROTATE = operation(
    "post",
    "rotateWebhookSecret",
    "A new secret",
    tags=_TAGS,
    description="For 24 hours every message carries a signature of the old secret beside that of the new one.",
    request=None,
    responses={200: _ONE_WITH_SECRET},
)
TEST = operation(
    "post",
    "testWebhook",
    "Send a webhook.test to this webhook alone",
    tags=_TAGS,
    request=None,
    responses={202: object_of("WebhookTest", success=s.BooleanField(), type=s.CharField())},
)
DELIVERIES = operation(
    "get",
    "listWebhookDeliveries",
    "What was sent, and what was answered",
    tags=_TAGS,
    description="The newest first. `body` is what was sent; the bytes of a replay are the same, its signature is new.",
    parameters=[_LIMIT, OpenApiParameter("cursor", str, description="`nextCursor` of the page before.")],
    responses={
        200: object_of(
            "WebhookDeliveries",
            items=list_of("WebhookDelivery", **_DELIVERY),
            nextCursor=s.UUIDField(allow_null=True),
        )
    },
)
REPLAY = operation(
    "post",
    "replayWebhookDelivery",
    "Send one delivery again",
    tags=_TAGS,
    request=None,
    responses={202: object_of("ReplayedDelivery", **_DELIVERY)},
)


def replay_since(body: Any) -> Any:
    return operation(
        "post",
        "replayWebhookSince",
        "Send everything after a sequence again",
        tags=_TAGS,
        description="At most 5000 at a time, in order; go on from `lastSequence`. 410 EVENTS_GONE as in the feed.",
        request=body,
        responses={202: object_of("WebhookReplay", replayed=s.IntegerField(), lastSequence=s.IntegerField())},
    )


FEED = operation(
    "get",
    "listWebhookEvents",
    "Everything you may be told, in order",
    tags=_TAGS,
    description=(
        "The same events as your webhooks get, whether you have one or not. `sequence` ascends strictly and nothing is "
        "ever put in below a number you have read; numbers of other channels' events are missing from yours. Keep "
        "`lastSequence` and ask with it as `after`. Events are kept for 30 days: an `after` from before that is "
        "answered 410 `EVENTS_GONE` with `oldestSequence`."
    ),
    parameters=[
        _LIMIT,
        OpenApiParameter("after", int, description="The last sequence you have; 0 for all that is kept."),
        OpenApiParameter("cursor", int, description="`nextCursor` of the page before; the same as `after`."),
    ],
    responses={
        200: object_of(
            "WebhookEvents",
            items=list_of("WebhookEvent", **_EVENT),
            lastSequence=s.IntegerField(),
            nextCursor=s.CharField(allow_null=True, help_text="null: that is all for now."),
        )
    },
    examples=[
        OpenApiExample(
            "A seat was held",
            value={"items": [_CHANGE], "lastSequence": 4711, "nextCursor": None},
            response_only=True,
        )
    ],
)
SHOWTIME_EVENTS = extend_schema_view(
    get=extend_schema(operation_id="listShowtimeEvents", summary="The journal of a showtime, by its other address")
)
