"""Files of sales from channels without an API: read, given meaning, looked at, and only then written as comparisons.

Between the steps the parsed lines are kept in one row, seen by who uploaded them; storing it or a day's time ends it.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from bookings import salesfile
from bookings import tally as tallies
from bookings.salesfile import Columns, Fault, Line
from bookings.services import reconciling
from bookings.tally import Tally
from seatsync.models import Channel, Reconciliation, SalesFile
from showsewa.actors import Actor
from showsewa.refusals import Invalid, NotFound
from showsewa.transactions import use_case
from venues.models import Hall, Showtime

MOST_SHOWTIMES = 500


@dataclass
class Show:
    """What the file says of one showtime. theirs: label -> reference. said: label -> when it was sold."""

    showtime: Showtime
    tally: Tally
    theirs: dict[str, str] = field(default_factory=dict)
    said: dict[str, dict[str, str]] = field(default_factory=dict)
    from_line: dict[str, int] = field(default_factory=dict)
    differences: list[dict[str, Any]] = field(default_factory=list)

    @cached_property
    def alike(self) -> dict[str, list[str]]:
        """Seats by how people write them."""
        found: dict[str, list[str]] = {}
        for label in self.tally.statuses:
            found.setdefault(salesfile.seat_key(label), []).append(label)
        return found


@dataclass(slots=True)
class Preview:
    """is_whole: whether what the file leaves out counts as not sold. left_out: status -> lines that are no sale."""

    shows: list[Show]
    faults: list[Fault]
    left_out: Mapping[str, int]
    is_whole: bool


@use_case
def start(*, channel: Channel, name: str, raw: bytes, encoding: str, delimiter: str, actor: Actor) -> SalesFile:
    """First step: the table, as read. Refuses: Invalid."""
    table = salesfile.read(raw, encoding=encoding, delimiter=delimiter)
    return SalesFile.objects.create(
        channel=channel, name=name[:120], header=table.header, lines=table.lines, actor=actor.key
    )


@use_case
def choose(*, file_id: uuid.UUID, columns: Columns, actor: Actor) -> None:
    """Second step: what each column means, kept for this import and, by the columns' names, for the channel's next.

    Locks: the import. Refuses: NotFound when it was finished or given up.
    """
    file = _lock(file_id, actor)
    file.columns = asdict(columns)
    file.save(update_fields=["columns"])
    kept = salesfile.remembered(columns, file.header)
    Channel.objects.filter(pk=file.channel_id).update(file_columns=kept)


def preview(file: SalesFile, *, actor: Actor) -> Preview:
    """Third step: what would be written. Refuses: Invalid when no columns are chosen yet, or of too many showtimes."""
    if not file.columns:
        raise Invalid(_("First say what the columns mean."))
    columns = Columns(**file.columns)
    sheet = salesfile.sheet(file.lines, columns)
    faults = list(sheet.faults)
    shows: dict[uuid.UUID, Show] = {}
    for line, showtime in _showtimes(sheet.lines, columns, file.channel_id, actor, faults):
        show = shows.get(showtime.pk)
        if show is None:
            if len(shows) == MOST_SHOWTIMES:
                raise Invalid(_("The file names more than %(most)d showtimes.") % {"most": MOST_SHOWTIMES})
            show = shows[showtime.pk] = Show(showtime, tallies.read(showtime.pk, file.channel_id))
        _put(show, line, columns, faults)
    # A line that could not be read may be of any seat: then nothing is missing for being left out.
    is_whole = columns.is_whole and not faults
    for show in shows.values():
        show.differences = tallies.differences(show.theirs, show.tally, is_whole=is_whole)
    ordered = sorted(shows.values(), key=lambda show: (show.showtime.starts_at, str(show.showtime.pk)))
    return Preview(ordered, sorted(faults, key=lambda fault: fault.number), dict(sheet.left_out), is_whole)


@use_case
def store(*, file_id: uuid.UUID, actor: Actor) -> list[Reconciliation]:
    """Last step: one comparison per showtime, all or none, and the lines are forgotten. It changes no seat.

    Locks: the import. Refuses: NotFound when it was stored before, Invalid when no line can be used.
    """
    file = _lock(file_id, actor)
    seen = preview(file, actor=actor)
    if not seen.shows:
        raise Invalid(_("No line of this file can be used."))
    done = [
        reconciling.note(
            show.theirs,
            show.tally,
            channel_id=file.channel_id,
            origin=Reconciliation.Origin.FILE,
            actor=actor.key,
            is_whole=seen.is_whole,
            said=show.said,
        )
        for show in seen.shows
    ]
    SalesFile.objects.filter(pk=file.pk).delete()
    return [one.row for one in done]


@use_case
def purge(*, now: datetime) -> int:
    """Imports that were begun and left."""
    before = now - timedelta(hours=settings.KEEP_SALES_FILES_HOURS)
    return SalesFile.objects.filter(created_at__lt=before).delete()[0]


def _lock(file_id: uuid.UUID, actor: Actor) -> SalesFile:
    rows = SalesFile.objects.select_for_update(no_key=True).filter(pk=file_id, actor=actor.key).order_by("pk")
    file = rows.first()
    if file is None:
        raise NotFound(_("This import was finished or given up."))
    return file


def _showtimes(
    lines: Sequence[Line], columns: Columns, channel_id: uuid.UUID, actor: Actor, faults: list[Fault]
) -> list[tuple[Line, Showtime]]:
    """Each line with its showtime; lines without one become faults."""
    rows = Showtime.objects.select_related("cinema", "hall", "movie")
    rows = rows.filter(inventory__isnull=False, cinema__channels=channel_id)
    if actor.cinema_ids is not None:
        rows = rows.filter(cinema__in=actor.cinema_ids)
    if columns.showtime is not None:
        named = {line.number: key for line in lines if (key := _uuid(line.showtime)) is not None}
        by_id = rows.in_bulk(list(set(named.values())))
        found = {line.number: [show] for line in lines if (show := by_id.get(named.get(line.number)))}
    else:
        found = _by_hall(lines, columns, rows.filter(cancelled_at=None))
    placed = []
    for line in lines:
        shows = found.get(line.number, [])
        if len(shows) == 1:
            placed.append((line, shows[0]))
        else:
            reason = _("Several showtimes fit: name the cinema too.") if shows else _("There is no such showtime.")
            faults.append(Fault(line.number, reason))
    return placed


def _by_hall(lines: Iterable[Line], columns: Columns, rows: Any) -> dict[int, list[Showtime]]:
    """Lines by the hall's name and the local start; the cinema's name too, where the file has it."""
    halls = Hall.objects.filter(cinema__in=rows.values("cinema")).select_related("cinema")
    by_name: dict[str, list[Hall]] = {}
    for hall in halls.order_by("pk"):
        by_name.setdefault(hall.name.casefold(), []).append(hall)
    wanted: dict[int, set[tuple[uuid.UUID, datetime]]] = {}
    for line in lines:
        assert line.starts_at is not None  # a line that names its hall has a start, or is a fault
        wanted[line.number] = {
            (hall.pk, salesfile.localized(line.starts_at, columns.zone or hall.cinema.time_zone).astimezone(UTC))
            for hall in by_name.get(line.hall.casefold(), [])
            if not line.cinema or hall.cinema.name.casefold() == line.cinema.casefold()
        }
    keys = {key for named in wanted.values() for key in named}
    showing = rows.filter(hall__in={hall for hall, _at in keys}, starts_at__in={at for _hall, at in keys})
    by_key = {(show.hall_id, show.starts_at): show for show in showing.order_by("pk")}
    return {number: [by_key[key] for key in named if key in by_key] for number, named in wanted.items()}


def _put(show: Show, line: Line, columns: Columns, faults: list[Fault]) -> None:
    label = _label(show, line.seat)
    if label is None:
        faults.append(Fault(line.number, _("This showtime has no seat “%(seat)s”.") % {"seat": line.seat}))
    elif not line.is_sold or show.theirs.get(label) == line.reference:
        return  # not a sale; or the same line again, which says nothing new
    elif label in show.theirs:
        place = {"seat": label, "line": show.from_line[label]}
        faults.append(Fault(line.number, _("%(seat)s is listed on line %(line)d already.") % place))
    else:
        show.theirs[label], show.from_line[label] = line.reference, line.number
        if line.sold_at is not None:
            sold_at = salesfile.localized(line.sold_at, columns.zone or show.showtime.cinema.time_zone)
            show.said[label] = {"soldAt": sold_at.astimezone(UTC).isoformat()}


def _label(show: Show, name: str) -> str | None:
    name = show.tally.label(name)
    if name in show.tally.statuses:
        return name
    alike = show.alike.get(salesfile.seat_key(name), [])
    return alike[0] if len(alike) == 1 else None


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
