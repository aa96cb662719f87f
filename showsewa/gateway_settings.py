"""The settings of real gateways: the site's own accounts, and the companies' addresses for testing and in earnest."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

_ESEWA_TEST_KEY = "8gBm/:&EnhH.1/q"  # eSewa prints it on its page for developers


def read(env: Any, *, is_live: bool) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """(gateway -> its keys, name -> address). Outside live mode eSewa's public test account is there from the start."""
    keys = {
        "esewa": {
            "merchant": env("ESEWA_PRODUCT_CODE", default="" if is_live else "EPAYTEST"),
            "secret_key": env("ESEWA_SECRET_KEY", default="" if is_live else _ESEWA_TEST_KEY),
        },
        "khalti": {"secret_key": env("KHALTI_SECRET_KEY", default="")},
    }
    if is_live and keys["esewa"]["secret_key"] == _ESEWA_TEST_KEY:
        raise ImproperlyConfigured("ESEWA_SECRET_KEY must not be the test account's in live mode.")
    urls = {
        "esewa": env("ESEWA_URL", default=f"https://{'' if is_live else 'rc-'}epay.esewa.com.np"),
        "esewa_status": env("ESEWA_STATUS_URL", default=f"https://{'' if is_live else 'rc.'}esewa.com.np"),
        "khalti": env("KHALTI_URL", default=f"https://{'' if is_live else 'dev.'}khalti.com"),
    }
    return keys, {name: url.rstrip("/") for name, url in urls.items()}
