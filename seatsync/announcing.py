"""Announcements: written with what they tell of, numbered later in one order under which no late commit can slip."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from seatsync.models import Announcement, Topic


def announce(
    topic: Topic, *, cinema_id: UUID, data: Mapping[str, Any], showtime_id: UUID | None = None, to: UUID | None = None
) -> None:
    """Tell the channels of a cinema, or one of them (`to`), when this transaction commits. Seat changes need no call:
    the journal queues them. data: JSON as the webhook carries it, ids as text, times as RFC 3339 in UTC.
    """
    Announcement.objects.create(
        topic=topic, cinema_id=cinema_id, showtime_id=showtime_id, channel_id=to, data=dict(data)
    )
