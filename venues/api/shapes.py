"""What OpenAPI says about these operations. Nothing here acts."""

from typing import Any

from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema,
    extend_schema_view,
    inline_serializer,
)
from rest_framework import serializers as s

_TAGS = ["movies"]
_CATALOGUE = ["catalogue"]
_WHICH = [
    OpenApiParameter("cinema", str, description="A cinema's id or slug; all cinemas if not given."),
    OpenApiParameter("date", str, description="YYYY-MM-DD in the cinema's own zone; today if not given."),
]


def _get(name: str, summary: str, **facts: Any) -> Any:
    return extend_schema_view(get=extend_schema(operation_id=name, summary=summary, tags=_TAGS, **facts))


def _post(name: str, summary: str, body: Any, answer: Any, example: dict[str, Any], description: str = "") -> Any:
    shown = extend_schema(
        operation_id=name,
        summary=summary,
        description=description,
        tags=_CATALOGUE,
        request=body,
        responses={201: answer},
        examples=[OpenApiExample("Request", value=example, request_only=True)],
    )
    return extend_schema_view(post=shown)


_SHOWTIMES = inline_serializer(
    "ListedShowtime",
    {
        "id": s.UUIDField(),
        "startTime": s.DateTimeField(),
        "endTime": s.DateTimeField(),
        "cinema": inline_serializer(
            "ListedCinema",
            {"id": s.UUIDField(), "slug": s.CharField(), "name": s.CharField(), "city": s.CharField()},
        ),
        "hall": s.CharField(),
        "format": s.CharField(),
        "language": s.CharField(),
        "subtitles": s.CharField(),
        "totalSeats": s.IntegerField(),
        "availableSeats": s.IntegerField(),
        "priceFrom": s.FloatField(),
        "currency": s.CharField(),
    },
    many=True,
)
_MOVIES = inline_serializer(
    "ListedMovie",
    {
        "id": s.UUIDField(),
        "title": s.CharField(),
        "titleNe": s.CharField(),
        "durationMin": s.IntegerField(),
        "language": s.CharField(),
        "genres": s.ListField(child=s.CharField()),
        "rating": s.CharField(),
        "posterUrl": s.CharField(),
        "showtimes": _SHOWTIMES,
    },
    many=True,
)

NOW_SHOWING = _get(
    "listNowShowing",
    "Movies of one day with their showtimes",
    parameters=_WHICH,
    description="Only showtimes that are on sale and have not begun.",
    responses={200: inline_serializer("NowShowing", {"movies": _MOVIES})},
)
SHOWTIMES_OF_MOVIE = _get(
    "listShowtimesOfMovie",
    "Showtimes of a movie on one day",
    parameters=_WHICH,
    responses={200: inline_serializer("ShowtimesOfMovie", {"movieId": s.UUIDField(), "showtimes": _SHOWTIMES})},
)


def create_venue(body: Any) -> Any:
    answer = inline_serializer(
        "CreatedVenue",
        {
            "venueId": s.UUIDField(),
            "slug": s.CharField(),
            "name": s.CharField(),
            "address": s.DictField(child=s.CharField(allow_blank=True)),
            "location": s.DictField(child=s.FloatField()),
            "imageUrls": s.ListField(child=s.CharField()),
        },
    )
    example = {
        "name": "Himal Cinema",
        "address": {"street": "Durbar Marg", "city": "Kathmandu", "state": "Bagmati", "zip": "44600"},
        "location": {"lat": 27.7172, "lon": 85.324},
        "imageUrls": ["venues/himal/front.jpg"],
    }
    return _post("createVenue", "Make a venue", body, answer, example, "Names are unique within a city: 409.")


def create_hall(body: Any) -> Any:
    answer = inline_serializer(
        "CreatedHall",
        {
            "hallId": s.UUIDField(),
            "venueId": s.UUIDField(),
            "hallName": s.CharField(),
            "seatCount": s.IntegerField(),
            "layoutVersion": s.IntegerField(),
        },
    )
    seats = [
        {"id": "A1", "label": "A1", "coordinates": {"x": 10, "y": 20}, "seatType": "premium"},
        {"id": "A2", "label": "A2", "coordinates": {"x": 30, "y": 20}, "seatType": "premium"},
    ]
    section = {"id": "premium-section-1", "name": "Premium", "rows": [{"label": "A", "seats": seats}]}
    example = {"hallName": "Hall 1", "seatLayout": {"sections": [section]}}
    told = "A layout with faults is refused (422) with a JSON pointer to each of them."
    return _post("createHall", "Make a hall with its seats", body, answer, example, told)


def create_event(body: Any) -> Any:
    answer = inline_serializer("CreatedEvent", {"eventId": s.UUIDField(), "name": s.CharField()})
    example = {
        "name": "Dal Bhat Power",
        "imageUrl": "posters/dal-bhat-power.jpg",
        "metadata": {"category": "Movie", "durationMin": 124, "languages": ["Nepali"], "genres": ["Comedy"]},
    }
    return _post("createEvent", "Make a movie or another event", body, answer, example)


def create_showtime(body: Any) -> Any:
    answer = inline_serializer(
        "CreatedShowtime",
        {
            "showtimeId": s.UUIDField(),
            "eventId": s.UUIDField(),
            "venueId": s.UUIDField(),
            "hallId": s.UUIDField(),
            "timestamp": s.DateTimeField(),
            "inventoryStatus": s.ChoiceField(choices=["PENDING", "READY"]),
        },
    )
    example = {
        "venueId": "019ab1f0-3333-7000-8000-000000000003",
        "hallId": "019ab1f0-4444-7000-8000-000000000004",
        "timestamp": "2026-12-01T18:30:00+05:45",
        "prices": [{"zone": "PREMIUM", "amount": 600}, {"amount": 450}],
    }
    told = (
        "Running time and cleaning must not overlap another showtime of the hall: 409. Without prices the venue's "
        "usual ones apply; where it has none, the showtime waits for them. Seats are made in the background; it is on "
        "sale within seconds."
    )
    return _post("createShowtime", "Schedule an event into a hall", body, answer, example, told)
