"""Which gateways a cinema takes money through, and with which keys."""

from typing import ClassVar

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from showsewa import ids
from venues.models import Cinema


@pghistory.track(exclude=["secrets"])
class GatewayAccount(models.Model):
    """A cinema's account at a gateway; one without a cinema is for all that have none of their own.

    secrets: encrypted JSON (`payments.vault`), never shown again. Without any account, keys come from the environment.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    cinema = models.ForeignKey(Cinema, null=True, blank=True, on_delete=models.PROTECT, related_name="gateway_accounts")
    gateway = models.CharField(_("gateway"), max_length=20)
    merchant = models.CharField(_("merchant code"), max_length=120, blank=True)
    secrets = models.TextField(editable=False, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("gateway account")
        verbose_name_plural = _("gateway accounts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cinema", "gateway"], nulls_distinct=False, name="gateway_account_unique")
        ]

    def __str__(self) -> str:
        return f"{self.gateway}: {self.cinema or '*'}"
