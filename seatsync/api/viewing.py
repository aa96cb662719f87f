"""Who looks at a map: seats and prices as a channel sees them, or as everybody does; and what may be looked at."""

from uuid import UUID

from seatsync import feed
from seatsync.models import OWN_WEB
from showsewa.actors import Actor, Kind
from venues import sandbox


def look(showtime_id: UUID, actor: Actor) -> feed.Snapshot:
    """The seats as this actor may have them. Refuses: NotFound, also for a sandbox where live is, and the reverse."""
    sandbox.check_showtime(actor, showtime_id)
    return feed.snapshot(showtime_id, viewer=actor.channel_id or OWN_WEB)


def glance(showtime_id: UUID, actor: Actor) -> feed.Snapshot:
    """The same; what all people see alike is remembered between two changes."""
    if actor.kind == Kind.CHANNEL:
        return look(showtime_id, actor)
    sandbox.check_showtime(actor, showtime_id)
    return feed.current(showtime_id)


def changed(
    showtime_id: UUID, since: int, actor: Actor, *, limit: int
) -> tuple[int, list[tuple[int, str, str]] | None]:
    """As `feed.changed`, with the same refusals as `look`."""
    sandbox.check_showtime(actor, showtime_id)
    return feed.changed(showtime_id, since, viewer=actor.channel_id or OWN_WEB, limit=limit)


def tag(mark: str, actor: Actor) -> str:
    """The ETag of what was seen. A channel has its own allotments and prices, so what it saw is no one else's map."""
    if actor.kind != Kind.CHANNEL or actor.channel_id is None:
        return mark
    return f"{mark}.{actor.channel_id.hex[-12:]}.{actor.price_factor.normalize()}"
