"""OP46: a channel's webhooks, the log of what was sent, sending it again, and the feed that misses nothing."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from seatsync import addresses, announcing, signing, subscriptions
from seatsync.api import webhook_shapes
from seatsync.api.records import Events
from seatsync.models import Delivery, Subscription, Topic
from showsewa import idempotency
from showsewa.apiview import ApiView
from showsewa.fields import Flag
from showsewa.paging import NewestFirst, Page
from showsewa.parsing import Text, parse

SCOPE = "webhooks:manage"


class FeedAsked(Page):
    after = serializers.IntegerField(min_value=0, max_value=2**63 - 1, default=0)
    cursor = serializers.IntegerField(min_value=0, max_value=2**63 - 1, required=False)


class NewWebhook(serializers.Serializer):
    url = Text(max_length=addresses.LONGEST)
    topics = serializers.ListField(
        child=serializers.ChoiceField(choices=Topic.choices),
        default=list,
        max_length=len(Topic),
        help_text="Empty: all.",
    )


class ChangedWebhook(serializers.Serializer):
    url = Text(max_length=addresses.LONGEST, required=False)
    topics = serializers.ListField(
        child=serializers.ChoiceField(choices=Topic.choices), required=False, max_length=len(Topic)
    )
    enabled = Flag(required=False, help_text="true also for one that backs off: it is tried at once.")


class Since(serializers.Serializer):
    after = serializers.IntegerField(min_value=0, max_value=2**63 - 1)


@webhook_shapes.webhooks(NewWebhook)
class Webhooks(ApiView):
    """Their address is looked up, so nothing here runs in one transaction with the stored answer."""

    scope = SCOPE

    def get(self, request: Request) -> Response:
        rows = list(subscriptions.of(self.actor))
        return Response({"items": _webhooks(rows), "nextCursor": None})

    def post(self, request: Request) -> Response:
        return _with_secret(self._create(request))

    @idempotency.once_apart
    def _create(self, request: Request) -> Response:
        body, actor = parse(NewWebhook, request), self.actor
        assert actor.channel_id is not None  # only a channel has the scope
        address = addresses.check(body["url"])
        made = subscriptions.create(
            channel_id=actor.channel_id, address=address, topics=body["topics"], is_test=actor.is_test
        )
        return Response(_webhooks([made])[0], status=201)


@webhook_shapes.webhook(ChangedWebhook)
class OneWebhook(ApiView):
    scope = SCOPE

    def get(self, request: Request, webhook_id: UUID) -> Response:
        return Response(_webhooks([subscriptions.find(self.actor, webhook_id)])[0])

    @idempotency.once_apart
    def patch(self, request: Request, webhook_id: UUID) -> Response:
        body = parse(ChangedWebhook, request)
        found = subscriptions.find(self.actor, webhook_id)
        address = addresses.check(body["url"]) if "url" in body else None
        changed = subscriptions.change(
            found.pk,
            address=address,
            topics=body.get("topics"),
            enable=body.get("enabled"),
            reason="by the channel",
            now=timezone.now(),
        )
        return Response(_webhooks([changed])[0])

    @idempotency.once
    def delete(self, request: Request, webhook_id: UUID) -> Response:
        subscriptions.delete(subscriptions.find(self.actor, webhook_id).pk)
        return Response({"deleted": True})


@webhook_shapes.ROTATE
class Rotate(ApiView):
    scope = SCOPE

    def post(self, request: Request, webhook_id: UUID) -> Response:
        return _with_secret(self._rotate(request, webhook_id))

    @idempotency.once
    def _rotate(self, request: Request, webhook_id: UUID) -> Response:
        found = subscriptions.find(self.actor, webhook_id)
        return Response(_webhooks([subscriptions.rotate(found.pk, now=timezone.now())])[0])


@webhook_shapes.TEST
class Test(ApiView):
    scope = SCOPE

    @idempotency.once
    def post(self, request: Request, webhook_id: UUID) -> Response:
        subscriptions.test(subscriptions.find(self.actor, webhook_id).pk, now=timezone.now())
        return Response({"success": True, "type": Topic.TEST.value}, status=202)


@webhook_shapes.DELIVERIES
class Deliveries(ApiView):
    scope = SCOPE

    def get(self, request: Request, webhook_id: UUID) -> Response:
        asked = NewestFirst().run_validation(request.query_params)
        found = subscriptions.find(self.actor, webhook_id)
        rows = subscriptions.log(found, before=asked.get("cursor"), limit=asked["limit"] + 1)
        items = rows[: asked["limit"]]
        more = items[-1].pk if len(rows) > len(items) else None
        return Response({"items": [_delivery(row) for row in items], "nextCursor": more})


@webhook_shapes.REPLAY
class Replay(ApiView):
    scope = SCOPE

    @idempotency.once
    def post(self, request: Request, webhook_id: UUID, delivery_id: UUID) -> Response:
        delivery = subscriptions.delivery_of(subscriptions.find(self.actor, webhook_id), delivery_id)
        return Response(_delivery(subscriptions.replay(delivery, now=timezone.now())), status=202)


@webhook_shapes.replay_since(Since)
class ReplaySince(ApiView):
    scope = SCOPE

    @idempotency.once
    def post(self, request: Request, webhook_id: UUID) -> Response:
        after = parse(Since, request)["after"]
        found = subscriptions.find(self.actor, webhook_id)
        count, last = subscriptions.replay_since(found.pk, after, now=timezone.now())
        return Response({"replayed": count, "lastSequence": last}, status=202)


@webhook_shapes.FEED
class WebhookEvents(ApiView):
    scope = SCOPE

    def get(self, request: Request) -> Response:
        asked = FeedAsked().run_validation(request.query_params)
        limit, after = asked["limit"], asked.get("cursor", asked["after"])
        rows = announcing.feed_of(self.actor, after=after, limit=limit + 1)
        items = rows[:limit]
        last = items[-1].sequence if items else after
        more = str(last) if len(rows) > limit else None
        events = [announcing.envelope(row) for row in items]
        return Response({"items": events, "lastSequence": last, "nextCursor": more})


@webhook_shapes.SHOWTIME_EVENTS
class ShowtimeEvents(Events):
    """One showtime's part of the feed, by version and complete from its first seat on."""


