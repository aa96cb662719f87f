"""The nightly comparison. Nobody is asked: what a channel has last said of each seat is compared with our rows.

Its last word on a seat is, in this order: its last whole list (API or file); each report it sent after that list,
whatever became of it, but for those that were stale; what it sold or gave back here by its own key.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef

from bookings import tally as tallies
from bookings.models import Booking
from bookings.services import reconciling
from bookings.tally import Tally
from seatsync.models import (
    OWN_COUNTER,
    OWN_WEB,
    Action,
    Channel,
    Conflict,
    Outcome,
    Reconciliation,
    SeatEvent,
    SeatReport,
    SeatStatus,
)
from showsewa.actors import SYSTEM, Kind
from showsewa.transactions import use_case
from venues.models import Showtime

_ONCE_A_NIGHT = timedelta(hours=12)
# Older than what we knew, by the channel's own clock: not its last word.
_UNSAID = (Outcome.STALE, Outcome.TOMBSTONE)
# What may have kept a last word from becoming our state.
_TELLING = (Outcome.SUSPECT, Outcome.CONFLICT, Outcome.REJECTED, Outcome.NOT_YOURS, Outcome.BUSY)


@dataclass(slots=True)
class _Words:
    """theirs: label -> reference. said: labels of which they spoke, with the time. codes: what became of it."""

    since: datetime | None = None
    theirs: dict[str, str] = field(default_factory=dict)
    said: dict[str, datetime] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)


def compare(*, now: datetime) -> int:
    """Compare every outside channel's showtimes of the days around; returns how many comparisons were written."""
    outside = Channel.objects.filter(is_active=True).exclude(pk__in=[OWN_WEB, OWN_COUNTER])
    done = 0
    for channel_id in outside.order_by("pk").values_list("pk", flat=True):
        for showtime_id in _showtimes(channel_id, now):
            _compare(channel_id, showtime_id)
            done += 1
    return done


@use_case
def _compare(channel_id: uuid.UUID, showtime_id: uuid.UUID) -> None:
    tally = tallies.read(showtime_id, channel_id)
    words = _last_words(channel_id, tally)
    reconciling.note(
        words.theirs,
        tally,
        channel_id=channel_id,
        origin=Reconciliation.Origin.NIGHT,
        actor=SYSTEM.key,
        said={label: {"code": code} for label, code in words.codes.items()},
    )


def _showtimes(channel_id: uuid.UUID, now: datetime) -> list[uuid.UUID]:
    """Those the channel has anything to do with, and that have not been compared tonight."""
    around = timedelta(days=settings.RECONCILE_DAYS)
    here = {"channel": channel_id, "showtime": OuterRef("pk")}
    sales = Booking.objects.filter(**here, status=Booking.Status.CONFIRMED)
    lists = Reconciliation.objects.filter(**here, listed__isnull=False)
    tonight = Reconciliation.objects.filter(
        **here, origin=Reconciliation.Origin.NIGHT, created_at__gt=now - _ONCE_A_NIGHT
    )
    rows = Showtime.objects.filter(
        Exists(sales) | Exists(lists) | Exists(SeatReport.objects.filter(**here)),
        ~Exists(tonight),
        cinema__channels=channel_id,
        inventory__isnull=False,
        cancelled_at=None,
        starts_at__range=(now - around, now + around),
    )
    return list(rows.order_by("starts_at", "pk").values_list("pk", flat=True))


def _last_words(channel_id: uuid.UUID, tally: Tally) -> _Words:
    words = _Words()
    rows = Reconciliation.objects.filter(channel=channel_id, showtime=tally.showtime_id, listed__isnull=False)
    last = rows.order_by("-created_at").values_list("created_at", "listed").first()
    if last is not None:
        lists: dict[str, list[str]] = last[1] or {}
        words.since = last[0]
        words.theirs = {label: reference for reference, labels in lists.items() for label in labels}
        words.said = dict.fromkeys({*words.theirs, *tally.own} - _sold_since(tally, last[0]), last[0])
    _hear_reports(words, channel_id, tally)
    _forget_given_back(words, channel_id, tally)
    for label, sale in tally.own.items():
        if label not in words.said:
            words.theirs[label] = sale.reference  # sold here by their own key, and never spoken of
    return words


def _sold_since(tally: Tally, since: datetime) -> set[str]:
    return {label for label, sale in tally.own.items() if sale.sold_at is not None and sale.sold_at > since}


def _hear_reports(words: _Words, channel_id: uuid.UUID, tally: Tally) -> None:
    rows = SeatReport.objects.filter(channel=channel_id, showtime=tally.showtime_id).exclude(outcome__in=_UNSAID)
    if words.since is not None:
        rows = rows.filter(received_at__gt=words.since)
    for report in rows.select_related("seat", "conflict").order_by("received_at", "pk"):
        label = report.seat.label if report.seat is not None else tally.label(report.seat_name)
        if report.status == SeatStatus.BOOKED:
            _hear_sale(words, tally, label, report)
        elif report.status == SeatStatus.AVAILABLE and words.theirs.get(label, "") in ("", report.reference):
            words.theirs.pop(label, None)
        else:
            continue
        words.said[label] = report.received_at
        words.codes[label] = report.outcome if report.outcome in _TELLING else ""


def _hear_sale(words: _Words, tally: Tally, label: str, report: SeatReport) -> None:
    """A sale that met another's: once that is solved, whoever has the seat has it."""
    sale = tally.own.get(label)
    is_theirs = sale is not None and report.reference in sale.names
    if report.conflict is not None and report.conflict.status == Conflict.Status.SOLVED and not is_theirs:
        words.theirs.pop(label, None)
    else:
        words.theirs[label] = report.reference


def _forget_given_back(words: _Words, channel_id: uuid.UUID, tally: Tally) -> None:
    """Seats that the channel itself has given back here by its key are none of its sales any more."""
    freed = SeatEvent.objects.filter(
        showtime=tally.showtime_id, action=Action.RELEASE, actor__startswith=f"{Kind.CHANNEL}:{channel_id}"
    )
    events = list(freed.order_by("version"))
    bookings = Booking.objects.in_bulk([event.claim for event in events])
    for event in events:
        booking = bookings.get(event.claim)
        if booking is None:
            continue
        known_as = tallies.names(booking.pk, booking.external_reference, booking.reference)
        for label, _before, _after in event.changes:
            is_sold_again = label in tally.own and words.theirs.get(label) in tally.own[label].names
            if words.theirs.get(label) in known_as and words.said[label] <= event.created_at and not is_sold_again:
                del words.theirs[label]
