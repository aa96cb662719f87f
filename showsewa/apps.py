"""What the desk calls this app."""

from django.apps import AppConfig


class ShowSewaConfig(AppConfig):
    name = "showsewa"
    verbose_name = "People & system"
