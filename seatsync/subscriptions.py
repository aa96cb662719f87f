"""Webhooks of channels: who is told where, the secret that proves it, and sending again what was sent."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from seatsync import announcing, signing
from seatsync.addresses import Address
from seatsync.models import Channel, ChannelNotice, Delivery, Subscription, Topic
from showsewa import ids
from showsewa.actors import Actor
from showsewa.refusals import Invalid, NotFound, Refusal
from showsewa.transactions import use_case
from venues.models import Cinema

MOST_LIVE = 10  # of a channel, test and live ones apart
MOST_REPLAYED = 5000


class TooManyWebhooks(Refusal):
    code = "TOO_MANY_WEBHOOKS"


class WebhookDisabled(Refusal):
    code = "WEBHOOK_DISABLED"


class State(StrEnum):
    LIVE = "live"
    FAILING = "failing"
    DISABLED = "disabled"


class Outcome(StrEnum):
    """What became of a delivery so far. FAILED: at the last try; it is tried again."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    LOST = "lost"


def state(row: Subscription) -> State:
    if row.disabled_at is not None:
        return State.DISABLED
    return State.LIVE if row.failing_since is None else State.FAILING


def outcome(row: Delivery) -> Outcome:
    if row.done_at is not None:
        return Outcome.LOST if row.answer_status is None else Outcome.DELIVERED
    return Outcome.WAITING if row.tried_at is None else Outcome.FAILED


def waiting(rows: Sequence[Subscription]) -> dict[UUID, int]:
    """How many deliveries are still to be made, by webhook."""
    open_ = Delivery.objects.filter(subscription__in=rows, done_at=None).values("subscription").order_by()
    return dict(open_.annotate(count=Count("pk")).values_list("subscription", "count"))


def of(actor: Actor) -> QuerySet[Subscription]:
    """A channel's own; a test key sees those made by test keys, a live key the live ones."""
    return Subscription.objects.filter(channel=actor.channel_id, is_test=actor.is_test).order_by("id")


def find(actor: Actor, subscription_id: UUID) -> Subscription:
    """Refuses: NotFound, also for another channel's."""
    found = of(actor).filter(pk=subscription_id).first()
    if found is None:
        raise NotFound(_("There is no such webhook."))
    return found


def log(subscription: Subscription, *, before: UUID | None, limit: int) -> list[Delivery]:
    """Its deliveries, the newest first. before: the last one already seen."""
    rows = Delivery.objects.select_related("announcement").filter(subscription=subscription)
    last = rows.filter(pk=before).first() if before is not None else None
    if last is not None:
        same = Q(created_at=last.created_at)
        lower = Q(sequence__lt=last.sequence) | Q(sequence=last.sequence, pk__lt=last.pk)
        rows = rows.filter(Q(created_at__lt=last.created_at) | (same & lower))
    return list(rows.order_by("-created_at", "-sequence", "-pk")[:limit])


def delivery_of(subscription: Subscription, delivery_id: UUID) -> Delivery:
    """Refuses: NotFound."""
    rows = Delivery.objects.select_related("announcement")
    found = rows.filter(subscription=subscription, pk=delivery_id).first()
    if found is None:
        raise NotFound(_("There is no such delivery."))
    return found


@use_case
def create(*, channel_id: UUID, address: Address, topics: Sequence[str], is_test: bool) -> Subscription:
    """Tell a channel at this address from now on. Refuses: TooManyWebhooks. Locks: the channel."""
    Channel.objects.select_for_update(no_key=True).order_by("pk").get(pk=channel_id)
    if Subscription.objects.filter(channel=channel_id, is_test=is_test).count() >= MOST_LIVE:
        raise TooManyWebhooks(_("A channel has at most %(most)d webhooks. Delete one first.") % {"most": MOST_LIVE})
    made = Subscription(id=ids.uuid7(), channel_id=channel_id, url=address.url, is_test=is_test)
    made.topics = sorted(set(topics))
    made.save(force_insert=True)
    made.refresh_from_db()
    return made


@use_case
def change(
    subscription_id: UUID,
    *,
    now: datetime,
    address: Address | None = None,
    topics: Sequence[str] | None = None,
    enable: bool | None = None,
    reason: str = "",
) -> Subscription:
    """Change what is given. Enabling it, or naming its address again, starts it over at once where it stopped; what
    was announced while it was disabled is in the feed. reason: why it is disabled.

    Whoever is just sending loses the lease, so a message may arrive twice. Locks: the webhook.
    """
    row = _lock(subscription_id)
    if address is not None:
        row.url = address.url
    if topics is not None:
        row.topics = sorted(set(topics))
    if enable or address is not None:
        row.due_at, row.attempts, row.failing_since = now, 0, None
    if enable is not None:
        row.disabled_at = None if enable else row.disabled_at or now
        row.disabled_reason = "" if enable else row.disabled_reason or reason[:255]
    row.save(update_fields=_CHANGED)
    return row


