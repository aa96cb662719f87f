"""The page of a cancelled show that gives everybody's money back. Reached from the showtime's own page."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from bookings.models import Booking
from payments.services import cancelled_shows
from showsewa import money
from showsewa.actors import Actor
from showsewa.admin.base import show_header
from showsewa.admin.pages import DeskPage


class GiveBackPage(DeskPage):
    title = _("Give everybody's money back")
    permission_required = "payments.refund_booking"
    submit_label = _("Cancel these bookings and give all of it back")
    is_dangerous = True
    lead = _(
        "For a show that was cancelled: all that was paid on the website goes back the way it came, and each buyer "
        "gets one mail. What was paid at the counter is handed out there, booking by booking; channels see to theirs."
    )

    def perform(self, given: dict[str, Any], actor: Actor) -> Any:
        done = cancelled_shows.give_back(showtime_id=self.object.pk, actor=actor, now=timezone.now())
        said = ngettext(
            "The money of %d booking is on its way back.", "The money of %d bookings is on its way back.", done.given
        )
        if not done.asking:
            return said % done.given
        more = ngettext(
            "%d asks for your second factor: give it back on its own page.",
            "%d ask for your second factor: give them back on their own pages.",
            done.asking,
        )
        return f"{said % done.given} {more % done.asking}"

    def facts(self) -> Sequence[tuple[Any, Any]]:
        online = cancelled_shows.sold_online(self.object.pk)
        owed = money.text(cancelled_shows.owed(self.object.pk), self.object.cinema.currency)
        sold = Booking.objects.filter(showtime=self.object, status=Booking.Status.CONFIRMED).count()
        title, when = show_header(self.object)
        back = online.count()
        return [
            (title, when),
            (_("To be given back"), f"{_bookings(back)} · {owed}" if back else _("nothing")),
            (_("Left for the counter and for channels"), _bookings(sold - back)),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """No button where it would do nothing."""
        has_any = cancelled_shows.sold_online(self.object.pk).exists()
        return super().get_context_data(**kwargs) | ({} if has_any else {"submit_label": ""})


def _bookings(count: int) -> str:
    return ngettext("%d booking", "%d bookings", count) % count
