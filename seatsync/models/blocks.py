"""Blocks that end by themselves. `blocking` writes these rows; `inventory` takes one away with its block."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from seatsync.models.seats import ShowSeat


class BlockEnd(models.Model):
    """When a blocked seat goes back on sale. While it is here, the seat is BLOCKED."""

    seat = models.OneToOneField(ShowSeat, on_delete=models.CASCADE, primary_key=True, related_name="block_end")
    until = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("end of a block")
        verbose_name_plural = _("ends of blocks")
        indexes: ClassVar = [models.Index(fields=["until"], name="block_end_due")]

    def __str__(self) -> str:
        return f"{self.seat} {self.until}"
