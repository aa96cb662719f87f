"""Sales, holds and blocks that make the demo's maps look lived in, made through the services every channel uses."""

import random
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bookings.services import checkout, holds, reports
from payments.gateways import fake
from payments.services import buying, counter, settling
from seatsync import blocking, channels
from seatsync.models import SeatStatus, ShowSeat
from showsewa import demo
from showsewa.actors import Actor, Kind
from showsewa.demo_data.movies import CONCERT, MOVIES
from venues.models import Seat, SeatType, Showtime

Say = Callable[[str], None]

AHEAD = timedelta(hours=36)
MOST_PARTIES = 8
_PARTIES = (1, 2, 2, 2, 2, 3, 3, 4, 4, 5, 6)
_WEIGHTS = {facts.title: facts.weight for facts in (*MOVIES, CONCERT)}
_REASONS = ("broken armrest", "kept for the press", "wet seat")


@dataclass(slots=True)
class _House:
    """A showtime's free seats, row by row from the screen, as parties take them."""

    showtime: Showtime
    chance: random.Random
    rows: list[list[Seat]]
    taken: set[str] = field(default_factory=set)

    def sit(self, size: int) -> list[str]:
        """Labels of free neighbours, rather towards the back and the middle; [] when this try finds none."""
        row = self.rows[int(self.chance.betavariate(4, 2) * len(self.rows))]
        if row[0].seat_type == SeatType.SOFA:
            size = 2
        start = int(self.chance.betavariate(3, 3) * max(1, len(row) - size + 1))
        start -= start % 2 if row[0].seat_type == SeatType.SOFA else 0
        party = row[start : start + size]
        is_fit = len(party) == size and not any(seat.label in self.taken or _is_kept(seat) for seat in party)
        if not is_fit:
            return []
        self.taken.update(seat.label for seat in party)
        return [seat.label for seat in party]

    def parties(self, count: int) -> list[list[str]]:
        tries = (self.sit(self.chance.choice(_PARTIES)) for _try in range(count * 3))
        return [labels for labels in tries if labels][:count]


def make_sales(*, clerk: Actor, manager: Actor, now: datetime, say: Say) -> int:
    """Fill the houses of the next day and a half a little. Returns how many bookings that made."""
    showtimes = Showtime.objects.filter(ends_at__gt=now, starts_at__lt=now + AHEAD, inventory__isnull=False)
    sellers = {key: _channel(key, now) for key in demo.CHANNELS}
    made = 0
    for showtime in showtimes.select_related("movie", "hall", "cinema").order_by("starts_at", "hall__name"):
        house = _House(showtime, _chance(showtime), _rows(showtime))
        before, made = made, made + _fill(house, clerk=clerk, sellers=sellers, now=now)
        if showtime.starts_at > now and house.chance.random() < 0.2:
            _block(house, manager)
        if showtime.starts_at > now and house.chance.random() < 0.15:
            _hold(house)
        if before // 50 < made // 50:
            say(f"{made} bookings")
    return made


def buy_online(buyer: Actor, *, name: str, email: str, now: datetime) -> None:
    """Two bookings of the demo's customer, tomorrow and later, paid through the test gateway."""
    evening = Showtime.objects.filter(starts_at__gt=now + timedelta(hours=26), inventory__isnull=False)
    for title in (CONCERT.title, MOVIES[0].title):
        showtime = evening.filter(movie__title=title).order_by("starts_at").first()
        if showtime is None:
            continue
        house = _House(showtime, _chance(showtime), _rows(showtime), _sold(showtime))
        seats = next((labels for labels in (house.sit(2) for _try in range(50)) if labels), [])
        held = holds.hold_seats(showtime_id=showtime.pk, seats=seats, actor=buyer, is_ours=True)
        bought = buying.buy(
            booking_id=held.booking.pk,
            buyer=checkout.Buyer(name, email),
            payment_method="CARD",
            return_path=f"/bookings/{held.booking.pk}/",
            actor=buyer,
            now=now,
        )
        if bought.payment is not None:
            settling.settle(fake.charge(bought.payment.session, "tok_ok"), gateway="fake", now=now)


def _fill(house: _House, *, clerk: Actor, sellers: dict[str, Actor], now: datetime) -> int:
    weight = _WEIGHTS.get(house.showtime.movie.title, 2)
    parties = house.parties(min(MOST_PARTIES, 1 + house.chance.randint(weight // 2, weight + 2)))
    shares: dict[str, list[list[str]]] = defaultdict(list)
    for party in parties:
        own = "counter" if clerk.reaches(house.showtime.cinema_id) else "theatre"
        shares[house.chance.choice((own, own, own, "platform", "platform", "rival"))].append(party)
    for seats in shares.pop("counter", []):
        tender = house.chance.choice(("CASH", "CARD"))
        counter.sell(showtime_id=house.showtime.pk, seats=seats, tender=tender, actor=clerk, now=now)
    for key, sold in shares.items():
        lines = [line for number, seats in enumerate(sold) for line in _lines(house, key, number, seats)]
        reports.apply(showtime_id=house.showtime.pk, updates=lines, actor=sellers[key], now=now)
    return len(parties)


def _lines(house: _House, key: str, number: int, seats: Iterable[str]) -> list[reports.SeatUpdate]:
    reference = f"{key[:3].upper()}-{house.showtime.starts_at:%m%d%H%M}-{house.chance.randint(100, 999)}{number}"
    source = demo.CHANNELS[key]["source"]
    return [reports.SeatUpdate(seat, SeatStatus.BOOKED, source, reference) for seat in seats]


def _block(house: _House, manager: Actor) -> None:
    seats = house.sit(house.chance.choice((1, 2)))
    if seats and manager.reaches(house.showtime.cinema_id):
        reason = house.chance.choice(_REASONS)
        blocking.block(showtime_id=house.showtime.pk, seats=seats, reason=reason, actor=manager)


def _hold(house: _House) -> None:
    """Somebody is choosing right now; it lapses within ten minutes as any hold does."""
    seats = house.sit(2)
    if seats:
        guest = Actor(Kind.GUEST, uuid.UUID(int=house.chance.getrandbits(128), version=4).hex)
        holds.hold_seats(showtime_id=house.showtime.pk, seats=seats, actor=guest, seconds=600, is_ours=True)


def _channel(key: str, now: datetime) -> Actor:
    actor = channels.actor_for(demo.CHANNELS[key]["token"], now=now)
    assert actor is not None
    return actor


def _chance(showtime: Showtime) -> random.Random:
    return random.Random(f"{showtime.cinema.slug}/{showtime.hall.name}/{showtime.starts_at.isoformat()}")


def _rows(showtime: Showtime) -> list[list[Seat]]:
    rows: dict[tuple[str, str], list[Seat]] = defaultdict(list)
    for seat in Seat.objects.filter(layout=showtime.layout_id).order_by("ordinal"):
        rows[seat.section, seat.row_label].append(seat)
    return [sorted(row, key=lambda seat: seat.number) for row in rows.values()]


def _sold(showtime: Showtime) -> set[str]:
    sold = ShowSeat.objects.filter(showtime_id=showtime.pk).exclude(status=SeatStatus.AVAILABLE)
    return set(sold.values_list("label", flat=True))


def _is_kept(seat: Seat) -> bool:
    return seat.seat_type in (SeatType.WHEELCHAIR, SeatType.COMPANION)
