"""Changes to what exists: cinemas, halls and their layouts, showtimes and their prices."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from showsewa import ids
from showsewa.refusals import Invalid, NotFound, Refusal
from showsewa.transactions import use_case
from venues import layout as layouts
from venues.models import Cinema, Daypart, Hall, HallLayout, Movie, Price, PriceCard, Seat, Showtime


class VenueExists(Refusal):
    code = "VENUE_EXISTS"


class HallExists(Refusal):
    code = "HALL_EXISTS"


class Overlap(Refusal):
    """facts: showtimeId, the one already in the hall at that time."""

    code = "OVERLAP"


class AlreadyCancelled(Refusal):
    code = "ALREADY_CANCELLED"


class HasShows(Refusal):
    """It still has showtimes to come; cancel them first. facts: showtimes, how many."""

    code = "HAS_SHOWS"


@dataclass(frozen=True, slots=True)
class PriceLine:
    """What a seat of a zone and type costs; "" means any."""

    amount: Decimal
    zone: str = ""
    seat_type: str = ""


@use_case
def create_cinema(*, name: str, city: str, latitude: Decimal, longitude: Decimal, **facts: Any) -> Cinema:
    """facts: the other columns of Cinema. Refuses: VenueExists when the city has one of this name."""
    slug = facts.pop("slug", "") or f"{slugify(f'{name} {city}')[:60]}-{ids.uuid7().hex[-6:]}"
    try:
        with transaction.atomic():
            return Cinema.objects.create(
                name=name, city=city, latitude=latitude, longitude=longitude, slug=slug, **facts
            )
    except IntegrityError as error:
        raise VenueExists(_("%(city)s has a venue of this name already.") % {"city": city}) from error


@use_case
def create_hall(*, cinema_id: uuid.UUID, name: str, layout: layouts.Layout, cleaning_minutes: int = 15) -> Hall:
    """Refuses: NotFound, HallExists."""
    cinema = Cinema.objects.filter(pk=cinema_id).first()
    if cinema is None:
        raise NotFound(_("There is no such venue."))
    try:
        with transaction.atomic():
            hall = Hall.objects.create(cinema=cinema, name=name, cleaning_minutes=cleaning_minutes)
    except IntegrityError as error:
        raise HallExists(_("This venue has a hall of this name already.")) from error
    _add_layout(hall, layout)
    return hall


@use_case
def change_layout(*, hall_id: uuid.UUID, layout: layouts.Layout) -> HallLayout:
    """Give a hall new seats for showtimes yet to be scheduled; the others keep theirs.

    Locks: the hall. Refuses: NotFound.
    """
    hall = Hall.objects.select_for_update(no_key=True).filter(pk=hall_id).order_by("pk").first()
    if hall is None:
        raise NotFound(_("There is no such hall."))
    return _add_layout(hall, layout)


def _add_layout(hall: Hall, layout: layouts.Layout) -> HallLayout:
    version = (hall.layouts.aggregate(last=Max("version"))["last"] or 0) + 1
    seats = list(layout.seats())
    saved = HallLayout.objects.create(
        hall=hall, version=version, seat_layout=layouts.dump(layout), seat_count=len(seats)
    )
    Seat.objects.bulk_create(
        [
            Seat(
                layout=saved,
                ordinal=ordinal,
                label=place.seat.label,
                row_label=place.row.label,
                number=place.number,
                section=place.section.name,
                zone=place.section.zone,
                seat_type=place.seat.seat_type,
            )
            for ordinal, place in enumerate(seats)
        ],
        batch_size=2000,
    )
    hall.layout = saved
    hall.save(update_fields=["layout"])
    return saved


@use_case
def schedule(
    *,
    movie_id: uuid.UUID,
    hall_id: uuid.UUID,
    starts_at: datetime,
    format: str = "2D",
    language: str = "",
    subtitles: str = "",
    prices: Sequence[PriceLine] | None = None,
    may_wait: bool = False,
) -> Showtime:
    """Put a movie into a hall. Without prices the cinema's usual ones apply. It goes on sale within seconds, by beat.

    may_wait: where the usual prices leave a seat out, it is not on sale before `set_prices`.
    Refuses: NotFound; Invalid when the hall has no seats, or a seat would have no price; Overlap.
    """
    movie = Movie.objects.filter(pk=movie_id).first()
    hall = Hall.objects.select_related("cinema", "layout").filter(pk=hall_id).first()
    if movie is None or hall is None:
        raise NotFound(_("There is no such movie.") if movie is None else _("There is no such hall."))
    if hall.layout is None:
        raise Invalid(_("This hall has no seats yet."))
    showtime = _planned(movie, hall, starts_at)
    showtime.format, showtime.subtitles = format, subtitles
    showtime.language = language or (movie.languages[0] if movie.languages else "")
    try:
        with transaction.atomic():
            showtime.save(force_insert=True)
    except IntegrityError as error:
        raise _overlap(showtime) from error
    lines = list(prices) if prices is not None else usual_prices(hall.cinema, starts_at)
    if prices is not None or not may_wait or not _unpriced(showtime, lines):
        set_prices(showtime, lines)
    return showtime


def schedule_days(*, until: date, starts_at: datetime, **facts: Any) -> tuple[list[Showtime], list[date]]:
    """The same show every day up to `until`, by the clock of starts_at; each day is scheduled by itself.

    Returns what was scheduled, and the days after the first on which another show is in the hall. Refuses: as
    `schedule` does, of the first day.
    """
    made, taken = [schedule(starts_at=starts_at, **facts)], []
    for later in range(1, (until - starts_at.date()).days + 1):
        day = starts_at + timedelta(days=later)
        try:
            made.append(schedule(starts_at=day, **facts))
        except Overlap:
            taken.append(day.date())
    return made, taken


def set_prices(showtime: Showtime, lines: Sequence[PriceLine]) -> None:
    """Replace a showtime's prices. Caller holds the transaction. Refuses: Invalid when a seat would have none."""
    if len({(line.zone, line.seat_type) for line in lines}) != len(lines):
        raise Invalid(_("Each zone and seat type may be priced once."))
    unpriced = _unpriced(showtime, lines)
    if unpriced:
        raise Invalid(_("No price for: %(seats)s.") % {"seats": ", ".join(unpriced)}, unpriced=unpriced)
    Price.objects.filter(showtime=showtime).delete()
    Price.objects.bulk_create(
        [Price(showtime=showtime, zone=line.zone, seat_type=line.seat_type, amount=line.amount) for line in lines]
    )


