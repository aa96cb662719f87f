"""Conflicts: two sales of one seat, both done. Whose the seat is by the cinema's policy; asking, answering, closing.

Seats are moved by `bookings.services.conflicts`, money by `payments.services.conflicts`; these are their steps here.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from seatsync import announcing, inventory, journal
from seatsync.models import Conflict, ManagerNotice, Source, Topic
from showsewa.actors import Actor
from showsewa.refusals import NotFound, Refusal
from showsewa.transactions import use_case
from venues.models import ConflictPolicy

HOLDER, REPORTER = Conflict.Winner.HOLDER, Conflict.Winner.REPORTER
ACCEPTED, REJECTED = "accepted", "rejected"

TO_BE_SOLVED = timedelta(minutes=30)  # before the start; after it a manager is told
AUTOMATIC_UNTIL = timedelta(minutes=60)  # before the start; nobody is given another seat on the way to the cinema

_IN_THE_HALL = frozenset({Source.WALK_IN.value, Source.POS_SYSTEM.value})


class AlreadySolved(Refusal):
    code = "ALREADY_SOLVED"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two sales. channel_id: None for a sale of our own."""

    role: Conflict.Winner
    channel_id: uuid.UUID | None
    source: str
    reference: str

    @property
    def source_name(self) -> str:
        return journal.source(self.source)


@dataclass(frozen=True, slots=True)
class Alarm:
    """What a screen has to know to ring: how many are open, and the newest of them."""

    count: int
    newest: Conflict | None


def choose(policy: str, *, holder: str, reporter: str) -> Conflict.Winner:
    """Who gets the seat, by the sources of the two sales. Nobody in the hall, or both: who was first keeps it."""
    if policy == ConflictPolicy.FIRST_COMMIT:
        return HOLDER
    return REPORTER if reporter in _IN_THE_HALL and holder not in _IN_THE_HALL else HOLDER


def other(winner: str) -> Conflict.Winner:
    return REPORTER if winner == HOLDER else HOLDER


def side(conflict: Conflict, role: str) -> Side:
    if role == HOLDER:
        return Side(HOLDER, conflict.holder_channel_id, conflict.holder_source, conflict.holder_reference)
    return Side(REPORTER, conflict.channel_id, conflict.source, conflict.reference)


def own_side(conflict: Conflict, channel_id: uuid.UUID | None) -> Side:
    """The side this channel is on; the one that was asked, where a channel sold the seat twice by itself.

    Refuses: NotFound for a channel that is on neither.
    """
    roles = [other(conflict.winner)] if conflict.winner else []
    for role in (*roles, REPORTER, HOLDER):
        found = side(conflict, role)
        if found.channel_id == channel_id:
            return found
    raise NotFound(_("There is no such conflict."))


def deadline(conflict: Conflict) -> datetime:
    """When it has to be solved. Needs its seat's showtime."""
    return conflict.deadline_at or conflict.seat.showtime.showtime.starts_at - TO_BE_SOLVED


def at_cinemas_of(actor: Actor) -> QuerySet[Conflict]:
    rows = Conflict.objects.all()
    return rows if actor.cinema_ids is None else rows.filter(seat__showtime__showtime__cinema__in=actor.cinema_ids)


def count_open(*, actor: Actor) -> int:
    return at_cinemas_of(actor).filter(status=Conflict.Status.OPEN).count()


def alarm(*, actor: Actor) -> Alarm:
    rows = at_cinemas_of(actor).filter(status=Conflict.Status.OPEN).order_by("-created_at", "-pk")
    newest = rows.select_related("seat__showtime__showtime__movie", "seat__showtime__showtime__hall").first()
    return Alarm(rows.count() if newest else 0, newest)


def waiting(*, most: int) -> list[uuid.UUID]:
    """Open ones that policy has not tried, or whose seat went to somebody else since; the oldest first."""
    is_new = Q(tried_at=None) | ~Q(seat__claim=F("holder_claim"))
    rows = Conflict.objects.filter(is_new, status=Conflict.Status.OPEN).order_by("created_at", "pk")
    return list(rows.values_list("pk", flat=True)[:most])


def find(conflict_id: uuid.UUID) -> Conflict:
    """Without a lock. Refuses: NotFound."""
    return _one(_rows(), conflict_id)


def lock(conflict_id: uuid.UUID) -> Conflict:
    """The last lock of whoever solves it, after the bookings and the seats: these order all who would change it."""
    rows = _rows().order_by("pk")
    if inventory.SKIP_LOCK not in settings.UNSAFE:
        rows = rows.select_for_update(no_key=True, of=("self",))
    return _one(rows, conflict_id)


def require_open(conflict: Conflict) -> None:
    """Refuses: AlreadySolved."""
    if conflict.status == Conflict.Status.SOLVED:
        raise AlreadySolved(_("Somebody has solved this conflict already."))


def close(
    conflict: Conflict,
    *,
    resolution: Conflict.Resolution,
    by: Actor,
    now: datetime,
    winner: str = "",
    note: str = "",
    new_seat: int | None = None,
) -> None:
    """Write down how it ended and tell the channels on both sides. Caller holds the conflict's lock."""
    conflict.status, conflict.resolution, conflict.winner = Conflict.Status.SOLVED, resolution, winner
    conflict.decided_by, conflict.solved_at, conflict.new_seat_id = by.key, now, new_seat
    conflict.note = _noted(conflict.note, note, by)
    conflict.save(
        update_fields=["status", "resolution", "winner", "decided_by", "solved_at", "new_seat", "note"],
    )
    for role in (HOLDER, REPORTER):
        _announce(conflict, role, Topic.CONFLICT_SOLVED, _result(conflict, role))


