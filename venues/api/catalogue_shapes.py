"""What OpenAPI says about searching and about movies, theatres, shows and screens. Nothing here acts."""

from typing import Any

from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
    inline_serializer,
)
from rest_framework import serializers as s

from venues.models import Movie

_SEARCH, _CATALOGUE = ["search"], ["catalogue"]
_CURSOR = s.CharField(allow_null=True, help_text="Ask with it for the next page; null on the last.")
_LIMIT = OpenApiParameter("limit", int, description="1 to 200, 50 if not given.")
_AFTER = OpenApiParameter("cursor", str, description="`nextCursor` of the page before.")
_CITY = OpenApiParameter("city", str, description="In English or Nepali.")
_GENRE = OpenApiParameter("genre", str)
_LANGUAGE = OpenApiParameter("language", str)
_DAY = OpenApiParameter("date", str, description="YYYY-MM-DD by the cinemas' own calendars.")
_UNKNOWN = "A parameter that is not listed here is refused with 400."


def _ids(name: str) -> s.Serializer:
    return inline_serializer(name, {"id": s.UUIDField(), "isActive": s.BooleanField()})


_ADDRESS = inline_serializer(
    "PostalAddress", {name: s.CharField(allow_blank=True) for name in ("street", "city", "district", "state", "zip")}
)
_PLACE = inline_serializer("Place", {"lat": s.FloatField(), "lon": s.FloatField()})
_TEXTS = s.ListField(child=s.CharField())

_HIT = inline_serializer(
    "SearchHit",
    {
        "showtimeId": s.UUIDField(),
        "showtime": s.DateTimeField(),
        "event": inline_serializer(
            "FoundEvent",
            {
                "eventId": s.UUIDField(),
                "name": s.CharField(),
                "category": s.CharField(),
                "imageUrl": s.CharField(),
                "keywords": _TEXTS,
            },
        ),
        "venue": inline_serializer(
            "FoundVenue",
            {
                "venueId": s.UUIDField(),
                "name": s.CharField(),
                "city": s.CharField(),
                "address": _ADDRESS,
                "location": _PLACE,
            },
        ),
        "distanceKm": s.FloatField(allow_null=True, help_text="null when no point was asked about."),
    },
    many=True,
)
_FOUND = {
    "items": [
        {
            "showtimeId": "01a1fd1b-db8e-761b-98af-b377d7337faa",
            "showtime": "2026-11-25T05:45:00Z",
            "event": {
                "eventId": "01a1fd1b-d6b1-7a5e-a3c0-6c0c8e4b1a01",
                "name": "The Last Tempo",
                "category": "Movie",
                "imageUrl": "/posters/01a1fd1b-d6b1-7a5e-a3c0-6c0c8e4b1a01.svg?v=ab12cd34",
                "keywords": ["safa tempo", "kathmandu"],
            },
            "venue": {
                "venueId": "01a1fd1b-d5f0-7d3e-9c43-5d1f0f5a7b02",
                "name": "Sagarmatha Cineplex",
                "city": "Kathmandu",
                "address": {
                    "street": "Durbar Marg",
                    "city": "Kathmandu",
                    "district": "Kathmandu",
                    "state": "Bagmati",
                    "zip": "44600",
                },
                "location": {"lat": 27.7125, "lon": 85.3178},
            },
            "distanceKm": 3.4,
        }
    ],
    "nextCursor": None,
}
SEARCH = extend_schema_view(
    get=extend_schema(
        operation_id="searchShows",
        summary="Showtimes near a place, by words and days",
        tags=_SEARCH,
        description=(
            "Give `lat` and `lon`, a `city` or a `venueId`. Every word of `query` must be found in the movie (its "
            "titles, people, keywords, genres, languages, in English or Nepali) or in the cinema (name, city); the "
            "beginning of a word is enough, and one that nobody knows is read as the nearest that somebody does. By "
            f"relevance, then distance, then time. {_UNKNOWN}"
        ),
        parameters=[
            OpenApiParameter("lat", float),
            OpenApiParameter("lon", float),
            OpenApiParameter("distance", str, description="Such as 10km; 25km if not given, 200km at most."),
            _CITY,
            OpenApiParameter("venueId", str),
            OpenApiParameter("query", str),
            OpenApiParameter("startDate", str, description="YYYY-MM-DD by the cinema's own calendar."),
            OpenApiParameter("endDate", str, description="The last day, included."),
            _GENRE,
            _LANGUAGE,
            _LIMIT,
            _AFTER,
        ],
        responses={200: inline_serializer("SearchPage", {"items": _HIT, "nextCursor": _CURSOR})},
        examples=[OpenApiExample("Near Thamel", value=_FOUND, response_only=True)],
    )
)