def _unpriced(showtime: Showtime, lines: Sequence[PriceLine]) -> list[str]:
    """Zone and type of the seats that none of these prices is for."""
    given = {(line.zone, line.seat_type) for line in lines}
    classes = Seat.objects.filter(layout=showtime.layout).values_list("zone", "seat_type").distinct()
    return sorted(
        f"{zone}/{seat_type}"
        for zone, seat_type in classes
        if not given & {(zone, seat_type), (zone, ""), ("", seat_type), ("", "")}
    )


@use_case
def cancel_showtime(*, showtime_id: uuid.UUID, now: datetime) -> Showtime:
    """Stop a showtime's sales for good and free its hall. Its bookings stay as they are: each has money to be seen to.

    Refuses: NotFound, AlreadyCancelled. Locks: the showtime.
    """
    showtime = lock_showtime(showtime_id)
    stop(showtime, now=now)
    return showtime


def lock_showtime(showtime_id: uuid.UUID) -> Showtime:
    """A showtime about to be changed. Caller holds the transaction. Refuses: NotFound, AlreadyCancelled."""
    rows = Showtime.objects.select_for_update(no_key=True, of=("self",)).select_related("movie", "hall", "cinema")
    showtime = rows.filter(pk=showtime_id).order_by("pk").first()
    if showtime is None:
        raise NotFound(_("There is no such showtime."))
    if showtime.cancelled_at is not None:
        raise AlreadyCancelled(_("This showtime has been cancelled already."))
    return showtime


def stop(showtime: Showtime, *, now: datetime) -> None:
    """Caller holds the showtime's lock."""
    showtime.cancelled_at = now
    showtime.save(update_fields=["cancelled_at"])


def move_start(showtime: Showtime, starts_at: datetime) -> None:
    """Let it begin at another time, for as long as before. Caller holds the showtime's lock. Refuses: Overlap."""
    by = starts_at - showtime.starts_at
    showtime.starts_at, showtime.ends_at = starts_at, showtime.ends_at + by
    showtime.busy_until += by
    try:
        with transaction.atomic():
            showtime.save(update_fields=["starts_at", "ends_at", "busy_until"])
    except IntegrityError as error:
        raise _overlap(showtime) from error


