"""Whose rows a report may count, and which days: a day is the cinema's own, from its midnight to the next."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from seatsync.models import OWN_COUNTER, OWN_WEB, Channel
from showsewa.actors import Actor
from showsewa.refusals import Invalid, NotFound
from venues.models import Cinema

# No clock on earth is further from UTC: lets an index find the days of all zones at once.
_EASTMOST, _WESTMOST = timedelta(hours=14), timedelta(hours=12)

# The cinemas of a scope, each with the moments at which the period begins and ends there.
PLACES = """
    place AS MATERIALIZED (
        SELECT id, name, time_zone,
            %(first)s::date::timestamp AT TIME ZONE time_zone AS since,
            (%(last)s::date + 1)::timestamp AT TIME ZONE time_zone AS until
        FROM venues_cinema WHERE id = ANY(%(cinemas)s::uuid[])
    )"""


@dataclass(frozen=True, slots=True)
class Period:
    """Both days belong to it."""

    first: date
    last: date

    @classmethod
    def ending(cls, last: date, *, days: int) -> "Period":
        return cls(last - timedelta(days=days - 1), last)

    @classmethod
    def chosen(
        cls, first: date | None, last: date | None, *, today: date, days: int, most: int, is_ahead: bool = False
    ) -> "Period":
        """What was asked for, completed: `days` up to today, or from today on. Refuses: Invalid, also above `most`."""
        if is_ahead:
            first = first or min(today, last or today)
            last = last or first + timedelta(days=days - 1)
        else:
            last = last or max(today, first or today)
            first = first or last - timedelta(days=days - 1)
        if first > last:
            raise _not_a_period("/from", _("This day is after the last one."))
        if (last - first).days >= most:
            raise _not_a_period("/to", _("Choose at most %(most)d days.") % {"most": most})
        return cls(first, last)

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]


@dataclass(frozen=True, slots=True)
class Scope:
    """channel_id: whose sales alone are counted; None for staff, who see every channel's."""

    cinema_ids: tuple[uuid.UUID, ...]
    zones: tuple[str, ...]
    channel_id: uuid.UUID | None = None

    def today(self, now: datetime) -> date:
        """The newest date at any of its cinemas."""
        zones = self.zones or (settings.ADMIN_TIME_ZONE,)
        return max(now.astimezone(ZoneInfo(zone)).date() for zone in zones)

    def during(self, period: Period) -> dict[str, Any]:
        """What the statements of this package are asked with."""
        begin = datetime.combine(period.first, time(), UTC) - _EASTMOST
        end = datetime.combine(period.last, time(), UTC) + timedelta(days=1) + _WESTMOST
        return {
            "first": period.first,
            "last": period.last,
            "begin": begin,
            "end": end,
            "cinemas": list(self.cinema_ids),
            "channel": self.channel_id,
            "web": OWN_WEB,
            "counter": OWN_COUNTER,
        }


def of(actor: Actor, *, cinema: str = "") -> Scope:
    """What this actor may count. cinema: only this one, by id or short name. Refuses: NotFound, also for a foreign one.

    A live site's own figures leave its sandbox out, unless it is asked for by name.
    """
    rows = Cinema.objects.all() if actor.cinema_ids is None else Cinema.objects.filter(pk__in=actor.cinema_ids)
    if cinema:
        rows = rows.filter(_named(cinema))
    elif settings.IS_LIVE and not actor.is_test:
        rows = rows.filter(is_sandbox=False)
    found = list(rows.order_by("name").values_list("pk", "time_zone"))
    if cinema and not found:
        raise NotFound(_("There is no such cinema."))
    return Scope(tuple(key for key, _zone in found), tuple({zone for _key, zone in found}), actor.channel_id)


def cinemas(actor: Actor) -> list[Cinema]:
    """The choices of a filter."""
    rows = Cinema.objects.order_by("name")
    return list(rows if actor.cinema_ids is None else rows.filter(pk__in=actor.cinema_ids))


def outside_channels(scope: Scope) -> list[Channel]:
    """The active channels with keys that sell at these cinemas; for a channel itself."""
    rows = Channel.objects.filter(is_active=True).exclude(pk__in=[OWN_WEB, OWN_COUNTER])
    if scope.channel_id is not None:
        return list(rows.filter(pk=scope.channel_id))
    at = Channel.cinemas.through.objects.filter(cinema__in=scope.cinema_ids).values("channel")
    return list(rows.filter(pk__in=at).order_by("name"))


def ask(statement: str, given: dict[str, Any]) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _named(cinema: str) -> Q:
    try:
        return Q(pk=uuid.UUID(cinema))
    except ValueError:
        return Q(slug=cinema)


def _not_a_period(pointer: str, text: str) -> Invalid:
    return Invalid(text, errors=[{"pointer": pointer, "code": "INVALID", "detail": text}])