_CHANGED = ("url", "topics", "due_at", "attempts", "failing_since", "disabled_at", "disabled_reason")


@use_case
def delete(subscription_id: UUID) -> None:
    """With its log. Locks: the webhook."""
    row = _lock(subscription_id)
    Delivery.objects.filter(subscription=row).delete()
    row.delete()


@use_case
def rotate(subscription_id: UUID, *, now: datetime) -> Subscription:
    """A new secret; for a day the old one signs beside it. Locks: the webhook."""
    row = _lock(subscription_id)
    row.secret_number, row.old_secret_until = row.secret_number + 1, now + signing.OVERLAP
    row.save(update_fields=["secret_number", "old_secret_until"])
    return row


@use_case
def test(subscription_id: UUID, *, now: datetime) -> None:
    """Announce a `webhook.test` to this one alone, whatever its types. Refuses: WebhookDisabled, Invalid."""
    row = _live(subscription_id)
    cinema = Cinema.objects.filter(channels=row.channel_id, is_sandbox=row.is_test).order_by("pk").first()
    if cinema is None:
        raise Invalid(_("This channel has no cinema of that kind, so there is nothing to tell it of."))
    data = {"webhookId": str(row.pk), "message": "Hello from ShowSewa."}
    announcing.announce(Topic.TEST, cinema_id=cinema.pk, data=data, to=row.channel_id)
    _hurry(row, now=now)


@use_case
def replay(delivery: Delivery, *, now: datetime) -> Delivery:
    """Send one announcement again, the same bytes under the same id, newly signed. One still on its way is left so.

    Refuses: WebhookDisabled. Locks: the webhook.
    """
    row = _live(delivery.subscription_id)
    rows = Delivery.objects.select_related("announcement")
    waiting = rows.filter(subscription=row, announcement=delivery.announcement_id, done_at=None).first()
    _hurry(row, now=now)
    if waiting is not None:
        return waiting
    again = Delivery.objects.create(
        subscription=row, announcement_id=delivery.announcement_id, sequence=delivery.sequence, is_replay=True
    )
    return rows.get(pk=again.pk)


@use_case
def replay_since(subscription_id: UUID, after: int, *, now: datetime) -> tuple[int, int]:
    """Send everything after a number again that this webhook would be told; returns how many, and the last number.

    At most MOST_REPLAYED at a time. Refuses: WebhookDisabled, EventsGone. Locks: the webhook.
    """
    row = _live(subscription_id)
    announcing.check_kept(after)
    with connection.cursor() as cursor:
        given: dict[str, Any] = {"subscription": row.pk, "after": after, "most": MOST_REPLAYED, "is_replay": True}
        cursor.execute(_REPLAY, given)
        found = [sequence for (sequence,) in cursor.fetchall()]
    _hurry(row, now=now)
    return len(found), max(found, default=after)


_REPLAY = f"""
    {announcing.SEND} FROM seatsync_announcement n {announcing.AUDIENCE}
    WHERE s.id = %(subscription)s AND n.sequence > %(after)s AND NOT EXISTS (
        SELECT FROM seatsync_delivery d
        WHERE d.subscription_id = s.id AND d.announcement_id = n.id AND d.done_at IS NULL
    )
    ORDER BY n.sequence LIMIT %(most)s RETURNING sequence"""


@use_case
def give_up(subscription_id: UUID, *, lease: datetime, reason: str, now: datetime) -> bool:
    """Disable a webhook that cannot be reached, and promise its channel a mail. Only for who holds its lease."""
    mine = Subscription.objects.filter(pk=subscription_id, disabled_at=None, due_at=lease)
    if not mine.update(disabled_at=now, disabled_reason=reason[:255], due_at=now):
        return False
    row = Subscription.objects.select_related("channel").get(pk=subscription_id)
    if row.channel.contact:
        kind = ChannelNotice.Kind.WEBHOOK_DISABLED
        facts = {"url": row.url, "reason": reason, "since": announcing.stamp(row.failing_since or now)}
        ChannelNotice.objects.create(channel=row.channel, kind=kind, about=str(row.pk), facts=facts, due_at=now)
    return True


def _lock(subscription_id: UUID) -> Subscription:
    row = Subscription.objects.select_for_update(no_key=True).filter(pk=subscription_id).order_by("pk").first()
    if row is None:
        raise NotFound(_("There is no such webhook."))
    return row


def _live(subscription_id: UUID) -> Subscription:
    row = _lock(subscription_id)
    if row.disabled_at is not None:
        raise WebhookDisabled(_("This webhook is disabled. Enable it first."))
    return row


def _hurry(row: Subscription, *, now: datetime) -> None:
    """Somebody is waiting: one that was backing off tries again at once. A lease (no failed try) is left alone."""
    if row.attempts:
        Subscription.objects.filter(pk=row.pk).update(due_at=now)
