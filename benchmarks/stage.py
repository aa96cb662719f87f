"""The bench's own cinema: one hall of 300 seats and as many showtimes on sale as asked, new for every run."""

import uuid
from datetime import timedelta
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from seatsync import opening
from venues.models import Cinema, Hall, HallLayout, Movie, Price, Seat, Showtime

PRICE = Decimal(450)


def fresh(count: int, *, rows: int = 15, per_row: int = 20, is_open: bool = True) -> list[str]:
    """Schedule `count` showtimes in a new hall and put them on sale; returns their ids."""
    hall = make_hall(rows=rows, per_row=per_row)
    movie, _is_new = Movie.objects.get_or_create(title="Bench", defaults={"runtime_minutes": 60})
    start = timezone.now() + timedelta(days=2)
    showtimes = Showtime.objects.bulk_create(
        Showtime(
            movie=movie,
            cinema=hall.cinema,
            hall=hall,
            layout=hall.layout,
            starts_at=start + timedelta(hours=2 * number),
            ends_at=start + timedelta(hours=2 * number + 1),
            busy_until=start + timedelta(hours=2 * number + 1),
        )
        for number in range(count)
    )
    Price.objects.bulk_create(Price(showtime=showtime, amount=PRICE) for showtime in showtimes)
    ids = [showtime.pk for showtime in showtimes]
    if is_open:
        for first in range(0, count, 50):
            opening.open_sales(ids[first : first + 50])
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return [str(pk) for pk in ids]


def make_hall(*, rows: int, per_row: int) -> Hall:
    name = uuid.uuid4().hex[:8]
    cinema = Cinema.objects.create(name=f"Bench {name}", slug=f"bench-{name}", city="Bench", latitude=0, longitude=0)
    hall = Hall.objects.create(cinema=cinema, name="1")
    drawn = [
        {
            "label": row_label(row),
            "seats": [
                {
                    "id": f"{row_label(row)}{number + 1}",
                    "label": f"{row_label(row)}{number + 1}",
                    "coordinates": {"x": 36 * number, "y": 40 * row},
                    "seatType": "standard",
                }
                for number in range(per_row)
            ],
        }
        for row in range(rows)
    ]
    layout = HallLayout.objects.create(
        hall=hall,
        version=1,
        seat_count=rows * per_row,
        seat_layout={"sections": [{"id": "m", "name": "Main", "zone": "MAIN", "rows": drawn}]},
    )
    Seat.objects.bulk_create(
        (
            Seat(
                layout=layout,
                ordinal=row * per_row + number,
                label=f"{row_label(row)}{number + 1}",
                row_label=row_label(row),
                number=number + 1,
                section="Main",
                zone="MAIN",
                seat_type="STANDARD",
            )
            for row in range(rows)
            for number in range(per_row)
        ),
        batch_size=5000,
    )
    hall.layout = layout
    hall.save(update_fields=["layout"])
    return hall


def row_label(row: int) -> str:
    """A..Z, then AA, AB ..."""
    return chr(65 + row) if row < 26 else chr(64 + row // 26) + chr(65 + row % 26)
