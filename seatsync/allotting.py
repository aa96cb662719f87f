"""Allotments: seats of a showtime that one channel alone may sell, until some time before the start (JOB-9)."""

import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import OperationalError, connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from seatsync import announcing, inventory, on_sale
from seatsync.models import Allotment, Channel, SeatStatus, ShowInventory, ShowSeat, Topic
from showsewa import ids
from showsewa.actors import SYSTEM, Actor, Kind
from showsewa.refusals import Invalid, NotFound, Refusal
from showsewa.transactions import use_case
from venues.models import SeatType

logger = logging.getLogger(__name__)

MOST_SEATS = 5000
LONGEST_RELEASE = 60 * 24 * 60  # minutes: two months

# Whoever needs one of these needs just that one: they are given by name, never by percentage.
_BY_NAME_ONLY = [SeatType.WHEELCHAIR, SeatType.COMPANION]


class AllotmentReturned(Refusal):
    code = "ALLOTMENT_RETURNED"


@dataclass(frozen=True, slots=True)
class _Place:
    label: str
    price: Decimal
    ordinal: int
    row: tuple[str, str]


@use_case
def give(
    *,
    showtime_id: uuid.UUID,
    channel: Channel,
    seats: Sequence[str] = (),
    percent: int | None = None,
    release_minutes: int = 120,
    actor: Actor,
    now: datetime,
) -> Allotment:
    """Keep seats (labels or public ids) of a showtime for a channel, or a percentage of them chosen by `choose`.

    Refuses: NotFound (also a cinema not the actor's), Invalid, SeatsUnavailable naming what is taken, blocked or
    allotted. Locks: seats by id.
    """
    showtime = _open_showtime(showtime_id, channel, actor)
    release_at = showtime.showtime.starts_at - timedelta(minutes=_checked(release_minutes))
    if release_at <= now:
        raise Invalid(_("These seats would have gone back already: it is too near the start."))
    if (percent is None) == (not seats):
        raise Invalid(_("Choose seats, or give a percentage."))
    wanted = list(dict.fromkeys(seats)) or choose(showtime, percent or 0)
    if len(wanted) > MOST_SEATS:
        raise Invalid(_("Choose at most %(most)d seats.") % {"most": MOST_SEATS})
    allotment = Allotment(
        id=ids.uuid7(),
        showtime=showtime,
        channel=channel,
        percent=percent,
        release_minutes=release_minutes,
        release_at=release_at,
        actor=actor.key,
    )
    cause = inventory.Cause(actor, reference=str(allotment.pk), reason=f"to {channel.name}")
    keys = inventory.find(showtime.pk, wanted)
    change = inventory.allot(showtime.pk, keys, to=channel.pk, cause=cause)
    allotment.seat_labels = [seat.label for seat in change.seats]
    allotment.save(force_insert=True)
    return allotment


