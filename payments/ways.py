"""The ways to pay a buyer is shown for a booking: the gateways on offer, and the cinema's counter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from bookings.models import Booking
from bookings.services import at_counter
from payments import gateways
from showsewa import nepali


@dataclass(frozen=True, slots=True)
class Way:
    """code: what the form sends back."""

    code: str
    label: Any
    hint: Any = ""
    is_later: bool = False


def offered(booking: Booking, *, now: datetime) -> Sequence[Way]:
    """For a hold. The counter is the last of them: it needs one more walk."""
    online = [Way(one.code, one.label, one.hint) for one in gateways.offered(booking.showtime.cinema)]
    until = at_counter.until(booking, now=now)
    if until is None or at_counter.has_too_many_seats(booking):
        return online
    zone = ZoneInfo(booking.showtime.cinema.time_zone)
    by = nepali.on_page(until.astimezone(zone), "l j F, H:i")
    hint = _("In cash or by card, by %(when)s. Your seats are kept until then.") % {"when": by}
    return [*online, Way(Booking.AT_COUNTER, _("Pay at the cinema's counter"), hint, is_later=True)]