def _with_secret(response: Response) -> Response:
    """Put in after the answer was stored for its Idempotency-Key, so that no table ever holds a secret."""
    webhook = response.data
    return Response(
        webhook | {"secret": signing.secret(UUID(str(webhook["id"])), webhook["secretNumber"])},
        status=response.status_code,
        headers=dict(response.headers),
    )


def _webhooks(rows: list[Subscription]) -> list[dict[str, Any]]:
    waiting = subscriptions.waiting(rows)
    return [
        {
            "id": row.pk,
            "url": row.url,
            "topics": row.topics,
            "status": subscriptions.state(row).value,
            "disabledReason": row.disabled_reason or None,
            "failingSince": row.failing_since,
            "nextTryAt": row.due_at if row.attempts and row.disabled_at is None else None,
            "waiting": waiting.get(row.pk, 0),
            "isTest": row.is_test,
            "secretNumber": row.secret_number,
            "oldSecretUntil": row.old_secret_until,
            "createdAt": row.created_at,
        }
        for row in rows
    ]


def _delivery(row: Delivery) -> dict[str, Any]:
    return {
        "id": row.pk,
        "eventId": row.announcement_id,
        "type": row.announcement.topic,
        "sequence": row.sequence,
        "status": subscriptions.outcome(row).value,
        "isReplay": row.is_replay,
        "attempts": row.attempts,
        "createdAt": row.created_at,
        "triedAt": row.tried_at,
        "deliveredAt": row.done_at,
        "body": announcing.envelope(row.announcement),
        "answerStatus": row.answer_status,
        "answerBody": row.answer_body,
        "tookMs": row.took_ms,
        "error": row.last_error or None,
    }
