"""Who went in: with which ticket, when, and who let them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bookings.models.tickets import Ticket


class CheckIn(models.Model):
    """Somebody went in with a ticket; once, by the index, unless a mistaken one was undone with a reason."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="check_ins", verbose_name=_("ticket"))
    at = models.DateTimeField(_("checked in"))
    actor = models.CharField(_("let in by"), max_length=120)
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.CharField(_("undone by"), max_length=120, blank=True)
    reason = models.CharField(_("reason given"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        constraints: ClassVar = [
            # The last line of defence behind the ticket's own `checked_in_at`.
            models.UniqueConstraint(fields=["ticket"], condition=Q(undone_at=None), name="check_in_once"),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by="", reason="")
                | (Q(undone_at__isnull=False) & ~Q(undone_by="") & ~Q(reason="")),
                name="check_in_undone_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.ticket.label
