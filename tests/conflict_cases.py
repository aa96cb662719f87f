"""Seats sold twice, as channels bring them about, for tests of what becomes of them."""

from typing import Any

from django.utils import timezone

from payments.services import conflicts
from seatsync.models import Announcement, Conflict
from tests import cast, purchase
from tests.conftest import Api


def report(token: str, stage: cast.Stage, *seats: str, reference: str, source: str) -> list[dict[str, Any]]:
    """A channel says it sold these seats; returns the results."""
    lines = [
        {"seatNumber": seat, "status": "BOOKED", "bookingSource": source, "bookingReference": reference}
        for seat in seats
    ]
    answer = Api(token).post("/seat-sync/bulk-update", {"showtimeId": stage.path, "seatUpdates": lines})
    assert answer.status_code in (200, 207), answer.content
    results: list[dict[str, Any]] = answer.json()["data"]["results"]
    return results


def pos_against_web(
    api: Api, stage: cast.Stage, *, till: str, seats: tuple[str, ...] = ("A1",)
) -> tuple[Any, Conflict]:
    """Asha bought on the website, then the theatre's own system sold her first seat in the hall."""
    bought = purchase.buy(api, stage, *seats)
    report(till, stage, seats[0], reference="POS-1", source="WALK_IN")
    return bought, Conflict.objects.get()


def pos_against_platform(stage: cast.Stage, *, till: str, moviepass: str, seats: tuple[str, ...] = ("A1",)) -> Conflict:
    """The platform sold first, then the hall: the holder is a channel."""
    report(moviepass, stage, *seats, reference="MP-1", source="OTHER_PLATFORM")
    report(till, stage, seats[0], reference="POS-1", source="WALK_IN")
    return Conflict.objects.get()


def platform_against_pos(stage: cast.Stage, *, till: str, moviepass: str) -> Conflict:
    """The hall sold first: the reporter is a platform, and loses."""
    report(till, stage, "A1", reference="POS-1", source="WALK_IN")
    report(moviepass, stage, "A1", reference="MP-1", source="OTHER_PLATFORM")
    return Conflict.objects.get()


def ring() -> int:
    """What beat does every few seconds."""
    return conflicts.solve_waiting(now=timezone.now())


def told(topic: str) -> list[tuple[str, dict[str, Any]]]:
    """(channel's name, data) of the announcements of one kind."""
    rows = Announcement.objects.filter(topic=topic, channel__isnull=False).select_related("channel").order_by("id")
    return [(row.channel.name, row.data) for row in rows if row.channel]
