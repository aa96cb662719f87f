"""Django admin of money: a module per subject, each registers its own models."""

from payments.admin import books, cases, gateway_accounts, invoices, listfiles, money, vouchers

__all__ = ["books", "cases", "gateway_accounts", "invoices", "listfiles", "money", "vouchers"]
