"""The first page staff see: today in numbers, what is on, and what needs a person."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments import today
from payments.figures import health
from payments.figures import scope as scopes
from showsewa import heartbeats, money
from showsewa.admin.base import actor
from showsewa.admin.system import AGAIN

WEEK = 7
_MOST_NAMED = 3


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """UNFOLD's DASHBOARD_CALLBACK. Each number only for those who may open what it counts."""
    now = timezone.now()
    numbers = today.today(actor=actor(request), now=now, zone=settings.ADMIN_TIME_ZONE)
    silent = heartbeats.silent(now=now)
    revenue = " + ".join(money.text(sum_, currency) for currency, sum_ in numbers.revenue) or "0"
    may = request.user.has_perm
    cards = [
        may("venues.view_showtime")
        and _card(_("Shows today"), len(numbers.shows), "venues_showtime", "calendar_month"),
        may("bookings.view_booking")
        and _card(_("Seats sold today"), numbers.seats_sold, "bookings_booking", "event_seat"),
        may("payments.view_payment") and _card(_("Revenue today"), revenue, "bookings_booking", "payments"),
        may("seatsync.view_conflict")
        and _card(_("Open conflicts"), numbers.open_conflicts, "seatsync_conflict", "warning", is_alarm=True),
        any(may(permission) for permission in AGAIN.values())
        and _card(_("Failed promises"), numbers.failed_promises, "", "sms_failed", is_alarm=True),
        may("showsewa.view_heartbeat")
        and _card(_("Silent jobs"), len(silent), "showsewa_heartbeat", "monitor_heart", is_alarm=True, detail=silent),
    ]
    cards += _channels(request) if may("payments.view_figures") else []
    return context | {"cards": [card for card in cards if card], "shows": numbers.shows, "title": _("Today")}


def _channels(request: HttpRequest) -> list[dict[str, Any]]:
    """Channels that say nothing, and those that sell what is sold."""
    now, scope = timezone.now(), scopes.of(actor(request))
    standings = health.channels(scope, scopes.Period.ending(scope.today(now), days=WEEK), now=now)
    silent, alarming = health.silent_ones(standings), health.alarming(standings)
    link = f"{reverse('figures')}#health"
    return [
        _card(_("Silent channels"), len(silent), "", "signal_disconnected", is_alarm=True, detail=silent, link=link),
        _card(_("Conflict alarm"), len(alarming), "", "crisis_alert", is_alarm=True, detail=alarming, link=link),
    ]


def _card(
    title: Any, number: Any, rows: str, icon: str, *, is_alarm: bool = False, detail: Sequence[str] = (), link: str = ""
) -> dict[str, Any]:
    """rows: the list it leads to, "" for the page of failed promises. is_alarm: it should be 0."""
    link = link or reverse(f"admin:{rows}_changelist" if rows else "failed-promises")
    return {
        "title": title,
        "number": number,
        "link": link,
        "icon": icon,
        "is_alarm": is_alarm and bool(number),
        "detail": ", ".join(detail[:_MOST_NAMED]) + ("…" if len(detail) > _MOST_NAMED else ""),
    }