_MOVIE: dict[str, Any] = {
    "id": s.UUIDField(),
    "title": s.CharField(),
    "titleNe": s.CharField(),
    "kind": s.ChoiceField(choices=Movie.Kind.choices),
    "synopsis": s.CharField(),
    "synopsisNe": s.CharField(),
    "genres": _TEXTS,
    "languages": _TEXTS,
    "keywords": _TEXTS,
    "people": s.CharField(),
    "durationMin": s.IntegerField(),
    "rating": s.CharField(),
    "posterUrl": s.CharField(),
    "releaseDate": s.DateField(allow_null=True),
    "isActive": s.BooleanField(),
}
_SCREENS = inline_serializer(
    "ListedScreen", {"id": s.UUIDField(), "name": s.CharField(), "totalSeats": s.IntegerField()}, many=True
)
_THEATRE: dict[str, Any] = {
    "id": s.UUIDField(),
    "slug": s.CharField(),
    "name": s.CharField(),
    "nameNe": s.CharField(),
    "address": _ADDRESS,
    "cityNe": s.CharField(),
    "location": _PLACE,
    "phone": s.CharField(),
    "email": s.CharField(),
    "imageUrls": _TEXTS,
    "timeZone": s.CharField(),
    "currency": s.CharField(),
    "screens": _SCREENS,
    "isActive": s.BooleanField(),
}
_SHOW: dict[str, Any] = {
    "id": s.UUIDField(),
    "movieId": s.UUIDField(),
    "movie": s.CharField(),
    "theatreId": s.UUIDField(),
    "theatre": s.CharField(),
    "city": s.CharField(),
    "screenId": s.UUIDField(),
    "screen": s.CharField(),
    "startTime": s.DateTimeField(),
    "endTime": s.DateTimeField(),
    "format": s.CharField(),
    "language": s.CharField(),
    "subtitles": s.CharField(),
    "status": s.ChoiceField(choices=["SCHEDULED", "ON_SALE", "STARTED", "OVER", "CANCELLED"]),
    "totalSeats": s.IntegerField(),
    "availableSeats": s.IntegerField(),
    "priceFrom": s.FloatField(allow_null=True),
    "currency": s.CharField(),
}
_PRICES = inline_serializer(
    "ShowPrice",
    {"zone": s.CharField(), "seatType": s.CharField(allow_blank=True), "amount": s.FloatField()},
    many=True,
)


def _page(name: str, item: str, fields: dict[str, Any], parameters: list[OpenApiParameter]) -> Any:
    answer = inline_serializer(name, {"items": inline_serializer(item, dict(fields), many=True), "nextCursor": _CURSOR})
    return {"parameters": [*parameters, _LIMIT, _AFTER], "description": _UNKNOWN, "responses": {200: answer}}


def _said(name: str, summary: str, **facts: Any) -> Any:
    return extend_schema(operation_id=name, summary=summary, tags=_CATALOGUE, **facts)


def _sent(example: dict[str, Any]) -> list[OpenApiExample]:
    return [OpenApiExample("Request", value=example, request_only=True)]


def movies(body: Any) -> Any:
    one = inline_serializer("Movie", dict(_MOVIE))
    example = {"title": "Dal Bhat Power", "titleNe": "दालभात पावर", "genres": ["Comedy"], "languages": ["Nepali"]}
    return extend_schema_view(
        get=_said("listMovies", "Movies", **_page("MoviePage", "MovieRow", _MOVIE, [_CITY, _GENRE, _LANGUAGE, _DAY])),
        post=_said("createMovie", "Make a movie", request=body, responses={201: one}, examples=_sent(example)),
    )


def movie(body: Any) -> Any:
    one = inline_serializer("OneMovie", dict(_MOVIE))
    told = "A key changes movies that its own channel made; staff change any."
    gone = "It leaves every list. With showtimes to come: 409 `HAS_SHOWS`."
    return extend_schema_view(
        get=_said("getMovie", "A movie", responses={200: one}),
        put=_said("replaceMovie", "Write a movie anew", description=told, request=body, responses={200: one}),
        patch=_said("changeMovie", "Change a movie", description=told, request=body, responses={200: one}),
        delete=_said("removeMovie", "Take a movie off", description=gone, responses={200: _ids("RemovedMovie")}),
    )


