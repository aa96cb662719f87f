"""What is asked with: the bodies the rows of the matrix send."""

from typing import Any

from tests.security.world import World

DETAILS = {"email": "asha@example.com", "name": "Asha Rai", "phone": "+977 9800000000"}


def seats(world: World) -> dict[str, Any]:
    return {"showtimeId": world["showtime"], "seatIds": ["B3"]}


def blocking(world: World) -> dict[str, Any]:
    return {"showtimeId": world["showtime"], "seatIds": ["B4"], "reason": "broken"}


def report(world: World) -> dict[str, Any]:
    line = {"seatNumber": "B2", "status": "BOOKED", "bookingSource": "WALK_IN", "bookingReference": "POS-2"}
    return {"showtimeId": world["showtime"], "seatUpdates": [line]}


def comparing(world: World) -> dict[str, Any]:
    return {"showtimeId": world["showtime"], "sales": [{"bookingReference": "POS-1", "seats": ["C5"]}]}


def comparing_several(world: World) -> dict[str, Any]:
    return {"showtimes": [comparing(world)]}


def known_hold(world: World) -> dict[str, Any]:
    return {"holdId": world["hold"]}


def confirming(world: World) -> dict[str, Any]:
    return {"holdId": world["hold"], "userDetails": DETAILS, "paymentMethod": "CARD"}


def claiming(world: World) -> dict[str, Any]:
    return {"seats": ["C1"], "name": "Bikash"}


def paying(world: World) -> dict[str, Any]:
    return {"bookingId": world["pending"], "paymentIntentId": world["intent"], "paymentMethod": {"token": "tok_ok"}}


def guessing(world: World) -> dict[str, Any]:
    return {"bookingId": world["pending"], "paymentIntentId": "pi_guess", "paymentMethod": {"token": "tok_ok"}}


def initiating(world: World) -> dict[str, Any]:
    return {"bookingId": world["pending"]}


def spending(world: World) -> dict[str, Any]:
    return {"code": world["voucher"]}


def venue(world: World) -> dict[str, Any]:
    address = {"street": "Ring Road", "city": "Pokhara", "district": "Kaski", "state": "Gandaki", "zip": "33700"}
    return {"name": "Machhapuchhre", "address": address, "location": {"lat": 28.2, "lon": 83.98}}


def hall(world: World) -> dict[str, Any]:
    seat = {"id": "A1", "label": "A1", "coordinates": {"x": 0, "y": 0}, "seatType": "standard"}
    rows = [{"label": "A", "seats": [seat]}]
    return {"hallName": "Hall 9", "seatLayout": {"sections": [{"id": "m", "name": "Main", "rows": rows}]}}


def event(world: World) -> dict[str, Any]:
    return {"name": "Kabaddi", "metadata": {"runtimeMinutes": 120}}


def showtime(world: World) -> dict[str, Any]:
    prices = [{"amount": 300}]
    return {"venueId": world["cinema"], "hallId": world["hall"], "timestamp": "2031-01-01T10:00:00Z", "prices": prices}


def waiting(world: World) -> dict[str, Any]:
    return {"partySize": 2, "email": "asha@example.com"}


def ordering(world: World) -> dict[str, Any]:
    return {"seatIds": ["B3"]}


def a_party(world: World) -> dict[str, Any]:
    return {"showtimeId": world["showtime"], "count": 2}


def ordered(world: World) -> dict[str, Any]:
    return {"orderId": world["sale"]}


def holding_seats(world: World) -> dict[str, Any]:
    return {"showId": world["showtime"], "showSeatIds": ["B3"]}


def told_the_price(world: World) -> dict[str, Any]:
    return {"finalAmount": 450, "currency": "NPR"}


def trying(world: World) -> dict[str, Any]:
    return {"seatIds": ["C5"], "isTrial": True}


def moving(world: World) -> dict[str, Any]:
    return {"startTime": "2031-01-01T10:00:00Z"}


def show(world: World) -> dict[str, Any]:
    return moving(world) | {"movieId": world["movie"], "screenId": world["hall"], "prices": [{"amount": 300}]}


def movie(world: World) -> dict[str, Any]:
    return {"title": "Kabaddi"}


def at_the_door(world: World) -> dict[str, Any]:
    return {"showtimeId": world["showtime"], "code": "a menu"}


def review(world: World) -> dict[str, Any]:
    """Nobody here was there: their shows are to come."""
    return {"itemType": "movie", "itemId": world["movie"], "rating": 5}
