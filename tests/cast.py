"""The cast and the stage every test knows: learn it once.

Asha buys, Bikash is a stranger to her, Chandra works the counter, Devi manages, *Moviepass* is a platform and *Till*
the theatre's own POS. Hall 1 of Himal Cinema has rows A, B, C of five seats; one show is on tonight.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from seatsync import channels, opening
from seatsync.models import OWN_COUNTER, OWN_WEB, Channel, SeatEvent, ShowSeat
from showsewa import roles
from showsewa.actors import Actor
from showsewa.authentication import from_session_token, of_user
from showsewa.models import User
from venues.models import Cinema, Hall, HallLayout, Movie, Price, Seat, SeatType, Showtime

PASSWORD = "momo-and-popcorn-42"

ASHA_TOKEN, BIKASH_TOKEN = "asha-session-token", "bikash-session-token"
ASHA: Actor = from_session_token(ASHA_TOKEN)
BIKASH: Actor = from_session_token(BIKASH_TOKEN)

ALL_SCOPES = [
    "inventory:read",
    "holds:write",
    "bookings:write",
    "bookings:read",
    "seatsync:write",
    "seats:block",
    "catalog:write",
    "reports:read",
    "webhooks:manage",
]


@dataclass
class Stage:
    cinema: Cinema
    hall: Hall
    movie: Movie
    showtime: Showtime
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return str(self.showtime.pk)

    def states(self, showtime: Showtime | None = None) -> dict[str, str]:
        """label -> status, as the rows say."""
        rows = ShowSeat.objects.filter(showtime_id=(showtime or self.showtime).pk).order_by("id")
        return dict(rows.values_list("label", "status"))

    def journal(self, showtime: Showtime | None = None) -> list[SeatEvent]:
        return list(SeatEvent.objects.filter(showtime_id=(showtime or self.showtime).pk).order_by("version"))


def make_stage(*, name: str = "Himal Cinema", price: int = 450, starts_in: timedelta = timedelta(hours=5)) -> Stage:
    """The usual stage: sales are open, every seat costs the same."""
    # A migration makes them; tests that really commit end by emptying every table.
    own = [(OWN_WEB, "Website", "WEB", ["SHOWSEWA"]), (OWN_COUNTER, "Counter", "COUNTER", ["WALK_IN"])]
    Channel.objects.bulk_create(
        [Channel(id=key, name=name, kind=kind, sources=sources) for key, name, kind, sources in own],
        ignore_conflicts=True,
    )
    cinema = Cinema.objects.create(
        name=name, name_ne="हिमाल सिनेमा", slug=f"c-{uuid.uuid4().hex[:8]}", city="Kathmandu",
        latitude=Decimal("27.7172"), longitude=Decimal("85.3240"), is_sandbox=True,
    )  # fmt: skip
    hall = make_hall(cinema)
    movie = Movie.objects.create(
        title="Dal Bhat Power", title_ne="दालभात पावर", runtime_minutes=120, languages=["Nepali"], genres=["Comedy"]
    )
    showtime = make_showtime(hall, movie, starts_at=timezone.now() + starts_in, price=price)
    return Stage(cinema, hall, movie, showtime)


def make_hall(cinema: Cinema, *, name: str = "Hall 1", rows: str = "ABC", seats: int = 5) -> Hall:
    hall = Hall.objects.create(cinema=cinema, name=name)
    hall.layout = make_layout(hall, rows=rows, seats=seats)
    hall.save(update_fields=["layout"])
    return hall


def make_layout(hall: Hall, *, rows: str = "ABC", seats: int = 5) -> HallLayout:
    """One section "Main" in zone MAIN, standard seats on a plain grid."""
    labels = [(row, number) for row in rows for number in range(1, seats + 1)]
    drawn = {
        "sections": [
            {
                "id": "main",
                "name": "Main",
                "zone": "MAIN",
                "rows": [
                    {
                        "label": row,
                        "seats": [
                            {
                                "id": f"{row}{number}",
                                "label": f"{row}{number}",
                                "coordinates": {"x": 36 * number, "y": 40 * (depth + 1)},
                                "seatType": "standard",
                            }
                            for number in range(1, seats + 1)
                        ],
                    }
                    for depth, row in enumerate(rows)
                ],
            }
        ]
    }
    version = hall.layouts.count() + 1
    layout = HallLayout.objects.create(hall=hall, version=version, seat_layout=drawn, seat_count=len(labels))
    Seat.objects.bulk_create(
        Seat(
            layout=layout, ordinal=ordinal, label=f"{row}{number}", row_label=row, number=number,
            section="Main", zone="MAIN", seat_type=SeatType.STANDARD,
        )
        for ordinal, (row, number) in enumerate(labels)
    )  # fmt: skip
    return layout


def bring_to_today(showtime: Showtime) -> None:
    """Some lists are of the day: five hours from now may be tomorrow."""
    zone = ZoneInfo(showtime.cinema.time_zone)
    last = timezone.now().astimezone(zone).replace(hour=23, minute=58)
    starts_at = min(timezone.now() + timedelta(hours=1), last)
    Showtime.objects.filter(pk=showtime.pk).update(
        starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), busy_until=starts_at + timedelta(hours=3)
    )


def make_showtime(hall: Hall, movie: Movie, *, starts_at: datetime, price: int = 450, is_open: bool = True) -> Showtime:
    ends_at = starts_at + timedelta(minutes=movie.runtime_minutes)
    showtime = Showtime.objects.create(
        movie=movie, cinema=hall.cinema, hall=hall, layout=hall.layout, starts_at=starts_at, ends_at=ends_at,
        busy_until=ends_at + timedelta(minutes=15), language="Nepali",
    )  # fmt: skip
    Price.objects.create(showtime=showtime, amount=price)
    if is_open:
        opening.open_sales([showtime.pk])
    return showtime


def make_user(email: str, *, role: str = "", cinemas: tuple[Cinema, ...] = (), **fields: object) -> User:
    """role: one of `roles`; staff of these cinemas only."""
    user = User.objects.create_user(email, PASSWORD, is_staff=bool(role), **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if role:
        group, _is_new = Group.objects.get_or_create(name=role)
        names = [name.partition(".") for name in roles.PERMISSIONS[role]]
        wanted = [
            permission
            for permission in Permission.objects.select_related("content_type")
            if (permission.content_type.app_label, ".", permission.codename) in names
        ]
        group.permissions.set(wanted)
        user.groups.add(group)
        user.cinemas.set(cinemas)
    return user


def make_channel(
    name: str, *, kind: str, sources: list[str], cinemas: tuple[Cinema, ...], scopes: list[str] | None = None
) -> tuple[Channel, str]:
    """A channel and its bearer token."""
    channel = Channel.objects.create(name=name, kind=kind, sources=sources)
    channel.cinemas.set(cinemas)
    _key, token = channels.issue_key(channel, scopes=ALL_SCOPES if scopes is None else scopes, now=timezone.now())
    return channel, token


def moviepass(stage: Stage) -> str:
    """The platform's token."""
    return make_channel("Moviepass", kind="PLATFORM", sources=["OTHER_PLATFORM"], cinemas=(stage.cinema,))[1]


def till(stage: Stage) -> str:
    """The theatre's POS's token."""
    return make_channel("Till", kind="THEATRE", sources=["WALK_IN", "POS_SYSTEM"], cinemas=(stage.cinema,))[1]


def channel_actor(token: str) -> Actor:
    actor = channels.actor_for(token, now=timezone.now())
    assert actor is not None
    return actor


def staff_actor(user: User) -> Actor:
    return of_user(User.objects.get(pk=user.pk))
