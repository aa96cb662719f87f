"""The demo's houses, movies and showtimes, made by the same services that staff use."""

import uuid
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings

from seatsync import opening
from showsewa.demo_data.cinemas import CINEMAS, DAYPARTS, CinemaFacts
from showsewa.demo_data.movies import COMING, CONCERT, MOVIES, MovieFacts
from showsewa.demo_data.programme import Showing, week
from venues import formats, services
from venues.models import Cinema, Hall, Movie, PriceCard, Showtime

Say = Callable[[str], None]

PLANS = settings.BASE_DIR / "venues" / "plans"
ZONE = ZoneInfo("Asia/Kathmandu")
_OPEN_AT_ONCE = 50
_ANYWHERE_AT_USUAL = ("WHEELCHAIR", "COMPANION")


def build_cinemas(say: Say) -> None:
    for number, facts in enumerate(CINEMAS, start=1):
        cinema = services.create_cinema(
            name=facts.name,
            city=facts.city,
            is_sandbox=True,
            latitude=Decimal(facts.latitude),
            longitude=Decimal(facts.longitude),
            slug=facts.slug,
            name_ne=facts.name_ne,
            city_ne=facts.city_ne,
            street=facts.street,
            district=facts.district,
            state=facts.state,
            zip=facts.zip,
            phone=facts.phone,
            legal_name=f"{facts.name} Pvt. Ltd.",
            pan=f"{600_000_000 + number}",
            lonely_seats=facts.lonely_seats,
            pays_at_counter=number <= 2,  # the first house is where the demo's clerk works
            email=f"{facts.slug.split('-')[0]}@showsewa.example",
        )
        _set_rates(cinema, facts)
        for hall in facts.halls:
            plan = formats.load((PLANS / f"{hall.plan}.txt").read_bytes())
            services.create_hall(cinema_id=cinema.pk, name=hall.name, layout=plan, cleaning_minutes=hall.cleaning)
        say(f"{facts.name}, {facts.city}: {len(facts.halls)} halls")


def build_movies(today: date) -> None:
    Movie.objects.bulk_create(_movie(facts, today) for facts in (*MOVIES, *COMING))
    event = _movie(CONCERT, today)
    event.kind = Movie.Kind.EVENT
    event.save(force_insert=True)


def put_on_sale(today: date, say: Say) -> int:
    """Schedule the week from today in every hall that has nothing on a day yet, and open sales. Returns how many."""
    halls = {(hall.cinema.slug, hall.name): hall for hall in Hall.objects.select_related("cinema")}
    movies = {movie.title: movie.pk for movie in Movie.objects.filter(title__in=_titles())}
    taken = {(hall_id, starts_at.astimezone(ZONE).date()) for hall_id, starts_at in _scheduled()}
    made: list[uuid.UUID] = []
    for showing in week(today):
        hall = halls.get((showing.cinema.slug, showing.hall.name))
        if hall is None or showing.movie.title not in movies or (hall.pk, showing.day) in taken:
            continue
        made.append(_schedule(showing, hall, movies[showing.movie.title]))
        if len(made) % _OPEN_AT_ONCE == 0:
            say(f"{len(made)} showtimes")
    for start in range(0, len(made), _OPEN_AT_ONCE):
        opening.open_sales(made[start : start + _OPEN_AT_ONCE])
        say(f"{min(start + _OPEN_AT_ONCE, len(made))} of {len(made)} showtimes on sale")
    return len(made)


def is_here() -> bool:
    return Cinema.objects.filter(slug__in=[facts.slug for facts in CINEMAS]).exists()


def _set_rates(cinema: Cinema, facts: CinemaFacts) -> None:
    wanted = {("", ""): facts.rates.usual} | {(zone, ""): rate for zone, rate in facts.rates.zones.items()}
    wanted |= {(zone, seat_type): facts.rates.usual for zone in facts.rates.zones for seat_type in _ANYWHERE_AT_USUAL}
    PriceCard.objects.bulk_create(
        PriceCard(cinema=cinema, zone=zone, seat_type=seat_type, daypart=daypart, amount=_rounded(rate * percent))
        for (zone, seat_type), rate in wanted.items()
        for daypart, percent in DAYPARTS.items()
    )


def _rounded(hundredths: int) -> int:
    """To five rupees: nobody at a counter wants to hunt for two."""
    return round(hundredths / 500) * 5


def _movie(facts: MovieFacts, today: date) -> Movie:
    return Movie(
        title=facts.title,
        title_ne=facts.title_ne,
        synopsis=facts.synopsis,
        synopsis_ne=facts.synopsis_ne,
        genres=list(facts.genres),
        languages=list(facts.languages),
        is_foreign="Nepali" not in facts.languages,
        keywords=list(facts.keywords),
        people=facts.people,
        runtime_minutes=facts.runtime,
        certificate=facts.certificate,
        released_on=today - timedelta(days=facts.released_days_ago),
    )


def _schedule(showing: Showing, hall: Hall, movie_id: uuid.UUID) -> uuid.UUID:
    midnight = datetime.combine(showing.day, time(), tzinfo=ZONE)
    showtime = services.schedule(
        movie_id=movie_id,
        hall_id=hall.pk,
        starts_at=midnight + timedelta(minutes=showing.start),
        format=showing.format,
        language=showing.language,
        subtitles=showing.subtitles,
    )
    return showtime.pk


def _scheduled() -> Iterable[tuple[uuid.UUID, datetime]]:
    return Showtime.objects.values_list("hall_id", "starts_at")


def _titles() -> list[str]:
    return [facts.title for facts in (*MOVIES, CONCERT)]
