"""Django admin of people and the system, and what all apps' admins are built from (`base`, `pages`)."""

from showsewa.admin import people, system

__all__ = ["people", "system"]
