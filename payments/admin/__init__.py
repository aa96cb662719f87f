"""Django admin of money: a module per subject, each registers its own models."""

from payments.admin import money

__all__ = ["money"]
