"""Tickets for the wallets of phones. What only their makers' keys would prove stands in docs/decisions.md."""

from django.conf import settings


def offered() -> dict[str, bool]:
    """For pages: the wallets we have keys for; no other is shown."""
    return {"has_apple": settings.APPLE_WALLET.can_sign, "has_google": settings.GOOGLE_WALLET.can_sign}
