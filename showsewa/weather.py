"""Sandbox weather: what a test key may ask to go wrong, so that an integrator sees it before the first real evening.

Only test keys are heard, and all of it happens at sandbox cinemas. Everybody else's headers are not even read.
"""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http.request import HttpHeaders
from django.utils.translation import gettext as _

from bookings.services import holds
from seatsync import channels
from showsewa.actors import Actor, Kind
from showsewa.refusals import Invalid, Refusal
from venues import sandbox

KINDS, CLOCK = "X-Sandbox", "X-Sandbox-Clock"
LATE_PAYMENT, SEAT_RACE, WEBHOOK_LOSS = "late-payment", "seat-race", "webhook-loss"
FARTHEST = timedelta(days=7)
MOST_LOST = 1000
RIVAL_KEEPS = 60  # seconds

_SECONDS = re.compile(r"[+-]?[0-9]{1,9}")


class WeatherUnknown(Invalid):
    """X-Sandbox or X-Sandbox-Clock says something this sandbox cannot do."""

    code = "SANDBOX_UNKNOWN"


@dataclass(frozen=True, slots=True)
class Weather:
    """webhooks_lost: None when nothing was said of them. clock: what is added to the time of day of this request."""

    is_payment_late: bool = False
    is_race: bool = False
    webhooks_lost: int | None = None
    clock: timedelta = timedelta(0)

    @property
    def echo(self) -> dict[str, str]:
        """The headers of the answer: what was understood."""
        said = [LATE_PAYMENT] if self.is_payment_late else []
        said += [SEAT_RACE] if self.is_race else []
        said += [f"{WEBHOOK_LOSS}={self.webhooks_lost}"] if self.webhooks_lost is not None else []
        headers = {KINDS: ", ".join(said)} if said else {}
        return headers | ({CLOCK: f"{self.clock.total_seconds():+.0f}"} if self.clock else {})


FAIR = Weather()


def read(headers: HttpHeaders) -> Weather:
    """Refuses: WeatherUnknown."""
    words = [word.strip() for word in headers.get(KINDS, "").split(",") if word.strip()]
    lost = None
    for word in words:
        name, _equals, number = word.partition("=")
        if name == WEBHOOK_LOSS and number.isascii() and number.isdigit() and len(number) <= 4:
            lost = min(int(number), MOST_LOST)
        elif word not in (LATE_PAYMENT, SEAT_RACE):
            raise WeatherUnknown(_("X-Sandbox knows late-payment, seat-race and webhook-loss=3."))
    return Weather(LATE_PAYMENT in words, SEAT_RACE in words, lost, _clock(headers.get(CLOCK, "")))


def befall(weather: Weather, actor: Actor, named: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    """What has to be so before the request is worked on: in transactions of its own, so that it outlives a refusal.

    named, body: of the request, in which a showtime and seats are looked for under any of their names.
    """
    if weather.webhooks_lost is not None:
        channels.lose_webhooks(actor, weather.webhooks_lost)
    if weather.is_race:
        _race(actor, *wished(named, body))


def wished(named: Mapping[str, Any], body: Mapping[str, Any]) -> tuple[uuid.UUID | None, list[str]]:
    """The showtime and the seats a request asks for, however its route calls them; (None, []) when it asks for none."""
    names: list[Any] = next(
        (body[name] for name in ("seatIds", "showSeatIds", "seats") if isinstance(body.get(name), list)), []
    )
    said = [named.get("showtime_id"), named.get("event_id"), body.get("showtimeId"), body.get("showId")]
    try:
        showtime = next((uuid.UUID(str(one)) for one in said if one), None)
    except ValueError:
        showtime = None
    return showtime, [name for name in names if isinstance(name, str)]


def _race(actor: Actor, showtime_id: uuid.UUID | None, seats: list[str]) -> None:
    """A rival holds the first wished seat it can get. It may go nowhere the key itself may not."""
    if showtime_id is None or not sandbox.is_reached(actor, showtime_id):
        return
    rival = Actor(Kind.SYSTEM, f"rival-{uuid.uuid4().hex[:12]}")
    for seat in seats[:10]:
        try:
            holds.hold_seats(showtime_id=showtime_id, seats=[seat], actor=rival, seconds=RIVAL_KEEPS)
        except Refusal:  # taken already, or allotted: then the next one
            continue
        return


def _clock(text: str) -> timedelta:
    if not text:
        return timedelta(0)
    if not _SECONDS.fullmatch(text.strip()):
        raise WeatherUnknown(_("X-Sandbox-Clock is a number of seconds, such as +600."))
    offset = timedelta(seconds=int(text))
    return max(-FARTHEST, min(FARTHEST, offset))
