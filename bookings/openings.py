"""Notices of sales, read and sent: whose tickets are on sale now, and the link by which a reader says "no more"."""

import uuid
from datetime import datetime
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F, OuterRef, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from bookings import sms
from seatsync.models import OpeningNotice
from seatsync.models.openings import NOT_YET
from showsewa import codes, nepali, numerals, tongue
from showsewa.refusals import NotFound
from venues import sandbox
from venues.models import Showtime

_LINK = "bookings.openings"


def on_sale(*, now: datetime, movie: Any, city: Any) -> QuerySet[Showtime]:
    """Showtimes to come whose sales are open, the soonest first. movie, city: what they are, or where they stand."""
    rows = Showtime.objects.filter(movie=movie, cinema__city=city, cancelled_at=None, starts_at__gt=now)
    rows = rows.filter(sandbox.known_to(path="cinema"), cinema__is_active=True, inventory__isnull=False)
    return rows.order_by("starts_at")


def on_sale_of_row(*, now: datetime) -> QuerySet[Showtime]:
    """The same for the row of a notice around it."""
    return on_sale(now=now, movie=OuterRef("movie"), city=OuterRef("city"))


def send(notice: OpeningNotice) -> None:
    """For `promises.keep`: whatever a carrier raises is tried again."""
    fresh = OpeningNotice.objects.select_related("movie").filter(pk=notice.pk).first()
    if fresh is None:  # its reader has said no meanwhile
        return
    first = on_sale(now=timezone.now(), movie=fresh.movie_id, city=fresh.city).select_related("cinema").first()
    if first is None:  # cancelled since it fell due: wait for the next one, and by that give up our lease
        OpeningNotice.objects.filter(pk=fresh.pk).update(due_at=NOT_YET, attempts=F("attempts") - 1)
        return
    with numerals.speaking(fresh.language) as language, timezone.override(first.cinema.time_zone):
        if fresh.medium == OpeningNotice.Medium.SMS:
            import_string(settings.SMS_BACKEND)().send(fresh.address, _sms(fresh, first), key=str(fresh.pk))
        else:
            _mail(fresh, first, language).send()


def link(notice: OpeningNotice) -> str:
    """To the movie, and to saying no more: whoever has it can do both."""
    return settings.BASE_URL + reverse("opening-notice", args=[code(notice.pk)])


def code(key: uuid.UUID) -> str:
    return codes.of(key, _LINK)


def by_code(text: str) -> OpeningNotice:
    """Refuses: NotFound, for one that we never gave and for one whose reader has said no already."""
    key = codes.named(text)
    if key is not None and codes.is_of(text, key, _LINK):
        found = OpeningNotice.objects.select_related("movie").filter(pk=key).first()
        if found is not None:
            return found
    raise NotFound(_("This notice is not waiting any more. You will hear nothing of it."))


def _sms(notice: OpeningNotice, first: Showtime) -> str:
    day = nepali.both(timezone.localtime(first.starts_at), "j M")
    said = _("Tickets for %(movie)s are on sale, from %(day)s: %(link)s")
    return sms.fitted(
        lambda title: said % {"movie": title, "day": day, "link": link(notice)}, tongue.named(notice.movie, "title")
    )


def _mail(notice: OpeningNotice, first: Showtime, language: str) -> EmailMultiAlternatives:
    """Twice the same Message-ID is one mail to its reader; programs offer "unsubscribe" by the headers (RFC 8058)."""
    stop = link(notice)
    facts = {
        "movie": notice.movie,
        "cinema": first.cinema,
        "starts_at": timezone.localtime(first.starts_at),
        "city": notice.city,
        "link": f"{settings.BASE_URL}{reverse('movie', args=[notice.movie_id])}?{urlencode({'city': notice.city})}",
        "stop_link": stop,
        "language": language,
    }
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    message = EmailMultiAlternatives(
        " ".join(render_to_string("emails/on_sale.subject.txt", facts).split()),
        render_to_string("emails/on_sale.txt", facts).strip() + "\n",
        to=[notice.address],
        headers={
            "Message-ID": f"<{notice.pk.hex}@{domain}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": language,
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    message.attach_alternative(render_to_string("emails/on_sale.html", facts), "text/html")
    return message
