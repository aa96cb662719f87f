"""Reading what somebody likes."""

import uuid
from typing import Any

from bookings.models import Favourite
from showsewa.actors import Actor


def of(user_id: uuid.UUID) -> list[Favourite]:
    """The newest first, with what they are of."""
    rows = Favourite.objects.filter(user=user_id).select_related("movie", "cinema")
    return list(rows.order_by("-pk"))


def has(actor: Actor, **thing: Any) -> bool:
    """thing: movie= or cinema=. False for whoever has no account."""
    return actor.user_id is not None and Favourite.objects.filter(user=actor.user_id, **thing).exists()
