"""`manage.py seed`: the demo chain on sale, in one transaction: a seed cut short leaves an empty database."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from showsewa.authentication import of_user
from showsewa.demo_data import people, sales, stage, taxes
from showsewa.models import User
from showsewa.transactions import joining
from venues.models import Cinema, Movie


class Command(BaseCommand):
    help = "Put the demo chain on sale: cinemas, movies, a week of showtimes, logins, channels and some sales."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="say nothing against a database in use; where it holds the demo, put its coming week on sale",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IS_LIVE:
            raise CommandError("The demo's logins are public, so live mode refuses it.")
        with joining():
            call_command("sync_roles", verbosity=0)  # also of a demo that was here before: its roles may be older
            if not _is_in_use():
                self._seed()
            elif not options["if_empty"]:
                raise CommandError("The demo needs an empty database, and this one holds cinemas, movies or users.")
            elif stage.is_here():
                self._continue()
            else:
                self._say("The database is in use; nothing to do.")

    def _seed(self) -> None:
        now = timezone.now()
        stage.build_cinemas(self._say)
        today = now.astimezone(stage.ZONE).date()
        stage.build_movies(today)
        shows = stage.put_on_sale(today, self._say)
        with connection.cursor() as cursor:  # else the planner takes these seats for none until autovacuum comes
            cursor.execute("ANALYZE")
        staff = people.build_people()
        people.build_channels()
        people.build_promo()
        taxes.build_taxes()
        taxes.build_fee()
        self._say(taxes.NOTE)
        clerk, manager = of_user(staff["counter"]), of_user(staff["manager"])
        bookings = sales.make_sales(clerk=clerk, manager=manager, now=now, say=self._say)
        customer = staff["customer"]
        sales.buy_online(of_user(customer), name=customer.get_full_name(), email=customer.email, now=now)
        self._say(f"The demo is on sale: {shows} showtimes, {bookings} bookings.")

    def _continue(self) -> None:
        today = timezone.now().astimezone(stage.ZONE).date()
        shows = stage.put_on_sale(today, self._say)
        self._say(f"The demo is here already; {shows} showtimes added for the coming week.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _is_in_use() -> bool:
    return Cinema.objects.exists() or Movie.objects.exists() or User.objects.exists()
