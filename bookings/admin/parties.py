"""Parties on the desk: which holds are shared among friends, and what came of them. Their links are nobody's here."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from bookings.models import Party
from showsewa.admin.base import DeskAdmin, Evidence, MyChoices, show_header


@admin.register(Party)
class PartyAdmin(Evidence, DeskAdmin):
    cinema_path = "showtime__cinema"
    list_display = ("show", "seats", "host", "made_at", "expires_at")
    list_filter = (("showtime__cinema", MyChoices),)
    list_select_related = ("showtime__movie", "showtime__cinema", "showtime__hall", "host")
    search_fields = ("=host__reference", "=bookings__reference")
    ordering = ("-made_at",)
    fields = ("showtime", "seat_labels", "host", "bookings_of", ("made_at", "expires_at"))
    readonly_fields = ("bookings_of",)

    @display(description=_("showtime"), ordering="showtime__starts_at", header=True)
    def show(self, party: Party) -> list[str]:
        return show_header(party.showtime)

    @display(description=_("seats"))
    def seats(self, party: Party) -> str:
        return str(party)

    @admin.display(description=_("bookings"))
    def bookings_of(self, party: Party) -> str:
        rows = party.bookings.order_by("pk")
        return "; ".join(f"{', '.join(one.seat_labels) or '-'}: {one.get_status_display()}" for one in rows)
