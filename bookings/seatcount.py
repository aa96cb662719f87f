"""How many seats somebody may choose at a time."""

from django.conf import settings
from django.utils.translation import gettext as _

from showsewa import numerals
from showsewa.refusals import Invalid


class TooManySeats(Invalid):
    """Too few, too: not one at all."""

    code = "SEAT_LIMIT"


def check(count: int) -> None:
    """Refuses: TooManySeats."""
    if not 1 <= count <= settings.MAX_SEATS_PER_HOLD:
        raise TooManySeats(numerals.filled(_("Choose between 1 and %(most)d seats."), most=settings.MAX_SEATS_PER_HOLD))
