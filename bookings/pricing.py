"""What a booking costs. Pure: prices in, quote out; one rounding rule, and the parts add up to the whole."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bookings import charges, promos, taxes
from bookings.charges import Charges, Fee
from bookings.models import Booking, FeeRule, PromoCode, Ticket
from showsewa import money
from showsewa.actors import Actor

# What `count` changes on a booking.
SUMS = ("subtotal", "discount", "fee", "fee_kept", "tax", "total")


@dataclass(frozen=True, slots=True)
class Share:
    """What one ticket carries. fee_kept: of its fee and the tax on that, what a customer who cancels leaves here."""

    price: Decimal
    discount: Decimal = money.ZERO
    fee: Decimal = money.ZERO
    tax: Decimal = money.ZERO
    fee_kept: Decimal = money.ZERO

    @property
    def paid(self) -> Decimal:
        return self.price - self.discount + self.fee + self.tax


@dataclass(frozen=True, slots=True)
class Line:
    """A fee, or a tax on top (with its percentage), by its name."""

    name: str
    name_ne: str
    amount: Decimal
    percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """shares: what each price carries, in the order given. fees, taxes: what the sums `fee` and `tax` are made of."""

    shares: tuple[Share, ...]
    fees: tuple[Line, ...] = ()
    taxes: tuple[Line, ...] = ()

    @property
    def subtotal(self) -> Decimal:
        return sum((share.price for share in self.shares), money.ZERO)

    @property
    def discount(self) -> Decimal:
        return sum((share.discount for share in self.shares), money.ZERO)

    @property
    def fee(self) -> Decimal:
        return sum((share.fee for share in self.shares), money.ZERO)

    @property
    def fee_kept(self) -> Decimal:
        return sum((share.fee_kept for share in self.shares), money.ZERO)

    @property
    def tax(self) -> Decimal:
        return sum((share.tax for share in self.shares), money.ZERO)

    @property
    def total(self) -> Decimal:
        return self.subtotal - self.discount + self.fee + self.tax


def quote(prices: Sequence[Decimal], promo: PromoCode | None = None, on: Charges = charges.NONE) -> Quote:
    """Seats less the discount, which never exceeds them; fees, which no code takes off; taxes on top of both.

    What is one sum for the whole booking is split onto the tickets by largest remainder.
    """
    subtotal = sum(prices, money.ZERO)
    off = promos.off(promo, subtotal) if promo else money.ZERO
    discounts = money.split(off, prices) if off else [money.ZERO] * len(prices)
    if on == charges.NONE:
        return Quote(tuple(map(Share, prices, discounts)))
    fees = [(fee, _shares(fee, prices)) for fee in on.fees]
    all_fees = _added((parts for _fee, parts in fees), len(prices))
    stays = _added((parts for fee, parts in fees if not fee.is_returned), len(prices))
    before = [price - less + fee for price, less, fee in zip(prices, discounts, all_fees, strict=True)]
    whole = sum(before, money.ZERO)
    tax = taxes.on_top(whole, on.taxes)
    taxed = money.split(tax, before)
    kept = [
        stay + money.amount(part * stay / price) if stay else stay
        for stay, part, price in zip(stays, taxed, before, strict=True)
    ]
    return Quote(
        tuple(map(Share, prices, discounts, all_fees, taxed, kept)),
        _fee_lines(on, sum(all_fees, money.ZERO), subtotal, len(prices)),
        _tax_lines(on, tax),
    )


def of(booking: Booking, tickets: Sequence[Ticket], promo: PromoCode | None) -> Quote:
    """What these tickets of it cost with this code, by the fees and taxes of when its seats were chosen."""
    return of_prices(booking, [ticket.price for ticket in tickets], promo)


def of_prices(booking: Booking, prices: Sequence[Decimal], promo: PromoCode | None) -> Quote:
    """The same for seats it has not yet."""
    return quote(prices, promo, charges.of(booking.charges))


def lines(booking: Booking) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """The fees and the taxes on top that are in its total, by their names."""
    on = charges.of(booking.charges)
    return _fee_lines(on, booking.fee, booking.subtotal, len(booking.seat_labels)), _tax_lines(on, booking.tax)


def lines_of(booking: Booking, tickets: Sequence[Ticket]) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """The same of these tickets of it, live or not."""
    on, sums = charges.of(booking.charges), Quote(tuple(_share(ticket) for ticket in tickets))
    return _fee_lines(on, sums.fee, sums.subtotal, len(tickets)), _tax_lines(on, sums.tax)


def count(booking: Booking, tickets: Iterable[Ticket | Share], sign: int = 1) -> None:
    """Add these tickets to the booking's sums, or take them off (sign: -1). The only place where sums are made."""
    for ticket in tickets:
        booking.subtotal += sign * ticket.price
        booking.discount += sign * ticket.discount
        booking.fee += sign * ticket.fee
        booking.fee_kept += sign * ticket.fee_kept
        booking.tax += sign * ticket.tax
    booking.total = booking.subtotal - booking.discount + booking.fee + booking.tax


def count_anew(booking: Booking, tickets: Iterable[Ticket | Share]) -> None:
    """The booking's sums are those of these tickets."""
    booking.subtotal = booking.discount = booking.fee = booking.fee_kept = booking.tax = money.ZERO
    count(booking, tickets)


def on_channel(price: Decimal, actor: Actor) -> Decimal:
    """What a seat costs where this actor sells it: the list price, a platform's mark-up on it, or its net price."""
    return at(price, actor.price_factor)


def at(price: Decimal, factor: Decimal) -> Decimal:
    return price if factor == 1 else money.amount(price * factor)


def _share(ticket: Ticket) -> Share:
    return Share(ticket.price, ticket.discount, ticket.fee, ticket.tax, ticket.fee_kept)


def _shares(fee: Fee, prices: Sequence[Decimal]) -> list[Decimal]:
    """What each ticket carries of one fee."""
    if fee.per == FeeRule.Per.TICKET:
        return [_much(fee, price) for price in prices]
    return money.split(_much(fee, sum(prices, money.ZERO)), prices)


def _fee_lines(on: Charges, fee: Decimal, subtotal: Decimal, count: int) -> tuple[Line, ...]:
    """Also of what is left of a booking, where a fee that was one sum for all of it is no more whole."""
    weights = [
        (one.amount or money.ZERO) * (count if one.per == FeeRule.Per.TICKET else 1)
        if one.percent is None else money.percent(subtotal, one.percent)
        for one in on.fees
    ]  # fmt: skip
    parts = money.split(fee, weights) if fee else []
    return tuple(Line(one.name, one.name_ne, part) for one, part in zip(on.fees, parts, strict=False))


def _tax_lines(on: Charges, tax: Decimal) -> tuple[Line, ...]:
    top = [rate for rate in on.taxes if rate.is_on_top]
    parts = money.split(tax, [rate.percent for rate in top]) if tax else []
    return tuple(Line(rate.name, rate.name_ne, part, rate.percent) for rate, part in zip(top, parts, strict=False))


def _much(fee: Fee, price: Decimal) -> Decimal:
    return money.percent(price, fee.percent) if fee.percent is not None else money.amount(fee.amount or 0)


def _added(columns: Iterable[Sequence[Decimal]], count: int) -> list[Decimal]:
    sums = [money.ZERO] * count
    for column in columns:
        sums = [one + more for one, more in zip(sums, column, strict=True)]
    return sums
