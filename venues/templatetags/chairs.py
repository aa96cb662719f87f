"""What to call a seat's place."""

from django import template
from django.utils.translation import gettext as _

from venues.models import Seat

register = template.Library()


@register.filter
def kind(seat: Seat) -> str:
    """{{ ticket.show_seat.seat|kind }}: "Premium, Balcony", or only "Sofa" where that part is called Sofa or Sofas."""
    kind, section = str(seat.get_seat_type_display()), _(seat.section) if seat.section else ""
    return kind if section.startswith(kind) or not section else f"{kind}, {section}"
