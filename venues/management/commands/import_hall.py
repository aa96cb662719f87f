"""`manage.py import_hall FILE`: a hall's seats from a plan in any format of `venues.formats`, all or nothing."""

import sys
import uuid
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from showsewa.refusals import Refusal
from venues import formats, services
from venues.layout import Layout, LayoutInvalid
from venues.models import Cinema


class Command(BaseCommand):
    help = (
        "Make a hall from a seat plan, or give a hall new seats (showtimes on sale keep theirs). "
        "Understands the site's own JSON, pretix, Vista and text plans, and tells them apart by content."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the plan; - reads standard input")
        parser.add_argument("--cinema", help="slug or id of the cinema that gets a new hall")
        parser.add_argument("--name", default="", help='what the new hall is called, as "Hall 3"')
        parser.add_argument("--cleaning", type=int, default=15, help="minutes between two shows in it (15)")
        parser.add_argument("--hall", type=uuid.UUID, help="id of the hall that gets new seats instead")
        parser.add_argument("--format", choices=formats.NAMES, help="when the content should not decide")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["hall"]) == bool(options["cinema"] and options["name"]):
            raise CommandError("Give either --cinema and --name for a new hall, or --hall for new seats in an old one.")
        try:
            layout = formats.load(_read(options["file"]), options["format"])
            done = self._change(layout, options) if options["hall"] else self._create(layout, options)
        except LayoutInvalid as error:
            raise CommandError(_faults(options["file"], error)) from error
        except Refusal as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(done)

    def _create(self, layout: Layout, options: dict[str, Any]) -> str:
        cinema_id = _cinema(options["cinema"])
        hall = services.create_hall(
            cinema_id=cinema_id, name=options["name"], layout=layout, cleaning_minutes=options["cleaning"]
        )
        return f"{hall}: {layout.seat_count} seats, id {hall.pk}"

    def _change(self, layout: Layout, options: dict[str, Any]) -> str:
        saved = services.change_layout(hall_id=options["hall"], layout=layout)
        return f"{saved}: {layout.seat_count} seats, for showtimes scheduled from now on"


def _read(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}") from error


def _cinema(text: str) -> uuid.UUID:
    wanted = Q(slug=text)
    try:
        wanted |= Q(pk=uuid.UUID(text))
    except ValueError:
        pass  # then it is a slug
    found = Cinema.objects.filter(wanted).first()
    if found is None:
        known = ", ".join(Cinema.objects.order_by("slug").values_list("slug", flat=True)[:20])
        raise CommandError(f"There is no cinema {text}. Known: {known or 'none yet'}.")
    return found.pk


def _faults(name: str, error: LayoutInvalid) -> str:
    lines = [f"{name} was not imported; {error.facts['total']} faults:"]
    lines += [f"  {one['pointer'] or 'file'}: {one['detail']} ({one['code']})" for one in error.facts["errors"]]
    return "\n".join([*lines, *filter(None, [error.facts.get("note", "")])])
