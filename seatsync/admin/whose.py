"""Whose channels these are: which a person may see, and which belong to nobody else's cinemas."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet

from seatsync.models import OWN_COUNTER, OWN_WEB, Channel
from showsewa.admin.base import DeskAdmin, Evidence, is_wholly_of

OWN = (OWN_WEB, OWN_COUNTER)


def visible(site: admin.AdminSite, user: Any) -> QuerySet[Channel]:
    """As the list of channels shows them to this person."""
    shown: Any = site._registry[Channel]
    rows: QuerySet[Channel] = shown.bound(Channel.objects.all(), user)
    return rows


def wholly_theirs(site: admin.AdminSite, user: Any) -> QuerySet[Channel]:
    """Live channels of others than us, all of whose cinemas are this person's: theirs to give keys and webhooks to."""
    rows = visible(site, user).filter(is_active=True).exclude(pk__in=OWN)
    mine = [row.pk for row in rows.prefetch_related("cinemas") if is_wholly_of(row, user)]
    return rows.filter(pk__in=mine)


class OfChannels(Evidence, DeskAdmin):
    """Bound by whose channel it is. channel_path: from a row to its channel."""

    channel_path = "channel"

    def bound(self, rows: QuerySet, user: Any) -> QuerySet:
        if user.is_superuser:
            return rows
        return rows.filter(**{f"{self.channel_path}__in": visible(self.admin_site, user)})