def theatres(body: Any) -> Any:
    one = inline_serializer("Theatre", dict(_THEATRE))
    example = {
        "name": "Himal Cinema",
        "nameNe": "हिमाल सिनेमा",
        "address": {"street": "Durbar Marg", "city": "Kathmandu"},
        "location": {"lat": 27.7172, "lon": 85.324},
    }
    return extend_schema_view(
        get=_said(
            "listTheatres", "Theatres and their screens", **_page("TheatrePage", "TheatreRow", _THEATRE, [_CITY])
        ),
        post=_said(
            "createTheatre",
            "Make a theatre",
            description="Its screens are made by POST /venue/{id}/hall. A test key makes theatres of the sandbox.",
            request=body,
            responses={201: one},
            examples=_sent(example),
        ),
    )


def theatre(body: Any) -> Any:
    one = inline_serializer("OneTheatre", dict(_THEATRE))
    gone = "It leaves every list. With showtimes to come: 409 `HAS_SHOWS`."
    return extend_schema_view(
        get=_said("getTheatre", "A theatre", responses={200: one}),
        put=_said("replaceTheatre", "Write a theatre anew", request=body, responses={200: one}),
        patch=_said("changeTheatre", "Change a theatre", request=body, responses={200: one}),
        delete=_said("removeTheatre", "Take a theatre off", description=gone, responses={200: _ids("RemovedTheatre")}),
    )


def shows(body: Any) -> Any:
    one = inline_serializer("Show", _SHOW | {"prices": _PRICES})
    which = [_CITY, _LANGUAGE, _DAY, OpenApiParameter("movieId", str), OpenApiParameter("theatreId", str)]
    example = {
        "movieId": "019ab1f0-2222-7000-8000-000000000002",
        "screenId": "019ab1f0-4444-7000-8000-000000000004",
        "startTime": "2026-12-01T18:30:00+05:45",
        "prices": [{"zone": "PREMIUM", "amount": 600}, {"amount": 450}],
    }
    return extend_schema_view(
        get=_said("listShows", "Shows to come, the next one first", **_page("ShowPage", "ShowRow", _SHOW, which)),
        post=_said(
            "createShow",
            "Schedule a show",
            description="Running time and cleaning must not overlap another show of the screen: 409 `OVERLAP`.",
            request=body,
            responses={201: one},
            examples=_sent(example),
        ),
    )


def show(body: Any, part: Any) -> Any:
    one = inline_serializer("OneShow", _SHOW | {"prices": _PRICES})
    told = "Another time only while no seat is held or sold: 409 `SHOW_HAS_SALES`; new prices are for unsold seats."
    gone: dict[str, Any] = {"id": s.UUIDField(), "status": s.CharField()}
    return extend_schema_view(
        get=_said("getShow", "A show and its prices", responses={200: one}),
        put=_said("replaceShow", "Write a show anew", description=told, request=body, responses={200: one}),
        patch=_said("changeShow", "Change a show", description=told, request=part, responses={200: one}),
        delete=_said(
            "cancelShow",
            "Cancel a show that nobody has a seat at",
            description="With seats held or sold: 409 `SHOW_HAS_SALES`.",
            responses={200: inline_serializer("WithdrawnShow", gone)},
        ),
    )


_SCREEN_SEAT: dict[str, Any] = {"number": s.IntegerField(), "label": s.CharField(), "type": s.CharField()}
_SCREEN_ROW: dict[str, Any] = {
    "row": s.CharField(),
    "tier": s.CharField(),
    "seats": inline_serializer("ScreenSeat", _SCREEN_SEAT, many=True),
}
SCREEN = extend_schema_view(
    get=_said(
        "getScreen",
        "A screen's seats, whoever has them",
        description="`layout` is the drawing as POST /venue/{id}/hall takes it. The ETag is the layout's version.",
        parameters=[OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER, description="An earlier ETag.")],
        responses={
            200: inline_serializer(
                "ScreenLayout",
                {
                    "screenId": s.UUIDField(),
                    "name": s.CharField(),
                    "theatreId": s.UUIDField(),
                    "layoutVersion": s.IntegerField(),
                    "totalSeats": s.IntegerField(),
                    "rows": inline_serializer("ScreenRow", _SCREEN_ROW, many=True),
                    "layout": s.JSONField(),
                },
            ),
            304: OpenApiResponse(description="The layout with this ETag is still in use."),
        },
    )
)