def choose(showtime: ShowInventory, percent: int) -> list[str]:
    """Labels of a share of the house: the cheapest seats first, among them the back row first, each row from the left.

    The same free seats give the same choice. Seats for wheelchairs and companions are left to all. The share is of
    the whole house, rounded down, at least one seat. Refuses: Invalid when fewer are free.
    """
    if not 1 <= percent <= 100:
        raise Invalid(_("The percentage is between 1 and 100."))
    count = max(showtime.seat_count * percent // 100, 1)
    free = _free(showtime.pk)
    if len(free) < count:
        told = _("%(percent)d %% are %(count)d seats, and only %(free)d are free.")
        raise Invalid(told % {"percent": percent, "count": count, "free": len(free)})
    depth: dict[tuple[str, str], int] = {}
    for place in free:  # rows come from the screen backwards, so a later one is farther back
        depth.setdefault(place.row, place.ordinal)
    chosen = sorted(free, key=lambda place: (place.price, -depth[place.row], place.ordinal))[:count]
    return [place.label for place in chosen]


@use_case
def take_back(*, allotment_id: uuid.UUID, actor: Actor, now: datetime) -> Allotment:
    """Give what is left of an allotment to everybody and tell its channel; what it has sold stays sold.

    Refuses: NotFound, AllotmentReturned. Locks: the allotment, its seats by id.
    """
    rows = Allotment.objects.select_for_update(no_key=True, of=("self",)).select_related("showtime__showtime")
    allotment = rows.filter(pk=allotment_id).order_by("pk").first()
    if allotment is None or not actor.reaches(allotment.showtime.showtime.cinema_id):
        raise NotFound(_("There is no such allotment."))
    if allotment.released_at is not None:
        raise AllotmentReturned(_("These seats have gone back already."))
    showtime_id = allotment.showtime_id
    cause = inventory.Cause(actor, reference=str(allotment.pk), reason="allotment ends")
    keys = inventory.find(showtime_id, allotment.seat_labels)
    change = inventory.take_back(showtime_id, keys, to=allotment.channel_id, cause=cause)
    allotment.released_at = now
    allotment.save(update_fields=["released_at"])
    unsold = [seat.label for seat in change.seats if seat.status == SeatStatus.AVAILABLE]
    announcing.announce(
        Topic.ALLOTMENT_RETURNED,
        cinema_id=allotment.showtime.showtime.cinema_id,
        showtime_id=showtime_id,
        to=allotment.channel_id,
        data={
            "allotmentId": str(allotment.pk),
            "showtimeId": str(showtime_id),
            "seats": list(allotment.seat_labels),
            "unsoldSeats": unsold,
            "version": change.version or None,
        },
    )
    return allotment


def return_due(*, now: datetime) -> int:
    """JOB-9: take back what has come to its time, and return how many allotments that were."""
    _keep_in_step()
    due = Allotment.objects.filter(released_at=None, release_at__lte=now).order_by("release_at")
    done = 0
    for allotment_id in list(due.values_list("pk", flat=True)[:200]):
        try:
            take_back(allotment_id=allotment_id, actor=SYSTEM, now=now)
            done += 1
        except (Refusal, OperationalError) as error:  # taken back by hand, or its seats are busy: the next ring
            logger.info("allotment %s stays for now: %s", allotment_id, error)
    return done


def of(actor: Actor, *, showtime_id: uuid.UUID | None = None) -> QuerySet[Allotment]:
    """A channel's own, or those at the cinemas of staff, the newest first."""
    rows = Allotment.objects.select_related("channel", "showtime__showtime").order_by("-id")
    if actor.kind == Kind.CHANNEL:
        rows = rows.filter(channel=actor.channel_id)
    if actor.cinema_ids is not None:
        rows = rows.filter(showtime__showtime__cinema__in=actor.cinema_ids)
    return rows.filter(showtime=showtime_id) if showtime_id is not None else rows


def own_seats(showtime_id: uuid.UUID, channel_id: uuid.UUID) -> list[str]:
    """The labels kept for a channel, sold ones among them."""
    rows = ShowSeat.objects.filter(showtime_id=showtime_id, allotted_to=channel_id)
    return list(rows.order_by("id").values_list("label", flat=True))


def _open_showtime(showtime_id: uuid.UUID, channel: Channel, actor: Actor) -> ShowInventory:
    found = ShowInventory.objects.select_related("showtime").filter(pk=showtime_id).first()
    if found is None or found.showtime.cancelled_at is not None or not actor.reaches(found.showtime.cinema_id):
        raise on_sale.NotOpen
    if not channel.is_active:
        raise Invalid(_("This channel is not active."))
    if not channel.is_own and not channel.cinemas.filter(pk=found.showtime.cinema_id).exists():
        raise Invalid(_("This channel does not sell for this cinema."))
    return found


def _checked(minutes: int) -> int:
    if not 0 <= minutes <= LONGEST_RELEASE:
        raise Invalid(_("Seats go back between two months before the start and the start."))
    return minutes


def _free(showtime_id: uuid.UUID) -> list[_Place]:
    """In layout order."""
    rows = ShowSeat.objects.filter(showtime_id=showtime_id, status=SeatStatus.AVAILABLE, allotted_to=None)
    rows = rows.exclude(seat__seat_type__in=_BY_NAME_ONLY).order_by("id")
    columns = ("label", "price", "seat__ordinal", "seat__section", "seat__row_label")
    return [_Place(label, price, at, (section, row)) for label, price, at, section, row in rows.values_list(*columns)]


# A showtime may have been moved since its seats were given: what counts is its start as it is now.
_IN_STEP = """
    UPDATE seatsync_allotment a SET release_at = t.starts_at - a.release_minutes * interval '1 minute'
    FROM venues_showtime t
    WHERE t.id = a.showtime_id AND a.released_at IS NULL
        AND a.release_at <> t.starts_at - a.release_minutes * interval '1 minute'"""


def _keep_in_step() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_IN_STEP)
        return cursor.rowcount
