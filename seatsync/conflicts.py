"""Conflicts: two sales of one seat. Until a desk of its own decides them, staff solve them by hand and say how."""

import uuid
from datetime import datetime

from django.utils.translation import gettext as _

from seatsync.models import Conflict
from showsewa.actors import Actor
from showsewa.refusals import NotFound, Refusal
from showsewa.transactions import use_case


class AlreadySolved(Refusal):
    code = "ALREADY_SOLVED"


def count_open(*, actor: Actor) -> int:
    rows = Conflict.objects.filter(status=Conflict.Status.OPEN)
    if actor.cinema_ids is not None:
        rows = rows.filter(seat__showtime__showtime__cinema__in=actor.cinema_ids)
    return rows.count()


@use_case
def solve(*, conflict_id: uuid.UUID, note: str, actor: Actor, now: datetime) -> Conflict:
    """Close a conflict with what was done about it. Refuses: NotFound, AlreadySolved. Locks: the conflict."""
    rows = Conflict.objects.select_for_update(no_key=True, of=("self",)).select_related("seat__showtime__showtime")
    conflict = rows.filter(pk=conflict_id).order_by("pk").first()
    if conflict is None or not actor.reaches(conflict.seat.showtime.showtime.cinema_id):
        raise NotFound(_("There is no such conflict."))
    if conflict.status == Conflict.Status.SOLVED:
        raise AlreadySolved(_("Somebody has solved this conflict already."))
    conflict.status, conflict.note, conflict.solved_at = Conflict.Status.SOLVED, f"{note.strip()}\n({actor.name})", now
    conflict.save(update_fields=["status", "note", "solved_at"])
    return conflict
