"""What one channel has sold at a showtime by our rows, and how it compares with what that channel says.

Both sides can compute the checksums: docs/api.md, "Proving that both sides agree", gives the form and test vectors.
"""

import hashlib
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from bookings.models import Booking
from seatsync import feed, on_sale
from seatsync.models import SeatStatus
from showsewa import ids
from showsewa.actors import Actor
from showsewa.refusals import Invalid, NotFound
from venues.models import Showtime

MISSING_HERE, MISSING_THERE, DIFFERS = "missing_here", "missing_there", "differs"

# One statement and so one moment: a version and every seat at that version, with the channel's own sale on it.
_READ = """
    SELECT i.version, s.id, s.label, s.status, s.status = 'HELD' AND s.held_until <= statement_timestamp(),
        s.allotted_to_id, b.id, b.external_reference, b.reference, b.confirmed_at
    FROM seatsync_showinventory i JOIN seatsync_showseat s ON s.showtime_id = i.showtime_id
    LEFT JOIN bookings_ticket t ON t.show_seat_id = s.id AND t.released_at IS NULL AND s.status = 'BOOKED'
    LEFT JOIN bookings_booking b ON b.id = t.booking_id AND b.channel_id = %(channel)s AND b.status = %(sold)s
    WHERE i.showtime_id = %(showtime)s ORDER BY s.id"""


@dataclass(frozen=True, slots=True)
class Sale:
    """reference: theirs, or ours for a booking made through our API. names: all by which the channel may know it."""

    reference: str
    names: frozenset[str]
    sold_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """statuses: of every seat, as the channel sees it. own: its sold seats. lapsed: holds whose end is not told yet."""

    showtime_id: uuid.UUID
    version: int
    lapsed: int
    statuses: dict[str, str] = field(default_factory=dict)
    own: dict[str, Sale] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)  # public id -> label

    @property
    def own_checksum(self) -> str:
        return checksum((label, sale.reference) for label, sale in self.own.items())

    @property
    def map_checksum(self) -> str:
        return checksum(self.statuses.items())

    def label(self, name: str) -> str:
        """A seat by its label or public id; a name we do not know stands for itself."""
        return self.labels.get(name, name)


@dataclass(frozen=True, slots=True)
class Listed:
    """One seat of the channel's list. place: a JSON pointer or the number of a line."""

    seat: str
    reference: str
    place: str = ""


def checksum(lines: Iterable[tuple[str, str]]) -> str:
    """SHA-256 of the UTF-8 lines "A<TAB>B<LF>", sorted by their bytes."""
    encoded = sorted(f"{first}\t{second}\n".encode() for first, second in lines)
    return hashlib.sha256(b"".join(encoded)).hexdigest()


def showtime_for(actor: Actor, showtime_id: uuid.UUID) -> Showtime:
    """Refuses: NotFound for one that is not on sale, or at a cinema that is not the actor's."""
    rows = Showtime.objects.select_related("cinema", "hall", "movie").filter(inventory__isnull=False)
    showtime = rows.filter(pk=showtime_id).first()
    if showtime is None or not actor.reaches(showtime.cinema_id):
        raise NotFound(_("There is no such showtime."))
    return showtime


def read(showtime_id: uuid.UUID, channel_id: uuid.UUID) -> Tally:
    """Refuses: NotFound until sales are open."""
    given: dict[str, Any] = {"showtime": showtime_id, "channel": channel_id, "sold": Booking.Status.CONFIRMED.value}
    with connection.cursor() as cursor:
        cursor.execute(_READ, given)
        rows = cursor.fetchall()
    if not rows:
        raise on_sale.NotOpen
    found = Tally(showtime_id, rows[0][0], sum(row[4] for row in rows))
    for _version, key, label, status, is_lapsed, allotted_to, sale_id, theirs, ours, sold_at in rows:
        now = SeatStatus.AVAILABLE.value if is_lapsed else status
        found.statuses[label] = feed.seen(now, allotted_to, viewer=channel_id)
        found.labels[ids.seat_id(key)] = label
        if sale_id is not None:
            found.own[label] = Sale(theirs or ours or str(sale_id), names(sale_id, theirs, ours), sold_at)
    return found


def names(sale_id: uuid.UUID, theirs: str, ours: str | None) -> frozenset[str]:
    """All by which a channel may know a sale of its own: its reference, ours, the booking's id."""
    return frozenset(name for name in (theirs, ours, str(sale_id)) if name)


def by_seat(listed: Sequence[Listed], tally: Tally) -> dict[str, str]:
    """Label -> reference. Refuses: Invalid where a seat is listed twice, by whatever name."""
    theirs: dict[str, str] = {}
    errors = []
    for one in listed:
        label = tally.label(one.seat)
        if label in theirs:
            detail = _("%(seat)s is listed already.") % {"seat": one.seat}
            errors.append({"pointer": one.place, "code": "DUPLICATE", "detail": detail})
        else:
            theirs[label] = one.reference
    if errors:
        raise Invalid(errors[0]["detail"], errors=errors)
    return theirs


def differences(theirs: Mapping[str, str], tally: Tally, *, is_whole: bool = True) -> list[dict[str, Any]]:
    """In the order of the hall, seats we do not have last. is_whole: what their list leaves out, they have not sold."""
    order = {label: place for place, label in enumerate(tally.statuses)}
    found = list(_differing(theirs, tally, is_whole=is_whole))
    return sorted(found, key=lambda one: (order.get(one["seatNumber"], len(order)), one["seatNumber"]))


def grouped(theirs: Mapping[str, str]) -> dict[str, list[str]]:
    """Reference -> seats: how a whole list is kept."""
    kept: dict[str, list[str]] = {}
    for label, reference in theirs.items():
        kept.setdefault(reference, []).append(label)
    return kept


def _differing(theirs: Mapping[str, str], tally: Tally, *, is_whole: bool) -> Iterator[dict[str, Any]]:
    for label, reference in theirs.items():
        sale = tally.own.get(label)
        if sale is None:
            yield _difference(label, MISSING_HERE, tally, theirs=reference)
        elif reference not in sale.names:
            yield _difference(label, DIFFERS, tally, theirs=reference, ours=sale.reference)
    for label, sale in tally.own.items() if is_whole else ():
        if label not in theirs:
            yield _difference(label, MISSING_THERE, tally, ours=sale.reference)


def _difference(label: str, kind: str, tally: Tally, *, theirs: str = "", ours: str = "") -> dict[str, Any]:
    return {
        "seatNumber": label,
        "kind": kind,
        "theirs": theirs,
        "ours": ours,
        "seatNow": tally.statuses.get(label),
        "code": "",
        "conflictId": None,
        "fixed": None,
    }


def of_channel(actor: Actor, showtime_id: uuid.UUID) -> Tally:
    """A channel's own. Refuses: NotFound, also at a cinema that is not the channel's."""
    assert actor.channel_id is not None  # the edge lets nobody else so far
    showtime_for(actor, showtime_id)
    return read(showtime_id, actor.channel_id)
