"""`manage.py audit`: ask the oracle. Exit code 0 when nothing is wrong, 1 with a line for each violation."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from payments import audit


class Command(BaseCommand):
    help = "Check that seats, tickets, money and the journal agree, over the live database in one snapshot."

    def handle(self, *args: Any, **options: Any) -> None:
        found = audit.violations()
        for violation in found:
            self.stderr.write(f"{violation.rule}: {violation.subject} {violation.detail}")
        self.stdout.write(f"{len(found)} violations")
        if found:
            sys.exit(1)
