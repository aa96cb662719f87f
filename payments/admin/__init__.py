"""Django admin of money: a module per subject, each registers its own models."""

from payments.admin import books, listfiles, invoices, money

__all__ = ["books", "listfiles", "invoices", "money"]
