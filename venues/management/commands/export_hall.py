"""`manage.py export_hall HALL_ID --format vista > hall.json`: a hall's seats as a plan that import_hall reads again."""

import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from venues import formats, layout
from venues.models import Hall


class Command(BaseCommand):
    help = "Write a hall's seats in use to standard output as a seat plan."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("hall", type=uuid.UUID, help="id of the hall")
        parser.add_argument("--format", choices=formats.NAMES, default="seed")

    def handle(self, *args: Any, **options: Any) -> None:
        hall = Hall.objects.select_related("layout").filter(pk=options["hall"]).first()
        if hall is None or hall.layout is None:
            raise CommandError("There is no such hall, or it has no seats yet.")
        plan = formats.export(layout.parse(hall.layout.seat_layout), options["format"])
        self.stdout.write(plan, ending="")
