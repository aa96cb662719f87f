"""Bookings in numbers: by day, by movie, by channel. A sale counts on the day it was confirmed, by its cinema's clock.

Revenue is what confirmed bookings cost, and says how much of it is fees and taxes on top: the rest is for the seats.
A sale given back later leaves it and is told of apart, under its own day.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from payments.figures.scope import PLACES, Period, Scope, ask
from seatsync.models import Channel
from showsewa import money

# %(channel)s is NULL for staff. Cancelled, expired and unpaid holds were never confirmed and so never found.
_SOLD = """
    FROM bookings_booking b JOIN venues_showtime t ON t.id = b.showtime_id
    JOIN place ON place.id = t.cinema_id AND b.confirmed_at >= place.since AND b.confirmed_at < place.until
    {also}
    WHERE b.confirmed_at >= %(begin)s AND b.confirmed_at < %(end)s
        AND (%(channel)s::uuid IS NULL OR b.channel_id = %(channel)s::uuid)"""

# Money promised back for sales; what came too late or twice was never revenue.
_DAILY = f"""
    WITH {PLACES}, back AS MATERIALIZED (
        SELECT p.booking_id, sum(r.amount) AS amount
        FROM payments_refund r JOIN payments_payment p ON p.id = r.payment_id
        WHERE r.created_at >= %(begin)s AND r.reason NOT IN ('LATE', 'DOUBLE', 'MISMATCH', 'UNPAID')
        GROUP BY p.booking_id
    )
    SELECT (b.confirmed_at AT TIME ZONE place.time_zone)::date AS day, b.currency,
        count(*) FILTER (WHERE b.status = 'CONFIRMED'),
        coalesce(sum(cardinality(b.seat_labels)) FILTER (WHERE b.status = 'CONFIRMED'), 0)::bigint,
        coalesce(sum(b.total) FILTER (WHERE b.status = 'CONFIRMED'), 0),
        coalesce(sum(b.fee) FILTER (WHERE b.status = 'CONFIRMED'), 0),
        coalesce(sum(b.tax) FILTER (WHERE b.status = 'CONFIRMED'), 0),
        count(*) FILTER (WHERE b.status <> 'CONFIRMED'),
        coalesce(sum(cardinality(b.seat_labels)) FILTER (WHERE b.status <> 'CONFIRMED'), 0)::bigint,
        coalesce(sum(b.total) FILTER (WHERE b.status <> 'CONFIRMED'), 0),
        coalesce(sum(back.amount), 0)
    {_SOLD.format(also="LEFT JOIN back ON back.booking_id = b.id")}
    GROUP BY day, b.currency ORDER BY day DESC, b.currency"""  # noqa: S608 - constants of this package

_MOVIES = f"""
    WITH {PLACES}, sold AS (
        SELECT t.movie_id, b.currency, count(*) AS bookings, sum(cardinality(b.seat_labels))::bigint AS tickets,
            sum(b.total) AS revenue, sum(b.fee) AS fees, sum(b.tax) AS taxes
        {_SOLD.format(also="")} AND b.status = 'CONFIRMED'
        GROUP BY t.movie_id, b.currency
    )
    SELECT m.id, m.title, sold.currency, bookings, tickets, revenue, fees, taxes
    FROM sold JOIN venues_movie m ON m.id = sold.movie_id
    ORDER BY revenue DESC, tickets DESC, m.title, m.id LIMIT %(limit)s"""  # noqa: S608

# What the website and the counter sell carries no channel.
_CHANNELS = f"""
    WITH {PLACES}, sold AS (
        SELECT coalesce(b.channel_id, CASE b.source WHEN 'WALK_IN' THEN %(counter)s::uuid ELSE %(web)s::uuid END)
                AS channel_id,
            b.source, b.currency, count(*) AS bookings, sum(cardinality(b.seat_labels))::bigint AS tickets,
            sum(b.total) AS revenue, sum(b.fee) AS fees, sum(b.tax) AS taxes
        {_SOLD.format(also="")} AND b.status = 'CONFIRMED'
        GROUP BY 1, 2, 3
    )
    SELECT c.id, c.name, c.kind, c.pricing, c.percent, source, currency, bookings, tickets, revenue, fees, taxes
    FROM sold JOIN seatsync_channel c ON c.id = sold.channel_id
    ORDER BY revenue DESC, c.name, source"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Day:
    """The first numbers are of sales that stand; cancelled ones were confirmed on this day and given back later."""

    day: date
    currency: str
    bookings: int
    tickets: int
    revenue: Decimal
    fees: Decimal
    taxes: Decimal
    cancelled_bookings: int
    cancelled_tickets: int
    cancelled_revenue: Decimal
    refunded: Decimal

    @property
    def average_price(self) -> Decimal | None:
        return money.amount(self.revenue / self.tickets) if self.tickets else None


