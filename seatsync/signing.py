"""Signing what we send to a webhook. Secrets are derived from SECRET_KEY, so none is stored and none can leak."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from seatsync.models import Subscription
from showsewa import signatures

SIGNATURE_HEADER = "ShowSewa-Signature"
OVERLAP = timedelta(hours=24)  # how long the old secret signs beside the new one


def secret(subscription_id: UUID, number: int) -> str:
    """The n-th secret of a subscription, as Standard Webhooks writes one: whsec_ and 32 bytes in base64."""
    about = f"showsewa.webhook:{subscription_id}:{number}"
    key = hmac.new(settings.SECRET_KEY.encode(), about.encode(), hashlib.sha256).digest()
    return f"whsec_{base64.b64encode(key).decode()}"


def secrets_of(subscription: Subscription, *, now: datetime) -> list[str]:
    """The present secret, and the one before while it is being changed."""
    numbers = [subscription.secret_number]
    if subscription.old_secret_until is not None and subscription.old_secret_until > now:
        numbers.append(subscription.secret_number - 1)
    return [secret(subscription.pk, number) for number in numbers]


def headers(subscription: Subscription, message_id: str, body: bytes, *, now: datetime) -> dict[str, str]:
    """Both ways to verify: the headers of Standard Webhooks, and one of the form gateways sign to us in."""
    at, valid = int(now.timestamp()), secrets_of(subscription, now=now)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(_standard(one, message_id, at, body) for one in valid),
        SIGNATURE_HEADER: signatures.sign(body, secrets=valid, at=at),
    }


def _standard(one: str, message_id: str, at: int, body: bytes) -> str:
    key = base64.b64decode(one.removeprefix("whsec_"))
    mac = hmac.new(key, f"{message_id}.{at}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(mac).decode()}"
