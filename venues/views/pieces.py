"""What a seat page is made of and no request changes: drawn once per process, found again by what it was drawn from.

A layout never changes, and prices carry a version, so nothing here can be stale.
"""

import uuid
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import groupby
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings import best
from seatsync import seatmaps
from showsewa import money, numerals, rendering
from venues import drawing
from venues.halls import layout
from venues.layout import Row, Seat
from venues.listings import Showing
from venues.models import SeatType
from venues.views import words

# What stands in a checkbox for each letter of a state string.
_INPUT = {"A": "", "H": " disabled", "B": " disabled", "X": " disabled"}


@dataclass(frozen=True, slots=True)
class Level:
    """Seats of one price. names: what to call them in the legend."""

    amount: Any
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of the hall to choose seats in. amount: what its usual seats cost at least."""

    code: str
    name: str
    amount: Any


@dataclass(frozen=True, slots=True)
class Prices:
    """levels: the cheapest first. json: for the page, levels and how many seats in layout order have which."""

    levels: tuple[Level, ...]
    zones: tuple[Zone, ...]
    has_wheelchairs: bool
    currency: str
    json: str


@dataclass(frozen=True, slots=True)
class Twin:
    """The list with a gap per seat and state: gaps holds each gap's seat by its ordinal."""

    parts: tuple[str, ...]
    ordinals: tuple[int, ...]

    def fill(self, state: str, *, chosen: frozenset[int], own: frozenset[int]) -> str:
        said = {"A": "", "H": _("held by others"), "B": _("sold"), "X": _("not for sale")}
        filled = [self.parts[0]]
        for place, ordinal in enumerate(self.ordinals):
            letter = "A" if ordinal in own else state[ordinal]
            attribute = " checked" if ordinal in chosen and letter == "A" else _INPUT[letter]
            filled += [attribute, self.parts[2 * place + 1], said[letter], self.parts[2 * place + 2]]
        return "".join(filled)


@lru_cache(maxsize=256)
def labels(layout_id: uuid.UUID) -> dict[str, int]:
    return {place.seat.label: n for n, place in enumerate(layout(layout_id).seats())}


@lru_cache(maxsize=256)
def drawn(layout_id: uuid.UUID, language: str) -> str:
    """language: numerals.voice(), only the key; the words are those of the language now active."""
    return drawing.svg(layout(layout_id))


@lru_cache(maxsize=512)
def prices(showtime_id: uuid.UUID, price_version: int, language: str) -> Prices:
    plan = seatmaps.plan(showtime_id)
    amounts = sorted({place.price for place in plan.places})
    levels = tuple(Level(amount, _names(plan.places, amount)) for amount in amounts)
    rank = {amount: level for level, amount in enumerate(amounts)}
    runs = [[len(list(run)), level] for level, run in groupby(rank[place.price] for place in plan.places)]
    facts = {"levels": [{"amount": money.number(level.amount)} for level in levels], "runs": runs}
    has_wheelchairs = any(place.seat_type == SeatType.WHEELCHAIR for place in plan.places)
    return Prices(levels, _zones(plan.places), has_wheelchairs, plan.currency, rendering.dumps(facts).decode())


def _zones(places: tuple[seatmaps.Place, ...]) -> tuple[Zone, ...]:
    """As they stand in the layout, front to back."""
    usual = [place for place in places if place.seat_type not in _SPECIAL] or list(places)
    zones = dict.fromkeys(place.zone for place in usual)
    return tuple(
        Zone(
            code,
            ", ".join(dict.fromkeys(_(place.section) for place in usual if place.zone == code)),
            min(place.price for place in usual if place.zone == code),
        )
        for code in zones
    )


@lru_cache(maxsize=64)
def twin(layout_id: uuid.UUID, showtime_id: uuid.UUID, price_version: int, language: str) -> Twin:
    plan = seatmaps.plan(showtime_id)
    priced = [money.text(place.price, plan.currency) for place in plan.places]
    ordinal_of = {place.seat.id: n for n, place in enumerate(layout(layout_id).seats())}
    ordinals: list[int] = []
    parts = [""]
    for section, rows in groupby(drawing.rows(layout(layout_id)), key=lambda line: line[0]):
        name = escape(_(section.name))
        parts[-1] += f'<section data-section="{name}"><h2>{name}</h2>'
        for _section, row, seats in rows:
            shared = {priced[n] for n, _seat in seats}
            note = f" <small>{shared.pop()}</small>" if len(shared) == 1 else ""
            parts[-1] += (
                f'<fieldset class="list-row" data-row="{escape(row.label)}"><legend>'
                f'{_("Row %(row)s") % {"row": escape(row.label)}}{note}</legend><div class="picks">'
            )
            for ordinal, seat in seats:
                before, between = _pick(row, seat, ordinal_of, priced[ordinal], is_price_shown=not note)
                parts[-1] += before
                parts += [between, "</small></label>"]
                ordinals.append(ordinal)
            parts[-1] += "</div></fieldset>"
        parts[-1] += "</section>"
    return Twin(tuple(parts), tuple(ordinals))


