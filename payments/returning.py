"""The way to a gateway and back: addresses that name a payment and the page its buyer came from.

Both are sealed together: the page may carry the key of a ticket link, which is none of the gateway's business, and
nobody can make us redirect elsewhere. Whoever has the address may pay and come back; no more.
"""

import uuid
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from payments import vault
from payments.models import Payment
from showsewa.refusals import NotFound

_PURPOSE = "way back"


@dataclass(frozen=True, slots=True)
class Way:
    """path: of the page to go back to, on this site."""

    payment_id: uuid.UUID
    path: str


def seal(payment: Payment, path: str) -> str:
    return vault.seal([str(payment.pk), path], purpose=_PURPOSE)


def read(sealed: str) -> Way:
    """Refuses: NotFound."""
    try:
        payment_id, path = vault.unseal(sealed, purpose=_PURPOSE)
    except vault.Unreadable as error:
        raise NotFound(_("There is no such payment.")) from error
    return Way(uuid.UUID(payment_id), path)


def hand_over_path(payment: Payment, path: str) -> str:
    """Our page that takes the buyer on to the gateway."""
    return reverse("hand-over", args=[seal(payment, path)])


def way_on(payment: Payment, path: str) -> str:
    """Where a form of ours leads the buyer: straight on within this site, to others by a page of our own. Browsers
    forbid redirecting a form to a company that the form-action of its page does not name.
    """
    return payment.url if payment.url.startswith("/") else hand_over_path(payment, path)


def return_url(payment: Payment, path: str) -> str:
    """Where the gateway sends the buyer back to. Nothing is in its query: gateways put their own words there."""
    return settings.BASE_URL + return_path(payment, path)


def return_path(payment: Payment, path: str) -> str:
    return reverse("payment-return", args=[payment.gateway, seal(payment, path)])
