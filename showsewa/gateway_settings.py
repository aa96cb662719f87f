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
        "stripe": {
            "merchant": env("STRIPE_PUBLISHABLE_KEY", default=""),
            "secret_key": env("STRIPE_SECRET_KEY", default=""),
            "webhook_secret": env("STRIPE_WEBHOOK_SECRET", default=""),
            "webhook_secret_old": env("STRIPE_WEBHOOK_SECRET_OLD", default=""),
        },
    }
    if is_live and keys["esewa"]["secret_key"] == _ESEWA_TEST_KEY:
        raise ImproperlyConfigured("ESEWA_SECRET_KEY must not be the test account's in live mode.")
    urls = {
        "esewa": env("ESEWA_URL", default=f"https://{'' if is_live else 'rc-'}epay.esewa.com.np"),
        "esewa_status": env("ESEWA_STATUS_URL", default=f"https://{'' if is_live else 'rc.'}esewa.com.np"),
        "khalti": env("KHALTI_URL", default=f"https://{'' if is_live else 'dev.'}khalti.com"),
    }
    urls = {name: url.rstrip("/") for name, url in urls.items()}
    if is_live and not all(url.startswith("https://") for url in urls.values()):
        raise ImproperlyConfigured("ESEWA_URL, ESEWA_STATUS_URL and KHALTI_URL must be https in live mode.")
    return keys, urls | _stripe(env, keys["stripe"], is_live=is_live)


def _stripe(env: Any, keys: dict[str, str], *, is_live: bool) -> dict[str, str]:
    """Its addresses, of the API and of the browser's script. Others than its own are for trying things out."""
    urls = {
        "stripe": env("STRIPE_API_BASE", default="https://api.stripe.com").rstrip("/"),
        "stripe_js": env("STRIPE_JS_URL", default="https://js.stripe.com/v3/"),
    }
    if is_live and keys["secret_key"].startswith(("sk_test_", "rk_test_")):
        raise ImproperlyConfigured("STRIPE_SECRET_KEY must not be a test key in live mode: its money is play money.")
    if is_live and not all(url.startswith("https://") for url in urls.values()):
        raise ImproperlyConfigured("STRIPE_API_BASE and STRIPE_JS_URL must be https in live mode.")
    return urls
