"""Reading the seats of a showtime: one statement for what changes, kept bytes for what does not."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from bookings import selectors as bookings
from seatsync import feed, seatmaps
from seatsync.api import pieces, shapes, viewing
from seatsync.models import SeatStatus
from showsewa import apiview, ids, rendering
from showsewa.actors import Actor, Kind
from showsewa.apiview import Read
from showsewa.refusals import Invalid
from venues import listings, sandbox

# Each seed has its own words (FEATURES C2). A word closes its own quote, so that facts may follow it.
_OF_001 = {"A": b'AVAILABLE"', "H": b'LOCKED"', "B": b'BOOKED"', "X": b'BLOCKED"'}
_OF_003 = {"A": b'available"', "H": b'held"', "B": b'booked"', "X": b'blocked"'}
_OF_000 = {
    "A": b'AVAILABLE","isHeld":false',
    "H": b'HELD","isHeld":true',
    "B": b'BOOKED","isHeld":false',
    "X": b'BLOCKED","isHeld":false',
}
_MINE = b'SELECTED"'
_MOST_EVENTS = 200


@shapes.SEAT_MAP
class SeatMap(Read):
    """OP6. Seats in an own live hold are SELECTED, those in others' LOCKED."""

    scope = "inventory:read"
    is_personal = True

    def read(self, request: HttpRequest, actor: Actor, **named: Any) -> HttpResponse:
        showtime_id: UUID = named["showtime_id"]
        query = request.GET if request.META.get("QUERY_STRING") else {}
        if "since" in query:
            changed = _changes(showtime_id, actor, query["since"])
            if changed is not None:
                return apiview.personal(changed)
        own = bookings.own_seats(actor, showtime_id) if actor.id else frozenset()
        # At most two statements: with one spent on the own hold, the map takes the other.
        now = viewing.look(showtime_id, actor) if actor.id else viewing.glance(showtime_id, actor)
        mark = viewing.tag(now.mark, actor)
        if not own and apiview.is_current(request, mark):
            return apiview.unchanged(mark)
        is_lazy, factor = query.get("prices") == "lazy", actor.price_factor
        kept = pieces.seat_map(showtime_id, now.price_version, with_prices=not is_lazy, factor=factor)
        words = [_OF_001[code] for code in now.state]
        for index in (kept.index[key] for key in own):
            if now.state[index] == "H":
                words[index] = _MINE
        body = _head(now) + kept.fill(words)
        return apiview.personal(body) if own else apiview.shared(body, mark)


@shapes.STATE
class State(Read):
    """What a page asks for when it missed a change: one letter a seat."""

    scope = "inventory:read"

    def read(self, request: HttpRequest, actor: Actor, **named: Any) -> HttpResponse:
        showtime_id: UUID = named["showtime_id"]
        now = viewing.glance(showtime_id, actor)
        mark = viewing.tag(now.mark, actor)
        if apiview.is_current(request, mark):
            return apiview.unchanged(mark)
        body = (
            f'{{"showtimeId":"{showtime_id}","version":{now.version},"state":"{now.state}",'
            f'"firstId":{now.first_id},"serverTime":"{_clock(now.taken_at)}"}}'
        )
        return apiview.shared(body.encode(), mark)


@shapes.PRICES
class Prices(Read):
    """For `?prices=lazy` maps: what each seat costs."""

    scope = "inventory:read"

    def read(self, request: HttpRequest, actor: Actor, **named: Any) -> HttpResponse:
        showtime_id: UUID = named["showtime_id"]
        sandbox.check_showtime(actor, showtime_id)
        version = seatmaps.price_version(showtime_id)
        mark = viewing.tag(f"p{version}", actor)
        if apiview.is_current(request, mark):
            return apiview.unchanged(mark)
        return apiview.shared(pieces.prices(showtime_id, version, factor=actor.price_factor), mark)


