"""Two pages without a model: figures (what was sold, by whom, how well the channels keep step) and the live board."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import orjson
from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as now_in
from django.utils.translation import gettext_lazy as _

from payments.figures import board as live
from payments.figures import health, occupancy, sales
from payments.figures import scope as scopes
from seatsync.models import Channel, Source
from showsewa import money
from showsewa.admin.base import actor
from showsewa.refusals import Refusal

LONGEST_DAYS = 366
SHOWS, CONFLICTS = 20, 10
_FIELD = {"class": "desk-input"}


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of the chart. height: in percent of the highest."""

    day: date
    sales: sales.Day | None
    height: Decimal
    place: int

    @property
    def top(self) -> Decimal:
        return 100 - self.height

    @property
    def title(self) -> str:
        sold = self.sales
        text = money.text(sold.revenue, sold.currency) if sold else "0"
        return f"{date_format(self.day, 'j M')}: {text}"


class Chosen(forms.Form):
    first = forms.DateField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"} | _FIELD))
    last = forms.DateField(label=_("To"), required=False, widget=forms.DateInput({"type": "date"} | _FIELD))
    cinema = forms.ChoiceField(label=_("Cinema"), required=False, widget=forms.Select(_FIELD))


def figures(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("payments.view_figures"):
        raise PermissionDenied
    who, now = actor(request), timezone.now()
    form = Chosen(request.GET or None)
    cinemas = scopes.cinemas(who)
    form.fields["cinema"].choices = [("", _("All")), *((str(one.pk), one.name) for one in cinemas)]  # type: ignore[attr-defined]
    given = form.cleaned_data if form.is_bound and form.is_valid() else {}
    scope = scopes.of(who, cinema=given.get("cinema", ""))
    today, problem = scope.today(now), ""
    try:
        first, last = given.get("first"), given.get("last")
        period = scopes.Period.chosen(first, last, today=today, days=30, most=LONGEST_DAYS)
    except Refusal as refusal:
        problem, period = str(refusal.message), scopes.Period.ending(today, days=30)
    form.initial = {"first": period.first, "last": period.last}
    page = {
        "title": _("Figures"),
        "form": form,
        "problem": problem,
        "period": period,
        "files": _files(period, given.get("cinema", ""), today),
    }
    context = admin.site.each_context(request) | page | _sold(scope, period) | _kept(scope, period, today)
    return render(request, "admin/figures.html", context)


def board(request: HttpRequest) -> HttpResponse:
    """Drawn by its script from what the page brings, and then from what the socket says."""
    if not request.user.has_perm("seatsync.view_showseat"):
        raise PermissionDenied
    shows = live.shows(actor(request).cinema_ids, now=timezone.now())
    page = {
        "title": _("Live board"),
        "rows": orjson.dumps(live.rows(shows)).decode(),
        "words": orjson.dumps(_words()).decode(),
        "now": timezone.now().isoformat(),
        "ws_url": settings.WS_URL,
        "sources": Source.choices,
    }
    return render(request, "admin/board.html", admin.site.each_context(request) | page)


def _sold(scope: scopes.Scope, period: scopes.Period) -> dict[str, Any]:
    daily = sales.daily(scope, period)
    movies = sales.popular_movies(scope, period)
    channels = sales.by_channel(scope, period)
    currencies = sorted({day.currency for day in daily})
    most: dict[str, Decimal] = {}
    for movie in movies:
        most[movie.currency] = max(most.get(movie.currency, money.ZERO), movie.revenue)
    return {
        "daily": daily,
        "charts": [_chart(currency, daily, period) for currency in currencies],
        "movies": [(row, sales.percentage(row.revenue, most[row.currency])) for row in movies],
        "channels": [(row, Source(row.source).label, Channel.Pricing(row.pricing).label) for row in channels],
        "by_source": [(row, Source(row.source).label) for row in sales.by_source(channels)],
    }


def _kept(scope: scopes.Scope, period: scopes.Period, today: date) -> dict[str, Any]:
    """How full the coming week is, and how the channels keep step."""
    now, week = timezone.now(), scopes.Period(today, today + timedelta(days=6))
    return {
        "shows": occupancy.shows(scope, week, limit=SHOWS, after=(now, uuid.UUID(int=0))),
        "standings": health.channels(scope, period, now=now),
        "conflicts": health.open_conflicts(scope, limit=CONFLICTS),
        "target": health.TARGET,
        "alarm": health.ALARM,
    }


def _chart(currency: str, daily: Sequence[sales.Day], period: scopes.Period) -> dict[str, Any]:
    """Every day has its place, with or without sales."""
    found = {day.day: day for day in daily if day.currency == currency}
    highest = max((day.revenue for day in found.values()), default=money.ZERO)
    bars = []
    for place, day in enumerate(period.days):
        sold = found.get(day)
        bars.append(Bar(day, sold, sales.percentage(sold.revenue, highest) if sold else money.ZERO, 10 * place))
    revenue = sum((day.revenue for day in found.values()), money.ZERO)
    tickets = sum(day.tickets for day in found.values())
    return {
        "currency": currency,
        "bars": bars,
        "width": 10 * len(bars),
        "highest": money.text(highest, currency),
        "revenue": money.text(revenue, currency),
        "fees": money.text(sum((day.fees for day in found.values()), money.ZERO), currency),
        "taxes": money.text(sum((day.taxes for day in found.values()), money.ZERO), currency),
        "bookings": sum(day.bookings for day in found.values()),
        "tickets": tickets,
        "average": money.text(money.amount(revenue / tickets), currency) if tickets else "-",
        "refunded": money.text(sum((day.refunded for day in found.values()), money.ZERO), currency),
    }


def _files(period: scopes.Period, cinema: str, today: date) -> dict[str, str]:
    """The same as CSV, from the API."""
    at = {"cinema": cinema} if cinema else {}
    days = urlencode({"format": "csv", "from": period.first, "to": period.last} | at)
    week = urlencode({"format": "csv", "from": today, "to": today + timedelta(days=6)} | at)
    asked = {"daily": days, "channels": days, "health": days, "occupancy": week, "movies": f"{days}&limit=100"}
    names = {"daily": "daily-bookings", "movies": "popular-movies"}
    return {name: f"/api/v1/reports/{names.get(name, name)}?{query}" for name, query in asked.items()}


def _words() -> dict[str, str]:
    return {
        "live": now_in("Live"),
        "slow": now_in("Changes come a few seconds late"),
        "lost": now_in("Not live since"),
        "connecting": now_in("Connecting"),
        "free": now_in("free of"),
        "sold": now_in("sold"),
        "held": now_in("held"),
        "blocked": now_in("blocked"),
        "allotted": now_in("kept for channels"),
        "in": now_in("in"),
        "minutes": now_in("min"),
        "running": now_in("running"),
        "full": now_in("Sold out"),
        "none": now_in("Nothing is on tonight."),
    } | {f"source.{value}": str(label) for value, label in Source.choices}
