"""What the desk calls this app."""

from django.apps import AppConfig


class SeatsyncConfig(AppConfig):
    name = "seatsync"
    verbose_name = "Seats"