@shapes.INVENTORY
class Inventory(Read):
    """OP7. The same for everybody: whose a seat is, only its owner's booking says."""

    scope = "inventory:read"

    def read(self, request: HttpRequest, actor: Actor, **named: Any) -> HttpResponse:
        showtime_id: UUID = named["showtime_id"]
        now = viewing.look(showtime_id, actor)
        mark = viewing.tag(now.mark, actor)
        if apiview.is_current(request, mark):
            return apiview.unchanged(mark)
        changed_at = _clock(seatmaps.last_change(showtime_id))
        head = f'{{"showtimeId":"{showtime_id}","version":{now.version},"lastUpdated":"{changed_at}",'
        body = head.encode() + pieces.inventory(showtime_id).fill([_OF_003[code] for code in now.state])
        return apiview.shared(body, mark)


@shapes.AVAILABILITY
class Availability(Read):
    """OP1. Staff of the cinema and channels also see where seats were sold, channels their own sales only."""

    scope = "inventory:read"
    is_personal = True

    def read(self, request: HttpRequest, actor: Actor, **named: Any) -> HttpResponse:
        showtime_id: UUID = named["showtime_id"]
        now = viewing.look(showtime_id, actor)
        headline = listings.headline(showtime_id)
        sees_sources = actor.kind == Kind.CHANNEL or (actor.is_staff and actor.reaches(headline.cinema_id))
        if not sees_sources and apiview.is_current(request, now.mark):
            return apiview.unchanged(now.mark)
        kept = pieces.availability(showtime_id, now.price_version, factor=actor.price_factor)
        words = [_OF_000[code] for code in now.state]
        if sees_sources:
            sold = bookings.sources_of_sales(showtime_id, channel_id=actor.channel_id)
            words = [
                word + b',"bookingSource":' + _source(sold, key) for word, key in zip(words, kept.index, strict=True)
            ]
        head = {"success": True, "data": {"showtime": _described(headline, now), "version": now.version}}
        body = rendering.dumps(head)[:-2] + b"," + kept.fill(words)
        return apiview.personal(body) if sees_sources else apiview.shared(body, now.mark)


def _changes(showtime_id: UUID, actor: Actor, since: str) -> bytes | None:
    """The seats changed after a version; None when the whole map is the shorter answer."""
    if not since.isascii() or not since.isdigit() or len(since) > 9:
        raise Invalid(_("`since` is the version of the map you have."), errors=[_at("/since")])
    version, changed = viewing.changed(showtime_id, int(since), actor, limit=_MOST_EVENTS)
    if changed is None:
        return None
    is_any_held = any(letter == "H" for _key, _label, letter in changed)
    own = bookings.own_seats(actor, showtime_id) if is_any_held and actor.id else frozenset()
    seats = [
        {"id": ids.seat_id(key), "label": label, "status": _word(feed.WORDS[letter], is_own=key in own)}
        for key, label, letter in changed
    ]
    return rendering.dumps({"showtimeId": showtime_id, "version": version, "since": int(since), "seats": seats})


def _word(status: str, *, is_own: bool) -> str:
    if status == SeatStatus.HELD:
        return "SELECTED" if is_own else "LOCKED"
    return status


def _head(now: feed.Snapshot) -> bytes:
    return (
        f'{{"showtimeId":"{now.showtime_id}","totalSeats":{len(now.state)},"availableSeats":{now.state.count("A")},'
        f'"version":{now.version},"serverTime":"{_clock(now.taken_at)}",'
    ).encode()


def _described(headline: listings.Headline, now: feed.Snapshot) -> dict[str, Any]:
    starts_at = headline.starts_at.astimezone(ZoneInfo(headline.time_zone))
    return {
        "id": now.showtime_id,
        "movie": headline.movie,
        "theater": headline.cinema,
        "city": headline.city,
        "showDate": f"{starts_at:%Y-%m-%d}",
        "showTime": f"{starts_at:%H:%M}",
        "totalSeats": len(now.state),
        "availableSeats": now.state.count("A"),
    }


def _source(sold: dict[int, str], key: int) -> bytes:
    return b'"%s"' % sold[key].encode() if key in sold else b"null"


def _at(pointer: str) -> dict[str, str]:
    return {"pointer": pointer, "code": "INVALID", "detail": _("This is not a version.")}


def _clock(moment: datetime) -> str:
    """The database's clock, which it tells in UTC."""
    return f"{moment.isoformat(timespec='milliseconds')[:23]}Z"