def usual_prices(cinema: Cinema, starts_at: datetime) -> list[PriceLine]:
    """The cinema's price card for that time of day; a row for the daypart beats one for any time."""
    daypart = daypart_of(starts_at, cinema.time_zone)
    cards = PriceCard.objects.filter(cinema=cinema, daypart__in=[Daypart.ANY, daypart])
    chosen = {
        (card.zone, card.seat_type): card.amount for card in sorted(cards, key=lambda card: card.daypart != Daypart.ANY)
    }
    return [PriceLine(amount, zone, seat_type) for (zone, seat_type), amount in chosen.items()]


def daypart_of(starts_at: datetime, time_zone: str) -> Daypart:
    hour = starts_at.astimezone(ZoneInfo(time_zone)).hour
    if hour < 12:
        return Daypart.MORNING
    return Daypart.MATINEE if hour < 17 else Daypart.EVENING


def _planned(movie: Movie, hall: Hall, starts_at: datetime) -> Showtime:
    """Where and when: in the hall's present layout, for the running time, and then the cleaning."""
    ends_at = starts_at + timedelta(minutes=movie.runtime_minutes)
    return Showtime(
        movie=movie,
        cinema=hall.cinema,
        hall=hall,
        layout=hall.layout,
        starts_at=starts_at,
        ends_at=ends_at,
        busy_until=ends_at + timedelta(minutes=hall.cleaning_minutes),
    )


def _overlap(showtime: Showtime) -> Overlap:
    others = Showtime.objects.exclude(pk=showtime.pk).filter(hall=showtime.hall, cancelled_at=None)
    other = others.filter(starts_at__lt=showtime.busy_until, busy_until__gt=showtime.starts_at).first()
    return Overlap(
        _("Another show is in this hall at that time (running time and cleaning counted)."),
        showtimeId=str(other.pk) if other else None,
    )


@use_case
def create_movie(*, title: str, **facts: Any) -> Movie:
    """facts: the other columns of Movie."""
    return Movie.objects.create(title=title, **facts)


@use_case
def change_movie(*, movie_id: uuid.UUID, **facts: Any) -> Movie:
    """facts: columns of Movie. Showtimes keep the ends they were planned with. Locks: the movie. Refuses: NotFound."""
    movie = _locked_movie(pk=movie_id)
    _set(movie, facts)
    return movie


@use_case
def remove_movie(*, movie_id: uuid.UUID, now: datetime) -> Movie:
    """Take a movie out of every list; what was sold of it stays. Locks: the movie. Refuses: NotFound, HasShows."""
    movie = _locked_movie(pk=movie_id, is_active=True)
    _check_no_shows(Showtime.objects.filter(movie=movie), now)
    _set(movie, {"is_active": False})
    return movie


@use_case
def change_cinema(*, cinema_id: uuid.UUID, **facts: Any) -> Cinema:
    """facts: columns of Cinema. Locks: the cinema. Refuses: NotFound; VenueExists for a name its city has already."""
    cinema = _locked_cinema(pk=cinema_id)
    try:
        with transaction.atomic():
            _set(cinema, facts)
    except IntegrityError as error:
        raise VenueExists(_("%(city)s has a venue of this name already.") % {"city": cinema.city}) from error
    return cinema


@use_case
def remove_cinema(*, cinema_id: uuid.UUID, now: datetime) -> Cinema:
    """Take a cinema out of every list; what was sold there stays. Locks: the cinema. Refuses: NotFound, HasShows."""
    cinema = _locked_cinema(pk=cinema_id, is_active=True)
    _check_no_shows(Showtime.objects.filter(cinema=cinema), now)
    _set(cinema, {"is_active": False})
    return cinema


def _locked_movie(**wanted: Any) -> Movie:
    movie = Movie.objects.select_for_update(no_key=True).filter(**wanted).order_by("pk").first()
    if movie is None:
        raise NotFound(_("There is no such movie."))
    return movie


def _locked_cinema(**wanted: Any) -> Cinema:
    cinema = Cinema.objects.select_for_update(no_key=True).filter(**wanted).order_by("pk").first()
    if cinema is None:
        raise NotFound(_("There is no such venue."))
    return cinema


def _set(row: Movie | Cinema, facts: dict[str, Any]) -> None:
    for name, value in facts.items():
        setattr(row, name, value)
    row.save(update_fields=list(facts))


def _check_no_shows(showtimes: QuerySet[Showtime], now: datetime) -> None:
    coming = showtimes.filter(cancelled_at=None, ends_at__gt=now).count()
    if coming:
        raise HasShows(_("It still has showtimes to come. Cancel them first."), showtimes=coming)
