"""What to call a seat's place."""

from django import template
from django.utils.translation import gettext as _

from venues.models import Seat

register = template.Library()


@register.filter
def kind(seat: Seat) -> str:
    """{{ ticket.show_seat.seat|kind }}: "Premium, Balcony", or only "Premium" where that part is called so too."""
    return ", ".join(dict.fromkeys(filter(None, [str(seat.get_seat_type_display()), seat.section and _(seat.section)])))
