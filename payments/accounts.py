"""With which keys a cinema takes money at a gateway: its own, else the site's, else those of the environment."""

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import F, Q

from payments import vault
from payments.models import GatewayAccount, Payment
from venues.models import Cinema

logger = logging.getLogger(__name__)

PURPOSE = "gateway account"
# What a gateway's account consists of beside the merchant code.
SECRETS = ("secret_key", "webhook_secret", "webhook_secret_old")


@dataclass(frozen=True, slots=True)
class Account:
    """merchant: the public half (product code, publishable key). is_active: new payments may be made."""

    merchant: str
    is_active: bool = True
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def secret_key(self) -> str:
        return self.secrets.get("secret_key", "")

    @property
    def webhook_secrets(self) -> list[str]:
        """Two while one is being changed."""
        return [self.secrets[name] for name in ("webhook_secret", "webhook_secret_old") if self.secrets.get(name)]


def of(gateway: str, cinema_id: uuid.UUID) -> Account | None:
    """A cinema's own account decides even by being switched off: its money goes to nobody else's."""
    rows = GatewayAccount.objects.filter(Q(cinema=cinema_id) | Q(cinema=None), gateway=gateway)
    row = rows.order_by(F("cinema").asc(nulls_last=True)).first()
    return _of_environment(gateway) if row is None else _opened(row)


def _opened(row: GatewayAccount) -> Account | None:
    try:
        secrets = read(row)
    except vault.Unreadable:
        logger.error("the keys of gateway account %s cannot be read: was SECRET_KEY changed?", row.pk)
        return None
    return Account(row.merchant, row.is_active, secrets)


def of_payment(payment: Payment) -> Account | None:
    """Also one that is switched off: money already in it must find its way back."""
    cinemas = Cinema.objects.filter(showtimes__bookings=payment.booking_id)
    return of(payment.gateway, cinemas.values_list("pk", flat=True).get())


def every(gateway: str) -> list[Account]:
    """All there are, switched off or not: who may send us messages."""
    found = [_opened(row) for row in GatewayAccount.objects.filter(gateway=gateway).order_by("pk")]
    return [account for account in [*found, _of_environment(gateway)] if account is not None]


def is_set_up(gateway: str, cinema: Cinema) -> bool:
    account = of(gateway, cinema.pk)
    return account is not None and account.is_active and bool(account.secret_key)


def read(row: GatewayAccount) -> dict[str, str]:
    """Raises: vault.Unreadable."""
    return vault.unseal(row.secrets, purpose=PURPOSE) if row.secrets else {}


def sealed(secrets: Mapping[str, str]) -> str:
    """For `GatewayAccount.secrets`."""
    return vault.seal(dict(secrets), purpose=PURPOSE)


def reseal() -> tuple[int, list[str]]:
    """Seal all keys with today's SECRET_KEY. Returns how many accounts that were, and those that cannot be read."""
    done, lost = 0, []
    for row in GatewayAccount.objects.exclude(secrets="").select_related("cinema").order_by("pk"):
        try:
            fresh = vault.reseal(row.secrets, purpose=PURPOSE)
        except vault.Unreadable:
            lost.append(str(row))
            continue
        # Unless somebody gave new ones meanwhile: those are sealed with today's.
        done += GatewayAccount.objects.filter(pk=row.pk, secrets=row.secrets).update(secrets=fresh)
    return done, lost


def _of_environment(gateway: str) -> Account | None:
    keys = settings.GATEWAY_KEYS.get(gateway, {})
    if not keys.get("secret_key"):
        return None
    return Account(keys.get("merchant", ""), secrets={name: keys[name] for name in SECRETS if keys.get(name)})