@dataclass(frozen=True, slots=True)
class MovieSales:
    movie_id: uuid.UUID
    title: str
    currency: str
    bookings: int
    tickets: int
    revenue: Decimal
    fees: Decimal
    taxes: Decimal


@dataclass(frozen=True, slots=True)
class ChannelSales:
    """What one channel sold under one source. share: of the revenue in this currency that was asked for, in percent."""

    channel_id: uuid.UUID
    channel: str
    kind: str
    pricing: str
    percent: Decimal
    source: str
    currency: str
    bookings: int
    tickets: int
    revenue: Decimal
    fees: Decimal
    taxes: Decimal
    share: Decimal = money.ZERO

    @property
    def net(self) -> Decimal:
        """What comes to the house: the list price where the channel adds its own part, else what was charged."""
        if self.pricing == Channel.Pricing.MARKUP:
            return money.amount(self.revenue / (1 + self.percent / 100))
        return self.revenue

    @property
    def commission(self) -> Decimal | None:
        """What the channel keeps: its mark-up, or the percentage it takes off. None: it takes all of it, or unknown."""
        if self.pricing == Channel.Pricing.NET:
            kept = 1 - self.percent / 100
            return money.amount(self.revenue / kept) - self.revenue if kept else None
        return self.revenue - self.net


def daily(scope: Scope, period: Period) -> list[Day]:
    """Days with sales, the newest first, one row a day and currency."""
    return [Day(*row) for row in ask(_DAILY, scope.during(period))]


def popular_movies(scope: Scope, period: Period, *, limit: int = 10) -> list[MovieSales]:
    """By revenue."""
    return [MovieSales(*row) for row in ask(_MOVIES, scope.during(period) | {"limit": limit})]


def by_channel(scope: Scope, period: Period) -> list[ChannelSales]:
    """One row a channel, source and currency, by revenue."""
    rows = [ChannelSales(*row) for row in ask(_CHANNELS, scope.during(period))]
    totals = _totals(rows)
    return [replace(row, share=percentage(row.revenue, totals[row.currency])) for row in rows]


def percentage(part: Decimal | int, whole: Decimal | int) -> Decimal:
    return money.amount(Decimal(part) * 100 / Decimal(whole)) if whole else money.ZERO


@dataclass(frozen=True, slots=True)
class SourceSales:
    source: str
    currency: str
    bookings: int
    tickets: int
    revenue: Decimal
    fees: Decimal
    taxes: Decimal
    share: Decimal


def by_source(rows: Sequence[ChannelSales]) -> list[SourceSales]:
    """The same sales under what they said they are, whoever sold them; by revenue."""
    together: dict[tuple[str, str], list[ChannelSales]] = {}
    for row in rows:
        together.setdefault((row.source, row.currency), []).append(row)
    totals = _totals(rows)
    found = [_source(source, currency, of, totals[currency]) for (source, currency), of in together.items()]
    return sorted(found, key=lambda row: (-row.revenue, row.source))


def _source(source: str, currency: str, rows: Sequence[ChannelSales], total: Decimal) -> SourceSales:
    revenue = sum((row.revenue for row in rows), money.ZERO)
    return SourceSales(
        source,
        currency,
        bookings=sum(row.bookings for row in rows),
        tickets=sum(row.tickets for row in rows),
        revenue=revenue,
        fees=sum((row.fees for row in rows), money.ZERO),
        taxes=sum((row.taxes for row in rows), money.ZERO),
        share=percentage(revenue, total),
    )


def _totals(rows: Sequence[ChannelSales]) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = {}
    for row in rows:
        totals[row.currency] = totals.get(row.currency, money.ZERO) + row.revenue
    return totals
