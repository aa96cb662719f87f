"""The first page staff see: today in numbers, what is on, and what needs a person."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments import today
from showsewa import heartbeats, money
from showsewa.admin.base import actor


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """UNFOLD's DASHBOARD_CALLBACK."""
    now = timezone.now()
    numbers = today.today(actor=actor(request), now=now, zone=settings.ADMIN_TIME_ZONE)
    silent = heartbeats.silent(now=now)
    cards = [
        _card(_("Shows today"), len(numbers.shows), "venues_showtime", "calendar_month"),
        _card(_("Seats sold today"), numbers.seats_sold, "bookings_booking", "event_seat"),
        _card(
            _("Revenue today"),
            " + ".join(money.text(sum_, currency) for currency, sum_ in numbers.revenue) or "0",
            "bookings_booking",
            "payments",
        ),
        _card(
            _("Open conflicts"), numbers.open_conflicts, "seatsync_conflict", "warning", alarm=numbers.open_conflicts
        ),
        _card(_("Failed promises"), numbers.failed_promises, "", "sms_failed", alarm=numbers.failed_promises)
        | {"link": reverse("failed-promises")},
        _card(_("Silent jobs"), len(silent), "showsewa_heartbeat", "monitor_heart", alarm=len(silent))
        | {"detail": ", ".join(silent)},
    ]
    return context | {"cards": cards, "shows": numbers.shows, "title": _("Today")}


def _card(title: Any, number: Any, rows: str, icon: str, *, alarm: int = 0) -> dict[str, Any]:
    link = reverse(f"admin:{rows}_changelist") if rows else ""
    return {"title": title, "number": number, "link": link, "icon": icon, "is_alarm": bool(alarm), "detail": ""}