def _pick(row: Row, seat: Seat, ordinal_of: dict[str, int], price: str, *, is_price_shown: bool) -> tuple[str, str]:
    """A checkbox up to where its state goes, and on to where its word goes."""
    letter = drawing.LETTER[SeatType(seat.seat_type)]
    kind = str(SeatType(seat.seat_type).label)
    number = escape(drawing.number(row, seat))
    said = _("Row %(row)s, seat") % {"row": escape(row.label)}
    shown = (
        f"<small>{escape(kind)}</small>" if letter != "S" else f'<span class="visually-hidden">{escape(kind)}</span>'
    )
    links = f' data-p="{ordinal_of[seat.pair_with]}"' if seat.pair_with else ""
    links += f' data-c="{ordinal_of[seat.companion_of]}"' if seat.companion_of else ""
    cost = f"<small>{price}</small>" if is_price_shown else f'<span class="visually-hidden">{price}</span>'
    return (
        f'<label class="pick pick--{letter}"><input type="checkbox" name="seat" value="{escape(seat.label)}" '
        f'data-n="{ordinal_of[seat.id]}" data-t="{letter}"{links} data-number="{number}" '
        f'data-x="{seat.x:g}" data-y="{seat.y:g}"',
        f'><b><span class="visually-hidden">{said} </span>{number}</b>{shown}{cost}<small class="pick__state">',
    )


def _names(places: tuple[seatmaps.Place, ...], amount: Any) -> tuple[str, ...]:
    """By the part of the hall, or by the kind of seat where one part has several prices.

    Wheelchair places and their companions have signs of their own and are named only where nothing else is.
    """
    usual = [place for place in places if place.seat_type not in _SPECIAL]
    amounts: dict[str, set[Any]] = {}
    for place in usual:
        amounts.setdefault(place.section, set()).add(place.price)
    names = [
        _(place.section) if len(amounts[place.section]) == 1 else str(SeatType(place.seat_type).label)
        for place in usual
        if place.price == amount
    ]
    special = [str(SeatType(place.seat_type).label) for place in places if place.price == amount]
    return tuple(dict.fromkeys(names or special))


_SPECIAL = {SeatType.WHEELCHAIR, SeatType.COMPANION}


@dataclass(frozen=True, slots=True)
class Shell:
    """The whole page but for what differs from visitor to visitor."""

    html: bytes

    def fill(self, *, csrf_token: str, page: str) -> bytes:
        return self.html.replace(_CSRF, csrf_token.encode()).replace(_PAGE, page.encode())


_CSRF, _PAGE = b"@@csrf-token@@", b"@@page@@"


@lru_cache(maxsize=256)
def shell(show: Showing, price_version: int, language: str, *, is_sold_out: bool, path: str) -> Shell:
    """For a visitor without session, messages or anything to be told. Everything it says is in its arguments."""
    context = surroundings(show, price_version, language) | {
        "is_sold_out": is_sold_out,
        "seats": drawn(show.layout_id, language),
        "page": _PAGE.decode(),
        "csrf_token": _CSRF.decode(),
        "request": {"get_full_path": path, "path": path},
        "WS_URL": settings.WS_URL,
        "BASE_URL": settings.BASE_URL,
        "DIGITS": numerals.current(),
        "IS_DEMO": settings.SHOWSEWA_MODE != "live",
    }
    return Shell(render_to_string("venues/showtime.html", context).encode())


def surroundings(show: Showing, price_version: int, language: str) -> dict[str, Any]:
    """What the template needs whoever is looking."""
    priced = prices(show.id, price_version, language)
    return {
        "show": show,
        "levels": priced.levels,
        "zones": priced.zones if len(priced.zones) > 1 else (),
        "has_wheelchairs": priced.has_wheelchairs,
        "party": best.USUAL,
        "words": words.of(language),
        "map_url": reverse("showtime", args=[show.id]),
        "most": settings.MAX_SEATS_PER_HOLD,
    }
