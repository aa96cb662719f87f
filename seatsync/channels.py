"""Channels and their keys: `ssk_live_...` or `ssk_test_...`, random and so kept as a plain SHA-256."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from seatsync.models import Channel, ChannelKey
from showsewa.actors import Actor, Kind
from showsewa.transactions import use_case
from venues.models import Cinema

_USED_EVERY = timedelta(minutes=1)


@use_case
def issue_key(
    channel: Channel, *, scopes: Sequence[str], expires_at: datetime | None = None, token: str | None = None
) -> tuple[ChannelKey, str]:
    """Make a key and return it with its token, which nobody can read again. token: given for demo keys only."""
    word = "live" if settings.SHOWSEWA_MODE == "live" else "test"
    token = token or f"ssk_{word}_{secrets.token_urlsafe(32)}"
    key = ChannelKey.objects.create(
        channel=channel, prefix=token[:16], hash=digest(token), scopes=list(scopes), expires_at=expires_at
    )
    return key, token


@use_case
def revoke(key: ChannelKey, *, now: datetime) -> bool:
    """Refuse a key from now on; False when it had been revoked before."""
    return bool(ChannelKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now))


def actor_for(token: str, *, now: datetime) -> Actor | None:
    """The channel behind a bearer token, or None for one that is unknown, revoked or expired."""
    live = Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=now)) & Q(channel__is_active=True)
    key = ChannelKey.objects.select_related("channel").filter(live, hash=digest(token)).first()
    if key is None:
        return None
    if key.last_used_at is None or key.last_used_at < now - _USED_EVERY:
        ChannelKey.objects.filter(pk=key.pk).update(last_used_at=now)
    channel = key.channel
    return Actor(
        Kind.CHANNEL,
        str(channel.pk),
        channel.name,
        channel_id=channel.pk,
        scopes=frozenset(key.scopes),
        sources=tuple(channel.sources),
        cinema_ids=frozenset(channel.cinemas.values_list("pk", flat=True)),
    )


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@use_case
def let_in(actor: Actor, cinema: Cinema) -> None:
    """Whoever creates a cinema may act there: a channel always, and staff who are bound to cinemas."""
    if actor.channel_id is not None:
        cinema.channels.through.objects.create(channel_id=actor.channel_id, cinema=cinema)
    elif actor.cinema_ids is not None and actor.user_id is not None:
        cinema.staff.through.objects.create(user_id=actor.user_id, cinema=cinema)
