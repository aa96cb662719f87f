"""Registers the gateways there is code for."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"
    verbose_name = "Money"

    def ready(self) -> None:
        # Each file registers itself; which of them are offered is a setting.
        from payments.gateways import counter, esewa, fake, khalti, stripe, voucher  # noqa: F401
