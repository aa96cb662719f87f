"""The seats of a showtime as seeds 002 and 004 spell them. Reading only, and no rule of its own."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework import serializers as s

from bookings import selectors as bookings
from bookings.api import access
from seatsync import seatmaps
from seatsync.api import pieces, viewing
from seatsync.api.shapes import list_of, object_of, operation
from showsewa import apiview, ids, rendering
from showsewa.actors import NOBODY, Actor
from showsewa.apiview import Read
from venues import listings

_WORDS = {"A": "available", "H": "held", "B": "booked", "X": "blocked"}
_MINE = "held_by_me"
_SHOWTIME = "019ab1f0-1111-7000-8000-000000000001"
_USER = OpenApiParameter("userId", str, description="Yours, to see your own seats as held_by_me.")
_SEAT: dict[str, Any] = {
    "id": s.CharField(),
    "label": s.CharField(),
    "row": s.CharField(),
    "number": s.IntegerField(),
    "price": s.FloatField(),
    "tier": s.CharField(),
    "type": s.CharField(),
    "status": s.ChoiceField(choices=[*_WORDS.values(), _MINE]),
}
_A1 = {
    "id": "seat_1201",
    "label": "A1",
    "row": "A",
    "number": 1,
    "price": 450,
    "tier": "MAIN",
    "type": "STANDARD",
    "status": "available",
}


@operation(
    "get",
    "getSeatsOfShow",
    "The seats of a show with their summary",
    tags=["seats"],
    description="`held_by_me` are the seats you hold, `held` everybody else's. `summary.held` counts both.",
    parameters=[_USER],
    responses={
        200: object_of(
            "SeatsOfShow",
            showId=s.UUIDField(),
            version=s.IntegerField(),
            holdExpiresAt=s.DateTimeField(allow_null=True),
            serverTime=s.DateTimeField(),
            summary=object_of(
                "SeatSummary",
                total=s.IntegerField(),
                available=s.IntegerField(),
                booked=s.IntegerField(),
                held=s.IntegerField(),
                heldByMe=s.IntegerField(),
                blocked=s.IntegerField(),
            ),
            seats=list_of("SeatOfShow", **_SEAT),
        )
    },
    examples=[
        OpenApiExample(
            "A hall of one seat",
            value={
                "showId": _SHOWTIME,
                "version": 7,
                "holdExpiresAt": None,
                "serverTime": "2026-11-21T12:45:00.120Z",
                "summary": {"total": 1, "available": 1, "booked": 0, "held": 0, "heldByMe": 0, "blocked": 0},
                "seats": [_A1],
            },
            response_only=True,
        )
    ],
)
class SeatsOfShow(Read):
    """OP33."""

    scope = "inventory:read"
    is_personal = True

    def read(self, request: HttpRequest, actor: Actor, **named: Any) -> HttpResponse:
        show_id: UUID = named["show_id"]
        viewer = _viewer(actor, request.GET.get("userId", ""))
        now = viewing.look(show_id, actor)
        own = bookings.own_seats(viewer, show_id)
        words = [_word(code, now.first_id + place in own) for place, code in enumerate(now.state)]
        held, _keys = bookings.held_seats(viewer, show_id) if own else (None, [])
        head = {
            "showId": show_id,
            "version": now.version,
            "holdExpiresAt": held.expires_at if held else None,
            "serverTime": now.taken_at,
            "summary": _summary(words),
        }
        rows = zip(pieces.rows_of_004(show_id, now.price_version, factor=actor.price_factor), words, strict=True)
        return apiview.personal(_with_seats(head, [_seat(row, word) for row, word in rows]))


@operation(
    "get",
    "getAvailableSeatsOfShow",
    "The free seats of a show",
    tags=["seats"],
    responses={
        200: object_of(
            "AvailableSeats",
            showId=s.UUIDField(),
            availableCount=s.IntegerField(),
            version=s.IntegerField(),
            serverTime=s.DateTimeField(),
            seats=list_of("AvailableSeat", **_SEAT),
        )
    },
    examples=[
        OpenApiExample(
            "One left",
            value={
                "showId": _SHOWTIME,
                "availableCount": 1,
                "version": 7,
                "serverTime": "2026-11-21T12:45:00.120Z",
                "seats": [_A1],
            },
            response_only=True,
        )
    ],
)
class AvailableSeats(Read):
    """OP34."""

    scope = "inventory:read"

    def read(self, request: HttpRequest, actor: Actor, **named: Any) -> HttpResponse:
        show_id: UUID = named["show_id"]
        now = viewing.look(show_id, actor)
        rows = zip(pieces.rows_of_004(show_id, now.price_version, factor=actor.price_factor), now.state, strict=True)
        free = [_seat(row, _WORDS["A"]) for row, code in rows if code == "A"]
        head = {"showId": show_id, "availableCount": len(free), "version": now.version, "serverTime": now.taken_at}
        return apiview.personal(_with_seats(head, free))


@operation(
    "get",
    "getSeatsOfEvent",
    "The seats of an event: taken, locked, until when",
    tags=["seats"],
    description="`lockedBy` is told to yourself only; `lockedUntil` to everybody. Seats kept back count as taken.",
    parameters=[OpenApiParameter("customerId", str, description="Yours, to see your own locks.")],
    responses={
        200: object_of(
            "SeatsOfEvent",
            eventId=s.UUIDField(),
            showtimeId=s.UUIDField(),
            version=s.IntegerField(),
            serverTime=s.DateTimeField(),
            seats=list_of(
                "SeatOfEvent",
                _id=s.CharField(),
                eventID=s.UUIDField(),
                name=s.CharField(),
                isTaken=s.BooleanField(),
                lockedBy=s.CharField(allow_null=True),
                lockedUntil=s.DateTimeField(allow_null=True),
            ),
        )
    },
    examples=[
        OpenApiExample(
            "One seat, locked by you",
            value={
                "eventId": _SHOWTIME,
                "showtimeId": _SHOWTIME,
                "version": 7,
                "serverTime": "2026-11-21T12:45:00.120Z",
                "seats": [
                    {
                        "_id": "seat_1201",
                        "eventID": _SHOWTIME,
                        "name": "A1",
                        "isTaken": False,
                        "lockedBy": "6848509d75825a9f079930db",
                        "lockedUntil": "2026-11-21T12:50:00Z",
                    }
                ],
            },
            response_only=True,
        )
    ],
)
class SeatsOfEvent(Read):
    """The seats that OP14 takes, in the words of seed 002's table."""

    scope = "inventory:read"
    is_personal = True

    def read(self, request: HttpRequest, actor: Actor, **named: Any) -> HttpResponse:
        event_id: UUID = named["event_id"]
        customer = request.GET.get("customerId", "")
        viewer = _viewer(actor, customer)
        showtime_id = listings.showtime_meant(event_id, now=timezone.now(), actor=actor)
        now = viewing.look(showtime_id, actor)
        own, until = bookings.own_seats(viewer, showtime_id), seatmaps.deadlines(showtime_id)
        me = actor.user_id or customer or None
        head = {"eventId": event_id, "showtimeId": showtime_id, "version": now.version, "serverTime": now.taken_at}
        seats = [
            {"_id": ids.seat_id(key), "eventID": event_id, "name": label}
            | _lock(now.state[key - now.first_id], until.get(key), by=me if key in own else None)
            for label, key in seatmaps.keys_by_label(showtime_id).items()
        ]
        return apiview.personal(rendering.dumps(head | {"seats": seats}))


def _viewer(actor: Actor, user_id: str) -> Actor:
    """Whose seats are marked: your own, or a guest's by its key. Refuses: Forbidden for another's id when signed in."""
    access.check_user_id(actor, user_id)
    return access.named(actor, user_id) if actor is NOBODY and user_id else actor


def _word(code: str, is_own: bool) -> str:
    return _MINE if is_own and code == "H" else _WORDS[code]


def _lock(code: str, until: datetime | None, *, by: object) -> dict[str, Any]:
    is_held = code == "H"
    return {
        "isTaken": code in "BX",
        "lockedBy": by if is_held else None,
        "lockedUntil": until if is_held else None,
    }


def _summary(words: list[str]) -> dict[str, int]:
    mine = words.count(_MINE)
    return {
        "total": len(words),
        "available": words.count("available"),
        "booked": words.count("booked"),
        "held": words.count("held") + mine,
        "heldByMe": mine,
        "blocked": words.count("blocked"),
    }


def _seat(row: bytes, word: str) -> bytes:
    return row + b',"status":"' + word.encode() + b'"}'


def _with_seats(head: dict[str, Any], seats: list[bytes]) -> bytes:
    return rendering.dumps(head)[:-1] + b',"seats":[' + b",".join(seats) + b"]}"
