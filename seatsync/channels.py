"""Channels and their keys: `ssk_live_...` or `ssk_test_...`, random and so kept as a plain SHA-256."""

import hashlib
import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from seatsync.models import Channel, ChannelKey, Subscription
from showsewa.actors import Actor, Kind
from showsewa.refusals import Forbidden, Invalid, Refusal
from showsewa.transactions import use_case
from venues.models import Cinema

MOST_LIVE_KEYS = 2  # of each kind: the one in use and the one that replaces it
_USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Account:
    """What a key is told of itself. cinemas: those it reaches."""

    channel: Channel
    key: ChannelKey
    cinemas: list[Cinema]


class TooManyKeys(Refusal):
    code = "TOO_MANY_KEYS"


class AddressNotAllowed(Forbidden):
    code = "ADDRESS_NOT_ALLOWED"


@use_case
def issue_key(
    channel: Channel,
    *,
    scopes: Sequence[str],
    now: datetime,
    is_test: bool | None = None,
    expires_at: datetime | None = None,
    addresses: Sequence[str] = (),
    token: str | None = None,
) -> tuple[ChannelKey, str]:
    """Make a key and return it with its token, which nobody can read again. token: given for demo keys only.

    is_test: None means what this site makes by itself, live keys on a live one. addresses: IPs or networks.
    Refuses: TooManyKeys beyond two live ones of a kind, Invalid for an address. Locks: the channel.
    """
    is_test = not settings.IS_LIVE if is_test is None else is_test
    Channel.objects.select_for_update(no_key=True).order_by("pk").get(pk=channel.pk)
    live = ChannelKey.objects.filter(_is_live(now), channel=channel, is_test=is_test)
    if live.count() >= MOST_LIVE_KEYS:
        raise TooManyKeys(_("This channel has two live keys already. Revoke one first."))
    token = token or f"ssk_{'test' if is_test else 'live'}_{secrets.token_urlsafe(32)}"
    key = ChannelKey.objects.create(
        channel=channel,
        prefix=token[:16],
        hash=digest(token),
        scopes=list(scopes),
        is_test=is_test,
        expires_at=expires_at,
        addresses=[_network(address) for address in addresses],
    )
    return key, token


@use_case
def revoke(key: ChannelKey, *, now: datetime) -> bool:
    """Refuse a key from now on; False when it had been revoked before."""
    return bool(ChannelKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now))


def actor_for(token: str, *, now: datetime, address: str = "") -> Actor | None:
    """The channel behind a bearer token, or None for one that is unknown, revoked or expired.

    address: the caller's. Refuses: AddressNotAllowed where the key names others.
    """
    rows = ChannelKey.objects.select_related("channel")
    key = rows.filter(_is_live(now), channel__is_active=True, hash=digest(token)).first()
    if key is None:
        return None
    if key.addresses and not _is_among(address, key.addresses):
        raise AddressNotAllowed(_("This key may not be used from this address."))
    if key.last_used_at is None or key.last_used_at < now - _USED_EVERY:
        ChannelKey.objects.filter(pk=key.pk).update(last_used_at=now)
    channel = key.channel
    cinemas = channel.cinemas.filter(is_sandbox=key.is_test)
    return Actor(
        Kind.CHANNEL,
        str(channel.pk),
        channel.name,
        channel_id=channel.pk,
        key_id=key.pk,
        scopes=frozenset(key.scopes),
        sources=tuple(channel.sources),
        cinema_ids=frozenset(cinemas.values_list("pk", flat=True)),
        is_test=key.is_test,
        price_factor=price_factor(channel),
    )


def of(actor: Actor) -> Account:
    """Refuses: Forbidden for who is no channel."""
    key = ChannelKey.objects.select_related("channel").filter(pk=actor.key_id).first() if actor.key_id else None
    if key is None:
        raise Forbidden(_("This is for keys of channels."))
    cinemas = Cinema.objects.filter(pk__in=actor.cinema_ids or ()).order_by("city", "name")
    return Account(key.channel, key, list(cinemas))


def price_factor(channel: Channel) -> Decimal:
    """What a channel's sales cost, as a share of the list price."""
    sign = {Channel.Pricing.MARKUP: 1, Channel.Pricing.NET: -1}.get(Channel.Pricing(channel.pricing), 0)
    return 1 + sign * channel.percent / 100


def _is_live(now: datetime) -> Q:
    return Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=now))


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text.strip(), strict=False))
    except ValueError:
        raise Invalid(_("%(text)s is neither an IP address nor a network.") % {"text": text})


def _is_among(address: str, networks: Sequence[str]) -> bool:
    try:
        caller = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(caller in ipaddress.ip_network(network) for network in networks)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@use_case
def lose_webhooks(actor: Actor, count: int) -> None:
    """Sandbox: drop the next so many deliveries to each address of a test key's channel."""
    if actor.is_test:
        Subscription.objects.filter(channel=actor.channel_id, is_test=True).update(to_lose=count)


@use_case
def let_in(actor: Actor, cinema: Cinema) -> None:
    """Whoever creates a cinema may act there: a channel always, and staff who are bound to cinemas."""
    if actor.channel_id is not None:
        cinema.channels.through.objects.create(channel_id=actor.channel_id, cinema=cinema)
    elif actor.cinema_ids is not None and actor.user_id is not None:
        cinema.staff.through.objects.create(user_id=actor.user_id, cinema=cinema)
