"""Making the site offer a company, with short patience."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from payments.gateways import wire
from tests.gateways import esewa_company, khalti_company

KEYS = {
    "esewa": {"merchant": esewa_company.PRODUCT, "secret_key": esewa_company.KEY},
    "khalti": {"secret_key": khalti_company.KEY},
}


def offer(settings: Any, gateway: str, urls: dict[str, str]) -> None:
    settings.GATEWAYS = [gateway, *(code for code in settings.GATEWAYS if code != gateway)]
    settings.GATEWAY_KEYS = KEYS
    settings.GATEWAY_URLS = settings.GATEWAY_URLS | urls


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """How long we wait for a company, instead of ten seconds."""
    usual = wire.TOTAL_SECONDS
    wire.TOTAL_SECONDS = seconds
    wire._client.cache_clear()
    yield
    wire.TOTAL_SECONDS = usual
    wire._client.cache_clear()
