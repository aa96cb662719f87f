"""The sidebar: what staff do, grouped as they think of it, each entry only for those who may see it."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from payments import promised
from payments.services import cases
from seatsync import conflicts
from showsewa.admin.base import actor


def _rows(title: Any, icon: str, app: str, model: str) -> dict[str, Any]:
    return _page(title, icon, f"admin:{app}_{model}_changelist", f"{app}.view_{model}")


def _page(title: Any, icon: str, name: str, *permissions: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(name), "permission": _any_of(*permissions)}


def _any_of(*permissions: str) -> Callable[[HttpRequest], bool]:
    return lambda request: any(request.user.has_perm(permission) for permission in permissions)


def _badge(count: int) -> dict[str, Any]:
    return {"badge": count} if count else {}


def _superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_superuser)


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """UNFOLD's SIDEBAR navigation."""
    who = actor(request)
    groups = [
        (None, _first()),
        (_("Programme"), _programme()),
        (_("Seats"), _seats(conflicts.count_open(actor=who))),
        (_("Sales"), _sales()),
        (_("Money"), _money(cases.count_open(actor=who))),
        (_("People & channels"), _people()),
        (_("System"), _system(promised.count_failed(actor=who))),
    ]
    return [{"title": title, "items": items} for title, items in groups]


def _first() -> list[dict[str, Any]]:
    return [
        {"title": _("Today"), "icon": "today", "link": reverse_lazy("admin:index")},
        _page(_("Live board"), "tv", "board", "seatsync.view_showseat"),
        _page(_("Door"), "door_front", "door", "bookings.check_in"),
        _page(_("Figures"), "bar_chart", "figures", "payments.view_figures"),
    ]


def _programme() -> list[dict[str, Any]]:
    return [
        _rows(_("Showtimes"), "calendar_month", "venues", "showtime"),
        _rows(_("Movies"), "movie", "venues", "movie"),
        _rows(_("Cinemas"), "theaters", "venues", "cinema"),
        _rows(_("Halls"), "weekend", "venues", "hall"),
        _rows(_("Usual prices"), "sell", "venues", "pricecard"),
    ]


def _seats(open_conflicts: int) -> list[dict[str, Any]]:
    return [
        _rows(_("Conflicts"), "warning", "seatsync", "conflict") | _badge(open_conflicts),
        _rows(_("Reported seats"), "fact_check", "seatsync", "seatreport"),
        _rows(_("Allotments"), "confirmation_number", "seatsync", "allotment"),
        _rows(_("Reconciliations"), "rule", "seatsync", "reconciliation"),
        _rows(_("Journal"), "history", "seatsync", "seatevent"),
        _rows(_("Seats of showtimes"), "event_seat", "seatsync", "showseat"),
        _rows(_("Inventories"), "inventory_2", "seatsync", "showinventory"),
    ]


def _sales() -> list[dict[str, Any]]:
    return [
        _rows(_("Bookings"), "receipt_long", "bookings", "booking"),
        _rows(_("Tickets"), "confirmation_number", "bookings", "ticket"),
        _rows(_("Promo codes"), "percent", "bookings", "promocode"),
        _rows(_("Single-use codes"), "local_activity", "bookings", "promobatchcode"),
        _rows(_("Reviews"), "reviews", "bookings", "review"),
        _rows(_("Waiting rooms"), "hourglass_top", "bookings", "waitingroom"),
        _rows(_("Waiting list"), "format_list_numbered", "bookings", "standby"),
        _rows(_("Exchanges"), "swap_horiz", "bookings", "exchange"),
        _rows(_("Parties"), "group", "bookings", "party"),
        _rows(_("Notices"), "mail", "bookings", "notice"),
        _rows(_("Notices of sales"), "campaign", "seatsync", "openingnotice"),
    ]


def _money(open_cases: int) -> list[dict[str, Any]]:
    return [
        _rows(_("Cases"), "gavel", "payments", "case") | _badge(open_cases),
        _rows(_("Payments"), "payments", "payments", "payment"),
        _rows(_("Refunds"), "currency_exchange", "payments", "refund"),
        _rows(_("Gift vouchers"), "redeem", "payments", "giftvoucher"),
        _rows(_("Settlements"), "account_balance", "payments", "settlement"),
        _page(_("Equation"), "balance", "equation", "payments.view_settlement"),
        _rows(_("Shifts"), "point_of_sale", "payments", "cashcount"),
        _rows(_("Gateways' messages"), "inbox", "payments", "webhookevent"),
        _rows(_("Gateway accounts"), "account_balance_wallet", "payments", "gatewayaccount"),
        _rows(_("Invoices"), "receipt_long", "payments", "invoice"),
        _rows(_("Fees"), "sell", "bookings", "feerule"),
        _rows(_("Tax rules"), "percent", "bookings", "taxrule"),
    ]


def _people() -> list[dict[str, Any]]:
    return [
        _rows(_("People"), "group", "showsewa", "user"),
        _page(_("Personal data"), "shield_person", "personal-data", "bookings.handle_personal_data"),
        _page(_("Roles"), "badge", "admin:auth_group_changelist", "auth.view_group"),
        _rows(_("Channels"), "hub", "seatsync", "channel"),
        _rows(_("Keys"), "key", "seatsync", "channelkey"),
        _rows(_("Webhooks"), "webhook", "seatsync", "subscription"),
        _rows(_("Webhook deliveries"), "outbound", "seatsync", "delivery"),
        _rows(_("Announcements"), "campaign", "seatsync", "announcement"),
        _rows(_("Notices to channels"), "mark_email_read", "seatsync", "channelnotice"),
    ]


def _system(failed_promises: int) -> list[dict[str, Any]]:
    failed = _page(
        _("Failed promises"), "sms_failed", "failed-promises", "bookings.resend_notice", "payments.retry_refund"
    )
    items = [
        failed | _badge(failed_promises),
        {"title": _("Second factor"), "icon": "phonelink_lock", "link": reverse_lazy("second-factor")},
        _rows(_("Jobs"), "monitor_heart", "showsewa", "heartbeat"),
        _page(_("Audit"), "verified", "audit") | {"permission": _superuser},
        _rows(_("Archived tickets"), "archive", "bookings", "archivedticket"),
    ]
    if "fake" in settings.GATEWAYS:
        items.append(_rows(_("Test gateway"), "science", "payments", "fakecheckout"))
    return items
