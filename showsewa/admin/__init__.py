"""Django admin of people and the system, and what all apps' admins are built from (`base`, `pages`)."""

from showsewa.admin import people, second_factor, system

__all__ = ["people", "second_factor", "system"]
