"""The rows of the reports as JSON says them, and which of their facts are the columns of a file."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from payments.figures import health, occupancy, sales
from seatsync.models import Source
from showsewa import money

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

DAY = (
    "date", "totalBookings", "totalTickets", "totalRevenue", "fees", "taxesOnTop", "avgTicketPrice", "currency",
    "cancelledBookings", "cancelledTickets", "cancelledRevenue", "refundedAmount",
)  # fmt: skip
MOVIE = ("movieId", "title", "bookings", "ticketsSold", "revenue", "fees", "taxesOnTop", "currency")
CHANNEL = (
    "channelId", "channel", "kind", "source", "bookings", "tickets", "revenue", "fees", "taxesOnTop", "currency",
    "share", "pricing", "percent", "commission", "net",
)  # fmt: skip
SHOW = (
    "showtimeId", "movie", "cinema", "hall", "startTime", "capacity", "sold", "held", "blocked", "free", "allotted",
    "occupancy", "addsUp",
)  # fmt: skip
SHOW_FILE = (*SHOW, *Source.values)
STANDING = (
    "channelId", "channel", "kind", "sales", "conflicts", "conflictsPerThousand", "level", "reports",
    "latencyP50Seconds", "latencyP95Seconds", "lastHeardAt", "silentAfterMinutes", "isSilent",
)  # fmt: skip


def day(row: sales.Day) -> dict[str, Any]:
    sold = (row.bookings, row.tickets, row.revenue, row.fees, row.taxes, row.average_price, row.currency)
    sums = (row.cancelled_bookings, row.cancelled_tickets, row.cancelled_revenue, row.refunded)
    return _named(DAY, row.day, *sold, *sums)


def movie(row: sales.MovieSales) -> dict[str, Any]:
    sums = (row.revenue, row.fees, row.taxes)
    return _named(MOVIE, row.movie_id, row.title, row.bookings, row.tickets, *sums, row.currency)


def channel(row: sales.ChannelSales) -> dict[str, Any]:
    who = (row.channel_id, row.channel, row.kind, row.source)
    sums = (row.bookings, row.tickets, row.revenue, row.fees, row.taxes)
    terms = (row.pricing, row.percent, row.commission, row.net)
    return _named(CHANNEL, *who, *sums, row.currency, row.share, *terms)


def source(row: sales.SourceSales) -> dict[str, Any]:
    names = ("source", "bookings", "tickets", "revenue", "fees", "taxesOnTop", "currency", "share")
    sums = (row.revenue, row.fees, row.taxes)
    return _named(names, row.source, row.bookings, row.tickets, *sums, row.currency, row.share)


def show(row: occupancy.Show, *, is_staff: bool) -> dict[str, Any]:
    """Whether all of it adds up can only be said by who sees every sale."""
    seats = row.seats
    counted = (seats.sold, seats.held, seats.blocked, seats.free, seats.allotted, seats.percent)
    where = (row.showtime_id, row.movie, row.cinema, row.hall, row.starts_at)
    adds_up = row.adds_up if is_staff else None
    return _named(SHOW, *where, row.capacity, *counted, adds_up) | {"soldBySource": seats.by_source}


def show_line(row: occupancy.Show, *, is_staff: bool) -> dict[str, Any]:
    """With a column for each source."""
    return show(row, is_staff=is_staff) | {name: row.seats.by_source.get(name, 0) for name in Source.values}


def cursor(row: occupancy.Show) -> str:
    return f"{(row.starts_at - _EPOCH) // timedelta(microseconds=1)}_{row.showtime_id}"


def standing(row: health.Standing) -> dict[str, Any]:
    who = (row.channel_id, row.channel, row.kind)
    conflicts = (row.sales, row.conflicts, row.conflicts_per_thousand, row.level.value)
    latency = (row.reports, _seconds(row.latency_p50), _seconds(row.latency_p95))
    return _named(STANDING, *who, *conflicts, *latency, row.heard_at, row.silent_after_minutes, row.is_silent)


def conflicts(found: Sequence[health.OpenConflict], *, now: datetime, is_staff: bool) -> dict[str, Any]:
    """What they cost is for staff."""
    costs: dict[str, Decimal] = {}
    for row in found:
        costs[row.currency] = costs.get(row.currency, money.ZERO) + row.cost
    facts = {
        "count": len(found),
        "overdue": sum(row.deadline_at is not None and row.deadline_at < now for row in found),
        "oldestAt": found[0].created_at if found else None,
        "items": [_conflict(row, now=now, is_staff=is_staff) for row in found],
    }
    cost = [{"currency": currency, "amount": amount} for currency, amount in sorted(costs.items())]
    return facts | ({"cost": cost} if is_staff else {})


def _conflict(row: health.OpenConflict, *, now: datetime, is_staff: bool) -> dict[str, Any]:
    facts = {
        "conflictId": row.id,
        "showtimeId": row.showtime_id,
        "seatNumber": row.seat,
        "movie": row.movie,
        "cinema": row.cinema,
        "startTime": row.starts_at,
        "channel": row.channel,
        "createdAt": row.created_at,
        "deadlineAt": row.deadline_at,
        "ageMinutes": int((now - row.created_at).total_seconds() // 60),
    }
    return facts | ({"cost": row.cost, "currency": row.currency} if is_staff else {})


def _seconds(value: float | None) -> float | None:
    return None if value is None else round(float(value), 3)


def _named(names: Sequence[str], *values: Any) -> dict[str, Any]:
    return dict(zip(names, values, strict=True))
