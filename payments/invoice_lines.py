"""What an invoice says of a sale: its lines and its seller, as texts that stay as they were on that day."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from bookings import pricing
from bookings.models import Booking, Ticket
from showsewa import money
from venues.models import Cinema


def tickets_of(bookings: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Ticket]]:
    """booking -> its tickets, live or not, in the order of the seats."""
    found = defaultdict(list)
    for ticket in Ticket.objects.filter(booking__in=bookings).order_by("show_seat_id", "pk"):
        found[ticket.booking_id].append(ticket)
    return found


def of(booking: Booking, tickets: Sequence[Ticket], *, paid: Decimal | None) -> list[dict[str, str]]:
    """A line for each price, each fee and each tax on top. paid: what the sale cost, None when nothing had to be paid.

    Seats given back since were sold as well. Where the tickets do not make up what was paid (moved to other seats, or
    archived), one line says it.
    """
    sold = [ticket for ticket in tickets if _was_sold(ticket, booking)]
    total = sum((ticket.paid for ticket in sold), money.ZERO)
    if not sold or (paid is not None and total != paid):
        whole = booking.total + booking.kept if paid is None else paid
        return [_line(booking, booking.seat_labels, price=whole, quantity=1, discount=money.ZERO)]
    prices = sorted({ticket.price for ticket in sold}, reverse=True)
    fees, taxes = pricing.lines_of(booking, sold)
    return [
        *(_of_price(booking, [ticket for ticket in sold if ticket.price == price]) for price in prices),
        *(_beside(fee.name, fee.name_ne, fee.amount) for fee in fees),
        *(_of_tax(tax) for tax in taxes),
    ]


def tax_on_top(booking: Booking, tickets: Sequence[Ticket], *, total: Decimal) -> Decimal:
    """What of an invoice's total is tax beside the price."""
    sold = [ticket for ticket in tickets if _was_sold(ticket, booking)]
    is_of_tickets = bool(sold) and sum((ticket.paid for ticket in sold), money.ZERO) == total
    return sum((ticket.tax for ticket in sold), money.ZERO) if is_of_tickets else min(booking.tax, total)


def seller(cinema: Cinema) -> dict[str, str]:
    return {
        "name": cinema.name,
        "nameNe": cinema.name_ne,
        "legalName": cinema.legal_name,
        "pan": cinema.pan,
        "address": ", ".join(dict.fromkeys(filter(None, [cinema.street, cinema.city, cinema.district]))),
        "addressNe": cinema.city_ne,
        "phone": cinema.phone,
        "timeZone": cinema.time_zone,
    }


def _was_sold(ticket: Ticket, booking: Booking) -> bool:
    confirmed_at = booking.confirmed_at
    return ticket.released_at is None or (confirmed_at is not None and ticket.released_at >= confirmed_at)


def _of_price(booking: Booking, tickets: Sequence[Ticket]) -> dict[str, str]:
    discount = sum((ticket.discount for ticket in tickets), money.ZERO)
    labels = [ticket.label for ticket in tickets]
    return _line(booking, labels, price=tickets[0].price, quantity=len(tickets), discount=discount)


def _of_tax(tax: pricing.Line) -> dict[str, str]:
    percent = f"{(tax.percent or money.ZERO).normalize():f} %"
    return _beside(f"{tax.name} {percent}", f"{tax.name_ne or tax.name} {percent}", tax.amount)


def _beside(name: str, name_ne: str, amount: Decimal) -> dict[str, str]:
    """A fee, or a tax on top."""
    return {
        "text": name, "textNe": name_ne or name, "quantity": "1", "price": str(amount), "discount": "0.00",
        "amount": str(amount),
    }  # fmt: skip


def _line(
    booking: Booking, labels: Sequence[str], *, price: Decimal, quantity: int, discount: Decimal
) -> dict[str, str]:
    show = booking.showtime
    at = show.starts_at.astimezone(ZoneInfo(show.cinema.time_zone))
    where = f"{at:%Y-%m-%d %H:%M}, {show.hall.name}: {', '.join(labels)}"
    return {
        "text": f"{show.movie.title}, {where}",
        "textNe": f"{show.movie.title_ne or show.movie.title}, {where}",
        "quantity": str(quantity),
        "price": str(price),
        "discount": str(discount),
        "amount": str(price * quantity - discount),
    }
