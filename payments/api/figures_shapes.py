"""What OpenAPI says about the reports. Nothing here acts."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers as s

from payments.figures.health import Level
from seatsync.api.shapes import list_of, object_of, operation
from seatsync.models import Channel, Source

_CINEMA = OpenApiParameter("cinema", str, description="Its id or short name; without it all of yours.")
_SOURCE = s.ChoiceField(choices=Source.choices)
_KIND = s.ChoiceField(choices=Channel.Kind.choices)
_PARTS = {"fees": s.FloatField(), "taxesOnTop": s.FloatField()}
_ROW = {"currency": s.CharField(), "revenue": s.FloatField(), **_PARTS}


def _days(usual: str) -> list[OpenApiParameter]:
    day = "A day of the cinema's own calendar."
    first = OpenApiParameter("from", OpenApiTypes.DATE, description=f"{day} {usual}")
    return [first, OpenApiParameter("to", OpenApiTypes.DATE, description=day), _CINEMA]


def _report(
    name: str, summary: str, description: str, *, parameters: list[Any], item: Any, example: Any, **more: Any
) -> Any:
    answer = object_of(
        f"{name[0].upper()}{name[1:]}", **{"from": s.DateField(), "to": s.DateField(), "items": item}, **more
    )
    return operation(
        "get",
        name,
        summary,
        tags=["reports"],
        description=f"{description} A channel's key counts that channel's own sales, staff those at their cinemas.",
        parameters=parameters,
        responses={
            (200, "application/json"): answer,
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, description="The items as a table."),
        },
        examples=[OpenApiExample("An answer", value=example, response_only=True, media_type="application/json")],
    )


DAILY = _report(
    "dailyBookings",
    "Bookings, tickets and revenue day by day",
    "Confirmed bookings on the day they were confirmed, by their cinema's clock, the newest day first; a day without "
    "sales has no row. `avgTicketPrice` is revenue by tickets; `fees` and `taxesOnTop` are in the revenue, the rest "
    "of which is for the seats. Sales that were given back later are left out of the `total` figures and stand beside "
    "them, under the day they were sold.",
    parameters=_days("30 days up to `to` (today), at most 366."),
    item=list_of(
        "DayOfBookings",
        date=s.DateField(),
        totalBookings=s.IntegerField(),
        totalTickets=s.IntegerField(),
        totalRevenue=s.FloatField(),
        **_PARTS,
        avgTicketPrice=s.FloatField(allow_null=True),
        currency=s.CharField(),
        cancelledBookings=s.IntegerField(),
        cancelledTickets=s.IntegerField(),
        cancelledRevenue=s.FloatField(),
        refundedAmount=s.FloatField(help_text="Money promised back for sales of this day, kept bookings included."),
    ),
    example={
        "from": "2026-10-23",
        "to": "2026-11-21",
        "items": [
            {
                "date": "2026-11-21",
                "totalBookings": 323,
                "totalTickets": 963,
                "totalRevenue": 378775,
                "fees": 4815,
                "taxesOnTop": 0,
                "avgTicketPrice": 393.33,
                "currency": "NPR",
                "cancelledBookings": 1,
                "cancelledTickets": 2,
                "cancelledRevenue": 490,
                "refundedAmount": 490,
            }
        ],
    },
)
MOVIES = _report(
    "popularMovies",
    "What sells best",
    "By revenue of confirmed bookings.",
    parameters=[
        OpenApiParameter("days", int, description="So many days up to `to` (today): 1 to 366, 7 if not given."),
        OpenApiParameter("limit", int, description="1 to 100, 10 if not given."),
        *_days("Instead of `days`."),
    ],
    item=list_of(
        "PopularMovie",
        movieId=s.UUIDField(),
        title=s.CharField(),
        bookings=s.IntegerField(),
        ticketsSold=s.IntegerField(),
        **_ROW,
    ),
    example={
        "from": "2026-11-15",
        "to": "2026-11-21",
        "items": [
            {
                "movieId": "01a1fc9a-f73d-7315-9fa2-b39a99a54aed",
                "title": "The Last Tempo",
                "bookings": 61,
                "ticketsSold": 178,
                "revenue": 66740,
                "fees": 0,
                "taxesOnTop": 0,
                "currency": "NPR",
            }
        ],
    },
)
CHANNELS = _report(
    "channelSales",
    "Sales by channel and by source",
    "Confirmed bookings by who sold them (`items`) and by what the sale said it was (`sources`). `share` is in percent "
    "of the revenue. `net` is what comes to the house, `commission` what the channel keeps, both by its present terms: "
    "a mark-up on the list price, or a percentage off it.",
    parameters=_days("30 days up to `to` (today), at most 366."),
    item=list_of(
        "SalesOfChannel",
        channelId=s.UUIDField(),
        channel=s.CharField(),
        kind=_KIND,
        source=_SOURCE,
        bookings=s.IntegerField(),
        tickets=s.IntegerField(),
        share=s.FloatField(),
        pricing=s.ChoiceField(choices=Channel.Pricing.choices),
        percent=s.FloatField(),
        commission=s.FloatField(allow_null=True),
        net=s.FloatField(),
        **_ROW,
    ),
    sources=list_of(
        "SalesOfSource",
        source=_SOURCE,
        bookings=s.IntegerField(),
        tickets=s.IntegerField(),
        share=s.FloatField(),
        **_ROW,
    ),
    example={
        "from": "2026-11-21",
        "to": "2026-11-21",
        "items": [
            {
                "channelId": "01a1fd14-dfa7-7085-9ddb-bd5e123e4716",
                "channel": "Moviepass",
                "kind": "PLATFORM",
                "source": "OTHER_PLATFORM",
                "bookings": 106,
                "tickets": 327,
                "revenue": 121115,
                "fees": 0,
                "taxesOnTop": 0,
                "currency": "NPR",
                "share": 100,
                "pricing": "NET",
                "percent": 10,
                "commission": 13457.22,
                "net": 121115,
            }
        ],
        "sources": [
            {
                "source": "OTHER_PLATFORM",
                "bookings": 106,
                "tickets": 327,
                "revenue": 121115,
                "fees": 0,
                "taxesOnTop": 0,
                "currency": "NPR",
                "share": 100,
            }
        ],
    },
)
OCCUPANCY = _report(
    "occupancy",
    "How full the halls are",
    "Each show on sale, by its start, counted from its seats as they are now; `sold + held + blocked + free` is the "
    "capacity. A show before and one after midnight are of two days. `allotted` are those of the free ones that only "
    "one channel may sell. To a channel, seats kept for another are blocked, and `soldBySource` has its own sales. "
    "A CSV has all rows, at most 2,000.",
    parameters=[
        *_days("Today if not given; 7 days, at most 31."),
        OpenApiParameter("limit", int, description="1 to 200, 50 if not given."),
        OpenApiParameter("cursor", str),
    ],
    item=list_of(
        "ShowOccupancy",
        showtimeId=s.UUIDField(),
        movie=s.CharField(),
        cinema=s.CharField(),
        hall=s.CharField(),
        startTime=s.DateTimeField(),
        capacity=s.IntegerField(),
        sold=s.IntegerField(),
        held=s.IntegerField(),
        blocked=s.IntegerField(),
        free=s.IntegerField(),
        allotted=s.IntegerField(),
        occupancy=s.FloatField(help_text="Sold seats in percent."),
        addsUp=s.BooleanField(allow_null=True, help_text="Whether seats and sales agree; for staff."),
        soldBySource=s.DictField(child=s.IntegerField()),
    ),
    nextCursor=s.CharField(allow_null=True, help_text="Ask with it for the next page; null on the last."),
    example={
        "from": "2026-11-21",
        "to": "2026-11-27",
        "items": [
            {
                "showtimeId": "01a1fd14-d576-730b-93da-bbef9e3b366b",
                "movie": "The Last Tempo",
                "cinema": "Patan Talkies",
                "hall": "Hall 1",
                "startTime": "2026-11-21T06:15:00Z",
                "capacity": 122,
                "sold": 18,
                "held": 0,
                "blocked": 0,
                "free": 104,
                "allotted": 0,
                "occupancy": 14.75,
                "addsUp": True,
                "soldBySource": {"WALK_IN": 13, "OTHER_PLATFORM": 5},
            }
        ],
        "nextCursor": "1795248900000000_01a1fd14-d576-730b-93da-bbef9e3b366b",
    },
)
_CONFLICT = list_of(
    "ConflictToSolve",
    conflictId=s.UUIDField(),
    showtimeId=s.UUIDField(),
    seatNumber=s.CharField(),
    movie=s.CharField(),
    cinema=s.CharField(),
    startTime=s.DateTimeField(),
    channel=s.CharField(),
    createdAt=s.DateTimeField(),
    deadlineAt=s.DateTimeField(allow_null=True),
    ageMinutes=s.IntegerField(),
    cost=s.FloatField(required=False, help_text="For staff: the seat's price."),
    currency=s.CharField(required=False),
)
HEALTH = _report(
    "channelHealth",
    "Conflicts, delay and silence of channels",
    "How each outside channel keeps in step: conflicts in a thousand seats sold (`ok` below 1, `alarm` above 5), "
    "seconds from its time to ours for half and for 95 of 100 reported seats (negative: its clock is ahead), and "
    "whether it has been silent for longer than agreed. Open conflicts with their age, the oldest first, at most 200.",
    parameters=_days("7 days up to `to` (today), at most 366."),
    item=list_of(
        "HealthOfChannel",
        channelId=s.UUIDField(),
        channel=s.CharField(),
        kind=_KIND,
        sales=s.IntegerField(help_text="Seats sold, conflicts among them."),
        conflicts=s.IntegerField(),
        conflictsPerThousand=s.FloatField(),
        level=s.ChoiceField(choices=[level.value for level in Level]),
        reports=s.IntegerField(help_text="Reported seats that the delay was measured on."),
        latencyP50Seconds=s.FloatField(allow_null=True),
        latencyP95Seconds=s.FloatField(allow_null=True),
        lastHeardAt=s.DateTimeField(allow_null=True),
        silentAfterMinutes=s.IntegerField(allow_null=True),
        isSilent=s.BooleanField(),
    ),
    openConflicts=object_of(
        "ConflictsToSolve",
        count=s.IntegerField(),
        overdue=s.IntegerField(),
        oldestAt=s.DateTimeField(allow_null=True),
        items=_CONFLICT,
        cost=s.ListField(child=s.DictField(), required=False, help_text="For staff: {currency, amount}."),
    ),
    example={
        "from": "2026-11-15",
        "to": "2026-11-21",
        "items": [
            {
                "channelId": "01a1fd14-dfa7-7085-9ddb-bd5e123e4716",
                "channel": "Moviepass",
                "kind": "PLATFORM",
                "sales": 1204,
                "conflicts": 1,
                "conflictsPerThousand": 0.83,
                "level": "ok",
                "reports": 1204,
                "latencyP50Seconds": 0.412,
                "latencyP95Seconds": 2.93,
                "lastHeardAt": "2026-11-21T08:04:11Z",
                "silentAfterMinutes": 60,
                "isSilent": False,
            }
        ],
        "openConflicts": {"count": 0, "overdue": 0, "oldestAt": None, "items": []},
    },
)
