"""Telling managers that a seat sold twice is nobody's decision yet. One mail a conflict, at its deadline."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from seatsync import conflicts
from seatsync.models import Conflict, ManagerNotice
from showsewa import roles
from showsewa.models import User
from showsewa.promises import Permanent
from venues.models import Cinema


def send(notice: ManagerNotice) -> None:
    """For `promises.keep`: nothing to say once it is solved. Raises: Permanent when nobody manages the cinema."""
    conflict = conflicts.find(notice.conflict_id)
    if conflict.status == Conflict.Status.SOLVED:
        return
    showtime = conflict.seat.showtime.showtime
    people = managers(showtime.cinema)
    if not people:
        raise Permanent("nobody with an e-mail address manages this cinema")
    with translation.override(settings.LANGUAGE_CODE), timezone.override(showtime.cinema.time_zone):
        facts = {
            "conflict": conflict,
            "showtime": showtime,
            "deadline": conflicts.deadline(conflict),
            "link": settings.BASE_URL + reverse("admin:seatsync_conflict_change", args=[conflict.pk]),
        }
        subject = " ".join(render_to_string("emails/conflict_open.subject.txt", facts).split())
        text = render_to_string("emails/conflict_open.txt", facts).strip() + "\n"
    # Always the same Message-ID: a mail sent twice is shown once.
    headers = {"Message-ID": f"<conflict.{conflict.pk.hex}@{_domain()}>", "Auto-Submitted": "auto-generated"}
    EmailMessage(subject, text, to=people, headers=headers).send()


def managers(cinema: Cinema) -> list[str]:
    """Who may decide it there; the cinema's own address where no such person is known."""
    people = User.objects.filter(is_active=True, groups__name=roles.MANAGER, cinemas=cinema).exclude(email="")
    return list(people.order_by("email").values_list("email", flat=True)) or [cinema.email] * bool(cinema.email)


def _domain() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ") or "localhost"
