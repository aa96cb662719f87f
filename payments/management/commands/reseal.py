"""`manage.py reseal`: seal the keys of gateway accounts with today's SECRET_KEY, before an older one is forgotten."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from payments import accounts


class Command(BaseCommand):
    help = "Seals the keys of gateway accounts with today's SECRET_KEY, before an older one is forgotten."

    def handle(self, *args: Any, **options: Any) -> None:
        done, lost = accounts.reseal()
        self.stdout.write(f"{done} accounts resealed.")
        if lost:
            raise CommandError(f"These cannot be read, their keys have to be given anew: {', '.join(lost)}.")
