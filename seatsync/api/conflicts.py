"""Seats sold twice: the list for both sides and for staff, the losing channel's answer, and what a screen rings for."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from payments.services import conflicts as deciding
from seatsync import conflicts, records
from seatsync.api import conflict_shapes
from seatsync.models import Conflict
from showsewa import idempotency, ids
from showsewa.actors import Actor, Kind
from showsewa.apiview import ApiView
from showsewa.paging import NewestFirst, newest_first
from showsewa.parsing import Text, parse


class ConflictsAsked(NewestFirst):
    status = serializers.ChoiceField(choices=Conflict.Status.choices, required=False)


class Answered(serializers.Serializer):
    answer = serializers.ChoiceField(choices=[conflicts.ACCEPTED, conflicts.REJECTED])
    note = Text(max_length=500, allow_blank=True, default="")


@conflict_shapes.CONFLICTS
class Conflicts(ApiView):
    scope = "seatsync:write"
    permission = "seatsync.view_conflict"

    def get(self, request: Request) -> Response:
        asked = ConflictsAsked().run_validation(request.query_params)
        rows = records.conflicts_of(self.actor)
        if "status" in asked:
            rows = rows.filter(status=asked["status"])
        return Response(newest_first(rows, asked, lambda row: _seen_by(row, self.actor)))


@conflict_shapes.answer(Answered)
class AnswerConflict(ApiView):
    scope = "seatsync:write"

    @idempotency.once
    def post(self, request: Request, conflict_id: UUID) -> Response:
        body = parse(Answered, request)
        conflict = deciding.answer(
            conflict_id=conflict_id, word=body["answer"], note=body["note"], actor=self.actor, now=timezone.now()
        )
        return Response(_seen_by(conflict, self.actor))


@conflict_shapes.HIDDEN
class Alarm(ApiView):
    """What the desk and the counter ask every few seconds, to ring and to show a badge."""

    permission = "seatsync.view_conflict"

    def get(self, request: Request) -> Response:
        now = conflicts.alarm(actor=self.actor)
        newest = _rung(now.newest) if now.newest is not None else None
        link = reverse("admin:seatsync_conflict_changelist")
        return Response({"open": now.count, "newest": newest, "link": link}, headers={"Cache-Control": "no-store"})


def _rung(conflict: Conflict) -> dict[str, Any]:
    showtime = conflict.seat.showtime.showtime
    text = _("Seat %(seat)s is sold twice: %(movie)s, %(hall)s") % {
        "seat": conflict.seat.label,
        "movie": showtime.movie.title,
        "hall": showtime.hall.name,
    }
    link = reverse("admin:seatsync_conflict_change", args=[conflict.pk])
    return {"id": conflict.pk, "text": text, "link": link, "look": _("Look at it")}


def _seen_by(row: Conflict, actor: Actor) -> dict[str, Any]:
    """Staff see both sides. A channel sees its own, and of the other one no more than where that was sold."""
    facts = {
        "id": row.pk,
        "showtimeId": row.seat.showtime_id,
        "seatId": ids.seat_id(row.seat_id),
        "seatNumber": row.seat.label,
        "status": row.status,
        "holderSource": row.holder_source,
        "reporterSource": row.source,
        "winner": row.winner or None,
        "resolution": row.resolution or None,
        "deadline": conflicts.deadline(row),
        "createdAt": row.created_at,
        "solvedAt": row.solved_at,
    }
    new_seat = row.new_seat.label if row.new_seat else None
    if actor.kind != Kind.CHANNEL:
        reported = {"bookingSource": row.source, "bookingReference": row.reference, "reportedFor": row.reported_for}
        both = {"channel": row.channel.name, "holderReference": row.holder_reference, "note": row.note}
        return facts | reported | both | {"newSeatNumber": new_seat, "answer": row.answer or None}
    own = conflicts.own_side(row, actor.channel_id)
    is_loser = bool(row.winner) and row.winner != own.role
    return facts | {
        "role": own.role,
        "bookingSource": own.source,
        "bookingReference": own.reference,
        "reportedFor": row.reported_for if own.role == conflicts.REPORTER else None,
        "isAsked": is_loser and row.asked_at is not None and row.status == Conflict.Status.OPEN,
        "answer": (row.answer or None) if is_loser else None,
        "newSeatNumber": new_seat if is_loser else None,
    }
