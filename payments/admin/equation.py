"""The page of the one equation, and behind each of its figures the rows it is the sum of."""

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.books import days, equation
from seatsync import journal
from showsewa.admin.base import actor
from showsewa.admin.files import csv_file
from showsewa.spreadsheets import csv_text

_DAYS = 31
_FIELD = {"class": "desk-input"}
_MOST_SHOWN, _MOST_EXPORTED = 500, 100_000
NAMES = {
    "money_in": _("Money in"),
    "bought": _("Confirmed bookings"),
    "kept": _("Kept"),
    "back": _("Refunds"),
    "waits": _("Waiting"),
    "cases": _("Open cases"),
    "vouchers": _("Gift vouchers"),
    "nowhere": _("Difference"),
}
_COLUMNS = ("at", "payment", "booking", "reference", *equation.PARTS)


class Chosen(forms.Form):
    first = forms.DateField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"} | _FIELD))
    last = forms.DateField(label=_("To"), required=False, widget=forms.DateInput({"type": "date"} | _FIELD))


def page(request: HttpRequest) -> HttpResponse:
    """One line a gateway and currency; ?all counts from the first payment on."""
    _check(request)
    bounds, asked, form = _bounds(request)
    sums = [_line(one, asked) for one in equation.sums(bounds)]
    context = {
        "title": _("Equation"),
        "form": form,
        "names": NAMES.items(),
        "sums": sums,
        "is_right": all(one["sum"].nowhere == 0 for one in sums),
        "asked_at": timezone.now(),
    }
    return render(request, "admin/equation.html", admin.site.each_context(request) | context)


def rows(request: HttpRequest) -> HttpResponse:
    """What one figure is the sum of, as a page or (?format=csv) as a file."""
    _check(request)
    bounds, asked, _form = _bounds(request)
    part = request.GET.get("part", "money_in")
    chosen = {"gateway": request.GET.get("gateway", ""), "currency": request.GET.get("currency", "")}
    is_file = request.GET.get("format") == "csv"
    found = equation.rows(bounds, **chosen, part=part, most=_MOST_EXPORTED if is_file else _MOST_SHOWN)
    if is_file:
        told = [
            [one.at, str(one.payment_id or ""), one.booking or "", one.reference]
            + [getattr(one, name) for name in equation.PARTS]
            for one in found
        ]
        return csv_file("equation.csv", csv_text(_COLUMNS, told))
    called = journal.names(one.reference for one in found)  # what was paid at the counter refers to its clerk
    context = {
        "title": f"{NAMES.get(part, part)}: {chosen['gateway'] or '-'} {chosen['currency']}",
        "names": NAMES.items(),
        "currency": chosen["currency"],
        "rows": [(one, called[one.reference], [getattr(one, name) for name in NAMES]) for one in found],
        "is_cut": len(found) == _MOST_SHOWN,
        "file": f"?{urlencode(asked | chosen | {'part': part, 'format': 'csv'})}",
        "back": f"{reverse('equation')}?{urlencode(asked)}",
    }
    return render(request, "admin/equation_rows.html", admin.site.each_context(request) | context)


def _check(request: HttpRequest) -> None:
    if not request.user.has_perm("payments.view_settlement"):
        raise PermissionDenied


def _line(one: equation.Sum, asked: dict[str, Any]) -> dict[str, Any]:
    chosen = asked | {"gateway": one.gateway, "currency": one.currency}
    figures = [
        (name, getattr(one, name), f"{reverse('equation-rows')}?{urlencode(chosen | {'part': name})}") for name in NAMES
    ]
    return {"sum": one, "figures": figures}


def _bounds(request: HttpRequest) -> tuple[equation.Bounds, dict[str, Any], Chosen]:
    """The last month unless days are chosen; what is counted, the same for a link, and the form."""
    cinemas, today = actor(request).cinema_ids, days.today(timezone.now())
    form = Chosen(request.GET or None)
    if "all" in request.GET:
        return equation.Bounds(cinemas), {"all": "1"}, form
    given = form.cleaned_data if form.is_bound and form.is_valid() else {}
    last: date = given.get("last") or today
    first: date = given.get("first") or last - timedelta(days=_DAYS - 1)
    form.initial = {"first": first, "last": last}
    since, until = _span(first, last)
    return equation.Bounds(cinemas, since, until), {"first": first, "last": last}, form


def _span(first: date, last: date) -> tuple[datetime, datetime]:
    return days.bounds(min(first, last), max(first, last))
