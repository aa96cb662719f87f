"""The system's own rows, and two pages without a model: failed promises, and the oracle's answer."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from payments import audit, promised
from showsewa import heartbeats
from showsewa.admin.base import DeskAdmin, Evidence, actor
from showsewa.models import Heartbeat

AGAIN = {"notice": "bookings.resend_notice", "refund": "payments.retry_refund"}


@admin.register(Heartbeat)
class HeartbeatAdmin(Evidence, DeskAdmin):
    list_display = ("job", "beaten_at", "did", "state", "last_error")
    search_fields = ("job",)
    ordering = ("job",)

    @display(description=_("state"), label={_("silent"): "danger", _("failing"): "warning", _("beating"): "success"})
    def state(self, beat: Heartbeat) -> Any:
        if beat.job in heartbeats.silent(now=timezone.now()):
            return _("silent")
        return _("failing") if beat.last_error else _("beating")


def failed_promises(request: HttpRequest) -> HttpResponse:
    """Notices and refunds that were given up, with "try again" for those this person may."""
    who = actor(request)
    may = {kind for kind, permission in AGAIN.items() if who.may(permission)}
    if not may:
        raise PermissionDenied
    if request.method == "POST":
        kind, keys = request.POST.get("kind", ""), request.POST.getlist("row")
        if kind not in may:
            raise PermissionDenied
        count = promised.try_again(kind, keys, actor=who, now=timezone.now())
        messages.success(request, ngettext("%d will be tried again now.", "%d will be tried again now.", count) % count)
        return HttpResponseRedirect(reverse("failed-promises"))
    failed = promised.failed(actor=who)
    page = {"title": _("Failed promises"), "notices": failed.notices, "refunds": failed.refunds, "may": may}
    return render(request, "admin/failed_promises.html", admin.site.each_context(request) | page)


def oracle(request: HttpRequest) -> HttpResponse:
    """Ask the oracle over the live database; for superusers, because it looks at every cinema."""
    if not request.user.is_superuser:
        raise PermissionDenied
    page = {"title": _("Audit"), "violations": audit.violations(), "asked_at": timezone.now()}
    return render(request, "admin/audit.html", admin.site.each_context(request) | page)