def ask(conflict: Conflict, *, winner: Conflict.Winner, now: datetime) -> None:
    """Ask the losing channel to see to its customer. Caller holds the conflict's lock."""
    conflict.winner, conflict.asked_at, conflict.answer = winner, now, ""
    conflict.save(update_fields=["winner", "asked_at", "answer"])
    until = deadline(conflict).isoformat().replace("+00:00", "Z")
    _announce(conflict, other(winner), Topic.CONFLICT, {"deadline": until})


def note_try(conflict: Conflict, *, now: datetime) -> None:
    """Policy has had its turn. What stays open is mailed to the managers at the deadline, once."""
    conflict.tried_at, conflict.deadline_at = now, deadline(conflict)
    conflict.save(update_fields=["tried_at", "deadline_at"])
    ManagerNotice.objects.get_or_create(conflict=conflict, defaults={"due_at": deadline(conflict)})


def note_channel(conflict: Conflict, channel_id: uuid.UUID | None) -> None:
    """Whose sale the holder's is, where whoever opened the conflict did not say."""
    if conflict.holder_channel_id != channel_id:
        conflict.holder_channel_id = channel_id
        conflict.save(update_fields=["holder_channel"])


def note_answer(conflict: Conflict, *, answer: str, note: str, by: Actor) -> None:
    conflict.answer, conflict.note = answer, _noted(conflict.note, note, by)
    conflict.save(update_fields=["answer", "note"])


def note_holder(conflict: Conflict, *, claim: uuid.UUID, holder: Side) -> None:
    """The seat is with another sale by now: it is that one's conflict, and policy begins anew."""
    was = conflict.holder_reference
    conflict.holder_claim, conflict.holder_channel_id = claim, holder.channel_id
    conflict.holder_source, conflict.holder_reference = holder.source, holder.reference
    conflict.winner, conflict.answer, conflict.asked_at, conflict.tried_at = "", "", None, None
    told = _("The seat went from %(old)s to %(new)s meanwhile.") % {"old": was, "new": holder.reference}
    conflict.note = "\n".join(filter(None, [conflict.note, told]))
    conflict.save(
        update_fields=[
            "holder_claim", "holder_channel", "holder_source", "holder_reference", "winner", "answer", "asked_at",
            "tried_at", "note",
        ]
    )  # fmt: skip


def note_refusal(conflict: Conflict, *, by: Actor) -> None:
    """The loser would rather have the money than the other seat."""
    conflict.resolution = Conflict.Resolution.REFUNDED
    conflict.note = _noted(conflict.note, _("The other seat was refused; the money goes back."), by)
    conflict.save(update_fields=["resolution", "note"])


@use_case
def solve(*, conflict_id: uuid.UUID, note: str, actor: Actor, now: datetime) -> Conflict:
    """Close a conflict that was solved outside, with what was done. No seat changes hands.

    Refuses: NotFound, AlreadySolved. Locks: the conflict.
    """
    conflict = lock(conflict_id)
    if not actor.reaches(conflict.seat.showtime.showtime.cinema_id):
        raise NotFound(_("There is no such conflict."))
    require_open(conflict)
    close(conflict, resolution=Conflict.Resolution.BY_HAND, by=actor, now=now, note=note)
    return conflict


def _rows() -> QuerySet[Conflict]:
    return Conflict.objects.select_related("seat__showtime__showtime__cinema", "channel", "holder_channel")


def _one(rows: QuerySet[Conflict], conflict_id: uuid.UUID) -> Conflict:
    conflict = rows.filter(pk=conflict_id).first()
    if conflict is None:
        raise NotFound(_("There is no such conflict."))
    return conflict


def _noted(before: str, note: str, by: Actor) -> str:
    return "\n".join(filter(None, [before, f"{note.strip()}\n({by.name or by.kind})" if note.strip() else ""]))


def _result(conflict: Conflict, role: Conflict.Winner) -> dict[str, Any]:
    """What one side is told: did it get the seat, and what became of its sale."""
    has_seat = None if not conflict.winner else conflict.winner == role
    told: dict[str, Any] = {"hasSeat": has_seat, "resolution": conflict.resolution}
    is_moved = has_seat is False and conflict.new_seat is not None
    return told | ({"newSeatNumber": conflict.new_seat.label} if is_moved and conflict.new_seat else {})


def _announce(conflict: Conflict, role: Conflict.Winner, topic: Topic, facts: Mapping[str, Any]) -> None:
    """Each side hears its own reference and nothing of the other's."""
    told = side(conflict, role)
    if told.channel_id is None:
        return
    showtime = conflict.seat.showtime.showtime
    data = {
        "conflictId": str(conflict.pk),
        "showtimeId": str(showtime.pk),
        "seatNumber": conflict.seat.label,
        "bookingReference": told.reference,
    }
    announcing.announce(
        topic, cinema_id=showtime.cinema_id, showtime_id=showtime.pk, to=told.channel_id, data=data | dict(facts)
    )
