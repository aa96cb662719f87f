"""Taking back the link to one ticket: it shows nothing any more, and the next one is another."""

import uuid

from django.db.models import F
from django.utils.translation import gettext as _

from bookings.models import Ticket
from showsewa.refusals import NotFound
from showsewa.transactions import use_case


@use_case
def take_back(*, booking_id: uuid.UUID, ticket_id: uuid.UUID) -> Ticket:
    """The caller has shown that the booking is theirs. Refuses: NotFound for a ticket it has not (any more)."""
    rows = Ticket.objects.filter(pk=ticket_id, booking=booking_id, released_at=None)
    if not rows.update(link_number=F("link_number") + 1):
        raise NotFound(_("There is no such ticket."))
    return Ticket.objects.get(pk=ticket_id)
