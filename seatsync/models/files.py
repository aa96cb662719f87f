"""Files of sales on their way through the steps of an import."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from seatsync.models.channels import Channel
from showsewa import ids


class SalesFile(models.Model):
    """A channel's file of sales between two steps of its import: parsed lines, for a day at most. No file is kept."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(_("file"), max_length=120)
    header = models.JSONField(editable=False)
    lines = models.JSONField(editable=False)  # [[number of the line, [cell, ...]], ...]
    columns = models.JSONField(default=dict, editable=False)  # what was chosen in the second step
    actor = models.CharField(max_length=120, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("sales file")
        verbose_name_plural = _("sales files")

    def __str__(self) -> str:
        return self.name
